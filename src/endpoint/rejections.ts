import type { Refusal } from './problems.ts';
import type { Standing } from './standing.ts';

/**
 * Requests that come to nothing in a row, alike, before it is no request's own fault: more than are under way at once.
 * @param ceiling requests that may be in flight at once
 */
export const enoughInARow = (ceiling: number): number => Math.max(20, 2 * ceiling);

/** What an endpoint says that does not take the key, or no longer. */
const OF_THE_KEY: ReadonlySet<unknown> = new Set([401, 403, 'account']);

/** What may be wrong with one request, and right with the next. */
export const OF_THE_REQUEST: ReadonlySet<unknown> = new Set([400, 413, 422]);

/** Rejections in a row, alike and from the start, that are hardly each request's own. */
const FEW = 3;

/**
 * Tells what every further request would meet: any rejection where an endpoint has answered none, and where it has, that
 * of a key which is rejected again and again, as one that was revoked, or of an account whose credit is said to be used up.
 */
export interface Rejections {
  /** A request was answered. */
  answered(): void;
  /** A request was rejected so: true when every other one would be. */
  areAll(refusal: Refusal): boolean;
  /**
   * Whether the rejection just told of seems to be everybody's: of an endpoint that has answered an earlier attempt, and
   * none of this one. It ends nothing, since what is left to ask may be what is rejected each time.
   */
  readonly seemAll: boolean;
}

/** @param ceiling requests that may be in flight at once */
export function createRejections(ceiling: number, standing: Standing): Rejections {
  const enough = enoughInARow(ceiling);
  let inARow = 0;
  let last: unknown;
  let isAnswered = false;
  return {
    answered() {
      standing.answered();
      isAnswered = true;
      inARow = 0;
    },
    areAll({ status, isAccounts }) {
      if (!standing.hasAnswered) return true;
      const kind = isAccounts ? 'account' : status;
      inARow = kind === last ? inARow + 1 : 1;
      last = kind;
      return OF_THE_KEY.has(kind) && inARow >= enough;
    },
    get seemAll() {
      return !isAnswered && !OF_THE_REQUEST.has(last) && inARow >= FEW;
    },
  };
}
