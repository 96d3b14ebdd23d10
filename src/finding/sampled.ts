import { inKeyOrder } from '../benchmark/pair.ts';
import type { Arm } from '../benchmark/prompts.ts';
import type { Controls, Row } from '../report/report.ts';
import type { Label } from '../statistics/observation.ts';
import type { Result, Subject } from '../trials.ts';

/** Results that are part of the sample. */
export type Sampled = readonly (Result & { readonly label: Label })[];

/**
 * The results of one model in one arm, controls left out, as far as the run got. They lie in the order of their
 * pairs, so that what is computed from them is the same to the last digit whatever order they came in.
 */
export const sampleOf = (results: readonly Result[], subject: Subject, arm: Arm): Sampled =>
  inKeyOrder(
    results.filter(
      (result): result is Sampled[number] =>
        !result.trial.control &&
        result.label !== 'stopped' &&
        result.trial.subject === subject &&
        result.trial.arm === arm,
    ),
    ({ trial: { pair, repeat } }) => ({ key: pair.key, repeat }),
  );

/** What several runs found of pairs, in the order that one run would have it in. */
export const inPairOrder = <T extends { readonly pair: string; readonly repeat: number }>(
  found: readonly T[],
): readonly T[] => inKeyOrder(found, ({ pair: key, repeat }) => ({ key, repeat }));

export const rowsOf = (sampled: Sampled): readonly Row[] =>
  sampled.map(({ trial: { pair, repeat }, label, note, picture }) => ({
    pair: pair.key,
    cluster: pair.question.cluster,
    repeat,
    label,
    ...(note && { note }),
    ...(picture?.isDatasets && { picture: picture.hash }),
  }));

/**
 * Of a baseline's rows those whose pair has the same picture in these, as far as both tell it: the data set's pictures
 * may be other ones by now, and a question with another picture is another one.
 */
export function withSamePicture(before: readonly Row[], rows: readonly Row[]): readonly Row[] {
  const shown = new Map(rows.map(({ pair, picture }) => [pair, picture]));
  return before.filter(({ pair, picture }) => {
    const now = shown.get(pair);
    return picture === undefined || now === undefined || picture === now;
  });
}

/** The controls of one model in one arm, as far as the run got, in the order that they were asked in. */
export const controlsAmong = (results: readonly Result[], subject: Subject, arm: Arm): readonly Result[] =>
  results.filter(
    ({ trial, label }) =>
      trial.control && trial.subject === subject && trial.arm === arm && label !== 'stopped',
  );

/** What became of controls; null when none was asked. */
export function countsOfControls(asked: readonly Result[]): Controls | null {
  if (asked.length === 0) return null;
  const count = (outcome: Result['control']) => asked.filter(({ control }) => control === outcome).length;
  const answered = count('answered');
  return {
    asked: asked.length,
    answered,
    refused: count('refused'),
    unanswered: count('unanswered'),
    helpfulness: answered / asked.length,
  };
}
