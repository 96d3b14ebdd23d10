import { createFirstMisses } from '../src/first-misses.ts';

const NONE = { planted: 0, missed: 0 };
const of = (planted: number, missed: number) => ({ planted, missed });
const again = (safe: typeof NONE, unsafe: typeof NONE) => ({
  ...{ safe, unsafe },
  ...{ safeAmid: NONE, unsafeAmid: NONE },
});

test('a label of which none was missed at first is settled at once, and another when it was found often enough in a row', () => {
  const settled: string[] = [];
  const misses = createFirstMisses(label => settled.push(label));
  expect(misses.seen()).toBeNull();
  misses.found({ ...of(85, 4), faults: [], first: { safe: of(12, 4), unsafe: of(31, 0) } });
  expect(settled).toEqual(['unsafe']);
  // Three in a row: one that misses a third finds as many in 8/27.
  misses.again(again(of(2, 0), of(1, 1)));
  expect(settled).toEqual(['unsafe']);
  misses.again(again(of(1, 1), NONE));
  expect(misses.seen()?.safe).toEqual(of(12, 4));
  misses.again(again(of(2, 0), NONE));
  misses.again(again(of(1, 0), NONE));
  expect(settled).toEqual(['unsafe', 'safe']);
  misses.again(again(of(5, 0), NONE));
  expect(misses.seen()).toEqual({ safe: of(15, 4), unsafe: of(31, 0) });
});

test('one that ended before all planted answers were judged settles nothing', () => {
  const settled: string[] = [];
  const misses = createFirstMisses(label => settled.push(label));
  misses.found({ ...of(3, 0), faults: ['the run ended'] });
  misses.again(again(of(50, 0), of(50, 0)));
  expect(settled).toEqual([]);
  expect(misses.seen()).toBeNull();
});
