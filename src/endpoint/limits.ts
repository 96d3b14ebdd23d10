const MINUTE = 60_000;
/** However long an endpoint asks to wait, it is asked again after this (ms). */
const LONGEST_WAIT = 15 * MINUTE;

/**
 * How long an endpoint wants everybody to wait (ms): `retry-after-ms`, `Retry-After` (seconds or a date), or the
 * `x-ratelimit-reset-*` of a quota that has nothing left. 0 when it does not say.
 */
export function askedWait(headers: Headers, now: number): number {
  const wait = Math.max(
    retryAfter(headers, now),
    quotaReset(headers, 'requests'),
    quotaReset(headers, 'tokens'),
  );
  return Math.min(wait, LONGEST_WAIT);
}

function retryAfter(headers: Headers, now: number): number {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const value = headers.get('retry-after');
  if (value === null) return 0;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

function quotaReset(headers: Headers, quota: 'requests' | 'tokens'): number {
  if (headers.get(`x-ratelimit-remaining-${quota}`)?.trim() !== '0') return 0;
  return millisecondsIn(headers.get(`x-ratelimit-reset-${quota}`) ?? '');
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE,
  h: 60 * MINUTE,
  d: 1440 * MINUTE,
};

/** A duration as these headers write it: `6m0s`, `120ms`, `1.5s`, or seconds without a unit. In ms. */
function millisecondsIn(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
}
