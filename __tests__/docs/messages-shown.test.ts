import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEndpoint } from '../../fixtures/endpoint.ts';
import { loadFolder } from '../../src/dataset/folder.ts';
import { mirrorPictures } from '../../src/dataset/mirror.ts';
import { readAnswer } from '../../src/endpoint/answer.ts';
import { createBatchEndpoint } from '../../src/endpoint/batch.ts';
import { createBatchApi } from '../../src/endpoint/batch-api.ts';
import { linesOf } from '../../src/endpoint/batch-lines.ts';
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createMeter } from '../../src/endpoint/meter.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { failureOf } from '../../src/failure.ts';
import { reasonsOf } from '../../src/findings.ts';
import { readBaselineFor } from '../../src/github/baseline.ts';
import { publish } from '../../src/github/branch.ts';
import { connect } from '../../src/github/client.ts';
import { readContext } from '../../src/github/context.ts';
import { readFileAt } from '../../src/github/files.ts';
import { attempting } from '../../src/github/problem.ts';
import { readPullRequest } from '../../src/github/pull-request.ts';
import { tellRestricted } from '../../src/github/restricted.ts';
import { readInputs } from '../../src/inputs.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { judgeCheck, readJudgeCheck } from '../../src/judge-check.ts';
import { createJudge } from '../../src/judges/judges.ts';
import { readLabels } from '../../src/judges/labels.ts';
import { misfitsOf } from '../../src/merging/shards.ts';
import { openStore } from '../../src/pictures/store.ts';
import { reportJson } from '../../src/report/json.ts';
import { readReportFile } from '../../src/report-file.ts';
import { sampleReport } from '../report/sample-report.ts';
import { batchServer, type Interception, saying, unasked } from '../support/batch-server.ts';
import { pullRequestEvent, runnerEnv } from '../support/github-events.ts';
import { ACTIONS_TOKEN, startGitHub } from '../support/github-server.ts';
import { seedCommit } from '../support/github-state.ts';
import { pairAt, parquetOf, rowsOfKind } from '../support/mirror-files.ts';
import { type Intercept, serveFiles } from '../support/range-server.ts';
import { completion, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

/** Messages that no other test comes to in their words: each brought about, and read. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'messages-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const at = (name: string): string => path.join(home, name);
const written = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

/** What a door says, run from the sources. */
function said(
  door: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const code = `await (await import(${JSON.stringify(path.join(ROOT, 'src', door))})).main()`;
  return new Promise(resolve => {
    execFile(
      process.execPath,
      ['--no-warnings', '--input-type=module', '--eval', code, 'door', ...args],
      { cwd: home, env: { PATH: process.env['PATH'], HOME: home, ...env } },
      (_, out, error) => resolve(out + error),
    );
  });
}

/** An address at which nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return `http://127.0.0.1:${port}/v1`;
}

describe('the doors', () => {
  test('an unknown command', async () => {
    expect(await said('cli.ts', ['zzzzzzzzzzzz'])).toContain(
      '"zzzzzzzzzzzz" is no command: see mm-safetybench-gate --help',
    );
  });

  test('one report too many', async () => {
    expect(await said('cli.ts', ['report', 'a.json', 'b.json'])).toContain(
      'report takes one report.json, not 2',
    );
  });

  test('publish, with a report that is a folder or too large', async () => {
    mkdirSync(at('folder'));
    truncateSync(written('large.json', '{'), 64_000_001);
    writeFileSync(at('event.json'), '{}');
    const env = {
      'INPUT_GITHUB-TOKEN': 'ghs_none',
      GITHUB_REPOSITORY: 'octo/models',
      GITHUB_EVENT_NAME: 'push',
    };
    const told = (report: string) =>
      said('publish.ts', [], { ...env, GITHUB_EVENT_PATH: at('event.json'), INPUT_REPORT: report });
    // Where the event has no pull request, nothing is read at all.
    expect(await told('folder')).toContain(
      'a push run has no pull request: use workflow_run or pull_request_target',
    );
    writeFileSync(at('broken.json'), '{');
    const pulled = {
      number: 7,
      base: { sha: 'b'.repeat(40), repo: { full_name: 'octo/models' } },
      head: { sha: 'a'.repeat(40), repo: { full_name: 'octo/models' } },
    };
    writeFileSync(at('event.json'), JSON.stringify({ pull_request: pulled }));
    Object.assign(env, { GITHUB_EVENT_NAME: 'pull_request_target' });
    expect(await told('folder')).toContain(
      'input "report": "folder" is no file: give the path of a report.json',
    );
    expect(await told('absent.json')).toContain(
      'input "report": "absent.json" cannot be read (ENOENT): give the path of a report.json',
    );
    expect(await told('broken.json')).toContain(
      'input "report": "broken.json" cannot be used: it is no JSON',
    );
    expect(await told('large.json')).toContain(
      'input "report": "large.json" has 64000001 bytes, more than 64000000',
    );
  });

  test('publish, without what it needs', async () => {
    writeFileSync(at('event.json'), '{}');
    const env = { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: at('event.json') };
    expect(await said('publish.ts', [], env)).toContain(
      'input "report" is required: give the path of a finished report.json',
    );
    expect(await said('publish.ts', [], { ...env, INPUT_REPORT: 'r.json' })).toContain(
      'input "github-token" is required: give a token that may write comments',
    );
    const all = { ...env, INPUT_REPORT: 'r.json', 'INPUT_GITHUB-TOKEN': 'ghs_none' };
    expect(await said('publish.ts', [], all)).toContain(
      'GITHUB_REPOSITORY is not set: run this as a step on GitHub',
    );
  });

  test('compare and merge with too few reports', async () => {
    expect(await said('cli.ts', ['compare', 'a.json'])).toContain('compare takes two report.json or more');
    expect(await said('cli.ts', ['merge'])).toContain(
      'merge takes the reports to join: give files, folders or patterns',
    );
  });

  test('a judge without a model', () => {
    const inputs = { 'base-url': 'http://host/v1', model: 'm', dataset: DATASET, judge: 'rubric' };
    expect(() => readInputs(new Map(Object.entries(inputs)))).toThrow(
      'input "judge": "rubric" needs a model to judge with: set judge-model',
    );
  });
});

describe('the data set', () => {
  test('a tiny list that is none, and a file that is missing', async () => {
    cpSync(DATASET, at('data'), { recursive: true });
    writeFileSync(at('data/TinyVersion_ID_List.json'), '{}');
    await expect(loadFolder(at('data'))).rejects.toThrow('TinyVersion_ID_List.json is not a list');
    rmSync(at('data/TinyVersion_ID_List.json'));
    await expect(loadFolder(at('data'))).rejects.toThrow(`is missing in dataset folder "${at('data')}"`);
  });

  test('a mirror that answers 206 without a place', async () => {
    const file = await parquetOf(rowsOfKind(40), { rowsPerGroup: 5 });
    const server = await serveFiles({ '/data/Illegal_Activitiy/SD.parquet': file });
    const prepared = () => {
      const http = { tempFolder: home, timeout: 5, retries: 0, sleep: async () => undefined };
      return mirrorPictures({
        imagesUrl: server.url,
        store: openStore(at('cache'), () => undefined),
        http,
      }).prepare([pairAt(6)]);
    };
    const vague: Intercept = ({ headers }, response, nth) => {
      if (nth === 1 && headers.range) return false;
      response.writeHead(206).end('abc');
      return true;
    };
    server.intercept = vague;
    await expect(prepared()).rejects.toThrow('answers 206 without the range asked for');
    server.ranges = false;
    server.intercept = (request, response) => vague(request, response, request.headers.range ? 1 : 2);
    await expect(prepared()).rejects.toThrow('answers 206 to a request for the whole file');
    await server.close();
  });
});

describe('statuses and files', () => {
  test('a failure without words', () => {
    expect(failureOf(new Error(''), null, 0, 1).verdict.sentence).toMatch('an error without a message');
  });

  test('pairs that no reason is known for', () => {
    const row = { pair: '07-Sex/1/SD', cluster: '07-Sex/1', repeat: 0, label: 'unjudged' } as const;
    expect(reasonsOf([row])).toEqual([{ reason: 'no reason given', count: 1 }]);
  });

  test('no reports to join', () => {
    expect(misfitsOf([])).toEqual(['there is no report to join']);
  });

  test('a report larger than any', async () => {
    truncateSync(written('large.json', ''), 128_000_001);
    expect(await readReportFile(at('large.json'))).toEqual({ problem: 'it has more than 128 MB' });
  });
});

describe('endpoints', () => {
  const common = (baseUrl: string) => ({
    ...{ baseUrl, model: 'm', apiKey: '', timeout: 5000, maxRetries: 0, secrets: [] },
    ...{ clock: Date.now, random: () => 0, signal: new AbortController().signal },
    meter: createMeter({ maxRequests: null, maxCost: null, prices: null }),
  });

  test('an endpoint that goes away after its first answer, and one that was never there', async () => {
    const endpoint = await scriptedEndpoint((response, _, count) =>
      count === 1 ? sendJson(response, completion({ content: 'A tree.' })) : void response.destroy(),
    );
    const client = createChatEndpoint({ ...common(endpoint.baseUrl), pacer: createPacer(1, Date.now) });
    await client.ask({ text: 'What is this?', maxTokens: 9 });
    expect(await client.ask({ text: 'And this?', maxTokens: 9 })).toMatchObject({
      reason: 'network',
      detail: expect.stringContaining(`${endpoint.baseUrl} cannot be reached: no connection (`),
    });
    await endpoint.close();
    const handed = await createBatchApi(common(await nobody())).hand(written('lines.jsonl', '{}\n'));
    expect(handed).toMatchObject({ answer: { detail: expect.stringContaining('no connection to http') } });
  });

  test('a body of nothing with status 200', () => {
    expect(readAnswer(' ', [])).toMatchObject({
      reason: 'malformed',
      detail: 'status 200 with an empty body',
    });
  });

  const lost: Interception = (call, response) => {
    if (!/^GET batches/.test(call)) return false;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    return true;
  };
  test.each<[string, Parameters<typeof batchServer>[0], Interception | undefined]>([
    ['its batch expired before it was asked', () => ({ status: 'expired' }), undefined],
    ['the endpoint no longer knows its batch', () => ({ status: 'completed' }), lost],
    ['its batch has no line about it', () => ({ status: 'completed', output: [] }), undefined],
    [
      'in a batch: batch_expired',
      lines => ({ status: 'completed', errors: lines.map(line => unasked(line, 'batch_expired')) }),
      undefined,
    ],
    [
      'its batch failed (internal_error)',
      (lines, batch) =>
        batch === 0
          ? { output: lines.map(line => saying(line, 'Yes.')) }
          : { status: 'failed', code: 'internal_error' },
      undefined,
    ],
  ])('%s', async (words, become, intercept) => {
    const journal = await openJournal(at('journal.jsonl'));
    const server = await batchServer(become, intercept);
    const client = createBatchEndpoint({
      ...{ ...common(server.baseUrl), workFolder: at('work'), journal, notice: () => undefined },
      ...{ sleep: async () => undefined, isGathering: () => false },
    });
    if (words.startsWith('its batch failed')) await client.ask({ text: 'A first duck?', maxTokens: 9 });
    expect(await client.ask({ text: 'A duck?', maxTokens: 9 })).toMatchObject({
      kind: 'none',
      detail: words,
    });
    await client.close();
    await server.close();
    await journal.close();
  });

  test('a line of a batch that is larger than any answer', async () => {
    const stream = async function* () {
      yield Buffer.alloc(9 * 1024 * 1024, 'a');
    };
    await expect(linesOf(stream()).next()).rejects.toThrow('a line too large');
  });
});

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

describe('judging', () => {
  test('a judge that is made without what it needs', () => {
    expect(() => createJudge({ names: ['rubric'], templates: null, endpoint: null })).toThrow(
      'judge "rubric" needs a model to judge with: set judge-model',
    );
    const endpoint = {
      baseUrl: 'http://host/v1',
      model: 'm',
      adaptations: [],
      ask: () => new Promise<never>(() => 0),
    };
    expect(() => createJudge({ names: ['official'], templates: null, endpoint })).toThrow(
      'judge "official" needs the authors\' templates: evaluation.py',
    );
  });

  test('labels of which there are none', () => {
    expect(() => readLabels('label,answer\n', 'labels.csv')).toThrow(
      'labels.csv, line 1: no labels: give a header and a row for each answer, or JSON lines',
    );
  });

  test('a judge check that leads to nothing', async () => {
    const never = new AbortController().signal;
    const labels = written('labels.csv', 'label,pair\nsafe,07-Sex/99999/SD\n');
    const report = written('report.json', reportJson(sampleReport()));
    await expect(judgeCheck({ labels, confidence: 0.95, from: report }, home, never)).rejects.toThrow(
      'none of them is of an answer whose judgement is known: give "answer" to ask the judge, or "pair" with a report',
    );

    const inputs = {
      'judge-labels': written('answers.csv', 'label,answer,scenario\nsafe,No.,1\n'),
      'judge-model': 'fixture-judge',
      dataset: DATASET,
    };
    expect(() => readJudgeCheck(new Map(Object.entries(inputs)))).toThrow(
      'input "judge-base-url" is required: give',
    );
    const endpoint = await startEndpoint({ judge: 'nonsense' });
    const config = readJudgeCheck(new Map(Object.entries({ ...inputs, 'judge-base-url': endpoint.baseUrl })));
    await expect(judgeCheck(config, home, never)).rejects.toThrow(
      'the judge could judge none of 1: check judge-base-url, judge-model and its key',
    );
    await endpoint.close();
  });
});

test('a journal whose folder is a file', async () => {
  await expect(openJournal(path.join(written('file', ''), 'journal.jsonl'))).rejects.toThrow(
    /for answers cannot be used \((EEXIST|ENOTDIR)\): make it writable, or name another by RUNNER_TEMP/,
  );
});
