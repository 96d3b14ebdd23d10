import { createChance } from './chance.ts';

/** Different requests refused in a row that are no accident any more, where so many may be in flight. */
const FEWEST = 3;
const ENOUGH = 8;
/**
 * An endpoint that names no wait may refuse at random, and answer the next: so many in a row are to be less frequent than
 * this by chance, or nothing answered for so long (ms). But more in a row than the most are no accident, whatever the
 * rate: each is a try that its request loses.
 */
const BY_CHANCE = 1e-4;
const MOST = 16;
const QUIET = 3000;
/** The same soon after an outage, where another is likely. */
const BY_CHANCE_AGAIN = 1e-2;
const MOST_AGAIN = 8;
/** No request of thousands is to be lost by it. */
const FOR_ONE = 1e-6;
/** Those that are open for longer than a refused one may be about to be answered: each weighs as so many refusals. */
const WEIGHT = 2;
const HEAVIEST = 4;
/** Requests that go well in a row before a single refusal is an accident again. */
const CALM = 3;

/** What a refusal comes with. */
interface Circumstances {
  readonly isWaitNamed: boolean;
  /** How many are open for longer. */
  readonly older: number;
  /**
   * How many in a row do not fail by themselves, where that may be: no outage shortly before, and no time without an answer,
   * makes up for fewer.
   */
  readonly byThemselves: number | undefined;
}

/** The requests that were refused since one went well. `clock` and `gap` give ms. */
export function createRow(clock: () => number, gap: () => number) {
  const requests = new Set<object>();
  const chance = createChance();
  let refusals = 0;
  let beganAt = 0;
  let wells = CALM;
  const tooMany = (): number =>
    wells < CALM
      ? Math.min(MOST_AGAIN, chance.tooMany(BY_CHANCE_AGAIN))
      : Math.min(MOST, chance.tooMany(BY_CHANCE));
  /** Whether nothing has been answered for so long that few requests show it: near the end few are left. */
  const isQuiet = (waitedFor: number): boolean =>
    clock() - beganAt >= (QUIET + FEWEST * gap()) * (1 + waitedFor);
  return {
    add(request: object): void {
      if (refusals === 0) beganAt = clock();
      refusals += 1;
      requests.add(request);
    },
    /** Whether it is one, where `limit` may be in flight. */
    isAccident(limit: number, { isWaitNamed, older, byThemselves }: Circumstances): boolean {
      const waitedFor = Math.min(older, HEAVIEST);
      const isLong = isQuiet(waitedFor);
      const isOwn = byThemselves !== undefined;
      const enough = isLong && !isOwn ? FEWEST : Math.min(ENOUGH, Math.max(FEWEST, limit));
      const few = isOwn ? Math.max(enough, byThemselves) : wells < CALM ? 0 : enough;
      const many = (isOwn ? few : tooMany()) + WEIGHT * waitedFor;
      return requests.size < few || (!isWaitNamed && requests.size < many && !isLong);
    },
    byChance: () => chance.seen(FOR_ONE),
    /** @param wasAway whether the endpoint was away: what it refused then says nothing of chance */
    over(wasAway: boolean): void {
      chance.answered(wasAway ? 0 : refusals);
      if (requests.size > 0) requests.clear();
      refusals = 0;
      wells = wasAway ? 1 : wells + 1;
    },
  };
}
