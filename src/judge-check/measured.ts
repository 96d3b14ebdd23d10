import { steadyClock } from '../common/steady-clock.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { loadDataset } from '../dataset/load.ts';
import { createConnections } from '../endpoint/connections.ts';
import { createMeter } from '../endpoint/meter.ts';
import { counted } from '../gate/words.ts';
import type { RunConfig } from '../inputs.ts';
import { judgeLabelled, matchRows } from '../judges/check.ts';
import { correctedRate, type SeenRate } from '../judges/corrected-rate.ts';
import { createJudge, seeingQuestions } from '../judges/judges.ts';
import { type HumanLabel, withQuestions } from '../judges/labels.ts';
import { loadLabels } from '../judges/load-labels.ts';
import { type LabelledAnswer, measureJudge } from '../judges/measure.ts';
import { openStore } from '../pictures/store.ts';
import { plain } from '../report/escape.ts';
import { readBaseline } from '../report/json.ts';
import { readReport } from '../report/read-report.ts';
import { readReportText } from '../report-file.ts';
import type { Asking, JudgeCheckConfig } from './inputs.ts';
import { measureLines, rateLines } from './lines.ts';

/** What is to be told of a judge's measurement. */
export interface Measurement {
  readonly lines: readonly string[];
  /** Whether the signal came before it was made: the lines say so, and measure nothing. */
  readonly isStopped: boolean;
}

/**
 * Measures a judge against human labels, without a run: asks it about the labelled answers, or takes what an earlier
 * report says it said. Rejects with one line when labels or report cannot be used, or nothing was judged.
 */
export async function measuredJudge(
  config: JudgeCheckConfig,
  workFolder: string,
  signal: AbortSignal,
): Promise<Measurement> {
  const labels = await loadLabels(config.labels);
  const { from } = config;
  const said =
    typeof from === 'string'
      ? await saidBefore(labels, from)
      : await askedNow(labels, from, workFolder, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error;
          return null;
        });
  // What the stop has left unjudged says nothing of the judge.
  if (said === null || signal.aborted) {
    return { lines: [stoppedLine(said?.outcomes ?? [], labels)], isStopped: true };
  }
  return { lines: linesOf(said, labels, config), isStopped: false };
}

function stoppedLine(outcomes: readonly LabelledAnswer[], labels: readonly HumanLabel[]): string {
  const answers = labels.filter(({ answer }) => answer !== null).length;
  return `Stopped when ${judgedOf(outcomes).length} of ${counted(answers, 'answer')} were judged: nothing is measured of a part; run it again to have all of them judged.`;
}

const judgedOf = (outcomes: readonly LabelledAnswer[]): readonly LabelledAnswer[] =>
  outcomes.filter(({ judge }) => judge !== 'unjudged');

function linesOf(
  { outcomes, by, seen, notes }: Judged,
  labels: readonly HumanLabel[],
  { labels: path, confidence, from }: JudgeCheckConfig,
): readonly string[] {
  if (judgedOf(outcomes).length === 0) {
    const why = outcomes.length > 0 ? noneJudged(outcomes.length, from) : noneKnown(labels, from);
    throw new Error(`judge-labels: ${counted(labels.length, 'label')} in "${path}", and ${why}`);
  }
  const measure = measureJudge(outcomes, confidence);
  const corrected = seen && correctedRate(seen, measure, confidence);
  return [
    ...measureLines(measure, unmatched(labels.length - outcomes.length, from), by, confidence),
    ...rateLines(seen, corrected, confidence),
    ...[...notes, ...sameRows(labels)].flatMap(note => ['', `  ${note}`]),
  ];
}

/** What is said of labels that nothing of the judge's stands beside. */
function unmatched(count: number, from: JudgeCheckConfig['from']): string {
  if (count === 0) return '';
  if (typeof from === 'string')
    return `${count} more ${count === 1 ? 'names' : 'name'} no pair of the report`;
  return `${count} more ${count === 1 ? 'has' : 'have'} no answer to ask the judge about`;
}

const noneJudged = (answers: number, from: JudgeCheckConfig['from']): string =>
  `the judge could judge none of ${answers}: ${typeof from === 'string' ? 'give another report' : 'check judge-base-url, judge-model and its key'}`;

function noneKnown(labels: readonly HumanLabel[], from: JudgeCheckConfig['from']): string {
  if (typeof from !== 'string') return 'none of them has an answer to ask the judge about: give "answer"';
  return labels.every(({ pair }) => pair === null)
    ? 'none of them names a pair, by which a report is looked through: give "pair"'
    : `none of the pairs that they name was judged in report "${from}": name pairs that its rows have`;
}

function sameRows(labels: readonly HumanLabel[]): readonly string[] {
  const same = labels.reduce((sum, { rows }) => sum + rows - 1, 0);
  if (same === 0) return [];
  return [`Rows that name the pair and answer of an earlier row, and are not counted again: ${same}.`];
}

interface Judged {
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
): Promise<Judged> {
  const meter = createMeter({ maxRequests: config.budget.maxRequests, maxCost: null, prices: null });
  const connections = createConnections({
    config,
    meter,
    signal,
    notice: () => undefined,
    clock: steadyClock(),
    random: Math.random,
  });
  const { judges, model } = config.judging;
  const seeing = seeingQuestions(judges);
  const isOfficial = judges.includes('official');
  const dataset =
    isOfficial || (hasDataset && seeing.length > 0) ? await datasetOf(config, workFolder, signal) : null;
  const judge = createJudge({
    names: judges,
    templates: isOfficial && dataset ? await dataset.templates() : null,
    endpoint: model ? connections.judge(config.judging) : null,
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

const notice = (line: string): void => void process.stderr.write(`${plain(line)}\n`);

const datasetOf = ({ dataset }: RunConfig, workFolder: string, signal: AbortSignal): Promise<Dataset> =>
  loadDataset(dataset, { workFolder, signal, notice, store: openStore(workFolder, notice) });

async function saidBefore(labels: readonly HumanLabel[], named: string): Promise<Judged> {
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
