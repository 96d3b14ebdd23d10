import { noAnswer } from '../answer.ts';
import { FatalEndpointError, shownUrl } from '../problems.ts';
import { type BatchLimits, type Entry, sizeOf } from './entry.ts';
import type { GatheringOptions } from './gathering.ts';
import type { Busy, TooMany } from './handed.ts';
import { LONGEST_WAIT } from './poll.ts';

export interface RefusalOptions extends Pick<GatheringOptions, 'signal' | 'sleep'> {
  readonly baseUrl: string;
  readonly maxRetries: number;
  /** From 0 to 1, for the jitter. */
  readonly random: () => number;
  readonly notice: (sentence: string) => void;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The most that goes into one batch. */
  readonly limits?: BatchLimits;
  /** What each line has besides the request (bytes). */
  readonly added: number;
  /** Takes requests that are to be handed in again. */
  readonly again: (entries: readonly Entry[]) => void;
  /** Whether a batch of the run is under way, which fills the endpoint's queue as well. */
  readonly isUnderWay: () => boolean;
  /** Whether the endpoint has ever taken a batch. */
  readonly hasTaken: () => boolean;
  readonly hasAnswered: () => boolean;
}

/** Deals with batches that the endpoint does not take as they are. */
export interface Refusals {
  /** The most that goes into one batch now: another object once it has changed. */
  readonly limits: BatchLimits;
  /** Throws what ended the run, where nothing is to be handed in any more. */
  throwIfOver(): void;
  /** Of a file of so many bytes that was too large. Throws FatalEndpointError when no file is small enough. */
  tooLarge(entries: readonly Entry[], bytes: number): void;
  /** Of a batch with too many requests: it goes in parts at once. Rejects as `tooMuch` does, where it is of one. */
  tooMany(entries: readonly Entry[], said: TooMany): Promise<void>;
  /**
   * Of a batch that the endpoint did not take beside what it has. Rejects with FatalEndpointError when it has taken none
   * for too long, and when the signal ends the run.
   */
  tooMuch(entries: readonly Entry[], said: Busy): Promise<void>;
  /** A batch came to its end. */
  heard(): void;
}

/** OpenAI takes 50,000 requests and 200 MB; what is estimated here stays below. */
const LIMITS: BatchLimits = { requests: 50_000, bytes: 190_000_000 };

/** Single requests that are too large by no chance, where no batch was ever taken. */
const ENOUGH = 3;

const tooLargeAlone = (bytes: number) =>
  noAnswer(
    'rejected',
    `the endpoint answers 413 to a batch of this request alone, a file of ${sizeInWords(bytes)}: raise the limit of the server or proxy before it, or set batch to false`,
  );

/** To one digit: what is as large is told of in one sentence. */
function sizeInWords(bytes: number): string {
  const [size, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return `${Number(size.toPrecision(1))} ${unit}`;
}

export function createRefusals(options: RefusalOptions): Refusals {
  const { baseUrl, signal, sleep, again, isUnderWay } = options;
  const largest = createLargest(options);
  const patience = createPatience(options);
  let refusedAlone = 0;
  let over: FatalEndpointError | undefined;
  const tooMuch: Refusals['tooMuch'] = async (entries, said) => {
    const { wait: asked } = said;
    patience.refused(said, isUnderWay());
    const moment = momentFor(entries, options.random());
    if (moment !== undefined) {
      await sleep(Math.max(moment, asked), signal);
      again(entries.map(entry => ({ ...entry, waits: waitsAfter(entry, asked) })));
      return;
    }
    const isOver = patience.isOver && !isUnderWay();
    const isHalved = largest.lower(entries, isOver ? 1 : fewer(entries), 'in a minute or more');
    if (!isHalved && isOver) {
      over = new FatalEndpointError(overFor(baseUrl, patience.hours, said), options.hasAnswered());
      throw over;
    }
    const pause = isHalved ? LONGEST_WAIT : patience.next(said, isUnderWay());
    await sleep(Math.max(pause, asked), signal);
    again(entries);
  };
  return {
    get limits() {
      return largest.limits;
    },
    throwIfOver() {
      if (over) throw over;
    },
    tooLarge(entries, bytes) {
      if (largest.halveFile(entries, bytes)) return again(entries);
      refusedAlone += entries.length;
      if (refusedAlone >= ENOUGH && !options.hasTaken() && !options.hasAnswered()) {
        over = new FatalEndpointError(
          `${shownUrl(baseUrl)} answered 413 to each file for a batch, even to one of ${sizeInWords(bytes)} with one request: raise the limit of the server or proxy before it, or set batch to false`,
        );
        throw over;
      }
      for (const entry of entries) entry.settle(tooLargeAlone(bytes));
    },
    async tooMany(entries, { word, most }) {
      if (largest.lower(entries, fewer(entries, most), 'now')) again(entries);
      else await tooMuch(entries, { word, wait: 0, isQueue: false });
    },
    tooMuch,
    heard() {
      // What was refused beside a full queue says nothing of how large a batch may be.
      if (patience.heard()) largest.restore();
    },
  };
}

/** Before a batch that finds the queue full is handed in again as it is, time after time, at most (ms). */
const MOMENTS = [5000, 10_000, 20_000, 40_000];

/** A longer wait that the endpoint has asked for was no moment. */
const waitsAfter = ({ waits }: Entry, asked: number): number =>
  asked > LONGEST_WAIT ? MOMENTS.length : waits + 1;

/**
 * How long a batch waits for a queue that may be full for a moment alone (ms), with jitter over the upper half; undefined
 * once it is no moment any more. Before that nothing is halved: a batch in parts takes as much longer.
 *
 * @param random from 0 to 1
 */
function momentFor(entries: readonly Entry[], random: number): number | undefined {
  const longest = MOMENTS[entries.reduce((most, { waits }) => Math.max(most, waits), 0)];
  return longest === undefined ? undefined : ((1 + random) / 2) * longest;
}

/** The sentence for an endpoint that has taken no batch for too long. */
function overFor(baseUrl: string, hours: number, { word, isQueue }: Busy): string {
  const said = `${shownUrl(baseUrl)} has taken no batch for ${hours} h, not even of one request (${word})`;
  return isQueue
    ? `${said}: its limit of queued requests or tokens is used up by other batches; wait until they are done, or set batch to false`
    : `${said}: ask for a higher limit there, try again later, or set batch to false`;
}

/** So many requests in one batch, or half of a batch that was too large. */
const fewer = ({ length }: readonly Entry[], most?: number): number =>
  most !== undefined && most > 0 && most < length ? most : Math.ceil(length / 2);

/** The most that goes into one batch, which an endpoint that refuses one may lower. */
function createLargest({
  limits = LIMITS,
  notice,
  added,
}: Pick<RefusalOptions, 'limits' | 'notice' | 'added'>) {
  let lowered = limits;
  return {
    get limits() {
      return lowered;
    },
    /** Lets no batch have more than so many requests, where a larger one was refused. False where that was a single request. */
    lower({ length }: readonly Entry[], requests: number, when: 'now' | 'in a minute or more'): boolean {
      if (length === 1) return false;
      // Several of one size may be refused before that is known.
      if (requests >= lowered.requests) return true;
      lowered = { ...lowered, requests };
      notice(
        `The endpoint takes no batch of ${length} requests at once: they are handed in again ${when}, ${requests} at a time.`,
      );
      return true;
    },
    /** Lets no file be larger than half of one that was refused, of so many bytes. False where it was of one request. */
    halveFile(entries: readonly Entry[], refused: number): boolean {
      if (entries.length === 1) return false;
      const bytes = entries.reduce((sum, entry) => sum + sizeOf(entry, added), 0) / 2;
      if (bytes >= lowered.bytes) return true;
      lowered = { ...lowered, bytes };
      notice(
        `The endpoint answers 413 to a file of ${sizeInWords(refused)} with a batch of ${entries.length} requests: they are handed in again now, in files of half the size.`,
      );
      return true;
    },
    restore(): void {
      lowered = { ...lowered, requests: limits.requests };
    },
  };
}

const QUEUE_FULL = "The endpoint's queue for batches is full: waiting for room.";
const takesNone = (word: string): string =>
  `The endpoint takes no batch now (${word}): it is handed in again after a wait.`;

const HOUR = 3600_000;
/** How long a full queue is waited for beside no batch of the run's (ms): one request alone is the last that is tried. */
const PATIENCE = 2 * HOUR;
/** Between two tries of it, at most (ms). */
const LONGEST_PAUSE = 5 * 60_000;
const GROWTH = 1.5;

/**
 * Waits for a queue that other batches fill, of which each may take a day: two hours, or a minute for each of
 * `maxRetries`, where that is longer.
 */
function createPatience({
  maxRetries,
  notice,
  clock,
}: Pick<RefusalOptions, 'maxRetries' | 'notice' | 'clock'>) {
  const longest = Math.max(PATIENCE, maxRetries * LONGEST_WAIT);
  const hours = Math.round(longest / HOUR);
  /** By whether the queue was said to be full. */
  const told = new Set<boolean>();
  let refusals = 0;
  let waited = 0;
  /** When the endpoint took none for the last time, beside none of the run's batches. */
  let refusedAt: number | undefined;
  let wasAlone = false;
  return {
    hours,
    get isOver() {
      return waited >= longest;
    },
    /** A batch was not taken, of whatever size. What is ours ends by itself: it is no time that others take. */
    refused({ word, isQueue }: Busy, isOurs: boolean): void {
      if (!told.has(isQueue)) notice(isQueue ? QUEUE_FULL : takesNone(word));
      told.add(isQueue);
      const now = clock();
      const before = Math.floor(waited / HOUR);
      if (!isOurs) waited += now - (refusedAt ?? now);
      refusedAt = isOurs ? undefined : now;
      const since = Math.floor(waited / HOUR);
      if (since > before && since < hours) {
        notice(`The endpoint has taken no batch for ${since} h: it is waited for up to ${hours} h.`);
      }
    },
    /** A batch of one request was refused: how long to wait until the next (ms). */
    next({ word, isQueue }: Busy, isOurs: boolean): number {
      const pause = Math.min(LONGEST_PAUSE, LONGEST_WAIT * GROWTH ** refusals);
      refusals += 1;
      if (!isOurs && !wasAlone) {
        wasAlone = true;
        notice(
          `The endpoint takes not even a batch of one request now (${word})${isQueue ? ', since other batches fill its queue' : ''}: it is tried again every few minutes, for ${hours} h.`,
        );
      }
      return pause;
    },
    /** A batch came to its end. Whether the queue had been full for others. */
    heard(): boolean {
      const wasFull = wasAlone || waited >= longest;
      told.clear();
      refusals = 0;
      waited = 0;
      refusedAt = undefined;
      wasAlone = false;
      return wasFull;
    },
  };
}
