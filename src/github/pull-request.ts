import type { PullRequest, TriggeringRun } from './context.ts';
import type { Where } from './files.ts';
import { attempting, GitHubProblem } from './problem.ts';

/** A pull request as far as it matters, from any of the answers that hold one. */
interface RestAnswer {
  readonly number: number;
  readonly base: { readonly sha: string; readonly repo: { readonly full_name: string } };
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

const fromAnswer = ({ number, base, head }: RestAnswer): PullRequest => ({
  number,
  baseSha: base.sha,
  headSha: head.sha,
  fromFork: head.repo?.full_name !== base.repo.full_name,
});

/**
 * A pull request known by its number alone, as an `issue_comment` event tells it.
 * @throws GitHubProblem
 */
export function readPullRequest({ octokit, repo }: Where, number: number): Promise<PullRequest> {
  return attempting(
    { doing: `read pull request #${number}`, permission: 'pull-requests: read' },
    async () => {
      const { data } = await octokit.rest.pulls.get({ ...repo, pull_number: number });
      return fromAnswer(data);
    },
  );
}

/** The commit that is a pull request's head now; null where GitHub does not tell: never rejects. */
export async function headOf(where: Where, number: number): Promise<string | null> {
  try {
    return (await readPullRequest(where, number)).headSha;
  } catch {
    return null;
  }
}

/**
 * The pull request whose run triggered a `workflow_run`, on GitHub's word alone: a number that lies among the first
 * run's files is the pull request author's to choose. It is the open one from that branch whose head is still the
 * commit that ran, so that a result never stands under other code.
 * @throws GitHubProblem also when there is none, of kind `outdated`, or more than one.
 */
export function pullRequestOf({ octokit, repo }: Where, run: TriggeringRun): Promise<PullRequest> {
  const doing = `find the pull request of run ${run.id}`;
  return attempting({ doing, permission: 'pull-requests: read' }, async () => {
    if (run.event !== 'pull_request') {
      throw new GitHubProblem('refused', `a ${run.event} event started that run, not a pull_request event`);
    }
    if (run.headOwner === null) throw new GitHubProblem('outdated', 'its fork is deleted');
    const found = await octokit.paginate(octokit.rest.pulls.list, {
      ...repo,
      state: 'open',
      head: `${run.headOwner}:${run.headBranch}`,
      per_page: 100,
    });
    const current = found.filter(each => each.head.sha === run.headSha);
    const named = current.filter(each => run.pullRequests.includes(each.number));
    const [only, ...others] = named.length > 0 ? named : current;
    if (!only) throw new GitHubProblem('outdated', 'none is open at the commit that ran');
    if (others.length > 0) throw new GitHubProblem('refused', 'more than one is open at the commit that ran');
    return fromAnswer(only);
  });
}
