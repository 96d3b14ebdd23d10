import { keyOf } from '../../journal/key.ts';
import { FatalEndpointError } from '../problems.ts';
import type { BatchApi, BatchState } from './api.ts';
import { type Outcome, readLine } from './lines.ts';

export interface PollOptions {
  readonly api: Pick<BatchApi, 'look' | 'lines' | 'cancel'>;
  readonly signal: AbortSignal;
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
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
/** The window is 24 h; an endpoint that never says so is not waited for longer (ms). */
const WINDOW = 25 * 3600_000;
/** Whether nothing more comes of a batch. */
export const hasEnded = ({ status }: BatchState): boolean => ENDED.has(status);

const ENDED = new Set(['completed', 'failed', 'expired', 'cancelled', 'gone']);

/**
 * Looks at a batch, at growing intervals, until it has ended. The status is `lost` when the endpoint could not be
 * asked for half an hour. Rejects with FatalEndpointError when the key is refused, and when the signal ends the run.
 */
export async function untilEnded(batch: string, options: PollOptions): Promise<BatchState> {
  const state = await lastSeen(batch, options);
  const isOverdue = !hasEnded(state) && state.status !== 'lost';
  // Its requests are asked again: one that goes on unseen would be paid for as well.
  if (isOverdue || state.status === 'gone') await options.api.cancel(batch);
  return isOverdue ? { ...state, status: 'expired' } : state;
}

/** How a batch stood when it was looked at for the last time. */
async function lastSeen(batch: string, options: PollOptions): Promise<BatchState> {
  const { api, signal, clock } = options;
  const giveUpAt = clock() + WINDOW;
  let misses = 0;
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * GROWTH)) {
    await options.sleep(wait, signal);
    const state = await api.look(batch).catch(unlessFatal);
    signal.throwIfAborted();
    misses = !state || state.status === 'gone' ? misses + 1 : 0;
    if (state?.status === 'gone' && misses < GONE_AFTER) continue;
    if (misses >= PATIENCE) return bare('lost');
    if (state && hasEnded(state)) return state;
    if (clock() >= giveUpAt) return state ?? bare('');
  }
}

const bare = (status: string): BatchState => ({ status, files: [], code: '' });

/** A look or a download that failed says nothing about the batch: there is a next one. */
function unlessFatal(error: unknown): undefined {
  if (error instanceof FatalEndpointError) throw error;
}

/**
 * Reads what came of a batch, line by line. A file that breaks off is read again; what it had said stands. It holds
 * answers that are paid for, so it is waited for as long as the batch's end was.
 */
export async function collect(
  { files }: BatchState,
  take: (id: string, outcome: Outcome) => void,
  options: PollOptions,
): Promise<void> {
  for (const file of files) {
    for (
      let tries = 1;
      !(await read(file, take, options)) && tries < (options.mostReads ?? PATIENCE);
      tries += 1
    ) {
      await options.sleep(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries), options.signal);
    }
  }
}

/**
 * The requests of which a batch says two things, so that neither is an answer. All of it is read once for that before
 * anything is taken, and of each line no more than a digest is held.
 */
export async function contradictedIn(
  state: BatchState,
  asked: ReadonlyMap<string, unknown>,
  options: PollOptions,
): Promise<ReadonlySet<string>> {
  const said = new Map<string, string>();
  const contradicted = new Set<string>();
  const compare = (id: string, outcome: Outcome): void => {
    if (!asked.has(id)) return;
    const digest = keyOf(JSON.stringify(outcome));
    if ((said.get(id) ?? digest) !== digest) contradicted.add(id);
    said.set(id, digest);
  };
  await collect(state, compare, options);
  return contradicted;
}

/** Whether the file could be read to its end. */
async function read(
  file: string,
  take: (id: string, outcome: Outcome) => void,
  { api, signal, secrets }: PollOptions,
): Promise<boolean> {
  try {
    for await (const text of api.lines(file)) {
      const line = readLine(text, secrets);
      if (line) take(line.id, line.outcome);
    }
    return true;
  } catch (error) {
    signal.throwIfAborted();
    unlessFatal(error);
    return false;
  }
}
