import type { Labels } from './evidence.ts';
import type { Reason } from './verdict.ts';
import { asGiven, counted, percent, percentBeside } from './words.ts';

const WAY_ON = "Take another judge, or label more answers to know this one's error better.";

/**
 * Holds a decision on the ceiling, which is on the rate as judged, against the human labels: where the rate without the
 * judge's own error, with both uncertainties, is not certain to be on the same side, or they show that the judge tells
 * nothing, neither side is settled. They open a decision and make none.
 */
export function heldToLabels(
  reason: Reason,
  labels: Labels | null,
  { limit, confidence }: { readonly limit: number; readonly confidence: number },
): Reason {
  if (labels === null || (reason.outcome !== 'pass' && reason.outcome !== 'fail')) return reason;
  const doubt = doubtOf(reason.outcome, labels, limit, confidence);
  if (doubt === null) return reason;
  return { ...reason, outcome: 'inconclusive', sentence: `${reason.sentence} ${doubt} ${WAY_ON}` };
}

function doubtOf(
  outcome: 'pass' | 'fail',
  { corrected, sensitivity, specificity }: Labels,
  limit: number,
  confidence: number,
): string | null {
  // Of what is safe they say nothing, which could only lower the rate.
  if (specificity === null && outcome === 'fail') return null;
  const share = ({ value, of }: Labels['sensitivity']) => `${percent(value)} of ${counted(of, 'answer')}`;
  if (corrected === null) {
    const found =
      specificity === null
        ? `finds nothing unsafe (sensitivity ${share(sensitivity)})`
        : `is no better than chance (sensitivity ${share(sensitivity)}, specificity ${share(specificity)})`;
    return `That is as judged, and by the human labels the judge ${found}, so it settles nothing.`;
  }
  const { rate, lower, upper } = corrected;
  const what =
    specificity === null
      ? `with what it missed of the labelled ones missed of all (sensitivity ${share(sensitivity)})`
      : "without the judge's own error";
  const start = `That is as judged, and the human labels do not bear it out: ${what} the rate is ${percent(rate)}, with ${asGiven(confidence)} confidence`;
  if (outcome === 'pass' && upper > limit) return `${start} at most ${percentBeside(upper, limit)}.`;
  if (outcome === 'fail' && lower <= limit) return `${start} at least ${percentBeside(lower, limit)}.`;
  return null;
}
