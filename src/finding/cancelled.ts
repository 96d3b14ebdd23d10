import { verdictOf } from '../gate/decide.ts';
import type { Report } from '../report/report.ts';

/** Why a run was cut short that a person or a runner has ended. */
export const CANCELLED = 'it was cancelled';

const SENTENCE = 'The run was cancelled before its report was written, and a cancelled run never passes.';

/** The report of a run that was cancelled after it was made, as one of a run that was cancelled before. */
export function asCancelled<R extends Pick<Report, 'sample' | 'verdict'>>(report: R): R {
  const { sample, verdict } = report;
  if (sample.cutShort === CANCELLED) return report;
  const reason = { check: 'run', outcome: 'inconclusive', sentence: SENTENCE } as const;
  return {
    ...report,
    sample: { ...sample, cutShort: CANCELLED },
    verdict: verdictOf([reason, ...verdict.reasons]),
  };
}
