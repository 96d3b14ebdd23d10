import { type BaselineText, readLocalBaseline } from '../baseline.ts';
import { PUBLISHED_BASELINE, readPublished } from './branch.ts';
import { connect, type Octokit } from './client.ts';
import { isOfPullRequest, type RunContext } from './context.ts';
import { readFileAt } from './files.ts';
import { pullRequestOf, readPullRequest } from './pull-request.ts';

/** With what GitHub is asked for a baseline. */
interface Source {
  readonly token: string;
  /** Empty for none. */
  readonly publishBranch?: string;
}

/**
 * Reads the baseline that decides about this run: at the base commit where there is one, so that what is under
 * test cannot have changed it; otherwise from the checkout, or where that has none from the publishing branch.
 * @throws GitHubProblem, or an Error of one line
 */
export async function readBaselineFor(
  path: string,
  context: RunContext,
  source: Source,
): Promise<BaselineText> {
  const { repository, apiUrl } = context;
  const { token } = source;
  const isHeld = context.baseSha !== null || isOfPullRequest(context);
  if (!isHeld || !repository) return readUnderNoPullRequest(path, context, source);
  if (!token) throw new Error(`baseline "${path}" cannot be read at the base commit: set github-token`);
  const octokit = await connect({ token, apiUrl });
  const baseSha = await baseCommitOf(context, octokit);
  const note = `at the base commit ${baseSha.slice(0, 7)}`;
  const file = await readFileAt({ octokit, repo: repository, path, commit: baseSha });
  return file.state === 'found'
    ? { ...file, note }
    : { state: 'missing', note: `there is no such file ${note}` };
}

/** The event tells it, or the pull request that the event names: by a comment on it, or by the run of its workflow. */
async function baseCommitOf(context: RunContext, octokit: Octokit): Promise<string> {
  const { repository: repo, baseSha, commentedPullRequest, triggeringRun } = context;
  if (baseSha) return baseSha;
  if (repo && commentedPullRequest)
    return (await readPullRequest({ octokit, repo }, commentedPullRequest)).baseSha;
  if (repo && triggeringRun) return (await pullRequestOf({ octokit, repo }, triggeringRun)).baseSha;
  throw new Error('the event names no pull request');
}

async function readUnderNoPullRequest(
  path: string,
  { repository: repo, apiUrl }: RunContext,
  { token, publishBranch = '' }: Source,
): Promise<BaselineText> {
  const local = await readLocalBaseline(path);
  if (local.state === 'found' || !repo || publishBranch === '') return local;
  const octokit = await connect({ token, apiUrl });
  const file = await readPublished({ octokit, repo }, publishBranch, PUBLISHED_BASELINE);
  return file.state === 'found'
    ? { ...file, note: `not in the checkout; the last run that passed left it on branch ${publishBranch}` }
    : { state: 'missing', note: `neither in the checkout nor on branch ${publishBranch}` };
}
