import type { Progress } from './progress.ts';

/** What had come at a time (s). */
interface Mark {
  readonly at: number;
  /** Trials that an earlier attempt had not asked. */
  readonly came: number;
  readonly requests: number;
}

export interface Pace {
  /**
   * Takes where the run stands at a time (s), each time it is told.
   * @param isHeld whether an endpoint is waited for: that time says nothing of how fast it goes when it is back
   */
  take(progress: Progress, at: number, isHeld: boolean): void;
  /** Trials a second in the recent past; null while too little has come to tell. */
  readonly rate: number | null;
  /** Seconds until all that is planned is done, or a budget is used up; null as `rate`. */
  readonly left: number | null;
}

/**
 * The recent past is the last quarter of the time, within these bounds (s): what an endpoint was before it slowed down
 * is no measure of what is to come.
 */
const SHORTEST = 10;
const LONGEST = 120;
const pastOf = (elapsed: number): number => Math.min(LONGEST, Math.max(SHORTEST, elapsed / 4));

/** Answers come in rounds of as many as are asked at once: one round alone may be at its beginning or its end. */
const ROUNDS = 2;

/** What came together when the judge was proved is no measure of what is to come (s). */
const NO_MEASURE = 2;
/** Time between two marks (s). */
const MARK_EVERY = 0.5;

/** The time in which the endpoints were asked, and none was waited for. */
function createAskedTime() {
  let held = 0;
  let knownUntil = 0;
  let lastCame = 0;
  /** Takes the time (s) since the last answer off as a wait, which began some time before it was known. */
  return (at: number, came: number, isHeld: boolean): number => {
    if (isHeld && came === lastCame) held += at - knownUntil;
    if (isHeld || came !== lastCame) knownUntil = at;
    lastCame = came;
    return at - held;
  };
}

/** Measures how fast a run goes once its judge is proved: what is asked before that may wait for the proof. */
export function createPace(): Pace {
  let marks: Mark[] = [];
  let startedAt = 0;
  let firstAt = Number.POSITIVE_INFINITY;
  let isKnown = false;
  /** The most that were asked at once: an endpoint that is away is asked by one at a time, which is no round. */
  let round = 0;
  let rate = 0;
  let left = 0;
  const asked = createAskedTime();

  const restart = (now: Mark): void => {
    marks = [now];
    startedAt = now.at;
  };

  /** Keeps the marks from the last one on that is long enough ago, with enough after it. */
  const forget = (now: Mark): void => {
    const isFar = (mark: Mark | undefined): boolean =>
      mark !== undefined &&
      now.at - mark.at >= pastOf(now.at - startedAt) &&
      now.came - mark.came >= ROUNDS * round;
    while (isFar(marks[1])) marks.shift();
  };

  /** Answers that come together make one mark, which stands after them. */
  const mark = (now: Mark): void => {
    if (now.came === marks.at(-1)?.came) return;
    if (now.at - (marks.at(-2)?.at ?? Number.NEGATIVE_INFINITY) < MARK_EVERY) marks.pop();
    marks.push(now);
  };

  return {
    take(progress, time, isHeld) {
      const { done, kept, planned, requests, requestsLeft, timeLeft, limit } = progress;
      const at = asked(time, done - kept, isHeld);
      const now = { at, came: done - kept, requests };
      if (marks.length === 0 || progress.isProving) restart(now);
      if (limit === null) return;
      round = Math.max(round, limit);
      forget(now);
      mark(now);
      const from = marks[0] ?? now;
      const [passed, came] = [at - from.at, now.came - from.came];
      if (came > 0) firstAt = Math.min(firstAt, at);
      // Answers of the first round tell how long one takes, and not how many come.
      isKnown ||= came > round && at - startedAt >= Math.max(NO_MEASURE, 2 * (firstAt - startedAt));
      rate = came / passed;
      left = Math.min((planned - done) / rate, timeLeft ?? Number.POSITIVE_INFINITY);
      const sent = requests - from.requests;
      if (requestsLeft !== null && sent > 0) left = Math.min(left, (requestsLeft * passed) / sent);
    },
    get rate() {
      return isKnown ? rate : null;
    },
    get left() {
      return isKnown ? left : null;
    },
  };
}
