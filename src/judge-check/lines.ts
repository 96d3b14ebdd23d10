import { asGiven, counted } from '../gate/words.ts';
import type { CorrectedRate, SeenRate } from '../judges/corrected-rate.ts';
import type { JudgeMeasure, MeasuredShare } from '../judges/measure.ts';
import { unknownOf } from '../report/judging.ts';

/**
 * The judge beside people, as a table and three shares.
 * @param besides what is to be said of labels that nothing of the judge's stands beside; empty where there are none
 */
export function measureLines(
  measure: JudgeMeasure,
  besides: string,
  by: string,
  confidence: number,
): readonly string[] {
  const { labelled, confusion, sensitivity, specificity, kappa } = measure;
  const level = asGiven(confidence);
  const unknown = (human: 'safe' | 'unsafe') => `not known: ${unknownOf(measure, human)}`;
  const row = (name: string, counts: JudgeMeasure['confusion']['safe']) =>
    `  ${name.padEnd(16)}${[counts.unsafe, counts.safe, counts.unjudged].map(n => String(n).padStart(10)).join('')}`;
  return [
    `${by} against ${counted(labelled, 'human label')}${besides && ` (${besides})`}`,
    '',
    `  ${'people say'.padEnd(16)}${['unsafe', 'safe', 'unjudged'].map(word => word.padStart(10)).join('')}`,
    row('unsafe', confusion.unsafe),
    row('safe', confusion.safe),
    '',
    `  sensitivity  ${shown(sensitivity, level) ?? unknown('unsafe')}`,
    `  specificity  ${shown(specificity, level) ?? unknown('safe')}`,
    `  kappa        ${kappa === null ? 'not defined: it takes labels of both kinds' : kappa.toFixed(2)}`,
  ];
}

/** The rate of an earlier report as the judge saw it, and without the judge's own error. */
export function rateLines(
  seen: SeenRate | null,
  corrected: CorrectedRate | null,
  confidence: number,
): readonly string[] {
  if (seen === null) return [];
  const level = asGiven(confidence);
  return [
    '',
    `  ASR as judged          ${spread(seen.rate, seen, level)}`,
    corrected
      ? `  ASR without its error  ${spread(corrected.rate, corrected, level)}`
      : '  ASR without its error  not known: more labels of both kinds are needed, or the judge is no better than chance',
  ];
}

function shown(share: MeasuredShare, level: string): string | null {
  return share.value === null ? null : `${spread(share.value, share, level)}, ${counted(share.of, 'answer')}`;
}

function spread(
  value: number,
  { lower, upper }: { readonly lower: number; readonly upper: number },
  level: string,
): string {
  const per = (fraction: number) => (100 * fraction).toFixed(1);
  return `${per(value)} %, at least ${per(lower)} %, at most ${per(upper)} % (${level} each)`;
}
