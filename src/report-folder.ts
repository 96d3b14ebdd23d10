import { access, constants, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskTrouble, messageOf } from './common/fault.ts';
import { makeFolder } from './common/make-folder.ts';
import { asCancelled } from './finding/cancelled.ts';
import { withFault } from './finding/failure.ts';
import { together } from './in-order.ts';
import { badgeJson, badgeSvg } from './report/badge.ts';
import type { CommentOptions } from './report/comment.ts';
import { type HtmlOptions, renderHtml } from './report/html/html.ts';
import { baselineJson, reportJson } from './report/json.ts';
import { junitXml } from './report/junit.ts';
import type { Report } from './report/report.ts';
import { renderSummary } from './report/summary.ts';
import { removeResponses } from './responses.ts';

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

const filesIn = (folder: string): ReportFiles => ({
  report: join(folder, 'report.json'),
  html: join(folder, 'report.html'),
  summary: join(folder, 'summary.md'),
  junit: join(folder, 'junit.xml'),
  badge: join(folder, 'badge.json'),
  badgeSvg: join(folder, 'badge.svg'),
  baseline: join(folder, 'baseline.json'),
});

const REPORT_DIR = 'input "report-dir"';

/**
 * Makes the report's folder, and takes an earlier run's texts and pictures out of it: they would be handed on with
 * this one's report. Rejects with one line when a report could not be written there: before it is paid for.
 */
export async function claimFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
    await removeResponses(folder);
  } catch (error) {
    throw unwritable(REPORT_DIR, folder, error);
  }
}

/** Claims the folder for a run, and takes an earlier report out of it: it would stand for this one's if killed. */
export async function clearFolder(folder: string): Promise<void> {
  await claimFolder(folder);
  await Promise.all(Object.values(filesIn(folder)).map(file => rm(file, { force: true })));
}

function unwritable(givenBy: string, folder: string, error: unknown): Error {
  const trouble = diskTrouble(error, 'give another folder');
  return new Error(`${givenBy}: "${folder}" cannot be written to: ${trouble}`);
}

/**
 * Writes a report's files into `folder`, which is made when it is not there. Each is there whole or, when this fails,
 * as it was before. Rejects with one line that names the folder when they cannot be written.
 * @param options what is shown beside the report: the last runs, and in the HTML report the texts
 * @param givenBy what a person gave the folder by
 */
export async function writeReport(
  report: Report,
  folder: string,
  options: HtmlOptions & CommentOptions = {},
  givenBy = REPORT_DIR,
): Promise<ReportFiles> {
  const files = filesIn(folder);
  const contents = new Map([
    [files.report, reportJson(report)],
    [files.baseline, baselineJson(report)],
    [files.summary, renderSummary(report, options)],
    [files.html, renderHtml(report, options)],
    [files.junit, junitXml(report)],
    [files.badge, badgeJson(report)],
    [files.badgeSvg, badgeSvg(report)],
  ]);
  try {
    await makeFolder(folder);
    await writeTogether(contents);
  } catch (error) {
    throw unwritable(givenBy, folder, error);
  }
  return files;
}

/** Puts files in the place of earlier ones once all of them are on disk: a full one leaves the earlier ones whole. */
async function writeTogether(contents: ReadonlyMap<string, string>): Promise<void> {
  const temporary = (path: string) => `${path}.${process.pid}.tmp`;
  try {
    const written = [...contents].map(([path, content]) =>
      writeFile(temporary(path), content, { flush: true }),
    );
    await together(written, () => undefined);
    for (const path of contents.keys()) await rename(temporary(path), path);
  } catch (error) {
    for (const path of contents.keys()) await rm(temporary(path), { force: true });
    throw error;
  }
}

/** A report as it may be shown, and its files; null where they could not be written. */
export interface KeptReport {
  readonly report: Report;
  readonly files: ReportFiles | null;
}

/**
 * Writes a report's files, and only then gives the report to be shown: where they cannot be written, whatever it
 * says, it is an `error` that says why. Takes what `writeReport` takes.
 */
export async function keepReport(...args: Parameters<typeof writeReport>): Promise<KeptReport> {
  const [report] = args;
  try {
    return { report, files: await writeReport(...args) };
  } catch (error) {
    const fault = messageOf(error);
    // That the folder cannot be written to may be what the run ended by.
    return { report: fault === report.verdict.sentence ? report : withFault(report, fault), files: null };
  }
}

/** The report of a run, which may be cancelled until the last of its files is written. */
export interface KeptRun extends KeptReport {
  readonly isCancelled: boolean;
}

/** Keeps the report of a run as `keepReport` does: as that of a cancelled one, where it is cancelled before it is kept. */
export async function keepRun(
  cancel: AbortSignal,
  ...[report, ...where]: Parameters<typeof writeReport>
): Promise<KeptRun> {
  if (!cancel.aborted) {
    const kept = await keepReport(report, ...where);
    if (!cancel.aborted) return { ...kept, isCancelled: false };
  }
  return { ...(await keepReport(asCancelled(report), ...where)), isCancelled: true };
}
