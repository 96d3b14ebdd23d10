import type { Usage } from './answer.ts';
import { createBell } from './bell.ts';

/** Dollars per million tokens. */
interface Prices {
  readonly prompt: number;
  readonly completion: number;
  /** What a response that does not say its tokens is taken to have: else nothing would ever use up `maxCost`. */
  readonly assumed: { readonly answer: Usage; readonly judgement: Usage };
}

export interface Budget {
  readonly maxRequests: number | null;
  /** Dollars. */
  readonly maxCost: number | null;
  readonly prices: Prices | null;
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
  /** `dollars` is what is still to be spent on all that is begun. */
  leaveRoom(dollars: () => number): void;
  /** Nothing more is booked from here on; the first reason stays. */
  stop(reason: string): void;
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

/** Dollars. */
const costOf = ({ prompt, completion }: Prices, { promptTokens, completionTokens }: Usage): number =>
  (promptTokens * prompt + completionTokens * completion) / 1_000_000;

/** The first are no measure of the others: after n of them a response may come to 1 + FEW / n times as much. */
const FEW = 4;

/** What requests of one kind have come to, with what is assumed of those that did not say their tokens. */
function createKind(prices: Prices | null, kind: keyof Prices['assumed']) {
  let responses = 0;
  let sum = 0;
  let squares = 0;
  let inFlight = 0;
  const tries = { ended: 0, failed: 0 };
  return {
    tries,
    async during<T>(request: () => Promise<T>): Promise<T> {
      inFlight += 1;
      try {
        return await request();
      } finally {
        inFlight -= 1;
        tries.ended += 1;
      }
    },
    get inFlight() {
      return inFlight;
    },
    /** Dollars. */
    get sum() {
      return sum;
    },
    /** Dollars that those in flight will come to. */
    get due(): number {
      return sum > 0 ? (inFlight * sum) / responses : 0;
    },
    add(usage: Usage): void {
      const cost = prices ? costOf(prices, isUncounted(usage) ? prices.assumed[kind] : usage) : 0;
      responses += 1;
      sum += cost;
      squares += cost ** 2;
    },
    /** Not the mean, but that of what is under way at any time: the dear ones are longer under way. */
    get each(): number | null {
      return sum > 0 ? (squares / sum) * (1 + FEW / responses) : null;
    },
  };
}

type Kind = ReturnType<typeof createKind>;

const isUncounted = ({ promptTokens, completionTokens }: Usage): boolean =>
  promptTokens === 0 && completionTokens === 0;

/** What was sent and came back, over both kinds. */
function createTally(prices: Prices | null) {
  const count = { requests: 0, putOff: 0, promptTokens: 0, completionTokens: 0, uncounted: 0 };
  const spent = createBell();
  const answers = createKind(prices, 'answer');
  const judgements = createKind(prices, 'judgement');
  return {
    count,
    spent,
    answers,
    judgements,
    putOff(requests: number): void {
      count.putOff += requests;
    },
    add(kind: Kind, usage: Usage): void {
      count.promptTokens += usage.promptTokens;
      count.completionTokens += usage.completionTokens;
      if (isUncounted(usage)) count.uncounted += 1;
      kind.add(usage);
      spent.ring();
    },
    get cost() {
      return prices && answers.sum + judgements.sum;
    },
    /** Dollars with what is in flight. */
    get due() {
      return answers.sum + judgements.sum + answers.due + judgements.due;
    },
  };
}

/** Says when nothing more may be sent. */
function createBooking({ maxRequests, maxCost }: Budget, tally: ReturnType<typeof createTally>) {
  const tooDear = `max-cost of ${maxCost} dollars leaves no room for more`;
  const state = { stopped: null as string | null, short: null as string | null, committed: () => 0 };
  const { count } = tally;
  const stops = createBell();
  const stop = (why: string): void => {
    if (state.stopped !== null) return;
    state.stopped = why;
    stops.ring();
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
  return {
    state,
    stops,
    stop,
    book,
    room: () => (maxRequests ?? Number.POSITIVE_INFINITY) - count.requests,
    bookAnswer(): boolean {
      const isShort =
        maxCost !== null && state.stopped === null && (tally.cost ?? 0) + state.committed() > maxCost;
      if (isShort) state.short = tooDear;
      return !isShort && book();
    },
  };
}

const accountOf = (
  { state, stops, room }: Pick<ReturnType<typeof createBooking>, 'state' | 'stops' | 'room'>,
  { putOff, add }: ReturnType<typeof createTally>,
  kind: Kind,
  book: () => boolean,
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
    return state.stopped;
  },
  get nextStop() {
    return stops.next;
  },
});

export function createMeter(budget: Budget): Meter {
  const tally = createTally(budget.prices);
  const { count, spent, answers, judgements } = tally;
  const booking = createBooking(budget, tally);
  const { state, stops, stop, book, bookAnswer, room } = booking;
  return {
    ...accountOf(booking, tally, judgements, book),
    get room() {
      return room();
    },
    answering: accountOf(booking, tally, answers, bookAnswer),
    leaveRoom(dollars) {
      state.committed = dollars;
    },
    stop,
    resume() {
      state.stopped = null;
    },
    get stopped() {
      return state.stopped;
    },
    get nextStop() {
      return stops.next;
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
