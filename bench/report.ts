/**
 * Times the rendering of everything from a full run's report (1,680 questions in 3 kinds, a baseline, 90 runs of
 * history): `node bench/report.ts`. Prints the median of 9 for each renderer and the size of what it made, and fails
 * above the limits: 2 s for all of them together, 1 MB for the page.
 */
import { sampleHistory, sampleReport } from '../__tests__/report/sample-report.ts';
import { badgeJson, badgeSvg } from '../src/report/badge.ts';
import { renderComment } from '../src/report/comment.ts';
import { renderHtml } from '../src/report/html/html.ts';
import { baselineJson, reportJson } from '../src/report/json.ts';
import { junitXml } from '../src/report/junit.ts';
import { renderSummary } from '../src/report/summary.ts';
import { renderTerminal } from '../src/report/terminal.ts';

const ROUNDS = 9;
const MOST_MS = 2000;
const MOST_PAGE_BYTES = 1_000_000;

const report = sampleReport({ size: 'full', rate: 0.25, before: 0.1, maxIncrease: 3, unjudged: 0.012 });
const history = sampleHistory(90);

const RENDERERS: Readonly<Record<string, () => string>> = {
  'report.html': () => renderHtml(report, { history }),
  'summary.md': () => renderSummary(report, { history }),
  comment: () => renderComment(report, { history }),
  'report.json': () => reportJson(report),
  'baseline.json': () => baselineJson(report),
  'junit.xml': () => junitXml(report),
  badge: () => badgeJson(report) + badgeSvg(report),
  terminal: () => renderTerminal(report, true),
};

const measured = Object.entries(RENDERERS).map(([name, render]) => {
  const times = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    render();
    return performance.now() - begun;
  }).sort((a, b) => a - b);
  const median = times[Math.floor(ROUNDS / 2)] ?? Number.POSITIVE_INFINITY;
  // The first run of a process is the one that people wait for.
  return { name, median, slowest: times.at(-1) ?? median, bytes: Buffer.byteLength(render()) };
});

const line = (name: string, ...cells: readonly string[]) =>
  `${name.padEnd(16)}${cells.map(cell => cell.padStart(14)).join('')}\n`;
const page = measured.find(({ name }) => name === 'report.html')?.bytes ?? Number.POSITIVE_INFINITY;
const all = measured.reduce((sum, { slowest }) => sum + slowest, 0);

process.stdout.write(line('', 'median', 'slowest', 'bytes'));
for (const { name, median, slowest, bytes } of measured) {
  process.stdout.write(
    line(name, `${median.toFixed(1)} ms`, `${slowest.toFixed(1)} ms`, bytes.toLocaleString('en-GB')),
  );
}
process.stdout.write(line('all', '', `${all.toFixed(1)} ms`, ''));
held(`all of it in under ${MOST_MS / 1000} s`, all < MOST_MS);
held('report.html without texts under 1 MB', page < MOST_PAGE_BYTES);

function held(target: string, isMet: boolean): void {
  process.stdout.write(`${isMet ? 'met' : 'missed'}: ${target}\n`);
  if (!isMet) process.exitCode = 1;
}
