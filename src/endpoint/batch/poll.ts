import { keyOf } from '../../journal/key.ts';
import { FatalEndpointError } from '../problems.ts';
import { type BatchApi, type BatchState, bareState, FileGoneError } from './api.ts';
import { isOfKey } from './handed.ts';
import { isLine, isUnasked, type Outcome, readLine } from './lines.ts';
import { LostReplyError } from './reply.ts';
import { createWaiting, type Waiting, type WaitingOptions } from './waiting.ts';

export interface PollOptions extends WaitingOptions {
  readonly api: Pick<BatchApi, 'look' | 'lines' | 'cancel'>;
  /** Rejects when the signal ends the run. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How often a file that breaks off is read, at most: half an hour long unless it says otherwise. */
  readonly mostReads?: number;
}

const FIRST_WAIT = 1000;
/** The longest time between two looks (ms). */
export const LONGEST_WAIT = 60_000;
const GROWTH = 1.5;
/** Looks at a batch, or tries to read its file, in a row without an answer until it is given up: half an hour. */
const PATIENCE = 30;
/** Looks in a row until a batch that the endpoint does not know is gone: a new one may take a moment to be known. */
const GONE_AFTER = 5;
/** Tries in a row until a file is gone: it may be there a moment later than the batch has ended. */
const FILE_GONE_AFTER = 4;
/** More looks at a batch that is completed and names no file, until it has none: half a minute. */
const UNNAMED_AFTER = 4;
/** Tries to read a file that has been read before. */
const READS_AFTER = 3;
/** The window is 24 h; an endpoint that never says so is not waited for longer (ms). */
export const WINDOW = 25 * 3600_000;
/** Whether nothing more comes of a batch. */
export const hasEnded = ({ status }: BatchState): boolean => ENDED.has(status);

/** Whether a batch has ended, and the endpoint knows how. */
export const isHeard = (state: BatchState): boolean => hasEnded(state) && state.status !== 'gone';

/** How a batch stands that the endpoint has taken the cancelling of. */
export const CANCELLING = 'cancelling';

/** Whether an endpoint has begun with the requests of a batch. */
export const hasBegun = ({ status }: BatchState): boolean => BEGUN.has(status);

const BEGUN = new Set(['in_progress', 'finalizing', 'completed']);
const ENDED = new Set(['completed', 'failed', 'expired', 'cancelled', 'gone']);
/** The endpoint can be asked about it no more, and it may be there all the same. */
const LOST = 'lost';
const isDone = (state: BatchState): boolean => hasEnded(state) || state.status === LOST;

/**
 * Looks at a batch, at growing intervals, until it has ended. The status is `lost` when the endpoint could not be
 * asked for half an hour, or has said for as many minutes as `maxRetries` what no short wait ends. Rejects with
 * FatalEndpointError when the key is taken no longer, and when the signal ends the run.
 */
export async function untilEnded(batch: string, options: PollOptions): Promise<BatchState> {
  const state = await named(batch, await lastSeen(batch, options), options);
  const isOverdue = !isDone(state);
  // Its requests are asked again: one that goes on unseen would be paid for as well.
  if (isOverdue || state.status === 'gone') await options.api.cancel(batch);
  return isOverdue ? { ...state, status: 'expired' } : state;
}

/** How a batch that is completed stands once it names a file, which may take a moment; as it did where it goes on to name none. */
export async function named(batch: string, ended: BatchState, options: PollOptions): Promise<BatchState> {
  const { api, signal, sleep } = options;
  for (let tries = 1; ended.status === 'completed' && tries <= UNNAMED_AFTER; tries += 1) {
    if (ended.files.length > 0) return ended;
    await sleep(FIRST_WAIT * 2 ** tries, signal);
    const state = await api.look(batch).catch(unlessFatal);
    signal.throwIfAborted();
    if (state?.status === 'completed' && state.files.length > 0) return state;
  }
  return ended;
}

/** How a batch stood when it was looked at for the last time. */
async function lastSeen(batch: string, options: PollOptions): Promise<BatchState> {
  const { signal, clock } = options;
  const giveUpAt = clock() + WINDOW;
  const waiting = createWaiting(batch, options);
  let misses = 0;
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * GROWTH)) {
    await options.sleep(wait, signal);
    const state = await seen(batch, waiting, wait, options);
    signal.throwIfAborted();
    misses = !state || state.status === 'gone' ? misses + 1 : 0;
    if (state?.status === 'gone' && misses < GONE_AFTER) continue;
    if (misses >= PATIENCE) return bareState(LOST);
    if (state && isDone(state)) return state;
    if (clock() >= giveUpAt) return state ?? bareState('');
  }
}

/** How a batch stands; undefined where that cannot be seen now, after so long (ms), and lost where it is not to be. */
async function seen(
  batch: string,
  waiting: Waiting,
  wait: number,
  { api }: PollOptions,
): Promise<BatchState | undefined> {
  try {
    const state = await api.look(batch, waiting.failing);
    if (state.denied) waiting.listed(state.denied);
    else waiting.heard();
    return state;
  } catch (error) {
    const said = waiting.failed(error, wait);
    return said === undefined ? undefined : { ...bareState(LOST), said };
  }
}

/** A look or a download that failed says nothing about the batch: there is a next one. */
function unlessFatal(error: unknown): undefined {
  if (error instanceof FatalEndpointError) throw error;
}

/** How much of what a batch has written could be read. */
export interface Gathered {
  /** Whether all of its files came to their ends, and are files of a batch. */
  readonly isWhole: boolean;
  /** Whether all came to their ends, though something else may have come in place of one, such as a page. */
  readonly isGivenOut: boolean;
  /** What the endpoint goes on to say in place of one of them, which is there all the same; undefined where it does not. */
  readonly withheld: string | undefined;
  /** Those of its files that came whole. */
  readonly read: readonly string[];
  /** Lines that say something about a request, its own or another. */
  readonly lines: number;
  /** Those of them that say that it was not asked. */
  readonly unasked: number;
}

/**
 * Reads what came of a batch, line by line. Each of its files is read twice: first for the requests of which it says
 * two things, so that neither is an answer, with no more than a digest of each line held; then to take what it says.
 * It holds answers that are paid for, so the first time a file is waited for as long as the batch's end was.
 */
export async function collect(
  { files }: BatchState,
  asked: ReadonlySet<string>,
  take: (id: string, outcome: Outcome, isContradicted: boolean) => void,
  options: PollOptions,
): Promise<Gathered> {
  const { contradicted, compare } = createComparison(asked);
  const found = new Map<string, Read>();
  for (const file of files) {
    found.set(file, await readPatiently(file, compare, options.mostReads ?? PATIENCE, options));
  }
  const withheld = [...found.values()].find(({ said }) => said !== undefined)?.said;
  const hear = (id: string, outcome: Outcome): void => take(id, outcome, contradicted.has(id));
  const reads: Read[] = [];
  for (const file of files) {
    const tries = found.get(file)?.came === 'whole' ? READS_AFTER : 1;
    reads.push(await readPatiently(file, hear, tries, options));
  }
  const lines = reads.reduce((sum, read) => sum + read.lines, 0);
  const unasked = reads.reduce((sum, read) => sum + read.unasked, 0);
  const read = files.filter((_, n) => reads[n]?.came === 'whole');
  const isGivenOut = reads.every(({ came }) => came === 'whole' || came === 'another');
  return { isWhole: read.length === files.length, isGivenOut, withheld, read, lines, unasked };
}

/** What the lines of a batch say of its requests, held against each other. */
function createComparison(asked: ReadonlySet<string>) {
  const said = new Map<string, string>();
  const contradicted = new Set<string>();
  return {
    contradicted,
    compare(id: string, outcome: Outcome): void {
      if (!asked.has(id)) return;
      const digest = keyOf(JSON.stringify(outcome, uncounted));
      if ((said.get(id) ?? digest) !== digest) contradicted.add(id);
      said.set(id, digest);
    },
  };
}

/** Leaves out how many tokens it took: an endpoint may count them otherwise for the same answer. */
const uncounted = (field: string, value: unknown): unknown => (field === 'usage' ? undefined : value);

/** How far a file could be read, and what lines of it. */
interface Read extends Pick<Gathered, 'lines' | 'unasked'> {
  readonly came: 'whole' | 'another' | 'broken' | 'gone';
  /** What has failed, where it is broken or another. */
  readonly error?: unknown;
  /** What is said of a file that is given up, since the endpoint goes on to withhold it. */
  readonly said?: string;
}

/**
 * Reads a file until it has come to its end; what one that breaks off had said stands. Something else in its place, such
 * as a page, is a gateway's: the file may come after it.
 */
async function readPatiently(
  file: string,
  hear: (id: string, outcome: Outcome) => void,
  mostReads: number,
  options: PollOptions,
): Promise<Read> {
  const waiting = createWaiting(file, options);
  let misses = 0;
  let wait = 0;
  for (let tries = 1; ; tries += 1) {
    const reading = await read(file, hear, waiting, options);
    misses = reading.came === 'gone' ? misses + 1 : 0;
    // The key is refused a few times in a row before that ends the run: it leaves no file unread.
    const isOver = tries >= mostReads && !isOfKey(reading.error);
    if (reading.came === 'whole' || isOver || misses >= FILE_GONE_AFTER) return reading;
    const said = reading.error === undefined ? undefined : waiting.failed(reading.error, wait);
    if (said !== undefined) return reading.came === 'another' ? reading : { ...reading, said };
    wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries);
    await options.sleep(wait, options.signal);
  }
}

async function read(
  file: string,
  hear: (id: string, outcome: Outcome) => void,
  { failing }: Waiting,
  { api, signal, secrets }: PollOptions,
): Promise<Read> {
  let lines = 0;
  let unasked = 0;
  let isBlank = true;
  let isOfBatch = false;
  try {
    for await (const text of api.lines(file, failing)) {
      isBlank &&= text.trim() === '';
      isOfBatch ||= isLine(text);
      const line = readLine(text, secrets);
      if (!line) continue;
      lines += 1;
      if (isUnasked(line.outcome)) unasked += 1;
      hear(line.id, line.outcome);
    }
    if (isOfBatch || isBlank) return { came: 'whole', lines, unasked };
    return { came: 'another', error: new LostReplyError(true), lines, unasked };
  } catch (error) {
    signal.throwIfAborted();
    unlessFatal(error);
    if (error instanceof FileGoneError) return { came: 'gone', lines, unasked };
    return { came: 'broken', error, lines, unasked };
  }
}
