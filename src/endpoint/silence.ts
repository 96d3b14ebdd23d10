import { FatalEndpointError, type Fault, networkWords, shownUrl } from './problems.ts';
import type { Standing } from './standing.ts';

/** Tries without a response that are no accident any more, where so many may be in flight. */
const TRIES = 8;
/** Time-outs of one request. */
const TIMEOUTS = 2;

/**
 * Gives up an endpoint that has never responded, not even with an error: no whole response has come to any of
 * TRIES tries, and one request has waited its whole time-out TIMEOUTS times, or has no tries left, as none has where
 * it has been waited for in vain. So an endpoint that hangs costs two time-outs, not tries × time-outs for every few
 * pairs; one that is still starting has as long as it is waited for, or two time-outs, whichever is over first.
 */
export interface Silence {
  /** A whole response has come, whatever it says. */
  broken(): void;
  /** A try has ended without one. */
  kept(): void;
  /** Throws FatalEndpointError when a request that failed so shows that waiting is of no use. */
  judge(fault: Fault | undefined, timeouts: number, isLast: boolean): void;
}

export function createSilence({
  baseUrl,
  model,
  timeout,
  enough,
  standing,
}: {
  readonly baseUrl: string;
  readonly model: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Requests that may be in flight. */
  readonly enough: number;
  readonly standing: Pick<Standing, 'hasAnswered'>;
}): Silence {
  let isBroken = false;
  let tries = 0;
  const wordsFor = (fault: Fault): string =>
    fault.kind === 'network'
      ? networkWords(fault.code)
      : `has answered nothing: no whole answer within ${timeout / 1000} s to any of ${tries} requests`;
  return {
    broken() {
      isBroken = true;
    },
    kept() {
      tries += 1;
    },
    judge(fault, timeouts, isLast) {
      if (isBroken || standing.hasAnswered || (fault?.kind !== 'network' && fault?.kind !== 'timeout'))
        return;
      if (tries < Math.min(TRIES, enough) || (timeouts < TIMEOUTS && !isLast)) return;
      throw new FatalEndpointError(
        `${shownUrl(baseUrl)} ${wordsFor(fault)}; check its base URL, and that "${model}" is up and can be reached from here`,
      );
    },
  };
}
