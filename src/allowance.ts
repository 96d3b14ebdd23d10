import type { Meter } from './endpoint/meter.ts';
import type { RunConfig } from './inputs.ts';

/**
 * What the budget still allows to begin. What is begun is to come to its end: an answer that is broken off by the end
 * of the budget is no chance loss, for compliance is longer and slower than a refusal.
 */
export interface Allowance {
  /**
   * Waits until there is room for an item that may take so many requests. False when there is none any more, since
   * nothing is under way that may take less than was set aside for it.
   */
  begin(item: object, requests: number): Promise<boolean>;
  /** Sets requests aside for an item that is begun whatever room there is. */
  hold(item: object, requests: number): void;
  /** An item will take no more than so many requests from here on. */
  left(item: object, requests: number): void;
  end(item: object): void;
  /** Why nothing more is begun; null while something may be. */
  readonly usedUp: string | null;
}

export interface AllowanceOptions {
  readonly budget: RunConfig['budget'];
  readonly meter: Pick<Meter, 'requests' | 'inFlight' | 'cost'>;
  /** Requests set aside for what comes when the last answers are in. */
  readonly aside: number;
  /** Dollars that an item is taken to cost until one has ended; null without prices. */
  readonly cost: number | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly clock: () => number;
}

/** No item is waited for longer than this share of `time-budget`: the few that try again and again may be cut. */
const LONGEST = 1 / 4;

export function createAllowance({ budget, meter, aside, ...options }: AllowanceOptions): Allowance {
  const { maxRequests, maxCost, minutes } = budget;
  const underWay = createUnderWay(options.clock);
  const time = minutes === null ? Number.POSITIVE_INFINITY : minutes * 60_000;
  let usedUp: string | null = null;

  const isTooLate = (): boolean =>
    options.clock() + Math.min(underWay.longest, LONGEST * time) >= options.startedAt + time;

  const takesTooMany = (requests: number): boolean =>
    maxRequests !== null &&
    meter.requests - meter.inFlight + underWay.requests + requests + aside > maxRequests;

  const costsTooMuch = (): boolean => {
    const cost = meter.cost ?? 0;
    const each = underWay.ended > 0 ? cost / underWay.ended : (options.cost ?? 0);
    return maxCost !== null && cost + (underWay.size + 1) * each > maxCost;
  };

  const obstacle = (requests: number): string | null => {
    if (isTooLate()) return `time-budget of ${minutes} min used up`;
    if (takesTooMany(requests)) return `max-requests of ${maxRequests} used up`;
    return costsTooMuch() ? `max-cost of ${maxCost} dollars used up` : null;
  };

  return {
    hold: (item, requests) => underWay.begin(item, requests, false),
    async begin(item, requests) {
      for (;;) {
        if (usedUp !== null) return false;
        const found = obstacle(requests);
        if (found === null) {
          underWay.begin(item, requests, true);
          return true;
        }
        if (underWay.size === 0 || isTooLate()) usedUp = found;
        else await underWay.nextEnd;
      }
    },
    left: underWay.left,
    end: underWay.end,
    get usedUp() {
      return usedUp;
    },
  };
}

/** The items that are begun and not ended, and what the ended ones have shown. `clock` gives ms. */
function createUnderWay(clock: () => number) {
  const items = new Map<object, { requests: number; readonly since: number; readonly isUsual: boolean }>();
  let longest = 0;
  let ended = 0;
  let nextEnd = Promise.withResolvers<void>();
  return {
    begin(item: object, requests: number, isUsual: boolean): void {
      items.set(item, { requests, since: clock(), isUsual });
    },
    left(item: object, requests: number): void {
      const begun = items.get(item);
      if (begun) begun.requests = requests;
    },
    end(item: object): void {
      const begun = items.get(item);
      if (!begun) return;
      items.delete(item);
      if (begun.isUsual) ended += 1;
      longest = Math.max(longest, clock() - begun.since);
      nextEnd.resolve();
      nextEnd = Promise.withResolvers();
    },
    get size() {
      return items.size;
    },
    /** Set aside for all of them. */
    get requests() {
      return items.values().reduce((sum, each) => sum + each.requests, 0);
    },
    /** Usual items that have ended. */
    get ended() {
      return ended;
    },
    /** The longest that an item took, ms. */
    get longest() {
      return longest;
    },
    /** Resolves when the next item ends. */
    get nextEnd() {
      return nextEnd.promise;
    },
  };
}
