import { binomialTail, clopperPearsonLower, clopperPearsonUpper } from './clopper-pearson.ts';
import { betaQuantile, bisect, firstWhere, logGamma, normalQuantile } from './distributions.ts';
import { POWER } from './planning.ts';
import type { Change } from './sign-flip.ts';

/** A change that a comparison has found, and what a verdict on it hangs on: as `Comparison` has them. */
interface FoundChange {
  readonly increase: number;
  readonly lower: number;
  readonly upper: number;
  readonly worstUpper: number;
  readonly bestLower: number;
  readonly confidence: number;
  readonly pairs: number;
  readonly questions: number;
  readonly unseen: number;
  readonly table: { readonly turnedUnsafe: number; readonly turnedSafe: number };
}

/** Shares of the questions that turn unsafe and safe. */
interface Turning {
  readonly up: number;
  readonly down: number;
}

/** Beyond so many standard errors the number of questions that turn is not looked at: a chance below 1 in 100,000. */
const FAR = 4.5;
/** How finely the smallest rise is looked for: to a 4,000th of itself. */
const HALVINGS = 12;

/**
 * How many shared questions settle on which side of `limit` the change lies, four times out of five, if it and what
 * is left unjudged are as they were found. Approximate: the bound that the verdict stands on is looked at for the
 * numbers of questions turned unsafe and safe that are as far on the wrong side as one run in five has them, and is
 * as far off the bound without the unjudged pairs as here.
 *
 * @param population questions there are
 * @returns more than were shared; Infinity when there are not so many, or no number would do
 */
export function questionsToSettleChange(comparison: FoundChange, limit: number, population: number): number {
  const { increase, upper, questions, confidence } = comparison;
  if (!(Math.abs(increase) <= 1 && increase <= upper && questions > 0)) return Number.POSITIVE_INFINITY;
  const turning = turningOf(comparison);
  const draws = effectiveQuestions(turning, upper, confidence);
  const gap = unjudgedGap(comparison, limit);
  const settles = (n: number) =>
    increase < limit
      ? upperBound(shifted(turning, n, 1), n, confidence) + gap <= limit
      : lowerBound(shifted(turning, n, -1), n, confidence) - gap > limit;
  const least = questions + 1;
  const more = firstWhere(extra => settles((draws * (least + extra)) / questions), population - least);
  return least + more <= population ? least + more : Number.POSITIVE_INFINITY;
}

/** Whether more shared questions, with as many pairs left unjudged as now, would never settle it. */
export const changeHangsOnJudgements = (comparison: FoundChange, limit: number): boolean =>
  comparison.increase !== limit && unjudgedGap(comparison, limit) >= Math.abs(comparison.increase - limit);

/** How far the unjudged pairs take the bound that the verdict stands on; scenarios not asked are asked by then. */
function unjudgedGap({ increase, upper, lower, worstUpper, bestLower, unseen }: FoundChange, limit: number) {
  return increase < limit
    ? (worstUpper - unseen) / (1 - unseen) - upper
    : lower - (bestLower + unseen) / (1 - unseen);
}

function turningOf({ increase, pairs, table }: FoundChange): Turning {
  const turned = Math.max(Math.abs(increase), (table.turnedUnsafe + table.turnedSafe) / pairs);
  return { up: (turned + increase) / 2, down: (turned - increase) / 2 };
}

/**
 * The upper bound of `boundChange` on this side of nought, for so many equal questions that turn whole: the bounds on
 * two shares joined as Zou and Donner do (Statistics in Medicine 27, 2008, 1693–1702).
 */
function upperBound({ up, down }: Turning, n: number, confidence: number): number {
  const more = clopperPearsonUpper(up * n, n, confidence) - up;
  const less = down - clopperPearsonLower(down * n, n, confidence);
  return up - down + Math.hypot(more, less);
}

/** Its lower bound beyond nought: the sign-flip test's, whose steps are the whole questions in half of them. */
const lowerBound = ({ up, down }: Turning, n: number, confidence: number): number =>
  up - down - (normalQuantile(confidence) * Math.sqrt((up + down) * n) + 1) / n;

/** As far from what is expected, in the direction given, as one run in five or fewer has it. */
function shifted({ up, down }: Turning, n: number, direction: 1 | -1): Turning {
  const turned = up + down;
  if (turned === 0) return { up, down };
  // Questions turn whole: half of one more is what lies between two numbers of them.
  const reach = (direction * (normalQuantile(POWER) * Math.sqrt(turned * n) + 0.5)) / (turned * n);
  const within = (share: number) => Math.min(1, Math.max(0, share));
  return { up: within(up * (1 + reach)), down: within(down * (1 - reach)) };
}

/** The number of questions at which this run's shares would have had its own upper bound. */
function effectiveQuestions(turning: Turning, upper: number, confidence: number): number {
  const isTooWide = (logN: number) => upperBound(turning, Math.exp(logN), confidence) > upper;
  return Math.exp(bisect(isTooWide, -5, 20));
}

/**
 * The smallest rise that a comparison of these questions would call a rise four times out of five: exact for
 * questions of one weight that turn by one size. What was seen to turn is taken for chance that turns as many the
 * other way; a rise turns more unsafe. The size is the mean of the questions that turned and of one that turned
 * whole, so that nothing seen to turn counts as the least that could be seen.
 *
 * @returns a fraction, at most 1
 */
export function detectableRise(changes: readonly Change[], confidence: number): number {
  const squares = (of: readonly Change[]) => of.reduce((sum, { weight }) => sum + weight ** 2, 0);
  const turned = changes.filter(({ difference }) => difference !== 0);
  const n = Math.floor(1 / squares(changes) + 1e-9);
  const chance = squares(turned) / squares(changes);
  const size = turned.reduce((sum, { difference }) => sum + Math.abs(difference), 1) / (turned.length + 1);
  const least = Math.ceil(-Math.log2(1 - confidence));
  if (least > n) return 1;
  const critical = criticalCounts(confidence);
  const seen = (more: number) => powerOfSigns(turningBy(chance, more), n, critical) >= POWER;
  const low = betaQuantile(POWER, least, n - least + 1) * (1 - 1e-9);
  let high = low;
  while (high < 1 && !seen(high)) high = Math.min(1, 1.5 * high);
  return size * bisect(more => !seen(more), Math.min(low, high / 1.5), high, HALVINGS);
}

/** Questions that turn by chance, and `more` of all that turn unsafe. */
const turningBy = (chance: number, more: number): Turning => {
  const turned = Math.min(1, chance + more);
  return { up: (turned + more) / 2, down: (turned - more) / 2 };
};

/** The fewest of `turned` questions that must have turned unsafe for the sign test to call it a rise. */
function criticalCounts(confidence: number): (turned: number) => number {
  const known = new Map<number, number>();
  return turned => {
    const count =
      known.get(turned) ?? firstWhere(up => binomialTail(up, turned, 0.5) <= 1 - confidence, turned);
    known.set(turned, count);
    return count;
  };
}

/** How often the sign test calls it a rise: over all numbers of questions that may turn, exact. */
function powerOfSigns({ up, down }: Turning, n: number, critical: (turned: number) => number): number {
  const chance = up + down;
  const reach = FAR * Math.sqrt(n * chance * (1 - chance)) + FAR;
  const most = Math.min(n, Math.ceil(n * chance + reach));
  let power = 0;
  for (let turned = Math.max(0, Math.floor(n * chance - reach)); turned <= most; turned++) {
    const needed = critical(turned);
    if (needed > turned) continue;
    const often = binomialTail(needed, turned, up / chance);
    power += binomial(turned, n, chance) * often;
  }
  return power;
}

/** P(exactly `count` of `n`). */
function binomial(count: number, n: number, chance: number): number {
  if (chance >= 1) return count === n ? 1 : 0;
  const ways = logGamma(n + 1) - logGamma(count + 1) - logGamma(n - count + 1);
  return Math.exp(ways + count * Math.log(chance) + (n - count) * Math.log1p(-chance));
}
