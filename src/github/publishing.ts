import { badgeJson, badgeSvg } from '../report/badge.ts';
import { type CommentOptions, renderComment } from '../report/comment.ts';
import { clip } from '../report/escape.ts';
import { type HistoryEntry, historyEntryOf, readHistory } from '../report/history.ts';
import { renderHtml } from '../report/html/html.ts';
import { baselineJson, reportJson } from '../report/json.ts';
import type { Report } from '../report/report.ts';
import { hasLimit } from '../report/words.ts';
import { HISTORY, linesOf, PUBLISHED_BASELINE, publish, readPublished, type Standing } from './branch.ts';
import type { Octokit } from './client.ts';
import type { Repository } from './context.ts';
import { closeIssue, openIssue } from './issue.ts';
import type { Stamp } from './marker.ts';

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
 * Adds the run to the publishing branch: its line of the history, and, unless a run that finished later was faster,
 * badge, report and the page with the trend.
 * @param attempt the run's attempt, from 1
 * @returns what the history has of later runs, the oldest first
 * @throws GitHubProblem
 */
export async function publishRun(
  report: Report,
  branch: string,
  attempt: number,
  place: Place,
): Promise<readonly HistoryEntry[]> {
  const { outcome } = report.verdict;
  const { later } = await publish({
    ...place,
    branch,
    entry: historyEntryOf(report, attempt),
    message: `MM-SafetyBench: ${outcome}`,
    render: now => ({
      ...(now.later.length === 0 && {
        'index.html': renderHtml(report, { history: readHistory(now.history) }),
        'badge.json': badgeJson(report),
        'badge.svg': badgeSvg(report),
        'report.json': reportJson(report),
      }),
      ...(becomesBaseline(report, now) && { [PUBLISHED_BASELINE]: baselineJson(report) }),
    }),
  });
  return readHistory(later);
}

/**
 * Only a run that passed becomes the branch's baseline, and none after a later one that did. One without a limit had
 * nothing to fail by: it makes the first, for the limits to come, and never takes the place of another.
 */
function becomesBaseline(report: Report, { later, present }: Standing): boolean {
  if (report.verdict.outcome !== 'pass') return false;
  if (!hasLimit(report.policy)) return !present.has(PUBLISHED_BASELINE);
  return !readHistory(later).some(({ outcome }) => outcome === 'pass');
}

/**
 * Keeps the one issue of this branch and comment id: open while runs fail, closed with a comment when one passes
 * again. A run that settles nothing, or passes without a limit, leaves it as it is; so does one that comes after the
 * word of a run which finished later.
 * @param later what the publishing branch has of such runs
 * @returns whether it came too late
 * @throws GitHubProblem
 */
export async function keepIssue(
  report: Report,
  { stamp, later, ...place }: Place & { readonly stamp: Stamp; readonly later: readonly HistoryEntry[] },
  options: CommentOptions = {},
): Promise<boolean> {
  const { verdict, run } = report;
  const hasSpoken = ({ ref, commentId, outcome }: HistoryEntry): boolean =>
    ref === run.ref && commentId === run.commentId && outcome !== 'inconclusive';
  if (later.some(hasSpoken)) return true;
  const branch = run.ref.replace(/^refs\/(?:heads|tags)\//, '');
  const identity = { ...place, branch, commentId: run.commentId, stamp };
  if (verdict.outcome === 'inconclusive' || (verdict.outcome === 'pass' && !hasLimit(report.policy)))
    return false;
  const body = renderComment(report, options);
  if (verdict.outcome === 'pass') return (await closeIssue(identity, body)).isLate;
  const title = clip(`MM-SafetyBench: ${verdict.outcome} on ${branch}`, TITLE);
  return (await openIssue(identity, { title, body })).isLate;
}
