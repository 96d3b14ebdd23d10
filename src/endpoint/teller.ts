import { heldFor, timeOf, triesEvery } from './limits.ts';
import { type Outage, PROBES } from './outage.ts';

/** A wait worth telling of, and the time until another one is (ms). */
const LONG_WAIT = 10_000;
const TELL_EVERY = 10 * 60_000;

/** The time until a limit that is lower still, or another gap, is told of (ms): one bad moment changes it several times. */
const TELL_LIMIT_EVERY = 60_000;

/** An outage worth telling of (ms). */
const LONG_OUTAGE = 2_000;

/** A gap is another one when it is so many times as long, or as short. */
const ANOTHER = 1.5;

/** @param gap between two sends (ms) */
export const paceOf = (gap: number): string => `one request every ${Number((gap / 1000).toPrecision(2))} s`;

/** Tells of a limit that is lower than ever, of gaps and of long waits, each as far as the last one told of is some time ago. */
export function createTeller(ceiling: number, clock: () => number, tell: (what: string) => void) {
  let lowest = ceiling;
  let isAwayTold = false;
  let toldOfWaitAt = Number.NEGATIVE_INFINITY;
  let toldOfLimitAt = Number.NEGATIVE_INFINITY;
  let toldOfGapAt = Number.NEGATIVE_INFINITY;
  let gapTold = 0;
  return {
    lowered(limit: number) {
      if (limit >= lowest) return;
      lowest = limit;
      if (clock() - toldOfLimitAt < TELL_LIMIT_EVERY) return;
      toldOfLimitAt = clock();
      tell(
        `slowed down by the endpoint (429, 503 or time-outs): ${lowest} at once instead of ${ceiling}, and fewer where that is too many`,
      );
    },
    get lowest() {
      return lowest;
    },
    spaced(gap: number) {
      const isAnother = gap > ANOTHER * gapTold || gap < gapTold / ANOTHER;
      if (!isAnother || clock() - toldOfGapAt < TELL_LIMIT_EVERY) return;
      toldOfGapAt = clock();
      gapTold = gap;
      tell(
        `slowed down by the endpoint (429 or 503 to what comes too soon after the last request): ${paceOf(gap)}`,
      );
    },
    held(asked: number) {
      if (asked < LONG_WAIT || clock() - toldOfWaitAt < TELL_EVERY) return;
      toldOfWaitAt = clock();
      tell(heldFor(asked));
    },
    paused(wait: number) {
      tell(
        `the endpoint has answered 500, or what is no answer, to many different requests in a row: nothing is sent for ${timeOf(wait)}`,
      );
    },
    away({ patience, named, lasts }: Outage) {
      if (isAwayTold || lasts() < LONG_OUTAGE) return;
      isAwayTold = true;
      tell(
        `the endpoint answers nothing but 429, 5xx and the like, web pages, broken connections or time-outs: waiting for it, for ${timeOf(patience())} and ${PROBES} tries at least${triesEvery(named(), PROBES)}`,
      );
    },
    back() {
      if (isAwayTold) tell('the endpoint answers again');
      isAwayTold = false;
    },
    givenUp({ waited }: Outage) {
      isAwayTold = false;
      tell(`the endpoint is given up: it has answered nothing for ${timeOf(waited())}`);
    },
  };
}
