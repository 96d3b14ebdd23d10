import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../common/fault.ts';
import { sha256Of } from '../common/hash.ts';
import { keepFile, removeStale } from '../common/keeping.ts';
import { once } from '../pictures/once.ts';
import type { FileReader } from './authors.ts';
import { DatasetError } from './dataset.ts';
import { PUBLISHED_SHA256, QUESTIONS_URL } from './hashes.ts';
import { HTTP_DEFAULTS, type HttpOptions } from './http.ts';
import { fetchBytes } from './http-download.ts';

export interface PublishedOptions {
  /** Root of the authors' files without a slash at its end; the authors' repository if left out. */
  readonly questionsUrl?: string | undefined;
  /** Folder that keeps what was fetched, each file under its SHA-256. */
  readonly cacheFolder: string;
  /** Bearer key for `questionsUrl`, where that needs one. */
  readonly token?: string | undefined;
  readonly http?: Partial<HttpOptions>;
  /** SHA-256 in hex by path; those of the authors' files if left out. */
  readonly hashes?: Readonly<Record<string, string>>;
}

/** The largest of the authors' files has 153 kB. */
const LARGEST_FILE = 8 * 1024 ** 2;

/**
 * Reads the authors' files as they published them at the pinned commit: from the cache folder, else over HTTP.
 * Each file is checked against its SHA-256 wherever it is from. Rejects with DatasetError.
 */
export function publishedFiles(options: PublishedOptions): FileReader {
  const root = (options.questionsUrl ?? QUESTIONS_URL).replace(/\/+$/, '');
  const http = { ...HTTP_DEFAULTS, token: options.token, ...options.http, input: 'questions-url' };
  const ready = once(() => removeStale(options.cacheFolder));
  return async path => {
    await ready();
    const expected = (options.hashes ?? PUBLISHED_SHA256)[path];
    if (!expected) throw new DatasetError(`${path} is not one of the authors' files`);
    const kept = join(options.cacheFolder, expected);
    const known = await readFile(kept).catch(() => undefined);
    if (known && sha256Of(known) === expected) return known;

    const url = `${root}/${path}`;
    const bytes = await fetchBytes({ url, options: http }, LARGEST_FILE);
    const got = sha256Of(bytes);
    if (got !== expected) {
      throw new DatasetError(
        `${url} is not the authors' ${path}: expected SHA-256 ${expected}, got ${got}: check questions-url`,
      );
    }
    await keepFile(options.cacheFolder, expected, bytes).catch(error => {
      throw new DatasetError(messageOf(error));
    });
    return bytes;
  };
}
