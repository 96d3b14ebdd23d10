import { withDemo, writeContactSheet } from '../demo.ts';
import { INPUTS } from '../inputs/table.ts';
import type { Command } from './command.ts';
import { filesAt } from './paths.ts';
import { evaluated, RUN_FLAGS } from './run.ts';

export const demo: Command = {
  purpose: 'asks its own endpoint its own questions: no key, no network',
  usage: ['demo [--FLAG VALUE ...]'],
  flags: RUN_FLAGS,
  run: (given, terminal) =>
    withDemo(given.raw, async raw => {
      const { status, files } = await evaluated({ ...given, raw }, terminal);
      if (files === null) return status;
      const folder = raw.get('report-dir') || INPUTS['report-dir'].default;
      const pictures = await writeContactSheet(folder);
      terminal.out.write(filesAt({ Report: files.html, Data: files.report, Pictures: pictures }, terminal));
      return status;
    }),
};
