import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { failureOf } from '../../src/finding/failure.ts';
import { readBaselineFor } from '../../src/github/baseline.ts';
import { publish } from '../../src/github/branch.ts';
import { connect } from '../../src/github/client.ts';
import { readContext } from '../../src/github/context.ts';
import { readFileAt } from '../../src/github/files.ts';
import { attempting } from '../../src/github/problem.ts';
import { readPullRequest } from '../../src/github/pull-request.ts';
import { tellRestricted } from '../../src/github/restricted.ts';
import { baselineJson } from '../../src/report/json.ts';
import { sampleReport } from '../report/sample-report.ts';
import { pullRequestEvent, pushEvent, runnerEnv } from '../support/github-events.ts';
import { ACTIONS_TOKEN, startGitHub } from '../support/github-server.ts';
import { seedCommit } from '../support/github-state.ts';

/** Messages about GitHub that no other test comes to in their words: each brought about, and read. */

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'messages-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const at = (name: string): string => path.join(home, name);

describe('GitHub', () => {
  test('a file that is too large, and a branch of no name', async () => {
    const github = await startGitHub();
    const octokit = await connect({ token: ACTIONS_TOKEN, apiUrl: github.url });
    const repo = { owner: 'octo', repo: 'models' };
    const commit = seedCommit(github.state, { 'big.json': Buffer.alloc(33 * 2 ** 20, 'a') });
    await expect(readFileAt({ octokit, repo, path: 'big.json', commit })).rejects.toThrow(
      'it has 34603008 bytes, more than 33554432',
    );
    const request = { octokit, repo, branch: 'a..b', entry: {} as never, message: 'm', render: () => ({}) };
    await expect(publish(request)).rejects.toThrow(
      'that is not the name of a branch, such as mm-safetybench',
    );
    await github.close();
  });

  test('an answer that lacks what it should hold, and one that gives no reason', async () => {
    const github = await startGitHub();
    const octokit = await connect({ token: ACTIONS_TOKEN, apiUrl: github.url });
    const headers = { 'content-type': 'application/json' };
    github.faults.push({ operation: 'pulls/get', how: 'text', status: 200, message: '{}', headers });
    await expect(readPullRequest({ octokit, repo: { owner: 'octo', repo: 'models' } }, 7)).rejects.toThrow(
      "cannot read pull request #7: GitHub's answer lacks what it should hold: see whether GITHUB_API_URL is right",
    );
    const attempted = { doing: 'list the comments', permission: 'pull-requests: read' };
    await expect(attempting(attempted, () => Promise.reject(new Error('')))).rejects.toThrow(
      'cannot list the comments: GitHub did not answer: no reason given',
    );
    await github.close();
  });

  test('a baseline of a pull request without a token, or without a pull request', async () => {
    const context = (name: string, event: object) =>
      readContext(runnerEnv(name), () => JSON.stringify(event));
    await expect(
      readBaselineFor('b.json', context('pull_request', pullRequestEvent()), { token: '' }),
    ).rejects.toThrow('baseline "b.json" cannot be read at the base commit: set github-token');
  });

  test('a baseline that the publishing branch has', async () => {
    const github = await startGitHub();
    const text = baselineJson(sampleReport());
    github.state.refs.set('refs/heads/safety', seedCommit(github.state, { 'baseline.json': text }));
    const context = readContext({ ...runnerEnv('push'), GITHUB_API_URL: github.url }, () =>
      JSON.stringify(pushEvent),
    );
    const source = { token: ACTIONS_TOKEN, publishBranch: 'safety' };
    expect(await readBaselineFor(at('absent.json'), context, source)).toEqual({
      state: 'found',
      text,
      note: 'not in the checkout; the last run that passed left it on branch safety',
    });
    await github.close();
  });

  test.each([
    ['a fork', pullRequestEvent('mona/models'), 'mona'],
    ['Dependabot', pullRequestEvent(), 'dependabot[bot]'],
  ])('a run of %s that has no key', (_, event, actor) => {
    const context = readContext({ ...runnerEnv('pull_request'), GITHUB_ACTOR: actor }, () =>
      JSON.stringify(event),
    );
    const finding = failureOf(new Error('The endpoint refused the key'), null, 0, 1);
    const { verdict } = tellRestricted(finding, context, new Map());
    expect(verdict.reasons.map(({ sentence }) => sentence)).toMatchSnapshot();
  });
});
