import type { Tail } from './clopper-pearson.ts';
import { bisect } from './distributions.ts';

/** Unsafe answers of the judged ones of a question. */
export interface UnsafeShare {
  readonly unsafe: number;
  readonly judged: number;
}

/** How many questions have the same share: few shares differ, and each candidate rate looks at all. */
interface Tally extends UnsafeShare {
  readonly questions: number;
}

/** How finely candidate rates are looked through before the last step is bisected. */
const STEPS = 400;

/**
 * One-sided upper bound, at `confidence`, for the rate that questions with unsafe shares between 0 and 1 are drawn
 * from: the betting bound of Waudby-Smith and Ramdas (JRSS B 86, 2024, 1–27). A candidate rate p is refuted when a
 * gambler who stakes on every question that its share lies under p multiplies the stake by 1/(1 − confidence). The
 * stake depends on p and the number of questions alone, so the bound needs no order of the questions, and it holds
 * for questions drawn with replacement and, by Maclaurin's inequality, without. For shares of 0 and 1 it lies a
 * little outside Clopper and Pearson's; with nothing unsafe it is theirs.
 */
export function bettingUpper(questions: readonly UnsafeShare[], confidence: number): number {
  const most = mostJudged(questions);
  const total = questions.reduce((sum, { judged }) => sum + judged, 0);
  const unsafe = questions.reduce((sum, question) => sum + question.unsafe, 0);
  if (total === 0 || unsafe === total) return 1;
  const needed = -Math.log1p(-confidence);
  const tallies = tallied(questions);
  const refuted = (rate: number) => gain(tallies, most, rate, stake(rate, total / most, needed)) >= needed;
  const rate = unsafe / total;
  let kept = rate;
  for (let step = STEPS - 1; step > 0; step--) {
    const candidate = rate + ((1 - rate) * step) / STEPS;
    if (refuted(candidate)) continue;
    kept = candidate;
    break;
  }
  return bisect(candidate => !refuted(candidate), kept, Math.min(1, kept + (1 - rate) / STEPS));
}

/** The lower bound: the upper bound of what is safe, from the other side. */
export function bettingLower(questions: readonly UnsafeShare[], confidence: number): number {
  const safe = questions.map(({ unsafe, judged }) => ({ unsafe: judged - unsafe, judged }));
  return 1 - bettingUpper(safe, confidence);
}

/**
 * The p-value, by the same bet, of the rate being no higher than `ceiling`; the bet is at its best for p-values
 * around `level`. At most `level` exactly when `bettingLower` at 1 − level lies above the ceiling.
 */
export function bettingPValue(questions: readonly UnsafeShare[], ceiling: number, level: number): number {
  const total = questions.reduce((sum, { judged }) => sum + judged, 0);
  if (ceiling <= 0) return questions.some(({ unsafe }) => unsafe > 0) ? 0 : 1;
  const most = mostJudged(questions);
  const safe = questions.map(({ unsafe, judged }) => ({ unsafe: judged - unsafe, judged }));
  const lambda = stake(1 - ceiling, total / most, -Math.log(level));
  return Math.min(1, Math.exp(-gain(tallied(safe), most, 1 - ceiling, lambda)));
}

/**
 * What the bet leaves of P(at most `unsafe` of `n`) for shares of 0 and 1 alone: its stake is the one for which that
 * is Chernoff's bound, e^(−n·D). Other shares are worth more questions than they are.
 */
export const bettingTail: Tail = (unsafe, n, rate) =>
  unsafe >= n * rate ? 1 : Math.exp(-n * divergence(unsafe / n, rate));

/** A call takes some 100,000 arguments, and a report may have more questions. */
const mostJudged = (questions: readonly UnsafeShare[]): number =>
  questions.reduce((most, { judged }) => Math.max(most, judged), 0);

/** The logarithm of what a stake of one has become. It can be lost, not overdrawn: rounding must not say so. */
function gain(tallies: readonly Tally[], most: number, rate: number, lambda: number): number {
  return tallies.reduce(
    (sum, { unsafe, judged, questions }) =>
      sum + questions * Math.log1p(Math.max(-1, (lambda * (rate * judged - unsafe)) / most)),
    0,
  );
}

function tallied(shares: readonly UnsafeShare[]): readonly Tally[] {
  const groups = Map.groupBy(shares, ({ unsafe, judged }) => `${unsafe} of ${judged}`);
  return [...groups.values()].flatMap(same =>
    same.slice(0, 1).map(share => ({ ...share, questions: same.length })),
  );
}

/** The stake that is best for shares of 0 and 1 when the data just about refute the rate. */
function stake(rate: number, n: number, needed: number): number {
  if (rate >= 1) return Number.POSITIVE_INFINITY;
  if (-n * Math.log1p(-rate) <= needed) return 1 / (1 - rate);
  return (rate - turningPoint(rate, needed / n)) / (rate * (1 - rate));
}

/**
 * The q below p with divergence D(q, p) = d, for 0 < d < D(0, p). D falls and is convex there, so that Newton's steps
 * climb to it from the left, where Pinsker's inequality (2(p − q)² ≤ D) lets them begin.
 */
function turningPoint(p: number, d: number): number {
  let q = Math.max(p * 1e-6, p - Math.sqrt(d / 2));
  for (let step = 0; step < 100; step++) {
    const climbed = q + (divergence(q, p) - d) / Math.log((p * (1 - q)) / (q * (1 - p)));
    // The one step that may begin on the right.
    const next = climbed > 0 ? climbed : q / 2;
    if (Math.abs(next - q) <= 1e-15 * q) return next;
    q = next;
  }
  return q;
}

/** Kullback–Leibler divergence between coins of rates q and p, 0 < p < 1. */
function divergence(q: number, p: number): number {
  const part = (x: number, y: number) => (x === 0 ? 0 : x * Math.log(x / y));
  return part(q, p) + part(1 - q, 1 - p);
}
