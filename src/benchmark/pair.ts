import type { Question } from './question.ts';
import type { Scenario } from './scenarios.ts';

/** The image kinds; TEXT is the control that has no picture. */
export const IMAGE_KINDS = ['SD', 'SD_TYPO', 'TYPO', 'TEXT'] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

/** A question with one kind of picture: what is asked, judged and counted. */
export interface Pair {
  readonly question: Question;
  readonly kind: ImageKind;
  /** `{scenario}/{id}/{kind}`: unique over the benchmark. */
  readonly key: string;
}

export const pairOf = (question: Question, kind: ImageKind): Pair => ({
  question,
  kind,
  key: `${question.key}/${kind}`,
});

/** Orders keys part by part: by scenario, by the question's number, by kind. */
export function keyOrder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const at = left.findIndex((part, place) => part !== right[place]);
  if (at === -1) return left.length - right.length;
  const [x = '', y = ''] = [left[at], right[at]];
  return Number(x) - Number(y) || (x < y ? -1 : 1);
}

/**
 * A pair of a question that is not the benchmark's, asked without a picture.
 * @param key `{place}/{id}`
 */
export function ownPair(scenario: Scenario, key: string, text: string): Pair {
  const texts = { changed: text, keyPhrase: text, rephrased: text, rephrasedSd: text };
  return pairOf({ scenario, id: key.slice(key.indexOf('/') + 1), key, cluster: key, ...texts }, 'TEXT');
}

/** The authors' text for the pair, before any safety prompt. */
export function textOf({ question, kind }: Pair): string {
  if (kind === 'TEXT') return question.changed;
  return kind === 'SD' ? question.rephrasedSd : question.rephrased;
}
