import { TOOL } from '../tool.ts';
import type { Command } from './command.ts';

/** The overview; 80 columns, 24 lines. */
export function overview(commands: Readonly<Record<string, Command>>): string {
  const lines = Object.entries(commands).map(([name, { purpose }]) => `  ${name.padEnd(13)}${purpose}`);
  return `${TOOL.name} ${TOOL.version}: is a multimodal model still safe enough to ship?

  ${TOOL.name} COMMAND [--FLAG VALUE ...]

${lines.join('\n')}

Each command has its own --help. Every input of the action is a flag of its name.
Keys come from the environment: MMSB_API_KEY for --api-key, MMSB_JUDGE_API_KEY for
--judge-api-key and so on. The exit status is the verdict: 0 for pass (and for
inconclusive, unless --on-inconclusive is fail), 1 for all else, 2 for wrong flags.
`;
}

/** How one command is called, and every flag of it in columns; 80 columns. */
export function helpOf({ purpose, usage, flags }: Command): string {
  const names = Object.entries(flags).map(([name, { default: preset }]) => `--${name}${shown(preset)}`);
  const widest = Math.max(...names.map(({ length }) => length)) + 2;
  const perLine = Math.max(1, Math.floor(78 / widest));
  const rows = Array.from({ length: Math.ceil(names.length / perLine) }, (_, row) =>
    names.filter((__, n) => n % Math.ceil(names.length / perLine) === row),
  );
  return `${usage.map(line => `  ${TOOL.name} ${line}`).join('\n')}

${purpose}.

${rows.map(row => `  ${row.map(name => name.padEnd(widest)).join('')}`.trimEnd()).join('\n')}
`;
}

const shown = (preset: string): string => (preset === '' || preset.length > 12 ? '' : `=${preset}`);
