import type { Octokit } from './client.ts';
import type { Repository } from './context.ts';
import { ACTIONS_BOT, loginOf } from './identity.ts';
import { marked, sameText } from './marker.ts';
import { attempting, lacking, statusOf } from './problem.ts';

/** A comment as far as it matters here. */
interface Comment {
  readonly id: number;
  readonly url: string;
  readonly body: string;
}

export interface CommentRequest {
  readonly octokit: Octokit;
  readonly repo: Repository;
  /** The number of the pull request, or of the issue. */
  readonly issue: number;
  /** From `markerOf`. */
  readonly marker: string;
  /** Markdown, at most 65,536 characters with the marker. */
  readonly body: string;
}

const CLOSED =
  'see that the conversation is neither locked nor limited, or set `comment: false`: the job summary has the report';

/**
 * Writes the one comment of this marker: found over all pages by its author and marker, updated in place, created
 * when absent. Duplicates, which two runs make when they create at the same moment, are merged into the oldest.
 * @returns the comment's URL
 * @throws GitHubProblem
 */
export function upsertComment(request: CommentRequest): Promise<string> {
  const doing = `comment on #${request.issue}`;
  return attempting({ doing, permission: 'pull-requests: write', whenRefused: CLOSED }, () =>
    upsert(request, 3),
  );
}

async function upsert(request: CommentRequest, tries: number): Promise<string> {
  const body = marked(request.marker, request.body);
  const own = await findOrCreate(request, body);
  const [oldest, ...duplicates] = own;
  try {
    if (!sameText(oldest.body, body)) await update(request, oldest, body);
  } catch (error) {
    // Another run has merged it away since it was listed.
    if (statusOf(error) === 404 && tries > 1) return upsert(request, tries - 1);
    throw error;
  }
  for (const duplicate of duplicates) await remove(request, duplicate);
  return oldest.url;
}

/**
 * Every comment of this author and marker, the oldest first. An app's token is taken for GITHUB_TOKEN until the answer
 * to a first comment tells its name; then the earlier comments of that name are found, and those made meanwhile.
 */
async function findOrCreate(
  request: CommentRequest,
  body: string,
): Promise<readonly [Comment, ...Comment[]]> {
  const [first, ...others] = await listOwn(request, (await loginOf(request.octokit)) ?? ACTIONS_BOT);
  if (first) return [first, ...others];
  const { comment, author } = await create(request, body);
  const [oldest, ...rest] = await listOwn(request, author);
  return oldest ? [oldest, ...rest] : [comment];
}

async function listOwn({ octokit, repo, issue, marker }: CommentRequest, author: string): Promise<Comment[]> {
  const own: Comment[] = [];
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    ...repo,
    issue_number: issue,
    per_page: 100,
  });
  for await (const { data } of pages) {
    for (const { id, html_url, body, user } of data) {
      if (user?.login === author && body?.startsWith(marker)) own.push({ id, url: html_url, body });
    }
  }
  return own.sort((a, b) => a.id - b.id);
}

async function create({ octokit, repo, issue }: CommentRequest, body: string) {
  const { data } = await octokit.rest.issues.createComment({ ...repo, issue_number: issue, body });
  if (!data.html_url) throw lacking();
  return { comment: { id: data.id, url: data.html_url, body }, author: data.user?.login ?? '' };
}

async function update({ octokit, repo }: CommentRequest, { id }: Comment, body: string): Promise<void> {
  await octokit.rest.issues.updateComment({ ...repo, comment_id: id, body });
}

/** One that another run has removed already is as good as removed. */
async function remove({ octokit, repo }: CommentRequest, { id }: Comment): Promise<void> {
  try {
    await octokit.rest.issues.deleteComment({ ...repo, comment_id: id });
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}
