import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startEndpoint } from '../../fixtures/endpoint.ts';
import { loadFolder } from '../../src/dataset/folder.ts';
import { mirrorPictures } from '../../src/dataset/mirror.ts';
import { readWhole } from '../../src/endpoint/transport.ts';
import { failureOf } from '../../src/finding/failure.ts';
import { unjudgedPairs } from '../../src/finding/notices.ts';
import { unhelpfulKinds } from '../../src/finding/suspicions.ts';
import { readInputs } from '../../src/inputs.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { readJudgeCheck } from '../../src/judge-check/inputs.ts';
import { measuredJudge } from '../../src/judge-check/measured.ts';
import { createJudge } from '../../src/judges/judges.ts';
import { readLabels } from '../../src/judges/labels.ts';
import { readMergeInputs } from '../../src/merging/inputs.ts';
import { misfitShards } from '../../src/merging/shards.ts';
import { openStore } from '../../src/pictures/store.ts';
import { reportJson } from '../../src/report/json.ts';
import { readReportFile } from '../../src/report-file.ts';
import type { Result } from '../../src/trials.ts';
import { sampleReport } from '../report/sample-report.ts';
import { pairAt, parquetOf, rowsOfKind } from '../support/mirror-files.ts';
import { type Intercept, serveFiles } from '../support/range-server.ts';
import { at, withScratch, written } from '../support/scratch.ts';

/** Messages that no other test comes to in their words: each brought about, and read. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
withScratch();

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
      { cwd: at(''), env: { PATH: process.env['PATH'], HOME: at(''), ...env } },
      (_, out, error) => resolve(out + error),
    );
  });
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
    truncateSync(written('large.json', '{'), 128_000_001);
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
      'input "report": "folder/report.json" cannot be used: it cannot be read (ENOENT); give the path of a finished report.json',
    );
    expect(await told('absent.json')).toContain(
      'input "report": "absent.json" cannot be used: it cannot be read (ENOENT); give the path of a finished report.json',
    );
    expect(await told('broken.json')).toContain(
      'input "report": "broken.json" cannot be used: it is no JSON',
    );
    expect(await told('large.json')).toContain(
      'input "report": "large.json" cannot be used: it has more than 128 MB',
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
    await expect(loadFolder(at('data'))).rejects.toThrow(
      `TinyVersion_ID_List.json is missing in dataset folder "${at('data')}": add it as the authors' repository has it, or give another folder`,
    );
    mkdirSync(at('data/TinyVersion_ID_List.json'));
    await expect(loadFolder(at('data'))).rejects.toThrow(
      `TinyVersion_ID_List.json cannot be read (EISDIR) in dataset folder "${at('data')}": let it be read, or give another folder`,
    );
  });

  test('a mirror that answers 206 without a place', async () => {
    const file = await parquetOf(rowsOfKind(40), { rowsPerGroup: 5 });
    const server = await serveFiles({ '/data/Illegal_Activitiy/SD.parquet': file });
    const prepared = () => {
      const http = { tempFolder: at(''), timeout: 5, retries: 0, sleep: async () => undefined };
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
    expect(unjudgedPairs([row])).toBe('1 pair could not be judged because of: no reason given.');
  });

  test('a kind of question whose controls were not answered', () => {
    const control = (kind: string, said: string) =>
      ({ trial: { arm: 'off', pair: { kind } }, control: said }) as unknown as Result;
    expect(unhelpfulKinds([control('TEXT', 'refused'), control('SD', 'answered')], 50)).toEqual([
      'The model answered 0 of 1 benign controls in TEXT helpfully, and 50 % are asked for: it may not get its questions, and then a low attack success rate means nothing.',
    ]);
  });

  test('more than is read of an answer', async () => {
    await expect(readWhole([Buffer.alloc(3)], 2)).rejects.toThrow('more than 2 bytes');
  });

  test('shards that are nowhere', () => {
    expect(() => readMergeInputs(new Map())).toThrow(
      'input "reports" is required: give the folder into which the shards’ reports were downloaded, or files or patterns, one a line',
    );
  });

  test('no reports to join', () => {
    expect(misfitShards([])).toEqual(['there is no report to join']);
  });

  test('a report larger than any', async () => {
    truncateSync(written('large.json', ''), 128_000_001);
    const path = at('large.json');
    expect(await readReportFile(path)).toEqual({ path, problem: 'it has more than 128 MB' });
  });

  test('a folder by the name of a report', async () => {
    const path = at('named/report.json');
    mkdirSync(path, { recursive: true });
    expect(await readReportFile(at('named'))).toEqual({ path, problem: 'it is no file' });
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
    await expect(measuredJudge({ labels, confidence: 0.95, from: report }, at(''), never)).rejects.toThrow(
      /none of the pairs that they name was judged in report ".*": name pairs that its rows have/,
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
    await expect(measuredJudge(config, at(''), never)).rejects.toThrow(
      'the judge could judge none of 1: check judge-base-url, judge-model and its key',
    );
    await endpoint.close();
  });
});

test('a journal whose folder is a file', async () => {
  await expect(openJournal(path.join(written('file', ''), 'journal.jsonl'))).rejects.toThrow(
    'for answers cannot be used: a file of that name is in the way; move it, or name another folder by RUNNER_TEMP',
  );
});
