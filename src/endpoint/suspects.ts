import { createChance } from './chance.ts';

/** So many of them in a row are to be less frequent than this by chance. */
const BY_CHANCE = 1e-4;
/**
 * Where more than so many come by chance, one in five fails by itself: in time all that are open come to be such, and no
 * more would be begun while they are waited for.
 */
const MOST = 6;

/**
 * Requests that fail by themselves, as it seems: after each had failed, one that was sent later was answered. Some
 * servers answer 500 to one picture for good, so that nothing follows from their next failure.
 */
export interface Suspects {
  /** A request has failed. True for one that was a suspect before. */
  failed(request: object): boolean;
  /** The same while the endpoint is away for all: true for a suspect, once, which is to wait behind those that tell more. */
  isPutBack(request: object): boolean;
  /** How many different ones in a row do not fail by themselves; infinite where too much does to tell. */
  tooMany(): number;
  /** One that was sent at `startedAt` (ms) was answered, and ended an outage or not. */
  over(startedAt: number, wasAway: boolean): void;
}

/** @param clock milliseconds */
export function createSuspects(clock: () => number): Suspects {
  const suspects = new WeakSet<object>();
  /** The others that have failed, and since when. What was sent before that, and answered, speaks for no endpoint. */
  const failed = new Map<object, number>();
  const putBack = new Set<object>();
  const chance = createChance();
  return {
    failed(request) {
      if (suspects.has(request)) return true;
      if (!failed.has(request)) failed.set(request, clock());
      return false;
    },
    isPutBack(request) {
      if (!suspects.has(request) || putBack.has(request)) return false;
      putBack.add(request);
      return true;
    },
    tooMany() {
      const many = chance.tooMany(BY_CHANCE);
      return many > MOST ? Number.POSITIVE_INFINITY : many;
    },
    over(startedAt, wasAway) {
      if (wasAway) {
        failed.clear();
        putBack.clear();
      }
      let found = 0;
      for (const [request, since] of failed) {
        if (since >= startedAt) continue;
        failed.delete(request);
        suspects.add(request);
        found += 1;
      }
      chance.answered(found);
    },
  };
}
