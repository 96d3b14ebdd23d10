/**
 * How close the engine comes to what the endpoint allows: `npm run bench`, or `node bench/engine.ts [PAIRS ...]`.
 * Whole processes of the built `dist`, against the stand-in in a process of its own that answers after 200 ms, 32
 * requests in flight, TYPO pictures from a warm store. The limit is pairs × 0.2 s / 32. The same run judged by
 * another model, which may be asked 48 at once, so that the answers planted before it keep nobody waiting, and by rules
 * alone. What nobody could save is in the time and not in the limit: no run of whole requests is shorter than 0.2 s
 * times the pairs by 32, rounded up (3.2 s for 504), and the last judgement comes 0.2 s after the last answer. A full
 * run is held to its limit with the judge's calls beside it, a tenth of one by its own requests: with a judge's, waiting
 * alone takes 1.08 of that limit. What the machine costs just then is told beside it: the time of a bare client, which
 * sends as many requests of that size and does nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '..');
const LATENCY = 0.2;
const IN_FLIGHT = 32;
const JUDGEMENTS_IN_FLIGHT = 48;
const REPEATS = 3;
/** What is wanted of every size. */
const WANTED = { cpu: 3, peak: 250, firstLine: 0.5 };
const FULL_RUN = 5040;

/** What is wanted of the time by the limit; null where none is. */
function ratioWanted(pairs: number, judge: JudgedBy): number | null {
  if (pairs >= FULL_RUN) return 1.05;
  return judge === 'rules' ? 1.15 : null;
}

/** The least that a run could take (s), were nothing to do but wait. */
const leastOf = (pairs: number, judge: JudgedBy): number =>
  LATENCY * (Math.ceil(pairs / IN_FLIGHT) + (judge === 'model' ? 1 : 0));
const REAL = resolve(ROOT, '../shared/mm-safetybench');
const DATASET = existsSync(REAL) ? REAL : join(ROOT, 'fixtures/mm-safetybench');

interface Measured {
  /** Seconds of the whole process. */
  readonly wall: number;
  /** Seconds to the first line of output. */
  readonly firstLine: number;
  readonly user: number;
  /** MB. */
  readonly peak: number;
  readonly requests: number;
  readonly pairs: number;
}

async function main(): Promise<void> {
  const sizes = process.argv.slice(2).map(Number);
  const pairs = sizes.length > 0 ? sizes : [504, 5040];
  const work = await mkdtemp(join(tmpdir(), 'bench-engine-'));
  const server = spawn(
    process.execPath,
    ['fixtures/serve.ts', '--latencyMs', String(LATENCY * 1000), '--dataset', DATASET],
    { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  try {
    const [baseUrl] = (await once(createInterface(server.stdout), 'line')) as [string];
    await run(baseUrl, work, 12);
    for (const wanted of pairs) {
      await run(baseUrl, work, wanted / REPEATS, 'model', 1);
      const bare = await bareTime(baseUrl, wanted);
      for (const judge of ['rules', 'model'] as const) {
        const before = await userTimeOf(server);
        const measured = await run(baseUrl, work, wanted / REPEATS, judge);
        tell(measured, judge, bare);
        const after = await userTimeOf(server);
        if (before === null || after === null) continue;
        const each = (1000 * (after - before)) / measured.requests;
        say(`  endpoint, on the same cores: ${each.toFixed(2)} ms a request`);
      }
    }
  } finally {
    server.kill();
    await rm(work, { recursive: true, force: true });
  }
}

function tell(measured: Measured, judge: JudgedBy, bare: number): void {
  const { wall, firstLine, user, peak, requests, pairs } = measured;
  const limit = (pairs * LATENCY) / IN_FLIGHT;
  say(
    `${pairs} pairs judged by ${judge === 'rules' ? 'rules' : 'a model'}, ${requests} requests: ${wall.toFixed(2)} s, the limit is ${limit.toFixed(2)} s`,
  );
  show('time by the limit', wall / limit, ratioWanted(pairs, judge), 3);
  show('of which waiting alone', leastOf(pairs, judge) / limit, null, 3);
  if (judge === 'rules') show('a bare client', bare / limit, null, 3);
  show('user CPU per request', (1000 * user) / requests, WANTED.cpu, 2, 'ms');
  show('peak memory', peak, WANTED.peak, 0, 'MB');
  show('first line of output', firstLine, WANTED.firstLine, 2, 's');
}

type JudgedBy = 'rules' | 'model';

const JUDGES: Readonly<Record<JudgedBy, Readonly<Record<string, string>>>> = {
  rules: { judge: 'refusal' },
  model: {
    judge: 'rubric',
    'judge-model': 'fixture-judge',
    'judge-api-key': 'its-own-pacing',
    'judge-concurrency': String(JUDGEMENTS_IN_FLIGHT),
  },
};

/** One whole run over so many questions; `repeats` of 1 only warms the store. */
async function run(
  baseUrl: string,
  work: string,
  questions: number,
  judge: JudgedBy = 'model',
  repeats = REPEATS,
): Promise<Measured> {
  const usage = join(work, 'usage.json');
  const report = join(work, 'report');
  const inputs = {
    'base-url': baseUrl,
    model: 'fixture-vlm',
    ...JUDGES[judge],
    dataset: DATASET,
    'image-kinds': 'TYPO',
    'min-helpfulness': '0',
    sample: String(questions),
    repeats: String(repeats),
    concurrency: String(IN_FLIGHT),
    'report-dir': report,
  };
  const flags = Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', join(ROOT, 'bench/usage.mjs'), join(ROOT, 'dist/cli.js'), 'run', ...flags],
    {
      env: { ...process.env, BENCH_USAGE: usage, XDG_CACHE_HOME: work },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const firstLine = once(child.stderr, 'data').then(() => (performance.now() - startedAt) / 1000);
  const status = await exitOf(child);
  const wall = (performance.now() - startedAt) / 1000;
  if (status !== 0) throw new Error(`the run ended with status ${status}`);
  const { usage: used, rows } = JSON.parse(await readFile(join(report, 'report.json'), 'utf8'));
  const { user, peak } = JSON.parse(await readFile(usage, 'utf8'));
  return { wall, firstLine: await firstLine, user, peak, requests: used.requests, pairs: rows.length };
}

/** Bytes of a TYPO picture, on average. */
const PICTURE = 23_000;

/** What a client takes that does nothing but send and read (s). */
async function bareTime(baseUrl: string, requests: number): Promise<number> {
  const startedAt = performance.now();
  const options = [baseUrl, requests, IN_FLIGHT, PICTURE].map(String);
  const child = spawn(process.execPath, [join(ROOT, 'bench/bare.mjs'), ...options], { stdio: 'inherit' });
  if ((await exitOf(child)) !== 0) throw new Error('the bare client failed');
  return (performance.now() - startedAt) / 1000;
}

async function exitOf(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'exit');
  return code;
}

/** User CPU of a process so far (s); null where there is no /proc. */
async function userTimeOf({ pid }: ChildProcess): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // Field 14, in hundredths of a second; the second field is a name in brackets.
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[11]) / 100;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** A value, beside what is wanted of it where anything is: at most so much. */
function show(what: string, value: number, most: number | null, digits: number, unit = ''): void {
  const wanted = most === null ? '' : `wanted ${most} ${unit}: ${value <= most ? 'met' : 'missed'}`;
  say(`  ${what.padEnd(24)}${value.toFixed(digits).padStart(7)} ${unit.padEnd(3)} ${wanted}`.trimEnd());
}

await main();
