import type { Octokit } from './client.ts';
import type { Repository } from './context.ts';
import { ACTIONS_BOT, loginOf } from './identity.ts';
import { isLater, marked, type Stamp, sameText, stampIn } from './marker.ts';
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
  /** The run that speaks. */
  readonly stamp: Stamp;
  /** Markdown, at most 65,536 characters with marker and stamp. */
  readonly body: string;
  /** The commit that is the pull request's head now; null where GitHub does not tell. */
  readonly headNow: () => Promise<string | null>;
}

/** What has become of the comment. */
export interface Commented {
  readonly url: string;
  /** It says what another run has to say, whose word counts for more than this one's. */
  readonly isAnothers: boolean;
}

const CLOSED = 'see that the conversation is neither locked nor limited; the job summary has the report';

/**
 * Writes the one comment of this marker: found over all pages by its author and marker, updated in place, created
 * when absent. Duplicates, which two runs make when they create at the same moment, are merged into the oldest, under
 * the words of the run whose word counts for most: see `yields`.
 * @throws GitHubProblem
 */
export function upsertComment(request: CommentRequest): Promise<Commented> {
  const doing = `comment on #${request.issue}`;
  return attempting({ doing, permission: 'pull-requests: write', whenRefused: CLOSED }, () =>
    upsert(request, []),
  );
}

const TRIES = 3;

/** @param gone the ids of comments that are listed and no longer there */
async function upsert(request: CommentRequest, gone: readonly number[]): Promise<Commented> {
  const body = marked(request.marker, request.stamp, request.body);
  const own = await findOrCreate(request, body, gone);
  const [oldest, ...duplicates] = own;
  const words = await lastWord(request, own, body);
  try {
    if (!sameText(oldest.body, words)) await update(request, oldest, words);
  } catch (error) {
    // Somebody has deleted it since it was listed.
    if (statusOf(error) === 404 && gone.length + 1 < TRIES) return upsert(request, [...gone, oldest.id]);
    throw error;
  }
  for (const duplicate of duplicates) await remove(request, duplicate);
  return { url: oldest.url, isAnothers: words !== body };
}

/** The words that count for most: this run's, or those of another run that has written one of these comments. */
async function lastWord(
  { stamp, headNow }: CommentRequest,
  comments: readonly Comment[],
  body: string,
): Promise<string> {
  const last = { stamp, words: body };
  for (const comment of comments) {
    const other = stampIn(comment.body);
    if (other && (await yields(last.stamp, other, headNow)))
      Object.assign(last, { stamp: other, words: comment.body });
  }
  return last.words;
}

/**
 * Whether a run leaves another's comment standing: of two runs of one commit the one that finished last counts, and a
 * further attempt of the same run before all; of two commits the one that is the pull request's head now, or else that
 * of the later run.
 */
async function yields(own: Stamp, other: Stamp, headNow: CommentRequest['headNow']): Promise<boolean> {
  if (own.run === other.run && own.attempt !== other.attempt) return own.attempt < other.attempt;
  if (own.commit === other.commit) return isLater(other.finishedAt, own.finishedAt);
  const head = await headNow();
  if (head === own.commit) return false;
  return head === other.commit || other.run > own.run;
}

/**
 * Every comment of this author and marker, the oldest first. An app's token is taken for GITHUB_TOKEN until the answer
 * to a first comment tells its name; then the earlier comments of that name are found, and those made meanwhile.
 */
async function findOrCreate(
  request: CommentRequest,
  body: string,
  gone: readonly number[],
): Promise<readonly [Comment, ...Comment[]]> {
  const listed = async (author: string) =>
    (await listOwn(request, author)).filter(({ id }) => !gone.includes(id));
  const [first, ...others] = await listed((await loginOf(request.octokit)) ?? ACTIONS_BOT);
  if (first) return [first, ...others];
  const { comment, author } = await create(request, body);
  const [oldest, ...rest] = await listed(author);
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
