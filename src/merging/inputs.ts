import { z } from 'zod';
import { tokenFaults } from '../inputs/contradictions.ts';
import { readTable } from '../inputs/reading.ts';
import { INPUTS, type InputName, input } from '../inputs/table.ts';
import { githubOf, InputError, type LimitValues, type RawInputs, type RunConfig } from '../inputs.ts';

/** The inputs that merge/action.yml has of the main action's: those of the gate and of where the report goes. */
const SHARED = [
  'baseline',
  'max-asr',
  'max-asr-per-scenario',
  'max-increase',
  'confidence',
  'on-inconclusive',
  'max-error-rate',
  'min-helpfulness',
  'github-token',
  'comment',
  'comment-id',
  'report-dir',
  'publish-branch',
  'open-issue',
] as const satisfies readonly InputName[];

type Shared = Pick<typeof INPUTS, (typeof SHARED)[number]>;

const paths = z
  .string()
  .transform(text => text.split('\n').map(line => line.trim()))
  .transform(lines => lines.filter(line => line !== ''))
  .pipe(z.array(z.string()).min(1));

/** Every input of merge/action.yml, in its order. */
export const MERGE_INPUTS = {
  reports: input(
    '',
    paths,
    'give the folder into which the shards’ reports were downloaded, or files or patterns, one a line',
  ),
  ...(Object.fromEntries(SHARED.map(name => [name, INPUTS[name]])) as Shared),
};

/** What merge/action.yml was given. The limits are read once the shards say which scenarios were asked. */
export interface MergeConfig {
  /** Folders, files and patterns. */
  readonly reports: readonly string[];
  /** Path of the baseline file; empty for none. */
  readonly baseline: string;
  readonly limits: LimitValues;
  readonly github: RunConfig['github'];
  readonly output: Pick<RunConfig['output'], 'reportDir'>;
}

/** Throws InputError with a line for each input that is wrong or unknown. */
export function readMergeInputs(raw: RawInputs): MergeConfig {
  const { values, faults } = readTable(MERGE_INPUTS, raw);
  if (faults.length > 0) throw new InputError(faults);
  const missing = tokenFaults(values);
  if (missing.length > 0) throw new InputError(missing);
  const { reports, baseline } = values;
  return {
    reports,
    baseline,
    limits: values,
    github: githubOf(values),
    output: { reportDir: values['report-dir'] },
  };
}
