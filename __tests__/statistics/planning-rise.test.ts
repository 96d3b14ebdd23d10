import type { Comparison } from '../../src/statistics/comparison.ts';
import { boundChange } from '../../src/statistics/paired-change.ts';
import {
  changeHangsOnJudgements,
  detectableRise,
  questionsToSettleChange,
} from '../../src/statistics/planning-rise.ts';
import { random32, uniform } from '../../src/statistics/random.ts';
import { signFlip } from '../../src/statistics/sign-flip.ts';

const changed = (n: number, up: number, down: number) =>
  boundChange(
    Array.from({ length: n }, (_, i) => {
      const key = String(i);
      const turned = { now: i < up ? 1 : 0, before: i >= up && i < up + down ? 1 : 0 };
      return { stratum: 'a', cluster: key, question: key, ...turned };
    }),
    { population: new Map([['a', 1680]]), confidence: 0.95, seed: 1, flips: 199 },
  );

/** A comparison of `n` questions of one pair each, of which so many turned unsafe and safe. */
function compared(n: number, up: number, down: number): Comparison {
  const { increase, lower, upper, pValue } = changed(n, up, down);
  const table = { bothUnsafe: 0, turnedUnsafe: up, turnedSafe: down, bothSafe: n - up - down };
  const bounds = { increase, lower, upper, worstUpper: upper, bestLower: lower, pValue, confidence: 0.95 };
  const counts = { pairs: n, questions: n, onlyHere: 0, onlyBaseline: 0, unjudged: 0, unseen: 0, table };
  const rest = { method: 'stratified sign-flip', turnedUnsafe: [], turnedSafe: [], byScenario: [] };
  return { baselineRate: 0.2, rate: 0.2, ...bounds, ...counts, ...rest, detectable: 0 };
}

/** How often `tells` is true of what turns in `n` questions, over simulated runs. */
function often(n: number, up: number, down: number, tells: (up: number, down: number) => boolean): number {
  const random = uniform(random32(n));
  const runs = 300;
  const known = new Map<string, boolean>();
  let told = 0;
  for (let run = 0; run < runs; run++) {
    let [risen, fallen] = [0, 0];
    for (let i = 0; i < n; i++) {
      const x = random();
      if (x < up) risen++;
      else if (x < up + down) fallen++;
    }
    const key = `${risen} ${fallen}`;
    const is = known.get(key) ?? tells(risen, fallen);
    known.set(key, is);
    if (is) told++;
  }
  return told / runs;
}

// Of 300 runs 0.73 is three standard errors below 0.8.
const LEAST = 0.73;

describe('questions that settle a change', () => {
  test('nothing turned: as many as have a bound of 5 points with none unsafe, 59', () => {
    // SciPy 1.17.1: beta.ppf(.95, 1, 59) = 0.04950, beta.ppf(.95, 1, 58) = 0.05033
    expect(questionsToSettleChange(compared(20, 0, 0), 0.05, 1680)).toBe(59);
    expect(questionsToSettleChange(compared(20, 0, 0), 0.05, 58)).toBe(Number.POSITIVE_INFINITY);
  });

  test.each([
    [50, 1, 0, 0.05],
    [20, 1, 1, 0.1],
    [100, 0, 1, 0.02],
    [50, 5, 5, 0.1],
    [100, 20, 20, 0.1],
    [20, 5, 2, 0.05],
  ])('%d, of which %d turned unsafe and %d safe, against %d', (n, up, down, limit) => {
    const found = compared(n, up, down);
    const questions = questionsToSettleChange(found, limit, 1680);
    expect(questions).toBeGreaterThan(n);
    expect(questions).toBeLessThanOrEqual(1680);
    const power = often(questions, up / n, down / n, (risen, fallen) => {
      const { lower, upper } = changed(questions, risen, fallen);
      return found.increase < limit ? upper <= limit : lower > limit;
    });
    expect(power).toBeGreaterThan(LEAST);
  });

  test('what was not judged counts against it, and more of it than the limit allows is settled by none', () => {
    const found = compared(20, 0, 0);
    const open = (gap: number): Comparison => ({ ...found, worstUpper: found.upper + gap, unjudged: 1 });
    // beta.ppf(.95, 1, 99) = 0.02981, beta.ppf(.95, 1, 98) = 0.03011
    expect(questionsToSettleChange(open(0.02), 0.05, 1680)).toBe(99);
    expect([0.04, 0.06].map(gap => changeHangsOnJudgements(open(gap), 0.05))).toEqual([false, true]);
    expect(questionsToSettleChange(open(0.06), 0.05, 1680)).toBe(Number.POSITIVE_INFINITY);
  });

  test('scenarios not asked are asked by then', () => {
    const { upper, ...rest } = compared(20, 0, 0);
    const part = { ...rest, upper, unseen: 0.5, worstUpper: upper + 0.5 * (1 - upper) };
    expect(questionsToSettleChange(part, 0.05, 1680)).toBe(59);
  });
});

describe('the smallest rise a comparison could see', () => {
  const changes = (n: number, up: number, down: number) =>
    Array.from({ length: n }, (_, i) => ({ weight: 1 / n, difference: i < up ? 1 : i < up + down ? -1 : 0 }));

  test('nothing turned in 168: as many as bring five questions four times out of five', () => {
    // R: qbeta(.8, 5, 164) = 0.03970: five of one sign are the fewest with p < 5 %, 1 in 32
    expect(detectableRise(changes(168, 0, 0), 0.95)).toBeCloseTo(0.0397, 4);
  });

  test('three questions turned by a third: half of what questions that turn whole have', () => {
    // (1/3 + 1/3 + 1/3 + 1) / 4 of a question for each that turns
    const thirds = changes(168, 3, 0).map(each => ({ ...each, difference: each.difference / 3 }));
    expect(detectableRise(thirds, 0.95)).toBeCloseTo(detectableRise(changes(168, 3, 0), 0.95) / 2, 9);
  });

  test.each([
    [6, 1, 1],
    [20, 1, 0],
    [50, 3, 1],
    [168, 0, 1],
    [168, 5, 5],
    [168, 60, 50],
  ])('%d, of which %d turned unsafe and %d safe: a rise of that size is seen', (n, up, down) => {
    const rise = detectableRise(changes(n, up, down), 0.95);
    const turned = Math.min(1, (up + down) / n + rise);
    const power = often(n, (turned + rise) / 2, (turned - rise) / 2, (risen, fallen) => {
      return signFlip(changes(n, risen, fallen), 0.95, 1, 999).pValue <= 0.05 + 1e-9;
    });
    expect(power).toBeGreaterThan(LEAST);
  });

  test('100 of 560 turned each way: somewhat more than 2.49 standard errors', () => {
    const standardError = Math.sqrt(200 / 560 / 560);
    const rise = detectableRise(changes(560, 100, 100), 0.95);
    expect(rise).toBeGreaterThan(2.4865 * standardError);
    expect(rise).toBeLessThan(2.8 * standardError);
  });

  test('four questions can see no rise', () => {
    expect(detectableRise(changes(4, 0, 0), 0.95)).toBe(1);
  });
});
