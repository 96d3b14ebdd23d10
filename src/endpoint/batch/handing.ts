import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import type { ClientOptions } from '../client.ts';
import type { Dialect } from '../dialect.ts';
import { bodyOf } from '../request.ts';
import { REQUESTS_PATH } from './api.ts';
import { cancelled } from './cancelling.ts';
import { NO_COUNT } from './count.ts';
import type { Entry } from './entry.ts';
import type { Handed } from './handed.ts';
import type { HearingOptions } from './hearing.ts';
import { createProcessing } from './processing.ts';
import type { FileRecord, OpenRecord, UploadRecord } from './record.ts';
import type { Spool } from './spool.ts';

export interface HandingOptions
  extends HearingOptions,
    Pick<ClientOptions, 'baseUrl' | 'model' | 'extraBody'> {
  readonly spool: () => Spool;
}

/** What came of handing in requests. */
export type Started =
  | { readonly kind: 'started'; readonly record: OpenRecord }
  | Exclude<Handed, { kind: 'done' | 'unready' }>;

/** A file that lies at the endpoint, which takes no batch on it yet, and says so by a word. */
interface Unready extends Extract<Handed, { kind: 'unready' }> {
  readonly record: UploadRecord | FileRecord;
}

/**
 * Hands requests in as one file, and starts a batch on it once the endpoint has processed it. Rejects as the calls of the
 * API do, with FatalEndpointError where the file is not processed, and when the signal ends the run: then nothing is left
 * there, or is known to the records.
 */
export function createHanding(
  options: HandingOptions,
): (entries: readonly Entry[], dialect: Dialect) => Promise<Started> {
  const { api, records, notice, reader } = options;
  // One file at a time is written and goes out: together they would go no faster.
  const outbox = new PQueue({ concurrency: 1 });
  let isTold = false;
  const lasts = (word: string): void => {
    if (!isTold) {
      notice(
        `The endpoint has not processed the file of a batch yet (${word}): the batch is started once it has.`,
      );
    }
    isTold = true;
  };

  /** Others go out meanwhile: each is processed by itself. */
  const startedAtLast = async (unready: Unready, entries: readonly Entry[]): Promise<Started> => {
    const processed = createProcessing(unready.id, { ...options, hasAnswered: reader.hasAnswered, lasts });
    for (let put = unready; ; ) {
      await processed(put.word).catch(async error => {
        await api.remove(put.id);
        await records.close(put.record);
        throw error;
      });
      const handed = await start(put.record, put, entries, options);
      if (handed.kind !== 'unready') return handed;
      put = handed;
    }
  };

  return async (entries, dialect) => {
    const put = await outbox.add(() => handIn(entries, dialect, options));
    return put.kind === 'unready' ? startedAtLast(put, entries) : put;
  };
}

/** Uploads requests as one file, and starts a batch on it where it may be. */
async function handIn(
  entries: readonly Entry[],
  dialect: Dialect,
  options: HandingOptions,
): Promise<Started | Unready> {
  const { records, signal } = options;
  const uploading = await records.uploading(`requests-${randomUUID()}.jsonl`);
  const uploaded = await upload(uploading.upload, entries, dialect, options).catch(async error => {
    // What is broken off may have come to its end there.
    if (!signal.aborted) await records.close(uploading);
    throw error;
  });
  if (uploaded.kind === 'unready') {
    return { ...uploaded, record: await records.uploaded(uploading, uploaded.id) };
  }
  if (uploaded.kind !== 'done') {
    if (uploaded.kind !== 'failed') await records.close(uploading);
    return uploaded;
  }
  return start(uploading, uploaded, entries, options);
}

/** Starts a batch on an uploaded file. */
async function start(
  uploaded: UploadRecord | FileRecord,
  { id, bytes }: Pick<Unready, 'id' | 'bytes'>,
  entries: readonly Entry[],
  options: HandingOptions,
): Promise<Started | Unready> {
  const { api, records, signal } = options;
  const ids = entries.map(entry => entry.id);
  const starting = 'ids' in uploaded ? uploaded : await records.starting(uploaded, id, ids);
  const handed = await api.start(id, bytes);
  if (handed.kind === 'unready') return { ...handed, record: starting };
  if (handed.kind !== 'done') {
    await records.close(starting);
    return handed;
  }
  const record = await records.started(starting, handed.id);
  if (signal.aborted) await cancelled(record, NO_COUNT, options);
  signal.throwIfAborted();
  return { kind: 'started', record };
}

/** Uploads the requests as a file of that name, which lies on disk no longer than that takes. */
async function upload(
  name: string,
  entries: readonly Entry[],
  dialect: Dialect,
  options: HandingOptions,
): Promise<Handed> {
  const spool = options.spool();
  const path = join(await spool.folder(), name);
  try {
    await write(path, entries, spool, dialect, options);
    return await options.api.upload(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** Writes the file of a batch, request by request. */
async function write(
  path: string,
  entries: readonly Entry[],
  spool: Spool,
  dialect: Dialect,
  { model, extraBody, signal }: HandingOptions,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for (const { id, span } of entries) {
      signal.throwIfAborted();
      const body = bodyOf(await spool.get(span), model, dialect, extraBody);
      const line = { custom_id: id, method: 'POST', url: REQUESTS_PATH, body };
      await file.appendFile(`${JSON.stringify(line)}\n`);
    }
  } finally {
    await file.close();
  }
}
