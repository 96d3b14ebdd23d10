import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { misfitsOf } from '../comparing/misfits.ts';
import { sideBySide } from '../comparing/side-by-side.ts';
import { flag, words } from '../inputs/fields.ts';
import { readTable } from '../inputs/reading.ts';
import { INPUTS, input } from '../inputs/table.ts';
import { FaultsError, InputError } from '../inputs.ts';
import { renderSideBySide } from '../report/side-by-side/html.ts';
import { renderMarkdown } from '../report/side-by-side/markdown.ts';
import { renderText } from '../report/side-by-side/text.ts';
import { TOOL } from '../tool.ts';
import type { Command, Terminal } from './command.ts';
import { checked } from './flags.ts';
import { filesAt, isColoured } from './paths.ts';
import { readReports } from './reports.ts';

const FORMATS = ['text', 'markdown', 'html'] as const;
const FLAGS = {
  format: input('text', z.enum(FORMATS), 'give text, markdown or html'),
  out: input('', words, 'give the path of the file to write; left out, it is shown'),
  'by-kind': input('false', flag, 'give true or false'),
  confidence: INPUTS.confidence,
};

export const compare: Command = {
  purpose: "puts models' reports side by side, by scenario and by kind",
  usage: ['compare FILE FILE ... [--format html --out FILE]'],
  flags: FLAGS,
  takesWords: true,
  run: async (given, terminal) => {
    const {
      format,
      out,
      confidence,
      'by-kind': byKind,
    } = checked(given, raw => {
      const { values, faults } = readTable(FLAGS, raw);
      const few = given.words.length < 2 ? ['compare takes two report.json or more'] : [];
      if (faults.length + few.length > 0) throw new InputError([...faults, ...few]);
      return values;
    });
    const reports = await readReports(given.words);
    const misfits = misfitsOf(reports);
    if (misfits.length > 0) throw new FaultsError(misfits);
    const table = sideBySide(reports, confidence / 100);
    const toScreen = out === '';
    const rendered = {
      text: () => renderText(table, { ...screen(terminal, toScreen), byKind }),
      markdown: () => renderMarkdown(table),
      html: () => renderSideBySide(table, TOOL),
    }[format]();
    if (toScreen) terminal.out.write(rendered);
    else {
      await written(out, rendered);
      terminal.out.write(filesAt({ Table: out }, terminal));
    }
    return 0;
  },
};

const screen = (terminal: Terminal, isShown: boolean) => ({
  width: Math.max(80, (isShown && terminal.out.columns) || 120),
  coloured: isShown && isColoured(terminal),
});

async function written(path: string, content: string): Promise<void> {
  await writeFile(path, content).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`--out: "${path}" cannot be written to (${code}): give another file`);
  });
}
