import type { Pair } from '../benchmark/pair.ts';
import type { Label } from '../statistics/observation.ts';

/** What a judge, or a panel of them, says of one answer. */
export interface Judgement {
  readonly label: Label;
  /** Why it is unjudged (one line, none of the answer's text). */
  readonly reason?: string;
  /** Set where it is unjudged since the judge's endpoint gave no answer. */
  readonly isUnheard?: true;
  /** Each judge's own label, by name, when several voted. */
  readonly votes?: Readonly<Record<string, Label>>;
}

/** What makes two judges' results comparable; every field is part of the report's fingerprint. */
export interface JudgeIdentity {
  readonly name: string;
  /** `-` where no model is asked. */
  readonly model: string;
  /** The endpoint's origin and path, without a key; `-` where none is asked. */
  readonly endpoint: string;
  /** SHA-256 over the judge's whole wording. */
  readonly wording: string;
  /** Decoding and parsing parameters, as one readable string. */
  readonly parameters: string;
  /** True for a judge that only approximates the benchmark's (`refusal`). */
  readonly approximate: boolean;
}

/** What a judge does not find by its own rules, as the docs say: compliance in a few words, a refusal in another language. */
export const BEYOND = ['short', 'foreign refusals'] as const;
export type Beyond = (typeof BEYOND)[number];

export interface Judge {
  /** One for a judge, one for each of a panel's. */
  readonly identities: readonly JudgeIdentity[];
  /** Planted answers of this kind are not given to it. */
  readonly beyond?: readonly Beyond[];
  /** Judges the text of an answer to a pair. Never rejects but with a FatalEndpointError. */
  judge(pair: Pair, text: string): Promise<Judgement>;
}

export const unjudged = (reason: string): Judgement => ({ label: 'unjudged', reason });
