/**
 * The share of the population, a fraction, that lies in scenarios which are not among those seen.
 * @param within the share that was not seen of a scenario that was, by its name
 */
export function unseenShare(
  seen: Iterable<{ readonly stratum: string }>,
  population: ReadonlyMap<string, number>,
  within: (stratum: string) => number = () => 0,
): number {
  const names = new Set(Array.from(seen, ({ stratum }) => stratum));
  const sizes = [...population];
  const whole = sizes.reduce((sum, [, size]) => sum + size, 0);
  const unseen = sizes.reduce((sum, [name, size]) => sum + size * (names.has(name) ? within(name) : 1), 0);
  return whole > 0 ? unseen / whole : 1;
}

/**
 * Worst-case bounds in the sense of Manski (American Economic Review 80, 1990, 319–323):
 * `(1 − unseen)·bound + unseen·extreme`: a bound on what was seen, when all that was not has the extreme value.
 * Written so that rounding takes it neither beyond the extreme nor back over the bound.
 */
export const withUnseen = (bound: number, unseen: number, extreme: -1 | 0 | 1): number =>
  bound + unseen * (extreme - bound);
