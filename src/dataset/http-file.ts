import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskTrouble } from '../common/fault.ts';
import { DatasetError } from './dataset.ts';
import { type HttpOptions, withRetries } from './http.ts';
import {
  ask,
  bytesOf,
  changed,
  fetchRange,
  fetchWhole,
  RangeIgnored,
  type Remote,
  type Sink,
  takeAs,
} from './http-download.ts';
import { contentRange, isTold, versionOf } from './http-version.ts';

/** A file at a URL, read by pieces. */
export interface RemoteFile {
  /** In bytes. */
  readonly byteLength: number;
  /** Bytes `start` to `end` (exclusive; the file's end if left out). */
  slice(start: number, end?: number): Promise<ArrayBuffer>;
  /** The mirror's commit, where its answers name one. */
  readonly commit: string | undefined;
  /**
   * Rejects where the answers told of no version by which a change would have shown, and the file ends otherwise by now.
   */
  confirm(): Promise<void>;
  /** Frees what it takes on disk. */
  close(): Promise<void>;
}

/** The end of the file is fetched first: it holds a parquet file's footer, and the answer tells the size. */
const TAIL = 16 * 1024;
/** More than any file of the data set: what is larger is another file. */
const LARGEST_FILE = 4 * 1024 ** 3;
const LARGEST_PIECE = 512 * 1024 ** 2;

/**
 * Opens the file at a URL over HTTP ranges. A server that knows none sends the whole file, which then takes its place
 * on the temporary folder's disk until `close`. Throws DatasetError that names the URL.
 */
export async function openRemoteFile(url: string, options: HttpOptions): Promise<RemoteFile> {
  const remote: Remote = { url, options };
  const tail = await fetchTail(remote);
  // A promise, for several pieces may find at once that the server knows no ranges.
  let spool: Promise<Spool> | undefined;
  const spooled = (): Promise<Spool> => {
    spool ??= spoolOf(remote);
    return spool;
  };
  const size = tail ? tail.size : (await spooled()).size;

  const fetchPiece = async (start: number, end: number): Promise<Uint8Array> => {
    if (!spool) {
      try {
        return await fetchRange(remote, start, end);
      } catch (error) {
        if (!(error instanceof RangeIgnored)) throw error;
      }
    }
    return (await spooled()).read(start, end);
  };

  return {
    byteLength: size,
    async slice(start, end = size) {
      if (start < 0 || end > size || start > end || end - start > LARGEST_PIECE) {
        throw new RangeError(`bytes ${start} to ${end} of ${size}`);
      }
      if (tail && start >= tail.start)
        return bufferOf(tail.bytes.slice(start - tail.start, end - tail.start));
      return bufferOf(await fetchPiece(start, end));
    },
    get commit() {
      return remote.version?.commit;
    },
    async confirm() {
      if (tail && !isTold(remote.version ?? {})) await fetchTail(remote, tail.bytes);
    },
    close: async () => (await spool?.catch(() => undefined))?.close(),
  };
}

const bufferOf = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
    ? bytes.buffer
    : new Uint8Array(bytes).buffer;

interface Tail {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly size: number;
}

/**
 * The last bytes of the file and its size; undefined when the server speaks no ranges from the end. Rejects where they
 * are not those that are `known`.
 */
function fetchTail(remote: Remote, known?: Uint8Array): Promise<Tail | undefined> {
  return withRetries(remote.url, remote.options, async () => {
    const reply = await ask(remote, `bytes=-${TAIL}`);
    const range = reply.status === 206 ? contentRange(reply) : undefined;
    if (!range || range.end !== range.size || range.end - range.start > TAIL) {
      reply.discard();
      return undefined;
    }
    const bytes = await bytesOf(reply, range.end - range.start);
    takeAs(remote, versionOf(reply));
    if (known && Buffer.compare(bytes, known) !== 0) throw changed();
    return { bytes, start: range.start, size: range.size };
  });
}

interface Spool {
  readonly size: number;
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

async function spoolOf(remote: Remote): Promise<Spool> {
  const file = await namelessFile(remote);
  let size = 0;
  const sink: Sink = {
    async write(chunk) {
      await file.appendFile(chunk).catch(error => {
        throw unspooled(remote, error);
      });
      size += chunk.length;
    },
    async restart() {
      await file.truncate();
      size = 0;
    },
  };
  try {
    await fetchWhole(remote, sink, LARGEST_FILE);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    size,
    read: (start, end) => readPiece(file, remote.url, start, end),
    close: () => file.close(),
  };
}

/** A file that has lost its name as soon as it is open: whatever ends the process, nothing of it stays on disk. */
async function namelessFile(remote: Remote): Promise<FileHandle> {
  const path = join(remote.options.tempFolder, `mm-safetybench-mirror-${randomUUID()}`);
  try {
    const file = await open(path, 'ax+', 0o600);
    await rm(path);
    return file;
  } catch (error) {
    throw unspooled(remote, error);
  }
}

const unspooled = ({ url, options }: Remote, error: unknown): DatasetError =>
  new DatasetError(
    `${url} comes only as a whole, which cannot be laid down in ${options.tempFolder}: ${diskTrouble(error, 'name another folder by TMPDIR')}`,
  );

async function readPiece(file: FileHandle, url: string, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  if (bytesRead < bytes.length) throw new DatasetError(`${url} could not be read back from disk`);
  return bytes;
}
