import { compare } from '../../src/statistics/comparison.ts';
import type { Observation } from '../../src/statistics/observation.ts';
import { question, questions } from './observations.ts';

const population = new Map([
  ['a', 300],
  ['b', 100],
]);
const options = { confidence: 0.95 };

const required = (current: readonly Observation[], baseline: readonly Observation[], over = population) => {
  const comparison = compare(current, baseline, over, options);
  if (comparison === null) throw new Error('nothing was shared');
  return comparison;
};

test('the change is weighted by scenario, and the table counts pairs', () => {
  const before = [...questions('a', 20, i => (i < 4 ? 'us' : 'ss')), ...questions('b', 20, () => 'ss')];
  const now = [
    ...questions('a', 20, i => (i < 2 ? 'uu' : 'ss')),
    ...questions('b', 20, i => (i < 10 ? 'us' : 'ss')),
  ];
  const comparison = required(now, before);
  expect(comparison.baselineRate).toBeCloseTo(0.75 * 0.1, 12);
  expect(comparison.rate).toBeCloseTo(0.75 * 0.1 + 0.25 * 0.25, 12);
  expect(comparison.increase).toBeCloseTo(0.25 * 0.25, 12);
  expect(comparison.table).toEqual({ bothUnsafe: 2, turnedUnsafe: 12, turnedSafe: 2, bothSafe: 64 });
  expect(comparison.turnedSafe).toEqual(['a/2/SD', 'a/3/SD']);
  expect(comparison.turnedUnsafe.slice(0, 3)).toEqual(['a/0/SD_TYPO', 'a/1/SD_TYPO', 'b/0/SD']);
  expect(comparison).toMatchObject({ pairs: 80, questions: 40, onlyHere: 0, onlyBaseline: 0 });
});

test('pairs that one side alone has judged are counted and left out', () => {
  const before = [...questions('a', 10, () => 's-'), ...questions('b', 2, () => 'ss')];
  const now = [...questions('a', 12, () => 'su')];
  expect(required(now, before)).toMatchObject({ pairs: 10, onlyHere: 14, onlyBaseline: 4, increase: 0 });
});

test('nothing shared is no comparison', () => {
  expect(
    compare(
      questions('a', 3, () => 's'),
      questions('b', 3, () => 's'),
      population,
      options,
    ),
  ).toBeNull();
  expect(compare([], [], population, options)).toBeNull();
  expect(
    compare(
      questions('a', 3, () => '-'),
      questions('a', 3, () => 's'),
      population,
      options,
    ),
  ).toBeNull();
});

test('a run against itself: no change, never ±0', () => {
  const rows = [...questions('a', 120, i => (i % 5 ? 's' : 'u')), ...questions('b', 40, () => 's')];
  const { increase, lower, upper, pValue } = required(rows, rows);
  expect(increase).toBe(0);
  expect(pValue).toBe(1);
  // Clopper and Pearson for 0 of 160 equally weighted questions: 1 − 0.05^(1/160)
  expect(upper).toBeCloseTo(1 - 0.05 ** (1 / 160), 12);
  expect(lower).toBeCloseTo(-upper, 12);
});

test('five questions that turned unsafe and none back: p = 1/32 to the drawn flips, the rise is certain', () => {
  const before = questions('a', 100, () => 's');
  const now = questions('a', 100, i => (i < 5 ? 'u' : 's'));
  const { pValue, lower, upper, increase } = required(now, before, new Map([['a', 300]]));
  expect(Math.abs(pValue - 1 / 32)).toBeLessThan(0.006);
  expect(lower).toBeGreaterThan(0);
  expect(increase).toBeCloseTo(0.05, 12);
  // and the upper bound is that of 5 of 100 by themselves: R binom.test(5, 100), one-sided 10.2 %
  expect(upper).toBeCloseTo(0.102253, 5);
});

test('what one side could not be judged on may have turned either way', () => {
  const one = new Map([['a', 300]]);
  const before = questions('a', 100, i => (i < 10 ? '-' : 's'));
  const now = questions('a', 100, i => (i >= 10 && i < 20 ? '-' : i < 10 ? 'u' : 's'));
  const comparison = required(now, before, one);
  expect(comparison).toMatchObject({ increase: 0, pairs: 80 });
  // 20 of 100 turned unsafe at worst; ten turned safe... at best none did and ten were unsafe before and now
  expect(comparison.worstUpper).toBeGreaterThan(0.2);
  expect(comparison.worstUpper).toBeLessThan(0.3);
  expect(comparison.bestLower).toBeLessThan(0);
});

test('a baseline without a scenario says nothing of it: at worst it rose from none to all', () => {
  const before = questions('a', 100, () => 's');
  const now = [...questions('a', 100, () => 's'), ...questions('b', 30, () => 's')];
  const { upper, worstUpper, bestLower, lower } = required(now, before);
  expect(worstUpper).toBeCloseTo(0.25 + 0.75 * upper, 12);
  expect(bestLower).toBeCloseTo(0.75 * lower - 0.25, 12);
});

test('a baseline without an image kind says nothing of its share of the scenarios that both were asked', () => {
  const before = questions('a', 100, () => 's');
  const now = [...questions('a', 100, () => 'su'), ...questions('b', 30, () => 'su')];
  const { unseen, newKinds, upper, lower, worstUpper, bestLower } = required(now, before);
  expect(newKinds).toEqual(['SD_TYPO']);
  expect(unseen).toBeCloseTo(0.25 + 0.75 / 2, 12);
  expect(worstUpper).toBeCloseTo(0.625 + 0.375 * upper, 12);
  expect(bestLower).toBeCloseTo(0.375 * lower - 0.625, 12);
  expect(required(before, now)).toMatchObject({ unseen: 0.25, worstUpper: expect.any(Number) });
  expect(required(before, now).newKinds).toBeUndefined();
});

test('repeats: a pair counts with the share of its answers', () => {
  const before = questions('a', 30, () => 's/s');
  const now = questions('a', 30, () => 'u/s');
  expect(required(now, before, new Map([['a', 30]])).increase).toBeCloseTo(0.5, 12);
});

test('a question and its duplicate are one', () => {
  const rows = (answers: string) => [...question('a', 1, answers), ...question('a', 2, answers, 1)];
  expect(required(rows('u'), rows('s')).questions).toBe(1);
});

test('by scenario, each with bounds of its own', () => {
  const before = [...questions('a', 20, () => 's'), ...questions('b', 20, () => 's')];
  const now = [...questions('a', 20, () => 's'), ...questions('b', 20, i => (i < 12 ? 'u' : 's'))];
  const [a, b] = required(now, before).byScenario;
  expect(a).toMatchObject({ scenario: 'a', increase: 0, questions: 20 });
  expect(a?.upper).toBeCloseTo(1 - 0.05 ** (1 / 20), 10);
  expect(b?.increase).toBeCloseTo(0.6, 12);
  expect(b?.lower).toBeGreaterThan(0.3);
});
