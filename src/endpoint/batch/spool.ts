import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  read,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { WrittenRequest } from '../request.ts';

/** Where a request lies in the spool (bytes). */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Requests on disk, pictures and all, while they wait for a batch to be answered. */
export interface Spool {
  /** A folder of this spool's own, for the files that are made from it. */
  readonly folder: string;
  /** Written when it returns: the caller may let go of the picture. */
  add(request: WrittenRequest): Span;
  get(span: Span): Promise<WrittenRequest>;
  /** Takes the folder away. */
  remove(): void;
}

const readAt = promisify(read);

const PREFIX = 'batch-';

/** Longer than any batch is waited for: what is as old was left by a process that was killed (ms). */
const STALE_MS = 3 * 24 * 3_600_000;

/** Opens a spool in a new folder below `parent`. Throws where the disk does. */
export function openSpool(parent: string): Spool {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent)) if (name.startsWith(PREFIX)) removeStale(join(parent, name));
  const folder = mkdtempSync(join(parent, PREFIX));
  const path = join(folder, 'requests.jsonl');
  const file = openSync(path, 'w+', 0o600);
  // Without a name nothing of it stays, whatever ends the process.
  rmSync(path);
  let end = 0;
  return {
    folder,
    add(request) {
      const bytes = Buffer.from(`${JSON.stringify(request)}\n`);
      // Synchronous, so that no more pictures are ever held than are being made.
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, undefined, end + done);
      const span = { offset: end, length: bytes.length };
      end += bytes.length;
      return span;
    },
    async get({ offset, length }) {
      const { buffer } = await readAt(file, Buffer.alloc(length), 0, length, offset);
      return JSON.parse(buffer.toString('utf8'));
    },
    remove() {
      closeSync(file);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function removeStale(folder: string): void {
  const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
  if (Date.now() - mtimeMs > STALE_MS) rmSync(folder, { recursive: true, force: true });
}
