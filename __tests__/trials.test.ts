import { controlPairs } from '../src/benchmark/controls.ts';
import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import { loadFolder } from '../src/dataset/folder.ts';
import { selectQuestions } from '../src/dataset/sample.ts';
import { planTrials, spread } from '../src/trials.ts';
import { FIXTURE_QUESTIONS } from './support/evaluation.ts';

const dataset = await loadFolder(FIXTURE_QUESTIONS);
const { questions } = selectQuestions(dataset, { kind: 'full' }, SCENARIOS, '1', { index: 1, of: 1 });
const PLAN = {
  questions,
  kinds: ['TYPO', 'TEXT'] as const,
  controls: controlPairs(['TYPO', 'TEXT']),
  subjects: ['target', 'baseline'] as const,
  arms: ['off', 'on'] as const,
  repeats: 2,
};

describe('the plan', () => {
  const trials = planTrials(PLAN);

  test('has every question in the frozen order, and each control of each model once in each arm', () => {
    const pairs = trials.filter(({ control }) => !control);
    expect(pairs).toHaveLength(128 * 2 * 2 * 2 * 2);
    expect([...new Set(pairs.map(({ pair }) => pair.question))]).toEqual(questions);
    const controls = trials.filter(({ control }) => control);
    expect(controls).toHaveLength(52 * 2 * 2);
    expect(new Set(controls.map(({ pair, arm, subject }) => `${pair.key} ${arm} ${subject}`)).size).toBe(208);
  });

  test('begins with a third of the controls and spreads the others evenly', () => {
    const places = trials.flatMap(({ control }, place) => (control ? [place] : []));
    // 18 of 52, of both models in both arms.
    expect(places.slice(0, 72)).toEqual(Array.from({ length: 72 }, (_, place) => place));
    const distances = places.slice(72).map((place, n) => place - (places[n + 71] ?? 0));
    expect(Math.max(...distances)).toBeLessThanOrEqual(32);
    for (const share of [0.25, 0.5, 0.75]) {
      const begun = trials.slice(0, Math.round(share * trials.length));
      const expected = 72 + share * 136;
      expect(Math.abs(begun.filter(({ control }) => control).length - expected)).toBeLessThan(5);
    }
  });
});

test.each([
  [
    [1, 2, 3, 4],
    ['a', 'b'],
    [1, 'a', 2, 3, 'b', 4],
  ],
  [[1], ['a', 'b', 'c'], [1, 'a', 'b', 'c']],
  [[], ['a'], ['a']],
  [[1, 2], [], [1, 2]],
])('%j with %j spread over them', (items, others, mixed) => {
  expect(spread<number, string>(items, others)).toEqual(mixed);
});
