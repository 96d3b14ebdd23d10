import { words } from '../inputs/fields.ts';
import { readTable } from '../inputs/reading.ts';
import { input } from '../inputs/table.ts';
import { InputError } from '../inputs.ts';
import { exitStatusOf } from '../outputs.ts';
import { renderTerminal } from '../report/terminal.ts';
import { keepReport } from '../report-folder.ts';
import type { Command } from './command.ts';
import { checked } from './flags.ts';
import { filesAt, isColoured } from './paths.ts';
import { readReports } from './reports.ts';

const FLAGS = { out: input('', words, 'give the folder that the files are to be written into') };

export const report: Command = {
  purpose: 'shows a finished report again, or renders its files anew',
  usage: ['report FILE [--out FOLDER]'],
  flags: FLAGS,
  takesWords: true,
  run: async (given, terminal) => {
    const { out } = checked(given, raw => {
      const { values, faults } = readTable(FLAGS, raw);
      if (given.words.length !== 1)
        throw new InputError([...faults, `report takes one report.json, not ${given.words.length}`]);
      return values;
    });
    const [found] = await readReports(given.words);
    if (found === undefined) return 1;
    const { report: shown, files } = out
      ? await keepReport(found.report, out, {}, '--out')
      : { report: found.report, files: null };
    terminal.out.write(renderTerminal(shown, isColoured(terminal)));
    if (files) terminal.out.write(filesAt({ Report: files.html, Data: files.report }, terminal));
    return exitStatusOf(shown);
  },
};
