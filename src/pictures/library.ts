import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import PQueue from 'p-queue';
import { once } from './once.ts';

/**
 * The first picture that needs it loads the library: a run whose pictures are all kept asks without it. The bundler
 * would move the import to the beginning.
 */
export const library = once(async () => {
  // Optimising a large function takes tens of MB that the process never gives back. With 80 times V8's own budget only
  // those few functions of the WebAssembly build are optimised in which nearly all of the time is spent.
  setFlagsFromString('--wasm-tiering-budget=1000000000');
  const { default: sharp } = await import(/* webpackIgnore: true */ 'sharp');
  // Small pictures one after the other: a cache would only hold memory, and threads within one do not help.
  sharp.cache(false);
  sharp.concurrency(1);
  if ('emscripten' in sharp.versions) forOneThread();
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
  });
  return sharp;
});

const turns = new PQueue({ concurrency: Math.max(2, Math.min(4, availableParallelism())) });

/**
 * Runs work on pixels when its turn comes. A picture's pixels are some MB each, so that only as many are held
 * as there are processors to work on them, whatever the number of pairs in flight.
 */
export const inTurn = <T>(work: () => Promise<T>): Promise<T> => turns.add(work);

/** The WebAssembly build works on one picture at a time, in memory that never shrinks: all is done to hold little. */
function forOneThread(): void {
  turns.concurrency = 1;
  // The space for young objects stays as small as it is: what is made here is large and lies elsewhere.
  setFlagsFromString('--semi-space-growth-factor=1');
}

const MIB = 1024 * 1024;

/** Bytes that were handed on since the last collection, and how many may be. */
const held = {
  /** Some 10 pictures, with what they were made of: often enough to hold little, seldom enough to cost nothing. */
  byLibrary: { bytes: 0, most: 4 * MIB },
  /** What never comes to the library: kept pictures, each once more as text in a request. */
  passing: { bytes: 0, most: 16 * MIB },
};

function counted<T extends Uint8Array>(bytes: T, of: { bytes: number; readonly most: number }): T {
  of.bytes += bytes.byteLength;
  if (of.bytes > of.most) collected();
  return bytes;
}

/**
 * Counts bytes that were given to the library or taken from it, and has what nobody needs any more collected in good
 * time. They lie outside the engine's own memory, the WebAssembly build's even in one that never shrinks, until the
 * small objects that stand for them are collected: left to itself, the engine sees no reason to for 100 MB or more.
 */
export const tracked = <T extends Uint8Array>(bytes: T): T => counted(bytes, held.byLibrary);

/** The same for bytes that come from elsewhere, or are read back from where they are kept and sent. */
export const passing = <T extends Uint8Array>(bytes: T): T => counted(bytes, held.passing);

/** Has what nobody needs any more collected now: something large is about to come. */
export function collected(): void {
  for (const each of Object.values(held)) each.bytes = 0;
  collector()();
}

/** The engine's own collector, which Node shows only behind a flag. */
const collector = once((): (() => void) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return collect;
});
