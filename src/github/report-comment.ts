import { type CommentOptions, renderComment } from '../report/comment.ts';
import type { PullRequestChanges } from '../report/details.ts';
import type { Report } from '../report/report.ts';
import { changesInPullRequest, isInRepository } from './files.ts';
import { markerOf, type Stamp } from './marker.ts';
import type { Place } from './publishing.ts';
import { headOf } from './pull-request.ts';
import { type Commented, upsertComment } from './upsert-comment.ts';

/**
 * Writes the report's one comment on a pull request, unless the one there is of a run that counts for more.
 * @throws GitHubProblem
 */
export const commentOn = (
  report: Report,
  place: Place,
  { number, stamp }: { readonly number: number; readonly stamp: Stamp },
  options: CommentOptions = {},
): Promise<Commented> =>
  upsertComment({
    ...place,
    issue: number,
    marker: markerOf(report.run.commentId),
    stamp,
    headNow: () => headOf(place, number),
    body: renderComment(report, options),
  });

/**
 * What a pull request changes of what its own gate stands on. Where GitHub does not tell, it is unknown: never rejects.
 * @param path of the baseline file; empty for none. One that is not in the repository no pull request changes
 */
export async function changesOf(
  path: string,
  pullRequest: number,
  connecting: Promise<Place>,
): Promise<PullRequestChanges> {
  const own = isInRepository(path) ? path : '';
  try {
    return await changesInPullRequest({ ...(await connecting), number: pullRequest, path: own });
  } catch {
    return { baseline: own === '' ? 'unchanged' : 'unknown', workflows: 'unknown' };
  }
}
