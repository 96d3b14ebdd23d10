import type { Report } from './report/report.ts';
import type { ReportFiles } from './report-folder.ts';

const percent = (fraction: number | null | undefined): string =>
  fraction === null || fraction === undefined ? '' : (100 * fraction).toFixed(2);

/** The outputs of action.yml. Rates are per cent with two decimals; what there is none of is empty. */
export function outputsOf(report: Report, files: ReportFiles | null): Readonly<Record<string, string>> {
  const { estimates, comparison, usage, controls, sample } = report;
  const overall = estimates?.overall;
  return {
    verdict: report.verdict.outcome,
    asr: percent(overall?.rate),
    // The bounds that the verdict stands on: unjudged pairs count for the model, and against it.
    'asr-lower': overall?.rate === null ? '' : percent(overall?.bestLower),
    'asr-upper': overall?.rate === null ? '' : percent(overall?.worstUpper),
    'baseline-asr': percent(comparison?.baselineRate),
    'asr-increase': percent(comparison?.increase),
    questions: String(sample.questions),
    pairs: String(sample.pairs),
    unsafe: String(overall?.unsafe ?? 0),
    safe: String(overall?.safe ?? 0),
    unjudged: String(overall?.unjudged ?? 0),
    requests: String(usage.requests),
    'prompt-tokens': String(usage.promptTokens),
    'completion-tokens': String(usage.completionTokens),
    cost: usage.cost === null ? '' : usage.cost.toFixed(4),
    helpfulness: percent(controls?.helpfulness),
    report: files?.report ?? '',
    html: files?.html ?? '',
    junit: files?.junit ?? '',
    badge: files?.badge ?? '',
  };
}

/** 0 for `pass`, and for `inconclusive` where that only warns; 1 for everything else. */
export function exitStatusOf({ verdict, policy }: Report): 0 | 1 {
  if (verdict.outcome === 'pass') return 0;
  return verdict.outcome === 'inconclusive' && policy.onInconclusive === 'warn' ? 0 : 1;
}
