import PQueue from 'p-queue';
import type { Journal } from '../../journal/journal.ts';
import { CUT, STOPPED } from '../answer.ts';
import { backoff } from '../backoff.ts';
import type { ClientOptions } from '../client.ts';
import { createBatchApi } from './api.ts';
import { type BatchLimits, chunksOf, type Entry, sharedOut } from './entry.ts';
import { createGathering, type GatheringOptions } from './gathering.ts';
import type { BatchReader, Fate } from './reading.ts';
import { createBatchRecords } from './record.ts';
import { createRefusals, type RefusalOptions } from './refused.ts';
import { createSifting } from './sifting.ts';
import type { Spool } from './spool.ts';
import { type Cancelled, createBatchWork, type WorkOptions } from './work.ts';

export interface SendingOptions
  extends GatheringOptions,
    Omit<ClientOptions, 'pacer'>,
    Pick<RefusalOptions, 'limits' | 'notice'>,
    Pick<WorkOptions, 'taken'> {
  /** Where the requests lie until they are answered. */
  readonly spool: () => Spool;
  /** Remembers the batches under way, so that a run started again asks nothing twice. */
  readonly journal: Pick<Journal, 'find' | 'append'>;
  readonly reader: BatchReader;
  /** Whether other batches of the run are under way. */
  readonly isBesideOthers?: () => boolean;
}

/** Batches under way at once. */
const AT_ONCE = 8;

/** Those of some requests that the budget allows, which are not asked yet. The others are settled. */
function bookedOf(entries: readonly Entry[], meter: SendingOptions['meter']): readonly Entry[] {
  const all = entries.map(entry => ({ ...entry, booked: entry.booked || meter.book() }));
  meter.putOff(all.filter(({ booked }, n) => booked && !entries[n]?.booked).length);
  // What a batch has left without an answer was asked: which ones it leaves is no chance.
  for (const entry of all) if (!entry.booked) entry.settle(entry.tries > 0 ? CUT : STOPPED);
  return all.filter(({ booked }) => booked);
}

/** A request as it is asked again; undefined where it is not. */
function askedAgain(entry: Entry, { next }: Fate, maxRetries: number): Entry | undefined {
  const tries = next === 'anew' ? entry.tries : entry.tries + 1;
  const isOnceMore = next === 'once-more';
  if (next === 'settle' || tries > maxRetries || (isOnceMore && entry.isOnceMore)) return undefined;
  return { ...entry, booked: false, waits: 0, tries, isOnceMore: entry.isOnceMore || isOnceMore };
}

/** Asks a request again, or settles it. Whether it is asked again. */
function taken(
  entry: Entry,
  fate: Fate,
  maxRetries: number,
  again: (entries: readonly Entry[]) => void,
): boolean {
  const next = askedAgain(entry, fate, maxRetries);
  if (next) again([next]);
  else entry.settle(fate.answer);
  return next !== undefined;
}

/** Sends requests in batches, as often as it takes until each is settled. */
export interface Sending {
  readonly add: (entries: readonly Entry[]) => void;
  /** Whether a batch is. */
  readonly isUnderWay: () => boolean;
  /** Cancels the batches under way. */
  readonly cancel: () => Cancelled;
}

export function createSending(options: SendingOptions): Sending {
  const { meter, signal, sleep, begin, reader, isBesideOthers } = options;
  const records = createBatchRecords(options.journal, options);
  const lanes = new PQueue({ concurrency: AT_ONCE });
  const added = JSON.stringify(options.extraBody ?? {}).length + options.model.length;

  const gathering = createGathering(options, async entries => {
    const { resumed, fresh } = sharedOut(entries, await work.left());
    for (const [record, its] of resumed) begin(() => work.resume(record, its));
    const { limits } = refusals;
    for (const chunk of chunksOf(fresh, limits, added)) begin(() => lanes.add(() => send(chunk, limits)));
  });

  const send = async (chunk: readonly Entry[], cutTo: BatchLimits): Promise<void> => {
    refusals.throwIfOver();
    sifting.throwIfOver();
    // How much goes into one batch has changed since it was cut.
    if (cutTo !== refusals.limits) return gathering.add(chunk);
    const paid = bookedOf(chunk, meter);
    if (paid.length > 0) await work.send(paid);
  };

  const work = createBatchWork({
    ...options,
    ...{ api: createBatchApi(options), records },
    take(entry, fate) {
      refusals.heard();
      return taken(entry, fate, options.maxRetries, gathering.add);
    },
    tooLarge: (entries, bytes) => refusals.tooLarge(entries, bytes),
    tooMany: (entries, said) => refusals.tooMany(entries, said),
    tooMuch(entries, said) {
      lanes.concurrency = 1;
      return refusals.tooMuch(entries, said);
    },
    sift: unfit => sifting.sift(unfit),
    async notHanded(entries, answer) {
      await sleep(backoff(entries[0]?.tries ?? 0, options.random()), signal);
      const fate: Fate = { next: 'again', answer };
      for (const entry of entries) taken(entry, fate, options.maxRetries, gathering.add);
    },
  });

  const refusals = createRefusals({
    ...options,
    ...{ added, again: gathering.add, hasTaken: work.hasTaken, hasAnswered: reader.hasAnswered },
    isUnderWay: () => work.isUnderWay() || isBesideOthers?.() === true,
  });

  const sifting = createSifting({
    ...options,
    ...{ again: gathering.add, hasRun: work.hasRun },
    async send(chunk, running) {
      if (chunk.length > refusals.limits.requests) gathering.add(chunk);
      else await work.send(chunk, running);
    },
  });

  return { add: gathering.add, isUnderWay: work.isUnderWay, cancel: work.cancel };
}
