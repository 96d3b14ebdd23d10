import { setImmediate } from 'node:timers/promises';
import type { Trial } from './trials.ts';

/** The most that is given to the first questions (ms): with pictures that must be drawn they take longer. */
const LONGEST = 250;

/**
 * Lets the first questions go ahead of what takes the same processor and is not waited for, and a first batch ahead of what
 * would be paid for in vain where the endpoint does not take it.
 */
export interface HeadStart {
  /** A trial is put to the endpoint, or will not be. */
  gone(trial: Trial): void;
  /** A trial has an answer, or none will have: no batch is waited for. */
  known(): void;
  /**
   * Resolves when as many as may be in flight are on their way, and after 250 ms at the latest; where they go in a batch,
   * not before the endpoint has taken one.
   */
  readonly over: Promise<void>;
}

/**
 * @param first how many go ahead; 1 or more
 * @param taken resolves when the endpoint has taken a batch; null where there are none
 */
export function createHeadStart(first: number, taken: Promise<void> | null): HeadStart {
  const gone = new Set<Trial>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const known = Promise.withResolvers<void>();
  const latest = setTimeout(resolve, LONGEST);
  const written = async () => {
    await promise;
    if (taken) await Promise.race([taken, known.promise]);
    // Connections are made in one turn, and written to in the next.
    await setImmediate();
    await setImmediate();
  };
  return {
    known: known.resolve,
    gone(trial) {
      if (gone.size < first) gone.add(trial);
      if (gone.size < first) return;
      clearTimeout(latest);
      resolve();
    },
    over: written(),
  };
}
