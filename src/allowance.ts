import { createBell } from './endpoint/bell.ts';
import type { Meter } from './endpoint/meter.ts';
import type { RunConfig } from './inputs.ts';
import { minus, type Need, NOTHING, plus, requestsIn, withRetries } from './need.ts';

/**
 * What the budget still allows to begin. What is begun is to come to its end: an answer that is broken off by the end
 * of the budget is no chance loss, for compliance is longer and slower than a refusal.
 */
export interface Allowance {
  /**
   * Waits until there is room for an item that may need so much. False when there is none any more, since nothing is
   * under way that may take less than was set aside for it.
   *
   * @param isPair whether looks at the judge fall due in the course of such: one is set aside with the first of as many
   * as it is to be taken among
   */
  begin(item: object, need: Need, isPair?: boolean): Promise<boolean>;
  /** Sets what an item needs aside, which is begun whatever room there is. */
  hold(item: object, need: Need): void;
  /**
   * Begins an item with some of what another one holds, which has room in any case but for dollars: waits until what
   * is under way, and no more than held, leaves them. False when nothing is under way that could.
   */
  beginHeld(holder: object, item: object, need: Need): Promise<boolean>;
  /** Begins a look at the judge with what was set aside for it along with the pairs that it is taken among. */
  beginLook(item: object): void;
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
  readonly meter: Pick<Meter, 'requests' | 'tries' | 'inFlight' | 'cost' | 'each' | 'nextSpend'>;
  /** Set aside for what comes when the last answers are in. */
  readonly aside: Need;
  /** Looks at the judge, what each needs, and among how many pairs in all they are spread. */
  readonly looks: { readonly each: Need; readonly count: number; readonly pairs: number };
  /** Dollars that a response is taken to cost until one has come. */
  readonly assumed: { readonly answer: number; readonly judgement: number };
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly clock: () => number;
  /** Requests that the endpoints let be in flight now. Infinity in a batch, where none ends before all are asked. */
  readonly atOnce: () => number;
}

/** Where all that is begun could be sent so many times, as much is begun as there is. */
const PLENTY = 3;

/** No item is waited for longer than this share of `time-budget`: the few that try again and again may be cut. */
const LONGEST = 1 / 4;

/**
 * While nobody knows what an answer or a judgement costs, so many times what is assumed has to have room: a picture
 * or a thought may be many thousand tokens.
 */
const CAUTION = 100;

export function createAllowance(options: AllowanceOptions): Allowance {
  const underWay = createUnderWay(options.clock);
  const setAside = createSetAside(options);
  const limits = createLimits(options, underWay, setAside);
  const { costs } = limits;
  let usedUp: string | null = null;

  return {
    hold: underWay.hold,
    left: underWay.left,
    end: underWay.end,
    async begin(item, need, isPair = false) {
      for (;;) {
        if (usedUp !== null) return false;
        const all = plus(need, setAside.with(isPair));
        const found = limits.obstacle(all);
        if (found === null && !limits.isTooSoon(all)) {
          underWay.begin(item, need);
          setAside.begins(isPair);
          return true;
        }
        if (found !== null && (underWay.size === 0 || limits.isTooLate())) {
          usedUp ??= found;
          return false;
        }
        await Promise.race([underWay.nextEnd, options.meter.nextSpend]);
      }
    },
    beginLook(item) {
      setAside.lookBegins();
      underWay.begin(item, options.looks.each);
    },
    async beginHeld(holder, item, need) {
      while (costs.areTooMuchBeside(holder, need)) {
        if (underWay.size === 1) return false;
        await Promise.race([underWay.nextEnd, options.meter.nextSpend]);
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

/** What may stand in the way of what is to begin. */
function createLimits(
  { budget, meter, assumed, startedAt, clock, atOnce }: AllowanceOptions,
  underWay: ReturnType<typeof createUnderWay>,
  setAside: { readonly need: Need },
) {
  const { maxRequests, maxCost, minutes } = budget;
  const costs = createCosts({ maxCost, meter, setAside, assumed }, underWay);
  const time = minutes === null ? Number.POSITIVE_INFINITY : minutes * 60_000;
  const isTooLate = (): boolean => clock() + Math.min(underWay.longest, LONGEST * time) >= startedAt + time;
  const most = maxRequests ?? Number.POSITIVE_INFINITY;
  const ended = (): number => meter.requests - meter.inFlight;
  const openWith = (need: Need): Need => plus(plus(underWay.need, need), setAside.need);
  const takesTooMany = (need: Need): boolean => ended() + withRetries(openWith(need), meter.tries) > most;
  return {
    costs,
    isTooLate,
    /** Whether another trial waits for some that are begun, which show how much is sent again. */
    isTooSoon(need: Need): boolean {
      if (need.answers === 0 || underWay.trials.open === 0) return false;
      if (ended() + PLENTY * requestsIn(openWith(need)) <= most) return false;
      return underWay.isHeld() || underWay.trials.open >= Math.min(atOnce(), underWay.trials.heard);
    },
    /** Why something that needs so much may not begin now; null where it may. */
    obstacle(need: Need): string | null {
      if (isTooLate()) return `time-budget of ${minutes} min leaves no time for more`;
      if (takesTooMany(need)) return `max-requests of ${maxRequests} leaves no room for more`;
      return costs.areTooMuch(need) ? `max-cost of ${maxCost} dollars leaves no room for more` : null;
    },
  };
}

/** What is set aside for the end and for the looks that are to come, which no item holds. */
function createSetAside({ aside, looks: { each, count, pairs } }: AllowanceOptions) {
  let need = aside;
  let begun = 0;
  const looksWith = (those: number): number => Math.ceil((those * count) / pairs);
  /** What is set aside along with the next pair, or with anything else. */
  const beside = (isPair: boolean): Need =>
    isPair && looksWith(begun + 1) > looksWith(begun) ? each : NOTHING;
  return {
    get need() {
      return need;
    },
    with: beside,
    begins(isPair: boolean): void {
      need = plus(need, beside(isPair));
      if (isPair) begun += 1;
    },
    lookBegins(): void {
      need = minus(need, each);
    },
  };
}

/** What is begun by what it costs, and is taken to cost until that is known. */
function createCosts(
  {
    maxCost,
    meter,
    setAside,
    assumed,
  }: Pick<AllowanceOptions, 'meter' | 'assumed'> & {
    readonly maxCost: number | null;
    readonly setAside: { readonly need: Need };
  },
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
      isTooMuch(of(plus(plus(underWay.need, need), setAside.need), underWay.need.answers === 0)),
    /** One thing more that `holder` holds, beside what is begun. */
    areTooMuchBeside(holder: object, need: Need): boolean {
      const begun = minus(underWay.need, underWay.of(holder));
      return isTooMuch(of(plus(begun, need), begun.answers + begun.judgements === 0));
    },
    /** Dollars for all that is begun or held, and the end. */
    get committed() {
      return of(plus(underWay.need, setAside.need), true);
    },
  };
}

/** The items that were begun with an answer to come. */
function createTrialCount() {
  const open = new Set<object>();
  let heard = 0;
  return {
    begin(item: object, { answers }: Need): void {
      if (answers > 0) open.add(item);
    },
    hear(): void {
      heard += 1;
    },
    end: (item: object) => open.delete(item),
    get open() {
      return open.size;
    },
    /** Those of all so far whose answer has come. */
    get heard() {
      return heard;
    },
  };
}

/** The items that are begun and not ended, and what the ended ones have shown. `clock` gives ms. */
function createUnderWay(clock: () => number) {
  const items = new Map<object, { need: Need; readonly since: number }>();
  let need = NOTHING;
  let longest = 0;
  const trials = createTrialCount();
  const held = new Set<object>();
  const ends = createBell();
  const change = (from: Need, to: Need): void => {
    need = plus(minus(need, from), to);
  };
  const begin = (item: object, its: Need): void => {
    trials.begin(item, its);
    items.set(item, { need: its, since: clock() });
    change(NOTHING, its);
  };
  return {
    begin,
    hold(item: object, its: Need): void {
      held.add(item);
      begin(item, its);
    },
    left(item: object, its: Need): void {
      const begun = items.get(item);
      if (!begun) return;
      if (begun.need.answers > its.answers) trials.hear();
      change(begun.need, its);
      begun.need = its;
    },
    end(item: object): void {
      const begun = items.get(item);
      if (!begun) return;
      items.delete(item);
      held.delete(item);
      trials.end(item);
      change(begun.need, NOTHING);
      longest = Math.max(longest, clock() - begun.since);
      ends.ring();
    },
    get size() {
      return items.size;
    },
    trials,
    /** Whether some are held for what is begun in any case. */
    isHeld: () => held.size > 0,
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
