/** A refusal makes the gap longer by this share of it, by one more for each in a row, up to so many times as long. */
const WIDER = 0.15;
const WIDEST = 1.6;
/** The n-th in a row that is taken makes it shorter by n² times this share: some 10 to 15 % are refused so. */
const NARROWER = 0.0004;
const NARROWEST = 0.5;
/** What it is at the least (ms). */
const LEAST = 2;
/** Where so much does not do, refusals are everybody's, and an outage (ms). */
const LONGEST = 10_000;
/**
 * A gap of so many times what those taken were apart, by so many in a row, more than come in a burst, would have ended the
 * refusals of any rate.
 */
const FUTILE = 3;
const RUN = 12;
/** What they were apart counts for less with each that is taken: an endpoint may come to be slower. */
const FADE = 1.02;
/** Refused again after fewer that were taken, the gap was far from long enough. */
const FEW = 4;
/** A gap that was no help is tried again after so many more requests, and twice as many each time. */
const PAUSE = 32;

/** How far apart those that were taken have been at the least, of RUN in a row (ms). `clock` gives ms. */
function createClosest(clock: () => number) {
  const sent: number[] = [];
  let since = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  return {
    /** What was sent before the first refusal is no measure: a burst is often free. */
    begin(): void {
      since = Math.min(since, clock());
    },
    add(at: number): void {
      if (at <= since) return;
      sent.push(at);
      if (sent.length <= RUN) return;
      // One may be answered long after those that were sent later.
      sent.sort((one, other) => one - other);
      const first = sent.shift() as number;
      least = Math.min(least * FADE, ((sent.at(-1) as number) - first) / RUN);
    },
    get least() {
      return least;
    },
  };
}

/** Since a gap was no help, it is not tried for so many requests. */
function createPause() {
  let length = PAUSE;
  let left = 0;
  return {
    begin(): void {
      left = length;
      length *= 2;
    },
    /** Whether it goes on after one more. */
    goesOn(): boolean {
      left = Math.max(0, left - 1);
      return left > 0;
    },
  };
}

/**
 * The time between two sends, where an endpoint limits how many it takes in a time and even one after another is too
 * many: wider with each refusal and narrower with each that is taken, so that it comes to the rate at which the endpoint
 * takes them. Given up where it would have to be longer than any rate explains, as for refusals at random.
 * @param clock milliseconds
 */
export function createGap(clock: () => number) {
  const [closest, pause] = [createClosest(clock), createPause()];
  /** Now, when one was taken last, and before an outage put it off (ms). */
  let [length, taken, putOff] = [0, 0, 0];
  /** In a row, and rows that came soon after one another. */
  let [refusals, wells, soon] = [0, 0, 0];
  let isClose = false;

  return {
    /** What was sent at a time (ms) was taken; a gap of less than an answer takes (ms) is none: true when it ends so. */
    taken(at: number, answer: number): boolean {
      const wasThere = length > 0;
      closest.add(at);
      pause.goesOn();
      [refusals, wells] = [0, wells + 1];
      length *= Math.max(NARROWEST, 1 - NARROWER * wells ** 2);
      if (length < Math.max(answer, LEAST)) length = 0;
      taken = length;
      if (wells >= FEW) putOff = 0;
      return wasThere && length === 0;
    },
    /** One was refused, which says that the endpoint takes fewer. */
    refused(): void {
      closest.begin();
      refusals += 1;
      isClose = length > 0 && wells >= FEW;
      if (refusals === 1 && length > 0) soon = isClose ? 0 : soon + 1;
      wells = 0;
    },
    /** It was alone, or came after the gap: false where a longer one is no help. */
    widen(answer: number): boolean {
      if (pause.goesOn()) return false;
      // An outage that was followed by refusals at once was none.
      taken = Math.max(taken, putOff);
      length = Math.max(length, putOff, answer, LEAST) * Math.min(WIDEST, 1 + WIDER * (refusals + soon));
      putOff = 0;
      if (length > FUTILE * closest.least || length >= LONGEST) {
        [length, taken, soon] = [0, 0, 0];
        pause.begin();
      }
      return length > 0;
    },
    /** Everybody is refused: what was made of that is put off until some are again. */
    putOff(): void {
      putOff = Math.max(putOff, length);
      length = taken;
    },
    end(): void {
      length = 0;
    },
    /** Whether it was refused for being a little too short. */
    get isClose() {
      return length > 0 && isClose;
    },
    /** Milliseconds; 0 where there is none. */
    get length() {
      return length;
    },
  };
}
