import { betaQuantile, bisect, normalQuantile } from './distributions.ts';
import type { Change } from './sign-flip.ts';

/** How often a run of the size spoken of is to come to the right verdict. */
const POWER = 0.8;

/** What a finished interval says about other sizes of sample. Rates are fractions. */
export interface Seen {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** Questions the interval stands on. */
  readonly questions: number;
  readonly confidence: number;
}

/** The standard error that the interval speaks of, per question: a quarter of it where four times as many are asked. */
function errorPerQuestion({ lower, upper, questions, confidence }: Seen): number {
  return ((upper - lower) / (2 * normalQuantile(confidence))) * Math.sqrt(questions);
}

/**
 * How many questions would settle on which side of `limit` the value lies, four times out of five, if it is what
 * was seen: ((z_confidence + z_0.8) · σ / distance)², σ from the width of the interval. Infinity when the value
 * lies on the limit.
 */
export function questionsToSettle(seen: Seen, limit: number): number {
  const reach = (normalQuantile(seen.confidence) + normalQuantile(POWER)) * errorPerQuestion(seen);
  return Math.ceil((reach / Math.abs(seen.value - limit)) ** 2);
}

/** The smallest value above `limit` that a run like this one would call above it four times out of five. */
export function detectableAbove(seen: Seen, limit: number): number {
  const reach = normalQuantile(seen.confidence) + normalQuantile(POWER);
  return limit + (reach * errorPerQuestion(seen)) / Math.sqrt(seen.questions);
}

/**
 * The smallest rise that a comparison of these questions would call a rise four times out of five: z_c·√(v/n) +
 * z_0.8·√((v + m·rise)/n), with v what the questions turn by chance, and m how much of a question turns when it does:
 * all of its answers, or some. The sign-flip test needs at least log₂(1/α) questions that turn one way, so it is never
 * less than brings those. m is the mean of the questions that turned and of one that turned whole, so that nothing
 * seen to turn counts as the least that could be seen.
 *
 * @returns a fraction, at most 1
 */
export function detectableRise(changes: readonly Change[], confidence: number): number {
  const squares = changes.reduce((sum, { weight }) => sum + weight ** 2, 0);
  const n = 1 / squares;
  const turning = changes.reduce((sum, { weight, difference }) => sum + (weight * difference) ** 2, 0) * n;
  const turned = changes.filter(({ difference }) => difference !== 0);
  const part = turned.reduce((sum, { difference }) => sum + Math.abs(difference), 1) / (turned.length + 1);
  const certain = normalQuantile(confidence) * Math.sqrt(turning / n);
  const often = (rise: number) => normalQuantile(POWER) * Math.sqrt((turning + part * rise) / n);
  const smooth = bisect(rise => rise < certain + often(rise), 0, 1);
  const least = Math.ceil(-Math.log2(1 - confidence));
  return least > n ? 1 : Math.max(smooth, part * betaQuantile(POWER, least, n - least + 1));
}
