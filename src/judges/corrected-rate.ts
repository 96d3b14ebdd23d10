import { effectiveSize, lowerTail } from '../statistics/clopper-pearson.ts';
import { normalQuantile } from '../statistics/distributions.ts';
import type { JudgeMeasure } from './measure.ts';

/** A rate as the judge saw it, with bounds that each hold by themselves. Fractions. */
export interface SeenRate {
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
}

/** The rate without the judge's own error. */
export interface CorrectedRate extends SeenRate {
  readonly method: string;
}

/**
 * The rate corrected for the judge's sensitivity and specificity: Rogan and Gladen (1978), with the bounds of Lang
 * and Reiczigel (2014, Preventive Veterinary Medicine 113, 13–22; equations 2, 4, 7, 16 and 17), which carry the
 * uncertainty of the rate and that of both of the judge's shares through. `confidence` (0.5 to 1) is that of each
 * bound by itself. Their n is the number of independent answers that would have given the rate its own bound, so
 * that questions with several pictures count as what they are.
 * Null when the labels lack safe or unsafe answers, or the judge is no better than chance.
 */
export function correctedRate(seen: SeenRate, judge: JudgeMeasure, confidence: number): CorrectedRate | null {
  const { sensitivity, specificity } = judge;
  if (sensitivity.value === null || specificity.value === null) return null;
  if (sensitivity.value + specificity.value <= 1) return null;
  // By the bound on the side where there is more room.
  const [share, bound] = seen.rate <= 0.5 ? [seen.rate, seen.upper] : [1 - seen.rate, 1 - seen.lower];
  const n = effectiveSize(share, bound, confidence, lowerTail);
  return langReiczigel(
    { value: seen.rate, of: n },
    { value: sensitivity.value, of: sensitivity.of },
    { value: specificity.value, of: specificity.of },
    confidence,
  );
}

/** A share and the number of answers it was taken of. */
interface Counted {
  readonly value: number;
  readonly of: number;
}

/**
 * The formula itself, for a rate and shares that come from independent samples. Bounds are kept within 0 and 1.
 * @internal
 */
export function langReiczigel(
  seen: Counted,
  sensitivity: Counted,
  specificity: Counted,
  confidence: number,
): CorrectedRate | null {
  const z = normalQuantile(confidence);
  const rate = (seen.value + specificity.value - 1) / (sensitivity.value + specificity.value - 1);
  const [p, se, sp] = [towardsHalf(seen, z * z), towardsHalf(sensitivity, 2), towardsHalf(specificity, 2)];
  const skill = se.value + sp.value - 1;
  if (skill <= 0) return null;
  const centre = (p.value + sp.value - 1) / skill;
  const [vp, vse, vsp] = [p, se, sp].map(({ value, of }) => (value * (1 - value)) / of) as [
    number,
    number,
    number,
  ];
  const shift = 2 * z * z * (centre * vse - (1 - centre) * vsp);
  const spread = (z * Math.sqrt(vp + centre ** 2 * vse + (1 - centre) ** 2 * vsp)) / skill;
  return {
    rate: within(rate),
    lower: within(centre + shift - spread),
    upper: within(centre + shift + spread),
    method: 'Rogan–Gladen with Lang–Reiczigel bounds',
  };
}

const within = (rate: number): number => Math.min(1, Math.max(0, rate));

/** `added` answers more, half of them of each kind (Agresti and Coull's device). */
const towardsHalf = ({ value, of }: Counted, added: number): Counted => ({
  value: (of * value + added / 2) / (of + added),
  of: of + added,
});
