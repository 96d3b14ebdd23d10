import { varianceComponents } from '../../src/statistics/variance-components.ts';

/** Consecutive values, `each` of them a pair and `pairs` of those a question. */
const nested = (values: readonly number[], pairs: number, each: number) =>
  Array.from({ length: values.length / pairs / each }, (_, i) =>
    Array.from({ length: pairs }, (__, j) =>
      values.slice((i * pairs + j) * each, (i * pairs + j + 1) * each),
    ),
  );

test('three levels: the pastes of Davies and Goldsmith', () => {
  // Ten batches, three casks each, two assays each (Statistical Methods in Research and Production, 1972, table 6.5;
  // R's lme4::Pastes). lmer(strength ~ 1 + (1 | batch / cask)) by REML prints 1.657, 8.434 and 0.678 (Bates, lme4, 2010).
  const strength = [
    62.8, 62.6, 60.1, 62.3, 62.7, 63.1, 60.0, 61.4, 57.5, 56.9, 61.1, 58.9, 58.7, 57.5, 63.9, 63.1, 65.4,
    63.7, 57.1, 56.4, 56.9, 58.6, 64.7, 64.5, 55.1, 55.1, 54.7, 54.2, 58.8, 57.5, 63.4, 64.9, 59.3, 58.1,
    60.5, 60.0, 62.5, 62.6, 61.0, 58.7, 56.9, 57.7, 59.2, 59.4, 65.2, 66.0, 64.8, 64.1, 54.8, 54.8, 64.0,
    64.0, 57.7, 56.8, 58.3, 59.3, 59.2, 59.2, 58.9, 56.6,
  ];
  const found = varianceComponents(nested(strength, 3, 2));
  expect(found?.questions).toBeCloseTo(1.657, 3);
  expect(found?.pairs).toBeCloseTo(8.434, 3);
  expect(found?.answers).toBeCloseTo(0.678, 3);
});

test('two levels: the ratings of Shrout and Fleiss', () => {
  // Psychological Bulletin 86 (1979), 420–428, tables 2 to 4: six targets, four ratings; within mean square 6.26,
  // between 11.24, ICC(1,1) = .17
  const ratings = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7];
  const found = varianceComponents(nested(ratings, 1, 4));
  expect(found?.pairs).toBeNull();
  expect(found?.answers).toBeCloseTo(6.26, 2);
  expect(found?.questions).toBeCloseTo((11.24 - 6.26) / 4, 2);
  const share = (found?.questions ?? 0) / ((found?.questions ?? 0) + (found?.answers ?? 0));
  expect(share).toBeCloseTo(0.17, 2);
});

describe('unsafe or not, in groups of different sizes', () => {
  const questions = Array.from({ length: 20 }, (_, i) =>
    Array.from({ length: 1 + (i % 3) }, (__, j) =>
      Array.from({ length: 2 + ((i * j) % 3) }, (___, k) =>
        (i * i + 3 * j * (i % 2) + (i % 4 === 0 ? k : 0)) % 5 < 2 ? 1 : 0,
      ),
    ),
  );

  // NumPy 2: the quadratic forms y'Ay of the three projections, and E y'Ay = Σ σ² tr(A Z Z'), solved for σ²
  test('three levels', () => {
    const found = varianceComponents(questions);
    expect(found?.questions).toBeCloseTo(0.04386009, 8);
    expect(found?.pairs).toBeCloseTo(0.13242795, 8);
    expect(found?.answers).toBeCloseTo(0.078125, 12);
  });

  test('two levels', () => {
    const found = varianceComponents(questions.map(([first = []]) => [first]));
    expect(found?.questions).toBeCloseTo(0.15, 8);
    expect(found?.pairs).toBeNull();
    expect(found?.answers).toBeCloseTo(0.1, 8);
  });
});

test('a component below nought is nought', () => {
  const contrary = Array.from({ length: 10 }, () => [[0, 1]]);
  expect(varianceComponents(contrary)).toEqual({ questions: 0, pairs: null, answers: 0.5 });
});

test('one question, or one answer to each pair, cannot tell', () => {
  expect(varianceComponents([[[0, 1]]])).toBeNull();
  expect(varianceComponents([[[0]], [[1]], [[1]]])).toBeNull();
});
