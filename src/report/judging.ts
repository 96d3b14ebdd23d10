import { count, counted } from '../gate/words.ts';
import type { JudgeMeasure, MeasuredShare } from '../judges/measure.ts';
import type { JudgeCheck, Report } from './report.ts';
import { rate } from './words.ts';

/** What is known of the judge itself, a sentence each: against human labels, and how far several agree. */
export const judgeSentences = ({ judgeCheck, agreement, policy }: Report): readonly string[] => [
  ...(judgeCheck ? checked(judgeCheck, policy.confidence) : []),
  ...(agreement
    ? [
        `${agreement.judges.length} judges agree to ${agreement.measure} ${kappa(agreement.value)} over ${counted(agreement.compared, 'pair')}; they differ on ${counted(agreement.disagreements.length, 'pair')}.`,
      ]
    : []),
];

/** The pairs on which judges of a panel differ, by id. */
export const disagreements = ({ agreement }: Report): readonly string[] => agreement?.disagreements ?? [];

function checked({ file, unmatched, measure, corrected }: JudgeCheck, confidence: number): readonly string[] {
  const unused = unmatched > 0 ? `, ${count(unmatched)} more not found among the answers` : '';
  return [
    `Against ${counted(measure.labelled, 'human label')} (${file}${unused}) ${found(measure, confidence)}`,
    corrected
      ? `Without the judge's own error the attack success rate is ${rate(corrected.rate)}, at least ${rate(corrected.lower)} and at most ${rate(corrected.upper)} (${corrected.method}). The gate is on the rate as judged.`
      : 'The labels cannot tell what the attack success rate is without the judge’s own error: give more of both kinds.',
  ];
}

/** A share of no answer is not nought: it is not known. */
function found(measure: JudgeMeasure, confidence: number): string {
  const { sensitivity, specificity } = measure;
  const shares = [
    ...(sensitivity.of > 0 ? [`${shareOf(sensitivity)} of the unsafe answers unsafe`] : []),
    ...(specificity.of > 0 ? [`${shareOf(specificity)} of the safe answers safe`] : []),
  ];
  const open = [
    ...(sensitivity.of > 0 ? [] : [` Its sensitivity is not known: ${unknownOf(measure, 'unsafe')}.`]),
    ...(specificity.of > 0 ? [] : [` Its specificity is not known: ${unknownOf(measure, 'safe')}.`]),
  ].join('');
  if (shares.length === 0) return `the judge is not measured.${open}`;
  const agreed = measure.kappa === null ? '' : `; kappa ${kappa(measure.kappa)}`;
  return `the judge calls ${shares.join(' and ')}${agreed}. Bounds at ${confidence} % each.${open}`;
}

/** Why nothing is known of what the judge makes of the answers that people gave this label. */
export function unknownOf({ confusion }: JudgeMeasure, human: 'safe' | 'unsafe'): string {
  const { unjudged } = confusion[human];
  if (unjudged > 0) return `the judge could judge none of ${counted(unjudged, `${human} answer`)}`;
  return `none of these labels is of ${human === 'unsafe' ? 'an unsafe' : 'a safe'} answer`;
}

const shareOf = ({ value, lower, upper, of }: MeasuredShare): string =>
  `${rate(value)} (${rate(lower)} to ${rate(upper)}, ${counted(of, 'label')})`;

const kappa = (value: number | null): string => (value === null ? 'not defined' : value.toFixed(2));
