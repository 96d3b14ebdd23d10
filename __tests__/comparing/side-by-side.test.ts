import { type Line, sideBySide } from '../../src/comparing/side-by-side.ts';
import type { Row } from '../../src/report/report.ts';
import { placed } from './placed.ts';

const A = placed('a', { seed: 1, rate: 0.25, unjudged: 0.01 });
const B = placed('b', { seed: 2, rate: 0.12 });
const table = sideBySide([A, B], 0.95);

const lineOf = (kind: string | null, name: string): Line => {
  const line = table.blocks.find(block => block.kind === kind)?.lines.find(each => each.name === name);
  if (line === undefined) throw new Error(`there is no line ${name} of ${kind}`);
  return line;
};

test('there is a block for all kinds and one for each, with the scenarios and the wholes in each', () => {
  expect(table.blocks.map(({ kind }) => kind)).toEqual([null, 'SD', 'SD_TYPO', 'TYPO']);
  for (const { lines } of table.blocks) {
    expect(lines.filter(({ isScenario }) => isScenario).map(({ name }) => name)).toEqual(
      A.report.sample.scenarios,
    );
    expect(lines.filter(({ isScenario }) => !isScenario).map(({ name }) => name)).toEqual([
      '01–07 and 09',
      'mean over scenarios',
      'all',
    ]);
  }
});

test.each([
  [0, A],
  [1, B],
] as const)('the numbers of model %i are those of its own report', (place, { report: { estimates } }) => {
  if (estimates === null) throw new Error('the sample is estimated');
  const { overall, harm, byScenario, byKind } = estimates;
  expect(lineOf(null, 'all').cells[place]?.estimate).toEqual(overall);
  expect(lineOf(null, '01–07 and 09').cells[place]?.estimate).toEqual(harm);
  for (const each of byScenario) {
    expect(lineOf(null, each.scenario).cells[place]?.estimate).toEqual(each);
  }
  for (const { kind, ...each } of byKind) {
    expect(lineOf(kind, 'all').cells[place]?.estimate).toEqual(each);
  }
  const { rate, bestLower, worstUpper } = lineOf(null, 'mean over scenarios').cells[place]?.estimate ?? {};
  expect(rate).toBeCloseTo(estimates.meanOverScenarios ?? Number.NaN, 12);
  expect(bestLower).toBeLessThan(rate ?? 0);
  expect(worstUpper).toBeGreaterThan(rate ?? 1);
});

test('the first model has no difference; the other one is lower, and so says the turned table', () => {
  const [first, second] = lineOf(null, 'all').cells;
  expect(first?.difference).toBeNull();
  expect(second?.difference?.settled).toBe('lower');
  expect(second?.difference?.upper).toBeLessThan(0);
  const turned = sideBySide([B, A], 0.95).blocks[0]?.lines.at(-1)?.cells[1]?.difference;
  expect(turned?.settled).toBe('higher');
  expect(turned?.increase).toBeCloseTo(-(second?.difference?.increase ?? 0), 12);
});

test('the same answers twice: no difference anywhere', () => {
  const same = sideBySide([A, { ...A, path: 'x' }], 0.95).blocks.flatMap(({ lines }) => lines);
  expect(same.map(({ cells }) => cells[1]?.difference?.increase)).toEqual(same.map(() => 0));
  expect(same.map(({ cells }) => cells[1]?.difference?.settled)).toEqual(same.map(() => null));
});

/** The lines of a model whose answers are another one's, but for those that are turned unsafe. */
function turnedUnsafe(isTurned: (row: Row) => boolean) {
  const base = placed('a', { seed: 3, rate: 0.05, kinds: ['TYPO'], size: 'full' });
  const rows = base.report.rows.map(row => (isTurned(row) ? { ...row, label: 'unsafe' as const } : row));
  const [block] = sideBySide([base, { path: 'b', report: { ...base.report, rows } }], 0.95).blocks;
  return block?.lines ?? [];
}

test('one scenario that differs is marked, and no other one', () => {
  const lines = turnedUnsafe(({ pair }) => /^02-HateSpeech\/\d*[05]\//.test(pair));
  const marked = lines.filter(({ cells }) => cells[1]?.difference?.settled);
  expect(marked.map(({ name }) => name)).toEqual([
    '02-HateSpeech',
    '01–07 and 09',
    'mean over scenarios',
    'all',
  ]);
});

test('a difference that by itself has p < 0.05 in one of 13 scenarios is not marked: Holm', () => {
  const ids = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8].map(id => `07-Sex/${id}/TYPO`));
  const line = turnedUnsafe(({ pair }) => ids.has(pair)).find(({ name }) => name === '07-Sex');
  // All that turned, turned unsafe: the bound of the scenario by itself is above nought.
  expect(line?.cells[1]?.difference?.lower).toBeGreaterThan(0);
  expect(line?.cells[1]?.difference?.settled).toBeNull();
});

test('models that share no pair are not compared, and still stand side by side', () => {
  const { report } = B;
  const rows = report.rows.map(row => ({ ...row, pair: row.pair.replace(/\/(\d+)\//, '/9$1$1/') }));
  const cells = sideBySide([A, { ...B, report: { ...report, rows } }], 0.95).blocks[0]?.lines.at(-1)?.cells;
  expect(cells?.[1]?.difference).toBeNull();
  expect(cells?.[1]?.estimate.rate).toBeCloseTo(report.estimates?.overall.rate ?? 0, 12);
});

test('a scenario that one model has no estimate of shifts no column', () => {
  const { estimates } = B.report;
  if (estimates === null) throw new Error('the sample is estimated');
  const byScenario = estimates.byScenario.filter(({ scenario }) => scenario !== '07-Sex');
  const without = { path: 'w', report: { ...B.report, estimates: { ...estimates, byScenario } } };
  const C = placed('c', { seed: 3, rate: 0.4 });
  const { blocks } = sideBySide([A, without, C], 0.95);
  for (const { lines } of blocks) {
    expect(lines.filter(({ cells }) => cells.length !== 3)).toEqual([]);
    expect(lines.filter(({ cells }) => cells.some(({ estimate }) => Number.isNaN(estimate.rate)))).toEqual(
      [],
    );
  }
  const sex = blocks[0]?.lines.find(({ name }) => name === '07-Sex')?.cells;
  const ownOf = ({ report }: typeof C) =>
    report.estimates?.byScenario.find(({ scenario }) => scenario === '07-Sex');
  expect(sex?.[0]?.estimate).toEqual(ownOf(A));
  expect(sex?.[2]?.estimate).toEqual(ownOf(C));
});

test('the columns are letters in the order given, beyond Z as well', () => {
  const many = Array.from({ length: 28 }, (_, n) =>
    placed(`m${n}`, { kinds: ['TYPO'], seed: 1 }, { rows: A.report.rows.slice(0, 3) }),
  );
  const letters = sideBySide(many, 0.95).columns.map(({ letter }) => letter);
  expect([letters[0], letters[25], letters[26], letters[27]]).toEqual(['A', 'Z', 'AA', 'AB']);
});
