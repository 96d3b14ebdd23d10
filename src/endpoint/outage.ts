import { namedWait, probeWait } from './backoff.ts';
import { heeded } from './limits.ts';
import { createPauses } from './pauses.ts';
import { createRow } from './row.ts';
import { createSuspects } from './suspects.ts';

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
 * as 502, 503 or the end of a connection: it may be starting, where it has answered nothing so far. `failed`: a 500, which
 * is the same then, and later, as 200 with what is no chat completion is too, may be the request's own. `gone`: no
 * connection, or an answer that breaks off. `late`: no answer in time, which by itself says nothing of one that has
 * answered nothing so far. `garbled`: a status of 200 with what is no answer, which may be the request's own, and shows
 * that something is there.
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
 * last answer, or from the beginning, several different requests were refused, none of which is suspected of that. It is
 * asked by one request at a time, after the waits that it names, or else after waits that grow, until one goes well or the
 * patience is over.
 */
export interface Outage {
  /** The endpoint has answered an earlier attempt. */
  known(): void;
  /** A request that began at `startedAt` (ms), or now, went well. True when that ends an outage. */
  over(startedAt?: number): boolean;
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
  const [pauses, known] = [createPauses(), createKnown(longest)];
  const evidence = createEvidence(clock, gap, known);
  const probes = createProbes(clock, random);
  let since: number | null = null;
  let [isGivenUp, waited] = [false, 0];

  const probed = (awaySince: number, asked: number): Seen => {
    waited = clock() - awaySince;
    isGivenUp = probes.areEnough && waited >= known.patience();
    if (!isGivenUp) return { isAway: true, wait: probes.next(heeded(asked), known.isHeard) };
    since = null;
    return ALONE;
  };

  /** Refused while it is away. What began before, or may fail by itself, does not tell that it still is. */
  const again = (request: object, startedAt: number, awaySince: number, asked: number): Seen =>
    startedAt < probes.askedAt || evidence.isPutBack(request)
      ? { isAway: true, wait: 0 }
      : probed(awaySince, asked);

  return {
    ...{ known: known.recalled, patience: known.patience, byChance: evidence.byChance },
    ...{ named: () => probes.named, waited: () => waited },
    over(startedAt = clock()) {
      const isOver = since !== null;
      evidence.over(startedAt, isOver);
      pauses.over();
      known.answered();
      isGivenUp = false;
      since = null;
      return isOver;
    },
    refused(request, startedAt, limit, sign, asked = 0) {
      if (longest === 0 || isGivenUp) return ALONE;
      known.refused(sign);
      if (since !== null && sign !== 'garbled') return again(request, startedAt, since, asked);
      if (known.saysNothing(sign)) return ALONE;
      if (sign !== 'garbled' && evidence.isOutage(request, sign, limit, asked > 0, openBefore(startedAt))) {
        since = clock();
        probes.begin();
        return probed(since, asked);
      }
      if (!known.mayBeOwn(sign)) return ALONE;
      return { isAway: false, wait: pauses.after(request, limit, known.hasAnswered) };
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

/** What refusals show of an endpoint that is not away so far: where they may be the requests' own, by those not suspected alone. */
function createEvidence(clock: () => number, gap: () => number, known: ReturnType<typeof createKnown>) {
  const row = createRow(clock, gap);
  const suspects = createSuspects(clock);
  return {
    ...{ isPutBack: suspects.isPutBack, byChance: row.byChance },
    /** Whether one more shows that it is away, where `limit` may be in flight and so many `older` ones are. */
    isOutage(request: object, sign: Sign, limit: number, isWaitNamed: boolean, older: number): boolean {
      // What is left to ask of an earlier attempt may be what fails each time.
      if (sign === 'failed' && (suspects.failed(request) || known.isFromBefore)) return false;
      row.add(request);
      const byThemselves = known.mayBeOwn(sign) ? suspects.tooMany() : undefined;
      return !row.isAccident(limit, { isWaitNamed, older, byThemselves });
    },
    over(startedAt: number, wasAway: boolean): void {
      row.over(wasAway);
      suspects.over(startedAt, wasAway);
    },
  };
}

/** What is known of an endpoint, and how long it is waited for (ms): the `longest` once it has answered. */
function createKnown(longest: number) {
  let [isHeard, hasAnswered, isFromBefore] = [false, false, false];
  return {
    recalled(): void {
      isFromBefore ||= !hasAnswered;
      [isHeard, hasAnswered] = [true, true];
    },
    answered(): void {
      [isHeard, hasAnswered, isFromBefore] = [true, true, false];
    },
    refused(sign: Sign): void {
      isHeard ||= sign !== 'gone' && sign !== 'late';
    },
    patience(): number {
      if (hasAnswered) return longest;
      return longest * (isHeard ? UNANSWERED : UNHEARD);
    },
    /** Whether what came may lie in what was asked. */
    mayBeOwn: (sign: Sign): boolean => sign === 'garbled' || (sign === 'failed' && hasAnswered),
    /** Whether what came is no sign of anything. */
    saysNothing: (sign: Sign): boolean => sign === 'late' && !hasAnswered,
    get hasAnswered() {
      return hasAnswered;
    },
    /** Whether it has answered an earlier attempt, and nothing of this one. */
    get isFromBefore() {
      return isFromBefore;
    },
    /** Whether it has ever responded. */
    get isHeard() {
      return isHeard;
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
