import { setImmediate } from 'node:timers/promises';

/**
 * Begins one work in each turn of the event loop, in order: what has come in by then goes first, and with an answer the
 * next request to the endpoint that gave it, which must not stand idle while another is asked.
 */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    last = last.then(() => setImmediate());
    return last.then(work);
  };
}
