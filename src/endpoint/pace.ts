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

/** How long answers take of late (ms): as a rule, and at the least, since one that stalls tells of no rate. */
function createAnswers() {
  let usual = 0;
  let shortest = 0;
  return {
    add(took: number): void {
      usual += (took - usual) * (usual === 0 ? 1 : LAST);
      shortest = shortest === 0 ? took : Math.min(took, shortest * FADE);
    },
    get usual() {
      return usual;
    },
    get shortest() {
      return shortest;
    },
  };
}

/** How many may be in flight: additive increase, multiplicative decrease. `isApart`: whether a gap limits them instead. */
function createWindow(queue: PQueue, ceiling: number, isApart: () => boolean) {
  let width = ceiling;
  /** Where it was last too wide. */
  let tooWide = Number.POSITIVE_INFINITY;
  let rounds = 1;
  let credit = 0;
  const set = (wanted: number, roundsToNext = rounds): void => {
    width = Math.min(ceiling, Math.max(1, wanted));
    // Where there is a gap, an answer that takes long is to hold nothing back.
    queue.concurrency = isApart() ? ceiling : Math.ceil(width);
    rounds = roundsToNext;
    credit = 0;
  };
  return {
    set,
    raise(): void {
      if (isApart() || width >= ceiling) return;
      credit += 1;
      if (width === 1) {
        if (credit >= rounds) set(SECOND);
        return;
      }
      const isNear = width > NEAR.from * tooWide && width < NEAR.to * tooWide;
      set(width + (isNear ? NEAR.growth : GROWTH) / width, width > 2 ? 1 : rounds);
    },
    lower(): void {
      if (width > 1) tooWide = width;
      if (width > 2) set(LEFT * width, 1);
      else set(1, width > 1 ? Math.min(MOST_ROUNDS, 2 * rounds) : 1);
    },
    get width() {
      return width;
    },
  };
}

/**
 * How many may be in flight, and how far apart they are sent. Once the window is below the ceiling it is spread over the
 * time that an answer takes, since who limits the rate refuses what comes close together; and where one at a time is too
 * many, there is a gap.
 * @param clock milliseconds
 * @param mayWait whether what is refused is sent again at all: else a gap would only put off the end
 */
export function createPace(queue: PQueue, ceiling: number, clock: () => number, mayWait: boolean) {
  const [gap, answers] = [createGap(clock), createAnswers()];
  const window = createWindow(queue, ceiling, () => gap.length > 0);
  let loweredAt = Number.NEGATIVE_INFINITY;
  /** Its width before the refusals that came last. */
  let [before, isRefusing] = [ceiling, false];
  return {
    sends: (): Sent => ({ at: clock(), isAlone: queue.pending <= 1 }),
    taken({ at }: Sent): void {
      answers.add(clock() - at);
      if (at > loweredAt) isRefusing = false;
      if (gap.taken(at, answers.shortest)) window.set(window.width);
      window.raise();
    },
    /**
     * Fewer, or farther apart. False when what was sent then says nothing new: one burst is one signal.
     * @param mayBeRate whether it was refused for what an endpoint may count, and no wait was named
     */
    lower({ at, isAlone }: Sent, mayBeRate: boolean): boolean {
      if (at <= loweredAt) return false;
      loweredAt = clock();
      if (!isRefusing) before = window.width;
      isRefusing = true;
      if (mayBeRate) gap.refused();
      const isTooMany = mayWait && isAlone && window.width === 1;
      if (!mayBeRate || !(isTooMany || gap.length > 0)) window.lower();
      else window.set(1, gap.widen(answers.shortest) ? RATE_ROUNDS : 1);
      return true;
    },
    /** One at a time, until it is set again. */
    suspend(): void {
      gap.putOff();
      window.set(1);
      queue.concurrency = 1;
    },
    resume: () => window.set(before / 2, 1),
    forget(): void {
      gap.end();
      window.set(ceiling, 1);
    },
    /** How many may be in flight, or as few as it takes where a gap limits them. */
    get limit() {
      return Math.ceil(window.width);
    },
    /** What is to be between this send and the next (ms). */
    get apart() {
      if (gap.length > 0) return gap.length;
      const isSpread = window.width > 1 && window.width < ceiling;
      return isSpread ? (APART * answers.usual) / window.width : 0;
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
