import type { Account } from './meter.ts';

/**
 * Places in the queue, each given up at once when nothing more is to be sent: what waits for the same endpoint, and is
 * still to be, keeps its own.
 */
export function createWaiting(meter: Pick<Account, 'nextStop'>) {
  const places = new Set<() => void>();
  const clear = (): void =>
    void meter.nextStop.then(() => {
      for (const giveUp of places) giveUp();
      clear();
    });
  clear();
  return {
    /** @param ended what the request comes to without its turn */
    take<T>(ended: () => T) {
      const gone = Promise.withResolvers<T>();
      let left: T | undefined;
      const giveUp = (): void => {
        left = ended();
        gone.resolve(left);
      };
      places.add(giveUp);
      return {
        gone: gone.promise,
        /** What it came to where it was given up before. */
        leave(): T | undefined {
          places.delete(giveUp);
          return left;
        },
      };
    },
  };
}
