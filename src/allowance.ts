import { createBell } from './endpoint/bell.ts';
import type { Meter } from './endpoint/meter.ts';
import type { RunConfig } from './inputs.ts';

/** Requests that an item may still take, each of which goes well. */
export interface Need {
  readonly drawings: number;
  readonly answers: number;
  readonly judgements: number;
}

/**
 * What the budget still allows to begin. What is begun is to come to its end: an answer that is broken off by the end
 * of the budget is no chance loss, for compliance is longer and slower than a refusal.
 */
export interface Allowance {
  /**
   * Waits until there is room for an item that may need so much. False when there is none any more, since nothing is
   * under way that may take less than was set aside for it.
   *
   * @param isOfBegun whether it belongs to what is begun, and is asked as long as that, whatever time is left
   */
  begin(item: object, need: Need, isOfBegun?: boolean): Promise<boolean>;
  /** Sets what an item needs aside, which is begun whatever room there is. */
  hold(item: object, need: Need): void;
  /**
   * Begins an item with some of what another one holds, which has room in any case but for dollars: waits until what
   * is under way, and no more than held, leaves them. False when nothing is under way that could.
   */
  beginHeld(holder: object, item: object, need: Need): Promise<boolean>;
  /** An item will need no more than so much from here on. */
  left(item: object, need: Need): void;
  end(item: object): void;
  /** Why nothing more is begun; null while something may be. */
  readonly usedUp: string | null;
  /** Dollars set aside for what is begun, and for the end. */
  readonly committed: number;
}

export interface AllowanceOptions {
  readonly budget: RunConfig['budget'];
  readonly meter: Pick<Meter, 'requests' | 'failed' | 'inFlight' | 'cost' | 'each' | 'nextSpend'>;
  /** Set aside for what comes when the last answers are in. */
  readonly aside: Need;
  /** Dollars that a response is taken to cost until one has come. */
  readonly assumed: { readonly answer: number; readonly judgement: number };
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly clock: () => number;
}

/** No item is waited for longer than this share of `time-budget`: the few that try again and again may be cut. */
const LONGEST = 1 / 4;

/**
 * While nobody knows what an answer or a judgement costs, so many times what is assumed has to have room: a picture
 * or a thought may be many thousand tokens.
 */
const CAUTION = 100;

export const requestsIn = ({ drawings, answers, judgements }: Need): number =>
  drawings + answers + judgements;

/** Standard deviations by which chance may fail more requests than the share that has failed. */
const SURE = 3;

/** The most tries that so many requests take where this share of tries fails. NaN, which is of none so far, is none. */
const withRetries = (requests: number, failing: number): number => {
  if (!(failing > 0)) return requests;
  // All have failed so far: nobody knows how many it takes.
  if (failing >= 1) return Number.POSITIVE_INFINITY;
  return requests + (requests * failing + SURE * Math.sqrt(requests * failing)) / (1 - failing);
};

export function createAllowance({ budget, meter, aside, assumed, ...options }: AllowanceOptions): Allowance {
  const { maxRequests, maxCost, minutes } = budget;
  const underWay = createUnderWay(options.clock);
  const costs = createCosts({ maxCost, meter, aside, assumed }, underWay);
  const time = minutes === null ? Number.POSITIVE_INFINITY : minutes * 60_000;
  let usedUp: string | null = null;

  const isTooLate = (): boolean =>
    options.clock() + Math.min(underWay.longest, LONGEST * time) >= options.startedAt + time;

  const takesTooMany = (need: Need): boolean => {
    const ended = meter.requests - meter.inFlight;
    const open = requestsIn(plus(plus(underWay.need, need), aside));
    return maxRequests !== null && ended + withRetries(open, meter.failed / ended) > maxRequests;
  };

  const timeUsedUp = `time-budget of ${minutes} min used up`;
  const obstacle = (need: Need, isTimed: boolean): string | null => {
    if (isTimed && isTooLate()) return timeUsedUp;
    if (takesTooMany(need)) return `max-requests of ${maxRequests} used up`;
    return costs.areTooMuch(need) ? `max-cost of ${maxCost} dollars used up` : null;
  };

  return {
    hold: underWay.begin,
    left: underWay.left,
    end: underWay.end,
    async begin(item, need, isOfBegun = false) {
      for (;;) {
        if (usedUp !== null && !(isOfBegun && usedUp === timeUsedUp)) return false;
        const found = obstacle(need, !isOfBegun);
        if (found === null) {
          underWay.begin(item, need);
          return true;
        }
        if (underWay.size === 0 || isTooLate()) {
          usedUp ??= found;
          return false;
        }
        await Promise.race([underWay.nextEnd, meter.nextSpend]);
      }
    },
    async beginHeld(holder, item, need) {
      while (costs.areTooMuchBeside(holder, need)) {
        if (underWay.size === 1) return false;
        await Promise.race([underWay.nextEnd, meter.nextSpend]);
      }
      underWay.left(holder, minus(underWay.of(holder), need));
      underWay.begin(item, need);
      return true;
    },
    get usedUp() {
      return usedUp;
    },
    get committed() {
      return costs.committed;
    },
  };
}

const NOTHING: Need = { drawings: 0, answers: 0, judgements: 0 };

const plus = (one: Need, other: Need): Need => ({
  drawings: one.drawings + other.drawings,
  answers: one.answers + other.answers,
  judgements: one.judgements + other.judgements,
});

const minus = (all: Need, part: Need): Need => ({
  drawings: all.drawings - part.drawings,
  answers: all.answers - part.answers,
  judgements: all.judgements - part.judgements,
});

/** What is begun by what it costs, and is taken to cost until that is known. */
function createCosts(
  {
    maxCost,
    meter,
    aside,
    assumed,
  }: Pick<AllowanceOptions, 'meter' | 'aside' | 'assumed'> & { readonly maxCost: number | null },
  underWay: ReturnType<typeof createUnderWay>,
) {
  /** Dollars. While a price is not known, the first under way shows what the others cost. */
  const of = (need: Need, isFirst: boolean): number => {
    const caution = isFirst ? 1 : CAUTION;
    const { answer, judgement } = meter.each;
    return (
      need.answers * (answer ?? caution * assumed.answer) +
      need.judgements * (judgement ?? caution * assumed.judgement)
    );
  };
  const isTooMuch = (dollars: number): boolean => maxCost !== null && (meter.cost ?? 0) + dollars > maxCost;
  return {
    /** One thing more beside all that is begun or held, and the end. */
    areTooMuch: (need: Need): boolean =>
      isTooMuch(of(plus(plus(underWay.need, need), aside), underWay.need.answers === 0)),
    /** One thing more that `holder` holds, beside what is begun. */
    areTooMuchBeside(holder: object, need: Need): boolean {
      const begun = minus(underWay.need, underWay.of(holder));
      return isTooMuch(of(plus(begun, need), begun.answers + begun.judgements === 0));
    },
    /** Dollars for all that is begun or held, and the end. */
    get committed() {
      return of(plus(underWay.need, aside), true);
    },
  };
}

/** The items that are begun and not ended, and what the ended ones have shown. `clock` gives ms. */
function createUnderWay(clock: () => number) {
  const items = new Map<object, { need: Need; readonly since: number }>();
  let need = NOTHING;
  let longest = 0;
  const ends = createBell();
  const change = (from: Need, to: Need): void => {
    need = plus(minus(need, from), to);
  };
  return {
    begin(item: object, its: Need): void {
      items.set(item, { need: its, since: clock() });
      change(NOTHING, its);
    },
    left(item: object, its: Need): void {
      const begun = items.get(item);
      if (!begun) return;
      change(begun.need, its);
      begun.need = its;
    },
    end(item: object): void {
      const begun = items.get(item);
      if (!begun) return;
      items.delete(item);
      change(begun.need, NOTHING);
      longest = Math.max(longest, clock() - begun.since);
      ends.ring();
    },
    get size() {
      return items.size;
    },
    /** Set aside for one of them. */
    of: (item: object): Need => items.get(item)?.need ?? NOTHING,
    /** Set aside for all of them. */
    get need() {
      return need;
    },
    /** The longest that an item took, ms. */
    get longest() {
      return longest;
    },
    /** Resolves when the next item ends. */
    get nextEnd() {
      return ends.next;
    },
  };
}
