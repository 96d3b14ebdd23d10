import type PQueue from 'p-queue';
import { createGap } from './gap.ts';

/** A request that was sent `at` a time (ms), and whether no other was open then. */
export interface Sent {
  readonly at: number;
  readonly isAlone: boolean;
}

/** An endpoint that takes one at a time is tried with a second one after as many rounds, at most. */
const MOST_ROUNDS = 32;
/** The same of one that is found to limit the rate. */
const RATE_ROUNDS = 8;
/** What is left of the window by a refusal. */
const LEFT = 0.6;
/** How much it grows by a round that went well: less near to where it was last too wide. */
const GROWTH = 1;
const NEAR = { from: 0.8, to: 1.1, growth: 0.4 };
/** From one at a time. */
const SECOND = 1.5;
/** Those in flight are sent so far apart, as a share of what they would be at even distances. */
const APART = 0.8;
/** How much the last answer counts in how long one takes. */
const LAST = 1 / 8;
/** What the shortest answer comes to with each that is longer. */
const FADE = 1.02;

/**
 * How many may be in flight, and how far apart they are sent. The window grows by additive increase and shrinks by
 * multiplicative decrease. Once it is below the ceiling it is spread over the time that an answer takes, since who limits
 * the rate refuses what comes close together; and where one at a time is too many, there is a gap.
 * @param clock milliseconds
 */
export function createPace(queue: PQueue, ceiling: number, clock: () => number) {
  const gap = createGap(clock);
  let window = ceiling;
  /** Where it was last too wide, and before the refusals that came last. */
  let tooWide = Number.POSITIVE_INFINITY;
  let before = ceiling;
  let isRefusing = false;
  let rounds = 1;
  let credit = 0;
  let loweredAt = Number.NEGATIVE_INFINITY;
  /** How long an answer takes (ms). */
  let answer = 0;
  /** The same at the least, of late: an answer that stalls tells of no rate. */
  let shortest = 0;

  const set = (wanted: number): void => {
    window = Math.min(ceiling, Math.max(1, wanted));
    // Where there is a gap, an answer that takes long is to hold nothing back.
    queue.concurrency = gap.length > 0 ? ceiling : Math.ceil(window);
    credit = 0;
  };
  const raise = (): void => {
    if (gap.length > 0 || window >= ceiling) return;
    credit += 1;
    if (window === 1) {
      if (credit >= rounds) set(SECOND);
      return;
    }
    if (window > 2) rounds = 1;
    const isNear = window > NEAR.from * tooWide && window < NEAR.to * tooWide;
    set(window + (isNear ? NEAR.growth : GROWTH) / window);
  };
  const narrow = (): void => {
    rounds = window > 1 && window <= 2 ? Math.min(MOST_ROUNDS, 2 * rounds) : 1;
    if (window > 1) tooWide = window;
    set(window <= 2 ? 1 : LEFT * window);
  };
  return {
    sends: (): Sent => ({ at: clock(), isAlone: queue.pending <= 1 }),
    taken({ at }: Sent): void {
      const took = clock() - at;
      answer += (took - answer) * (answer === 0 ? 1 : LAST);
      shortest = shortest === 0 ? took : Math.min(took, shortest * FADE);
      if (at > loweredAt) isRefusing = false;
      const wasApart = gap.length > 0;
      gap.taken(at, shortest);
      if (wasApart && gap.length === 0) set(window);
      raise();
    },
    /**
     * Fewer, or farther apart. False when what was sent then says nothing new: one burst is one signal.
     * @param mayBeRate whether it was refused for what an endpoint may count, and no wait was named
     */
    lower({ at, isAlone }: Sent, mayBeRate: boolean): boolean {
      if (at <= loweredAt) return false;
      loweredAt = clock();
      if (!isRefusing) before = window;
      isRefusing = true;
      if (mayBeRate) gap.refused();
      if (!mayBeRate || !(isAlone || gap.length > 0)) narrow();
      else {
        rounds = gap.widen(shortest) ? RATE_ROUNDS : 1;
        set(1);
      }
      return true;
    },
    /** One at a time, until it is set again. */
    suspend(): void {
      gap.putOff();
      set(1);
      queue.concurrency = 1;
    },
    resume(): void {
      rounds = 1;
      set(before / 2);
    },
    forget(): void {
      rounds = 1;
      set(ceiling);
      gap.end();
    },
    /** How many may be in flight, or as few as it takes where a gap limits them. */
    get limit() {
      return Math.ceil(window);
    },
    /** What is to be between this send and the next (ms). */
    get apart() {
      if (gap.length > 0) return gap.length;
      return window === 1 || window >= ceiling ? 0 : (APART * answer) / window;
    },
    /** The part of it that the endpoint asks for by refusing one at a time (ms); 0 where it does not. */
    get gap() {
      return gap.length;
    },
    /** Whether that is about as long as it has to be. */
    get isClose() {
      return gap.isClose;
    },
  };
}
