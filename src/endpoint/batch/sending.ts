import PQueue from 'p-queue';
import type { Journal } from '../../journal/journal.ts';
import { type Answer, CUT, noAnswer, STOPPED } from '../answer.ts';
import { backoff } from '../backoff.ts';
import type { ClientOptions } from '../client.ts';
import { createBatchApi } from './api.ts';
import { type BatchLimits, chunksOf, type Entry, sharedOut } from './entry.ts';
import { createGathering, type GatheringOptions } from './gathering.ts';
import { LONGEST_WAIT } from './poll.ts';
import type { BatchReader, Fate } from './reading.ts';
import { createBatchRecords } from './record.ts';
import type { Spool } from './spool.ts';
import { type Cancelled, createBatchWork } from './work.ts';

export interface SendingOptions extends GatheringOptions, Omit<ClientOptions, 'pacer'> {
  /** Where the requests lie until they are answered. */
  readonly spool: () => Spool;
  /** Remembers the batches under way, so that a run started again asks nothing twice. */
  readonly journal: Pick<Journal, 'find' | 'append'>;
  readonly reader: BatchReader;
  readonly notice: (sentence: string) => void;
  /** The most that goes into one batch. */
  readonly limits?: BatchLimits;
}

/** OpenAI takes 50,000 requests and 200 MB; what is estimated here stays below. */
const LIMITS: BatchLimits = { requests: 50_000, bytes: 190_000_000 };
/** Batches under way at once. */
const AT_ONCE = 8;

const NOT_EVEN_ONE = noAnswer('rate-limit', 'the endpoint does not take even a batch of one request');

/** The most that goes into one batch, which an endpoint that refuses one may lower. */
function createLargest({ limits = LIMITS, notice }: Pick<SendingOptions, 'limits' | 'notice'>) {
  let lowered = limits;
  return {
    get limits() {
      return lowered;
    },
    /** Lets no batch be larger than half of one that was refused. False where that was a single request. */
    halve({ length }: readonly Entry[], when: string): boolean {
      if (length === 1) return false;
      const requests = Math.min(lowered.requests, Math.ceil(length / 2));
      lowered = { ...limits, requests };
      notice(
        `The endpoint takes no batch of ${length} requests at once: they are handed in again ${when}, ${requests} at a time.`,
      );
      return true;
    },
  };
}

/**
 * How long an endpoint is waited for that takes not even a batch of one request beside none: a minute for each of
 * `maxRetries`, which is what single requests are given.
 */
function createPatience({ maxRetries, notice }: Pick<SendingOptions, 'maxRetries' | 'notice'>) {
  let refusals = 0;
  return {
    get isOver() {
      return refusals > maxRetries;
    },
    /** A batch of one request was refused with no other under way. */
    refused(): void {
      refusals += 1;
      if (refusals === 1 && maxRetries > 0) {
        notice(
          `The endpoint takes not even a batch of one request now: it is tried every minute, and given up after ${maxRetries} min.`,
        );
      }
    },
    /** A batch came to its end. Who was given up stays so. */
    heard(): void {
      if (refusals <= maxRetries) refusals = 0;
    },
  };
}

function giveUp(entries: readonly Entry[]): void {
  for (const entry of entries) entry.settle(NOT_EVEN_ONE);
}

/** Those of some requests that the budget allows. The others are settled. */
function bookedOf(entries: readonly Entry[], meter: SendingOptions['meter']): readonly Entry[] {
  const all = entries.map(entry => ({ ...entry, booked: entry.booked || meter.book() }));
  // What a batch has left without an answer was asked: which ones it leaves is no chance.
  for (const entry of all) if (!entry.booked) entry.settle(entry.tries > 0 ? CUT : STOPPED);
  return all.filter(({ booked }) => booked);
}

/** A request as it is asked again; undefined where it is not. */
function askedAgain(entry: Entry, { next }: Fate, maxRetries: number): Entry | undefined {
  const tries = next === 'anew' ? entry.tries : entry.tries + 1;
  const isOnceMore = next === 'once-more';
  if (next === 'settle' || tries > maxRetries || (isOnceMore && entry.wasUnheard)) return undefined;
  return { ...entry, booked: false, tries, wasUnheard: entry.wasUnheard || isOnceMore };
}

/** Sends requests in batches, as often as it takes until each is settled. */
export interface Sending {
  readonly add: (entries: readonly Entry[]) => void;
  /** Cancels the batches under way. */
  readonly cancel: () => Cancelled;
}

export function createSending(options: SendingOptions): Sending {
  const { meter, signal, sleep, begin } = options;
  const records = createBatchRecords(options.journal, options);
  const lanes = new PQueue({ concurrency: AT_ONCE });
  const largest = createLargest(options);
  const patience = createPatience(options);

  const gathering = createGathering(options, async entries => {
    const { resumed, fresh } = sharedOut(entries, await work.left());
    for (const [record, its] of resumed) begin(() => work.resume(record, its));
    const added = JSON.stringify(options.extraBody ?? {}).length + options.model.length;
    for (const chunk of chunksOf(fresh, largest.limits, added)) begin(() => lanes.add(() => send(chunk)));
  });

  const send = async (chunk: readonly Entry[]): Promise<void> => {
    if (patience.isOver) return giveUp(chunk);
    // Others of its size have been refused since it was cut.
    if (chunk.length > largest.limits.requests) return gathering.add(chunk);
    const paid = bookedOf(chunk, meter);
    if (paid.length > 0) await work.send(paid);
  };

  const take = (entry: Entry, fate: Fate): boolean => {
    const again = askedAgain(entry, fate, options.maxRetries);
    if (again) gathering.add([again]);
    else entry.settle(fate.answer);
    return again !== undefined;
  };

  const takeAll = (entries: readonly Entry[], answer: Answer): void => {
    for (const entry of entries) take(entry, { next: 'again', answer });
  };

  const work = createBatchWork({
    ...options,
    api: createBatchApi(options),
    records,
    take(entry, fate) {
      patience.heard();
      return take(entry, fate);
    },
    tooLarge(entries) {
      if (largest.halve(entries, 'now')) gathering.add(entries);
      else giveUp(entries);
    },
    async tooMuch(entries) {
      lanes.concurrency = 1;
      if (!largest.halve(entries, 'in a minute') && !work.isUnderWay) patience.refused();
      if (patience.isOver) return giveUp(entries);
      await sleep(LONGEST_WAIT, signal);
      gathering.add(entries);
    },
    async notHanded(entries, answer) {
      await sleep(backoff(entries[0]?.tries ?? 0, options.random()), signal);
      takeAll(entries, answer);
    },
  });

  return { add: gathering.add, cancel: work.cancel };
}
