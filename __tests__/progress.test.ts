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

test('what an earlier attempt had asked says nothing of how fast it goes', () => {
  const { lines, printer, at } = logged();
  at(30);
  printer.update(progress({ done: 360, kept: 300, judged: 0, unjudged: 2, requests: 60 }));
  expect(lines).toEqual(['360/600 2.0/s, 2 min left, 2 unjudged, 300 resumed, 60 requests, 16 at once\n']);
});
