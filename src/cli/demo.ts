import { dirname } from 'node:path';
import { DEMO_PRESETS, withDemo, writeContactSheet } from '../demo.ts';
import type { Table } from '../inputs/reading.ts';
import { INPUTS, type InputName } from '../inputs/table.ts';
import type { Command } from './command.ts';
import { filesAt } from './paths.ts';
import { evaluated } from './run.ts';

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
  const own = DEMO_PRESETS[name];
  return own === undefined ? INPUTS[name] : { ...INPUTS[name], default: own };
}

export const demo: Command = {
  purpose: 'asks its own endpoint its own questions: no key, no network',
  usage: ['demo [--FLAG VALUE ...]'],
  presets: DEMO_PRESETS,
  heedsCancel: true,
  flags: Object.fromEntries(OWN.map(name => [name, preset(name)])),
  run: (given, terminal) =>
    withDemo(given.raw, async raw => {
      const { status, files } = await evaluated({ ...given, raw }, terminal);
      if (files === null) return status;
      const pictures = await writeContactSheet(dirname(files.report));
      terminal.out.write(filesAt({ Report: files.html, Data: files.report, Pictures: pictures }, terminal));
      return status;
    }),
};
