import { badgeJson, badgeSvg } from '../report/badge.ts';
import { type CommentOptions, renderComment } from '../report/comment.ts';
import { clip } from '../report/escape.ts';
import { type HistoryEntry, historyEntryOf, readHistory } from '../report/history.ts';
import { renderHtml } from '../report/html/html.ts';
import { baselineJson, reportJson } from '../report/json.ts';
import type { Report } from '../report/report.ts';
import { hasLimit } from '../report/words.ts';
import { HISTORY, linesOf, PUBLISHED_BASELINE, publish, readPublished } from './branch.ts';
import type { Octokit } from './client.ts';
import type { Repository } from './context.ts';
import { closeIssue, openIssue } from './issue.ts';

export interface Place {
  readonly octokit: Octokit;
  readonly repo: Repository;
}

/** GitHub takes 256 characters of a title, and a branch's name may have as many. */
const TITLE = 250;

/** Beside a run so many earlier ones are shown at the most. */
const PAST = 90;

/**
 * The last runs on the publishing branch, the oldest first; none where there is no such branch.
 * @throws GitHubProblem
 */
export async function pastRuns(branch: string, place: Place): Promise<readonly HistoryEntry[]> {
  const file = await readPublished(place, branch, HISTORY);
  return file.state === 'found' ? readHistory(linesOf(file.text).slice(-PAST)) : [];
}

/**
 * Adds the run to the publishing branch: its line of the history, badge, report and the page with the trend.
 * @param attempt the run's attempt, from 1
 * @throws GitHubProblem
 */
export async function publishRun(
  report: Report,
  branch: string,
  attempt: number,
  place: Place,
): Promise<void> {
  const { outcome } = report.verdict;
  await publish({
    ...place,
    branch,
    entry: historyEntryOf(report, attempt),
    message: `MM-SafetyBench: ${outcome}`,
    render: (lines, present) => ({
      'index.html': renderHtml(report, { history: readHistory(lines) }),
      'badge.json': badgeJson(report),
      'badge.svg': badgeSvg(report),
      'report.json': reportJson(report),
      ...(becomesBaseline(report, present) && { [PUBLISHED_BASELINE]: baselineJson(report) }),
    }),
  });
}

/**
 * Only a run that passed becomes the branch's baseline. One without a limit had nothing to fail by: it makes the first,
 * for the limits to come, and never takes the place of another.
 */
const becomesBaseline = (report: Report, present: ReadonlySet<string>): boolean =>
  report.verdict.outcome === 'pass' && (hasLimit(report.policy) || !present.has(PUBLISHED_BASELINE));

/**
 * Keeps the one issue of this branch and comment id: open while runs fail, closed with a comment when one passes
 * again. A run that settles nothing, or passes without a limit, leaves it as it is.
 * @throws GitHubProblem
 */
export async function keepIssue(report: Report, place: Place, options: CommentOptions = {}): Promise<void> {
  const { verdict, run } = report;
  const branch = run.ref.replace(/^refs\/(?:heads|tags)\//, '');
  const identity = { ...place, branch, commentId: run.commentId };
  if (verdict.outcome === 'pass') {
    if (hasLimit(report.policy)) await closeIssue(identity, renderComment(report, options));
  } else if (verdict.outcome !== 'inconclusive') {
    const title = clip(`MM-SafetyBench: ${verdict.outcome} on ${branch}`, TITLE);
    await openIssue(identity, { title, body: renderComment(report, options) });
  }
}
