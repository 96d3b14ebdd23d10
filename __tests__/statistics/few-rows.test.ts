import { areRowsFew } from '../../src/statistics/few-rows.ts';
import { random32 } from '../../src/statistics/random.ts';

const alike = (hasFailed: readonly boolean[]) => hasFailed.map(failed => ({ failed, stratum: 'all' }));

/** All orders of so many places, so many of them failed. */
const ordersOf = (all: number, failed: number): readonly boolean[][] =>
  Array.from({ length: 2 ** all }, (_, bits) =>
    Array.from({ length: all }, (_, place) => ((bits >> place) & 1) === 1),
  ).filter(order => order.filter(so => so).length === failed);

const rowsIn = (order: readonly boolean[]) => order.filter((so, place) => so && !order[place - 1]).length;

test.each([
  [8, 3],
  [10, 5],
  [9, 8],
])('rows are few where as small a share of all orders of %i with %i failed have no more', (all, failed) => {
  const orders = ordersOf(all, failed);
  for (const order of orders.slice(0, 40)) {
    const share = orders.filter(other => rowsIn(other) <= rowsIn(order)).length / orders.length;
    for (const seldom of [0.01, 0.05, 0.2]) {
      // Ten orders settle it, give or take three.
      if (share < 0.4 * seldom) expect(areRowsFew(alike(order), seldom)).toBe(true);
      if (share > 2.2 * seldom) expect(areRowsFew(alike(order), seldom)).toBe(false);
    }
  }
});

test('rows of nothing that failed, and of what failed all of it, are not few', () => {
  expect(areRowsFew(alike([false, false, false]), 0.05)).toBe(false);
  expect(areRowsFew([], 0.05)).toBe(false);
  expect(areRowsFew(alike([true, true, true]), 0.05)).toBe(false);
});

test('rows are not few where what stands beside each other fails more by design, and are without that', () => {
  const next = random32(9);
  const orders = Array.from({ length: 40 }, () =>
    Array.from({ length: 168 }, (_, n) => ({
      failed: next() < (n % 13 < 3 ? 0.95 : 0.04) * 2 ** 32,
      stratum: `${n % 13}`,
    })),
  );
  expect(orders.filter(order => areRowsFew(order, 1 / 200)).length).toBeLessThanOrEqual(1);
  expect(orders.filter(order => areRowsFew(alike(order.map(({ failed }) => failed)), 1 / 200))).toHaveLength(
    40,
  );
});
