import type { Usage } from './answer.ts';

/** Dollars per million tokens. */
interface Prices {
  readonly prompt: number;
  readonly completion: number;
  /** What a response that does not say its tokens is taken to have: else nothing would ever use up `maxCost`. */
  readonly assumed: Usage;
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
  /** Counts a booked request as in flight until it has come to its end. */
  during<T>(request: () => Promise<T>): Promise<T>;
  /** Books the tokens of a response. */
  spend(usage: Usage): void;
  /** Why nothing more is asked; null while the run goes on. */
  readonly stopped: string | null;
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
  readonly requests: number;
  /** Booked requests whose ends are awaited; those of a batch are none. */
  readonly inFlight: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Responses that did not say their tokens. */
  readonly uncounted: number;
  /** Dollars; null without prices. */
  readonly cost: number | null;
}

/** Dollars, with what is assumed of the responses that did not say their tokens; null without prices. */
const costOf = (
  prices: Prices | null,
  { promptTokens, completionTokens, uncounted }: Usage & Pick<Meter, 'uncounted'>,
): number | null =>
  prices &&
  ((promptTokens + uncounted * prices.assumed.promptTokens) * prices.prompt +
    (completionTokens + uncounted * prices.assumed.completionTokens) * prices.completion) /
    1_000_000;

/** The first are no measure of the others: after n of them a response may come to 1 + FEW / n times as much. */
const FEW = 4;

/** What requests of one kind have come to. */
function createKind(prices: Prices | null) {
  let responses = 0;
  let sum = 0;
  let squares = 0;
  let inFlight = 0;
  return {
    async during<T>(request: () => Promise<T>): Promise<T> {
      inFlight += 1;
      try {
        return await request();
      } finally {
        inFlight -= 1;
      }
    },
    get inFlight() {
      return inFlight;
    },
    /** Dollars that those in flight will come to. */
    get due(): number {
      return sum > 0 ? (inFlight * sum) / responses : 0;
    },
    add(usage: Usage): void {
      const cost = costOf(prices, { ...usage, uncounted: isUncounted(usage) ? 1 : 0 }) ?? 0;
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

/** Wakes whoever waits. */
function createBell() {
  let next: PromiseWithResolvers<void> | undefined;
  return {
    ring(): void {
      next?.resolve();
      next = undefined;
    },
    get next(): Promise<void> {
      next ??= Promise.withResolvers();
      return next.promise;
    },
  };
}

export function createMeter({ maxRequests, maxCost, prices }: Budget): Meter {
  const count = { requests: 0, promptTokens: 0, completionTokens: 0, uncounted: 0 };
  const answers = createKind(prices);
  const judgements = createKind(prices);
  const spent = createBell();
  let stopped: string | null = null;
  let short: string | null = null;
  let committed = () => 0;
  const cost = () => costOf(prices, count);
  const costsAllUp = `max-cost of ${maxCost} dollars used up`;

  const book = (): boolean => {
    if (maxRequests !== null && count.requests >= maxRequests) {
      stopped ??= `max-requests of ${maxRequests} used up`;
    }
    const due = (cost() ?? 0) + answers.due + judgements.due;
    if (maxCost !== null && due >= maxCost) stopped ??= costsAllUp;
    if (stopped !== null) return false;
    count.requests += 1;
    return true;
  };
  const accountOf = (kind: Kind): Account => ({
    book,
    during: kind.during,
    spend(usage) {
      count.promptTokens += usage.promptTokens;
      count.completionTokens += usage.completionTokens;
      if (isUncounted(usage)) count.uncounted += 1;
      kind.add(usage);
      spent.ring();
    },
    get stopped() {
      return stopped;
    },
  });
  const answering = accountOf(answers);
  return {
    ...accountOf(judgements),
    answering: {
      ...answering,
      book() {
        const isShort = maxCost !== null && stopped === null && (cost() ?? 0) + committed() > maxCost;
        if (isShort) short = costsAllUp;
        return !isShort && answering.book();
      },
      get stopped() {
        return stopped;
      },
    },
    leaveRoom(dollars) {
      committed = dollars;
    },
    stop(reason) {
      stopped ??= reason;
    },
    resume() {
      stopped = null;
    },
    get stopped() {
      return stopped;
    },
    get short() {
      return short;
    },
    get each() {
      return { answer: answers.each, judgement: judgements.each };
    },
    get nextSpend() {
      return spent.next;
    },
    get requests() {
      return count.requests;
    },
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
      return cost();
    },
  };
}
