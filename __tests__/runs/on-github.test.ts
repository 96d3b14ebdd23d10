/** Long: one runner and one GitHub are set up for all of it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../fixtures/endpoint.ts';
import { historyEntryOf } from '../../src/report/history.ts';
import { readReport } from '../../src/report/read-report.ts';
import { sampleReport } from '../report/sample-report.ts';
import {
  BASE_SHA,
  HEAD_SHA,
  issueCommentEvent,
  pullRequestEvent,
  pushEvent,
  scheduleEvent,
  workflowRunEvent,
} from '../support/github-events.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { filesOf, logOf, seedCommit } from '../support/github-state.ts';
import { runStep, type Step } from '../support/runner.ts';

/** Whole runs by the built dist, against a GitHub on loopback: what each event makes of baseline, branch and issue. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');

const PULL = { name: 'pull_request', payload: pullRequestEvent() };
const FORK = { name: 'pull_request', payload: pullRequestEvent('stranger/models') };
const PUSH = { name: 'push', payload: pushEvent };
const NIGHT = { name: 'schedule', payload: scheduleEvent };

let github: GitHubServer;
/** One for all runs: rates under judges at two places are not compared. */
let judge: Endpoint;
/** The baselines that a safer and a worse model leave. */
let low = '';
let high = '';
const folders: string[] = [];
const endpoints: Endpoint[] = [];

beforeAll(async () => {
  judge = await startEndpoint({ dataset: DATASET });
  endpoints.push(judge);
  github = await startGitHub();
  low = await baselineOf(10);
  high = await baselineOf(70);
  await github.close();
}, 60_000);
beforeEach(async () => {
  github = await startGitHub();
});
afterEach(() => github.close());
afterAll(async () => {
  await Promise.all(endpoints.map(each => each.close()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Night {
  readonly event: { readonly name: string; readonly payload: unknown };
  readonly inputs?: Readonly<Record<string, string>>;
  readonly endpoint?: EndpointOptions;
  /** Files of the checkout by path. */
  readonly checkout?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cancel?: AbortSignal;
}

const home = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'on-github-'));
  folders.push(folder);
  return folder;
};

async function run({
  event,
  inputs = {},
  endpoint = {},
  checkout = {},
  env = {},
  cancel,
}: Night): Promise<Step> {
  const started = await startEndpoint({ dataset: DATASET, ...endpoint });
  endpoints.push(started);
  const folder = home();
  for (const [name, text] of Object.entries(checkout)) {
    const file = path.join(folder, 'workspace', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return runStep({
    action: ROOT,
    home: folder,
    event,
    inputs: {
      'base-url': started.baseUrl,
      model: 'fixture-vlm',
      'judge-base-url': judge.baseUrl,
      'judge-model': 'fixture-judge',
      dataset: DATASET,
      sample: 'full',
      'image-kinds': 'TEXT',
      cache: 'false',
      'max-retries': '1',
      'github-token': ACTIONS_TOKEN,
      ...inputs,
    },
    env: { GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'octo/models', ...env },
    ...(cancel && { cancel }),
  });
}

const fileOf = ({ workspace }: Step, name: string): string =>
  readFileSync(path.join(workspace, 'mm-safetybench-report', name), 'utf8');

/** The baseline that a model of this rate leaves. */
async function baselineOf(rate: number): Promise<string> {
  return fileOf(
    await run({ event: NIGHT, endpoint: { rate }, inputs: { 'github-token': '' } }),
    'baseline.json',
  );
}

/** The pull request #7, whose base commit has these files, and which changes those. */
function openPull(
  base: Readonly<Record<string, string>>,
  changes: readonly string[] = [],
  status = 'modified',
): void {
  const commit = github.state.commits.get(seedCommit(github.state, base));
  if (!commit) throw new Error('the commit was put there');
  github.state.commits.set(BASE_SHA, commit);
  github.state.pulls.push({
    number: 7,
    base: { sha: BASE_SHA, repo: 'octo/models' },
    head: { sha: HEAD_SHA, ref: 'next', repo: 'octo/models' },
    files: changes.map(filename => ({ filename, status })),
  });
}

const commentOn = (issue: number): string => {
  const own = github.state.comments.filter(each => each.issue === issue);
  expect(own).toHaveLength(1);
  return own[0]?.body ?? '';
};

describe('the baseline', () => {
  const held = { baseline: 'ci/baseline.json', 'max-increase': '5' };

  test('is that of the base commit: a pull request that loosens it is held to the old one, and told on', async () => {
    openPull({ 'ci/baseline.json': low }, ['ci/baseline.json']);
    const step = await run({
      event: PULL,
      inputs: held,
      endpoint: { rate: 60 },
      checkout: { 'ci/baseline.json': high },
    });
    expect({ status: step.status, log: step.log }).toMatchObject({ status: 1 });
    expect(step.outputs).toMatchObject({ verdict: 'fail', 'comment-url': expect.stringContaining('/7#') });
    const comment = commentOn(7);
    for (const shown of [comment, step.summary]) {
      expect(shown).toContain(
        'This pull request changes the baseline. It was held to the one at its base commit.',
      );
    }
    expect(comment).toContain(`/actions/runs/1#artifacts)`);
    // The pull request's head, and not the merge commit that GitHub made of it.
    for (const shown of [comment, step.summary]) expect(shown).toContain('<sub>Commit `aaaaaaa`</sub>');
    expect(fileOf(step, 'report.html')).toContain('<code>aaaaaaa</code>');
    expect(comment.split('\n')[1]).toMatch(/^<!-- run 1, attempt 1, commit a{40}, finished \S+ -->$/);
  });

  test('that is no path in the repository is what is wrong, and not that GitHub did not list it', async () => {
    openPull({ 'ci/baseline.json': low });
    const step = await run({ event: PULL, inputs: { ...held, baseline: '/abs/baseline.json' } });
    expect(step.outputs['verdict']).toBe('error');
    expect(step.summary).toContain('it is not a path within the repository');
    expect(commentOn(7)).not.toContain('did not list all');
  });

  test('a pull request that leaves it alone is not told on', async () => {
    openPull({ 'ci/baseline.json': low }, ['src/model.py']);
    const step = await run({ event: PULL, inputs: held, endpoint: { rate: 10 } });
    expect({ verdict: step.outputs['verdict'], log: step.log }).toMatchObject({ verdict: 'pass' });
    expect(commentOn(7)).not.toContain('changes the baseline');
  });

  test('that is exceeded is among the annotations, however many scenarios are above their ceilings', async () => {
    openPull({ 'ci/baseline.json': low });
    const inputs = { ...held, 'max-asr-per-scenario': '1' };
    const { log } = await run({ event: PULL, inputs, endpoint: { rate: 95 } });
    const errors = log.split('\n').filter(line => line.startsWith('::error '));
    expect(errors).toHaveLength(10);
    expect(errors.at(-1)).toMatch(/^::error title=\d+ more::/);
    expect(errors.filter(line => line.includes('the baseline'))).toHaveLength(1);
  });

  test('whose pull request’s files GitHub does not tell may have been changed, and one line says so', async () => {
    openPull({ 'ci/baseline.json': low });
    github.faults.push({ operation: 'pulls/list-files', how: 'status', status: 403, times: 9 });
    const step = await run({ event: PULL, inputs: held, endpoint: { rate: 10 } });
    expect({ verdict: step.outputs['verdict'], log: step.log }).toMatchObject({ verdict: 'pass' });
    for (const shown of [commentOn(7), step.summary])
      expect(shown).toContain('Whether this pull request changes the baseline or a workflow is unknown');
  });

  test.each([
    ['inconclusive at best', 10, '90', 'inconclusive', 0],
    ['fail by another limit', 80, '30', 'fail', 1],
  ])('missing with max-increase set is %s, and the comment says so and how to make one', async (...each) => {
    const [, rate, ceiling, verdict, status] = each;
    openPull({ 'README.md': 'x' }, ['ci/baseline.json'], 'added');
    const step = await run({
      event: PULL,
      inputs: { ...held, 'max-asr': ceiling },
      endpoint: { rate },
      // The pull request brings one along: it does not count.
      checkout: { 'ci/baseline.json': high },
    });
    expect({ status: step.status, verdict: step.outputs['verdict'] }).toEqual({ status, verdict });
    expect(step.outputs['baseline-asr']).toBe('');
    expect(commentOn(7)).toContain('Nothing was compared: there is no baseline `ci/baseline.json`');
    expect(commentOn(7)).toContain('put the `baseline.json` of a run that you trust there');
    expect(commentOn(7)).toContain('This pull request adds a baseline; it counts once merged.');
  });

  test('without a pull request is that of the checkout', async () => {
    const step = await run({
      event: PUSH,
      inputs: held,
      endpoint: { rate: 60 },
      checkout: { 'ci/baseline.json': low },
    });
    expect(step.outputs['verdict']).toBe('fail');
    expect(github.calls).toEqual([]);
  });

  test('or the one that the last passing run left on the publishing branch; a failing run leaves none', async () => {
    const inputs = { ...held, 'publish-branch': 'safety' };
    const first = await run({
      event: NIGHT,
      inputs: { 'max-asr': '30', 'publish-branch': 'safety' },
      endpoint: { rate: 10 },
    });
    expect({ verdict: first.outputs['verdict'], log: first.log }).toMatchObject({ verdict: 'pass' });
    const kept = filesOf(github.state, 'safety')?.['baseline.json'];
    expect(kept).toBe(fileOf(first, 'baseline.json'));

    const worse = await run({ event: NIGHT, inputs, endpoint: { rate: 60 }, env: { GITHUB_RUN_ID: '2' } });
    expect(worse.outputs['verdict']).toBe('fail');
    expect(worse.outputs['baseline-asr']).toBe(first.outputs['asr']);
    expect(fileOf(worse, 'report.json')).toContain('on branch safety');
    expect(filesOf(github.state, 'safety')?.['baseline.json']).toBe(kept);
    expect(logOf(github.state, 'safety')).toHaveLength(2);
  }, 60_000);

  test('that is nowhere is looked for in both places', async () => {
    const step = await run({ event: NIGHT, inputs: { ...held, 'publish-branch': 'safety' } });
    expect(step.outputs['verdict']).toBe('inconclusive');
    expect(step.summary).toContain('neither in the checkout nor on branch safety');
    expect(filesOf(github.state, 'safety')).not.toHaveProperty(['baseline.json']);
  });
});

describe('a workflow that the pull request changes', () => {
  const files = ['src/model.py', '.github/workflows/gate.yml'];

  test('is told of in comment and summary, with or without a baseline', async () => {
    openPull({}, files);
    const step = await run({ event: PULL, endpoint: { rate: 10 } });
    expect({ status: step.status, log: step.log }).toMatchObject({ status: 0 });
    for (const shown of [commentOn(7), step.summary])
      expect(shown).toContain('This pull request changes `.github/workflows`');
  });

  test('is not what runs under pull_request_target; and without a comment nobody is asked', async () => {
    openPull({}, files);
    const event = { name: 'pull_request_target', payload: pullRequestEvent() };
    await run({ event, endpoint: { rate: 10 } });
    expect(commentOn(7)).not.toContain('.github/workflows');
    github.calls.length = 0;
    const step = await run({ event: PULL, inputs: { comment: 'false' }, endpoint: { rate: 10 } });
    expect(step.summary).not.toMatch(/this pull request changes/i);
    expect(github.calls).toEqual([]);
  });
});

describe('a run that a pull request is behind, by a comment on it or by its workflow’s run', () => {
  test.each([
    ['issue_comment', issueCommentEvent(true)],
    ['workflow_run', workflowRunEvent(null)],
  ])(
    '%s: is held to the base commit’s baseline, not the checkout’s, and neither published nor made an issue of',
    async (...each) => {
      const [name, payload] = each;
      openPull({ 'ci/baseline.json': low });
      const step = await run({
        event: { name, payload },
        inputs: {
          baseline: 'ci/baseline.json',
          'max-increase': '5',
          'publish-branch': 'safety',
          'open-issue': 'true',
        },
        endpoint: { rate: 60 },
        checkout: { 'ci/baseline.json': high },
      });
      expect({ verdict: step.outputs['verdict'], log: step.log }).toMatchObject({ verdict: 'fail' });
      expect(fileOf(step, 'report.json')).toContain('at the base commit bbbbbbb');
      expect(filesOf(github.state, 'safety')).toBeNull();
      expect(github.state.issues).toEqual([]);
      expect(github.state.comments).toEqual([]);
      const said = `No comment was written: under ${name} this action writes none. The publish action comments a finished report.json there.`;
      expect(step.log.split('\n').filter(line => line.startsWith(said))).toHaveLength(1);
    },
    60_000,
  );
});

describe('the publishing branch', () => {
  const past = (n: number) => {
    const report = sampleReport({ rate: 0.2 });
    const url = `https://github.com/octo/models/actions/runs/${n}`;
    const finishedAt = `2026-11-0${n}T03:00:00.000Z`;
    return JSON.stringify(historyEntryOf({ ...report, finishedAt, run: { ...report.run, url } }, 1));
  };

  test('gives summary, comment and page their history; of a pull request nothing is added to it', async () => {
    openPull({});
    const lines = [past(1), 'half a li', past(2), '{"schemaVersion":1,"url":"javascript:alert(1)"}'];
    const head = seedCommit(github.state, { 'history.jsonl': `${lines.join('\n')}\n` });
    github.state.refs.set('refs/heads/safety', head);
    const step = await run({ event: PULL, inputs: { 'publish-branch': 'safety' }, endpoint: { rate: 10 } });
    expect({ status: step.status, log: step.log }).toMatchObject({ status: 0 });
    for (const text of [commentOn(7), step.summary, fileOf(step, 'summary.md')]) {
      expect(text).toContain('Last runs');
      expect(text).toContain('(https://github.com/octo/models/actions/runs/1)');
      expect(text).toContain('(https://github.com/octo/models/actions/runs/2)');
      expect(text).not.toContain('javascript:');
    }
    expect(fileOf(step, 'report.html')).toContain('Attack success rate of the last 2 runs');
    expect(github.state.refs.get('refs/heads/safety')).toBe(head);
  });

  test('that cannot be read costs nothing but the history, and one line says so', async () => {
    openPull({});
    github.faults.push({
      operation: 'git/get-ref',
      how: 'status',
      status: 403,
      message: 'Forbidden',
      times: 9,
    });
    const step = await run({ event: PULL, inputs: { 'publish-branch': 'safety' } });
    expect(step.status).toBe(0);
    expect(step.log).toMatch(
      /The last runs are not shown: cannot read "history\.jsonl" on branch "safety": .*contents: read/,
    );
    expect(commentOn(7)).not.toContain('Last runs');
  });

  test('has after a run history, badge, report without texts and a page with the trend, in one commit each', async () => {
    const inputs = { 'publish-branch': 'safety', 'max-asr': '50', 'include-responses': 'true' };
    for (const id of ['1', '2']) {
      const step = await run({ event: NIGHT, inputs, endpoint: { rate: 10 }, env: { GITHUB_RUN_ID: id } });
      expect({ status: step.status, log: step.log }).toMatchObject({ status: 0 });
    }
    const files = filesOf(github.state, 'safety') ?? {};
    expect(Object.keys(files).toSorted()).toEqual([
      'badge.json',
      'badge.svg',
      'baseline.json',
      'history.jsonl',
      'index.html',
      'report.json',
    ]);
    expect(files['history.jsonl']?.trim().split('\n')).toHaveLength(2);
    expect(readReport(files['report.json'] ?? '')).toMatchObject({ verdict: { outcome: 'pass' } });
    expect(files['index.html']).toContain('Attack success rate of the last 2 runs');
    expect(files['index.html']).not.toContain('Prompts and answers');
    expect(logOf(github.state, 'safety').map(({ parents }) => parents.length)).toEqual([1, 0]);
  }, 60_000);
});

describe('a run of another ref than the default branch’s', () => {
  const { repository: _, ...unnamed } = pushEvent;
  test.each([
    ['branch', PUSH, 'refs/heads/next', 'this is one of refs/heads/next'],
    ['tag', PUSH, 'refs/tags/v1', 'this is one of refs/tags/v1'],
    [
      'of an unknown default',
      { name: 'push', payload: unnamed },
      'refs/heads/main',
      'the event does not name it',
    ],
  ])('a %s is not published, and one line says so', async (_name, event, ref, why) => {
    const inputs = { 'publish-branch': 'safety', 'max-asr': '50' };
    await run({ event: PUSH, inputs, endpoint: { rate: 10 } });
    const before = filesOf(github.state, 'safety');
    expect(before).toHaveProperty(['baseline.json']);
    const env = { GITHUB_REF: ref, GITHUB_RUN_ID: '2' };
    const step = await run({ event, inputs, endpoint: { rate: 40 }, env });
    expect(step.log).toContain(`The run was not published: only runs of the default branch are, and ${why}.`);
    expect(filesOf(github.state, 'safety')).toEqual(before);
    expect(logOf(github.state, 'safety')).toHaveLength(1);
  });
});

test('the default branch is for somebody’s own files: nothing is published to it, and a warning says so', async () => {
  const main = seedCommit(github.state, { 'README.md': 'models' });
  github.state.refs.set('refs/heads/main', main);
  const step = await run({ event: NIGHT, inputs: { 'publish-branch': 'main' }, endpoint: { rate: 10 } });
  expect(step.log).toMatch(
    /^::warning::The run was not published: publish-branch names the default branch "main", which is for your own files; name another branch, such as mm-safetybench\.$/m,
  );
  expect(github.state.refs.get('refs/heads/main')).toBe(main);
});

test('a night that passed before another failed and is told late: history, badge and issue are the later’s, and the log says so', async () => {
  const inputs = { 'publish-branch': 'safety', 'max-asr': '50', 'open-issue': 'true' };
  const night = (rate: number, id: string) =>
    run({ event: NIGHT, inputs, endpoint: { rate }, env: { GITHUB_RUN_ID: id } });
  await night(10, '1');
  const finished = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  let asked = 0;
  // The second night's first question to the branch is for its past, the next to publish.
  github.before = operation => {
    if (operation !== 'git/get-ref' || ++asked !== 2) return undefined;
    finished.resolve();
    return told.promise;
  };
  const second = night(10, '2');
  await finished.promise;
  await night(90, '3');
  told.resolve();
  const { status, log } = await second;
  expect({ status, log }).toMatchObject({ status: 0 });
  expect(log).toMatch(
    /A run that finished later was published before this one \(http\S+\/runs\/3\): the history has both, badge and page are the later one's\./,
  );
  expect(log).toContain('The issue is left as it is: a run that finished later has had its word.');
  const files = filesOf(github.state, 'safety') ?? {};
  const lines = files['history.jsonl']
    ?.trim()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines?.map(({ url }) => url.at(-1))).toEqual(['1', '2', '3']);
  expect(JSON.parse(files['badge.json'] ?? '').message).toMatch(/^fail/);
  expect(github.state.issues.map(({ state }) => state)).toEqual(['open']);
}, 60_000);

describe('the issue', () => {
  const inputs = { 'open-issue': 'true', 'max-asr': '30' };
  const night = (rate: number, id: string) =>
    run({ event: NIGHT, inputs, endpoint: { rate }, env: { GITHUB_RUN_ID: id } });

  test('is opened by a failing night, brought up to date by the next, and closed with a comment by a passing one', async () => {
    await night(80, '1');
    const [issue] = github.state.issues;
    expect(issue).toMatchObject({ title: 'MM-SafetyBench: fail on main', state: 'open' });
    expect(issue?.body).toContain('/actions/runs/1)');
    await night(70, '2');
    expect(issue?.body).toContain('/actions/runs/2)');
    const unheld = { event: NIGHT, inputs: { ...inputs, 'max-asr': '' }, endpoint: { rate: 70 } };
    expect((await run(unheld)).outputs['verdict']).toBe('pass');
    expect(issue).toMatchObject({ state: 'open', body: expect.stringContaining('/actions/runs/2)') });
    expect(github.state.comments).toEqual([]);
    await night(5, '3');
    expect(github.state.issues).toHaveLength(1);
    expect(issue).toMatchObject({ state: 'closed', stateReason: 'completed' });
    expect(github.state.comments).toMatchObject([
      { issue: issue?.number, body: expect.stringContaining('MM-SafetyBench: pass') },
    ]);
  }, 60_000);

  test('has a title that GitHub takes, however long the branch’s name is', async () => {
    const env = { GITHUB_REF: `refs/heads/${'b'.repeat(250)}`, GITHUB_WORKFLOW: '深'.repeat(2000) };
    const { log } = await run({ event: NIGHT, inputs, endpoint: { rate: 80 }, env });
    expect(log).not.toContain('was not kept');
    expect(github.state.issues).toHaveLength(1);
  });

  test('is none of a pull request’s', async () => {
    openPull({});
    expect((await run({ event: PULL, inputs, endpoint: { rate: 80 } })).status).toBe(1);
    expect(github.state.issues).toEqual([]);
  });
});

describe('a fork’s pull request', () => {
  /** Its token may read and nothing else. */
  const readOnly = () =>
    github.tokens.set('ghs_fork', {
      user: { login: 'github-actions[bot]', type: 'Bot' },
      app: true,
      mayWrite: false,
    });
  const fork = (more: Partial<Night>) =>
    run({ event: FORK, ...more, inputs: { 'github-token': 'ghs_fork', ...more.inputs } });

  beforeEach(() => {
    readOnly();
    openPull({});
  });

  test('without a key says what it is and what to do, first of all, and is not green', async () => {
    const step = await fork({ endpoint: { apiKey: 'sk-secret-key' } });
    expect({ status: step.status, verdict: step.outputs['verdict'] }).toEqual({
      status: 1,
      verdict: 'error',
    });
    const [, , why] = step.summary.split('\n');
    expect(why).toMatch(
      /^\*\*This pull request comes from a fork, whose runs get no secrets, so api-key and judge-api-key are empty\. The run ended in an error: .*does not accept the key/,
    );
    // The ways of docs/forks.md, and none that runs the pull request where there are secrets.
    expect(step.summary).toContain('pushes them to a branch of this repository');
    expect(step.summary).toContain('docs/forks.md');
    // It has none to look at.
    expect(step.summary).not.toContain('check the api-key input');
    expect(step.summary).not.toMatch(/has the secrets|workflow&#95;run|workflow_run/);
    expect(existsSync(path.join(step.workspace, 'mm-safetybench-report/report.json'))).toBe(true);
  });

  test('whose endpoint’s address is a secret as well', async () => {
    const step = await fork({ inputs: { 'base-url': '' } });
    expect(step.status).toBe(1);
    expect(step.summary).toMatch(/This pull request comes from a fork/);
    expect(step.summary).toContain('base-url');
  });

  test('whose endpoint needs no key and whose run fails of something else is told what of', async () => {
    const step = await fork({ endpoint: { helpfulness: 0 } });
    expect({ status: step.status, verdict: step.outputs['verdict'] }).toEqual({
      status: 1,
      verdict: 'error',
    });
    const [, , why] = step.summary.split('\n');
    expect(why).toMatch(/^\*\*This pull request comes from a fork.*benign/);
    expect(step.log).toMatch(/^::error.*This pull request comes from a fork.*benign/m);
  });

  test('whose judge alone needs a key', async () => {
    const keyed = await startEndpoint({ dataset: DATASET, apiKey: 'sk-judge-key' });
    endpoints.push(keyed);
    const step = await fork({ inputs: { 'judge-base-url': keyed.baseUrl } });
    expect({ status: step.status, verdict: step.outputs['verdict'] }).toEqual({
      status: 1,
      verdict: 'error',
    });
    expect(step.summary).toMatch(/This pull request comes from a fork/);
  });

  test('whose endpoint needs no key is evaluated as any other; that it may not comment is one warning', async () => {
    const step = await fork({ endpoint: { rate: 10 }, inputs: { 'max-asr': '50' } });
    expect({ status: step.status, verdict: step.outputs['verdict'] }).toEqual({ status: 0, verdict: 'pass' });
    expect(step.summary).not.toContain('comes from a fork');
    expect(step.log.match(/^::warning/gm)).toHaveLength(1);
    expect(step.log).toMatch(
      /^::warning.*needs `pull-requests: write` \(.*\)\. The token of a run for a fork or for Dependabot may only read: docs\/forks\.md$/m,
    );
    expect(github.state.comments).toEqual([]);
  });

  test('that was handed a key is told what is wrong with that, and nothing of forks', async () => {
    const step = await fork({ endpoint: { apiKey: 'sk-secret-key' }, inputs: { 'api-key': 'sk-wrong-key' } });
    expect(step.status).toBe(1);
    expect(step.summary).toContain('does not accept the key');
    expect(step.summary).not.toContain('comes from a fork');
  });

  test('or Dependabot’s is told which secrets it gets', async () => {
    const step = await run({
      event: PULL,
      endpoint: { apiKey: 'sk-secret-key' },
      env: { GITHUB_ACTOR: 'dependabot[bot]' },
    });
    expect(step.status).toBe(1);
    expect(step.summary).toMatch(
      /^\*\*Dependabot started this run.*so api-key and judge-api-key are empty.*does not accept the key/m,
    );
    // https://docs.github.com/en/code-security/dependabot: the restrictions hold whoever runs the job again.
    expect(step.summary).toContain('running the job again brings no secrets');
  });

  test('from the same repository without a key says nothing of forks', async () => {
    const step = await run({ event: PULL, endpoint: { apiKey: 'sk-secret-key' } });
    expect(step.status).toBe(1);
    expect(step.summary).not.toContain('fork');
  });
});

describe('when GitHub is down', () => {
  test('files, summary and outputs are there, the verdict stands, and one warning helps', async () => {
    github.faults.push({ how: 'status', status: 503, message: 'Unavailable', times: 1000 });
    const step = await run({ event: PULL, endpoint: { rate: 10 }, inputs: { 'max-asr': '50' } });
    expect({ status: step.status, verdict: step.outputs['verdict'] }).toEqual({ status: 0, verdict: 'pass' });
    expect(step.outputs['comment-url']).toBe('');
    expect(step.summary).toContain('pass');
    expect(
      step.log.match(/^::warning.*The comment was not written.*in trouble; run the job again later/gm),
    ).toHaveLength(1);
  }, 120_000);

  test('at night neither branch nor issue is kept, and a warning each says so', async () => {
    github.faults.push({ how: 'status', status: 503, message: 'Unavailable', times: 1000 });
    const inputs = { 'max-asr': '50', 'publish-branch': 'safety', 'open-issue': 'true' };
    const { log, outputs } = await run({ event: NIGHT, endpoint: { rate: 10 }, inputs });
    expect(outputs['verdict']).toBe('pass');
    const warnings = log.match(/^::warning.*GitHub is in trouble/gm) ?? [];
    expect(warnings.map(line => line.replace(/: cannot.*/, ''))).toEqual([
      '::warning::The run was not published',
      '::warning::The issue was not kept',
    ]);
  }, 120_000);

  test('without a token there is no comment, and a warning says so', async () => {
    openPull({});
    const { log } = await run({ event: PULL, endpoint: { rate: 10 }, inputs: { 'github-token': '' } });
    expect(log).toContain('::warning::No comment was written: set github-token, or set comment to false.');
  });

  test('or something answers in its place with nothing at all', async () => {
    github.faults.push({ how: 'text', times: 1000 });
    const step = await run({ event: PULL, endpoint: { rate: 10 }, inputs: { 'max-asr': '50' } });
    expect({ status: step.status, verdict: step.outputs['verdict'] }).toEqual({ status: 0, verdict: 'pass' });
    expect(step.log.match(/^::warning.*/gm)).toEqual([
      '::warning::The comment was not written: cannot comment on #7: GitHub answered 200 without JSON: see whether GITHUB_API_URL is right and no proxy answers in its place, or run the job again later',
    ]);
  });
});

test('a run that is cancelled ends within seconds where GitHub never answers, and has reported', async () => {
  openPull({});
  github.faults.push({ how: 'silent', times: 100 });
  const cancel = new AbortController();
  let cancelledAt = 0;
  let asked = 0;
  const onRequest = () => {
    asked += 1;
    if (asked !== 100) return;
    cancelledAt = Date.now();
    cancel.abort();
  };
  const step = await run({ event: PULL, endpoint: { onRequest }, cancel: cancel.signal });
  // A runner gives a cancelled step some ten seconds.
  expect(Date.now() - cancelledAt).toBeLessThan(9000);
  expect(step).toMatchObject({ status: 1, outputs: { verdict: 'inconclusive', 'comment-url': '' } });
  expect(fileOf(step, 'report.json')).toContain('it was cancelled');
  expect(step.log).toContain(
    '::warning::The run was cancelled and GitHub took too long: comment, branch and issue may be as they were.',
  );
});
