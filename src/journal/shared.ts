import { appendFileSync, createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { lock } from './lock.ts';

const LINE_BREAK = 10;

/** Forgets nothing: it stands before what a run lends, and there alone is a shared journal cut. */
const MARK = '{"forgotten":[]}\n';

/** A shared journal that is larger is cut (bytes). */
const LARGEST = 64 * 2 ** 20;

/**
 * Puts the whole lines of a run's journal at the end of a shared one. Where that is larger by then than `largest`, and
 * than twice the run's, what runs have lent first is cut off, of each all or nothing: without the benign controls that
 * a model failed, what it said beside them would pass for its word.
 */
export async function handOver(
  from: string,
  to: string,
  {
    signal,
    largest = LARGEST,
  }: { readonly signal?: AbortSignal | undefined; readonly largest?: number } = {},
): Promise<void> {
  await alone(to, signal, async () => {
    await append(to, MARK, createReadStream(from));
    const own = await stat(from);
    await cut(to, Math.max(largest, 2 * own.size));
  });
}

/** Puts a line at the end of a shared journal, which another process may have cut since it was opened here. */
export const tellAll = (path: string, line: string): Promise<void> =>
  alone(path, undefined, () => append(path, '', [Buffer.from(`${line}\n`)]));

/** What is done alone takes seconds: a process that holds its lock for longer has stopped (ms). */
const LONGEST_ALONE = 30_000;

const CANCELLED = 'the run was cancelled while another one worked on the answers that they share';

/**
 * Works on a shared journal as one process at a time: another one would see half of what is being written. Rejects when
 * the signal is given while another process works.
 */
export async function alone<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const its = `${path}.lock`;
  let held: number | null = null;
  let since = performance.now();
  let unlock = await lock(its);
  while (!unlock) {
    if (signal?.aborted) throw new Error(CANCELLED);
    await setTimeout(20);
    const made: number | null = await stat(its).then(
      ({ mtimeMs }) => mtimeMs,
      () => null,
    );
    // By this process's own time: the file's may be of another clock.
    if (made !== held) since = performance.now();
    held = made;
    if (performance.now() - since > LONGEST_ALONE) await rm(its, { force: true });
    unlock = await lock(its);
  }
  return work().finally(unlock);
}

/** Puts whole lines, and `mark` before the first, at the end of a file. */
async function append(
  path: string,
  mark: string,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  await using file = await open(path, 'a+');
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
  // Behind what a process has left that was killed while it wrote.
  let begun: Buffer = Buffer.from(`${size === 0 || buffer[0] === LINE_BREAK ? '' : '\n'}${mark}`);
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_BREAK) + 1;
    const read = Buffer.concat([begun, end > 0 ? chunk.subarray(0, end) : chunk]);
    begun = end > 0 ? chunk.subarray(end) : read;
    if (end > 0) appendFileSync(file.fd, read);
  }
}

/** Leaves of a shared journal the newest of what runs have lent, as much as goes into so many bytes. */
async function cut(path: string, most: number): Promise<void> {
  const waiting = `${path}.cut`;
  // What a process has left that was killed while it cut.
  await rm(waiting, { force: true });
  const { size } = await stat(path);
  const start = size > most ? await markBehind(path, size - most) : null;
  if (start === null) return;
  try {
    await pipeline(createReadStream(path, { start }), createWriteStream(waiting, { flush: true }));
    await rename(waiting, path);
  } catch {
    // It is lent all the same: the next run has it to cut.
    await rm(waiting, { force: true });
  }
}

/** Where the first mark behind a place stands (bytes); null where there is none. */
async function markBehind(path: string, place: number): Promise<number | null> {
  const sought = `\n${MARK}`;
  let start = place;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { start }) as AsyncIterable<Buffer>) {
    const read = Buffer.concat([rest, chunk]);
    const found = read.indexOf(sought);
    if (found >= 0) return start + found + 1;
    rest = read.subarray(Math.max(0, read.length - sought.length + 1));
    start += read.length - rest.length;
  }
  return null;
}
