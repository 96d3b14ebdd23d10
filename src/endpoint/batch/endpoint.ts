import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Answer, CUT, STOPPED } from '../answer.ts';
import type { ChatEndpoint } from '../chat.ts';
import { written } from '../request.ts';
import { type BatchApi, type BatchApiOptions, createBatchApi } from './api.ts';
import { type Entry, newEntry } from './entry.ts';
import { dropped, sorted, takeAway, takenBack, unanswered } from './left.ts';
import { createBatchReader } from './reading.ts';
import { createBatchRecords } from './record.ts';
import { createSending, type SendingOptions } from './sending.ts';
import { openSpool, type Span, type Spool } from './spool.ts';

export interface BatchOptions extends Omit<SendingOptions, 'begin' | 'reader' | 'spool'> {
  /** Requests lie below this folder until they are answered. */
  readonly workFolder: string;
}

export interface BatchEndpoint extends ChatEndpoint {
  /** Whether a batch is. */
  readonly isUnderWay: () => boolean;
  /** Waits until nothing is under way, and takes away what lies on disk. To be called when the run is over. */
  close(): Promise<void>;
}

/** A run that is cancelled waits no longer than this for its batches to be cancelled (ms). */
const LAST_WORDS = 3000;

/**
 * A chat model that is asked through the Batch API of OpenAI: requests gather on disk, go out in batches, and their
 * answers come hours later, all at once. Which tries count, and what is an answer, is as with single requests.
 * `ask` rejects with FatalEndpointError when the endpoint has no such API, refuses the key, or rejects all it is
 * asked from the start.
 */
export function createBatchEndpoint(options: BatchOptions): BatchEndpoint {
  const { baseUrl, model, meter, signal } = options;
  const unsettled = new Map<string, Entry>();
  let opened: Spool | undefined;
  const spool = (): Spool => {
    opened ??= openSpool(options.workFolder);
    return opened;
  };
  // What a part of the work fails with is the failure of every request.
  const background = createBackground(signal, error => {
    for (const entry of unsettled.values()) entry.fail(error);
  });
  const reader = createBatchReader(options);
  const sending = createSending({ ...options, begin: background.begin, reader, spool });

  const stop = async (): Promise<void> => {
    const { sent, over } = sending.cancel();
    await Promise.race([over, setTimeout(LAST_WORDS, undefined, { ref: false })]);
    for (const entry of sent) entry.settle(CUT);
    for (const entry of [...unsettled.values()]) entry.settle(STOPPED);
  };
  signal.addEventListener('abort', () => background.begin(stop), { once: true });

  const enter = (id: string, span: Span): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const settle = (answer: Answer): void => {
        unsettled.delete(id);
        resolve(answer);
      };
      const entry = newEntry({ id, span, settle, fail: reject });
      unsettled.set(id, entry);
      sending.add([entry]);
    });

  return {
    baseUrl,
    model,
    get adaptations() {
      return reader.adaptations;
    },
    isUnderWay: sending.isUnderWay,
    // Nothing here may hold on to the request once it lies on disk: thousands wait for hours.
    async ask(request) {
      if (background.failure) throw background.failure.error;
      if (signal.aborted || meter.stopped !== null) return STOPPED;
      const { key } = request;
      return enter(
        key === undefined || unsettled.has(key) ? randomUUID() : key,
        spool().add(written(request)),
      );
    },
    async close() {
      await background.end();
      // That the journal takes nothing is the run's to tell.
      if (!signal.aborted) await dropAnswered(options).catch(() => undefined);
      opened?.close();
      opened = undefined;
    },
  };
}

/** For a call that a run waits for (ms). */
const SHORT_TIMEOUT = 5000;

/**
 * Takes away the batches that an earlier attempt has left at an endpoint which is not asked in batches any more: the
 * answers of those that have ended go into the journal, and the others are cancelled.
 */
export async function takeAwayBatches(options: LeftBatches): Promise<void> {
  const records = createBatchRecords(options.journal, options);
  const left = await records.left();
  // To make a client takes longer than to see that there is nothing.
  if (left.length === 0) return;
  const api = hastyApi(options);
  const reader = createBatchReader(options);
  await takeAway(left, { ...options, api, records, reader, mostReads: 3 });
}

/**
 * Takes away the batches whose answers are all in the journal, where an earlier attempt was killed as it did that: one
 * that has nothing to ask hears of them nowhere else. And what it has uploaded itself, and heard no word of.
 */
async function dropAnswered(options: BatchApiOptions & Pick<SendingOptions, 'journal'>): Promise<void> {
  const records = createBatchRecords(options.journal, options);
  const { batches, uploads } = sorted(await records.left());
  for (const record of batches) {
    const { batch, ids } = record;
    if (batch === null || (await unanswered(ids, options.journal)).size > 0) continue;
    await dropped({ ...record, batch }, { api: hastyApi(options), records });
  }
  if (uploads.length > 0) await takenBack(uploads, { api: hastyApi(options), records });
}

/** The run waits for it: its calls are tried again at other intervals than the library's, if at all. */
const hastyApi = (options: BatchApiOptions): BatchApi =>
  createBatchApi({ ...options, timeout: Math.min(options.timeout, SHORT_TIMEOUT), maxRetries: 0 });

type LeftBatches = BatchApiOptions & Pick<SendingOptions, 'journal' | 'notice' | 'meter' | 'sleep'>;

/** Work that nobody awaits. */
interface Background {
  readonly begin: (work: () => Promise<void>) => void;
  /** What the first of it failed with. */
  readonly failure: { readonly error: unknown } | undefined;
  /** Waits until nothing is under way. */
  readonly end: () => Promise<void>;
}

/** `failed` is told of each failure, those apart that come of the run's end. */
function createBackground(signal: AbortSignal, failed: (error: unknown) => void): Background {
  const underWay = new Set<Promise<void>>();
  let failure: Background['failure'];
  return {
    begin(work) {
      const done = work().catch(error => {
        if (signal.aborted) return;
        failure ??= { error };
        failed(error);
      });
      underWay.add(done);
      void done.finally(() => underWay.delete(done));
    },
    get failure() {
      return failure;
    },
    async end() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
