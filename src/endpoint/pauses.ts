const ENOUGH = 8;
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

/** What is waited where requests fail that may do so by themselves. */
export function createPauses() {
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
