import type { Progress } from '../src/progress.ts';
import { createProgressPrinter } from '../src/progress-printer.ts';

const progress = (more: Partial<Progress>): Progress => ({
  ...{ done: 0, kept: 0, planned: 600, asr: null, unjudged: 0, requests: 0, limit: 16 },
  ...{ isProving: false, wait: 0, isAway: false, timeLeft: null, requestsLeft: null },
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
  for (let second = 0; second <= 65; second += 1) {
    at(second);
    printer.update(progress({ done: 2 * second, asr: 0.5, requests: 4 * second }));
  }
  printer.end();
  expect(lines).toEqual([
    '60/600, ASR 50.0 %, 5 min left, 2.0/s, 120 requests, 16 at once\n',
    '120/600, ASR 50.0 %, 4 min left, 2.0/s, 240 requests, 16 at once\n',
    '130/600, ASR 50.0 %, took 65 s, 2.0/s, 260 requests, 16 at once\n',
  ]);
});

test('in batches nothing is asked at once, and no time is told that is left', () => {
  const { lines, printer, at } = logged();
  for (let second = 1; second <= 90; second += 1) {
    at(second);
    printer.update(progress({ done: Math.max(0, second - 50), requests: 86, limit: null }));
  }
  printer.end();
  expect(lines).toEqual([
    '0/600, 30 s so far, 0.0/s, 86 requests, in batches\n',
    '10/600, 60 s so far, 0.2/s, 86 requests, in batches\n',
    '40/600, 2 min so far, 0.4/s, 86 requests, in batches\n',
    '40/600, took 2 min, 0.4/s, 86 requests, in batches\n',
  ]);
});

/** Back to the beginning of the line, and nothing on it any more. */
const CLEAR = '\r\x1b[K';

/** What is drawn at a terminal as wide as this, with so many done after 60 s. */
function drawn(columns: number, done: number, more: Partial<Progress> = {}): string {
  let now = 0;
  let shown = '';
  const output = { isTTY: true, columns, write: (text: string) => (shown = text) };
  const printer = createProgressPrinter(output, () => now);
  for (now = 0; now <= 60_000; now += 20_000) {
    const came = (done * now) / 60_000;
    printer.update(progress({ done: came, asr: came > 0 ? 0 : null, ...more }));
  }
  return shown;
}

test('the bar is filled as far as the run is, beside the facts', () => {
  const none = drawn(80, 0);
  expect(none).toBe(`${CLEAR}${'░'.repeat(30)} 0/600, 60 s so far, 0.0/s`);
  expect(drawn(80, 300)).toContain(
    `${CLEAR}${'█'.repeat(15)}${'░'.repeat(15)} 300/600, ASR 0.0 %, 60 s left, 5.0/s`,
  );
  expect(drawn(80, 600)).toContain(`${CLEAR}${'█'.repeat(30)} 600/600, ASR 0.0 %, 60 s so far, 10.0/s`);
});

test('the bar leaves room for the facts and for what Ctrl-C is echoed as, and a line never reaches the last column', () => {
  for (const columns of [50, 60]) expect(drawn(columns, 300)).toHaveLength(CLEAR.length + columns - 2);
  expect(drawn(37, 300)).toHaveLength(CLEAR.length + 36);
  expect(drawn(36, 300).length).toBeLessThan(CLEAR.length + 36);
  expect(drawn(50, 300)).toContain(
    `${CLEAR}${'█'.repeat(6)}${'░'.repeat(5)} 300/600, ASR 0.0 %, 60 s left, 5.0/s`,
  );
});

const LATE = { planned: 1_680, unjudged: 112, asr: 0.149, kept: 45 };

test('at 80 columns the bar stands beside all facts, in few words where it has no room otherwise', () => {
  expect(drawn(80, 300, { unjudged: 12 })).toContain(
    `${CLEAR}${'█'.repeat(14)}${'░'.repeat(14)} 300/600, 12 unjudged, ASR 0.0 %, 60 s left, 5.0/s`,
  );
  const many = { ...LATE, planned: 5_040, unjudged: 1_112, kept: 345 };
  expect(drawn(80, 1_345, many)).toBe(
    `${CLEAR}${'█'.repeat(5)}${'░'.repeat(14)} 1345/5040 1112 unjudged ASR 15% 3m left 22.4/s 345 resumed`,
  );
});

test('where there is no room for all, the bar goes first, and then what matters least', () => {
  expect(drawn(40, 300)).toBe(`${CLEAR}300/600, ASR 0.0 %, 60 s left, 5.0/s`);
  expect(drawn(40, 300, { unjudged: 12 })).toBe(`${CLEAR}300/600 12 unjudged ASR 0% 60s left`);
  expect(drawn(40, 1_345, { ...LATE, kept: 0 })).toBe(`${CLEAR}1345/1680 112 unjudged ASR 15% 15s left`);
  expect(drawn(40, 300, { unjudged: 12, isAway: true })).toBe(`${CLEAR}300/600 12 unjudged ASR 0% waiting`);
  expect(drawn(40, 300, { unjudged: 12, wait: 900 })).toBe(`${CLEAR}300/600 12 unjudged ASR 0% waiting 15m`);
  expect(drawn(40, 300, { unjudged: 12, wait: 9_000 })).toBe(`${CLEAR}300/600 12 unjudged ASR 0% waiting 3h`);
  expect(drawn(30, 300, { unjudged: 12 })).toBe(`${CLEAR}300/600 12 unjudged ASR 0%`);
  expect(drawn(20, 300, { unjudged: 12 })).toBe(`${CLEAR}300/600 12 unjudged`);
  expect(drawn(19, 300, { unjudged: 12 })).toBe(`${CLEAR}300/600`);
});

test('a line that is said while a bar is drawn takes its place, and what the terminal echoed beside it', () => {
  const written: string[] = [];
  const output = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
  const printer = createProgressPrinter(output, () => 0);
  printer.say('before');
  printer.update(progress({ limit: null }));
  printer.say('short');
  printer.end();
  expect(written).toEqual([
    'before\n',
    `${CLEAR}${'░'.repeat(13)} 0/600, 0 s so far, 0.0/s`,
    `${CLEAR}short\n`,
    `${CLEAR}${'░'.repeat(15)} 0/600, took 0 s, 0.0/s`,
    '\n',
  ]);
});

test('what an earlier attempt had asked says nothing of how fast it goes', () => {
  const { lines, printer, at } = logged();
  printer.update(progress({ done: 200, kept: 200 }));
  at(15);
  printer.update(progress({ done: 330, kept: 300, unjudged: 1, requests: 30 }));
  at(30);
  printer.update(progress({ done: 360, kept: 300, unjudged: 2, requests: 60 }));
  expect(lines).toEqual(['360/600, 2 unjudged, 2 min left, 2.0/s, 300 resumed, 60 requests, 16 at once\n']);
});

test('while nothing comes in, a job log has its line every 30 s, and the bar is drawn again', () => {
  const { lines, printer, at } = logged();
  for (let second = 1; second <= 5_400; second += 1) {
    at(second);
    printer.update(progress({ planned: 26, requests: 26 }));
  }
  expect(lines).toHaveLength(180);
  expect(lines[0]).toBe('0/26, 30 s so far, 0.0/s, 26 requests, 16 at once\n');
  expect(lines.at(-1)).toBe('0/26, 1 h 30 min so far, 0.0/s, 26 requests, 16 at once\n');
  let now = 0;
  const bars: string[] = [];
  const bar = createProgressPrinter({ isTTY: true, columns: 80, write: text => bars.push(text) }, () => now);
  for (now = 1_000; now <= 3_000; now += 1_000) bar.update(progress({ planned: 26 }));
  expect(bars.map(text => text.slice(-23))).toEqual(
    ['1', '2', '3'].map(seconds => `░░░ 0/26, ${seconds} s so far, 0.0/s`.slice(-23)),
  );
});

test('answers that come all at once tell no time that is left, nor do fewer than are asked at once', () => {
  const { lines, printer, at } = logged();
  printer.update(progress({ planned: 504 }));
  at(116);
  for (let done = 1; done <= 500; done += 1) printer.update(progress({ done, planned: 504 }));
  printer.end();
  expect(lines).toEqual([
    '1/504, 2 min so far, 0.0/s, 0 requests, 16 at once\n',
    '500/504, took 2 min, 4.3/s, 0 requests, 16 at once\n',
  ]);
  const few = logged();
  for (const [second, done] of [
    [0, 0],
    [5, 1],
    [30, 16],
    [60, 17],
  ] as const) {
    few.at(second);
    few.printer.update(progress({ done }));
  }
  expect(few.lines).toEqual([
    '16/600, 30 s so far, 0.5/s, 0 requests, 16 at once\n',
    '17/600, 34 min left, 0.3/s, 0 requests, 16 at once\n',
  ]);
});

/** The line of a job log for each of some seconds, by where a run stands in each. */
function linesAt(
  seconds: readonly number[],
  stands: (second: number) => Partial<Progress>,
): readonly string[] {
  const { lines, printer, at } = logged();
  for (let second = 0; second <= Math.max(...seconds); second += 1) {
    at(second);
    printer.update(progress(stands(second)));
  }
  return seconds.map(second => lines[second / 30 - 1] ?? '');
}

test('the time that is left goes by the recent past, not by what was before the endpoint slowed down', () => {
  // 10 a second for 100 s, and then one in 4 s.
  const done = (second: number) => Math.floor(10 * Math.min(second, 100) + Math.max(0, second - 100) / 4);
  const lines = linesAt([90, 150, 240], second => ({ done: done(second), planned: 1_100 }));
  expect(lines).toEqual([
    '900/1100, 20 s left, 10.0/s, 0 requests, 16 at once\n',
    '1012/1100, 2 min left, 0.6/s, 0 requests, 16 at once\n',
    '1035/1100, 4 min left, 0.3/s, 0 requests, 16 at once\n',
  ]);
});

test('answers that come a round at a time make no time jump that is left', () => {
  const lines = linesAt([120, 150, 180, 210, 240, 270], second => ({
    done: 16 * Math.floor((second + 5) / 35),
    planned: 1_600,
  }));
  for (const line of lines) expect(Number(/(\d+) min left/.exec(line)?.[1])).toBeGreaterThan(45);
  for (const line of lines) expect(Number(/(\d+) min left/.exec(line)?.[1])).toBeLessThan(80);
});

test('while an endpoint asks to wait, or is away, that is what is told in place of a rate', () => {
  const asked = linesAt([60, 90, 900, 960, 990], second => ({
    done: 5 * Math.min(60, second) + 5 * Math.max(0, second - 965),
    wait: second < 60 ? 0 : Math.max(0, 965 - second),
  }));
  expect(asked).toEqual([
    '300/600, waiting 15 min, 0 requests, 16 at once\n',
    '300/600, waiting 15 min, 0 requests, 16 at once\n',
    '300/600, waiting 65 s, 0 requests, 16 at once\n',
    '300/600, waiting 5 s, 0 requests, 16 at once\n',
    '425/600, 35 s left, 5.0/s, 0 requests, 16 at once\n',
  ]);
  const away = linesAt([90], second => ({ done: 5 * Math.min(60, second), wait: 4, isAway: second > 60 }));
  expect(away).toEqual(['300/600, waiting for the endpoint, 0 requests, 16 at once\n']);
});

test('a single answer of an endpoint that was away is no measure of those after it', () => {
  const lines = linesAt([90], second => {
    const isAway = second > 70 && second < 90;
    return { done: 5 * Math.min(70, second), isAway, limit: second > 70 ? 1 : 16 };
  });
  expect(lines).toEqual(['350/600, 53 s left, 4.7/s, 0 requests, 1 at once\n']);
});

test('soon after a wait or an outage, the time that is left goes by the time in which the endpoint was asked', () => {
  const done = (second: number) => 5 * Math.min(70, second) + 5 * Math.max(0, second - 118);
  const isWaiting = (second: number) => second > 70 && second < 118;
  for (const held of [{ wait: 20 }, { isAway: true, limit: 1 }]) {
    const lines = linesAt([120], second => ({ done: done(second), ...(isWaiting(second) ? held : {}) }));
    expect(lines).toEqual(['360/600, 51 s left, 4.7/s, 0 requests, 16 at once\n']);
  }
});

test('no less time is left than an endpoint asks to wait', () => {
  const lines = linesAt([30], second => ({ done: 19 * second, planned: 575, wait: 7 }));
  expect(lines).toEqual(['570/575, 7 s left, 19.0/s, 0 requests, 16 at once\n']);
});

test('no more time is left than the budgets leave, also where an endpoint asks to wait for longer', () => {
  const budget = (second: number) => ({ done: second, timeLeft: 45 - second });
  expect(linesAt([30], budget)).toEqual(['30/600, 15 s left, 1.0/s, 0 requests, 16 at once\n']);
  expect(linesAt([30], second => ({ ...budget(second), wait: 900 }))).toEqual([
    '30/600, 15 s left, 0 requests, 16 at once\n',
  ]);
  // What is under way comes to its end after that.
  expect(linesAt([60], second => ({ ...budget(second), timeLeft: Math.max(0, 45 - second) }))).toEqual([
    '60/600, 60 s so far, 1.0/s, 0 requests, 16 at once\n',
  ]);
  const requests = (second: number) => ({
    done: second,
    requests: 2 * second,
    requestsLeft: 100 - 2 * second,
  });
  expect(linesAt([30], requests)).toEqual(['30/600, 20 s left, 1.0/s, 60 requests, 16 at once\n']);
});

test('no time is told that is left while the judge is proved, and none of it counts after that', () => {
  const lines = linesAt([30, 60], second => ({
    done: second <= 40 ? Math.min(20, second) : 20 + 10 * (second - 40),
    isProving: second <= 40,
  }));
  expect(lines).toEqual([
    '20/600, 30 s so far, 0.7/s, 0 requests, 16 at once\n',
    '220/600, 38 s left, 10.0/s, 0 requests, 16 at once\n',
  ]);
});
