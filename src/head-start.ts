import { setImmediate } from 'node:timers/promises';
import type { Trial } from './trials.ts';

/** The most that is given to the first questions (ms): with pictures that must be drawn they take longer. */
const LONGEST = 250;

/** Lets the first questions go ahead of what takes the same processor and is not waited for. */
export interface HeadStart {
  /** A trial is put to the endpoint, or will not be. */
  gone(trial: Trial): void;
  /** Resolves when as many as may be in flight are on their way, and after 250 ms at the latest. */
  readonly over: Promise<void>;
}

/** @param first how many go ahead; 1 or more */
export function createHeadStart(first: number): HeadStart {
  const gone = new Set<Trial>();
  const { promise, resolve } = Promise.withResolvers<void>();
  const latest = setTimeout(resolve, LONGEST);
  const written = async () => {
    await promise;
    // Connections are made in one turn, and written to in the next.
    await setImmediate();
    await setImmediate();
  };
  return {
    gone(trial) {
      if (gone.size < first) gone.add(trial);
      if (gone.size < first) return;
      clearTimeout(latest);
      resolve();
    },
    over: written(),
  };
}
