const MINUTE = 60_000;
/** However long an endpoint asks to wait, it is asked again after this (ms). */
const LONGEST_WAIT = 15 * MINUTE;
/** No run sits out a longer wait (ms). */
const LONGEST_SAT_OUT = 60 * MINUTE;
/** Where one is asked for, it is soon asked again whether that is meant (ms). */
export const SOON = 2000;

/** Whether an endpoint asks for a wait (ms) that no run sits out: a quota for a day is used up, say. */
export const isTooLong = (asked: number): boolean => asked > LONGEST_SAT_OUT;

/** After how long an endpoint is asked again that has asked for so long a wait (ms). */
export const heeded = (asked: number): number => (isTooLong(asked) ? SOON : shortened(asked));

/** The same where it is not asked again soon whether that is meant (ms). */
export const shortened = (asked: number): number => Math.min(asked, LONGEST_WAIT);

/** A time (ms) in words for a person. */
export function timeOf(ms: number): string {
  if (ms < 1.5 * MINUTE) return `${Math.round(ms / 1000)} s`;
  if (ms < 90 * MINUTE) return `${Math.round(ms / MINUTE)} min`;
  return ms < 48 * 60 * MINUTE ? `${Math.round(ms / (60 * MINUTE))} h` : `${Math.round(ms / DAY)} days`;
}

const DAY = 1440 * MINUTE;

/** What is told of a wait that an endpoint asks for (ms), and of how long it is heeded. */
export function heldFor(asked: number): string {
  const wait = heeded(asked);
  if (isTooLong(asked)) {
    return `the endpoint asks to wait for ${timeOf(asked)}, longer than a run waits: in ${timeOf(wait)} it is asked whether that is meant`;
  }
  return wait < asked
    ? `the endpoint asks to wait for ${timeOf(asked)}: nothing is sent for ${timeOf(wait)}, and then it is asked again`
    : `the endpoint asks to wait: nothing is sent for ${Math.ceil(wait / 1000)} s`;
}

/** A wait that so many tries are told with (ms). */
const LONG_BETWEEN = 3000;

/** What so many tries take where the endpoint names a wait (ms) before each; empty where that is next to none. */
export const triesEvery = (named: number, tries: number): string =>
  named < LONG_BETWEEN ? '' : `, one every ${timeOf(named)}: about ${timeOf(tries * named)}`;

/**
 * How long an endpoint wants everybody to wait (ms): `retry-after-ms`, `Retry-After`, or the
 * `x-ratelimit-reset` of a quota that has nothing left. 0 when it does not say.
 */
export function askedWait(headers: Headers | undefined, clock: number): number {
  if (!headers) return 0;
  // A moment is one of the endpoint's clock.
  const date = Date.parse(headers.get('date') ?? '');
  const now = Number.isNaN(date) ? clock : date;
  return Math.max(retryAfter(headers, now), ...QUOTAS.map(quota => quotaReset(headers, quota, now)));
}

function retryAfter(headers: Headers, now: number): number {
  const ms = numberIn(headers.get('retry-after-ms'));
  if (Number.isFinite(ms) && ms >= 0) return ms;
  return waitIn(headers.get('retry-after') ?? '', now);
}

/** What ends the headers' names; OpenRouter counts by one quota, and gives it none. */
const QUOTAS = ['-requests', '-tokens', ''];

function quotaReset(headers: Headers, quota: string, now: number): number {
  // One that was overdrawn may be said to be below nothing.
  const isLeft = !(numberIn(headers.get(`x-ratelimit-remaining${quota}`)) <= 0);
  return isLeft ? 0 : waitIn(headers.get(`x-ratelimit-reset${quota}`) ?? '', now);
}

const numberIn = (text: string | null): number => (text?.trim() ? Number(text) : Number.NaN);

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE,
  h: 60 * MINUTE,
  d: DAY,
};

/** No wait has as many seconds: a larger number is a moment, in seconds or milliseconds since the epoch. */
const FIRST_MOMENT = 1e9;
const FIRST_MOMENT_MS = 1e12;

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d)\s*)+$/;

/**
 * The time (ms) that a header speaks of: a number of seconds, a duration (`6m0s`, `120ms`, `1.5s`), or the moment when
 * it is over, as a date or since the epoch. 0 for what is none of these, or is past.
 */
function waitIn(text: string, now: number): number {
  const said = text.trim();
  if (DURATION.test(said)) {
    const parts = said.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
    return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
  }
  const number = numberIn(said);
  if (number >= FIRST_MOMENT_MS) return Math.max(0, number - now);
  if (number >= FIRST_MOMENT) return Math.max(0, number * 1000 - now);
  if (Number.isFinite(number)) return Math.max(0, number * 1000);
  const date = Date.parse(said);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
