import PQueue from 'p-queue';
import { createBell } from './bell.ts';
import { heeded, timeOf } from './limits.ts';
import { createOutage, type Outage, type OutageOptions, type Sign } from './outage.ts';
import { createPace, type Sent } from './pace.ts';
import { createTeller } from './teller.ts';

/**
 * Lets requests to one host and key go ahead, never more at once than the ceiling. Additive increase, multiplicative
 * decrease: fewer when the endpoint shows that it is overloaded, and one more for every round of requests that went well.
 * Where even one at a time is too many, requests are held apart. A wait that the endpoint asks for holds back all
 * requests, not one; so does an endpoint that refuses everybody, until one request at a time shows that it is back.
 */
export interface Pacer {
  /**
   * Runs a request when its turn comes, the higher priority first.
   * Rejects when the signal ends the run before that.
   */
  run<T>(request: () => Promise<T>, turn: { priority: number; signal: AbortSignal }): Promise<T>;
  /** The endpoint has answered an earlier attempt. */
  known(): void;
  /** A request is sent now. */
  sends(): Sent;
  /** A request went well. */
  wentWell(sent: Sent): void;
  /** A request got no answer in time. */
  timedOut(sent: Sent): void;
  /** A request met 429 or 503, and with it a wait that the endpoint asks for, or none. */
  overloaded(sent: Sent, isWaitAsked: boolean): void;
  /**
   * A request that began at `startedAt` (ms) met what an endpoint says that is away. True when it is: the refusal is
   * everybody's, and the request waits with the others.
   * @param asked how long the endpoint wants to be left alone (ms); 0 where it does not say
   */
  refused(request: object, startedAt: number, sign: Sign, asked?: number): boolean;
  /** The endpoint asks for so long a wait (ms): nothing is sent as long as that is heeded. */
  holdBack(asked: number): void;
  /** Time is short: an endpoint that refuses everybody, and names no wait, is asked again soon from now on. */
  hurry(): void;
  /** Resolves when a request goes well, at once if one has after `since` (ms). */
  wellAfter(since: number): Promise<void>;
  /** Whether one has. */
  isWellSince(since: number): boolean;
  /** Waits for nothing any more: nothing else is to be run. */
  end(): void;
  /** Requests that may be in flight when all is well. */
  readonly ceiling: number;
  /** Requests that may be in flight now. */
  readonly limit: number;
  /** For how long nothing is sent (ms); 0 when something may be, now or after the gap. */
  wait(): number;
  /** The lowest that this has come to by 429, 503 or time-outs; the ceiling where it never did. */
  readonly lowest: number;
  /** What is between two sends (ms); 0 where the endpoint asks for none. */
  readonly gap: number;
  /** Whether the endpoint refuses everybody just now. */
  readonly isAway: boolean;
  /** For how long it has (ms), and answered nothing; 0 while it does not. */
  awayFor(): number;
  /** Whether it has been waited for in vain, and nothing has gone well since. */
  readonly isGivenUp: boolean;
  /** For how long it was waited for by then, in words. */
  waited(): string;
  /** As many refusals in a row of one request as come by chance, where it refuses at random. */
  byChance(): number;
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
    isSince: (since: number): boolean => lastAt > since,
    after: (since: number): Promise<void> => (lastAt > since ? Promise.resolve() : bell.next),
  };
}

/** Runs requests from a queue, tells of each before, and knows when those that are open began. `clock` gives ms. */
function createOpen(queue: PQueue, clock: () => number, putBy: () => void) {
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
  const run: Pacer['run'] = (request, turn) => {
    putBy();
    return queue.add(() => during(request), turn);
  };
  return {
    run,
    /** How many of them began before a time (ms). */
    before: (time: number): number => [...starts].filter(({ at }) => at < time).length,
  };
}

/** Pauses a queue as long as one of several things holds it back. `clock` gives ms. */
function createHold(queue: PQueue, clock: () => number) {
  const until = { asked: 0, outage: 0, gap: 0 };
  let waking: NodeJS.Timeout | undefined;
  let isFree = false;
  const left = (): number => (isFree ? 0 : Math.max(0, until.asked - clock(), until.outage - clock()));
  const go = (): void => {
    clearTimeout(waking);
    const wait = isFree ? 0 : Math.max(left(), until.gap - clock());
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
    shorten(by: keyof typeof until, most: number): void {
      until[by] = Math.min(until[by], clock() + most);
      go();
    },
    /** Holds nothing back, whatever is told meanwhile, or does so again. */
    free(isNow: boolean): void {
      if (isFree === isNow) return;
      isFree = isNow;
      go();
    },
    end: () => clearTimeout(waking),
    /** For how long (ms), but for the gap. */
    left,
  };
}

const PATIENT: OutageOptions = { patience: 5 * 60_000, random: Math.random };

/** What slows requests down. */
interface Brakes {
  readonly pace: ReturnType<typeof createPace>;
  readonly hold: ReturnType<typeof createHold>;
  readonly outage: Outage;
  readonly teller: ReturnType<typeof createTeller>;
}

/** Has fewer in flight, and farther apart, where the endpoint is overloaded. */
function createSlowing({ pace, hold, outage, teller }: Brakes) {
  const lower = (sent: Sent, mayBeRate: boolean): void => {
    if (outage.since !== null || !pace.lower(sent, mayBeRate)) return;
    teller.lowered(pace.limit);
    if (pace.gap === 0) return;
    hold.lengthen('gap', pace.gap);
    if (pace.isClose) teller.spaced(pace.gap);
  };
  return {
    sends(): Sent {
      hold.lengthen('gap', pace.apart);
      return pace.sends();
    },
    timedOut: (sent: Sent): void => lower(sent, false),
    overloaded: (sent: Sent, isWaitAsked: boolean): void => lower(sent, !isWaitAsked),
  };
}

/** Between two requests that ask whether an endpoint is back when time is short (ms). */
const SHORT = 1000;

/** Waits for an endpoint that refuses everybody. */
function createRefused({ pace, hold, outage, teller }: Brakes): Pick<Pacer, 'refused' | 'hurry'> {
  let isHurried = false;
  return {
    refused(request, startedAt, sign, asked) {
      const wasAway = outage.since !== null;
      const { isAway, wait } = outage.refused(request, startedAt, pace.limit, sign, asked);
      if (isAway && !wasAway) pace.suspend();
      teller.away(outage);
      if (hold.lengthen('outage', isAway && isHurried ? SHORT : wait) && !isAway) teller.paused(wait);
      if (wasAway && outage.isGivenUp) {
        teller.givenUp(outage);
        pace.forget();
        hold.lift('outage');
        hold.free(true);
      }
      return isAway;
    },
    hurry() {
      isHurried = true;
      hold.shorten('outage', SHORT);
    },
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
  const pace = createPace(queue, ceiling, clock, waiting.patience > 0);
  const hold = createHold(queue, clock);
  const [wells, open] = [createWells(clock), createOpen(queue, clock, () => hold.free(false))];
  const outage = createOutage(clock, waiting, open.before, () => pace.gap);
  const brakes = { pace, hold, outage, teller };
  return {
    ...createSlowing(brakes),
    ...createRefused(brakes),
    wentWell(sent) {
      wells.came();
      if (outage.over(sent.at)) {
        teller.back();
        pace.resume();
        hold.lift('outage');
      }
      pace.taken(sent);
    },
    holdBack(asked) {
      if (hold.lengthen('asked', heeded(asked))) teller.held(asked);
    },
    ...{
      known: outage.known,
      wellAfter: wells.after,
      isWellSince: wells.isSince,
      end: hold.end,
      wait: hold.left,
      ceiling,
    },
    ...{ run: open.run, awayFor: outage.lasts, byChance: outage.byChance },
    waited: () => timeOf(outage.waited()),
    get limit() {
      return pace.limit;
    },
    get lowest() {
      return teller.lowest;
    },
    get gap() {
      return pace.gap;
    },
    get isAway() {
      return outage.since !== null;
    },
    get isGivenUp() {
      return outage.isGivenUp;
    },
  };
}
