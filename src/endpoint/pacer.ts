import PQueue from 'p-queue';

/**
 * Lets requests to one host and key go ahead, never more at once than the ceiling. Additive increase,
 * multiplicative decrease: the limit halves when the endpoint shows that it is overloaded, and grows by one for
 * every round of requests that went well. A wait that the endpoint asks for holds back all requests, not one.
 */
export interface Pacer {
  /**
   * Runs a request when its turn comes, the higher priority first.
   * Rejects when the signal ends the run before that.
   */
  run<T>(request: () => Promise<T>, turn: { priority: number; signal: AbortSignal }): Promise<T>;
  /** A request went well. */
  wentWell(): void;
  /** A request that began at `startedAt` (ms) met 429, 503 or a time-out. */
  overloaded(startedAt: number): void;
  /** Nothing is sent for this long (ms). */
  holdBack(wait: number): void;
  /** Requests that may be in flight when all is well. */
  readonly ceiling: number;
  /** Requests that may be in flight now. */
  readonly limit: number;
  /** How often the endpoint slowed the run down. */
  readonly slowdowns: number;
}

export function createPacer(ceiling: number, clock: () => number): Pacer {
  const queue = new PQueue({ concurrency: ceiling });
  let credit = 0;
  let loweredAt = Number.NEGATIVE_INFINITY;
  let heldUntil = 0;
  let slowdowns = 0;

  const release = () => {
    const left = heldUntil - clock();
    if (left > 0) setTimeout(release, left);
    else queue.start();
  };

  return {
    run: (request, turn) => queue.add(request, turn),
    wentWell() {
      credit += 1;
      if (queue.concurrency >= ceiling || credit < queue.concurrency) return;
      queue.concurrency += 1;
      credit = 0;
    },
    overloaded(startedAt) {
      // One burst is one signal: requests sent before the last cut say nothing about the limit since.
      if (startedAt <= loweredAt) return;
      loweredAt = clock();
      slowdowns += 1;
      credit = 0;
      queue.concurrency = Math.max(1, Math.floor(queue.concurrency / 2));
    },
    holdBack(wait) {
      const until = clock() + wait;
      if (wait <= 0 || until <= heldUntil) return;
      heldUntil = until;
      if (queue.isPaused) return;
      queue.pause();
      setTimeout(release, wait);
    },
    ceiling,
    get limit() {
      return queue.concurrency;
    },
    get slowdowns() {
      return slowdowns;
    },
  };
}
