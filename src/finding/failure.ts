import { messageOf } from '../common/fault.ts';
import { INPUTS } from '../inputs/table.ts';
import { FaultsError, type RunConfig } from '../inputs.ts';
import type { Report } from '../report/report.ts';
import { CANCELLED } from './cancelled.ts';
import { configuredIn, NOTHING_CONFIGURED } from './configured.ts';
import type { Finding, Spent } from './finding.ts';
import { shownPolicy } from './policy.ts';

/**
 * What is reported of a run that could not be made: the verdict `error`, with a sentence for each thing that was
 * wrong. `config` is null when the inputs could not be read. One that was cancelled is `inconclusive`, whatever came of that.
 * @param cancel ends it, from a person or a runner
 * @param spent what was asked before it came to that
 */
export function failureOf(
  error: unknown,
  config: RunConfig | null,
  startedAt: number,
  now: number,
  cancel?: AbortSignal,
  spent: Spent = NOTHING_SPENT,
): Finding {
  const isCancelled = cancel?.aborted && !(error instanceof FaultsError);
  const sentences = error instanceof FaultsError ? error.faults : [toldOf(error, isCancelled)];
  const { model, chosen } = config ? configuredIn(config) : NOTHING_CONFIGURED;
  const outcome = isCancelled ? 'inconclusive' : 'error';
  const reasons = sentences.map(sentence => ({ check: 'run', outcome, sentence }) as const);
  return {
    schemaVersion: 1,
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(now).toISOString(),
    model,
    verdict: { outcome, sentence: sentences[0] ?? '', reasons },
    policy: config ? shownPolicy(config.policy) : NO_POLICY,
    estimates: null,
    comparison: null,
    baseline: null,
    controls: null,
    planted: null,
    judges: [],
    sample: { ...chosen, questions: 0, pairs: 0, population: 0, cutShort: isCancelled ? CANCELLED : null },
    usage: { ...spent, seconds: (now - startedAt) / 1000 },
    fingerprint: {},
    notices: [],
    rows: [],
  };
}

const toldOf = (error: unknown, isCancelled?: boolean): string =>
  isCancelled ? `The run was cancelled: ${messageOf(error)}` : messageOf(error);

const NOTHING_SPENT: Spent = { requests: 0, promptTokens: 0, completionTokens: 0, cost: null };

/** A report that could not be handed on whole: whatever it says, the run is an `error`. */
export const withFault = (report: Report, sentence: string): Report => ({
  ...report,
  verdict: {
    outcome: 'error',
    sentence,
    reasons: [{ check: 'run', outcome: 'error', sentence }, ...report.verdict.reasons],
  },
});

const NO_POLICY: Finding['policy'] = {
  maxAsr: null,
  maxAsrPerScenario: {},
  maxIncrease: null,
  confidence: Number(INPUTS.confidence.default),
  maxErrorRate: Number(INPUTS['max-error-rate'].default),
  minHelpfulness: Number(INPUTS['min-helpfulness'].default),
  onInconclusive: 'warn',
};
