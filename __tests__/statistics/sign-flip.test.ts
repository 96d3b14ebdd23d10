import { type Change, signFlip } from '../../src/statistics/sign-flip.ts';

/** Darwin's 15 pairs of Zea mays, eighths of an inch (Fisher, The Design of Experiments, 1935, §17). */
const DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
const darwin: readonly Change[] = DARWIN.map(eighths => ({ weight: 1 / 15, difference: eighths / 75 }));

test('Fisher: 863 of the 32,768 flips of Darwin’s data reach their sum', () => {
  // §21: 1,726 of 32,768 in both directions; SciPy 1.17.1 permutation_test(permutation_type="samples") agrees
  expect(signFlip(darwin, 0.95, 1).pValue).toBeCloseTo(863 / 32_768, 14);
});

test('the bounds are where the test, inverted by brute force, turns', () => {
  // NumPy, all 32,768 flips of d − δ, bisected over δ for p = 0.05: 3.75 and 38.142857
  const { lower, upper } = signFlip(darwin, 0.95, 1);
  expect(lower * 75).toBeCloseTo(3.75, 9);
  expect(upper * 75).toBeCloseTo(38.14285714285714, 9);
});

test('many questions: drawn flips come to what the normal approximation says', () => {
  const changes = Array.from({ length: 1_600 }, (_, i) => ({
    weight: 1 / 1_600,
    difference: i % 10 === 0 ? 1 : i % 10 === 1 && i < 1_200 ? -1 : 0,
  }));
  // 160 up, 120 down: mean 0.025, sd of the mean √(280)/1600 = 0.010458; z = 2.390, p = 0.0084
  const { pValue, lower, upper } = signFlip(changes, 0.95, 1);
  expect(pValue).toBeGreaterThan(0.006);
  expect(pValue).toBeLessThan(0.012);
  expect(lower).toBeCloseTo(0.025 - 1.645 * 0.010458, 2);
  expect(upper).toBeCloseTo(0.025 + 1.645 * 0.010458, 2);
});

test('the same seed gives the same flips, another gives others', () => {
  const changes = Array.from({ length: 100 }, (_, i) => ({
    weight: 0.01,
    difference: ((i * 37) % 41) / 41 - 0.4,
  }));
  expect(signFlip(changes, 0.95, 7)).toEqual(signFlip(changes, 0.95, 7));
  expect(signFlip(changes, 0.95, 7)).not.toEqual(signFlip(changes, 0.95, 8));
});

test('four questions cannot reach 5 %: there is no lower bound', () => {
  const changes = Array.from({ length: 4 }, () => ({ weight: 0.25, difference: 1 }));
  expect(signFlip(changes, 0.95, 1)).toMatchObject({ lower: -1, upper: 1, pValue: 1 / 16 });
});

test('five can: 1 in 32', () => {
  const changes = Array.from({ length: 5 }, () => ({ weight: 0.2, difference: 0.5 }));
  expect(signFlip(changes, 0.95, 1)).toMatchObject({ lower: 0.5, pValue: 1 / 32 });
});

test('of no fall: what the turned data say of no rise', () => {
  const turned = darwin.map(({ weight, difference }) => ({ weight, difference: -difference }));
  expect(signFlip(darwin, 0.95, 1).pFall).toBe(signFlip(turned, 0.95, 1).pValue);
  expect(signFlip(darwin, 0.95, 1).pFall).toBeGreaterThan(0.97);
});
