import { readLocalBaseline } from '../baseline.ts';
import { failureOf } from '../finding/failure.ts';
import { FaultsError, InputError } from '../inputs.ts';
import { MERGE_INPUTS, readMergeInputs } from '../merging/inputs.ts';
import { mergeShards, pathsOf } from '../merging/merge.ts';
import { claimFolder } from '../report-folder.ts';
import type { Command } from './command.ts';
import { asFlags, checked, flagsAmong } from './flags.ts';
import { filesAt } from './paths.ts';
import { delivered } from './run.ts';

/** The reports are words of the command. */
const { reports, ...INPUTS } = MERGE_INPUTS;

export const merge: Command = {
  purpose: "joins the reports of a run's shards and gates on the whole",
  usage: ['merge FILE|FOLDER|PATTERN ... [--max-asr PERCENT ...]'],
  flags: flagsAmong(INPUTS),
  takesWords: true,
  run: async (given, terminal) => {
    const startedAt = Date.now();
    const config = checked(given, raw => {
      if (given.words.length === 0)
        throw new InputError(['merge takes the reports to join: give files, folders or patterns']);
      return readMergeInputs(new Map([...raw, ['reports', given.words.join('\n')]]));
    });
    // Before the folder is claimed: a path with a slip in it costs nobody an earlier report.
    const paths = await pathsOf(config).catch(inWords);
    await claimFolder(config.output.reportDir);
    const finding = await mergeShards(paths, config, { commit: '', readBaseline: readLocalBaseline })
      .catch(inWords)
      .catch(error => failureOf(error, null, startedAt, Date.now()));
    const { status, files } = await delivered(finding, config.output.reportDir, terminal);
    if (files) terminal.out.write(filesAt({ Report: files.html, Data: files.report }, terminal));
    return status;
  },
};

/** Passes faults on as a person at a terminal knows the inputs. */
function inWords(error: unknown): never {
  if (!(error instanceof FaultsError)) throw error;
  throw new FaultsError(error.faults.map(line => asFlags(line.replace(/^input "reports": /, ''))));
}
