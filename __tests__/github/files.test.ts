import { connect, type Octokit } from '../../src/github/client.ts';
import { changesInPullRequest, readFileAt } from '../../src/github/files.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { type Pull, seedCommit } from '../support/github-state.ts';

const repo = { owner: 'octo', repo: 'models' };
let github: GitHubServer;
let octokit: Octokit;
beforeEach(async () => {
  github = await startGitHub();
  octokit = await connect({ token: ACTIONS_TOKEN, apiUrl: github.url, secondMs: 1 });
});
afterEach(() => github.close());
const JSON_TYPE = { 'content-type': 'application/json' };

describe('a file at a commit', () => {
  const seed = () =>
    seedCommit(github.state, {
      'baseline.json': '{"asr":1}',
      'ci/gate/baseline.json': '{"asr":"2 % – ü"}',
      'ci/run.sh': { mode: '100755', content: 'exit 0' },
      'ci/link.json': { mode: '120000', content: '../../secret' },
      'ci/module': { mode: '160000', content: 'another repository' },
      'empty.json': '',
      'picture.json': Buffer.from([0xff, 0xd8, 0xff]),
    });

  test.each([
    ['baseline.json', '{"asr":1}'],
    ['./baseline.json', '{"asr":1}'],
    ['ci/gate/baseline.json', '{"asr":"2 % – ü"}'],
    ['ci/run.sh', 'exit 0'],
    ['empty.json', ''],
  ])('%s', async (path, text) => {
    expect(await readFileAt({ octokit, repo, path, commit: seed() })).toEqual({ state: 'found', text });
  });

  test('is the one of that commit, whatever came after', async () => {
    const base = seedCommit(github.state, { 'baseline.json': 'base' });
    const head = seedCommit(github.state, { 'baseline.json': 'loosened' }, [base]);
    github.state.refs.set('refs/heads/main', head);
    expect(await readFileAt({ octokit, repo, path: 'baseline.json', commit: base })).toMatchObject({
      text: 'base',
    });
  });

  test.each(['git/get-commit', 'git/get-tree', 'git/get-blob'])(
    '%s answered with JSON of another shape is one line, and never a file that is missing',
    async operation => {
      const commit = seed();
      github.faults.push({ operation, how: 'text', message: '{}', headers: JSON_TYPE });
      await expect(readFileAt({ octokit, repo, path: 'baseline.json', commit })).rejects.toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/^cannot read "baseline\.json" at .{7}: GitHub's answer lacks what/),
      });
    },
  );

  test('in a folder that GitHub lists only in part is refused, and is not taken for missing', async () => {
    const commit = seed();
    const message = JSON.stringify({ sha: 'a'.repeat(40), url: github.url, tree: [], truncated: true });
    github.faults.push({ operation: 'git/get-tree', how: 'text', message, headers: JSON_TYPE });
    await expect(readFileAt({ octokit, repo, path: 'baseline.json', commit })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('GitHub lists the folder only in part: it is too large'),
    });
  });

  test('of 5 MB, more than the contents API gives', async () => {
    const text = `{"rows":"${'0123456789'.repeat(500_000)}"}`;
    const commit = seedCommit(github.state, { 'big.json': text });
    expect(await readFileAt({ octokit, repo, path: 'big.json', commit })).toEqual({ state: 'found', text });
  });

  test.each(['other.json', 'ci/other.json', 'no/such/folder.json', 'baseline.json/x', 'ci/run.sh/x'])(
    '%s is missing',
    async path => {
      expect(await readFileAt({ octokit, repo, path, commit: seed() })).toEqual({ state: 'missing' });
    },
  );

  test.each([
    ['ci', '"ci" is a folder there, not a file'],
    ['ci/link.json', '"ci/link.json" is a symbolic link there, not a file'],
    ['ci/link.json/passwd', '"ci/link.json" is a symbolic link there, not a file'],
    ['ci/module', '"ci/module" is a submodule there, not a file'],
    ['ci/module/baseline.json', '"ci/module" is a submodule there, not a file'],
    ['picture.json', 'it is not UTF-8 text'],
  ])('%s is refused', async (path, why) => {
    const commit = seed();
    const reading = readFileAt({ octokit, repo, path, commit });
    const message = `cannot read "${path}" at ${commit.slice(0, 7)}: ${why}`;
    await expect(reading).rejects.toMatchObject({ kind: 'refused', message });
  });

  test.each(['', '/', '/etc/passwd', '../x', 'a/../../x', 'a//b', 'a/', 'a\\b', 'a/./b', 'a\0'])(
    'the path %j never leaves here',
    async path => {
      const where = { octokit, repo, path };
      const refused = {
        kind: 'refused',
        message: expect.stringContaining('it is not a path within the repository, such as ci/baseline.json'),
      };
      await expect(readFileAt({ ...where, commit: 'a'.repeat(40) })).rejects.toMatchObject(refused);
      if (path !== '')
        await expect(changesInPullRequest({ ...where, number: 7 })).rejects.toMatchObject(refused);
      expect(github.calls).toEqual([]);
    },
  );

  test('a commit that is not there is a problem, not a missing file', async () => {
    const reading = readFileAt({ octokit, repo, path: 'baseline.json', commit: 'd'.repeat(40) });
    await expect(reading).rejects.toMatchObject({
      kind: 'missing',
      message:
        'cannot read "baseline.json" at ddddddd: it is not there, or the token needs `contents: read` to see it ' +
        '(GitHub answered 404: Not Found)',
    });
  });
});

describe('what a pull request changes of what its gate stands on', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ filename: `src/${i}.ts`, status: 'modified' }));
  const file = (filename: string, status = 'modified', previous?: string) => ({
    filename,
    status,
    ...(previous && { previous_filename: previous }),
  });
  const changed = (files: Pull['files'], path = 'ci/baseline.json') => {
    const base = { sha: 'b'.repeat(40), repo: 'octo/models' };
    const head = { sha: 'a'.repeat(40), ref: 'next', repo: 'octo/models' };
    github.state.pulls.push({ number: 7, base, head, files });
    return changesInPullRequest({ octokit, repo, number: 7, path });
  };
  const BASELINE = 'ci/baseline.json';
  const WORKFLOW = '.github/workflows/gate.yml';

  test.each([
    ['nothing', [], 'unchanged', 'unchanged'],
    ['others', many(250), 'unchanged', 'unchanged'],
    ['the baseline, on the third page', [...many(250), file(BASELINE)], 'changed', 'unchanged'],
    ['its removal', [file(BASELINE, 'removed')], 'changed', 'unchanged'],
    ['its name, away', [file('old.json', 'renamed', BASELINE)], 'changed', 'unchanged'],
    ['another to its name', [file(BASELINE, 'renamed', 'x')], 'added', 'unchanged'],
    ['that there is none', [file(BASELINE, 'added')], 'added', 'unchanged'],
    ['a workflow', [file(WORKFLOW)], 'unchanged', 'changed'],
    ['a workflow’s name, away', [file('gate.yml', 'renamed', WORKFLOW)], 'unchanged', 'changed'],
    ['both', [file(WORKFLOW, 'added'), file(BASELINE)], 'changed', 'changed'],
    ['what is named alike', [file(`docs/${WORKFLOW}`), file(`${BASELINE}.md`)], 'unchanged', 'unchanged'],
    ['as many as GitHub lists', many(3000), 'unknown', 'unknown'],
    ['so many, a workflow among them', [file(WORKFLOW), ...many(2999)], 'unknown', 'changed'],
  ])('%s', async (_, files, baseline, workflows) => {
    expect(await changed(files)).toEqual({ baseline, workflows });
  });

  test('the path as people write it', async () => {
    expect(await changed([file(BASELINE)], `./${BASELINE}`)).toMatchObject({ baseline: 'changed' });
  });

  test('without a baseline file, of the workflows alone', async () => {
    const found = await changed([file(WORKFLOW), ...many(2999)], '');
    expect(found).toEqual({ baseline: 'unchanged', workflows: 'changed' });
  });

  test('a pull request that cannot be read is a problem', async () => {
    await expect(changesInPullRequest({ octokit, repo, number: 9, path: 'x' })).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('cannot list the files of pull request #9: '),
    });
  });
});
