import type { HistoryEntry } from '../../src/report/history.ts';
import { changeInterval } from '../../src/report/html/marks.ts';
import { trend } from '../../src/report/html/trend.ts';
import { sampleHistory } from './sample-report.ts';

const KNOWN = sampleHistory(3);
const [first] = KNOWN;
if (first === undefined) throw new Error('a history without a run');
const ERROR: HistoryEntry = { ...first, outcome: 'error', rate: null, lower: null, upper: null };
const marks = (drawn: string): readonly string[] =>
  [...drawn.matchAll(/class="dot (\w+)" transform="translate\([\d.]+ ([\d.]+)\)"/g)].map(
    ([, outcome, y]) => `${outcome} at ${y}`,
  );

test('a run that ended in an error without a rate stands on the axis, in its place among the others', () => {
  const drawn = trend([...KNOWN.slice(0, 1), ERROR, ...KNOWN.slice(1), ERROR]);
  const found = marks(drawn);
  expect(found).toHaveLength(5);
  expect([found[1], found[4]]).toEqual(['error at 204', 'error at 204']);
  expect(found.filter(each => each.endsWith(' 204'))).toHaveLength(2);
  expect(drawn).toContain('no rate, ');
  expect(drawn).toContain('of the last 5 runs');
  expect(drawn).toContain('; 2 without a rate"');
  expect(drawn).toContain('A run without a rate stands on the axis.');
  // The line goes from rate to rate.
  expect(/class="path" d="([^"]+)"/.exec(drawn)?.[1]?.match(/[ML]/g)).toEqual(['M', 'L', 'L']);
});

test('of runs that all have a rate nothing is said of such', () => {
  expect(trend(KNOWN)).not.toMatch(/without a rate|no rate/);
});

test('of one run that has a rate, errors beside it are shown; of errors alone nothing is drawn', () => {
  expect(marks(trend([first, ERROR]))).toHaveLength(2);
  expect(trend([ERROR, ERROR])).toBe('');
  expect(trend([first])).toBe('');
});

test('the widest change ends within its drawing', () => {
  const drawn = changeInterval({ increase: 0.1, lower: -0.2, upper: 0.2 }, 0.2);
  const [, x, width] = /class="bar" x="([\d.]+)%" width="([\d.]+)%"/.exec(drawn) ?? [];
  expect([Number(x), Number(x) + Number(width)]).toEqual([2, 98]);
});
