import { askedDifferently, misfitsOf } from '../../src/comparing/misfits.ts';
import { failedReport, sampleReport } from '../report/sample-report.ts';
import { placed } from './placed.ts';

const KINDS = { kinds: ['TYPO'] };
const A = placed('a', KINDS);
const fingerprint = sampleReport(KINDS).fingerprint;

test('reports of two models under one judge stand side by side', () => {
  expect(misfitsOf([A, placed('b', KINDS)])).toEqual([]);
});

test.each(['data set', 'pictures', 'judge', 'judge wording', 'judge parameters', 'safety prompt'])(
  'another %s is refused, by its name',
  field => {
    const other = placed('b', KINDS, { fingerprint: { ...fingerprint, [field]: 'another' } });
    expect(misfitsOf([A, other])).toEqual([
      `"b/report.json" cannot stand beside "a/report.json": they differ in ${field} (another, and there ${fingerprint[field]}); ask both under the same`,
    ]);
  },
);

test('a field that only one of them has is a difference as well', () => {
  const other = placed('b', KINDS, { fingerprint: { ...fingerprint, 'judge mood': 'good' } });
  expect(misfitsOf([A, other])[0]).toMatch(/they differ in judge mood \(good, and there none\);/);
});

test('other kinds and other scenarios are refused, all of it in one line for each report', () => {
  const { sample } = A.report;
  const kinds = placed('b', { kinds: ['SD', 'TYPO'] }, { fingerprint: { ...fingerprint, judge: 'x' } });
  const scenarios = placed('c', KINDS, { sample: { ...sample, scenarios: sample.scenarios.slice(1) } });
  expect(misfitsOf([A, kinds, scenarios])).toEqual([
    '"b/report.json" cannot stand beside "a/report.json": they differ in judge (x, and there official (gpt-judge-2026-06 at https://judge.example/v1)), kinds (SD, TYPO, and there TYPO); ask both under the same',
    '"c/report.json" cannot stand beside "a/report.json": they differ in scenarios (02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, 13, and there 01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, 13); ask both under the same',
  ]);
});

test('what belongs to a model may differ, and is named', () => {
  const other = placed('b', KINDS, {
    fingerprint: { ...fingerprint, decoding: 'max-tokens 64, temperature 1', 'system prompt': 'sha256:1' },
  });
  expect(misfitsOf([A, other])).toEqual([]);
  expect(askedDifferently([A, other])).toEqual(['decoding', 'system prompt']);
});

test('a run that ended in an error has no numbers', () => {
  const error = { path: 'e.json', report: { ...failedReport(), model: { name: 'e', endpoint: '' } } };
  expect(misfitsOf([A, error])[0]).toBe(
    '"e.json" is of a run that ended in an error, so it has no numbers to compare: The endpoint refused the key (401): check api-key.',
  );
});

test('one report, and the same run twice, are refused', () => {
  expect(misfitsOf([A])).toEqual(['it takes two reports or more to compare']);
  expect(misfitsOf([A, { ...A, path: 'copy.json' }])).toEqual([
    '"copy.json" is the run of "a/report.json" again: leave one out',
  ]);
});
