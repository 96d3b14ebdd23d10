import { bettingUpper } from '../../src/statistics/betting.ts';
import { clopperPearsonLower, clopperPearsonUpper } from '../../src/statistics/clopper-pearson.ts';
import {
  detectableAbove,
  type Found,
  hangsOnJudgements,
  judgementsToSettle,
  questionsToSettle,
} from '../../src/statistics/planning.ts';

/** What a run of `n` equal questions with one answer each found. */
const saw = (unsafe: number, n: number, change: Partial<Found> = {}): Found => {
  const upper = clopperPearsonUpper(unsafe, n, 0.95);
  const lower = clopperPearsonLower(unsafe, n, 0.95);
  const bounds = { lower, upper, worstUpper: upper, bestLower: lower, method: 'Clopper–Pearson' };
  const counts = { unsafe, safe: n - unsafe, unjudged: 0, questions: n };
  const estimate = { rate: unsafe / n, ...bounds, ...counts };
  const whole = { population: 1680, scenarios: 1, worth: 1, unseen: 0 };
  return { estimate, confidence: 0.95, ...whole, tests: 1, stopsEarly: false, ...change };
};

/** Logarithms of factorials, summed: nothing of what the code under test computes with. */
const LOG_FACTORIALS = Array.from({ length: 2000 }).reduce<number[]>(
  (sums, _, i) => [...sums.slice(-2000), (sums.at(-1) ?? 0) + Math.log(Math.max(1, i))],
  [],
);
const factorial = (n: number) => LOG_FACTORIALS[n] ?? Number.NaN;

function chance(count: number, n: number, rate: number): number {
  if (rate <= 0 || rate >= 1) return count === (rate <= 0 ? 0 : n) ? 1 : 0;
  const ways = factorial(n) - factorial(count) - factorial(n - count);
  return Math.exp(ways + count * Math.log(rate) + (n - count) * Math.log(1 - rate));
}

/** How often a run of `n` at `rate` has a count that `tells`. */
const often = (n: number, rate: number, tells: (unsafe: number) => boolean): number =>
  Array.from({ length: n + 1 }, (_, count) => (tells(count) ? chance(count, n, rate) : 0)).reduce(
    (a, b) => a + b,
  );

/** Whether Clopper and Pearson's bounds lie under, and over, the limit, by their own definition. */
const under = (limit: number, n: number) => (unsafe: number) =>
  Array.from({ length: unsafe + 1 }, (_, i) => chance(i, n, limit)).reduce((a, b) => a + b) <= 0.05;
const over = (limit: number, n: number) => (unsafe: number) =>
  Array.from({ length: n - unsafe + 1 }, (_, i) => chance(unsafe + i, n, limit)).reduce((a, b) => a + b, 0) <
  0.05;

// SciPy 1.17.1, for x of n against L: the first m for which all of m … 1680 have
//   c = max(k for k in range(m) if binom.cdf(k, m, L) <= .05); binom.cdf(c, m, x / n) >= .8
// (above the limit the same with n − x and 1 − L), and the least rate above L with
//   k = min(k for k in range(n + 1) if binom.sf(k - 1, n, L) < .05); beta.ppf(.8, k, n - k + 1)
test.each([
  [0, 50, 0.05, 59, 0.153522427575],
  [0, 26, 0.1, 29, 0.287043575831],
  [2, 26, 0.2, 57, 0.447750787781],
  [1, 13, 0.2, 57, 0.539394639224],
  [1, 50, 0.05, 286, 0.153522427575],
  [5, 168, 0.05, 671, 0.100049504119],
  [12, 168, 0.1, 660, 0.164113408202],
  [5, 13, 0.2, 43, 0.539394639224],
  [20, 50, 0.3, 155, 0.469492380116],
])('%d of %d against %d: %d questions, and %d could have been told', (x, n, limit, questions, rate) => {
  expect(questionsToSettle(saw(x, n), limit)).toBe(questions);
  expect(detectableAbove(saw(x, n), limit)).toBeCloseTo(rate, 9);
});

describe('over a grid of counts, sizes and limits', () => {
  const grid = [0.05, 0.1, 0.2, 0.4, 0.7].flatMap(limit =>
    [2, 13, 26, 50, 100, 168].flatMap(n =>
      [0, 1, 2, 5, 12, n - 1].flatMap(x => {
        const found = saw(x, n);
        const open = found.estimate.upper > limit && found.estimate.lower <= limit && x <= n;
        return open ? [{ x, n, limit, found }] : [];
      }),
    ),
  );

  test('the number named is more than were asked, and settles it four times out of five', () => {
    for (const { x, n, limit, found } of grid) {
      const questions = questionsToSettle(found, limit);
      if (questions > 1680) continue;
      expect(questions).toBeGreaterThan(n);
      const tells = x / n < limit ? under(limit, questions) : over(limit, questions);
      const counts = new Map<number, boolean>();
      const known = (count: number) => {
        if (chance(count, questions, x / n) < 1e-9) return false;
        const told = counts.get(count) ?? tells(count);
        counts.set(count, told);
        return told;
      };
      expect(often(questions, x / n, known)).toBeGreaterThanOrEqual(0.78);
    }
  });

  test('the rate named is told four times out of five', () => {
    for (const { n, limit, found } of grid) {
      const rate = detectableAbove(found, limit);
      if (rate < 1) expect(often(n, rate, over(limit, n))).toBeGreaterThanOrEqual(0.78);
    }
  });
});

describe('what keeps it open is looked at as the verdict does', () => {
  test('a rate on the limit is settled by no number, nor one that more than there are would settle', () => {
    expect(questionsToSettle(saw(10, 50), 0.2)).toBe(Number.POSITIVE_INFINITY);
    expect(questionsToSettle(saw(0, 50, { population: 58 }), 0.05)).toBe(Number.POSITIVE_INFINITY);
    expect(questionsToSettle(saw(0, 50, { population: 59 }), 0.05)).toBe(59);
  });

  test('the unjudged count against the verdict: a share above the ceiling is settled by no number', () => {
    const open = (unjudged: number): Found => {
      const { estimate, ...rest } = saw(0, 50);
      const worstUpper = clopperPearsonUpper(unjudged, 50, 0.95);
      const counts = { safe: 50 - unjudged, unjudged };
      return { ...rest, estimate: { ...estimate, ...counts, worstUpper } };
    };
    // As 1 of 50 unsafe, in the reference above
    expect(questionsToSettle(open(1), 0.05)).toBe(questionsToSettle(saw(1, 50), 0.05));
    expect([hangsOnJudgements(open(1), 0.05), hangsOnJudgements(open(3), 0.05)]).toEqual([false, true]);
    expect(questionsToSettle(open(3), 0.05)).toBe(Number.POSITIVE_INFINITY);
  });

  test('half of the way needs half of the judgements; where all do not do it, none', () => {
    expect(judgementsToSettle(0.3, 0.1, 0.2, 40)).toBe(20);
    expect(judgementsToSettle(0.05, 0.25, 0.2, 41)).toBe(31);
    expect(judgementsToSettle(0.5, 0.3, 0.2, 40)).toBe(Number.POSITIVE_INFINITY);
  });

  test('a run that has not asked every scenario has to, at the weights they have then', () => {
    const one = { scenarios: 13, worth: 12.23 / 13, unseen: 0.9 };
    expect(questionsToSettle(saw(0, 1, one), 0.6)).toBe(13);
    expect(questionsToSettle(saw(0, 1, one), 0.2)).toBe(15);
  });

  test('a betting bound needs as many as the bet does: exactly, of shares of 0 and 1', () => {
    const shares = (unsafe: number, n: number) =>
      Array.from({ length: n }, (_, i) => ({ unsafe: i < unsafe ? 1 : 0, judged: 1 }));
    const upper = bettingUpper(shares(2, 30), 0.95);
    const { estimate, ...rest } = saw(2, 30);
    const bet = { ...rest, estimate: { ...estimate, upper, worstUpper: upper, method: 'betting' } };
    const questions = questionsToSettle(bet, 0.2);
    const tells = (unsafe: number) =>
      unsafe < 0.2 * questions && bettingUpper(shares(unsafe, questions), 0.95) <= 0.2;
    expect(questions).toBeGreaterThan(questionsToSettle(saw(2, 30), 0.2));
    expect(often(questions, 2 / 30, tells)).toBeGreaterThanOrEqual(0.78);
  });

  test('to be above with a correction over 13 takes more; and with stop-early a question is one draw', () => {
    expect(questionsToSettle(saw(5, 13, { tests: 13 }), 0.2)).toBeGreaterThan(
      questionsToSettle(saw(5, 13), 0.2),
    );
    expect(questionsToSettle(saw(2, 26, { tests: 13 }), 0.2)).toBe(57);
    const { estimate, ...rest } = saw(6, 78);
    const together = { ...rest, estimate: { ...estimate, questions: 26 } };
    expect(questionsToSettle(together, 0.13)).toBeLessThan(
      questionsToSettle({ ...together, stopsEarly: true }, 0.13),
    );
  });
});
