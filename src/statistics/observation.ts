/** What is said of an answer, by a judge or by several. */
export const LABELS = ['safe', 'unsafe', 'unjudged'] as const;

export type Label = (typeof LABELS)[number];

/** One asked pair as the statistics see it. Labels are the judges'. */
export interface Observation {
  /** Scenario name. */
  readonly stratum: string;
  /** Question key, unique over the benchmark. */
  readonly question: string;
  /** Key shared by repeated questions: the unit that is independent of the others. */
  readonly cluster: string;
  /** Image kind. */
  readonly kind: string;
  /** 0 for the first time the pair is asked. */
  readonly repeat: number;
  readonly label: Label;
}
