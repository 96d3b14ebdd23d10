import { connect, type Octokit } from '../../src/github/client.ts';
import { closeIssue, openIssue } from '../../src/github/issue.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import type { Issue, User } from '../support/github-state.ts';

const BOT: User = { login: 'github-actions[bot]', type: 'Bot' };
const MONA: User = { login: 'mona', type: 'User' };
const repo = { owner: 'octo', repo: 'models' };
let github: GitHubServer;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

const client = (token = ACTIONS_TOKEN): Promise<Octokit> =>
  connect({ token, apiUrl: github.url, secondMs: 1 });
const AT = '2026-11-24T03:00:00.000Z';
const identity = async (
  more: { branch?: string; commentId?: string; token?: string; finishedAt?: string } = {},
) => {
  const { branch = 'main', commentId = 'Nightly / gate', token, finishedAt = AT } = more;
  const stamp = { run: 1, attempt: 1, commit: 'a'.repeat(40), finishedAt };
  return { octokit: await client(token), repo, branch, commentId, stamp };
};
const open = async (body: string, more = {}) =>
  (await openIssue(await identity(more), { title: `Unsafe: ${body}`, body })).url;
const close = async (more = {}) => (await closeIssue(await identity(more), 'It passes again.')).url;
const issues = () => github.state.issues.map(({ number, state, title }) => ({ number, state, title }));
const add = (body: string, user: User, more: Partial<Issue> = {}): Issue => {
  const number = github.state.next++;
  const labels = ['mm-safetybench-gate'];
  const issue: Issue = { number, user, labels, title: 'x', body, state: 'open', stateReason: null, ...more };
  github.state.issues.push(issue);
  return issue;
};

describe('one issue for each branch and comment-id', () => {
  test('opened, brought up to date while it fails, closed with a comment when it passes', async () => {
    const url = await open('12 %');
    expect(url).toBe(`${github.url}/o/r/issues/1000`);
    expect(github.state.issues[0]).toMatchObject({ labels: ['mm-safetybench-gate'], user: BOT });
    expect(github.state.issues[0]?.body).toMatch(/^<!-- mm-safetybench-gate .* -->\n<!-- run .* -->\n12 %$/);
    expect(await open('14 %')).toBe(url);
    expect(issues()).toEqual([{ number: 1000, state: 'open', title: 'Unsafe: 14 %' }]);
    expect(await close()).toBe(url);
    expect(github.state.issues[0]).toMatchObject({ state: 'closed', stateReason: 'completed' });
    expect(github.state.comments).toMatchObject([{ issue: 1000, body: 'It passes again.' }]);
  });

  test('the next failure opens a new one', async () => {
    await open('12 %');
    await close();
    await open('13 %');
    expect(issues().map(each => each.state)).toEqual(['closed', 'open']);
  });

  test('nothing is written when nothing is new, nor when there is nothing to close', async () => {
    await open('12 %');
    github.calls.splice(0);
    await open('12 %');
    expect(github.calls).toEqual(['users/get-authenticated', 'issues/list-for-repo']);
    expect(await close({ branch: 'release' })).toBeNull();
    expect(github.calls.slice(2)).toEqual(['users/get-authenticated', 'issues/list-for-repo']);
  });

  test('of other branches and ids they stay apart', async () => {
    await open('a');
    await open('b', { branch: 'release' });
    await open('c', { commentId: 'Nightly / other' });
    await close({ branch: 'release' });
    expect(issues().map(each => each.state)).toEqual(['open', 'closed', 'open']);
  });

  test('found beyond the first hundred', async () => {
    await open('12 %');
    for (let i = 0; i < 120; i++) add('another of that label', BOT);
    await open('13 %');
    expect(github.state.issues).toHaveLength(121);
    expect(issues()[0]?.title).toBe('Unsafe: 13 %');
  });

  test("another app's token, which cannot ask its name, finds its own", async () => {
    github.tokens.set('ghs_app', { user: { login: 'gate[bot]', type: 'Bot' }, app: true, mayWrite: true });
    await open('12 %', { token: 'ghs_app' });
    await open('13 %', { token: 'ghs_app' });
    await close({ token: 'ghs_app' });
    expect(issues()).toEqual([{ number: 1000, state: 'closed', title: 'Unsafe: 13 %' }]);
  });

  test('a new body under the same title is written', async () => {
    const title = 'Unsafe';
    await openIssue(await identity(), { title, body: 'one' });
    await openIssue(await identity(), { title, body: 'two' });
    expect(github.state.issues).toHaveLength(1);
    expect(github.state.issues[0]?.body).toMatch(/\ntwo$/);
  });

  test("a person's forgery, one without the label and a pull request are left alone", async () => {
    await open('12 %');
    const body = github.state.issues[0]?.body ?? '';
    const others = [add(body, MONA), add(body, BOT, { labels: [] }), add(body, BOT, { pull: true })];
    await close();
    expect(issues()[0]?.state).toBe('closed');
    expect(others.map(each => each.state)).toEqual(['open', 'open', 'open']);
  });
});

describe('a run that finished before another and comes after it', () => {
  const [early, late] = [{ finishedAt: '2026-11-24T03:10:00Z' }, { finishedAt: '2026-11-24T03:20:00.000Z' }];

  test('a pass does not close what the later failure opened', async () => {
    await open('12 %', late);
    expect(await closeIssue(await identity(early), 'It passes.')).toMatchObject({ isLate: true });
    expect(issues()).toEqual([{ number: 1000, state: 'open', title: 'Unsafe: 12 %' }]);
    expect(github.state.comments).toEqual([]);
  });

  test('a failure does not overwrite the later one’s words', async () => {
    await open('12 %', late);
    expect(await openIssue(await identity(early), { title: 'x', body: '99 %' })).toMatchObject({
      isLate: true,
    });
    expect(issues()).toEqual([{ number: 1000, state: 'open', title: 'Unsafe: 12 %' }]);
  });

  test('a failure opens nothing where the later pass has closed; the next failure does', async () => {
    await open('12 %');
    await close(late);
    const { url, isLate } = await openIssue(await identity(early), { title: 'x', body: '99 %' });
    expect([url, isLate]).toEqual([`${github.url}/o/r/issues/1000`, true]);
    expect(issues().map(each => each.state)).toEqual(['closed']);
    await open('13 %', { finishedAt: '2026-11-24T03:30:00Z' });
    expect(issues().map(each => each.state)).toEqual(['closed', 'open']);
  });

  test('a time to come keeps nobody out', async () => {
    await open('12 %', { finishedAt: '9999-12-31T23:59:59Z' });
    await close(early);
    expect(issues().map(each => each.state)).toEqual(['closed']);
  });

  test('an issue of a version that did not say its run is taken for an earlier one’s', async () => {
    await open('12 %');
    const [issue] = github.state.issues;
    if (issue) issue.body = issue.body.replace(/<!-- run .*-->\n/, '');
    await open('13 %', early);
    expect(issues()).toEqual([{ number: 1000, state: 'open', title: 'Unsafe: 13 %' }]);
    expect(issue?.body).toMatch(/finished 2026-11-24T03:10:00Z -->\n13 %$/);
  });

  test('two that both open one leave the later one’s words', async () => {
    let waiting = 0;
    const both = Promise.withResolvers<void>();
    github.before = operation => {
      if (operation !== 'issues/create') return undefined;
      if (++waiting === 2) both.resolve();
      return both.promise;
    };
    await Promise.all([open('late', late), open('early', early)]);
    expect(issues().filter(({ state }) => state === 'open')).toMatchObject([{ title: 'Unsafe: late' }]);
  });
});

describe('races', () => {
  test('two runs that both open one leave one open', async () => {
    let waiting = 0;
    const both = Promise.withResolvers<void>();
    github.before = operation => {
      if (operation !== 'issues/create') return undefined;
      if (++waiting === 2) both.resolve();
      return both.promise;
    };
    const urls = await Promise.all([open('a'), open('b')]);
    expect(new Set(urls).size).toBe(1);
    expect(issues().map(each => each.state)).toEqual(['open', 'closed']);
    expect(github.state.issues[1]?.stateReason).toBe('not_planned');
  });

  test('an answer lost on the way leaves one open', async () => {
    github.faults.push({ operation: 'issues/create', how: 'lost' });
    await open('a');
    expect(issues().map(each => each.state)).toEqual(['open', 'closed']);
  });
});

describe('when it may not', () => {
  test.each([
    [403, 'Resource not accessible by integration', 'the token needs `issues: write`'],
    [
      410,
      'Issues has been disabled in this repository',
      'GitHub answered 410: Issues has been disabled in this repository; see that the repository has issues switched on',
    ],
    [422, 'Validation Failed', 'GitHub answered 422: Validation Failed; see that the repository has issues'],
  ])('%d %s', async (status, message, sentence) => {
    github.faults.push({ operation: 'issues/create', how: 'status', status, message });
    const problem = { message: expect.stringContaining(`cannot open or update the issue: ${sentence}`) };
    const found = await open('a').catch(error => error);
    expect(found).toMatchObject(problem);
    expect(found.message).toMatchSnapshot();
  });

  test('closing it', async () => {
    github.faults.push({
      operation: 'issues/list-for-repo',
      how: 'status',
      status: 404,
      message: 'Not Found',
    });
    await expect(close()).rejects.toThrow(
      'cannot close the issue: it is not there, or the token needs `issues: write` to see it (GitHub answered 404: Not Found)',
    );
  });

  test('a label that GitHub leaves off is said, for the issue would be opened anew each night', async () => {
    github.before = operation => {
      if (operation === 'issues/create') github.state.dropLabels = true;
    };
    await expect(open('a')).rejects.toMatchObject({
      message: expect.stringMatching(
        /GitHub left the label mm-safetybench-gate off http\S+, and no later run will find it: the token needs `issues: write`/,
      ),
    });
  });
});
