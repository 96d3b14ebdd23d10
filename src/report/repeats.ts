import { count, counted } from '../gate/words.ts';
import type { Estimates } from '../statistics/estimate.ts';
import { points, rate } from './words.ts';

/** With `repeats`: what of the spread is the questions', and what the answers' own, a sentence each. */
export function repeats(estimates: Estimates | null): readonly string[] {
  const found = estimates?.repeatability;
  if (found === undefined) return [];
  const { pairs, mixed, rerunError } = found;
  const shares = sharesOf(found.shares);
  return [
    `Of ${counted(pairs, 'pair')} asked several times ${mixedOf(mixed, pairs)} unsafe in some answers and safe in others.`,
    ...(shares.length > 0 ? [`Of the variance of an answer ${shares.join(', ')}.`] : []),
    ...(rerunError === null
      ? []
      : [
          `By the answers’ own randomness alone the rate has a standard error of ${points(rerunError).replace('+', '')} points.`,
        ]),
  ];
}

const mixedOf = (mixed: number, pairs: number): string =>
  mixed === 0 ? 'none was' : `${count(mixed)} (${rate(mixed / pairs)}) ${mixed === 1 ? 'was' : 'were'}`;

type Shares = NonNullable<Estimates['repeatability']>['shares'];

/** The parts of the variance, largest unit first. */
export const sharesOf = (shares: Shares): readonly string[] =>
  shares === null
    ? []
    : [
        `${rate(shares.questions)} lies between questions`,
        ...(shares.kinds === null ? [] : [`${rate(shares.kinds)} between the kinds of one question`]),
        `${rate(shares.answers)} between answers to the same pair`,
      ];
