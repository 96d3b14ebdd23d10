import type { Report } from '../../src/report/report.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { fitted, width, wrapped } from '../../src/report/terminal-text.ts';
import { HOSTILE } from './hostile.ts';
import { hostileReport } from './hostile-report.ts';
import { failedReport, sampleReport } from './sample-report.ts';

const FULL = { size: 'full', rate: 0.25, before: 0.1, maxIncrease: 3, unjudged: 0.012 } as const;

const REPORTS: readonly (readonly [string, Report])[] = [
  ['pass', sampleReport()],
  ['fail of a full run', sampleReport(FULL)],
  ['inconclusive', sampleReport({ rate: 0.18, before: 0.1, maxIncrease: 2 })],
  ['error', failedReport()],
];

describe.each(REPORTS)('%s', (_name, report) => {
  const lines = renderTerminal(report, false).split('\n');

  test('no line is wider than 80 columns or has an escape sequence', () => {
    expect(lines.filter(line => width(line) > 80)).toEqual([]);
    expect(lines.join('')).not.toContain('\u001b');
  });

  test('colour changes nothing but the colour', () => {
    const plain = renderTerminal(report, true).replaceAll(/\u001b\[[\d;]*m/g, '');
    expect(plain).toBe(lines.join('\n'));
    expect(renderTerminal(report, true)).toContain('\u001b[1;');
  });

  test('the verdict is the last thing, in a word', () => {
    const word = report.verdict.outcome.toUpperCase();
    const at = lines.findLastIndex(line => line.includes(word));
    expect(lines[at + 1]?.trim().startsWith(report.verdict.sentence.slice(0, 30))).toBe(true);
  });
});

test.each([
  ['pass', '32', '✓ PASS'],
  ['inconclusive', '33', '? INCONCLUSIVE'],
  ['fail', '31', '✗ FAIL'],
  ['error', '31', '! ERROR'],
] as const)('%s has its colour and mark', (outcome, colour, words) => {
  const report = sampleReport();
  const shown = renderTerminal({ ...report, verdict: { ...report.verdict, outcome } }, true);
  expect(shown).toContain(`\u001b[1;${colour}m${words}\u001b[0m`);
});

test('a line of the table says rate, bounds, unsafe of judged, unjudged, and draws the interval', () => {
  const { estimates } = sampleReport(FULL);
  const shown = renderTerminal(sampleReport(FULL), false).split('\n');
  expect(estimates?.overall).toMatchObject({ unsafe: 1272, safe: 3712, unjudged: 56 });
  expect(shown).toContain('  all                     25.5 %  24.1 – 27.5 % 1,272/4,984       56 ··━●·······');
});

test('the pairs that one side alone has are counted beside the change', () => {
  const report = sampleReport({ before: 0.1 });
  if (!report.comparison) throw new Error('the sample is compared');
  const shown = (onlyHere: number, onlyBaseline: number) =>
    renderTerminal(
      { ...report, comparison: { ...report.comparison, onlyHere, onlyBaseline } as Report['comparison'] },
      false,
    ).replaceAll(/\s+/g, ' ');
  expect(shown(30, 1260)).toContain('Left out: 30 pairs judged only here, 1,260 only in the baseline.');
  expect(shown(0, 0)).toMatch(/on 504 shared pairs; 61 turned unsafe, 46 safe\./);
  expect(shown(0, 0)).not.toContain('Left out');
});

test('what was not judged has a dash and no drawing', () => {
  const report = sampleReport();
  if (!report.estimates) throw new Error('the sample is estimated');
  const nothing = { rate: null, lower: 0, upper: 1, unsafe: 0, safe: 0, unjudged: 12, questions: 0 };
  const byKind = report.estimates.byKind.map(each => ({ ...each, ...nothing }));
  const shown = renderTerminal({ ...report, estimates: { ...report.estimates, byKind } }, false);
  expect(shown).toMatch(/^ {2}TYPO +– +– +0\/0 +12$/m);
});

test.each(HOSTILE)('%s acts in no terminal', (_aim, hostile) => {
  const shown = renderTerminal(hostileReport(hostile), false);
  expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
  expect(shown.split('\n').filter(line => width(line) > 80)).toEqual([]);
  // A runner reads a command behind the blanks that begin a line, and an old one anywhere in it.
  expect(shown).not.toMatch(/::|##\[/);
});

test('widths: wide letters take two columns, marks none', () => {
  expect(width('abc')).toBe(3);
  expect(width('漢字')).toBe(4);
  expect(width('e\u0301')).toBe(1);
  expect(width('👍')).toBe(2);
  expect(fitted('漢字漢字', 6)).toBe('漢字… ');
  expect(fitted('12', 5, 'right')).toBe('   12');
});

test('lines are broken between words, and within one only where it is too long for a line', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
  expect(wrapped('', 10)).toEqual([]);
});
