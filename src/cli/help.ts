import { MEANINGS } from '../inputs/meanings.ts';
import type { Table } from '../inputs/reading.ts';
import { wrapped } from '../report/terminal-text.ts';
import { capital } from '../report/words.ts';
import { TOOL } from '../tool.ts';
import type { Command } from './command.ts';
import { variableOf } from './flags.ts';

/** Every text here fits a screen of 80 columns and 24 lines. */

export function overview(commands: Readonly<Record<string, Command>>): string {
  const lines = Object.entries(commands).map(([name, { purpose }]) => `  ${name.padEnd(13)}${purpose}`);
  const keys = wrapped(
    `Keys come out of the environment, so that no list of processes shows them: ${variablesOf(commands).join(', ')}. No other MMSB_ variable is read.`,
    WIDTH,
  );
  return `${TOOL.name} ${TOOL.version}: is a multimodal model still safe enough to ship?

  ${TOOL.name} COMMAND [--FLAG VALUE ...]

${lines.join('\n')}

  COMMAND --help has its flags, and help FLAG says what a flag takes.

Flags are --flag value or --flag=value; what is true or false is true by itself.
${keys.join('\n')}
A bar shows how far a run is. One that was killed goes on where it was.

The exit status is the verdict: 0 for pass, and for inconclusive unless
--on-inconclusive is fail; 1 for anything else; 2 for flags that cannot be used;
130 for Ctrl-C and SIGTERM.
`;
}

/** The variables that keys are read from, for any of the commands. */
export function variablesOf(commands: Readonly<Record<string, Command>>): readonly string[] {
  const secret = Object.values(commands).flatMap(({ flags }) =>
    Object.entries(flags).filter(([, flag]) => flag.secret),
  );
  return [...new Set(secret.map(([name]) => variableOf(name)))];
}

const WIDTH = 80;

/** So many flags can be told with what they take. */
const FEW = 10;

/** How one command is called, and its flags: what each takes where they are few, in columns where they are many. */
export function helpOf({ purpose, usage, flags, presets = {} }: Command): string {
  const isFew = Object.keys(flags).length <= FEW;
  const lines = [
    ...usage.map(line => `  ${TOOL.name} ${line}`),
    '',
    ...(isFew ? inWords(flags) : inColumns(Object.keys(flags).map(name => `--${name}`))),
    '',
    `It ${purpose}.`,
    ...Object.entries(presets).map(([name, preset]) => `Left out, --${name} is ${preset}.`),
    ...(isFew ? [] : [`What a flag takes: ${TOOL.name} help FLAG`]),
  ];
  return `${lines.join('\n')}\n`;
}

function inWords(flags: Table): readonly string[] {
  const widest = Math.max(...Object.keys(flags).map(({ length }) => length)) + 6;
  return Object.entries(flags).flatMap(([name, flag]) =>
    wrapped(taking(flag), WIDTH - widest).map(
      (line, n) => `${(n === 0 ? `  --${name}` : '').padEnd(widest)}${line}`,
    ),
  );
}

const taking = ({ right, default: preset }: Table[string]): string =>
  `${right}${preset === '' ? '' : `; left out, it is ${preset}`}`;

/** From the top to the bottom, column by column, in as many columns as there is room for. */
function inColumns(names: readonly string[]): readonly string[] {
  const widest = Math.max(...names.map(({ length }) => length)) + 2;
  const columns = Math.max(1, Math.floor((WIDTH - 2) / widest));
  const rows = Math.ceil(names.length / columns);
  return Array.from({ length: rows }, (_, row) => {
    const line = names.filter((__, n) => n % rows === row).map(name => name.padEnd(widest));
    return `  ${line.join('')}`.trimEnd();
  });
}

/** What a flag means and takes, for each of the commands that have their own of the name; null where none has. */
export function helpOfFlag(name: string, commands: Readonly<Record<string, Command>>): string | null {
  const owners = Object.entries(commands).filter(([, { flags }]) => Object.hasOwn(flags, name));
  const byFlag = Map.groupBy(owners, ([, { flags }]) => flags[name]);
  const isOne = byFlag.size === 1;
  const parts = [...byFlag].flatMap(([flag, [owner]]) =>
    flag && owner ? [partOf(name, flag, isOne ? `--${name}` : `${owner[0]} --${name}`)] : [],
  );
  return parts.length === 0 ? null : parts.join('\n');
}

function partOf(name: string, flag: Table[string], title: string): string {
  const variable = flag.secret ? ` Rather set ${variableOf(name)} in the environment.` : '';
  const texts = [meaningOf(name), `${capital(taking(flag))}.${variable}`];
  const lines = texts.flatMap(text => (text === '' ? [] : wrapped(text, WIDTH - 4)));
  return `  ${title}\n${lines.map(line => `    ${line}\n`).join('')}`;
}

/** As action.yml says it, without the marks of Markdown; empty for what is no input of the action. */
const meaningOf = (name: string): string => (MEANINGS[name] ?? '').replaceAll('`', '');
