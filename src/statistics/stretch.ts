import { chanceOfAtLeast, type Drawn } from './hypergeometric.ts';

/** One of what was asked in an order of chance. */
export interface Place {
  readonly failed: boolean;
  /** What the order is one of chance within: all others may be where they are by design, and fail more or less. */
  readonly stratum: string;
}

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
 * The stretch that is least likely where the failed ones of each stratum stand in an order of chance among its places;
 * null where none failed. Looked at are the longest in which all failed, and, since what is asked at once may come in any
 * order at its ends, all in which some did not: a scan statistic. Of these the one counts that is the least likely by its
 * likelihood ratio, with what the strata let expect (Kulldorff, Communications in Statistics 26, 1997, 1481–1496), and how
 * likely it is by itself is exact, whatever may be expected elsewhere.
 */
export function unlikeliestStretch(places: readonly Place[]): Stretch | null {
  if (!places.some(({ failed }) => failed)) return null;
  const strata = new Strata(places);
  const longest = strata.longestRow();
  const scanned = strata.scanned();
  return scanned !== null && scanned.chance < longest.chance ? scanned : longest;
}

/** Failed ones one after another. */
export interface Row {
  readonly from: number;
  readonly length: number;
}

/** All such rows, in their order. */
export function rowsOf(hasFailed: readonly boolean[]): readonly Row[] {
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

/** Places in an order of chance within their strata. */
class Strata {
  readonly #strata: readonly number[];
  readonly #sizes: readonly { readonly failed: number; readonly all: number }[];
  readonly #rows: readonly Row[];
  /** How many failed ones are to be expected before each place. */
  readonly #expected: readonly number[];

  constructor(places: readonly Place[]) {
    const groups = [...Map.groupBy(places, ({ stratum }) => stratum)];
    const numbers = new Map(groups.map(([stratum], n) => [stratum, n]));
    this.#strata = places.map(({ stratum }) => numbers.get(stratum) ?? 0);
    this.#sizes = groups.map(([, own]) => ({
      failed: own.filter(({ failed }) => failed).length,
      all: own.length,
    }));
    this.#rows = rowsOf(places.map(({ failed }) => failed));
    const expected = [0];
    for (const n of this.#strata) {
      const { failed, all } = this.#sizes[n] as { failed: number; all: number };
      expected.push((expected.at(-1) as number) + failed / all);
    }
    this.#expected = expected;
  }

  /** The longest row, wherever one as long might begin. */
  longestRow(): Stretch {
    const { from, length } = this.#rows.reduce((longest, row) =>
      row.length > longest.length ? row : longest,
    );
    let chance = 0;
    for (let begin = 0; begin + length <= this.#strata.length; begin += 1)
      chance += this.#chanceOfAll(begin, length);
    return { from, length, failed: length, chance };
  }

  #chanceOfAll(from: number, length: number): number {
    const before = this.#sizes.map(() => 0);
    let chance = 1;
    for (let place = from; place < from + length && chance > 0; place += 1) {
      const n = this.#strata[place] as number;
      const { failed, all } = this.#sizes[n] as { failed: number; all: number };
      const drawn = before[n] as number;
      chance *= Math.max(0, failed - drawn) / (all - drawn);
      before[n] = drawn + 1;
    }
    return chance;
  }

  /** From the beginning of a row to the end of another: one that begins or ends within a row is likelier. */
  scanned(): Stretch | null {
    const all = this.#strata.length;
    const failed = this.#rows.reduce((sum, { length }) => sum + length, 0);
    let most = 0;
    let unlikeliest: Omit<Stretch, 'chance'> | null = null;
    for (const [first, { from }] of this.#rows.entries()) {
      let among = this.#rows[first]?.length ?? 0;
      for (const row of this.#rows.slice(first + 1)) {
        among += row.length;
        const length = row.from + row.length - from;
        const expected = (this.#expected[from + length] as number) - (this.#expected[from] as number);
        const ratio = likelihoodRatio({ length, failed: among, expected }, { length: all, failed });
        if (ratio <= most) continue;
        most = ratio;
        unlikeliest = { from, length, failed: among };
      }
    }
    if (unlikeliest === null) return null;
    const looked = (all * (all + 1)) / 2;
    return { ...unlikeliest, chance: looked * chanceOfAtLeast(unlikeliest.failed, this.#drawn(unlikeliest)) };
  }

  #drawn({ from, length }: Row): readonly Drawn[] {
    const inIt = this.#sizes.map(() => 0);
    for (const n of this.#strata.slice(from, from + length)) inIt[n] = (inIt[n] as number) + 1;
    return this.#sizes.map((size, n) => ({ ...size, drawn: inIt[n] as number }));
  }
}

/** The logarithm of how much likelier so many are where a stretch has a rate of its own; 0 where it has no more than expected. */
function likelihoodRatio(
  {
    length,
    failed,
    expected,
  }: { readonly length: number; readonly failed: number; readonly expected: number },
  all: { readonly length: number; readonly failed: number },
): number {
  if (failed <= expected) return 0;
  const others = all.failed - failed;
  const expectedOthers = all.failed - expected;
  return (
    surplus(failed, expected) +
    surplus(length - failed, length - expected) +
    surplus(others, expectedOthers) +
    surplus(all.length - length - others, all.length - length - expectedOthers)
  );
}

const surplus = (found: number, expected: number): number =>
  found === 0 || expected <= 0 ? 0 : found * Math.log(found / expected);
