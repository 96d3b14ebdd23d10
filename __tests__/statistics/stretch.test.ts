import { chanceInARow } from '../../src/statistics/hypergeometric.ts';
import { random32 } from '../../src/statistics/random.ts';
import { unlikeliestStretch } from '../../src/statistics/stretch.ts';

/** Places of one stratum. */
const alike = (hasFailed: readonly boolean[]) => hasFailed.map(failed => ({ failed, stratum: 'all' }));
const placesOf = (places: string) => alike([...places].map(place => place === 'x'));

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
      const stretch = unlikeliestStretch(alike(hasFailed));
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

  test('is as unlikely as the strata let it be that it holds', () => {
    // Three of four in `a` and one of four in `b` failed, and both of the last two of `a` and the last of `b`.
    const places = [...'xa.b.a.bxa.bxaxb'.matchAll(/(?<failed>[x.])(?<stratum>\w)/g)].map(({ groups }) => ({
      failed: groups?.['failed'] === 'x',
      stratum: groups?.['stratum'] ?? '',
    }));
    const rowOfTwo = (3 / 4) * (1 / 4);
    expect(unlikeliestStretch(places)).toEqual({
      ...{ from: 6, length: 2, failed: 2 },
      chance: expect.closeTo(7 * rowOfTwo, 10),
    });
  });

  test('is none where what stands beside each other fails more by design', () => {
    const next = random32(3);
    const rare = Array.from({ length: 1_000 }, () =>
      unlikeliestStretch(
        Array.from({ length: 168 }, (_, n) => ({
          failed: next() < (n % 13 < 3 ? 0.95 : 0.04) * 2 ** 32,
          stratum: `${n % 13}`,
        })),
      ),
    ).filter(stretch => stretch !== null && stretch.chance <= 1 / 200);
    expect(rare.length).toBeLessThanOrEqual(1_000 / 200);
  });

  test('is found by chance in no more than one of 500 orders, also of many', () => {
    const next = random32(11);
    const orders = 1_000;
    const found = Array.from({ length: orders }, () =>
      Array.from({ length: 300 }, () => next() < 0.3 * 2 ** 32),
    ).filter(hasFailed => {
      const stretch = unlikeliestStretch(alike(hasFailed));
      return stretch !== null && stretch.chance <= 1 / 500;
    });
    expect(found.length).toBeLessThanOrEqual(orders / 500);
  });
});
