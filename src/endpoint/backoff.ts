/** Before the n-th try again: 0.5 s × 2ⁿ, at most 30 s (ms). */
const FIRST = 500;
const LONGEST = 30_000;

/** One request at a time asks little of an endpoint that comes back, and everybody waits for it (ms). */
const LONGEST_PROBE = 8_000;
/** One that has never responded is not waited for so long (ms). */
const LONGEST_UNHEARD = 1000;

const most = (tries: number, longest: number): number => Math.min(longest, FIRST * 2 ** tries);

/** Time before a request's next try (ms), with full jitter; `random` is from 0 to 1. */
export const backoff = (tries: number, random: number): number => random * most(tries, LONGEST);

/**
 * Time before an endpoint that refuses everybody is asked again (ms); jitter over the upper half.
 * @param isHeard whether it has ever responded
 */
export const probeWait = (probes: number, random: number, isHeard: boolean): number =>
  ((1 + random) / 2) * most(probes, isHeard ? LONGEST_PROBE : LONGEST_UNHEARD);

/** Many name a wait that is next to none (ms). */
const SHORTEST_NAMED = 100;

/** The same of an endpoint that has `asked` to be left alone for so long (ms). */
export const namedWait = (asked: number, random: number): number =>
  Math.max(asked, SHORTEST_NAMED) + random * SHORTEST_NAMED;
