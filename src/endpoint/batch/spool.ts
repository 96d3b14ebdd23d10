import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, read, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeStale, waitingFolder } from '../../common/keeping.ts';
import type { WrittenRequest } from '../request.ts';

/** Where a request lies in the spool (bytes). */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Requests on disk, pictures and all, while they wait for a batch to be answered. */
export interface Spool {
  /** For the files that are made from it: what a killed process has left there goes when another makes one. */
  readonly folder: () => Promise<string>;
  /** Written when it returns: the caller may let go of the picture. */
  add(request: WrittenRequest): Span;
  get(span: Span): Promise<WrittenRequest>;
  close(): void;
}

const readAt = promisify(read);

/** Opens a spool below the folder `root`. Throws where the disk does. */
export function openSpool(root: string): Spool {
  const folder = waitingFolder(root);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `spool-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  // Without a name nothing of it stays, whatever ends the process.
  rmSync(path);
  let end = 0;
  return {
    async folder() {
      await removeStale(root);
      return folder;
    },
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
    close: () => closeSync(file),
  };
}
