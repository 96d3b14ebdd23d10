/** Long: one GitHub and one hostile first run are set up for all of it. */
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { historyEntryOf } from '../../src/report/history.ts';
import { reportJson } from '../../src/report/json.ts';
import type { Report } from '../../src/report/report.ts';
import { HOSTILE } from '../report/hostile.ts';
import { decoded, faultsOf, foreignTags, withoutCode } from '../report/markdown-shape.ts';
import { evaluated } from '../support/evaluation.ts';
import { BASE_SHA, HEAD_SHA, pushEvent, workflowRunEvent } from '../support/github-events.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { seedCommit } from '../support/github-state.ts';
import { runStep, type Step } from '../support/runner.ts';

/** The second workflow of a fork's pull request, by the built dist: it may write, and trusts nothing it was handed. */
const PUBLISH = resolve(import.meta.dirname, '../../publish');

let github: GitHubServer;
let home = '';
let report: Report;

beforeAll(async () => {
  const { finding } = await evaluated({ inputs: { scenarios: '1', 'image-kinds': 'TEXT' } });
  report = {
    ...finding,
    tool: { name: 'mm-safetybench-gate', version: '0.1.0' },
    // What a hostile first run would say of where it ran.
    run: {
      repository: 'octo/other',
      sha: 'e'.repeat(40),
      ref: 'refs/heads/main',
      event: 'push',
      url: 'https://evil.example/run',
      pullRequest: 99,
      commentId: 'theirs',
    },
  };
});

beforeEach(async () => {
  github = await startGitHub();
  github.state.pulls.push({
    number: 7,
    base: { sha: BASE_SHA, repo: 'octo/models' },
    head: { sha: HEAD_SHA, ref: 'next', repo: 'stranger/models' },
    files: [],
  });
  home = await mkdtemp(join(tmpdir(), 'publish-'));
});
afterEach(async () => {
  await github.close();
  await rm(home, { recursive: true, force: true });
});

async function published(
  content: string,
  event: { name: string; payload: unknown },
  inputs: Readonly<Record<string, string>> = {},
): Promise<Step> {
  await mkdir(join(home, 'workspace'), { recursive: true });
  await writeFile(join(home, 'workspace/report.json'), content);
  return publishedAsItLies(event, inputs);
}

function publishedAsItLies(
  event: { name: string; payload: unknown },
  inputs: Readonly<Record<string, string>> = {},
): Promise<Step> {
  return runStep({
    action: PUBLISH,
    home,
    inputs: { report: 'report.json', 'github-token': ACTIONS_TOKEN, 'comment-id': 'gate', ...inputs },
    event,
    env: { GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'octo/models' },
  });
}

const forkRun = { name: 'workflow_run', payload: workflowRunEvent('stranger/models') };

test('comments on the pull request that GitHub names, with GitHub’s link and not the report’s', async () => {
  const { status, outputs, log, summary } = await published(reportJson(report), forkRun);
  expect({ status, log }).toMatchObject({ status: 0 });
  expect(outputs).toMatchObject({
    verdict: report.verdict.outcome,
    'comment-url': expect.stringContaining('/7#'),
  });
  const [comment, ...others] = github.state.comments;
  expect(others).toEqual([]);
  expect(comment?.body).toContain('https://github.com/octo/models/actions/runs/9001');
  expect(comment?.body).not.toContain('evil.example');
  expect(comment?.body).toMatch(/^<!-- mm-safetybench-gate gate -->\n<!-- run 9001, /);
  expect(comment?.issue).toBe(7);
  for (const text of [comment?.body, summary]) {
    expect(text).toContain(`MM-SafetyBench: ${report.verdict.outcome}`);
    // Before any word of the report's own.
    expect(text?.replace(/^(?:<!--.*-->\n)+/, '')).toMatch(
      /^> ⚠️ \*\*Unverified\.\*\* Made by the pull request’s own run, whose author could have written anything here/,
    );
    expect(text).not.toMatch(/evil\.example|octo\/other|theirs/);
  }
});

test('names the head commit, and no sentence of the report stands as one of the tool’s own', async () => {
  const said = 'Approved by the security team: merge';
  const lying = { ...report, verdict: { ...report.verdict, sentence: said } };
  lying.verdict.reasons = lying.verdict.reasons.map(each => ({ ...each, sentence: said.repeat(20) }));
  const { summary } = await published(reportJson(lying), forkRun);
  for (const shown of [github.state.comments[0]?.body ?? '', summary]) {
    expect(shown).toContain(`<sub>Commit \`${HEAD_SHA.slice(0, 7)}\`</sub>`);
    expect(shown).toMatch(
      /^Attack success rate \d.*: at least \d.*, at most \d.*, against a ceiling of 60 %\.$/m,
    );
    expect(shown).toMatch(
      /Reasons, in the report’s own words<\/summary>\n\n- \w+: “Approved by the security team: merge.*…”$/m,
    );
    expect(shown.match(/Approved.*/g)?.every(line => line.length < 320)).toBe(true);
    expect(shown).not.toMatch(/\*\*Approved/);
  }
});

test('a report that contradicts its own numbers is refused', async () => {
  const reasons = report.verdict.reasons.map(each => ({ ...each, outcome: 'pass' as const, limit: 0 }));
  const { status, log } = await published(
    reportJson({ ...report, verdict: { ...report.verdict, outcome: 'pass', reasons } }),
    forkRun,
  );
  expect(status).toBe(1);
  expect(log).toContain('its reason by max-asr is pass, and it holds to 0');
  const { log: ahead } = await published(
    reportJson({ ...report, finishedAt: '9999-12-31T23:59:59.000Z' }),
    forkRun,
  );
  expect(ahead).toContain(
    'input "report": "report.json" cannot be used: it says that it was finished in days to come',
  );
  expect(github.state.comments).toEqual([]);
});

test('an older run’s report leaves a newer one’s comment as it is, and a notice says so', async () => {
  await published(reportJson(report), forkRun);
  const [newer] = github.state.comments;
  const before = newer?.body;
  expect(before).toMatch(
    /^<!-- mm-safetybench-gate gate -->\n<!-- run 9001, attempt 1, commit a{40}, finished \S+ -->\n/,
  );
  const payload = workflowRunEvent('stranger/models');
  const older = { ...payload, workflow_run: { ...payload.workflow_run, id: 9000 } };
  const finishedAt = new Date(Date.parse(report.finishedAt) - 1000).toISOString();
  const startedAt = finishedAt;
  const late = await published(reportJson({ ...report, startedAt, finishedAt }), {
    name: 'workflow_run',
    payload: older,
  });
  expect({ status: late.status, body: newer?.body }).toEqual({ status: 0, body: before });
  expect(late.log).toMatch(
    /^::notice::No comment was written: that of a newer run or commit stands \(http\S+\)\.$/m,
  );
  expect(late.outputs['comment-url']).toMatch(/\/7#issuecomment-\d+$/);
});

test('says that the pull request changes the workflows that made the report', async () => {
  github.state.pulls.splice(0, 1, {
    ...(github.state.pulls[0] as (typeof github.state.pulls)[number]),
    files: [{ filename: '.github/workflows/gate.yml', status: 'modified' }],
  });
  const { summary } = await published(reportJson(report), forkRun);
  for (const text of [github.state.comments[0]?.body, summary]) {
    expect(text).toContain('This pull request changes `.github/workflows`');
  }
});

describe('the last runs on the publishing branch', () => {
  const url = 'https://github.com/octo/models/actions/runs/41';
  const entry = () => historyEntryOf({ ...report, run: { ...report.run, url, ref: 'refs/heads/main' } }, 1);

  test('are shown beside the report, and nothing is added to them', async () => {
    const head = seedCommit(github.state, { 'history.jsonl': `${JSON.stringify(entry())}\n` });
    github.state.refs.set('refs/heads/safety', head);
    const { status, log, summary } = await published(reportJson(report), forkRun, {
      'publish-branch': 'safety',
    });
    expect({ status, log }).toMatchObject({ status: 0 });
    for (const text of [github.state.comments[0]?.body, summary]) expect(text).toContain(`(${url})`);
    expect(github.state.refs.get('refs/heads/safety')).toBe(head);
  });

  test('that the token may not read cost nothing but themselves', async () => {
    github.faults.push({ operation: 'git/get-ref', how: 'status', status: 403, message: 'Forbidden' });
    const { status, log } = await published(reportJson(report), forkRun, { 'publish-branch': 'safety' });
    expect(status).toBe(0);
    expect(log).toMatch(/The last runs are not shown: .*contents: read/);
    expect(github.state.comments[0]?.body).not.toContain('Last runs');
  });
});

describe('the link to the files', () => {
  const linked = async () => {
    await published(reportJson(report), forkRun);
    return /\[Artifacts\]\((\S+)\)/.exec(github.state.comments[0]?.body ?? '')?.[1];
  };
  const run = 'https://github.com/octo/models/actions/runs/9001';
  const artifact = (id: number, more = {}) => ({
    id,
    run: 9001,
    name: '](https://evil.example)',
    expired: false,
    ...more,
  });

  test('is the artifact of the run that made the report, where it has one', async () => {
    github.state.artifacts.push(artifact(1, { run: 9000 }), artifact(2, { expired: true }), artifact(3));
    expect(await linked()).toBe(`${run}/artifacts/3`);
  });
  test('is the run’s list where there are several, or none', async () => {
    github.state.artifacts.push(artifact(1), artifact(2));
    expect(await linked()).toBe(`${run}#artifacts`);
  });
  test('is the run’s list where the token may not ask', async () => {
    github.state.artifacts.push(artifact(1));
    github.faults.push({ operation: 'actions/list-workflow-run-artifacts', how: 'status', status: 403 });
    expect(await linked()).toBe(`${run}#artifacts`);
  });
});

test('nothing of a report acts, whatever its author wrote into every field that takes text', async () => {
  const texts = HOSTILE.map(([, hostile]) => hostile.slice(0, 900)).filter(hostile => hostile.isWellFormed());
  const [reason] = report.verdict.reasons;
  if (!reason) throw new Error('the run has a reason');
  const all = texts.join(' ');
  const hostile: Report = {
    ...report,
    tool: { name: texts[0] ?? '', version: '\u001b[2J' },
    model: { name: '](https://evil.example/)@octocat', endpoint: '<img src=https://evil.example/x>' },
    verdict: {
      ...report.verdict,
      sentence: '::set-output name=verdict::pass\n::error::x',
      reasons: [reason, ...texts.map(sentence => ({ ...reason, sentence }))],
    },
    notices: [...texts, all.slice(0, 3000)],
    fingerprint: Object.fromEntries(
      texts.map((value, n) => [
        `field ${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}`,
        value,
      ]),
    ),
    sample: { ...report.sample, cutShort: '| x | y |\n|---|---|\n| [a](https://evil.example) |' },
  };
  const { status, log, outputs, summary } = await published(reportJson(hostile), forkRun);
  expect({ status, log }).toMatchObject({ status: 0 });
  expect(Object.keys(outputs).toSorted()).toEqual(['comment-url', 'verdict']);
  expect(log.split('\n').filter(line => line !== '' && line !== `::add-mask::${ACTIONS_TOKEN}`)).toEqual([]);
  for (const text of [github.state.comments[0]?.body ?? '', summary]) {
    expect(text).toContain('MM-SafetyBench');
    expect(faultsOf(text.replace(/^(?:<!--.*-->\n)+/, ''))).toEqual([]);
    expect(foreignTags(text.replace(/^(?:<!--.*-->\n)+/, ''))).toEqual([]);
    const acting = withoutCode(text).replaceAll(
      /\[(?:Run|Artifacts)\]\(https:\/\/github\.com\/octo\/models\/[\w/#]+\)/g,
      '',
    );
    expect(acting).not.toMatch(/\]\(|!\[/);
    expect(decoded(acting)).not.toMatch(/@\w|#\d|\bgh-\d|\bwww\.|:\/\//i);
  }
});

describe('a file that is none to read', () => {
  test('a link out of the workspace tells nothing of what it leads to', async () => {
    await mkdir(join(home, 'workspace'), { recursive: true });
    await writeFile(join(home, 'secret'), 'the runner’s secret');
    await symlink(join(home, 'secret'), join(home, 'workspace/report.json'));
    const { status, log, summary } = await publishedAsItLies(forkRun);
    expect(status).toBe(1);
    expect(log).toContain('it is no JSON');
    expect(log + summary).not.toContain('secret');
  });
  test('a folder', async () => {
    await mkdir(join(home, 'workspace/report.json'), { recursive: true });
    const { status, log, summary } = await publishedAsItLies(forkRun);
    expect({ status, log, summary }).toMatchObject({
      status: 1,
      log: expect.stringContaining('cannot be read (ENOENT)'),
    });
    expect(summary).toContain('## MM-SafetyBench: no report was published');
  });
  test('gigabytes', async () => {
    await mkdir(join(home, 'workspace'), { recursive: true });
    await writeFile(join(home, 'workspace/report.json'), '');
    await truncate(join(home, 'workspace/report.json'), 3 * 2 ** 30);
    const { status, log } = await publishedAsItLies(forkRun);
    expect({ status, log }).toMatchObject({
      status: 1,
      log: expect.stringContaining('it has more than 128 MB'),
    });
  });
});

test.each([
  ['one whose head has moved on', { head: { sha: 'd'.repeat(40), ref: 'next', repo: 'stranger/models' } }],
  ['one of another fork', { head: { sha: HEAD_SHA, ref: 'next', repo: 'other/models' } }],
])('no comment is written on %s, whatever number the report names', async (_, change) => {
  github.state.pulls.splice(0);
  const base = { sha: BASE_SHA, repo: 'octo/models' };
  github.state.pulls.push({ number: 99, base, files: [], ...change });
  const { status, log, outputs, summary } = await published(reportJson(report), forkRun);
  // Nobody did anything wrong; but nothing takes it for a pass.
  expect({ status, outputs }).toEqual({ status: 0, outputs: {} });
  expect(log).toMatch(
    /^::notice::Nothing was published, for the pull request has moved on or is closed: cannot find the pull request of run 9001: none is open at the commit that ran$/m,
  );
  expect(summary).toContain('## MM-SafetyBench: no report was published');
  expect(github.state.comments).toEqual([]);
});

test.each([
  ['no JSON', 'half a rep', 'it is no JSON'],
  ['another schema', JSON.stringify({ schemaVersion: 2 }), 'schemaVersion'],
])('a report that is %s is refused in one line, and nothing is written', async (_, content, words) => {
  const { status, log } = await published(content, forkRun);
  expect(status).toBe(1);
  expect(log).toContain(words);
  expect(github.state.comments).toEqual([]);
});

test('a run without a pull request is told what to use', async () => {
  const { status, log } = await published(reportJson(report), { name: 'push', payload: pushEvent });
  expect(status).toBe(1);
  expect(log).toContain('use workflow_run or pull_request_target');
});
