import { appendFileSync, fstatSync, ftruncateSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { diskTrouble, WORK_FOLDER } from '../common/fault.ts';
import { makeFolder } from '../common/make-folder.ts';
import { alone, tellAll } from './shared.ts';

const key = z.string().regex(/^[0-9a-f]{64}$/);
/** `key` is a SHA-256 of everything that made the entry, `by` names what answered. */
const entryLine = z.strictObject({ key, by: z.string().optional(), entry: z.unknown() });
/** Of the lines before it, those that count no more: all of what answered, where it is named, and others by their keys. */
const forgottenLine = z.strictObject({ by: z.string().optional(), forgotten: z.array(key) });
/** One line of the journal. */
const line = z.union([entryLine, forgottenLine]);

/**
 * What a run has got so far, on disk as it comes: one JSON line an entry, so that a process killed at any moment loses
 * at most the lines it was writing. It holds model output and stays on the runner.
 */
export interface Journal {
  /** The entry kept under a key, if the schema takes it; undefined otherwise. */
  find<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined>;
  /** Where what is kept under a key lies (bytes): what came later lies behind. Undefined where nothing is kept. */
  placeOf(key: string): number | undefined;
  /** Rejects with one line that names the folder and says what to do; what was appended before is kept. */
  append(key: string, entry: unknown): Promise<void>;
  /** Forgets what is kept under these keys. Rejects as `append` does. */
  drop(keys: readonly string[]): Promise<void>;
  /**
   * Forgets what was found or appended by this process, and all else of what answered it, whichever run asked: of an
   * attempt that was killed there may be more than this one came to. In one piece: a process killed in it has forgotten
   * all or nothing. Rejects as `append` does.
   */
  forget(): Promise<void>;
  /** Leaves no file in which nothing ever was. One that was forgotten goes before what attempts before it have left. */
  close(): Promise<void>;
  /** Entries that were there when the journal was opened. */
  readonly found: number;
  /** Lines that were there and could not be used: those that are none, and so far those whose entry is another's. */
  readonly dropped: number;
}

/** Of a journal that several processes work on. */
export interface Shared {
  /** Ends the waiting for another one. */
  readonly signal: AbortSignal;
}

interface Span {
  readonly offset: number;
  /** Bytes, the line break left out. */
  readonly length: number;
}

/** Where an entry lies, and what answered. */
interface Place extends Span {
  readonly by: string;
}

/**
 * Opens a journal, or begins one. Entries stay on disk; only their places are held in memory.
 * A torn last line is cut off, so that what is appended begins on a line of its own.
 *
 * @param by names what answers in this process
 * @param shared where other runs lend to it, and may cut it: nothing but what is to be forgotten is written to it
 */
export async function openJournal(path: string, by = '', shared: Shared | null = null): Promise<Journal> {
  const { spans, end, file, ...scanned } = await opened(path, shared);
  let { dropped } = scanned;
  const found = spans.size;
  const writer = createWriter(path, file, end);
  /** The keys of what was found that came by others. */
  const lent = new Set<string>();
  let isForgotten = false;

  return {
    found,
    get dropped() {
      return dropped;
    },
    async find(key, schema) {
      const span = spans.get(key);
      if (!span) return undefined;
      const { buffer } = await file.read(Buffer.alloc(span.length), 0, span.length, span.offset);
      const kept = parseLine(buffer.toString('utf8'));
      const isIts = kept && 'key' in kept && kept.key === key;
      const entry = isIts ? schema.safeParse(kept.entry).data : undefined;
      if (entry !== undefined) {
        if (span.by !== by) lent.add(key);
        return entry;
      }
      // It is asked for again, and what is said then takes its place.
      spans.delete(key);
      dropped += 1;
      return undefined;
    },
    placeOf: key => spans.get(key)?.offset,
    async append(key, entry) {
      spans.set(key, { ...writer.write({ key, ...(by && { by }), entry }), by });
    },
    async drop(keys) {
      const forgotten = { forgotten: [...keys] };
      forget(spans, forgotten);
      if (!shared) writer.write(forgotten);
      else {
        await tellAll(path, JSON.stringify(forgotten)).catch(error => {
          throw full(path, error);
        });
      }
    },
    async forget() {
      const forgotten = { by, forgotten: [...lent] };
      forget(spans, forgotten);
      isForgotten = true;
      if (spans.size > 0 || !writer.clear()) writer.write(forgotten);
    },
    async close() {
      // Asked of the file itself: another process may have written to it.
      const isEmpty = (await file.stat()).size === 0;
      await file.close();
      if (isEmpty && !isForgotten) await rm(path, { force: true });
    },
  };
}

/**
 * Appends to a journal's file. It is written to at once: a line takes the system less time than to hand it to another
 * thread, and a process killed after that has lost nothing.
 */
function createWriter(path: string, file: FileHandle, end: number) {
  let offset = end;
  let isTorn = false;
  return {
    /** Gives where the line lies. */
    write(its: z.input<typeof line>): Span {
      const text = JSON.stringify(its);
      // What an append that failed has left is ended, for the next reader to drop.
      const start = isTorn ? '\n' : '';
      try {
        appendFileSync(file.fd, `${start}${text}\n`);
      } catch (error) {
        isTorn = true;
        offset = fstatSync(file.fd).size;
        throw full(path, error);
      }
      isTorn = false;
      const span = { offset: offset + start.length, length: Buffer.byteLength(text) };
      offset = span.offset + span.length + 1;
      return span;
    },
    /** Takes all lines away. False where another process has written some of them. */
    clear(): boolean {
      if (fstatSync(file.fd).size !== offset) return false;
      ftruncateSync(file.fd, 0);
      offset = 0;
      isTorn = false;
      return true;
    },
  };
}

function forget(spans: Map<string, Place>, { by, forgotten }: z.output<typeof forgottenLine>): void {
  if (by !== undefined) for (const [key, place] of spans) if (place.by === by) spans.delete(key);
  for (const key of forgotten) spans.delete(key);
}

async function opened(path: string, shared: Shared | null): Promise<Opened> {
  try {
    await makeFolder(dirname(path));
    return await (shared ? alone(path, shared.signal, () => read(path)) : read(path));
  } catch (error) {
    throw shared?.signal.aborted ? error : unusable(dirname(path), error);
  }
}

async function read(path: string): Promise<Opened> {
  const file = await open(path, 'a+');
  try {
    const { spans, dropped, end, size } = await scan(file);
    const now = fstatSync(file.fd).size;
    // Where another process has appended meanwhile, its lines are no torn end.
    if (now === size) ftruncateSync(file.fd, end);
    return { spans, dropped, end: now === size ? end : now, file };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The one line about a folder in which no journal can be. */
export const unusable = (folder: string, error: unknown): Error =>
  new Error(`the folder "${folder}" for answers cannot be used: ${diskTrouble(error, WORK_FOLDER)}`);

const full = (path: string, error: unknown): Error =>
  new Error(
    `the folder "${dirname(path)}" takes no more answers: ${diskTrouble(error, WORK_FOLDER)}. What was answered so far is kept, and the next run goes on from there`,
  );

interface Scanned {
  readonly spans: Map<string, Place>;
  readonly dropped: number;
  /** Where the last whole line ends. */
  readonly end: number;
  /** Bytes that were read, a torn last line among them. */
  readonly size: number;
}

interface Opened extends Omit<Scanned, 'size'> {
  readonly file: FileHandle;
}

function parseLine(text: string): z.output<typeof line> | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The longest answer that is read has 8 MB, of which JSON makes six times as much at most (bytes). */
const LONGEST_LINE = 64 * 2 ** 20;

/** So much is read at once (bytes): of smaller pieces each costs more than its lines. */
const CHUNK = 2 ** 20;

/** Finds the usable lines of a journal, and where its last whole line ends. */
async function scan(file: FileHandle): Promise<Scanned> {
  const spans = new Map<string, Place>();
  let dropped = 0;
  let end = 0;
  let parts: Buffer[] = [];
  let length = 0;
  // A system that crashed may have left any number of zeros, which are no line and are not held.
  const hold = (bytes: Buffer) => {
    length += bytes.length;
    if (length <= LONGEST_LINE) parts.push(bytes);
    else parts = [];
  };
  const take = () => {
    const parsed = parseLine(Buffer.concat(parts).toString('utf8'));
    if (!parsed) dropped += 1;
    else if ('forgotten' in parsed) forget(spans, parsed);
    else spans.set(parsed.key, { offset: end, length, by: parsed.by ?? '' });
    end += length + 1;
    parts = [];
    length = 0;
  };
  const chunks = file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK });
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      hold(chunk.subarray(from, at));
      take();
      from = at + 1;
    }
    hold(chunk.subarray(from));
  }
  return { spans, dropped: dropped + (length > 0 ? 1 : 0), end, size: end + length };
}
