import type { HeardCounts, PlantedCounts } from '../gate/evidence.ts';
import type { Verdict } from '../gate/verdict.ts';
import type { Agreement } from '../judges/agreement.ts';
import type { CorrectedRate } from '../judges/corrected-rate.ts';
import type { JudgeIdentity } from '../judges/judgement.ts';
import type { JudgeMeasure } from '../judges/measure.ts';
import type { Comparison } from '../statistics/comparison.ts';
import type { Estimates } from '../statistics/estimate.ts';
import type { Label } from '../statistics/observation.ts';

/** One asked pair in the report: no text of the benchmark and none of the model's. */
export interface Row {
  /** `{scenario}/{id}/{kind}`. */
  readonly pair: string;
  readonly cluster: string;
  readonly repeat: number;
  readonly label: Label;
  /** Why it is unjudged, or that the endpoint itself refused. */
  readonly note?: string;
  /** The first 16 hex digits of the SHA-256 of the data set's own picture, where that was shown. */
  readonly picture?: string;
}

/** What two runs must share to be compared: a value for each field, and the names of the fields for a person. */
export type Fingerprint = Readonly<Record<string, string>>;

/** The data set's own pictures, where they are from a mirror. */
export interface MirrorPictures {
  /** The commits of the mirror that they are from, `+` between them. */
  readonly revision: string;
  /** The pairs whose picture is not used, and what is wrong with its row there. */
  readonly unused: readonly { readonly pair: string; readonly reason: string }[];
}

/** The benign questions asked along with the others. */
export interface Controls {
  readonly asked: number;
  readonly answered: number;
  readonly refused: number;
  readonly unanswered: number;
  /** Fraction of those asked; null when none was. */
  readonly helpfulness: number | null;
}

/** What is told by all answers together. */
export interface Heard extends HeardCounts {
  /** Those that refuse: in words, or by the endpoint's own mark. */
  readonly refusing: number;
  /** Those that were cut off at their length. */
  readonly cutOff: number;
  /** Texts that several of them are, and that say nothing that is known here; the most frequent first. */
  readonly alike: readonly { readonly sha256: string; readonly answers: number }[];
}

/** How many texts have thoughts, of those that have or end some or came whole. */
interface Thinking {
  readonly whole: number;
  /** Those of them that have some of their own, or came with some apart. */
  readonly beside: number;
  /** Those of them that end some which they do not begin. */
  readonly ended: number;
}

/** What a model's texts to pairs tell of thoughts, and those to controls, which each shard asks. */
export interface Thoughts extends Thinking {
  /** Texts that were cut off, and have none. */
  readonly notEnded: number;
  readonly controls: Thinking;
}

/** What stands in a shard's report, but for the rows only those that are other ones. */
export interface TargetOtherwise extends Pick<Part, 'unanswered' | 'heard' | 'outcomes' | 'labelled'> {
  readonly rows: readonly Row[];
  /** Of the answers with the safety prompt. */
  readonly defenceRows: readonly Row[];
}

interface BaselineOtherwise {
  readonly rows: readonly Row[];
  readonly outcomes: string;
}

/** What the joining of shards needs besides; only a shard's report has it. */
export interface Part {
  /** Questions that this shard was to ask. */
  readonly questions: number;
  /** For each chosen scenario, in the order of the data set, its questions there. */
  readonly population: Readonly<Record<string, number>>;
  /** How often each pair is asked. */
  readonly repeats: number;
  /** Answers that the endpoint itself marked as refusals. */
  readonly refusals: number;
  /** Of the unjudged rows, those without an answer. */
  readonly unanswered: number;
  /** Of the unjudged rows, those whose answer or judgement the end of the run broke off. */
  readonly cut: number;
  readonly heard: Heard;
  /** Notices of what was asked under, whatever came of it. */
  readonly conditions: readonly string[];
  /** Notices of how this shard's asking went. */
  readonly happenings: readonly string[];
  /** The baseline model's answers; null when none was asked beside. */
  readonly baselineRows: readonly Row[] | null;
  /** Of its unjudged rows, those whose answer or judgement the end of the run broke off. */
  readonly baselineCut: number;
  /** The answers with the safety prompt; null where the arms were not compared. */
  readonly defence: { readonly rows: readonly Row[]; readonly refusals: number } | null;
  /** How its questions came out in the order that they were asked in; see `outcomesOf`. */
  readonly outcomes: string;
  /** The same of the baseline model; null when none was asked. */
  readonly baselineOutcomes: string | null;
  /** What the model's and the baseline model's texts tell of thoughts that began in the prompt. */
  readonly thoughts: { readonly target: Thoughts; readonly baseline: Thoughts };
  /**
   * By model, what would be otherwise if its texts that were cut off before an end of thoughts were taken for answers
   * where here they count as none, or for none where here they are answers: the other shards may show which. Null where it
   * has no such text.
   */
  readonly otherwise: {
    readonly target: TargetOtherwise | null;
    readonly baseline: BaselineOtherwise | null;
  };
  /** Each judge's own label, where several voted. */
  readonly votes: readonly Vote[];
  /** What the judge made of each human label's answer; null without labels. */
  readonly labelled: readonly Labelled[] | null;
}

/** The labels that several judges gave one answer, by the judge's name. */
export interface Vote {
  readonly pair: string;
  readonly repeat: number;
  readonly votes: Readonly<Record<string, Label>>;
}

/** A human label, and what the judge made of the same answer; null where it saw no such answer. */
export interface Labelled {
  readonly human: 'safe' | 'unsafe';
  readonly judge: Label | null;
}

/** The judge measured against human labels. */
export interface JudgeCheck {
  readonly file: string;
  /** Labels that nothing the judge said stands beside. */
  readonly unmatched: number;
  readonly measure: JudgeMeasure;
  /** Null when the labels cannot tell, or the judge is no better than chance. */
  readonly corrected: CorrectedRate | null;
}

/** What one run found. Every file, comment and page is rendered from this value and nothing else. */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Where it ran; empty strings and null outside GitHub. */
  readonly run: {
    readonly repository: string;
    readonly sha: string;
    readonly ref: string;
    readonly event: string;
    readonly url: string;
    readonly pullRequest: number | null;
    readonly commentId: string;
  };
  readonly model: { readonly name: string; readonly endpoint: string };
  readonly verdict: Verdict;
  /** The limits the verdict was held to, as given: per cent and percentage points. */
  readonly policy: {
    readonly maxAsr: number | null;
    readonly maxAsrPerScenario: Readonly<Record<string, number>>;
    readonly maxIncrease: number | null;
    readonly confidence: number;
    readonly maxErrorRate: number;
    readonly minHelpfulness: number;
    readonly onInconclusive: 'warn' | 'fail';
  };
  /** Null when the run ended before anything could be estimated. */
  readonly estimates: Estimates | null;
  readonly comparison: Comparison | null;
  /** The baseline that was, or was to be, compared with. */
  readonly baseline: {
    readonly source: string;
    readonly state: 'compared' | 'missing' | 'refused' | 'none';
    readonly note: string;
  } | null;
  readonly controls: Controls | null;
  /** With `baseline-model`: what became of its own. */
  readonly baselineControls?: Controls;
  /** With `safety-prompt: compare`: the arm with the prompt, and what it changed against the one without. */
  readonly defence?: {
    readonly estimates: Estimates;
    readonly comparison: Comparison | null;
    readonly controls: Controls | null;
  };
  readonly planted: PlantedCounts | null;
  /** With `judge-labels`: how the judge does against people, and the rate without its error. */
  readonly judgeCheck?: JudgeCheck;
  /** With several judges: how far they agree. */
  readonly agreement?: Agreement;
  readonly judges: readonly JudgeIdentity[];
  readonly sample: {
    /** As given: `tiny`, `full`, a number or a percentage. */
    readonly requested: string;
    readonly seed: string;
    readonly shard: string;
    readonly scenarios: readonly string[];
    readonly kinds: readonly string[];
    readonly questions: number;
    readonly pairs: number;
    /** Questions of the chosen scenarios in the whole data set. */
    readonly population: number;
    /** Why the run stopped before all was asked; null when it did not. */
    readonly cutShort: string | null;
  };
  readonly usage: {
    readonly requests: number;
    readonly promptTokens: number;
    readonly completionTokens: number;
    /** Dollars; null without prices. */
    readonly cost: number | null;
    readonly seconds: number;
  };
  readonly fingerprint: Fingerprint;
  readonly pictures?: MirrorPictures;
  /** What a person should know, each a sentence: data that are not the published ones, an approximate judge. */
  readonly notices: readonly string[];
  readonly rows: readonly Row[];
  /** Of the unjudged rows, those that the end of the run broke off: no error rate counts them. Left out, none. */
  readonly cut?: number;
  readonly part?: Part;
}
