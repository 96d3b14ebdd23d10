import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import { readReport } from '../../src/report/read-report.ts';
import { pullRequestEvent, scheduleEvent } from '../support/github-events.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { filesOf } from '../support/github-state.ts';
import { type Job, runStep, type Step } from '../support/runner.ts';

/**
 * A matrix as GitHub runs it, by the built dist: each shard is a job of its own, and another job joins what they
 * uploaded.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
const SHARDS = ['1/3', '2/3', '3/3'];
/** Outputs that are sums over the shards, each of which asks the controls and plants its answers. */
const SUMMED = ['requests', 'prompt-tokens', 'completion-tokens'];
const PATHS = ['report', 'html', 'junit', 'badge'];

const folders: string[] = [];
let endpoint: Endpoint;
let whole: Step;
let shards: readonly Step[];

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'job-'));
  folders.push(made);
  return made;
}

const evaluated = (inputs: Job['inputs'], env: Job['env'] = {}): Promise<Step> =>
  runStep({
    action: ROOT,
    env,
    home: folder(),
    inputs: {
      'base-url': endpoint.baseUrl,
      model: 'fixture-vlm',
      'judge-model': 'fixture-judge',
      dataset: DATASET,
      'image-kinds': 'TYPO,TEXT',
      sample: '60',
      ...inputs,
    },
  });

/** A job that downloads what these shards uploaded, and joins it. */
function merged(
  uploaded: readonly Step[],
  inputs: Readonly<Record<string, string>>,
  more: Pick<Job, 'event' | 'env'> = {},
): Promise<Step> {
  const home = folder();
  for (const [place, { workspace, outputs }] of uploaded.entries()) {
    const file = path.resolve(workspace, outputs['report'] ?? '');
    cpSync(file, path.join(home, `workspace/shards/shard-${place + 1}/report.json`), { recursive: true });
  }
  return runStep({
    action: path.join(ROOT, 'merge'),
    home,
    inputs: { reports: 'shards', ...inputs },
    ...more,
  });
}

const without = (outputs: Step['outputs'], names: readonly string[]): Step['outputs'] =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => !names.includes(name)));

beforeAll(async () => {
  endpoint = await startEndpoint({ dataset: DATASET });
  whole = await evaluated({ 'max-asr': '60' });
  const steps: Step[] = [];
  for (const shard of SHARDS) steps.push(await evaluated({ shard }));
  shards = steps;
}, 180_000);

afterAll(async () => {
  await endpoint.close();
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

test('three jobs and a merge say what one job says', async () => {
  const { status, log, outputs, summary, workspace } = await merged(shards, { 'max-asr': '60' });
  expect({ status, log }).toMatchObject({ status: 0 });
  expect(without(outputs, [...SUMMED, ...PATHS])).toEqual(without(whole.outputs, [...SUMMED, ...PATHS]));
  expect(outputs).toMatchObject({ verdict: 'pass', pairs: '120', helpfulness: '100.00' });
  for (const name of SUMMED) {
    const sum = shards.reduce((total, step) => total + Number(step.outputs[name]), 0);
    expect(outputs[name]).toBe(String(sum));
  }
  expect(summary).toContain('pass');
  const read = (step: Pick<Step, 'workspace' | 'outputs'>) =>
    readReport(readFileSync(path.resolve(step.workspace, step.outputs['report'] ?? ''), 'utf8'));
  const [joined, unparted] = [read({ workspace, outputs }), read(whole)];
  if ('problem' in joined || 'problem' in unparted) throw new Error(JSON.stringify([joined, unparted]));
  expect(joined.estimates).toEqual(unparted.estimates);
  expect(joined.rows).toEqual(unparted.rows);
});

test('the gate is the merging job’s: above its ceiling it fails', async () => {
  const { status, outputs } = await merged(shards, { 'max-asr': '5' });
  expect({ status, verdict: outputs['verdict'] }).toEqual({ status: 1, verdict: 'fail' });
});

test('a shard that was run again in another attempt belongs to its run, and to no other', async () => {
  const rerun = (run: string) => evaluated({ shard: '3/3' }, { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: '2' });
  const inputs = { 'max-asr': '60' };
  const { status, log, outputs, workspace } = await merged(
    [...shards.slice(0, 2), await rerun('1')],
    inputs,
    {
      env: { GITHUB_RUN_ATTEMPT: '2' },
    },
  );
  expect({ status, log }).toMatchObject({ status: 0 });
  expect(outputs).toMatchObject({ verdict: 'pass', pairs: '120' });
  const report = readReport(readFileSync(path.resolve(workspace, outputs['report'] ?? ''), 'utf8'));
  expect(report).toMatchObject({
    run: { url: 'https://github.com/octo-org/octo-repo/actions/runs/1/attempts/2' },
  });
  const foreign = await merged([...shards.slice(0, 2), await rerun('11')], inputs);
  expect({ status: foreign.status, verdict: foreign.outputs['verdict'] }).toEqual({
    status: 1,
    verdict: 'error',
  });
  expect(foreign.log).toContain('they differ in workflow run');
});

test('a shard that is missing ends in an error, told in the log, the summary and the report', async () => {
  const { status, log, outputs, summary, workspace } = await merged(shards.slice(1), { 'max-asr': '60' });
  expect({ status, verdict: outputs['verdict'] }).toEqual({ status: 1, verdict: 'error' });
  expect(log).toContain('shard 1/3 is missing');
  expect(summary).toContain('is missing');
  const report = readReport(readFileSync(path.resolve(workspace, outputs['report'] ?? ''), 'utf8'));
  expect(report).toMatchObject({ verdict: { outcome: 'error' }, rows: [] });
});

describe('on GitHub', () => {
  let github: GitHubServer;
  beforeEach(async () => {
    github = await startGitHub();
  });
  afterEach(() => github.close());

  const inputs = { 'github-token': ACTIONS_TOKEN, 'publish-branch': 'safety', 'open-issue': 'true' };
  const night = (id: string, maxAsr: string) =>
    merged(
      shards,
      { ...inputs, 'max-asr': maxAsr },
      {
        event: { name: 'schedule', payload: scheduleEvent },
        env: { GITHUB_API_URL: github.url, GITHUB_RUN_ID: id },
      },
    );

  test('a night is published and kept an issue of as the main action’s is, and a pull request sees it', async () => {
    const first = await night('41', '60');
    expect({ status: first.status, log: first.log }).toMatchObject({ status: 0 });
    const { 'history.jsonl': history, 'baseline.json': baseline } = filesOf(github.state, 'safety') ?? {};
    expect(history?.trim().split('\n')).toHaveLength(1);
    expect(baseline).toBe(
      readFileSync(path.join(first.workspace, 'mm-safetybench-report/baseline.json'), 'utf8'),
    );
    expect((await night('42', '1')).status).toBe(1);
    expect(github.state.issues).toMatchObject([{ title: 'MM-SafetyBench: fail on main', state: 'open' }]);

    const { summary } = await merged(shards, inputs, {
      event: { name: 'pull_request', payload: pullRequestEvent() },
      env: { GITHUB_API_URL: github.url, GITHUB_RUN_ID: '43' },
    });
    for (const text of [github.state.comments[0]?.body, summary]) {
      expect(text).toContain('Last runs');
      expect(text).toContain('/actions/runs/41)');
      expect(text).toContain('/actions/runs/42)');
    }
    expect(filesOf(github.state, 'safety')?.['history.jsonl']?.trim().split('\n')).toHaveLength(2);
  });

  test('a publishing branch without a token is refused', async () => {
    const { status, log } = await merged(shards, { ...inputs, 'github-token': '' });
    expect(status).toBe(1);
    expect(log).toContain('input "publish-branch": "safety" needs a token: set github-token');
  });
});
