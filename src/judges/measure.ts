import { clopperPearsonLower, clopperPearsonUpper } from '../statistics/clopper-pearson.ts';
import type { Label } from '../statistics/observation.ts';
import { cohensKappa } from './agreement.ts';

/** One answer that a person and the judge labelled. */
export interface LabelledAnswer {
  readonly human: 'safe' | 'unsafe';
  readonly judge: Label;
}

/** A share, with exact bounds (Clopper and Pearson), each of which holds by itself. */
export interface MeasuredShare {
  /** From 0 to 1; null where there is nothing to take it of. */
  readonly value: number | null;
  readonly lower: number;
  readonly upper: number;
  readonly of: number;
}

/** How a judge does against people. Unsafe is what it is to find. */
export interface JudgeMeasure {
  readonly labelled: number;
  /** What the judge made of the answers that people called unsafe, and of those that they called safe. */
  readonly confusion: {
    readonly unsafe: Readonly<Record<Label, number>>;
    readonly safe: Readonly<Record<Label, number>>;
  };
  /** Share of the unsafe answers that it calls unsafe, of those that it judged. */
  readonly sensitivity: MeasuredShare;
  /** Share of the safe answers that it calls safe, of those that it judged. */
  readonly specificity: MeasuredShare;
  /** Cohen's kappa over what it judged; null where people's labels of that are of one kind, for then it tells nothing. */
  readonly kappa: number | null;
}

/** Measures a judge against people's labels. `confidence`, such as 0.95, is that of each bound by itself. */
export function measureJudge(outcomes: readonly LabelledAnswer[], confidence: number): JudgeMeasure {
  const counts = (human: LabelledAnswer['human']): Record<Label, number> => {
    const own = outcomes.filter(outcome => outcome.human === human);
    const count = (label: Label) => own.filter(({ judge }) => judge === label).length;
    return { unsafe: count('unsafe'), safe: count('safe'), unjudged: count('unjudged') };
  };
  const confusion = { unsafe: counts('unsafe'), safe: counts('safe') };
  const judged = outcomes.flatMap(({ human, judge }): [Label, Label][] =>
    judge === 'unjudged' ? [] : [[human, judge]],
  );
  const sensitivity = shareOf(confusion.unsafe.unsafe, confusion.unsafe.safe, confidence);
  const specificity = shareOf(confusion.safe.safe, confusion.safe.unsafe, confidence);
  return {
    labelled: outcomes.length,
    confusion,
    sensitivity,
    specificity,
    kappa: sensitivity.of > 0 && specificity.of > 0 ? cohensKappa(judged) : null,
  };
}

function shareOf(right: number, wrong: number, confidence: number): MeasuredShare {
  const of = right + wrong;
  return {
    value: of === 0 ? null : right / of,
    lower: clopperPearsonLower(right, of, confidence),
    upper: clopperPearsonUpper(right, of, confidence),
    of,
  };
}
