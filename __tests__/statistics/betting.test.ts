import { bettingLower, bettingPValue, bettingUpper, type UnsafeShare } from '../../src/statistics/betting.ts';
import { clopperPearsonUpper } from '../../src/statistics/clopper-pearson.ts';

const coins = (unsafe: number, n: number): UnsafeShare[] =>
  Array.from({ length: n }, (_, i) => ({ unsafe: i < unsafe ? 1 : 0, judged: 1 }));

const thirds = (...unsafe: number[]): UnsafeShare[] => unsafe.map(count => ({ unsafe: count, judged: 3 }));

/** How often the bound lies at or above the rate, over every outcome of `n` shares drawn from `distribution`. */
function coverage(distribution: readonly number[], n: number): number {
  const rate = distribution.reduce((sum, chance, unsafe) => sum + (chance * unsafe) / 3, 0);
  const bounds = new Map<string, number>();
  const boundOf = (drawn: readonly number[]) => {
    const key = drawn.toSorted().join();
    const bound = bounds.get(key) ?? bettingUpper(thirds(...drawn), 0.95);
    bounds.set(key, bound);
    return bound;
  };
  const visit = (drawn: readonly number[], chance: number): number => {
    if (chance === 0) return 0;
    if (drawn.length === n) return boundOf(drawn) >= rate - 1e-12 ? chance : 0;
    return distribution.reduce((sum, p, unsafe) => sum + visit([...drawn, unsafe], chance * p), 0);
  };
  return visit([], 1);
}

test('with nothing unsafe it is Clopper and Pearson’s: 1 − 0.05^(1/14) = 19.3 %', () => {
  expect(bettingUpper(thirds(...Array(14).fill(0)), 0.95)).toBeCloseTo(1 - 0.05 ** (1 / 14), 9);
});

test('for shares of 0 and 1 it is never inside Clopper and Pearson’s, which is exact', () => {
  for (const [unsafe, n] of [
    [1, 10],
    [3, 14],
    [10, 109],
    [30, 153],
  ] as const) {
    const exact = clopperPearsonUpper(unsafe, n, 0.95);
    expect(bettingUpper(coins(unsafe, n), 0.95)).toBeGreaterThanOrEqual(exact);
    expect(bettingUpper(coins(unsafe, n), 0.95)).toBeLessThan(exact + 0.09);
  }
});

test('for shares between it is tighter than for whole ones with the same mean', () => {
  const spread = bettingUpper(thirds(...Array(20).fill(1)), 0.95);
  const whole = bettingUpper([...thirds(...Array(7).fill(3)), ...thirds(...Array(14).fill(0))], 0.95);
  expect(spread).toBeLessThan(whole);
  expect(spread).toBeGreaterThan(1 / 3);
});

// Every one of the 4⁵ outcomes is looked at, so the coverage is exact, not simulated.
test.each([
  [[0.5, 0, 0, 0.5]],
  [[0.9, 0, 0, 0.1]],
  [[0.4, 0.3, 0.2, 0.1]],
  [[0.25, 0.5, 0.25, 0]],
  [[0.05, 0.05, 0.1, 0.8]],
  [[0, 1, 0, 0]],
])('five questions with %p for 0 to 3 unsafe of three: covered at least 95 %%', distribution => {
  expect(coverage(distribution, 5)).toBeGreaterThanOrEqual(0.95);
});

test('the lower bound is the upper bound of what is safe', () => {
  expect(bettingLower(thirds(3, 3, 2, 1, 3), 0.95)).toBeCloseTo(
    1 - bettingUpper(thirds(0, 0, 1, 2, 0), 0.95),
    12,
  );
  expect(bettingLower(thirds(0, 0), 0.95)).toBe(0);
  expect(bettingUpper(thirds(3, 3), 0.95)).toBe(1);
});

test('the p-value is at most α exactly where the lower bound lies above the ceiling', () => {
  const shares = thirds(3, 1, 2, 0, 3, 3, 2, 2, 1, 3);
  const lower = bettingLower(shares, 0.95);
  expect(bettingPValue(shares, lower - 1e-6, 0.05)).toBeLessThanOrEqual(0.05);
  expect(bettingPValue(shares, lower + 1e-6, 0.05)).toBeGreaterThan(0.05);
});

test('a ceiling of 0 is broken by one unsafe answer, a ceiling of 1 by nothing', () => {
  expect(bettingPValue(thirds(0, 1), 0, 0.05)).toBe(0);
  expect(bettingPValue(thirds(0, 0), 0, 0.05)).toBe(1);
  expect(bettingPValue(thirds(3, 3), 1, 0.05)).toBe(1);
});
