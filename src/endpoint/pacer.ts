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
  /** Waits for nothing any more: nothing else is to be run. */
  end(): void;
  /** Requests that may be in flight when all is well. */
  readonly ceiling: number;
  /** Requests that may be in flight now. */
  readonly limit: number;
  /** How often the endpoint slowed the run down. */
  readonly slowdowns: number;
}

/** A wait worth telling of, and the time until another one is (ms). */
const LONG_WAIT = 10_000;
const TELL_EVERY = 10 * 60_000;

/** Tells of a limit that is lower than ever, and of long waits, as far as the last one told of is some time ago. */
function createTeller(ceiling: number, clock: () => number, tell: (what: string) => void) {
  let lowest = ceiling;
  let toldOfWaitAt = Number.NEGATIVE_INFINITY;
  return {
    lowered(limit: number) {
      if (limit >= lowest) return;
      lowest = limit;
      tell(`slowed down by the endpoint (429, 503 or time-outs): ${lowest} requests at once, of ${ceiling}`);
    },
    held(wait: number) {
      if (wait < LONG_WAIT || clock() - toldOfWaitAt < TELL_EVERY) return;
      toldOfWaitAt = clock();
      tell(`the endpoint asks to wait ${Math.ceil(wait / 1000)} s before the next request`);
    },
  };
}

/**
 * @param clock milliseconds
 * @param tell is told, in words for a person, of what slows the run down: each time the limit is lower than ever,
 *   and of long waits, as far as the last one told of is some time ago
 */
export function createPacer(
  ceiling: number,
  clock: () => number,
  tell: (what: string) => void = () => undefined,
): Pacer {
  const queue = new PQueue({ concurrency: ceiling });
  let credit = 0;
  let loweredAt = Number.NEGATIVE_INFINITY;
  let heldUntil = 0;
  let slowdowns = 0;
  let waking: NodeJS.Timeout | undefined;
  const teller = createTeller(ceiling, clock, tell);

  const release = () => {
    const left = heldUntil - clock();
    if (left > 0) waking = setTimeout(release, left);
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
      teller.lowered(queue.concurrency);
    },
    holdBack(wait) {
      const until = clock() + wait;
      if (wait <= 0 || until <= heldUntil) return;
      heldUntil = until;
      teller.held(wait);
      if (queue.isPaused) return;
      queue.pause();
      waking = setTimeout(release, wait);
    },
    end: () => clearTimeout(waking),
    ceiling,
    get limit() {
      return queue.concurrency;
    },
    get slowdowns() {
      return slowdowns;
    },
  };
}
