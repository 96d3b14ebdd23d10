import type { Dataset } from './dataset/dataset.ts';
import { loadDataset } from './dataset/load.ts';
import { createConnections } from './endpoint/connections.ts';
import { createMeter } from './endpoint/meter.ts';
import { filled, words } from './inputs/fields.ts';
import { readTable, type ValuesOf } from './inputs/reading.ts';
import { INPUTS, input } from './inputs/table.ts';
import { defaultJudge, InputError, type RawInputs, type RunConfig, readInputs } from './inputs.ts';
import { judgeLabelled, matchRows } from './judges/check.ts';
import { type CorrectedRate, correctedRate, type SeenRate } from './judges/corrected-rate.ts';
import { createJudge, seeingQuestions } from './judges/judges.ts';
import { type HumanLabel, withQuestions } from './judges/labels.ts';
import { loadLabels } from './judges/load-labels.ts';
import {
  type JudgeMeasure,
  type LabelledAnswer,
  type MeasuredShare,
  measureJudge,
} from './judges/measure.ts';
import { openStore } from './pictures/store.ts';
import { plain } from './report/escape.ts';
import { readBaseline } from './report/json.ts';
import { unknownOf } from './report/judging.ts';
import { readReport } from './report/read-report.ts';
import { readReportText } from './report-file.ts';

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

interface Asking {
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
      from = { config: readInputs(withoutTarget(raw, hasDataset)), hasDataset };
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

/**
 * Measures a judge against human labels, without a run: asks it about the labelled answers, or takes what an earlier
 * report says it said. Gives the lines to print. Rejects with one line when labels or report cannot be used.
 */
export async function measuredJudge(
  { labels: path, confidence, from }: JudgeCheckConfig,
  workFolder: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const labels = await loadLabels(path);
  const { outcomes, by, seen, notes } = await (typeof from === 'string'
    ? saidBefore(labels, from)
    : askedNow(labels, from, workFolder, signal));
  const judged = outcomes.filter(({ judge }) => judge !== 'unjudged');
  if (judged.length === 0) {
    const why =
      outcomes.length === 0
        ? 'none of them is of an answer whose judgement is known: give "answer" to ask the judge, or "pair" with a report'
        : `the judge could judge none of ${outcomes.length}: check judge-base-url, judge-model and its key`;
    throw new Error(
      `judge-labels: ${labels.length} ${labels.length === 1 ? 'label' : 'labels'} in "${path}", and ${why}`,
    );
  }
  const measure = measureJudge(outcomes, confidence);
  const corrected = seen && correctedRate(seen, measure, confidence);
  return [
    ...linesOf(measure, labels.length - outcomes.length, by, confidence),
    ...ratesOf(seen, corrected, confidence),
    ...[...notes, ...sameRows(labels)].flatMap(note => ['', `  ${note}`]),
  ];
}

function sameRows(labels: readonly HumanLabel[]): readonly string[] {
  const same = labels.reduce((sum, { rows }) => sum + rows - 1, 0);
  if (same === 0) return [];
  return [`Rows that name the pair and answer of an earlier row, and are not counted again: ${same}.`];
}

interface Said {
  readonly outcomes: readonly LabelledAnswer[];
  /** Whose judgements they are, for a person. */
  readonly by: string;
  /** The rate of an earlier report, to be corrected; null where there is none. */
  readonly seen: SeenRate | null;
  /** What a person should know of how they came about. */
  readonly notes: readonly string[];
}

async function askedNow(
  labels: readonly HumanLabel[],
  { config, hasDataset }: Asking,
  workFolder: string,
  signal: AbortSignal,
): Promise<Said> {
  const meter = createMeter({ maxRequests: config.budget.maxRequests, maxCost: null, prices: null });
  const connections = createConnections({
    ...{ config, meter, signal, notice: () => undefined },
    ...{ clock: Date.now, random: Math.random },
  });
  const { judges, model } = config.judging;
  const seeing = seeingQuestions(judges);
  const isOfficial = judges.includes('official');
  const dataset =
    isOfficial || (hasDataset && seeing.length > 0) ? await datasetOf(config, workFolder, signal) : null;
  const judge = createJudge({
    names: judges,
    templates: isOfficial && dataset ? await dataset.templates() : null,
    endpoint: model ? connections.chat(config.judging) : null,
  });
  const asked = withQuestions(labels, dataset?.questions ?? []);
  const { outcomes } = await judgeLabelled(judge, asked);
  return {
    outcomes,
    by: `${judges.join(', ')}${model && ` (${model})`}`,
    seen: null,
    notes: unasked(asked, seeing),
  };
}

/** A judge that is shown no question is not quite the one that gates. */
function unasked(labels: readonly HumanLabel[], seeing: readonly string[]): readonly string[] {
  const answers = labels.filter(({ answer }) => answer !== null);
  const without = answers.filter(({ question }) => question === null).length;
  if (without === 0 || seeing.length === 0) return [];
  return [
    `The question was not shown to ${seeing.join(', ')} with ${without} of ${answers.length} answers, and is in a run: add a column "question", or "pair" and set dataset or accept-dataset-license.`,
  ];
}

/** A judge alone is asked: nothing is sent to a target. Of the data set only the official judge has to have a file. */
function withoutTarget(raw: RawInputs, hasDataset: boolean): RawInputs {
  const named = raw.get('judge') || defaultJudge(raw.get('judge-model') ?? '');
  const isIdle = !hasDataset && !named.includes('official');
  return new Map([
    ['base-url', 'http://127.0.0.1'],
    ['model', '-'],
    ...[...raw].filter(([name]) => name !== 'report'),
    ...(isIdle ? [['dataset', '.'] as const] : []),
  ]);
}

const notice = (line: string): void => void process.stderr.write(`${plain(line)}\n`);

const datasetOf = ({ dataset }: RunConfig, workFolder: string, signal: AbortSignal): Promise<Dataset> =>
  loadDataset(dataset, { ...{ workFolder, signal, notice }, store: openStore(workFolder, notice) });

async function saidBefore(labels: readonly HumanLabel[], named: string): Promise<Said> {
  const read = await readReportText(named);
  if ('problem' in read) throw unusable(read);
  const report = readReport(read.text);
  const baseline = 'problem' in report ? readBaseline(read.text) : report;
  if ('problem' in baseline) throw unusable({ ...read, ...baseline });
  const overall = 'problem' in report ? undefined : report.estimates?.overall;
  const { rate = null, lower = 0, upper = 1 } = overall ?? {};
  return {
    outcomes: matchRows(labels, baseline.rows).outcomes,
    by: plain(baseline.fingerprint['judge'] ?? 'the report'),
    seen: rate === null ? null : { rate, lower, upper },
    notes: [],
  };
}

const unusable = ({ path, problem }: { readonly path: string; readonly problem: string }): Error =>
  new Error(`report "${path}" cannot be used: ${problem}; give the path of a report.json or baseline.json`);

function linesOf(
  measure: JudgeMeasure,
  unmatched: number,
  by: string,
  confidence: number,
): readonly string[] {
  const { labelled, confusion, sensitivity, specificity, kappa } = measure;
  const level = levelOf(confidence);
  const unknown = (human: 'safe' | 'unsafe') => `not known: ${unknownOf(measure, human)}`;
  const row = (name: string, counts: JudgeMeasure['confusion']['safe']) =>
    `  ${name.padEnd(16)}${[counts.unsafe, counts.safe, counts.unjudged].map(n => String(n).padStart(10)).join('')}`;
  return [
    `${by} against ${labelled} human labels${unmatched > 0 ? ` (${unmatched} more without an answer of its)` : ''}`,
    '',
    `  ${'people say'.padEnd(16)}${['unsafe', 'safe', 'unjudged'].map(word => word.padStart(10)).join('')}`,
    row('unsafe', confusion.unsafe),
    row('safe', confusion.safe),
    '',
    `  sensitivity  ${shown(sensitivity, level) ?? unknown('unsafe')}`,
    `  specificity  ${shown(specificity, level) ?? unknown('safe')}`,
    `  kappa        ${kappa === null ? 'not defined: it takes labels of both kinds' : kappa.toFixed(2)}`,
  ];
}

const levelOf = (confidence: number): string => `${Number((100 * confidence).toFixed(2))} %`;

/** The rate of an earlier report as the judge saw it, and without the judge's own error. */
function ratesOf(
  seen: SeenRate | null,
  corrected: CorrectedRate | null,
  confidence: number,
): readonly string[] {
  if (seen === null) return [];
  const level = levelOf(confidence);
  return [
    '',
    `  ASR as judged          ${spread(seen.rate, seen, level)}`,
    corrected
      ? `  ASR without its error  ${spread(corrected.rate, corrected, level)}`
      : '  ASR without its error  not known: more labels of both kinds are needed, or the judge is no better than chance',
  ];
}

function shown(share: MeasuredShare, level: string): string | null {
  return share.value === null
    ? null
    : `${spread(share.value, share, level)}, ${share.of} ${share.of === 1 ? 'answer' : 'answers'}`;
}

function spread(
  value: number,
  { lower, upper }: { readonly lower: number; readonly upper: number },
  level: string,
): string {
  const per = (fraction: number) => (100 * fraction).toFixed(1);
  return `${per(value)} %, at least ${per(lower)} %, at most ${per(upper)} % (${level} each)`;
}
