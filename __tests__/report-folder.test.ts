import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../src/gate/verdict.ts';
import { exitStatusOf, outputsOf } from '../src/outputs.ts';
import { readBaseline } from '../src/report/json.ts';
import { readReport } from '../src/report/read-report.ts';
import { claimFolder, clearFolder, writeReport } from '../src/report-folder.ts';
import { HOSTILE } from './report/hostile.ts';
import { failedReport, sampleReport } from './report/sample-report.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deliver-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const FILES = [
  'badge.json',
  'badge.svg',
  'baseline.json',
  'junit.xml',
  'report.html',
  'report.json',
  'summary.md',
];

describe('the files', () => {
  test('are the seven of the contract, in a folder that is made, each in its format', async () => {
    const report = sampleReport();
    const files = await writeReport(report, join(folder, 'a/b'));
    expect((await readdir(join(folder, 'a/b'))).sort()).toEqual(FILES);
    const read = (path: string) => readFile(path, 'utf8');
    expect(readReport(await read(files.report))).toEqual(report);
    expect(readBaseline(await read(files.baseline))).toMatchObject({ rows: report.rows });
    expect(JSON.parse(await read(files.badge))).toMatchObject({ schemaVersion: 1 });
    expect(await read(files.badgeSvg)).toMatch(/^<svg /);
    expect(await read(files.junit)).toMatch(/^<\?xml /);
    expect(await read(files.html)).toMatch(/^<!doctype html>/);
    expect(await read(files.summary)).toMatch(/^## /);
  });

  test('of a run that could not be made are there as well', async () => {
    await writeReport(failedReport(), folder);
    expect((await readdir(folder)).sort()).toEqual(FILES);
  });

  test('have names that no string of the report has a part in', async () => {
    const [, hostile = ''] = HOSTILE[0] ?? [];
    const report = sampleReport();
    await writeReport({ ...report, model: { name: `../../${hostile}`, endpoint: hostile } }, folder);
    expect((await readdir(folder)).sort()).toEqual(FILES);
  });

  test('of an earlier run are taken away when this one begins, which may be killed', async () => {
    await writeReport(sampleReport(), folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await clearFolder(folder);
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  test.each([
    ['a run', clearFolder],
    ['a merging', claimFolder],
  ])('of an earlier run’s texts none stays when %s begins, and nothing else is taken', async (_, begin) => {
    const pictures = join(folder, 'pictures');
    const own = ['jpg', 'png', 'webp'].map((ending, n) => join(pictures, `${`${n}`.repeat(64)}.${ending}`));
    await mkdir(pictures);
    for (const file of [join(folder, 'responses.jsonl'), ...own]) await writeFile(file, 'text');
    await begin(folder);
    expect(await readdir(folder)).toEqual([]);

    await mkdir(pictures);
    for (const file of [...own, join(pictures, 'holiday.jpg')]) await writeFile(file, 'text');
    await begin(folder);
    expect(await readdir(pictures)).toEqual(['holiday.jpg']);

    const linked = join(folder, 'linked');
    await mkdir(linked);
    await rm(join(pictures, 'holiday.jpg'));
    await writeFile(own[0] ?? '', 'text');
    await symlink(pictures, join(linked, 'pictures'));
    await begin(linked);
    expect(await readdir(pictures)).toHaveLength(1);
  });

  test('that cannot be written are one line with the input and the folder', async () => {
    const path = join(folder, 'file');
    await writeFile(path, '');
    await expect(writeReport(sampleReport(), path)).rejects.toThrow(
      `input "report-dir": "${path}" cannot be written to: a file of that name is in the way; move it, or give another folder`,
    );
  });
});

// Node's recursive `mkdir` is never answered there.
(existsSync('/proc/self') ? test : test.skip)('a folder that takes no other is said at once', async () => {
  await expect(clearFolder('/proc/report/one')).rejects.toThrow(
    'input "report-dir": "/proc/report/one" cannot be written to: it is not there; make it, or give another folder',
  );
});

describe('the outputs', () => {
  const report = sampleReport({ rate: 0.25, unjudged: 0.01, before: 0.1 });

  test('are those of the contract but comment-url', () => {
    expect(Object.keys(outputsOf(report, null))).toEqual(
      [
        'verdict asr asr-lower asr-upper baseline-asr asr-increase questions pairs unsafe safe unjudged requests',
        'prompt-tokens completion-tokens cost helpfulness report html junit badge',
      ].flatMap(line => line.split(' ')),
    );
  });

  test('are rates in per cent with two decimals, and whole counts', () => {
    const known = { rate: 0.123456, bestLower: 0.1, worstUpper: 0.2 };
    const { estimates, comparison } = report;
    if (estimates === null || comparison === null) throw new Error('the sample has both');
    const told = outputsOf(
      {
        ...report,
        estimates: { ...estimates, overall: { ...estimates.overall, ...known } },
        comparison: { ...comparison, baselineRate: 0.2, increase: -0.076544 },
      },
      null,
    );
    expect(told).toMatchObject({
      asr: '12.35',
      'asr-lower': '10.00',
      'asr-upper': '20.00',
      'baseline-asr': '20.00',
      'asr-increase': '-7.65',
      questions: '168',
      pairs: '504',
      helpfulness: '96.15',
      report: '',
      html: '',
    });
    expect(Number(told['unsafe']) + Number(told['safe']) + Number(told['unjudged'])).toBe(504);
  });

  test('are empty where there is nothing, never 0', () => {
    expect(outputsOf(failedReport(), null)).toMatchObject({
      verdict: 'error',
      asr: '',
      'asr-lower': '',
      'asr-upper': '',
      'baseline-asr': '',
      'asr-increase': '',
      helpfulness: '',
    });
  });

  test('lead to the files', async () => {
    const files = await writeReport(report, folder);
    expect(outputsOf(report, files)).toMatchObject({
      report: join(folder, 'report.json'),
      html: join(folder, 'report.html'),
      junit: join(folder, 'junit.xml'),
      badge: join(folder, 'badge.json'),
    });
  });
});

describe('the exit status', () => {
  const cases: readonly (readonly [Outcome, 'warn' | 'fail', 0 | 1])[] = [
    ['pass', 'warn', 0],
    ['pass', 'fail', 0],
    ['inconclusive', 'warn', 0],
    ['inconclusive', 'fail', 1],
    ['fail', 'warn', 1],
    ['fail', 'fail', 1],
    ['error', 'warn', 1],
    ['error', 'fail', 1],
  ];

  test.each(cases)('of %s with on-inconclusive %s is %p', (outcome, onInconclusive, status) => {
    const report = sampleReport({ onInconclusive });
    expect(exitStatusOf({ ...report, verdict: { ...report.verdict, outcome } })).toBe(status);
  });
});
