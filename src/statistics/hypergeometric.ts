import { logGamma } from './distributions.ts';

/** Places drawn without replacement from all of a stratum, so many of which failed. */
export interface Drawn {
  readonly drawn: number;
  readonly failed: number;
  readonly all: number;
}

/**
 * The probability (0 to 1) that so many places in a row, which are named beforehand, are all failed ones, of so many
 * failed among all in an order of chance: drawn without replacement, as in the hypergeometric distribution.
 */
export const chanceInARow = (inARow: number, failed: number, all: number): number =>
  Array.from({ length: inARow }).reduce<number>(
    (product, _, n) => (product * Math.max(0, failed - n)) / (all - n),
    1,
  );

/**
 * The probability (0 to 1) that at least so many of all that are drawn, from each stratum by itself, are failed ones: the
 * tail of a sum of hypergeometric distributions.
 */
export function chanceOfAtLeast(least: number, strata: readonly Drawn[]): number {
  const sum = strata.map(massOf).reduce(convolved, [1]);
  return sum.slice(least).reduce((chance, mass) => chance + mass, 0);
}

function massOf({ drawn, failed, all }: Drawn): readonly number[] {
  return Array.from({ length: Math.min(drawn, failed) + 1 }, (_, n) =>
    drawn - n > all - failed
      ? 0
      : Math.exp(logChoose(failed, n) + logChoose(all - failed, drawn - n) - logChoose(all, drawn)),
  );
}

function convolved(one: readonly number[], other: readonly number[]): readonly number[] {
  const sum = Array.from({ length: one.length + other.length - 1 }, () => 0);
  for (const [n, mass] of one.entries())
    for (const [k, more] of other.entries()) sum[n + k] = (sum[n + k] as number) + mass * more;
  return sum;
}

const known: number[] = [];

function logFactorial(n: number): number {
  known[n] ??= logGamma(n + 1);
  return known[n];
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);
