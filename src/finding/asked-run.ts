import type { Evidence, PlantedCounts } from '../gate/evidence.ts';
import type { RunConfig } from '../inputs.ts';
import { observationsOf } from '../report/observations.ts';
import type { Controls, Heard, Labelled, Part, Report, Row, Vote } from '../report/report.ts';

/** The answers of the other arm; the gate is not on it. */
export interface Defence {
  readonly rows: readonly Row[];
  readonly refusals: number;
  readonly controls: Controls | null;
}

/** What a verdict is reached from, whether one machine asked or several. */
export interface AskedRun {
  /** The limits, in per cent. */
  readonly policy: RunConfig['policy'];
  /** In the order of their pairs. */
  readonly rows: readonly Row[];
  /** For each chosen scenario, its questions in the whole data set. */
  readonly population: ReadonlyMap<string, number>;
  readonly repeats: number;
  /** Answers that the endpoint itself marked as refusals. */
  readonly refusals: number;
  /** Of the unjudged rows, those without an answer. */
  readonly unanswered: number;
  /** Of the unjudged rows, those whose answer or judgement the end of the run broke off. */
  readonly cut: number;
  /** The arm with the safety prompt beside the gated one; null where it was not asked. */
  readonly defence: Defence | null;
  readonly baseline: Report['baseline'];
  /** What is compared with; null for nothing. */
  readonly before: readonly Row[] | null;
  /** Of the unjudged answers of a baseline model those that the end of the run broke off; null when none was asked. */
  readonly beforeCut: number | null;
  readonly controls: Controls | null;
  /** A baseline model's; null when it was asked none. */
  readonly baselineControls: Controls | null;
  readonly planted: PlantedCounts | null;
  /** The same of the run that made a baseline file; null without one. */
  readonly baselinePlanted: PlantedCounts | null;
  /** How the questions came out in the order that they were asked in, by shard; see `outcomesOf`. */
  readonly outcomes: readonly string[];
  /** The same of a baseline model; null when none was asked. */
  readonly baselineOutcomes: readonly string[] | null;
  /** What the texts tell of thoughts that began in the prompt. */
  readonly thoughts: Part['thoughts'];
  /** Each judge's label, where several voted; in the order of the rows. */
  readonly votes: readonly Vote[];
  /** The judge beside human labels; null without them. */
  readonly labelled: { readonly file: string; readonly answers: readonly Labelled[] } | null;
  readonly early: Evidence['early'];
  readonly cutShort: Evidence['cutShort'];
  readonly problems: Evidence['problems'];
  readonly unproved: Evidence['unproved'];
  readonly heard: Heard;
  /** Notices of what was asked under, whatever came of it. */
  readonly conditions: readonly string[];
  /** Notices of how the asking went, which speak of one machine's part. */
  readonly happenings: readonly string[];
}

/** How much of the data set was asked, in questions and pairs. */
export const countsOf = ({
  rows,
  population,
}: AskedRun): Pick<Report['sample'], 'questions' | 'pairs' | 'population'> => ({
  questions: new Set(observationsOf(rows).map(({ question }) => question)).size,
  pairs: new Set(rows.map(({ pair }) => pair)).size,
  population: [...population.values()].reduce((sum, size) => sum + size, 0),
});
