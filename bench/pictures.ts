/**
 * Times the making of pictures, as ratios within one run: `npm run bench -- [data set folder]`. Each part runs
 * in a process of its own, for its own peak memory: natively, under sharp's WebAssembly build, and in Pillow on
 * one core where /usr/bin/python3 has it. Without the folder, phrases of the project's own take its place.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canvasOf } from '../src/pictures/canvas.ts';
import { fontFile } from '../src/pictures/font.ts';
import { composeSdTypo, encodeJpeg } from '../src/pictures/image.ts';
import { openStore, sha256 } from '../src/pictures/store.ts';
import { typoPicture } from '../src/pictures/typo.ts';

/** What a part says: ms by the clock and of all processors, the hash of what it made, its peak memory in MB. */
interface Measured {
  readonly ms: number;
  readonly cpuMs: number;
  readonly digest: string;
  readonly peakMb: number;
}

const QUESTIONS = 1680;
const PARTS: Readonly<
  Record<string, (phrases: readonly string[], folder: string) => Promise<Omit<Measured, 'peakMb'>>>
> = {
  typo: phrases => timed(phrases, async phrase => typoPicture(phrase)),
  compose: phrases => timeComposing(phrases, QUESTIONS),
  // Enough for a ratio: WebAssembly would take minutes for all.
  composeSome: phrases => timeComposing(phrases, QUESTIONS / 10),
  fill: (phrases, folder) => timed(phrases, phrase => fromStore(folder, phrase)),
  warm: async ([first = ''], folder) => {
    const bytes = await fromStore(folder, first);
    return { ms: performance.now(), cpuMs: cpuMs(), digest: sha256(bytes) };
  },
};

function report(data: string): void {
  const store = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const phrases = phrasesOf(data);
    const native = (name: string) => measure(name, data, store, []);
    const wasm = (name: string) => measure(name, data, store, ['--no-addons']);
    const [typo, typoWasm] = [native('typo'), wasm('typo')];
    const compose = native('compose');
    const [some, someWasm] = [native('composeSome'), wasm('composeSome')];
    const fill = native('fill');
    const warm = native('warm');
    const pillow = pillowMs(phrases);
    const row = (what: string, seen: Measured, than?: { readonly ms: number; readonly cpuMs: number }) => [
      what,
      seconds(seen.ms),
      than === undefined ? '' : ratio(seen.ms / than.ms),
      seconds(seen.cpuMs),
      than === undefined ? '' : ratio(seen.cpuMs / than.cpuMs),
      `${Math.round(seen.peakMb)} MB`,
    ];
    table([
      ['', 'time', 'ratio', 'CPU', 'ratio', 'peak memory'],
      row(`${phrases.length} TYPO`, typo),
      ...(pillow === undefined
        ? []
        : [row('  against Pillow, one core', typo, { ms: pillow, cpuMs: pillow })]),
      row('  WebAssembly', typoWasm, typo),
      row('  through an empty store', fill, typo),
      row(`${QUESTIONS} SD_TYPO composed`, compose),
      row('  a tenth, native', some),
      row('  a tenth, WebAssembly', someWasm, some),
      row('first of a warm store', warm),
    ]);
    const same = typo.digest === typoWasm.digest && some.digest === someWasm.digest;
    process.stdout.write(`native and WebAssembly give ${same ? 'the same bytes' : 'DIFFERENT bytes'}\n`);
  } finally {
    rmSync(store, { recursive: true });
  }
}

function measure(name: string, data: string, store: string, flags: readonly string[]): Measured {
  const script = path.join(import.meta.dirname, 'pictures.ts');
  const child = spawnSync(process.execPath, [...flags, '--no-warnings', script, name, data, store], {
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
      if (item !== undefined) hashes[index] = sha256(await work(item));
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  return {
    ms: performance.now() - started,
    cpuMs: cpuMs() - cpuStarted,
    digest: sha256(hashes.join()),
  };
}

async function timeComposing(phrases: readonly string[], count: number): Promise<Omit<Measured, 'peakMb'>> {
  const photos = await Promise.all([1, 2, 3, 4].map(photo));
  const typos = phrases.slice(0, 40).map(typoPicture);
  const numbers = Array.from({ length: count }, (_, index) => index);
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

async function fromStore(root: string, phrase: string): Promise<Uint8Array> {
  const store = openStore(root, line => process.stderr.write(`${line}\n`));
  const picture = await store.through({ phrase }, async () => {
    const bytes = typoPicture(phrase);
    return { bytes, type: 'image/jpeg', sha256: sha256(bytes) };
  });
  return 'missing' in picture ? new Uint8Array() : picture.bytes;
}

/** What the process has used of all processors so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const ratio = (value: number): string => `× ${value.toFixed(2)}`;

function table(rows: readonly (readonly string[])[]): void {
  for (const [what = '', ...cells] of rows) {
    process.stdout.write(`${what.padEnd(28)}${cells.map(cell => cell.padStart(13)).join('')}\n`);
  }
}

const [part, folder = path.resolve('../shared/mm-safetybench'), scratch = ''] = process.argv
  .slice(2)
  .filter(word => word !== '');
const run = part === undefined ? undefined : PARTS[part];
if (run === undefined) report(part ?? folder);
else {
  const measured = await run(phrasesOf(folder), scratch);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ ...measured, peakMb }));
}
