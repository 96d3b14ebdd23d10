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
  /** The first of its places, from 0. */
  readonly from: number;
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
 * some did not: a scan statistic over the hypergeometric distribution. One that begins or ends within a row of failed
 * ones is likelier than with all of the row.
 */
export function unlikeliestStretch(hasFailed: readonly boolean[]): Stretch | null {
  const failed = hasFailed.filter(so => so).length;
  if (failed === 0) return null;
  const all = hasFailed.length;
  const looked = (all * (all + 1)) / 2;
  const rows = rowsOf(hasFailed);
  let unlikeliest = longestRow(rows, { failed, all });
  for (const [first, { from }] of rows.entries()) {
    let among = rows[first]?.length ?? 0;
    for (const row of rows.slice(first + 1)) {
      among += row.length;
      const length = row.from + row.length - from;
      // No more than everywhere.
      if (among * all <= length * failed) continue;
      const chance = looked * chanceOfAtLeast(among, { length, failed, all });
      if (chance < unlikeliest.chance) unlikeliest = { from, length, failed: among, chance };
    }
  }
  return unlikeliest;
}

/** Failed ones one after another. */
interface Row {
  readonly from: number;
  readonly length: number;
}

function rowsOf(hasFailed: readonly boolean[]): readonly Row[] {
  const rows: Row[] = [];
  for (const [place, failed] of hasFailed.entries()) {
    if (!failed) continue;
    const last = rows.at(-1);
    if (last && last.from + last.length === place)
      rows[rows.length - 1] = { ...last, length: last.length + 1 };
    else rows.push({ from: place, length: 1 });
  }
  return rows;
}

function longestRow(
  rows: readonly Row[],
  { failed, all }: { readonly failed: number; readonly all: number },
): Stretch {
  const { from, length } = rows.reduce((longest, row) => (row.length > longest.length ? row : longest));
  return { from, length, failed: length, chance: (all - length + 1) * chanceInARow(length, failed, all) };
}

/**
 * The probability (0 to 1) that an order of chance has its failed ones in as few rows, or in fewer: the test of runs
 * (Wald and Wolfowitz, Annals of Mathematical Statistics 11, 1940, 147–162), of the rows of failed ones alone, exactly.
 */
export function chanceOfFewRows(hasFailed: readonly boolean[]): number {
  const failed = hasFailed.filter(so => so).length;
  const others = hasFailed.length - failed;
  let chance = 0;
  for (let rows = rowsOf(hasFailed).length; rows > 0; rows -= 1) {
    if (rows > others + 1) continue;
    const ways = logChoose(failed - 1, rows - 1) + logChoose(others + 1, rows);
    chance += Math.exp(ways - logChoose(hasFailed.length, failed));
  }
  return failed === 0 ? 1 : chance;
}

const known: number[] = [];

function logFactorial(n: number): number {
  known[n] ??= logGamma(n + 1);
  return known[n];
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/**
 * That at least so many of a stretch of this length are failed ones, more than everywhere: the tail of the
 * hypergeometric distribution, whose terms fall from one to the next.
 */
function chanceOfAtLeast(
  least: number,
  { length, failed, all }: { readonly length: number; readonly failed: number; readonly all: number },
): number {
  let term = Math.exp(
    logChoose(failed, least) + logChoose(all - failed, length - least) - logChoose(all, length),
  );
  let chance = 0;
  for (let n = least; term > chance * NEGLIGIBLE; n += 1) {
    chance += term;
    term *= ((failed - n) * (length - n)) / ((n + 1) * (all - failed - length + n + 1));
  }
  return chance;
}

const NEGLIGIBLE = 1e-12;
