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

/** Counts what a run uses over all its endpoints, and says when its budget is used up. */
export interface Meter {
  /** Books a request about to be sent; false, and nothing booked, once the budget is used up or the run stops. */
  book(): boolean;
  /** Counts a booked request as in flight until it has come to its end. */
  during<T>(request: () => Promise<T>): Promise<T>;
  /** Books the tokens of a response. */
  spend(usage: Usage): void;
  /** Nothing more is booked from here on; the first reason stays. */
  stop(reason: string): void;
  /** Books again after a stop by choice; a budget that is used up stays so. */
  resume(): void;
  /** Why nothing more is asked; null while the run goes on. */
  readonly stopped: string | null;
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

export function createMeter({ maxRequests, maxCost, prices }: Budget): Meter {
  let requests = 0;
  let inFlight = 0;
  let promptTokens = 0;
  let completionTokens = 0;
  let uncounted = 0;
  let stopped: string | null = null;
  const cost = () => costOf(prices, { promptTokens, completionTokens, uncounted });
  return {
    book() {
      if (maxRequests !== null && requests >= maxRequests)
        stopped ??= `max-requests of ${maxRequests} used up`;
      if (maxCost !== null && (cost() ?? 0) >= maxCost) stopped ??= `max-cost of ${maxCost} dollars used up`;
      if (stopped !== null) return false;
      requests += 1;
      return true;
    },
    async during(request) {
      inFlight += 1;
      try {
        return await request();
      } finally {
        inFlight -= 1;
      }
    },
    spend(usage) {
      promptTokens += usage.promptTokens;
      completionTokens += usage.completionTokens;
      if (usage.promptTokens === 0 && usage.completionTokens === 0) uncounted += 1;
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
    get requests() {
      return requests;
    },
    get inFlight() {
      return inFlight;
    },
    get promptTokens() {
      return promptTokens;
    },
    get completionTokens() {
      return completionTokens;
    },
    get uncounted() {
      return uncounted;
    },
    get cost() {
      return cost();
    },
  };
}
