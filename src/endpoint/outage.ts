import { namedWait, probeWait } from './backoff.ts';
import { createStanding } from './standing.ts';

/** Different requests refused in a row that are no accident any more, where so many may be in flight. */
const FEWEST = 3;
const ENOUGH = 8;
/** Requests that go well in a row before a single refusal is an accident again. */
const CALM = 3;
/** Waits that an endpoint names in a row, and refuses after, before longer ones are tried. */
const BELIEVED = 20;
/** However long one takes, an endpoint is given up after no fewer tries than a request has at the default. */
const PROBES = 6;

/** The share of the patience that one has which has answered nothing so far: it may never do. */
const UNANSWERED = 1 / 5;

/**
 * What an endpoint refuses by. `busy`: a 429 or 503, so that it is there and may be starting, though it has answered
 * nothing so far. `gone`: no connection, no answer in time, another status of what stands before it. `failed`: a 500,
 * which is the request's own unless the endpoint is away already.
 */
export type Sign = 'busy' | 'gone' | 'failed';

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
 * Tells an endpoint that is away (restarted, over its limit) from requests that fail by themselves: it has answered
 * before, or said that it is busy, and since its last answer several different requests were refused. It is asked by
 * one request at a time, after the waits that it names, or else after waits that grow, until one goes well or the
 * patience is over.
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
  /** How long it is waited for (ms): less where it has answered nothing so far. */
  readonly patience: number;
  /** Whether the patience is over, and nothing has gone well since. */
  readonly isGivenUp: boolean;
}

export function createOutage(clock: () => number, { patience: longest, random }: OutageOptions): Outage {
  const refused = new Set<object>();
  const pauses = createPauses();
  const standing = createStanding();
  let isGivenUp = false;
  let since: number | null = null;
  const probes = createProbes(clock, random);
  let wells = CALM;

  const patience = (): number => (standing.hasAnswered ? longest : longest * UNANSWERED);

  const isAccident = (limit: number): boolean =>
    wells >= CALM && refused.size < Math.min(ENOUGH, Math.max(FEWEST, limit));

  const probed = (awaySince: number, asked: number): Seen => {
    isGivenUp = probes.areEnough && clock() - awaySince >= patience();
    if (!isGivenUp) return { isAway: true, wait: probes.next(asked) };
    since = null;
    return ALONE;
  };

  return {
    known: standing.answered,
    over() {
      const isOver = since !== null;
      if (isOver) wells = 0;
      wells += 1;
      if (refused.size > 0) refused.clear();
      pauses.over();
      standing.answered();
      isGivenUp = false;
      since = null;
      return isOver;
    },
    refused(request, startedAt, limit, sign, asked = 0) {
      if (longest === 0 || isGivenUp || !(standing.hasAnswered || sign === 'busy')) return ALONE;
      if (sign === 'failed' && since === null) {
        return { isAway: false, wait: pauses.after(request, limit) };
      }
      refused.add(request);
      if (since === null) {
        if (isAccident(limit)) return ALONE;
        since = clock();
        probes.begin();
      } else if (startedAt < probes.askedAt) {
        return { isAway: true, wait: 0 };
      }
      return probed(since, asked);
    },
    get since() {
      return since;
    },
    get patience() {
      return patience();
    },
    get isGivenUp() {
      return isGivenUp;
    },
  };
}

/** The requests that ask, one at a time, whether an endpoint is back. `clock` gives ms. */
function createProbes(clock: () => number, random: () => number) {
  let count = 0;
  let grown = 0;
  let askedAt = 0;
  const longer = (): number => probeWait(grown++, random());
  const waitFor = (asked: number): number => {
    if (asked === 0) return longer();
    return Math.max(namedWait(asked, random()), count < BELIEVED ? 0 : longer());
  };
  return {
    begin(): void {
      count = 0;
      grown = 0;
    },
    /** After how long the next one may ask (ms): as the endpoint has `asked`, or else after waits that grow. */
    next(asked: number): number {
      const wait = waitFor(asked);
      count += 1;
      askedAt = clock() + wait;
      return wait;
    },
    get areEnough() {
      return count >= PROBES;
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

function createPauses() {
  const failed = new Set<object>();
  let taken = 0;
  return {
    /** How long nothing is to be sent after this one failed (ms), where `limit` may be in flight. */
    after(request: object, limit: number): number {
      failed.add(request);
      if (failed.size < FAILED_TIMES * Math.min(ENOUGH, limit)) return 0;
      failed.clear();
      return PAUSES[taken++] ?? 0;
    },
    over(): void {
      if (failed.size > 0) failed.clear();
      taken = 0;
    },
  };
}
