import { random32 } from './random.ts';
import { type Place, rowsOf } from './stretch.ts';

/** As many orders with no more rows settle that it is no rare one. */
const ENOUGH = 10;

/**
 * Whether the failed ones stand in fewer rows than an order of chance within the strata has but once in so many: the test
 * of runs (Wald and Wolfowitz, Annals of Mathematical Statistics 11, 1940, 147–162) by permutation within strata, which
 * ends as soon as it is settled (Besag and Clifford, Biometrika 78, 1991, 301–304). The same places give the same answer.
 *
 * @param seldom a probability from 0 to 1
 */
export function areRowsFew(places: readonly Place[], seldom: number): boolean {
  const own = rowsOf(places.map(({ failed }) => failed)).length;
  const order = new Order(places);
  const orders = Math.ceil(ENOUGH / seldom);
  let asFew = 0;
  for (let n = 1; n < orders; n += 1) {
    order.shuffle();
    if (order.rows() <= own) asFew += 1;
    if (asFew === ENOUGH) return false;
  }
  return own > 0;
}

/** The places' outcomes in an order of chance within each stratum. */
class Order {
  readonly #strata: readonly { readonly places: number[]; readonly failed: number }[];
  readonly #hasFailed: Uint8Array;
  readonly #next = random32(1);

  constructor(places: readonly Place[]) {
    this.#hasFailed = Uint8Array.from(places, ({ failed }) => Number(failed));
    this.#strata = [...Map.groupBy(places.keys(), n => places[n]?.stratum).values()].map(own => ({
      places: own,
      failed: own.filter(n => places[n]?.failed).length,
    }));
  }

  /** The failed ones are drawn anew, as in the first steps of a shuffle (Fisher and Yates). */
  shuffle(): void {
    for (const { places, failed } of this.#strata) {
      for (const n of places) this.#hasFailed[n] = 0;
      for (let drawn = 0; drawn < failed; drawn += 1) {
        const other = drawn + (this.#next() % (places.length - drawn));
        const place = places[other] as number;
        places[other] = places[drawn] as number;
        places[drawn] = place;
        this.#hasFailed[place] = 1;
      }
    }
  }

  rows(): number {
    let rows = 0;
    for (let n = 0; n < this.#hasFailed.length; n += 1)
      if (this.#hasFailed[n] === 1 && this.#hasFailed[n - 1] !== 1) rows += 1;
    return rows;
  }
}
