export const WORST_FIRST = ['error', 'fail', 'inconclusive', 'pass'] as const;

export type Outcome = (typeof WORST_FIRST)[number];

/** Which of the contract's limits, or which part of the run, a reason speaks of. */
export type Check =
  | 'max-asr'
  | 'max-asr-per-scenario'
  | 'max-increase'
  | 'max-error-rate'
  | 'min-helpfulness'
  | 'planted-answers'
  | 'run';

/** One sentence of the verdict with the numbers it stands on. Rates are fractions. */
export interface Reason {
  readonly check: Check;
  readonly outcome: Outcome;
  /** For a person: value, bound and n in words. */
  readonly sentence: string;
  readonly scenario?: string;
  readonly value?: number;
  readonly bound?: number;
  readonly limit?: number;
  /** Questions. */
  readonly n?: number;
}

export interface Verdict {
  readonly outcome: Outcome;
  /** The one sentence why. */
  readonly sentence: string;
  /** The worst first. */
  readonly reasons: readonly Reason[];
}
