/**
 * What faults and kills do to a run: `npm run bench:faults`. Whole processes of the built `dist` against the stand-in
 * in a process of its own. First with 30 % of requests failing in every way it knows, then killed 20 times. Ends with
 * status 1 where something is missed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '..');
const DATASET = join(ROOT, 'fixtures/mm-safetybench');
const KILLS = 20;
const IN_FLIGHT = 16;
/** Judgements that are asked for again, since the judge has called nothing unsafe after them. */
const NOT_VOUCHED = 4;
/** So often is each pair asked under kills, so that a run is still under way at the last of them, however late each comes. */
const REPEATS = 10;

interface Server {
  readonly baseUrl: string;
  /** What the stand-in counted so far. */
  counts(): Promise<{
    requests: number;
    distinct: number;
    byFault: Record<string, number>;
  }>;
  close(): void;
}

async function startServer(options: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, ['fixtures/serve.ts', '--dataset', DATASET, ...options], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: Interface = createInterface(child.stdout);
  const next = async () => ((await once(lines, 'line')) as [string])[0];
  const baseUrl = await next();
  return {
    baseUrl,
    async counts() {
      const answer = next();
      child.stdin.write('\n');
      return JSON.parse(await answer).counts;
    },
    close: () => child.stdin.end(),
  };
}

function start(baseUrl: string, work: string, report: string, repeats: number): ChildProcess {
  const inputs = {
    'base-url': baseUrl,
    model: 'fixture-vlm',
    'judge-model': 'fixture-judge',
    dataset: DATASET,
    'image-kinds': 'TYPO,TEXT',
    sample: 'full',
    repeats: String(repeats),
    'min-helpfulness': '0',
    'request-timeout': '2',
    'max-retries': '12',
    concurrency: String(IN_FLIGHT),
    'report-dir': join(work, report),
  };
  const flags = Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
  return spawn(process.execPath, [join(ROOT, 'dist/cli.js'), 'run', ...flags], {
    env: { ...process.env, XDG_CACHE_HOME: work },
    cwd: work,
    stdio: 'ignore',
  });
}

async function finished(baseUrl: string, work: string, report: string, repeats = 1) {
  const child = start(baseUrl, work, report, repeats);
  await once(child, 'exit');
  const made = JSON.parse(await readFile(join(work, report, 'report.json'), 'utf8'));
  const { rows, estimates, planted } = made;
  const looks = planted.again.safe.planted + planted.again.unsafe.planted;
  return { rows, looks, asr: estimates.overall.rate, unjudged: estimates.overall.unjudged };
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function want(what: string, isMet: boolean): void {
  say(`  ${what}: ${isMet ? 'met' : 'missed'}`);
  if (!isMet) process.exitCode = 1;
}

async function underFaults(work: string): Promise<void> {
  const calm = await startServer([]);
  const stormy = await startServer(['--faults', JSON.stringify({ rate: 30 })]);
  const without = await finished(calm.baseUrl, work, 'calm');
  const within = await finished(stormy.baseUrl, work, 'stormy');
  const { requests, byFault } = await stormy.counts();
  say(`faults: ${JSON.stringify(byFault)} of ${requests} requests`);
  say(
    `ASR ${within.asr} with faults, ${without.asr} without; unjudged ${within.unjudged} and ${without.unjudged}`,
  );
  want('all pairs are judged', within.unjudged === 0);
  want('the rates are equal', within.asr === without.asr);
  want('the rows are equal', JSON.stringify(within.rows) === JSON.stringify(without.rows));
  calm.close();
  stormy.close();
}

async function underKills(work: string): Promise<void> {
  const server = await startServer(['--latencyMs', '200']);
  const whole = await finished(server.baseUrl, work, 'whole', REPEATS);
  const before = await server.counts();
  let killed = 0;
  for (let n = 0; n < KILLS; n++) {
    const child = start(server.baseUrl, work, 'killed', REPEATS);
    const ended = once(child, 'exit');
    await pause(500 + Math.random() * 3000);
    if (child.kill('SIGKILL')) killed += 1;
    await ended;
  }
  const last = await finished(server.baseUrl, work, 'killed', REPEATS);
  const after = await server.counts();
  // Planted answers that are given again in each attempt come in new words each time, and nothing else does.
  const looks = after.distinct - before.distinct;
  const again = after.requests - before.requests - looks - (before.requests - whole.looks);
  say(
    `${killed} kills; asked again beyond one whole run: ${again} (${killed} × ${IN_FLIGHT} could be in flight, and ${NOT_VOUCHED} not vouched for)`,
  );
  want('the rows are equal', JSON.stringify(last.rows) === JSON.stringify(whole.rows));
  want('nothing is asked again but that', again <= killed * (IN_FLIGHT + NOT_VOUCHED));
  server.close();
}

const work = await mkdtemp(join(tmpdir(), 'bench-faults-'));
try {
  await underFaults(work);
  await underKills(work);
} finally {
  await rm(work, { recursive: true, force: true });
}
