import type { Where } from './files.ts';
import { loginOf } from './identity.ts';
import { marked, markerOf, sameText } from './marker.ts';
import { attempting, GitHubProblem } from './problem.ts';

/** Every issue of the action's has it: it narrows the search, and people can filter by it. */
const LABEL = 'mm-safetybench-gate';

export interface IssueIdentity extends Where {
  /** The branch that was evaluated. */
  readonly branch: string;
  readonly commentId: string;
}

interface Issue {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly body: string;
}

const NEEDED = {
  permission: 'issues: write',
  whenRefused:
    'see that the repository has issues switched on and that the issue is not locked, or set `open-issue: false`',
};

/**
 * Keeps the one open issue of this branch and `comment-id`: opened when there is none, brought up to date otherwise.
 * Issues that two runs open at the same moment are merged into the oldest.
 * @param content title and Markdown body; at most 65,536 characters of body with the marker
 * @returns the issue's URL
 * @throws GitHubProblem
 */
export function openIssue(
  identity: IssueIdentity,
  content: { readonly title: string; readonly body: string },
): Promise<string> {
  return attempting({ doing: 'open or update the issue', ...NEEDED }, async () => {
    const { octokit, repo } = identity;
    const { title } = content;
    const body = marked(issueMarker(identity), content.body);
    const [oldest, ...duplicates] = await findOrOpen(identity, title, body);
    if (oldest.title !== title || !sameText(oldest.body, body)) {
      await octokit.rest.issues.update({ ...repo, issue_number: oldest.number, title, body });
    }
    for (const duplicate of duplicates) await close(identity, duplicate, 'not_planned');
    return oldest.url;
  });
}

/**
 * Closes the open issue of this branch and `comment-id`, if there is one, with a comment that says why.
 * @returns the URL of the issue closed; null when none was open
 * @throws GitHubProblem
 */
export function closeIssue(identity: IssueIdentity, comment: string): Promise<string | null> {
  return attempting({ doing: 'close the issue', ...NEEDED }, async () => {
    const { octokit, repo } = identity;
    const open = await listOpen(identity);
    for (const issue of open) {
      await octokit.rest.issues.createComment({ ...repo, issue_number: issue.number, body: comment });
      await close(identity, issue, 'completed');
    }
    return open[0]?.url ?? null;
  });
}

/** No branch has a space in its name, so no two pairs of branch and id share a marker. */
const issueMarker = ({ branch, commentId }: IssueIdentity): string =>
  markerOf(`issue ${branch} ${commentId}`);

async function findOrOpen(
  identity: IssueIdentity,
  title: string,
  body: string,
): Promise<readonly [Issue, ...Issue[]]> {
  const { octokit, repo } = identity;
  const [first, ...others] = await listOpen(identity);
  if (first) return [first, ...others];
  const { data } = await octokit.rest.issues.create({ ...repo, title, body, labels: [LABEL] });
  if (!data.labels.some(label => nameOf(label) === LABEL)) {
    const why = `GitHub left the label ${LABEL} off ${data.html_url}, and no later run will find it`;
    throw new GitHubProblem('refused', `${why}: the token needs \`issues: write\``);
  }
  const [oldest, ...rest] = await listOpen(identity);
  return oldest ? [oldest, ...rest] : [{ number: data.number, url: data.html_url, title, body }];
}

const nameOf = (label: string | { readonly name?: string }): string | undefined =>
  typeof label === 'string' ? label : label.name;

/**
 * The open issues with the label and the marker that this token's owner wrote, the oldest first. For an app's token,
 * which cannot ask its name, those that an app wrote: only who may triage can put the label on any other.
 */
async function listOpen(identity: IssueIdentity): Promise<Issue[]> {
  const { octokit, repo } = identity;
  const login = await loginOf(octokit);
  const isOwn = (user: { readonly login: string; readonly type: string } | null): boolean =>
    login === null ? user?.type === 'Bot' : user?.login === login;
  const marker = issueMarker(identity);
  const own: Issue[] = [];
  const request = { ...repo, state: 'open', labels: LABEL, per_page: 100 } as const;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listForRepo, request)) {
    for (const { number, html_url, title, body, user, pull_request } of data) {
      if (!pull_request && isOwn(user) && body?.startsWith(marker)) {
        own.push({ number, url: html_url, title, body });
      }
    }
  }
  return own.sort((a, b) => a.number - b.number);
}

async function close({ octokit, repo }: IssueIdentity, { number }: Issue, why: 'completed' | 'not_planned') {
  await octokit.rest.issues.update({ ...repo, issue_number: number, state: 'closed', state_reason: why });
}
