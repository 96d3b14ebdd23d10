import { type CommentOptions, renderComment } from '../report/comment.ts';
import type { PullRequestChanges } from '../report/details.ts';
import type { Report } from '../report/report.ts';
import { upsertComment } from './comment.ts';
import { changesInPullRequest } from './files.ts';
import { markerOf } from './marker.ts';
import type { Place } from './publishing.ts';

/**
 * Writes the report's one comment on a pull request.
 * @returns the comment's URL
 * @throws GitHubProblem
 */
export const commentOn = (
  report: Report,
  place: Place,
  pullRequest: number,
  options: CommentOptions = {},
): Promise<string> =>
  upsertComment({
    ...place,
    issue: pullRequest,
    marker: markerOf(report.run.commentId),
    body: renderComment(report, options),
  });

/**
 * What a pull request changes of what its own gate stands on. Where GitHub does not tell, it is unknown: never rejects.
 * @param path of the baseline file; empty for none
 */
export async function changesOf(
  path: string,
  pullRequest: number,
  connecting: Promise<Place>,
): Promise<PullRequestChanges> {
  try {
    return await changesInPullRequest({ ...(await connecting), number: pullRequest, path });
  } catch {
    return { baseline: path === '' ? 'unchanged' : 'unknown', workflows: 'unknown' };
  }
}
