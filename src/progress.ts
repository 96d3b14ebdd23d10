/** Where a run stands. Counts are trials: pairs, with repeats, arms and controls each for itself. */
export interface Progress extends Going {
  /** Those that have come to their own ends: what the end of the run drops is not done. */
  readonly done: number;
  /** Those of them that an earlier attempt had asked: they say nothing of how fast it goes. */
  readonly kept: number;
  readonly planned: number;
  /** The attack success rate of what is judged so far, by scenario as the report gives it; a fraction, null while nothing is. */
  readonly asr: number | null;
  readonly unjudged: number;
  readonly requests: number;
  /** Whether the judge is still given the planted answers at first. */
  readonly isProving: boolean;
}

/** How the endpoints of a run and its budget let it go on. Times are in seconds. */
export interface Going {
  /** Requests that may be in flight to the target now; null in batches. */
  readonly limit: number | null;
  /** For how long an endpoint is sent nothing; 0 when all may be. */
  readonly wait: number;
  /** Whether an endpoint has refused everybody for some seconds, and is waited for. */
  readonly isAway: boolean;
  /** What the budget leaves; null without a limit. */
  readonly timeLeft: number | null;
  readonly requestsLeft: number | null;
}
