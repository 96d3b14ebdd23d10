import { namedWait, probeWait } from './backoff.ts';
import { createChance } from './chance.ts';
import { heeded } from './limits.ts';

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
/** Waits that an endpoint names in a row, and refuses after, before longer ones are tried. */
const BELIEVED = 20;
/** However long one takes, an endpoint is given up after no fewer tries than a request has at the default. */
export const PROBES = 6;

/** The share of the patience that one has which has answered nothing so far: it may never do. */
const UNANSWERED = 1 / 5;
/** The same of one that has not even responded: its address may be wrong. */
const UNHEARD = 1 / 60;

/**
 * What an endpoint refuses by. `busy`: a 429, or what it, or what stands before it, says while nothing is behind it, such
 * as 502, 503 or the end of a connection: it may be starting, where it has answered nothing so far. `failed`: a 500, which is the same then, and
 * later may be the request's own, unless the endpoint is away already. `gone`: no connection, or an answer that breaks off.
 * `late`: no answer in time, which by itself says nothing of one that has answered nothing so far. `garbled`: a status of
 * 200 with what is no answer, which may be the request's own, and shows that something is there.
 */
export type Sign = 'busy' | 'failed' | 'gone' | 'late' | 'garbled';

export interface OutageOptions {
  /** How long an endpoint is waited for that refuses everybody (ms). 0 never takes it for away. */
  readonly patience: number;
  /** From 0 to 1, for the jitter. */
  readonly random: () => number;
}

/** What a refusal means for everybody. */
interface Seen {
  /** Whether the endpoint is away: the refusal is not the request's own. */
  readonly isAway: boolean;
  /** Nothing is to be sent for this long (ms). */
  readonly wait: number;
}

const ALONE: Seen = { isAway: false, wait: 0 };

/**
 * Tells an endpoint that is away (starting, restarted, over its limit) from requests that fail by themselves: since its
 * last answer, or from the beginning, several different requests were refused. It is asked by one request at a time,
 * after the waits that it names, or else after waits that grow, until one goes well or the patience is over.
 */
export interface Outage {
  /** The endpoint has answered an earlier attempt. */
  known(): void;
  /** A request went well. True when that ends an outage. */
  over(): boolean;
  /**
   * A request that began at `startedAt` (ms) was refused, where `limit` may be in flight.
   * @param asked how long the endpoint wants to be left alone (ms); 0 where it does not say
   */
  refused(request: object, startedAt: number, limit: number, sign: Sign, asked?: number): Seen;
  /** Since when the endpoint is away (ms); null while it is not. */
  readonly since: number | null;
  /** For how long it has been away (ms), and answered nothing; 0 while it is not. */
  lasts(): number;
  /** How long it is waited for at least (ms), and for PROBES tries: less where nothing has been answered so far. */
  patience(): number;
  /** The wait before each of those tries that the endpoint asks for (ms); 0 where it does not say. */
  named(): number;
  /** For how long it had been waited for when it was given up (ms). */
  waited(): number;
  /** Whether the patience is over, and nothing has gone well since. */
  readonly isGivenUp: boolean;
  /** As many refusals in a row of one request as come by chance at the share that is refused of late. */
  byChance(): number;
}

/**
 * @param clock milliseconds
 * @param openBefore how many requests are open that began before a time (ms)
 * @param gap how far apart requests are sent (ms)
 */
export function createOutage(
  clock: () => number,
  { patience: longest, random }: OutageOptions,
  openBefore: (time: number) => number = () => 0,
  gap: () => number = () => 0,
): Outage {
  const row = createRow(clock, gap);
  const [pauses, known] = [createPauses(), createKnown(longest)];
  let isGivenUp = false;
  let since: number | null = null;
  let waited = 0;
  const probes = createProbes(clock, random);

  const probed = (awaySince: number, asked: number): Seen => {
    waited = clock() - awaySince;
    isGivenUp = probes.areEnough && waited >= known.patience();
    if (!isGivenUp) return { isAway: true, wait: probes.next(heeded(asked), known.isHeard) };
    since = null;
    return ALONE;
  };

  return {
    ...{ known: known.answered, patience: known.patience, byChance: row.byChance },
    ...{ named: () => probes.named, waited: () => waited },
    over() {
      const isOver = since !== null;
      row.over(isOver);
      pauses.over();
      known.answered();
      isGivenUp = false;
      since = null;
      return isOver;
    },
    refused(request, startedAt, limit, sign, asked = 0) {
      if (longest === 0 || isGivenUp) return ALONE;
      known.refused(sign);
      if (known.mayBeOwn(sign, since !== null))
        return { isAway: false, wait: pauses.after(request, limit, known.hasAnswered) };
      if (since !== null)
        return startedAt < probes.askedAt ? { isAway: true, wait: 0 } : probed(since, asked);
      if (known.saysNothing(sign)) return ALONE;
      row.add(request);
      if (row.isAccident(limit, asked > 0, openBefore(startedAt))) return ALONE;
      since = clock();
      probes.begin();
      return probed(since, asked);
    },
    get since() {
      return since;
    },
    lasts: () => (since === null ? 0 : clock() - since),
    get isGivenUp() {
      return isGivenUp;
    },
  };
}

/** What is known of an endpoint, and how long it is waited for (ms): the `longest` once it has answered. */
function createKnown(longest: number) {
  let [isHeard, hasAnswered] = [false, false];
  return {
    answered(): void {
      [isHeard, hasAnswered] = [true, true];
    },
    refused(sign: Sign): void {
      isHeard ||= sign !== 'gone' && sign !== 'late';
    },
    patience(): number {
      if (hasAnswered) return longest;
      return longest * (isHeard ? UNANSWERED : UNHEARD);
    },
    /** Whether what came may lie in what was asked: it is no sign that the endpoint is away. */
    mayBeOwn: (sign: Sign, isAway: boolean): boolean =>
      sign === 'garbled' || (sign === 'failed' && !isAway && hasAnswered),
    /** Whether what came is no sign of anything. */
    saysNothing: (sign: Sign): boolean => sign === 'late' && !hasAnswered,
    get hasAnswered() {
      return hasAnswered;
    },
    /** Whether it has ever responded. */
    get isHeard() {
      return isHeard;
    },
  };
}

/** The requests that were refused since one went well. `clock` and `gap` give ms. */
function createRow(clock: () => number, gap: () => number) {
  const requests = new Set<object>();
  const chance = createChance();
  let refusals = 0;
  let beganAt = 0;
  let wells = CALM;
  const isByChance = (older: number): boolean => {
    const waitedFor = Math.min(older, HEAVIEST);
    const many =
      wells < CALM
        ? Math.min(MOST_AGAIN, chance.tooMany(BY_CHANCE_AGAIN))
        : Math.min(MOST, chance.tooMany(BY_CHANCE));
    return (
      requests.size < many + WEIGHT * waitedFor &&
      clock() - beganAt < (QUIET + FEWEST * gap()) * (1 + waitedFor)
    );
  };
  return {
    add(request: object): void {
      if (refusals === 0) beganAt = clock();
      refusals += 1;
      requests.add(request);
    },
    /** Whether it is one, where `limit` may be in flight and so many `older` ones are. */
    isAccident(limit: number, isWaitNamed: boolean, older: number): boolean {
      const areFew = wells >= CALM && requests.size < Math.min(ENOUGH, Math.max(FEWEST, limit));
      return areFew || (!isWaitNamed && isByChance(older));
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

/** The requests that ask, one at a time, whether an endpoint is back. `clock` gives ms. */
function createProbes(clock: () => number, random: () => number) {
  let count = 0;
  let grown = 0;
  let askedAt = 0;
  let named = 0;
  const waitFor = (asked: number, isHeard: boolean): number => {
    const longer = (): number => probeWait(grown++, random(), isHeard);
    if (asked === 0) return longer();
    return Math.max(namedWait(asked, random()), count < BELIEVED ? 0 : longer());
  };
  return {
    begin(): void {
      count = 0;
      grown = 0;
    },
    /**
     * After how long the next one may ask (ms): as the endpoint has `asked`, or else after waits that grow.
     * @param isHeard whether the endpoint has ever responded
     */
    next(asked: number, isHeard: boolean): number {
      const wait = waitFor(asked, isHeard);
      named = asked;
      count += 1;
      askedAt = clock() + wait;
      return wait;
    },
    get areEnough() {
      return count >= PROBES;
    },
    /** What the endpoint has asked for last (ms). */
    get named() {
      return named;
    },
    /** From when on the last one asks: what began before was sent for another reason. */
    get askedAt() {
      return askedAt;
    },
  };
}

/**
 * Once so many times more different requests have failed in a row than may be in flight, and no more than are open,
 * nothing is sent for a while: it may be the endpoint, which restarts. It may as well be what they ask, since all places
 * come to be taken by those that fail for good where others are answered; so that each counts as a try all the same, and
 * the pauses have an end (ms).
 */
const FAILED_TIMES = 3;
const PAUSES = [2000, 4000, 8000, 16_000];
/** How often the last one comes again where the endpoint has answered before. */
const AGAIN = 4;

function createPauses() {
  const failed = new Set<object>();
  let taken = 0;
  return {
    /** How long nothing is to be sent after this one failed (ms), where `limit` may be in flight. */
    after(request: object, limit: number, hasAnswered: boolean): number {
      failed.add(request);
      if (failed.size < FAILED_TIMES * Math.min(ENOUGH, limit)) return 0;
      failed.clear();
      const place = taken++;
      const isAgain = hasAnswered && place < PAUSES.length + AGAIN;
      return PAUSES[isAgain ? Math.min(place, PAUSES.length - 1) : place] ?? 0;
    },
    over(): void {
      if (failed.size > 0) failed.clear();
      taken = 0;
    },
  };
}
