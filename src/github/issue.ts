import type { Where } from './files.ts';
import { loginOf } from './identity.ts';
import { isLater, marked, markerOf, restamped, type Stamp, sameText, stampIn } from './marker.ts';
import { attempting, GitHubProblem } from './problem.ts';

/** Every issue of the action's has it: it narrows the search, and people can filter by it. */
const LABEL = 'mm-safetybench-gate';

export interface IssueIdentity extends Where {
  /** The branch that was evaluated. */
  readonly branch: string;
  readonly commentId: string;
  /** The run that speaks. */
  readonly stamp: Stamp;
}

interface Issue {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
  readonly isOpen: boolean;
}

/** What has become of the issue. */
export interface KeptIssue {
  /** The issue's URL; null where there is none. */
  readonly url: string | null;
  /** A run that finished later had opened, updated or closed it: it is left as that run left it. */
  readonly isLate: boolean;
}

const NEEDED = {
  permission: 'issues: write',
  whenRefused:
    'see that the repository has issues switched on and that the issue is not locked, or set `open-issue: false`',
};

/**
 * Keeps the one open issue of this branch and `comment-id`: opened when there is none, brought up to date otherwise.
 * Issues that two runs open at the same moment are merged into the oldest, under the words of the run that finished
 * last. Where a run that finished later has had its word, closing one included, nothing is opened.
 * @param content title and Markdown body; at most 65,536 characters of body with marker and stamp
 * @throws GitHubProblem
 */
export function openIssue(
  identity: IssueIdentity,
  content: { readonly title: string; readonly body: string },
): Promise<KeptIssue> {
  return attempting({ doing: 'open or update the issue', ...NEEDED }, async () => {
    const { title } = content;
    const body = marked(issueMarker(identity), identity.stamp, content.body);
    const before = await listOwn(identity);
    const later = lastWord(before, identity.stamp);
    if (later && !later.isOpen) return { url: later.url, isLate: true };
    const open = before.filter(({ isOpen }) => isOpen);
    const found = open.length > 0 ? open : await openedNow(identity, title, body);
    const said = lastWord(found, identity.stamp);
    const url = await mergeInto(identity, found, said ?? { title, body });
    return { url, isLate: said !== undefined };
  });
}

/** Writes the words into the oldest of these and closes the others. */
async function mergeInto(
  identity: IssueIdentity,
  [oldest, ...duplicates]: readonly Issue[],
  { title, body }: Pick<Issue, 'title' | 'body'>,
): Promise<string | null> {
  const { octokit, repo } = identity;
  if (oldest === undefined) return null;
  if (oldest.title !== title || !sameText(oldest.body, body)) {
    await octokit.rest.issues.update({ ...repo, issue_number: oldest.number, title, body });
  }
  for (const duplicate of duplicates) await close(identity, duplicate, 'not_planned');
  return oldest.url;
}

/**
 * Closes the open issue of this branch and `comment-id`, if there is one, with a comment that says why. One that a run
 * which finished later has written stays open.
 * @throws GitHubProblem
 */
export function closeIssue(identity: IssueIdentity, comment: string): Promise<KeptIssue> {
  return attempting({ doing: 'close the issue', ...NEEDED }, async () => {
    const { octokit, repo, stamp } = identity;
    const open = (await listOwn(identity)).filter(({ isOpen }) => isOpen);
    const isLate = lastWord(open, stamp) !== undefined;
    for (const issue of isLate ? [] : open) {
      await octokit.rest.issues.createComment({ ...repo, issue_number: issue.number, body: comment });
      // By its stamp an earlier failure that comes late sees that it is over.
      await close(identity, issue, 'completed', restamped(issue.body, stamp));
    }
    return { url: open[0]?.url ?? null, isLate };
  });
}

/** The one among these that the run which finished last has written, where it did so after this one. */
function lastWord(issues: readonly Issue[], { finishedAt }: Stamp): Issue | undefined {
  const timeOf = ({ body }: Issue): string => stampIn(body)?.finishedAt ?? '';
  return issues
    .filter(issue => isLater(timeOf(issue), finishedAt))
    .toSorted((a, b) => Date.parse(timeOf(b)) - Date.parse(timeOf(a)))[0];
}

/** No branch has a space in its name, so no two pairs of branch and id share a marker. */
const issueMarker = ({ branch, commentId }: IssueIdentity): string =>
  markerOf(`issue ${branch} ${commentId}`);

/** Opens one, and gives it with those that other runs opened meanwhile. */
async function openedNow(identity: IssueIdentity, title: string, body: string): Promise<readonly Issue[]> {
  const { octokit, repo } = identity;
  const { data } = await octokit.rest.issues.create({ ...repo, title, body, labels: [LABEL] });
  if (!data.labels.some(label => nameOf(label) === LABEL)) {
    const why = `GitHub left the label ${LABEL} off ${data.html_url}, and no later run will find it`;
    throw new GitHubProblem('refused', `${why}: the token needs \`issues: write\``);
  }
  const open = (await listOwn(identity)).filter(({ isOpen }) => isOpen);
  return open.length > 0 ? open : [{ number: data.number, url: data.html_url, title, body, isOpen: true }];
}

const nameOf = (label: string | { readonly name?: string }): string | undefined =>
  typeof label === 'string' ? label : label.name;

/**
 * The issues, open and closed, with the label and the marker that this token's owner wrote, the oldest first. For an
 * app's token, which cannot ask its name, those that an app wrote: only who may triage can put the label on any other.
 */
async function listOwn(identity: IssueIdentity): Promise<Issue[]> {
  const { octokit, repo } = identity;
  const login = await loginOf(octokit);
  const isOwn = (user: { readonly login: string; readonly type: string } | null): boolean =>
    login === null ? user?.type === 'Bot' : user?.login === login;
  const marker = issueMarker(identity);
  const own: Issue[] = [];
  const request = { ...repo, state: 'all', labels: LABEL, per_page: 100 } as const;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listForRepo, request)) {
    for (const { number, html_url, title, body, user, state, pull_request } of data) {
      if (!pull_request && isOwn(user) && body?.startsWith(marker)) {
        own.push({ number, url: html_url, title, body, isOpen: state === 'open' });
      }
    }
  }
  return own.sort((a, b) => a.number - b.number);
}

async function close(
  { octokit, repo }: IssueIdentity,
  { number, body: before }: Issue,
  why: 'completed' | 'not_planned',
  body = before,
): Promise<void> {
  const request = { ...repo, issue_number: number, state: 'closed', state_reason: why } as const;
  await octokit.rest.issues.update(body === before ? request : { ...request, body });
}
