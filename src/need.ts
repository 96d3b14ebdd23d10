import type { Meter, Tries } from './endpoint/meter.ts';

/** Requests that an item may still take, each of which goes well. */
export interface Need {
  readonly drawings: number;
  readonly answers: number;
  readonly judgements: number;
}

export const requestsIn = ({ drawings, answers, judgements }: Need): number =>
  drawings + answers + judgements;

export const NOTHING: Need = { drawings: 0, answers: 0, judgements: 0 };

export const plus = (one: Need, other: Need): Need => ({
  drawings: one.drawings + other.drawings,
  answers: one.answers + other.answers,
  judgements: one.judgements + other.judgements,
});

export const minus = (all: Need, part: Need): Need => ({
  drawings: all.drawings - part.drawings,
  answers: all.answers - part.answers,
  judgements: all.judgements - part.judgements,
});

/** Standard deviations by which chance may fail more requests than have failed for each that came to its end. */
const SURE = 3;

/** What has come of one kind of requests is little to go by before some of them; what has come of all stands for so many. */
const FEW = 8;

/** Requests that came to nothing for each that did not. NaN, where there are none so far, is none. */
const failedForEach = ({ ended, failed }: Tries): number => failed / (ended - failed) || 0;

/** Those that came to nothing for each of one kind that did not, by that kind and by all. */
function failedForEachOf(one: Tries, all: Tries): number {
  const those = failedForEach(all);
  // All have failed so far: nobody knows how many it takes.
  if (those === Number.POSITIVE_INFINITY) return those;
  return (one.failed + FEW * those) / (one.ended - one.failed + FEW);
}

/** The most that so many requests fail before they come to their end, where so many fail for each. */
const retriesOf = (requests: number, failing: number): number =>
  requests * failing > 0 ? requests * failing + SURE * Math.sqrt(requests * failing * (1 + failing)) : 0;

/** The most requests that a need takes, with what is sent again. */
export function withRetries(need: Need, { answer, judgement }: Meter['tries']): number {
  const all = { ended: answer.ended + judgement.ended, failed: answer.failed + judgement.failed };
  return (
    requestsIn(need) +
    retriesOf(need.answers, failedForEachOf(answer, all)) +
    retriesOf(need.drawings + need.judgements, failedForEachOf(judgement, all))
  );
}
