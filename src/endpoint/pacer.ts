import PQueue from 'p-queue';
import { createBell } from './bell.ts';
import { createOutage, type OutageOptions, type Sign } from './outage.ts';

/**
 * Lets requests to one host and key go ahead, never more at once than the ceiling. Additive increase,
 * multiplicative decrease: the limit halves when the endpoint shows that it is overloaded, and grows by one for
 * every round of requests that went well. A wait that the endpoint asks for holds back all requests, not one; so does
 * an endpoint that refuses everybody, until one request at a time shows that it is back.
 */
export interface Pacer {
  /**
   * Runs a request when its turn comes, the higher priority first.
   * Rejects when the signal ends the run before that.
   */
  run<T>(request: () => Promise<T>, turn: { priority: number; signal: AbortSignal }): Promise<T>;
  /** The endpoint has answered an earlier attempt. */
  known(): void;
  /** A request went well. */
  wentWell(): void;
  /** A request that began at `startedAt` (ms) met 429, 503 or a time-out. */
  overloaded(startedAt: number): void;
  /**
   * A request that began at `startedAt` (ms) met what an endpoint says that is away. True when it is: the refusal is
   * everybody's, and the request waits with the others.
   * @param asked how long the endpoint wants to be left alone (ms); 0 where it does not say
   */
  refused(request: object, startedAt: number, sign: Sign, asked?: number): boolean;
  /** Nothing is sent for this long (ms). */
  holdBack(wait: number): void;
  /** Resolves when a request goes well, at once if one has after `since` (ms). */
  wellAfter(since: number): Promise<void>;
  /** Waits for nothing any more: nothing else is to be run. */
  end(): void;
  /** Requests that may be in flight when all is well. */
  readonly ceiling: number;
  /** Requests that may be in flight now. */
  readonly limit: number;
  /** For how long nothing is sent (ms); 0 when something may be. */
  wait(): number;
  /** The lowest that this has come to by 429, 503 or time-outs; the ceiling where it never did. */
  readonly lowest: number;
  /** Whether the endpoint refuses everybody just now. */
  readonly isAway: boolean;
  /** For how long it has (ms), and answered nothing; 0 while it does not. */
  awayFor(): number;
  /** Whether it has been waited for in vain, and nothing has gone well since. */
  readonly isGivenUp: boolean;
  /** How long it is waited for, in words. */
  readonly patience: string;
  /** As many refusals in a row of one request as come by chance, where it refuses at random. */
  byChance(): number;
}

/** A wait worth telling of, and the time until another one is (ms). */
const LONG_WAIT = 10_000;
const TELL_EVERY = 10 * 60_000;

/** The time until a limit that is lower still is told of (ms): one bad moment lowers it several times. */
const TELL_LIMIT_EVERY = 60_000;

/** An outage worth telling of (ms). */
const LONG_OUTAGE = 2_000;

const timeOf = (ms: number): string =>
  ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;

/** Tells of a limit that is lower than ever and of long waits, each as far as the last one told of is some time ago. */
function createTeller(ceiling: number, clock: () => number, tell: (what: string) => void) {
  let lowest = ceiling;
  let isAwayTold = false;
  let toldOfWaitAt = Number.NEGATIVE_INFINITY;
  let toldOfLimitAt = Number.NEGATIVE_INFINITY;
  return {
    lowered(limit: number) {
      if (limit >= lowest) return;
      lowest = limit;
      if (clock() - toldOfLimitAt < TELL_LIMIT_EVERY) return;
      toldOfLimitAt = clock();
      tell(
        `slowed down by the endpoint (429, 503 or time-outs): ${lowest} at once instead of ${ceiling}, and fewer where that is too many`,
      );
    },
    get lowest() {
      return lowest;
    },
    held(wait: number) {
      if (wait < LONG_WAIT || clock() - toldOfWaitAt < TELL_EVERY) return;
      toldOfWaitAt = clock();
      tell(`the endpoint asks to wait: nothing is sent for ${Math.ceil(wait / 1000)} s`);
    },
    paused(wait: number) {
      tell(
        `the endpoint has answered 500, or what is no answer, to many different requests in a row: nothing is sent for ${timeOf(wait)}`,
      );
    },
    away(since: number, patience: number) {
      if (isAwayTold || clock() - since < LONG_OUTAGE) return;
      isAwayTold = true;
      tell(
        `the endpoint answers nothing but 429, 50x, broken connections or time-outs: waiting for it, up to ${timeOf(patience)}`,
      );
    },
    back() {
      if (isAwayTold) tell('the endpoint answers again');
      isAwayTold = false;
    },
    givenUp(patience: number) {
      isAwayTold = false;
      tell(`the endpoint is given up: it has answered nothing for ${timeOf(patience)}`);
    },
  };
}

/** Whoever waits for a request to go well. `clock` gives ms. */
function createWells(clock: () => number) {
  const bell = createBell();
  let lastAt = Number.NEGATIVE_INFINITY;
  return {
    came(): void {
      lastAt = clock();
      bell.ring();
    },
    after: (since: number): Promise<void> => (lastAt > since ? Promise.resolve() : bell.next),
  };
}

/** Runs requests from a queue, and knows when those that are open began. `clock` gives ms. */
function createOpen(queue: PQueue, clock: () => number) {
  const starts = new Set<{ readonly at: number }>();
  const during = async <T>(request: () => Promise<T>): Promise<T> => {
    const start = { at: clock() };
    starts.add(start);
    try {
      return await request();
    } finally {
      starts.delete(start);
    }
  };
  const run: Pacer['run'] = (request, turn) => queue.add(() => during(request), turn);
  return {
    run,
    /** How many of them began before a time (ms). */
    before: (time: number): number => [...starts].filter(({ at }) => at < time).length,
  };
}

/** Pauses a queue as long as one of several things holds it back. `clock` gives ms. */
function createHold(queue: PQueue, clock: () => number) {
  const until = { asked: 0, outage: 0 };
  let waking: NodeJS.Timeout | undefined;
  const left = (): number => Math.max(0, until.asked - clock(), until.outage - clock());
  const go = (): void => {
    clearTimeout(waking);
    const wait = left();
    if (wait > 0) {
      queue.pause();
      waking = setTimeout(go, wait);
    } else queue.start();
  };
  return {
    /** True when it is longer than was known. */
    lengthen(by: keyof typeof until, wait: number): boolean {
      const end = clock() + wait;
      if (wait <= 0 || end <= until[by]) return false;
      until[by] = end;
      go();
      return true;
    },
    lift(by: keyof typeof until): void {
      until[by] = 0;
      go();
    },
    end: () => clearTimeout(waking),
    left,
  };
}

const PATIENT: OutageOptions = { patience: 5 * 60_000, random: Math.random };

/** An endpoint that takes one at a time is tried with a second one after as many rounds, at most. */
const MOST_ROUNDS = 32;

/**
 * How many may be in flight: additive increase, multiplicative decrease. Where each second one is refused beside the
 * first, and the first alone is not, it is tried half as often each time. `clock` gives ms.
 */
function createLimit(queue: PQueue, ceiling: number, clock: () => number) {
  let credit = 0;
  let rounds = 1;
  let loweredAt = Number.NEGATIVE_INFINITY;
  let later = ceiling;
  const half = (): number => Math.max(1, Math.floor(queue.concurrency / 2));
  const set = (limit: number): void => {
    queue.concurrency = limit;
    credit = 0;
  };
  return {
    raise(): void {
      credit += 1;
      const isAlone = queue.concurrency === 1;
      if (queue.concurrency >= ceiling || credit < (isAlone ? rounds : queue.concurrency)) return;
      if (!isAlone) rounds = 1;
      set(queue.concurrency + 1);
    },
    /** False when what was sent at `startedAt` (ms) says nothing new: one burst is one signal. */
    lower(startedAt: number): boolean {
      if (startedAt <= loweredAt) return false;
      loweredAt = clock();
      rounds = queue.concurrency === 2 ? Math.min(MOST_ROUNDS, 2 * rounds) : 1;
      set(half());
      return true;
    },
    /** One at a time, until it is set again. */
    suspend(): void {
      later = half();
      set(1);
    },
    resume: () => set(later),
    forget: () => set(ceiling),
  };
}

/**
 * @param clock milliseconds
 * @param tell is told, in words for a person, of what slows the run down: of a limit that is lower than ever, and of
 *   long waits, each as far as the last one told of is some time ago, and of outages
 */
export function createPacer(
  ceiling: number,
  clock: () => number,
  tell: (what: string) => void = () => undefined,
  waiting: OutageOptions = PATIENT,
): Pacer {
  const queue = new PQueue({ concurrency: ceiling });
  const teller = createTeller(ceiling, clock, tell);
  const limit = createLimit(queue, ceiling, clock);
  const [wells, open] = [createWells(clock), createOpen(queue, clock)];
  const hold = createHold(queue, clock);
  const outage = createOutage(clock, waiting, open.before);
  return {
    wentWell() {
      wells.came();
      if (outage.over()) {
        teller.back();
        limit.resume();
        hold.lift('outage');
      }
      limit.raise();
    },
    overloaded(startedAt) {
      if (outage.since === null && limit.lower(startedAt)) teller.lowered(queue.concurrency);
    },
    refused(request, startedAt, sign, asked) {
      const wasAway = outage.since !== null;
      const { isAway, wait } = outage.refused(request, startedAt, queue.concurrency, sign, asked);
      if (isAway && !wasAway) limit.suspend();
      if (outage.since !== null) teller.away(outage.since, outage.patience);
      if (hold.lengthen('outage', wait) && !isAway) teller.paused(wait);
      if (wasAway && outage.isGivenUp) {
        teller.givenUp(outage.patience);
        limit.forget();
        hold.lift('outage');
      }
      return isAway;
    },
    holdBack(wait) {
      if (hold.lengthen('asked', wait)) teller.held(wait);
    },
    ...{ known: outage.known, wellAfter: wells.after, end: hold.end, wait: hold.left, ceiling },
    ...{ run: open.run, awayFor: outage.lasts, byChance: outage.byChance },
    get limit() {
      return queue.concurrency;
    },
    get lowest() {
      return teller.lowest;
    },
    get isAway() {
      return outage.since !== null;
    },
    get isGivenUp() {
      return outage.isGivenUp;
    },
    get patience() {
      return timeOf(outage.patience);
    },
  };
}
