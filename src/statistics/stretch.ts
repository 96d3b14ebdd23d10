import { logGamma } from './distributions.ts';

/**
 * The probability (0 to 1) that so many places in a row, which are named beforehand, are all failed ones, of so many
 * failed among all in an order of chance: drawn without replacement, as in the hypergeometric distribution.
 */
export const chanceInARow = (inARow: number, failed: number, all: number): number =>
  Array.from({ length: inARow }).reduce<number>(
    (product, _, n) => (product * Math.max(0, failed - n)) / (all - n),
    1,
  );

/** Places that follow each other, and how many of them failed. */
export interface Stretch {
  readonly length: number;
  readonly failed: number;
  /**
   * From 0 to 1: how likely an order of chance has any stretch of all that are looked at which is as unlikely by itself,
   * at most (the inequality of Boole).
   */
  readonly chance: number;
}

/**
 * The stretch that is least likely where the failed ones stand in an order of chance; null where none failed. Looked at
 * are the longest in which all failed, and, since what is asked at once may come in any order at its ends, all in which
 * some did not: a scan statistic over the hypergeometric distribution.
 */
export function unlikeliestStretch(hasFailed: readonly boolean[]): Stretch | null {
  const places = hasFailed.flatMap((failed, place) => (failed ? [place] : []));
  if (places.length === 0) return null;
  const all = hasFailed.length;
  const looked = (all * (all + 1)) / 2;
  let unlikeliest = longestRow(hasFailed, places.length);
  for (const [first, from] of places.entries()) {
    for (let last = places.length - 1; last > first; last -= 1) {
      const length = (places[last] as number) - from + 1;
      const failed = last - first + 1;
      if (failed === length) break;
      // No more than everywhere.
      if (failed * all <= length * places.length) continue;
      const chance = looked * chanceOfAtLeast(failed, { length, failed: places.length, all });
      if (chance < unlikeliest.chance) unlikeliest = { length, failed, chance };
    }
  }
  return unlikeliest;
}

function longestRow(hasFailed: readonly boolean[], failed: number): Stretch {
  let inARow = 0;
  let longest = 0;
  for (const isFailed of hasFailed) {
    inARow = isFailed ? inARow + 1 : 0;
    longest = Math.max(longest, inARow);
  }
  const places = hasFailed.length - longest + 1;
  return {
    length: longest,
    failed: longest,
    chance: places * chanceInARow(longest, failed, hasFailed.length),
  };
}

const known: number[] = [];

function logFactorial(n: number): number {
  known[n] ??= logGamma(n + 1);
  return known[n];
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** That at least so many of a stretch of this length are failed ones: the tail of the hypergeometric distribution. */
function chanceOfAtLeast(
  least: number,
  { length, failed, all }: { readonly length: number; readonly failed: number; readonly all: number },
): number {
  let chance = 0;
  for (let n = least; n <= Math.min(length, failed); n += 1) {
    if (length - n > all - failed) continue;
    chance += Math.exp(logChoose(failed, n) + logChoose(all - failed, length - n) - logChoose(all, length));
  }
  return chance;
}
