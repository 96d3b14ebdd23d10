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

/** The longest number in a key that is put in its order as one (digits). */
const LONGEST_NUMBER = 12;

/**
 * The items in the order of their keys, part by part: by scenario, by the question's number, by kind, and by the number
 * of the repeat.
 */
export function inKeyOrder<T>(
  items: readonly T[],
  placeOf: (item: T) => { readonly key: string; readonly repeat: number },
): T[] {
  // A key that is taken apart at each comparison takes twenty times as long.
  const ranked = items.map(item => {
    const { key, repeat } = placeOf(item);
    return { item, rank: `${key}/${repeat}`.replace(/\d+/g, digits => digits.padStart(LONGEST_NUMBER, '0')) };
  });
  return ranked.sort((one, other) => (one.rank < other.rank ? -1 : 1)).map(({ item }) => item);
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
