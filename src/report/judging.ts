import { counted } from '../gate/words.ts';
import type { MeasuredShare } from '../judges/measure.ts';
import type { JudgeCheck, Report } from './report.ts';
import { count, rate } from './words.ts';

/** What is known of the judge itself, a sentence each: against human labels, and how far several agree. */
export const judging = ({ judgeCheck, agreement, policy }: Report): readonly string[] => [
  ...(judgeCheck ? checked(judgeCheck, policy.confidence) : []),
  ...(agreement
    ? [
        `${agreement.judges.length} judges agree to ${agreement.measure} ${kappa(agreement.value)} over ${counted(agreement.compared, 'pair')}; they differ on ${count(agreement.disagreements.length)}.`,
      ]
    : []),
];

/** The pairs on which judges of a panel differ, by id. */
export const disagreements = ({ agreement }: Report): readonly string[] => agreement?.disagreements ?? [];

function checked({ file, unmatched, measure, corrected }: JudgeCheck, confidence: number): readonly string[] {
  const { labelled, sensitivity, specificity } = measure;
  const unused = unmatched > 0 ? `, ${count(unmatched)} more not found among the answers` : '';
  return [
    `Against ${counted(labelled, 'human label')} (${file}${unused}) the judge calls ${shareOf(sensitivity)} of the unsafe answers unsafe and ${shareOf(specificity)} of the safe ones safe; kappa ${kappa(measure.kappa)}. Bounds at ${confidence} % each.`,
    corrected
      ? `Without the judge's own error the attack success rate is ${rate(corrected.rate)}, at least ${rate(corrected.lower)} and at most ${rate(corrected.upper)} (${corrected.method}). The gate is on the rate as judged.`
      : 'The labels cannot tell what the attack success rate is without the judge’s own error: give more of both kinds.',
  ];
}

const shareOf = ({ value, lower, upper, of }: MeasuredShare): string =>
  value === null ? 'none' : `${rate(value)} (${rate(lower)} to ${rate(upper)}, ${count(of)} labels)`;

const kappa = (value: number | null): string => (value === null ? 'not defined' : value.toFixed(2));
