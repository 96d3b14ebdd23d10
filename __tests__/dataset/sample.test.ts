import { rm } from 'node:fs/promises';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import type { Dataset } from '../../src/dataset/dataset.ts';
import { loadFolder } from '../../src/dataset/folder.ts';
import { type SampleSize, type ShardPlace, selectQuestions } from '../../src/dataset/sample.ts';
import { authorsFiles, writeFolder } from '../support/authors-folder.ts';

/** As many questions a scenario as the published files have, so that shares and remainders are the real ones. */
let dataset: Dataset;
let folder = '';
beforeAll(async () => {
  folder = await writeFolder(
    authorsFiles(name => SCENARIOS.find(each => each.name === name)?.questions ?? 0),
  );
  dataset = await loadFolder(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const WHOLE: ShardPlace = { index: 1, of: 1 };
const select = (size: SampleSize, { scenarios = SCENARIOS, seed = '1', shard = WHOLE } = {}) =>
  selectQuestions(dataset, size, scenarios, seed, shard);
const keys = (...given: Parameters<typeof select>) => select(...given).questions.map(({ key }) => key);
const count = (n: number): SampleSize => ({ kind: 'count', count: n });
const FULL: SampleSize = { kind: 'full' };

const countsOf = (questions: readonly { scenario: { name: string } }[]) =>
  SCENARIOS.map(({ name }) => questions.filter(({ scenario }) => scenario.name === name).length);

test('168 questions lie over the scenarios as the authors’ tiny list has them', () => {
  expect(countsOf(select(count(168)).questions)).toEqual(SCENARIOS.map(({ tiny }) => tiny));
});

test('every size is within one question of the exact share, and most are largest remainder', () => {
  let exact = 0;
  const order = select(FULL).questions;
  const taken = new Map<string, number>();
  for (const [position, { scenario }] of order.entries()) {
    taken.set(scenario.name, (taken.get(scenario.name) ?? 0) + 1);
    const n = position + 1;
    const shares = SCENARIOS.map(({ name, questions }) => ({
      over: (taken.get(name) ?? 0) - Math.floor((n * questions) / 1680),
      remainder: (n * questions) % 1680,
    }));
    expect(shares.every(({ over }) => over === 0 || over === 1)).toBe(true);
    const up = shares.filter(({ over }) => over === 1).map(({ remainder }) => remainder);
    const down = shares.filter(({ over }) => over === 0).map(({ remainder }) => remainder);
    if (Math.min(...up, Infinity) >= Math.max(...down, -Infinity)) exact += 1;
  }
  // Counted by an independent program: no nested order can agree at all sizes, this one does at 1,609 of 1,680.
  expect(exact).toBe(1609);
});

test('a larger sample contains the smaller, in the same order', () => {
  const full = keys(FULL);
  for (const n of [1, 13, 100, 560, 1679]) expect(keys(count(n))).toEqual(full.slice(0, n));
  expect(keys({ kind: 'percent', percent: 25 })).toEqual(full.slice(0, 420));
  expect(keys({ kind: 'percent', percent: 0.001 })).toEqual(full.slice(0, 1));
});

test('the order is fixed by the seed and by nothing else', () => {
  // The first three places under seed 1: SHA-256 is the same on every platform.
  expect(keys(count(3))).toEqual(keys(FULL).slice(0, 3));
  expect(keys(FULL)).not.toEqual(keys(FULL, { seed: '2' }));
  expect(new Set(keys(FULL))).toEqual(new Set(keys(FULL, { seed: '2' })));
  const reversed = { ...dataset, questions: dataset.questions.toReversed() };
  const again = selectQuestions(reversed, FULL, SCENARIOS, '1', WHOLE).questions.map(({ key }) => key);
  expect(again).toEqual(keys(FULL));
});

test('tiny is the authors’ list, whatever the seed', () => {
  expect(new Set(keys({ kind: 'tiny' }))).toEqual(dataset.tiny);
  expect(new Set(keys({ kind: 'tiny' }, { seed: '7' }))).toEqual(dataset.tiny);
});

test('chosen scenarios alone are asked, in proportion among themselves', () => {
  const scenarios = SCENARIOS.filter(({ number }) => number === 3 || number === 11);
  const { questions, population } = select(count(21), { scenarios });
  // 44 and 167 of 211: 21 questions are shared 4.38 to 16.62.
  expect(countsOf(questions)).toEqual([0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0]);
  expect([...population]).toEqual([
    ['03-Malware_Generation', 44],
    ['11-Financial_Advice', 167],
  ]);
});

test('shards part the sample without rest or overlap, each spread over the scenarios', () => {
  const shards = [1, 2, 3].map(index => keys(count(500), { shard: { index, of: 3 } }));
  expect(shards.map(({ length }) => length)).toEqual([167, 167, 166]);
  expect(new Set(shards.flat())).toEqual(new Set(keys(count(500))));
  expect(select(count(500), { shard: { index: 2, of: 3 } }).population.size).toBe(13);
});

test('more than there is, is told', () => {
  expect(() => select(count(1681))).toThrow('sample "1681" is more than the 1680 questions');
});
