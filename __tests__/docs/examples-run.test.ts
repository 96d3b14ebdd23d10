import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../fixtures/endpoint.ts';
import { EXAMPLE_JUDGE } from '../../scripts/docs-cost.ts';
import { mergeGroupEvent, pullRequestEvent, scheduleEvent } from '../support/github-events.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { filesOf, seedCommit } from '../support/github-state.ts';
import { runStep } from '../support/runner.ts';
import { parseWorkflow, runWorkflow, type WorkflowRun, type World } from '../support/workflow.ts';

/**
 * The examples, run step by step as they are written, by the built dist. Only what names the world outside is
 * translated: the endpoints are on loopback, each with a key of its own, and the questions are the project's.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
const KEYS = { MODEL_API_KEY: 'key-of-the-model', JUDGE_API_KEY: 'key-of-the-judge' };

let github: GitHubServer;
const endpoints: Endpoint[] = [];
const runs: WorkflowRun[] = [];

let judge = '';

beforeEach(async () => {
  github = await startGitHub();
  judge = await started({ apiKey: KEYS.JUDGE_API_KEY });
});
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.close();
  for (const { folder } of runs.splice(0)) rmSync(folder, { recursive: true, force: true });
  await github.close();
});

async function started(options: EndpointOptions): Promise<string> {
  const endpoint = await startEndpoint({ dataset: DATASET, ...options });
  endpoints.push(endpoint);
  return endpoint.baseUrl;
}

/** Runs an example against a model that answers so many per cent of the questions unsafely. */
async function ran(
  name: string,
  rate: number,
  event: World['event'],
  secrets: World['secrets'] = KEYS,
): Promise<WorkflowRun> {
  const translation: Readonly<Record<string, string>> = {
    'https://models.example.com/v1': await started({ rate, apiKey: KEYS.MODEL_API_KEY }),
    'https://api.openai.com/v1': judge,
    'my-model': 'fixture-vlm',
    [EXAMPLE_JUDGE.model]: 'fixture-judge',
    // The project has 128 questions: as many as it needs to tell 5 points from none.
    tiny: 'full',
    '560': '100',
  };
  const run = await runWorkflow(parseWorkflow(readFileSync(path.join(ROOT, 'examples', name), 'utf8')), {
    root: ROOT,
    event,
    secrets,
    token: ACTIONS_TOKEN,
    translated: value => translation[value] ?? value,
    // Its questions outside the tiny sample have no SD pictures.
    added: { dataset: DATASET, 'image-kinds': 'TYPO,TEXT' },
    env: { GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'octo/models', GITHUB_REF: 'refs/heads/main' },
  });
  runs.push(run);
  return run;
}

const verdicts = ({ jobs }: WorkflowRun) =>
  jobs.map(({ job, result, steps }) => [job, result, ...steps.map(({ outputs }) => outputs['verdict'])]);

function artifact({ artifacts }: WorkflowRun, name: string): string {
  const folder = artifacts.get(name);
  if (folder === undefined) throw new Error(`there is no artifact ${name}`);
  return folder;
}

describe('gate.yml', () => {
  /** The event of pull request 7, onto a commit that holds these files. */
  function onto(files: Readonly<Record<string, string>>): World['event'] {
    const sha = seedCommit(github.state, { 'README.md': 'models', ...files });
    const event = pullRequestEvent();
    const { base, head } = event.pull_request;
    github.state.pulls.push({
      number: 7,
      base: { sha, repo: 'octo/models' },
      head: { sha: head.sha, ref: head.ref, repo: 'octo/models' },
      files: [],
    });
    return {
      name: 'pull_request',
      payload: { ...event, pull_request: { ...event.pull_request, base: { ...base, sha } } },
    };
  }

  test('compares with nothing at first, then holds the next run to its baseline, and a worse model fails', async () => {
    const first = await ran('gate.yml', 4, onto({}));
    expect(verdicts(first)).toEqual([['safety-gate', 'success', 'inconclusive']]);
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.body).toContain('Nothing was compared');
    const report = artifact(first, 'safety-report');
    expect(readdirSync(report)).toEqual(expect.arrayContaining(['report.html', 'report.json', 'junit.xml']));

    const baseline = readFileSync(path.join(report, 'baseline.json'), 'utf8');
    const second = await ran('gate.yml', 4, onto({ '.github/safety/baseline.json': baseline }));
    expect(verdicts(second)).toEqual([['safety-gate', 'success', 'pass']]);

    const worse = await ran('gate.yml', 60, onto({ '.github/safety/baseline.json': baseline }));
    expect(verdicts(worse)).toEqual([['safety-gate', 'failure', 'fail']]);
    // A failed run has a report to look at, and the same comment says so.
    expect(artifact(worse, 'safety-report')).toBeTruthy();
    expect(github.state.comments).toHaveLength(1);
    expect(github.state.comments[0]?.body).toContain('MM-SafetyBench: fail');

    // In the merge queue the baseline is the one at the group's base as well, and there is nobody to comment to.
    const sha = seedCommit(github.state, { '.github/safety/baseline.json': baseline });
    const group = { ...mergeGroupEvent.merge_group, base_sha: sha };
    const queued = await ran('gate.yml', 60, {
      name: 'merge_group',
      payload: { ...mergeGroupEvent, merge_group: group },
    });
    expect(verdicts(queued)).toEqual([['safety-gate', 'failure', 'fail']]);
    expect(readFileSync(path.join(artifact(queued, 'safety-report'), 'summary.md'), 'utf8')).toContain(
      'Baseline `.github/safety/baseline.json`',
    );
    expect(github.state.comments).toHaveLength(1);
  }, 180_000);
});

describe('nightly.yml', () => {
  test('publishes its history and badge, opens an issue while it fails, and closes it', async () => {
    const event = { name: 'schedule', payload: scheduleEvent };
    expect(verdicts(await ran('nightly.yml', 70, event))).toEqual([['safety-nightly', 'failure', 'fail']]);
    expect(github.state.issues.map(({ state }) => state)).toEqual(['open']);
    expect(JSON.parse(filesOf(github.state, 'safety')?.['badge.json'] ?? '{}')).toMatchObject({
      color: 'cf222e',
    });

    expect(verdicts(await ran('nightly.yml', 4, event))).toEqual([['safety-nightly', 'success', 'pass']]);
    expect(github.state.issues.map(({ state }) => state)).toEqual(['closed']);
    const files = filesOf(github.state, 'safety') ?? {};
    expect(files['history.jsonl']?.trim().split('\n')).toHaveLength(2);
    expect(Object.keys(files)).toEqual(expect.arrayContaining(['badge.svg', 'baseline.json', 'index.html']));
  }, 180_000);
});

describe('sharded.yml', () => {
  const event = { name: 'schedule', payload: scheduleEvent };

  test('asks every question once, over four jobs, and gates on the whole', async () => {
    const run = await ran('sharded.yml', 4, event);
    expect(verdicts(run)).toEqual([
      ...Array(4).fill(['safety-shard', 'success', 'pass']),
      ['safety-full', 'success', 'pass'],
    ]);
    const asked = run.jobs.map(({ steps }) => Number(steps[0]?.outputs['questions']));
    expect(asked.pop()).toBe(asked.reduce((sum, each) => sum + each));
    expect(readdirSync(artifact(run, 'safety-report'))).toContain('report.html');
  }, 180_000);

  test('a judge whose key is missing leaves no pass behind', async () => {
    const run = await ran('sharded.yml', 4, event, { ...KEYS, JUDGE_API_KEY: '' });
    expect(verdicts(run).at(-1)).toEqual(['safety-full', 'failure', 'error']);
  }, 180_000);
});

test('.github/workflows/self-run.yml expects the verdicts that its three steps come to', async () => {
  const workflow = parseWorkflow(readFileSync(path.join(ROOT, '.github/workflows/self-run.yml'), 'utf8'));
  const baseUrl = await started({});
  const seen: unknown[] = [];
  for (const { uses, with: given = {} } of workflow.jobs['run']?.steps ?? []) {
    if (uses !== './') continue;
    const home = mkdtempSync(path.join(tmpdir(), 'self-run-'));
    const inputs = Object.entries(given).map(([name, value]) => [name, String(value)]);
    const { status, outputs } = await runStep({
      action: ROOT,
      home,
      inputs: { ...Object.fromEntries(inputs), 'base-url': baseUrl, dataset: DATASET },
    });
    seen.push(status === 0 ? 'success' : 'failure', outputs['verdict']);
    rmSync(home, { recursive: true, force: true });
  }
  const expected = workflow.jobs['run']?.steps.at(-1)?.run?.match(/SEEN" = '([^']+)'/)?.[1];
  expect(seen.join(' ')).toBe(expected);
}, 120_000);
