import type { Usage } from './answer.ts';
import { type Bell, createBell } from './bell.ts';
import { createTally, type Kind, type Prices } from './spending.ts';

export interface Budget {
  readonly maxRequests: number | null;
  /** Dollars. */
  readonly maxCost: number | null;
  readonly prices: Prices | null;
  /** Whether a time ends the run: what is answered and not judged by then is lost. */
  readonly isTimed?: boolean;
}

/** What an endpoint sees of the meter. */
export interface Account {
  /** Books a request about to be sent; false, and nothing booked, once the budget is used up or the run stops. */
  book(): boolean;
  /** How many more may be booked by `maxRequests`. */
  readonly room: number;
  /** Takes so many booked requests for ones that were not asked, until `asked` is told that they were. */
  putOff(requests: number): void;
  asked(requests: number): void;
  /** Counts a booked request as in flight until it has come to its end. */
  during<T>(request: () => Promise<T>): Promise<T>;
  /** Counts a booked request that came to nothing, and is to be sent again. */
  fail(): void;
  /** Books the tokens of a response. */
  spend(usage: Usage): void;
  /** Why nothing more is asked; null while the run goes on. */
  readonly stopped: string | null;
  /** Resolves when that comes to be so next. */
  readonly nextStop: Promise<void>;
  /** Of requests that wait for the same endpoint those of the higher rank go first. */
  readonly rank: number;
}

/** What has come of requests of one kind. */
export interface Tries {
  /** Those that have come to an end. */
  readonly ended: number;
  /** Those of them that came to nothing, whatever for, and were or are to be sent again. */
  readonly failed: number;
}

/** Counts what a run uses over all its endpoints, and says when its budget is used up. By itself for judgements. */
export interface Meter extends Account {
  /** For what is to be judged: it leaves room for what `leaveRoom` was told of. */
  readonly answering: Account;
  /** For pictures that an endpoint draws. */
  readonly drawing: Account;
  /** `dollars` is what is still to be spent on all that is begun. */
  leaveRoom(dollars: () => number): void;
  /** Nothing more is booked from here on; the first reason stays. */
  stop(reason: string): void;
  /** Nothing more is booked but for judgements; the first reason stays, also when booked again. */
  close(reason: string): void;
  /** That reason; null where there is none. */
  readonly closed: string | null;
  /** Books again after a stop by choice; a budget that is used up stays so. */
  resume(): void;
  /** Why an answer was not asked for, since what is begun needs the rest; null when none was. */
  readonly short: string | null;
  /** What a response has come to so far (dollars); null until one has, and without prices. */
  readonly each: { readonly answer: number | null; readonly judgement: number | null };
  /** Resolves when the next response is booked. */
  readonly nextSpend: Promise<void>;
  /** Those that were booked, but for what is put off. */
  readonly requests: number;
  /** What has come of them, but for those of a batch. */
  readonly tries: { readonly answer: Tries; readonly judgement: Tries };
  /** Booked requests whose ends are awaited; those of a batch are none. */
  readonly inFlight: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Responses that did not say their tokens. */
  readonly uncounted: number;
  /** Dollars; null without prices. */
  readonly cost: number | null;
}

/** Says when nothing more may be sent. */
function createBooking(
  { maxRequests, maxCost, isTimed = false }: Budget,
  tally: ReturnType<typeof createTally>,
) {
  const tooDear = `max-cost of ${maxCost} dollars leaves no room for more`;
  const none = null as string | null;
  const state = { stopped: none, closed: none, short: none, committed: () => 0 };
  const { count } = tally;
  const [stops, closes] = [createBell(), createBell()];
  const stop = (why: string): void => {
    if (state.stopped !== null) return;
    state.stopped = why;
    stops.ring();
    closes.ring();
  };
  const book = (): boolean => {
    if (maxRequests !== null && count.requests >= maxRequests) {
      stop(`max-requests of ${maxRequests} leaves no room for more`);
    }
    if (maxCost !== null && tally.due >= maxCost) stop(tooDear);
    if (state.stopped !== null) return false;
    count.requests += 1;
    return true;
  };
  const bookOpen = (): boolean => state.closed === null && book();
  const bookAnswer = (): boolean => {
    const isShort =
      maxCost !== null && state.stopped === null && (tally.cost ?? 0) + state.committed() > maxCost;
    if (isShort) state.short = tooDear;
    return !isShort && bookOpen();
  };
  const asking = { why: () => state.stopped ?? state.closed, bell: closes, rank: () => 0 };
  const judging = {
    ...{ why: () => state.stopped, bell: stops, book },
    // The last look at the judge is what the others are worth nothing without.
    rank: () => (state.closed === null ? Number(isTimed) : 2),
  };
  return {
    state,
    stop,
    close(why: string): void {
      if (state.closed !== null) return;
      state.closed = why;
      closes.ring();
    },
    resume(): void {
      state.stopped = null;
    },
    leaveRoom(dollars: () => number): void {
      state.committed = dollars;
    },
    room: () => (maxRequests ?? Number.POSITIVE_INFINITY) - count.requests,
    ways: { judging, answering: { ...asking, book: bookAnswer }, drawing: { ...asking, book: bookOpen } },
  };
}

/** How requests of a kind are booked, why none is any more, and which go first. */
interface Way {
  readonly book: () => boolean;
  readonly why: () => string | null;
  readonly bell: Bell;
  readonly rank: () => number;
}

const accountOf = (
  { putOff, add }: ReturnType<typeof createTally>,
  kind: Kind,
  room: () => number,
  { book, why, bell, rank }: Way,
): Account => ({
  get room() {
    return room();
  },
  ...{ book, during: kind.during, putOff },
  fail() {
    kind.tries.failed += 1;
  },
  asked: requests => putOff(-requests),
  spend: usage => add(kind, usage),
  get stopped() {
    return why();
  },
  get nextStop() {
    return bell.next;
  },
  get rank() {
    return rank();
  },
});

export function createMeter(budget: Budget): Meter {
  const tally = createTally(budget.prices);
  const { count, spent, answers, judgements } = tally;
  const booking = createBooking(budget, tally);
  const { state, leaveRoom, stop, close, resume, room, ways } = booking;
  const judging = accountOf(tally, judgements, room, ways.judging);
  return {
    ...judging,
    get room() {
      return room();
    },
    answering: accountOf(tally, answers, room, ways.answering),
    drawing: accountOf(tally, judgements, room, ways.drawing),
    ...{ leaveRoom, stop, close, resume },
    get closed() {
      return state.closed;
    },
    get stopped() {
      return state.stopped;
    },
    get nextStop() {
      return judging.nextStop;
    },
    get rank() {
      return judging.rank;
    },
    get short() {
      return state.short;
    },
    get each() {
      return { answer: answers.each, judgement: judgements.each };
    },
    get nextSpend() {
      return spent.next;
    },
    get requests() {
      return count.requests - count.putOff;
    },
    tries: { answer: answers.tries, judgement: judgements.tries },
    get inFlight() {
      return answers.inFlight + judgements.inFlight;
    },
    get promptTokens() {
      return count.promptTokens;
    },
    get completionTokens() {
      return count.completionTokens;
    },
    get uncounted() {
      return count.uncounted;
    },
    get cost() {
      return tally.cost;
    },
  };
}
