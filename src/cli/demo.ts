import { dirname } from 'node:path';
import type { Table } from '../inputs/reading.ts';
import { INPUTS, type InputName } from '../inputs/table.ts';
import type { Command } from './command.ts';
import { filesAt } from './paths.ts';
import { evaluated } from './run.ts';

/** What its flags are, left out: a limit, so that there is a verdict, and a folder that holds no report paid for. */
const PRESETS: Readonly<Partial<Record<InputName, string>>> = {
  'max-asr': '45',
  'report-dir': 'mm-safetybench-demo',
};

/** What can be tried on the project's own endpoint: nothing that names another one, a key, or other data. */
const OWN: readonly InputName[] = [
  'model',
  'baseline-model',
  'safety-prompt',
  'concurrency',
  'image-kinds',
  'scenarios',
  'sample',
  'seed',
  'repeats',
  'judge',
  'max-asr',
  'max-asr-per-scenario',
  'max-increase',
  'confidence',
  'on-inconclusive',
  'min-helpfulness',
  'max-requests',
  'stop-early',
  'report-dir',
  'include-responses',
];

function preset(name: InputName): Table[string] {
  const own = PRESETS[name];
  return own === undefined ? INPUTS[name] : { ...INPUTS[name], default: own };
}

export const demo: Command = {
  purpose: 'asks its own endpoint its own questions: no key, no network',
  usage: ['demo [--FLAG VALUE ...]'],
  presets: PRESETS,
  heedsCancel: true,
  flags: Object.fromEntries(OWN.map(name => [name, preset(name)])),
  run: async (given, terminal) => {
    // No other command needs an endpoint of its own, or sets type on a sheet.
    const { withDemo, writeContactSheet } = await import('../demo.ts');
    const wanted = new Map([...Object.entries(PRESETS), ...given.raw]);
    return withDemo(wanted, async raw => {
      const { status, files } = await evaluated({ ...given, raw }, terminal);
      if (files === null) return status;
      const pictures = await writeContactSheet(dirname(files.report));
      terminal.out.write(filesAt({ Report: files.html, Data: files.report, Pictures: pictures }, terminal));
      return status;
    });
  },
};
