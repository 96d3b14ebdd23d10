import { connect, type Octokit } from '../../src/github/client.ts';
import type { TriggeringRun } from '../../src/github/context.ts';
import { pullRequestOf, readPullRequest } from '../../src/github/pull-request.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';

const repo = { owner: 'octo', repo: 'models' };
const [BASE, HEAD, OTHER] = ['b', 'a', 'c'].map(each => each.repeat(40)) as [string, string, string];
let github: GitHubServer;
let octokit: Octokit;
beforeEach(async () => {
  github = await startGitHub();
  octokit = await connect({ token: ACTIONS_TOKEN, apiUrl: github.url, secondMs: 1 });
});
afterEach(() => github.close());

const add = (number: number, fork: string | null, ref = 'next', sha = HEAD): void => {
  const base = { sha: BASE, repo: 'octo/models' };
  github.state.pulls.push({ number, base, head: { sha, ref, repo: fork }, files: [] });
};
const run = (more: Partial<TriggeringRun> = {}): TriggeringRun => ({
  id: 9001,
  attempt: 1,
  url: '',
  event: 'pull_request',
  headSha: HEAD,
  headBranch: 'next',
  headOwner: 'stranger',
  pullRequests: [],
  ...more,
});

describe('by its number', () => {
  test.each([
    ['octo/models', false],
    ['stranger/models', true],
    [null, true],
  ])('with its head in %s', async (fork, fromFork) => {
    add(7, fork);
    expect(await readPullRequest({ octokit, repo }, 7)).toEqual({
      number: 7,
      baseSha: BASE,
      headSha: HEAD,
      fromFork,
    });
  });
  test('that does not exist', async () => {
    await expect(readPullRequest({ octokit, repo }, 8)).rejects.toMatchObject({
      kind: 'missing',
      status: 404,
    });
  });
});

describe('by the run it triggered', () => {
  test("a fork's, which the event does not name", async () => {
    add(6, 'other/models');
    add(7, 'stranger/models');
    add(8, 'stranger/models', 'another-branch');
    const expected = { number: 7, baseSha: BASE, headSha: HEAD, fromFork: true };
    expect(await pullRequestOf({ octokit, repo }, run())).toEqual(expected);
  });

  test('of two from one branch, the one GitHub names', async () => {
    add(7, 'octo/models');
    add(8, 'octo/models');
    const triggered = run({ headOwner: 'octo', pullRequests: [8] });
    expect(await pullRequestOf({ octokit, repo }, triggered)).toMatchObject({ number: 8, fromFork: false });
  });

  test.each([
    ['the head has moved on', { headSha: OTHER }, 'outdated', 'none is open at the commit that ran'],
    [
      'no branch, so GitHub lists all',
      { headBranch: '', headSha: OTHER },
      'outdated',
      'none is open at the commit',
    ],
    [
      'a push started it',
      { event: 'push' },
      'refused',
      'a push event started that run, not a pull_request event',
    ],
    ['the fork is gone', { headOwner: null }, 'outdated', 'its fork is deleted'],
    ['two and no name', { headOwner: 'octo' }, 'refused', 'more than one is open at the commit that ran'],
  ])('not when %s', async (_, more, kind, why) => {
    add(7, 'stranger/models');
    add(8, 'octo/models');
    add(9, 'octo/models');
    await expect(pullRequestOf({ octokit, repo }, run(more))).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(`cannot find the pull request of run 9001: ${why}`),
    });
  });
});
