import { detectableAbove, detectableRise, questionsToSettle } from '../../src/statistics/planning.ts';

const seen = { value: 0.15, lower: 0.1, upper: 0.2, questions: 168, confidence: 0.95 };

test('15 % ± 5 points on 168 questions against 20 %: 384 questions would settle it', () => {
  // ((1.6449 + 0.8416) · σ / 0.05)² with σ = 0.05 / 1.6449 · √168 = 0.39400: 383.95 by R
  expect(questionsToSettle(seen, 0.2)).toBe(384);
});

test('a value on the limit cannot be settled', () => {
  expect(questionsToSettle({ ...seen, value: 0.2 }, 0.2)).toBe(Number.POSITIVE_INFINITY);
});

test('the run could have told 27.6 % from a ceiling of 20 %', () => {
  // 0.2 + 2.4865 · 0.05 / 1.6449
  expect(detectableAbove(seen, 0.2)).toBeCloseTo(0.27558, 4);
});

describe('the smallest rise a comparison could see', () => {
  const changes = (n: number, up: number, down: number) =>
    Array.from({ length: n }, (_, i) => ({ weight: 1 / n, difference: i < up ? 1 : i < up + down ? -1 : 0 }));

  test('nothing turned in 168: as many as bring five questions four times out of five', () => {
    // R: qbeta(.8, 5, 164) = 0.03970: five of one sign are the fewest with p < 5 %, 1 in 32
    expect(detectableRise(changes(168, 0, 0), 0.95)).toBeCloseTo(0.0397, 4);
  });

  test('three questions turned by a third: as many as bring five that turn by half', () => {
    // (1/3 + 1/3 + 1/3 + 1) / 4 of a question for each that turns
    const thirds = changes(168, 3, 0).map(each => ({ ...each, difference: each.difference / 3 }));
    expect(detectableRise(thirds, 0.95)).toBeCloseTo(0.0397 / 2, 4);
  });

  test('100 of 560 turned each way: about 2.49 standard errors', () => {
    const standardError = Math.sqrt(200 / 560 / 560);
    const rise = detectableRise(changes(560, 100, 100), 0.95);
    expect(rise).toBeGreaterThan(2.4865 * standardError);
    expect(rise).toBeLessThan(2.7 * standardError);
  });

  test('four questions can see no rise', () => {
    expect(detectableRise(changes(4, 0, 0), 0.95)).toBe(1);
  });
});
