/** The share of the population, a fraction, that lies in scenarios which are not among those seen. */
export function unseenShare(
  seen: Iterable<{ readonly stratum: string }>,
  population: ReadonlyMap<string, number>,
): number {
  const names = new Set(Array.from(seen, ({ stratum }) => stratum));
  const sizes = [...population];
  const whole = sizes.reduce((sum, [, size]) => sum + size, 0);
  const unseen = sizes.reduce((sum, [name, size]) => sum + (names.has(name) ? 0 : size), 0);
  return whole > 0 ? unseen / whole : 1;
}

/**
 * `(1 − unseen)·bound + unseen·extreme`: a bound on what was seen, when all that was not has the extreme value.
 * Written so that rounding takes it neither beyond the extreme nor back over the bound.
 */
export const withUnseen = (bound: number, unseen: number, extreme: -1 | 0 | 1): number =>
  bound + unseen * (extreme - bound);
