import type { Usage } from './answer.ts';

/** Dollars per million tokens. */
export interface Prices {
  readonly prompt: number;
  readonly completion: number;
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
  /** Books the tokens of a response. */
  spend(usage: Usage): void;
  /** Nothing more is booked from here on; the first reason stays. */
  stop(reason: string): void;
  /** Books again after a stop by choice; a budget that is used up stays so. */
  resume(): void;
  /** Why nothing more is asked; null while the run goes on. */
  readonly stopped: string | null;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Dollars; null without prices. */
  readonly cost: number | null;
}

export function createMeter({ maxRequests, maxCost, prices }: Budget): Meter {
  let requests = 0;
  let promptTokens = 0;
  let completionTokens = 0;
  let stopped: string | null = null;
  const cost = () =>
    prices && (promptTokens * prices.prompt + completionTokens * prices.completion) / 1_000_000;
  return {
    book() {
      if (maxRequests !== null && requests >= maxRequests)
        stopped ??= `max-requests of ${maxRequests} used up`;
      if (maxCost !== null && (cost() ?? 0) >= maxCost) stopped ??= `max-cost of ${maxCost} dollars used up`;
      if (stopped !== null) return false;
      requests += 1;
      return true;
    },
    spend(usage) {
      promptTokens += usage.promptTokens;
      completionTokens += usage.completionTokens;
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
    get promptTokens() {
      return promptTokens;
    },
    get completionTokens() {
      return completionTokens;
    },
    get cost() {
      return cost();
    },
  };
}
