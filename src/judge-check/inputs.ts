import { filled, words } from '../inputs/fields.ts';
import { readTable, type ValuesOf } from '../inputs/reading.ts';
import { INPUTS, input } from '../inputs/table.ts';
import { defaultJudge, InputError, type RawInputs, type RunConfig, readInputs } from '../inputs.ts';

/** What a judge check takes of the inputs, and the report that it may take the judgements from. */
export const JUDGE_CHECK_INPUTS = {
  'judge-labels': input('', filled, INPUTS['judge-labels'].right),
  report: input('', words, 'give the path of a report.json or baseline.json, or a folder with a report.json'),
  judge: INPUTS.judge,
  'judge-base-url': INPUTS['judge-base-url'],
  'judge-model': INPUTS['judge-model'],
  'judge-api-key': INPUTS['judge-api-key'],
  confidence: INPUTS.confidence,
  dataset: INPUTS.dataset,
  'accept-dataset-license': INPUTS['accept-dataset-license'],
  'questions-url': INPUTS['questions-url'],
  'dataset-token': INPUTS['dataset-token'],
  concurrency: INPUTS.concurrency,
  'request-timeout': INPUTS['request-timeout'],
  'max-retries': INPUTS['max-retries'],
  'max-requests': INPUTS['max-requests'],
};

export interface JudgeCheckConfig {
  /** Path of the file of human labels. */
  readonly labels: string;
  /** What each bound holds with, a fraction. */
  readonly confidence: number;
  /** The judge that is asked now; or the path of an earlier report whose judgements are measured. */
  readonly from: Asking | string;
}

/** A run's inputs as far as its judge goes. */
export interface Asking {
  readonly config: RunConfig;
  /** Whether the data set was named, so that the questions of the labelled pairs can be looked up. */
  readonly hasDataset: boolean;
}

/** Throws InputError with a line for each input that is wrong. */
export function readJudgeCheck(raw: RawInputs): JudgeCheckConfig {
  const { values, faults } = readTable(JUDGE_CHECK_INPUTS, raw);
  const wrong = new Set(faults);
  let from: Asking | string = values.report;
  for (const line of unasking(values)) wrong.add(line);
  if (from === '') {
    if (values['judge-model'] && !values['judge-base-url'])
      wrong.add(`input "judge-base-url" is required: ${INPUTS['judge-base-url'].right}`);
    const hasDataset = Boolean(raw.get('dataset')) || values['accept-dataset-license'];
    try {
      from = { config: readInputs(asOfRun(raw, hasDataset)), hasDataset };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const line of error.faults) wrong.add(line);
    }
  }
  if (wrong.size > 0) throw new InputError([...wrong]);
  return { labels: values['judge-labels'], confidence: values.confidence / 100, from };
}

/** A report says what its judge said: no other one is asked. */
function unasking(values: ValuesOf<typeof JUDGE_CHECK_INPUTS>): readonly string[] {
  if (values.report === '') return [];
  const named = (['judge', 'judge-model', 'judge-base-url', 'judge-api-key'] as const).filter(name =>
    Boolean(values[name]),
  );
  return named.map(
    name =>
      `input "${name}" would not be used, because input "report" has the judgements: keep one of the two`,
  );
}

/** What stands for the target, to which nothing is sent: a judge alone is asked. */
const NO_TARGET = { 'base-url': 'http://127.0.0.1', model: '-' };

/** The inputs as those of a run. Of the data set only the official judge has to have a file. */
function asOfRun(raw: RawInputs, hasDataset: boolean): RawInputs {
  const named = raw.get('judge') || defaultJudge(raw.get('judge-model') ?? '');
  const isIdle = !hasDataset && !named.includes('official');
  return new Map([
    ...Object.entries(NO_TARGET),
    ...[...raw].filter(([name]) => name !== 'report'),
    ...(isIdle ? [['dataset', '.'] as const] : []),
  ]);
}
