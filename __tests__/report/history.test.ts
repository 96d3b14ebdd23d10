import { historyEntryOf, readHistory } from '../../src/report/history.ts';
import { HOSTILE } from './hostile.ts';
import { failedReport, sampleReport } from './sample-report.ts';

const report = sampleReport({ unjudged: 0.01 });
const entry = historyEntryOf(report, 2);

test('an entry has what the trend needs and no more: no pair, no sentence, no endpoint', () => {
  const overall = report.estimates?.overall;
  expect(entry).toEqual({
    schemaVersion: 1,
    finishedAt: '2026-11-24T03:14:07.000Z',
    url: 'https://github.example/acme/assistant/actions/runs/9041',
    attempt: 2,
    sha: '9f8e7d6c5b4a39281706f5e4d3c2b1a098765432',
    ref: 'refs/pull/41/merge',
    commentId: 'Safety / gate',
    model: 'acme/assistant-vl-7b',
    outcome: report.verdict.outcome,
    rate: overall?.rate,
    lower: overall?.lower,
    upper: overall?.upper,
    questions: 168,
    unjudged: overall?.unjudged,
    maxAsr: 20,
  });
});

test('a run without an estimate has no rate and no bounds, not 0 and 1', () => {
  expect(historyEntryOf(failedReport(), 1)).toMatchObject({
    outcome: 'error',
    rate: null,
    lower: null,
    upper: null,
  });
  const overall = { ...report.estimates?.overall, rate: null, lower: 0, upper: 1 };
  const unjudged = { ...report, estimates: { ...report.estimates, overall } } as typeof report;
  expect(historyEntryOf(unjudged, 1)).toMatchObject({ rate: null, lower: null, upper: null });
});

test('entries are read back as they were, in their order', () => {
  const failed = historyEntryOf(failedReport(), 1);
  expect(readHistory([entry, failed].map(each => JSON.stringify(each)))).toEqual([entry, failed]);
});

test.each([
  ['no JSON', '{'],
  ['null', 'null'],
  ['a number', '7'],
  ['a rate above 1', JSON.stringify({ ...entry, rate: 1.2 })],
  ['a rate that is text', JSON.stringify({ ...entry, rate: '0.1' })],
  ['an outcome that there is not', JSON.stringify({ ...entry, outcome: 'PASS' })],
  ['a time that is none', JSON.stringify({ ...entry, finishedAt: 'now' })],
  ['a later version', JSON.stringify({ ...entry, schemaVersion: 2 })],
  ['a field besides', JSON.stringify({ ...entry, answer: '…' })],
  ['a field missing', JSON.stringify({ ...entry, model: undefined })],
])('a line that is no entry (%s) is left out, and those around it stay', (_, line) => {
  const good = JSON.stringify(entry);
  expect(readHistory([good, line, good])).toEqual([entry, entry]);
});

test.each(HOSTILE)('a line of hostile text (%s) is left out', (_, hostile) => {
  expect(readHistory([hostile, JSON.stringify({ ...entry, finishedAt: hostile })])).toEqual([]);
});
