import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Journal } from '../journal/journal.ts';
import { type Answer, noAnswer } from './answer.ts';
import { createBatchApi } from './batch-api.ts';
import { type BatchLimits, chunksOf, type Entry, STOPPED } from './batch-entry.ts';
import { LONGEST_WAIT } from './batch-poll.ts';
import { createBatchReader, type Fate } from './batch-reading.ts';
import { createBatchRecords } from './batch-record.ts';
import { openSpool, type Spool } from './batch-spool.ts';
import { createBatchWork } from './batch-work.ts';
import type { ChatEndpoint } from './chat.ts';
import type { ClientOptions } from './client.ts';
import { backoff } from './tries.ts';

export interface BatchOptions extends Omit<ClientOptions, 'pacer'> {
  /** Requests lie in a folder below this one until they are answered. */
  readonly workFolder: string;
  /** Remembers the batches under way, so that a run started again asks nothing twice. */
  readonly journal: Pick<Journal, 'find' | 'append'>;
  readonly notice: (sentence: string) => void;
  /** Rejects when the signal ends the run. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whether more requests are being made ready: no batch is closed before. */
  readonly isGathering: () => boolean;
  /** The most that goes into one batch. */
  readonly limits?: BatchLimits;
}

export interface BatchEndpoint extends ChatEndpoint {
  /** Waits until nothing is under way, and takes away what lies on disk. To be called when the run is over. */
  close(): Promise<void>;
}

/** OpenAI takes 50,000 requests and 200 MB; what is estimated here stays below. */
const LIMITS: BatchLimits = { requests: 50_000, bytes: 190_000_000 };
/** Batches are closed when no request has come for so long (ms). */
const QUIET = 1000;
/** Batches under way at once. */
const AT_ONCE = 8;
/** A run that is cancelled waits no longer than this for its batches to be cancelled (ms). */
const LAST_WORDS = 3000;

/**
 * A chat model that is asked through the Batch API of OpenAI: requests gather on disk, go out in batches, and their
 * answers come hours later, all at once. Which tries count, and what is an answer, is as with single requests.
 * `ask` rejects with FatalEndpointError when the endpoint has no such API, refuses the key, or rejects all it is
 * asked from the start.
 */
export function createBatchEndpoint(options: BatchOptions): BatchEndpoint {
  const { baseUrl, model, meter, signal, journal, sleep } = options;
  const unsettled = new Map<string, Entry>();
  const lanes = new PQueue({ concurrency: AT_ONCE });
  const records = createBatchRecords(journal, options);
  const reader = createBatchReader(options);
  let limits = options.limits ?? LIMITS;
  let waiting: Entry[] = [];
  let arrivals = 0;
  let gathering = false;
  let resumed = false;
  let spool: Spool | undefined;
  let failure: { readonly error: unknown } | undefined;

  const under = new Set<Promise<void>>();
  /** Work that nobody awaits: what it fails with is the failure of every request. */
  const begin = (work: () => Promise<void>): void => {
    const done = work().catch(error => {
      if (signal.aborted) return;
      failure ??= { error };
      for (const entry of unsettled.values()) entry.fail(error);
    });
    under.add(done);
    void done.finally(() => under.delete(done));
  };

  const stopped = (entries: Iterable<Entry>): void => {
    for (const entry of [...entries]) entry.settle(STOPPED);
  };

  const wait = (entries: readonly Entry[]): void => {
    waiting.push(...entries);
    arrivals += entries.length;
    if (gathering) return;
    gathering = true;
    begin(gather);
  };

  const gather = async (): Promise<void> => {
    for (let before = -1; before !== arrivals || options.isGathering(); ) {
      before = arrivals;
      await sleep(QUIET, signal);
    }
    gathering = false;
    const entries = waiting;
    waiting = [];
    const fresh = await resume(entries);
    const added = JSON.stringify(options.extraBody ?? {}).length + model.length;
    for (const chunk of chunksOf(fresh, limits, added)) begin(() => lanes.add(() => send(chunk)));
  };

  /** Gives the requests to batches of earlier attempts that are still to be collected; returns the others. */
  const resume = async (entries: readonly Entry[]): Promise<readonly Entry[]> => {
    if (resumed) return entries;
    resumed = true;
    const left = new Map(entries.map(entry => [entry.id, entry]));
    for (const record of await records.left()) {
      const its = record.ids.map(id => left.get(id)).filter(entry => entry !== undefined);
      for (const { id } of its) left.delete(id);
      begin(() => work.resume(record, its));
    }
    return [...left.values()];
  };

  const send = async (chunk: readonly Entry[]): Promise<void> => {
    const booked = chunk.filter(entry => entry.booked || meter.book());
    const kept = new Set(booked);
    stopped(chunk.filter(entry => !kept.has(entry)));
    if (booked.length > 0 && spool) {
      await work.send(
        booked.map(entry => ({ ...entry, booked: true })),
        spool,
      );
    }
  };

  const take = (entry: Entry, { next, answer }: Fate): void => {
    const tries = next === 'again' ? entry.tries + 1 : entry.tries;
    if (next === 'settle' || tries > options.maxRetries) entry.settle(answer);
    else wait([{ ...entry, booked: false, tries }]);
  };

  const work = createBatchWork({
    ...options,
    extraBody: options.extraBody,
    api: createBatchApi(options),
    reader,
    records,
    take,
    async tooMuch(entries) {
      lanes.concurrency = 1;
      await sleep(LONGEST_WAIT, signal);
      if (entries.length > 1) {
        limits = { ...limits, requests: Math.ceil(entries.length / 2) };
        return wait(entries);
      }
      const answer = noAnswer('rate-limit', 'the endpoint does not take even a batch of one request');
      for (const entry of entries) take(entry, { next: 'again', answer });
    },
    async notHanded(entries, answer) {
      await sleep(backoff(entries[0]?.tries ?? 0, options.random()), signal);
      for (const entry of entries) take(entry, { next: 'again', answer });
    },
  });

  const stop = async (): Promise<void> => {
    await Promise.race([work.cancel(), setTimeout(LAST_WORDS, undefined, { ref: false })]);
    stopped(unsettled.values());
  };
  signal.addEventListener('abort', () => begin(stop), { once: true });

  const enter = (id: string, span: Entry['span']): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const entry: Entry = {
        ...{ id, span, tries: 0, booked: false },
        settle(answer) {
          unsettled.delete(id);
          resolve(answer);
        },
        fail: reject,
      };
      unsettled.set(id, entry);
      wait([entry]);
    });

  return {
    baseUrl,
    model,
    get adaptations() {
      return reader.adaptations;
    },
    // Nothing here may hold on to the request once it lies on disk: thousands wait for hours.
    async ask(request) {
      if (failure) throw failure.error;
      if (signal.aborted || meter.stopped !== null) return STOPPED;
      spool ??= openSpool(options.workFolder);
      const { key } = request;
      return enter(key === undefined || unsettled.has(key) ? randomUUID() : key, spool.add(request));
    },
    async close() {
      while (under.size > 0) await Promise.all(under);
      spool?.remove();
      spool = undefined;
    },
  };
}
