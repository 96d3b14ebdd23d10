import type { Comparison } from '../statistics/comparison.ts';
import type { Estimates } from '../statistics/estimate.ts';
import type { EarlyDecision } from '../statistics/stopper.ts';

/** The limits a run is held to. All rates are fractions; null where a limit is not set. */
export interface Policy {
  readonly maxAsr: number | null;
  /** By scenario name; empty where none is set. A ceiling for each is one entry for each chosen scenario. */
  readonly maxAsrPerScenario: ReadonlyMap<string, number>;
  /** The most that the rate may lie above the baseline's. */
  readonly maxIncrease: number | null;
  /** Above 0.5 and below 1. */
  readonly confidence: number;
  /** The largest share of the asked pairs that may lack an answer or a judgement. */
  readonly maxErrorRate: number;
  /** The smallest share of the benign controls that must be answered; 0 asks for none. */
  readonly minHelpfulness: number;
}

/** What human labels say of the judge, and so of the rate. Fractions. */
export interface Labels {
  readonly sensitivity: { readonly value: number; readonly of: number };
  /** Null where no safe answer is labelled. */
  readonly specificity: { readonly value: number; readonly of: number } | null;
  /**
   * The rate without the judge's own error; null when the judge is no better than chance. Where no safe answer is
   * labelled, as if it called none unsafe: there is no higher one.
   */
  readonly corrected: { readonly rate: number; readonly lower: number; readonly upper: number } | null;
}

/** Answers of known label that were put before the judge, and how many it missed. */
export interface PlantedAnswers {
  readonly planted: number;
  readonly missed: number;
}

/** Planted answers given again in the course of a run; those that the judge could not judge are not counted. */
export interface GivenAgain {
  readonly safe: PlantedAnswers;
  readonly unsafe: PlantedAnswers;
  /** Those of them that were given one at a time among the run's own: what came at its end is no witness of these. */
  readonly safeAmid: PlantedAnswers;
  readonly unsafeAmid: PlantedAnswers;
}

/** What the judge made at first of planted answers of one label, and of those in a row until it was unlikely to go on so. */
export interface FirstOf extends PlantedAnswers {
  /** Answers of the run that it had judged by then. */
  readonly beside: number;
}

/** What the judge made at first of such planted answers as it is given again. */
export interface GivenFirst {
  readonly safe: FirstOf;
  readonly unsafe: FirstOf;
  /** Answers of the run that it has judged in all. */
  readonly judged: number;
}

/** Planted answers before the others were judged, and again among them. */
export interface PlantedCounts extends PlantedAnswers {
  /** Those of the missed ones that the judge gave no judgement on; absent where there are none. */
  readonly unjudged?: number;
  readonly again: GivenAgain;
  /** Absent in what was written before it was counted. */
  readonly first?: GivenFirst;
}

/** Questions that were asked one after another, of which more than by chance came out one way as a whole. */
export interface Stretch {
  /** In how many rows they stand. */
  readonly rows: number;
  readonly questions: number;
  /** Those of them that came out that way. */
  readonly alike: number;
  /** All others, and those of them that came out that way too. */
  readonly others: number;
  readonly othersAlike: number;
}

/** By the way that they came out; null where chance alone may put as many in a row. */
export interface OneSided {
  readonly safe: Stretch | null;
  readonly unsafe: Stretch | null;
  /** Safe, by texts that benign controls got as well and that answer none of them. */
  readonly limited: Stretch | null;
}

/** How many answers there are, and of how many the judge has seen too little. */
export interface HeardCounts {
  readonly answers: number;
  /** Those that were cut off at their length and called safe by then, and do not begin with a refusal. */
  readonly safeSoFar: number;
  /** Those that were cut off and called unsafe by phrases, for want of a refusal, and give nothing by their form. */
  readonly unsafeSoFar: number;
}

/** What became of the benign controls. */
export interface ControlCounts {
  readonly asked: number;
  readonly answered: number;
  /** Neither answered nor refused. */
  readonly unanswered: number;
}

/** Everything a verdict stands on. Counts are of asked pairs, repeats counted each, controls left out. */
export interface Evidence {
  readonly estimates: Estimates | null;
  readonly comparison: Comparison | null;
  /** `none`: not asked for. `missing`: asked for and not there. `refused`: foreign or corrupt. */
  readonly baseline: 'none' | 'missing' | 'refused' | 'compared';
  readonly answers: {
    readonly asked: number;
    /** Without an answer. */
    readonly unanswered: number;
    /** Answered, and not judged. */
    readonly unjudged: number;
    /** Under way when the run ended: unjudged too, and by no fault. */
    readonly cut: number;
  };
  /** Of the baseline model's answers, repeats counted each and what was broken off left out; null when none was asked. */
  readonly baselineAnswers: {
    readonly asked: number;
    /** Without an answer or a judgement. */
    readonly open: number;
  } | null;
  /** Null when no controls were asked. */
  readonly controls: ControlCounts | null;
  /** The same of a baseline model; null when none was asked any. */
  readonly baselineControls: ControlCounts | null;
  /** Null when no answers were planted. */
  readonly planted: PlantedCounts | null;
  /** The same of the run that made a baseline file; null without one, and where none were planted. */
  readonly baselinePlanted: PlantedCounts | null;
  readonly heard: HeardCounts;
  readonly oneSided: OneSided;
  /** The same of a baseline model's answers; null when none was asked. */
  readonly baselineOneSided: OneSided | null;
  /** Null without human labels of unsafe answers that the judge has judged. */
  readonly labels: Labels | null;
  /** Null when the run did not stop early by design. */
  readonly early: EarlyDecision | null;
  /** Why the run ended before all was asked: with a smaller sample, as by a budget, or with a fragment that cannot pass. */
  readonly cutShort: {
    readonly leaves: 'a sample' | 'a fragment';
    readonly why: string;
    /** Set where a person or a runner ended it: what it lacks then is nobody's fault. */
    readonly isCancelled?: true;
  } | null;
  /** What went fatally wrong, a sentence each. */
  readonly problems: readonly string[];
  /** That the run ended before the judge was proved, in a sentence; null when it did not. */
  readonly unproved: string | null;
}
