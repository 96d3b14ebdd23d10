import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { badgeJson, badgeSvg } from './report/badge.ts';
import type { CommentOptions } from './report/comment.ts';
import { type HtmlOptions, renderHtml } from './report/html.ts';
import { baselineJson, reportJson } from './report/json.ts';
import { junitXml } from './report/junit.ts';
import type { Report } from './report/report.ts';
import { renderSummary } from './report/summary.ts';

/** Where the files of a report lie. */
export interface ReportFiles {
  readonly report: string;
  readonly html: string;
  readonly summary: string;
  readonly junit: string;
  readonly badge: string;
  readonly badgeSvg: string;
  readonly baseline: string;
}

/** Makes the report's folder. Rejects with one line when a report could not be written there: before it is paid for. */
export async function claimFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

const unwritable = (folder: string, error: unknown): Error =>
  new Error(
    `input "report-dir": "${folder}" cannot be written to (${(error as NodeJS.ErrnoException).code}): give another folder`,
  );

/**
 * Writes a report's files into `folder`, which is made when it is not there.
 * Rejects with one line that names the folder when they cannot be written.
 * @param options what is shown beside the report: the last runs, and in the HTML report the texts
 */
export async function writeReport(
  report: Report,
  folder: string,
  options: HtmlOptions & CommentOptions = {},
): Promise<ReportFiles> {
  const files = {
    report: join(folder, 'report.json'),
    html: join(folder, 'report.html'),
    summary: join(folder, 'summary.md'),
    junit: join(folder, 'junit.xml'),
    badge: join(folder, 'badge.json'),
    badgeSvg: join(folder, 'badge.svg'),
    baseline: join(folder, 'baseline.json'),
  };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(files.report, reportJson(report));
    await writeFile(files.baseline, baselineJson(report));
    await writeFile(files.summary, renderSummary(report, options));
    await writeFile(files.html, renderHtml(report, options));
    await writeFile(files.junit, junitXml(report));
    await writeFile(files.badge, badgeJson(report));
    await writeFile(files.badgeSvg, badgeSvg(report));
  } catch (error) {
    throw unwritable(folder, error);
  }
  return files;
}

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
