import { createProgressPrinter, type Progress } from '../src/progress.ts';

const progress = (more: Partial<Progress>): Progress => ({
  ...{ done: 0, kept: 0, planned: 600, unsafe: 0, judged: 0, unjudged: 0, requests: 0, limit: 16 },
  ...more,
});

/** What is written in a job log while the clock of the test goes on. */
function logged() {
  let now = 0;
  const lines: string[] = [];
  const printer = createProgressPrinter({ write: text => lines.push(text) }, () => now);
  return { lines, printer, at: (seconds: number) => (now = seconds * 1000) };
}

test('a job log has a line every 30 s, and one at the end', () => {
  const { lines, printer, at } = logged();
  for (let second = 1; second <= 65; second += 1) {
    at(second);
    printer.update(progress({ done: 2 * second, judged: 2 * second, unsafe: second, requests: 4 * second }));
  }
  printer.end();
  expect(lines).toEqual([
    '60/600 2.0/s, 5 min left, ASR 50.0 %, 120 requests, 16 at once\n',
    '120/600 2.0/s, 4 min left, ASR 50.0 %, 240 requests, 16 at once\n',
    '130/600 2.0/s, 4 min left, ASR 50.0 %, 260 requests, 16 at once\n',
  ]);
});

test('in batches nothing is asked at once', () => {
  const { lines, printer } = logged();
  printer.update(progress({ requests: 86, limit: null }));
  printer.end();
  expect(lines).toEqual(['0/600 0.0/s, 0 s so far, 86 requests, in batches\n']);
});

/** What is drawn at a terminal as wide as this, with so many of 600 done after 60 s. */
function drawn(columns: number, done: number): string {
  let now = 0;
  let shown = '';
  const output = { isTTY: true, columns, write: (text: string) => (shown = text) };
  const printer = createProgressPrinter(output, () => now);
  for (now = 20_000; now <= 60_000; now += 40_000) printer.update(progress({ done, judged: done }));
  return shown;
}

test('the bar is filled as far as the run is, beside the facts', () => {
  const none = drawn(80, 0);
  expect(none).toBe(`\r${'░'.repeat(30)} 0/600 0.0/s, 60 s so far`.padEnd(80));
  expect(drawn(80, 300)).toContain(
    `\r${'█'.repeat(15)}${'░'.repeat(15)} 300/600 5.0/s, 60 s left, ASR 0.0 %`,
  );
  expect(drawn(80, 600)).toContain(`\r${'█'.repeat(30)} 600/600 10.0/s, ASR 0.0 %`);
});

test('the bar leaves room for the facts, and a line never reaches the last column', () => {
  for (const columns of [20, 45, 50, 60, 200]) expect(drawn(columns, 300)).toHaveLength(columns);
  expect(drawn(50, 300)).toContain(`\r${'█'.repeat(7)}${'░'.repeat(6)} 300/600 5.0/s, 60 s left, ASR 0.0 %`);
});

test('where there is no room for all, the bar goes first, and then the last of the facts', () => {
  expect(drawn(40, 300)).toBe('\r300/600 5.0/s, 60 s left, ASR 0.0 % '.padEnd(40));
  expect(drawn(30, 300)).toBe('\r300/600 5.0/s, 60 s left'.padEnd(30));
  expect(drawn(20, 300)).toBe('\r300/600 5.0/s'.padEnd(20));
});

test('what an earlier attempt had asked says nothing of how fast it goes', () => {
  const { lines, printer, at } = logged();
  at(15);
  printer.update(progress({ done: 330, kept: 300, judged: 0, unjudged: 1, requests: 30 }));
  at(30);
  printer.update(progress({ done: 360, kept: 300, judged: 0, unjudged: 2, requests: 60 }));
  expect(lines).toEqual(['360/600 2.0/s, 2 min left, 2 unjudged, 300 resumed, 60 requests, 16 at once\n']);
});

test('while nothing comes in, a job log has its line every 30 s, and the bar is drawn again', () => {
  const { lines, printer, at } = logged();
  for (let second = 1; second <= 5_400; second += 1) {
    at(second);
    printer.update(progress({ planned: 26, requests: 26 }));
  }
  expect(lines).toHaveLength(180);
  expect(lines[0]).toBe('0/26 0.0/s, 30 s so far, 26 requests, 16 at once\n');
  expect(lines.at(-1)).toBe('0/26 0.0/s, 1 h 30 min so far, 26 requests, 16 at once\n');
  let now = 0;
  const bars: string[] = [];
  const bar = createProgressPrinter({ isTTY: true, columns: 80, write: text => bars.push(text) }, () => now);
  for (now = 1_000; now <= 3_000; now += 1_000) bar.update(progress({ planned: 26 }));
  expect(bars.map(text => text.trim().slice(-23))).toEqual(
    ['1', '2', '3'].map(seconds => `░░░ 0/26 0.0/s, ${seconds} s so far`.slice(-23)),
  );
});

test('answers that come all at once tell no time that is left, nor do fewer than are asked at once', () => {
  const { lines, printer, at } = logged();
  at(116);
  for (let done = 1; done <= 500; done += 1) printer.update(progress({ done, planned: 504 }));
  printer.end();
  expect(lines).toEqual([
    '1/504 0.0/s, 2 min so far, 0 requests, 16 at once\n',
    '500/504 4.3/s, 2 min so far, 0 requests, 16 at once\n',
  ]);
  const few = logged();
  for (const [second, done] of [
    [5, 1],
    [30, 16],
    [60, 17],
  ] as const) {
    few.at(second);
    few.printer.update(progress({ done }));
  }
  expect(few.lines).toEqual([
    '16/600 0.5/s, 30 s so far, 0 requests, 16 at once\n',
    '17/600 0.3/s, 34 min left, 0 requests, 16 at once\n',
  ]);
});
