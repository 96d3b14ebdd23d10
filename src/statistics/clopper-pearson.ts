import { betaCdf, betaQuantile, bisect } from './distributions.ts';

/**
 * One-sided exact bounds of Clopper and Pearson (1934) for `unsafe` of `n` at `confidence` (a fraction), as
 * quantiles of the beta distribution. Both may be fractional: an effective sample size is. For whole numbers it is
 * also the hypergeometric bound of a population without end, and covers any finite one (Hoeffding 1963: drawing
 * without replacement spreads less).
 */
export function clopperPearsonUpper(unsafe: number, n: number, confidence: number): number {
  return n <= 0 || unsafe >= n ? 1 : betaQuantile(confidence, unsafe + 1, n - unsafe);
}

export function clopperPearsonLower(unsafe: number, n: number, confidence: number): number {
  return n <= 0 || unsafe <= 0 ? 0 : betaQuantile(1 - confidence, unsafe, n - unsafe + 1);
}

/** P(at least `unsafe` of `n`) where each is unsafe with probability `rate`: small speaks for a higher rate. */
export function binomialTail(unsafe: number, n: number, rate: number): number {
  return unsafe <= 0 ? 1 : betaCdf(rate, unsafe, n - unsafe + 1);
}

/** P(at most `unsafe` of `n`), or a limit of it from above: small speaks for a lower rate than `rate`. */
export type Tail = (unsafe: number, n: number, rate: number) => number;

/** The binomial's own: Clopper and Pearson's upper bound is the rate at which it is 1 − confidence. */
export const lowerTail: Tail = (unsafe, n, rate) => (unsafe >= n ? 1 : 1 - binomialTail(unsafe + 1, n, rate));

/** The n at which `rate` has the upper bound `bound`, above it, by the tail that the bound stands on. */
export function effectiveSize(rate: number, bound: number, confidence: number, tail: Tail): number {
  const isTooWide = (logN: number) => {
    const n = Math.exp(logN);
    return tail(rate * n, n, bound) > 1 - confidence;
  };
  return Math.exp(bisect(isTooWide, -5, 20));
}
