import { setImmediate } from 'node:timers/promises';
import { type Files, type PublishRequest, publish, type Standing } from '../../src/github/branch.ts';
import { connect } from '../../src/github/client.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { filesOf, logOf, seedCommit } from '../support/github-state.ts';

const repo = { owner: 'octo', repo: 'models' };
const branch = 'mm-safetybench';
let github: GitHubServer;
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());

const render = ({ history }: Pick<Standing, 'history'>): Files => ({
  'badge.json': `{"runs":${history.length}}`,
  'index.html': `<ol>${history.map(line => `<li>${JSON.parse(line).run}</li>`).join('')}</ol>`,
});
const add = async (run: number, more: Partial<PublishRequest> = {}) => {
  const octokit = await connect({ token: ACTIONS_TOKEN, apiUrl: github.url, secondMs: 1 });
  const entry = { run, asr: 12.5, finishedAt: AT };
  const message = `Run ${run}`;
  const sleep = async (): Promise<void> => setImmediate();
  return publish({ octokit, repo, branch, entry, message, render, sleep, ...more });
};
const AT = '2026-11-24T03:00:00.000Z';
const line = (run: number): string => `{"run":${run},"asr":12.5,"finishedAt":"${AT}"}`;

describe('the publishing branch', () => {
  test('is created without a parent, and leaves the others alone', async () => {
    const main = seedCommit(github.state, { 'README.md': 'models' });
    github.state.refs.set('refs/heads/main', main);
    const published = await add(1);
    expect(published).toEqual({ commit: github.state.refs.get(`refs/heads/${branch}`), runs: 1, later: [] });
    expect(logOf(github.state, branch)).toMatchObject([{ message: 'Run 1', parents: [] }]);
    expect(github.state.refs.get('refs/heads/main')).toBe(main);
    expect(filesOf(github.state, branch)).toEqual({
      'history.jsonl': `${line(1)}\n`,
      'badge.json': '{"runs":1}',
      'index.html': '<ol><li>1</li></ol>',
    });
  });

  test('takes each run in one commit on the one before, other files kept', async () => {
    await add(1);
    const head = github.state.refs.get(`refs/heads/${branch}`) ?? '';
    const seeded = seedCommit(github.state, { ...filesOf(github.state, branch), CNAME: 'safety.example' }, [
      head,
    ]);
    github.state.refs.set(`refs/heads/${branch}`, seeded);
    expect(await add(2)).toMatchObject({ runs: 2 });
    expect(logOf(github.state, branch).map(each => each.message)).toEqual(['Run 2', 'seed', 'Run 1']);
    expect(filesOf(github.state, branch)).toEqual({
      CNAME: 'safety.example',
      'history.jsonl': `${line(1)}\n${line(2)}\n`,
      'badge.json': '{"runs":2}',
      'index.html': '<ol><li>1</li><li>2</li></ol>',
    });
  });

  test('an entry stays one line whatever it holds', async () => {
    await add(1, { entry: { run: 1, finishedAt: AT, model: 'a\nb\r\nc\u2028d' }, render: () => ({}) });
    await add(2, { render: () => ({}) });
    const lines = (filesOf(github.state, branch)?.['history.jsonl'] ?? '').split('\n');
    expect(lines.map(each => (each === '' ? null : JSON.parse(each).run))).toEqual([1, 2, null]);
  });
});

describe('a run that finished before others and publishes after them', () => {
  const finished = (run: number, minute: number) => ({ run, finishedAt: `2026-11-24T03:${minute}:00.000Z` });
  const lines = () => filesOf(github.state, branch)?.['history.jsonl']?.trim().split('\n') ?? [];
  const runs = () => lines().map(each => JSON.parse(each).run);

  test('has its line in the history where it belongs, and is told which are later', async () => {
    await add(100, { entry: finished(100, 10) });
    await add(102, { entry: finished(102, 30) });
    const seen: Standing[] = [];
    const late = await add(101, {
      entry: finished(101, 20),
      render: now => {
        seen.push(now);
        return {};
      },
    });
    expect(runs()).toEqual([100, 101, 102]);
    expect(late).toMatchObject({ runs: 3, later: [JSON.stringify(finished(102, 30))] });
    expect(seen.map(({ history, later }) => [history, later])).toEqual([[lines(), late.later]]);
    expect(logOf(github.state, branch)).toHaveLength(3);
  });

  test('ten at once, in any order, stand in the order in which they finished', async () => {
    const minutes = [17, 13, 19, 11, 15, 10, 18, 12, 16, 14];
    await Promise.all(minutes.map(minute => add(minute, { entry: finished(minute, minute) })));
    expect(runs()).toEqual(minutes.toSorted());
    expect(logOf(github.state, branch)).toHaveLength(10);
  });

  test('comes after lines that tell no time, or one that is days ahead', async () => {
    const ahead = JSON.stringify({ run: 0, finishedAt: '9999-12-31T23:59:59Z' });
    const history = ['half a li', 'null', '{"finishedAt":7}', ahead, ''].join('\n');
    github.state.refs.set(`refs/heads/${branch}`, seedCommit(github.state, { 'history.jsonl': history }));
    expect(await add(1, { entry: finished(1, 10), render: () => ({}) })).toMatchObject({ later: [] });
    expect(lines().at(-1)).toBe(JSON.stringify(finished(1, 10)));
  });
});

describe('races', () => {
  test('ten runs at once, the branch absent: every run is there once, in one line of commits', async () => {
    // All of them read the branch before any of them writes to it.
    let readers = 0;
    const all = Promise.withResolvers<void>();
    github.before = operation => {
      if (operation !== 'git/create-tree' || readers >= 10) return undefined;
      if (++readers === 10) all.resolve();
      return all.promise;
    };
    const runs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    await Promise.all(runs.map(run => add(run)));
    const files = filesOf(github.state, branch) ?? {};
    const history = files['history.jsonl']?.trim().split('\n') ?? [];
    expect(history.toSorted()).toEqual(runs.map(line).toSorted());
    expect(files['badge.json']).toBe('{"runs":10}');
    expect(files['index.html']).toBe(render({ history })['index.html']);
    expect(logOf(github.state, branch)).toHaveLength(10);
    // At least nine came too late at first.
    expect(github.calls.filter(each => each === 'git/create-ref')).toHaveLength(10);
    expect(github.calls.filter(each => each === 'git/update-ref').length).toBeGreaterThanOrEqual(9);
  });

  test('a faster run is seen, its line kept and the files rendered anew', async () => {
    await add(1);
    let met = false;
    github.before = async operation => {
      if (operation !== 'git/update-ref' || met) return;
      met = true;
      await add(2);
    };
    expect(await add(3)).toMatchObject({ runs: 3 });
    expect(filesOf(github.state, branch)).toMatchObject({
      'history.jsonl': `${line(1)}\n${line(2)}\n${line(3)}\n`,
      'index.html': '<ol><li>1</li><li>2</li><li>3</li></ol>',
    });
  });

  test.each(['git/create-ref', 'git/update-ref'])(
    'an answer to %s lost on the way adds no line twice',
    async operation => {
      if (operation === 'git/update-ref') await add(1);
      github.faults.push({ operation, how: 'lost' });
      const { runs } = await add(2);
      const lines = filesOf(github.state, branch)?.['history.jsonl']?.trim().split('\n');
      expect(lines).toHaveLength(runs);
      expect(lines?.filter(each => each === line(2))).toHaveLength(1);
      expect(logOf(github.state, branch)).toHaveLength(runs);
    },
  );

  test('a race that never ends is given up', async () => {
    await add(1);
    github.faults.push({
      operation: 'git/update-ref',
      how: 'status',
      times: 999,
      status: 422,
      message: FAST,
    });
    await expect(add(2)).rejects.toMatchObject({
      message: `cannot publish to branch "${branch}": other runs were faster 40 times`,
    });
    expect(filesOf(github.state, branch)?.['history.jsonl']).toBe(`${line(1)}\n`);
  });

  test('runs that collided wait a random while, longer each time, 4 s at the most', async () => {
    await add(1);
    github.faults.push({ operation: 'git/update-ref', how: 'status', times: 6, status: 422, message: FAST });
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waits.push(ms);
    await add(2, { sleep, random: () => 0.5 });
    expect(waits).toEqual([250, 500, 1000, 2000, 2000, 2000]);
  });
});
const FAST = 'Update is not a fast forward';

describe('what is not to be', () => {
  test("somebody's site is not overwritten", async () => {
    const site = seedCommit(github.state, { 'index.html': 'our site', docs: 'x' });
    github.state.refs.set('refs/heads/gh-pages', site);
    await expect(add(1, { branch: 'gh-pages' })).rejects.toMatchObject({
      kind: 'refused',
      message:
        'cannot publish to branch "gh-pages": it has index.html but no history.jsonl, ' +
        "so it is not this action's; name another branch",
    });
    expect(github.state.refs.get('refs/heads/gh-pages')).toBe(site);
  });

  test('a protected branch is a problem at once, not a race', async () => {
    await add(1);
    const message = 'Changes must be made through a pull request.';
    github.faults.push({ operation: 'git/update-ref', how: 'status', times: 9, status: 422, message });
    await expect(add(2)).rejects.toMatchObject({
      kind: 'refused',
      message:
        `cannot publish to branch "${branch}": GitHub answered 422: Changes must be made through a pull request; see that no rule protects the ` +
        'branch and that the repository has a commit, or name another `publish-branch`',
    });
    expect(github.calls.filter(each => each === 'git/update-ref')).toHaveLength(1);
  });

  test('a token that may only read', async () => {
    const user = { login: 'github-actions[bot]', type: 'Bot' } as const;
    github.tokens.set(ACTIONS_TOKEN, { user, app: true, mayWrite: false });
    await expect(add(1)).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('the token needs `contents: write`'),
    });
  });

  test.each([
    '',
    'a b',
    'a..b',
    '/a',
    'a/',
    'a//b',
    'a.lock',
    'a~1',
    'a:b',
    'a\\b',
    'a@{1}',
    'refs/heads/a',
    '-a',
    'a/.b',
  ])('the branch %j', async name => {
    await expect(add(1, { branch: name })).rejects.toMatchObject({ kind: 'refused' });
    expect(github.calls).toEqual([]);
  });

  test.each(['gate/history', 'badges-2', 'ü.x'])('the branch %j is fine', async name => {
    expect(await add(1, { branch: name })).toMatchObject({ runs: 1 });
    expect(await add(2, { branch: name })).toMatchObject({ runs: 2 });
  });
});
