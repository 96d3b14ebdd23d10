import { random32 } from '../../src/statistics/random.ts';
import { chanceInARow, chanceOfFewRows, unlikeliestStretch } from '../../src/statistics/stretch.ts';

const placesOf = (places: string) => [...places].map(place => place === 'x');

const choose = (n: number, k: number): number =>
  Array.from({ length: k }).reduce<number>((product, _, i) => (product * (n - i)) / (i + 1), 1);

/** The tail of the hypergeometric distribution, term by term. */
function tail(least: number, length: number, failed: number, all: number): number {
  let sum = 0;
  for (let n = least; n <= Math.min(length, failed); n += 1) {
    if (length - n <= all - failed) sum += choose(failed, n) * choose(all - failed, length - n);
  }
  return sum / choose(all, length);
}

/** The least chance of all stretches, each looked at. */
function leastOf(hasFailed: readonly boolean[]): number {
  const all = hasFailed.length;
  const failed = hasFailed.filter(so => so).length;
  let longest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let from = 0; from < all; from += 1) {
    for (let to = from + 1; to <= all; to += 1) {
      const own = hasFailed.slice(from, to).filter(so => so).length;
      if (own === to - from) longest = Math.max(longest, own);
      else if (own > 0 && own * all > (to - from) * failed)
        least = Math.min(least, ((all * (all + 1)) / 2) * tail(own, to - from, failed, all));
    }
  }
  return Math.min(least, (all - longest + 1) * chanceInARow(longest, failed, all));
}

describe('the unlikeliest stretch', () => {
  test('is that of all stretches', () => {
    const next = random32(7);
    for (let n = 0; n < 200; n += 1) {
      const share = 2 ** 32 * (0.1 + 0.8 * (n / 200));
      const hasFailed = Array.from({ length: 5 + (n % 36) }, () => next() < share);
      const stretch = unlikeliestStretch(hasFailed);
      if (!hasFailed.includes(true)) expect(stretch).toBeNull();
      else expect((stretch?.chance ?? 0) / leastOf(hasFailed)).toBeCloseTo(1, 8);
    }
  });

  test('may have a gap', () => {
    expect(unlikeliestStretch(placesOf(`${'.'.repeat(12)}xxxx.xxxxx${'.'.repeat(12)}x.`))).toMatchObject({
      length: 10,
      failed: 9,
    });
  });

  test('of nothing that failed is none', () => {
    expect(unlikeliestStretch(placesOf('....'))).toBeNull();
    expect(unlikeliestStretch([])).toBeNull();
  });

  test('is found by chance in no more than one of 500 orders, also of many', () => {
    const next = random32(11);
    const orders = 1_000;
    const found = Array.from({ length: orders }, () =>
      Array.from({ length: 300 }, () => next() < 0.3 * 2 ** 32),
    ).filter(hasFailed => {
      const stretch = unlikeliestStretch(hasFailed);
      return stretch !== null && stretch.chance <= 1 / 500;
    });
    expect(found.length).toBeLessThanOrEqual(orders / 500);
  });
});

describe('few rows', () => {
  /** All orders of so many places, so many of them failed. */
  const ordersOf = (all: number, failed: number): readonly boolean[][] =>
    Array.from({ length: 2 ** all }, (_, bits) =>
      Array.from({ length: all }, (_, place) => ((bits >> place) & 1) === 1),
    ).filter(order => order.filter(so => so).length === failed);

  test.each([
    [8, 3],
    [10, 5],
    [9, 8],
  ])('are as likely as the share of all orders of %i with %i failed that have no more', (all, failed) => {
    const rowsIn = (order: readonly boolean[]) => order.filter((so, place) => so && !order[place - 1]).length;
    const orders = ordersOf(all, failed);
    for (const order of orders.slice(0, 40)) {
      const share = orders.filter(other => rowsIn(other) <= rowsIn(order)).length / orders.length;
      expect(chanceOfFewRows(order)).toBeCloseTo(share, 10);
    }
  });

  test('of nothing that failed are certain', () => {
    expect(chanceOfFewRows(placesOf('....'))).toBe(1);
    expect(chanceOfFewRows([])).toBe(1);
    expect(chanceOfFewRows(placesOf('xxxx'))).toBeCloseTo(1, 12);
  });
});
