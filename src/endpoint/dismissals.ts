import { createChance } from './chance.ts';
import { isTooLong, SOON } from './limits.ts';

/** So seldom are so many in a row to come by chance: a gateway may have several accounts, of which some are used up. */
const BY_CHANCE = 1e-4;
const MOST = 16;
/** Different requests: one may be refused for what it asks. */
const FEWEST = 3;

/** `for now`: the request is put once more, which counts as no try. `all`: everybody would be told the same. */
type Dismissed = 'not' | 'for now' | 'all';

/**
 * Tells an endpoint that asks everybody to wait longer than a run waits, since a quota for a day is used up, from one that
 * asks so of some: it has said so to several requests in a row, of which one was sent some time after the first was told.
 */
export interface Dismissals {
  /** A request went well. */
  answered(): void;
  /**
   * What it means that a request which began at `startedAt` was refused at `now` (ms).
   * @param asked for how long the endpoint wants to be left alone (ms); 0 where it does not say
   */
  seen(request: object, startedAt: number, now: number, asked: number): Dismissed;
}

export function createDismissals(): Dismissals {
  const chance = createChance();
  const requests = new Set<object>();
  const again = new WeakSet<object>();
  let inARow = 0;
  let firstAt = 0;
  return {
    answered() {
      chance.answered(inARow);
      requests.clear();
      inARow = 0;
    },
    seen(request, startedAt, now, asked) {
      if (!isTooLong(asked)) return 'not';
      if (inARow === 0) firstAt = now;
      inARow += 1;
      requests.add(request);
      const enough = Math.min(MOST, chance.tooMany(BY_CHANCE));
      const areMany = inARow >= enough && requests.size >= FEWEST;
      if (areMany && startedAt - firstAt >= SOON) return 'all';
      if (again.has(request)) return 'not';
      again.add(request);
      return 'for now';
    },
  };
}
