import type { Standing } from './standing.ts';

/**
 * Requests that come to nothing in a row, alike, before it is no request's own fault: more than are under way at once.
 * @param ceiling requests that may be in flight at once
 */
export const enoughInARow = (ceiling: number): number => Math.max(20, 2 * ceiling);

/** What an endpoint says that does not take the key, or no longer. */
const OF_THE_KEY: ReadonlySet<number> = new Set([401, 403]);

/**
 * Tells what every further request would meet: any rejection where an endpoint has answered none, and where it has, that
 * of a key which is rejected again and again, as one that was revoked or has no credit left.
 */
export interface Rejections {
  /** A request was answered. */
  answered(): void;
  /** A request was rejected with this status: true when every other one would be. */
  areAll(status: number): boolean;
}

/** @param ceiling requests that may be in flight at once */
export function createRejections(ceiling: number, standing: Standing): Rejections {
  const enough = enoughInARow(ceiling);
  let inARow = 0;
  let last = 0;
  return {
    answered() {
      standing.answered();
      inARow = 0;
    },
    areAll(status) {
      if (!standing.hasAnswered) return true;
      if (!OF_THE_KEY.has(status)) return false;
      inARow = status === last ? inARow + 1 : 1;
      last = status;
      return inARow >= enough;
    },
  };
}
