/**
 * Times the making of pictures, as ratios within one run: `npm run bench -- [data set folder]`. Each part runs
 * in a process of its own, for its own peak memory: natively, under sharp's WebAssembly build, and in Pillow on
 * one core where /usr/bin/python3 has it; and two whole runs of the built `dist`. Without the folder, phrases of the project's own take its place.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEndpoint } from '../fixtures/endpoint.ts';
import { sha256Of } from '../src/common/hash.ts';
import { canvasOf } from '../src/pictures/canvas.ts';
import { composeSdTypo, encodeJpeg } from '../src/pictures/image.ts';
import { fontFile } from '../src/pictures/renderer.ts';
import { typoPicture } from '../src/pictures/typo.ts';

/** What a part says: ms by the clock and of all processors, the hash of what it made, its peak memory in MB. */
interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
  readonly digest: string;
  readonly peakMb: number;
}

const ROOT = path.resolve(import.meta.dirname, '..');
const FIXTURE = path.join(ROOT, 'fixtures/mm-safetybench');
const QUESTIONS = 1680;
const PARTS: Readonly<Record<string, (phrases: readonly string[]) => Promise<Omit<Measured, 'peakMb'>>>> = {
  typo: phrases => timed(phrases, async phrase => typoPicture(phrase)),
  compose: timeComposing,
};

async function report(data: string): Promise<void> {
  const phrases = phrasesOf(data);
  const native = (name: string) => measure(name, data, []);
  const wasm = (name: string) => measure(name, data, ['--no-addons']);
  const [typo, typoWasm] = [native('typo'), wasm('typo')];
  const [compose, composeWasm] = [native('compose'), wasm('compose')];
  const pillow = pillowMs(phrases);
  const reference = pillow ?? (PILLOW_MS * phrases.length) / QUESTIONS;
  const runs = await wholeRuns(existsSync(data) ? data : FIXTURE);
  const sameBytes = typo.digest === typoWasm.digest && compose.digest === composeWasm.digest;
  table([
    ['', 'measured', 'target', ''],
    row(`${phrases.length} TYPO, native, one core`, seconds(typo.cpuMs), typo.cpuMs, reference, seconds),
    row('  half of that, aimed at', seconds(typo.cpuMs), typo.cpuMs, reference / 2, seconds),
    row(
      '  WebAssembly to native, by the clock',
      ratio(typoWasm.ms / typo.ms),
      typoWasm.ms / typo.ms,
      3,
      ratio,
    ),
    row(`${QUESTIONS} SD_TYPO composed, native`, seconds(compose.ms), compose.ms, 30_000, seconds),
    // Native has two threads or more for it, the WebAssembly build one.
    ['  WebAssembly to native, by the clock', ratio(composeWasm.ms / compose.ms), '', ''],
    row(
      '  WebAssembly to native, by CPU time',
      ratio(composeWasm.cpuMs / compose.cpuMs),
      composeWasm.cpuMs / compose.cpuMs,
      3,
      ratio,
    ),
    row('  peak memory, native', megabytes(compose.peakMb), compose.peakMb, 300, megabytes),
    row('  peak memory, WebAssembly', megabytes(composeWasm.peakMb), composeWasm.peakMb, 300, megabytes),
    row(
      `whole run over ${phrases.length} questions, peak memory`,
      megabytes(runs.peakMb),
      runs.peakMb,
      300,
      megabytes,
    ),
    row('warm store, first question after', seconds(runs.firstMs), runs.firstMs, 1500, seconds),
    [
      'native and WebAssembly',
      sameBytes ? 'same bytes' : 'OTHER bytes',
      'same bytes',
      sameBytes ? 'met' : 'missed',
    ],
  ]);
  if (pillow === undefined)
    say(`no Pillow in /usr/bin/python3: compared with the ${seconds(reference)} that it took elsewhere`);
}

/** What Pillow took for the 1,680 on one core, where two like this machine's were at hand. */
const PILLOW_MS = 7300;

const row = (what: string, shown: string, value: number, target: number, unit: (value: number) => string) => [
  ...[what, shown, `≤ ${unit(target)}`],
  value <= target ? 'met' : 'missed',
];

/**
 * The built command line over every question of the folder, TYPO and SD_TYPO; then once more, with what was kept.
 */
async function wholeRuns(source: string): Promise<{ readonly peakMb: number; readonly firstMs: number }> {
  const home = mkdtempSync(path.join(tmpdir(), 'bench-run-'));
  // Questions alone, so that every picture is drawn, set or composed in the run.
  const dataset = path.join(home, 'data-set');
  cpSync(source, dataset, { recursive: true, filter: file => path.basename(file) !== 'imgs' });
  let first: number | undefined;
  const endpoint = await startEndpoint({
    dataset,
    onRequest: ({ path: asked }) => {
      if (asked.endsWith('/chat/completions')) first ??= performance.now();
    },
  });
  try {
    const peakMb = (await runCli(home, dataset, endpoint.baseUrl)).peakMb;
    first = undefined;
    const { startedAt } = await runCli(home, dataset, endpoint.baseUrl, ['--max-requests', '40']);
    return { peakMb, firstMs: (first ?? Number.NaN) - startedAt };
  } finally {
    await endpoint.close();
    rmSync(home, { recursive: true });
  }
}

/** One process of the built command line, its SD drawn by the stand-in. */
async function runCli(
  home: string,
  dataset: string,
  baseUrl: string,
  more: readonly string[] = [],
): Promise<{ readonly peakMb: number; readonly startedAt: number }> {
  const usage = path.join(home, 'usage.json');
  const inputs = {
    ...{ 'base-url': baseUrl, model: 'fixture-vlm', judge: 'refusal', dataset, sample: 'full' },
    ...{ 'image-source': 'generated', 'image-base-url': baseUrl, 'image-model': 'fixture-image' },
    ...{ 'image-kinds': 'TYPO,SD_TYPO', 'min-helpfulness': '0', 'report-dir': path.join(home, 'report') },
  };
  const flags = Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--import',
      path.join(ROOT, 'bench/usage.mjs'),
      path.join(ROOT, 'dist/cli.js'),
      'run',
      ...flags,
      ...more,
    ],
    { env: { ...process.env, BENCH_USAGE: usage, XDG_CACHE_HOME: home }, stdio: 'ignore' },
  );
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`the whole run ended with status ${status}`);
  return { peakMb: JSON.parse(readFileSync(usage, 'utf8')).peak, startedAt };
}

function measure(name: string, data: string, flags: readonly string[]): Measured {
  const script = path.join(import.meta.dirname, 'pictures.ts');
  const child = spawnSync(process.execPath, [...flags, '--no-warnings', script, name, data], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(`${name} ended with ${child.status}: ${child.stderr}`);
  return JSON.parse(child.stdout);
}

function pillowMs(phrases: readonly string[]): number | undefined {
  const script = path.join(import.meta.dirname, 'pillow.py');
  const child = spawnSync('/usr/bin/python3', [script, fontFile()], {
    input: JSON.stringify(phrases),
    encoding: 'utf8',
  });
  return child.status === 0 ? Number(child.stdout) * 1000 : undefined;
}

function phrasesOf(data: string): string[] {
  const questions = path.join(data, 'data', 'processed_questions');
  if (!existsSync(questions)) return ownPhrases();
  return readdirSync(questions).flatMap(name => {
    const items: Record<string, { 'Key Phrase': string }> = JSON.parse(
      readFileSync(path.join(questions, name), 'utf8'),
    );
    return Object.values(items).map(item => item['Key Phrase']);
  });
}

/** As many phrases of one to four lines. */
function ownPhrases(): string[] {
  const words = 'fresh bread in the oven and a pot of tea on the kitchen table by the window'.split(' ');
  return Array.from(
    { length: QUESTIONS },
    (_, index) => `${words.slice(0, 2 + (index % 10)).join(' ')} ${index}`,
  );
}

/** Runs the work for each item, as many at a time as a run has requests in flight. */
async function timed<T>(
  items: readonly T[],
  work: (item: T) => Promise<Uint8Array>,
): Promise<Omit<Measured, 'peakMb'>> {
  const [started, cpuStarted] = [performance.now(), cpuMs()];
  const hashes: string[] = new Array(items.length);
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) hashes[index] = sha256Of(await work(item));
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  return {
    ms: performance.now() - started,
    cpuMs: cpuMs() - cpuStarted,
    digest: sha256Of(hashes.join()),
  };
}

async function timeComposing(phrases: readonly string[]): Promise<Omit<Measured, 'peakMb'>> {
  const photos: Uint8Array[] = [];
  // One after the other, for the peak is to be that of composing.
  for (const seed of [1, 2, 3, 4]) photos.push(await photo(seed));
  const typos = phrases.slice(0, 40).map(typoPicture);
  const numbers = Array.from({ length: QUESTIONS }, (_, index) => index);
  const at = (list: readonly Uint8Array[], index: number) => list[index % list.length] ?? new Uint8Array();
  return timed(numbers, index => composeSdTypo(at(photos, index), at(typos, index)));
}

/** A 1024 × 1024 JPEG of about the size of a photograph's: soft shapes and some grain. */
async function photo(seed: number): Promise<Uint8Array> {
  const canvas = canvasOf(1024, 1024, 0);
  for (let index = 0; index < canvas.pixels.length; index += 1) {
    const [x, y] = [(index / 3) % 1024, index / 3072];
    const shape = Math.sin(x / (30 * seed)) + Math.cos((y + (index % 3) * 90) / 70);
    canvas.pixels[index] = 128 + 45 * shape + ((index * 7919 * seed) % 23);
  }
  return encodeJpeg(canvas);
}

/** What the process has used of all processors so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const megabytes = (value: number): string => `${Math.round(value)} MB`;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const ratio = (value: number): string => `× ${value.toFixed(2)}`;

function table(rows: readonly (readonly string[])[]): void {
  for (const [what = '', ...cells] of rows) {
    process.stdout.write(`${what.padEnd(46)}${cells.map(cell => cell.padStart(13)).join('')}\n`);
  }
}

const [part, folder = path.resolve('../shared/mm-safetybench')] = process.argv
  .slice(2)
  .filter(word => word !== '');
const run = part === undefined ? undefined : PARTS[part];
if (run === undefined) await report(part ?? folder);
else {
  const measured = await run(phrasesOf(folder));
  const peakMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
  process.stdout.write(JSON.stringify({ ...measured, peakMb }));
}
