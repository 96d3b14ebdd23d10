import { counted } from '../../gate/words.ts';
import type { Journal } from '../../journal/journal.ts';
import { keptAnswer } from '../answer.ts';
import type { Account } from '../meter.ts';
import { type BatchApi, type BatchState, bareState } from './api.ts';
import { NO_COUNT } from './count.ts';
import type { Live } from './entry.ts';
import type { Outcome } from './lines.ts';
import type { Begun } from './listing.ts';
import { CANCELLING, collect, hasEnded, isHeard, named, type PollOptions } from './poll.ts';
import { type BatchReader, goneNotice, silentNotice } from './reading.ts';
import type { BatchRecords, LeftRecord, OpenRecord, UploadRecord } from './record.ts';

/** What batches that were handed in are known by. */
interface Kept {
  readonly api: BatchApi;
  readonly records: BatchRecords;
}

/** Takes away a batch of an earlier attempt that nothing of this one is in. */
export async function dropped(record: OpenRecord, kept: Kept): Promise<void> {
  const state = await kept.api.look(record.batch).catch(() => undefined);
  await kept.api.cancel(record.batch);
  await forgotten(record, state?.files ?? [], kept);
}

/** The batch on a file, which is looked for again, though not for long, where the endpoint does not list its batches. */
async function begunSoon(file: string, options: Pick<Kept, 'api'> & Soon): Promise<Begun> {
  const told = async () => {
    const found = await options.api.begunOn(file);
    return found.isCertain ? found : undefined;
  };
  return (await soon(told, options)) ?? { batch: undefined, isCertain: false };
}

/**
 * The batch of a record, looked for where the run was killed as it was being started; undefined where there is none. One
 * of which the endpoint does not say whether it was stays known, for the next attempt.
 */
async function begun(
  record: LeftRecord,
  options: Kept & Soon & Pick<PollOptions, 'notice'>,
): Promise<OpenRecord | undefined> {
  const { api, records, notice } = options;
  if (record.batch !== null) return { ...record, batch: record.batch };
  const { batch, isCertain } = await begunSoon(record.file, options);
  if (batch !== undefined) return { ...record, batch };
  if (isCertain) {
    await api.remove(record.file);
    await records.close(record);
  }
  const why = isCertain
    ? 'it was about to be started, though the endpoint lists none so far'
    : 'the endpoint does not tell whether it was started';
  notice(
    `A batch of an earlier attempt may be running, and may be charged for: ${why}. Asked again: ${counted(record.ids.length, 'request')}.`,
  );
  return undefined;
}

/** The batches of what earlier attempts have left. What they uploaded, and started none on, is taken away. */
export async function leftOpen(
  left: readonly (LeftRecord | UploadRecord)[],
  options: Kept & Soon & Pick<PollOptions, 'notice'>,
): Promise<readonly OpenRecord[]> {
  const { batches, uploads } = sorted(left);
  const found = Promise.all(batches.map(record => begun(record, options)));
  const unseen = await takenBack(uploads, options);
  if (unseen.length > 0) {
    options.notice(
      `The endpoint does not list its files: what an earlier attempt was uploading, which holds questions, may lie there as ${unseen.join(', ')}; delete it there.`,
    );
  }
  return (await found).filter(record => record !== undefined);
}

export const sorted = (left: readonly (LeftRecord | UploadRecord)[]) => ({
  batches: left.filter(record => 'ids' in record),
  uploads: left.filter(record => 'upload' in record),
});

/**
 * Takes away files that were uploaded, on which no batch was started. Their names where the endpoint does not say whether
 * they were: those stay known, for the next attempt.
 */
export async function takenBack(
  uploads: readonly UploadRecord[],
  { api, records }: Kept,
): Promise<readonly string[]> {
  const taken = async (record: UploadRecord): Promise<string | undefined> => {
    const files = record.file === undefined ? await api.uploaded(record.upload) : [record.file];
    if (!files) return record.upload;
    await Promise.all(files.map(api.remove));
    await records.close(record);
    return undefined;
  };
  return (await Promise.all(uploads.map(taken))).filter(name => name !== undefined);
}

/**
 * Lets go of a batch whose answers are in the journal, or are not wanted. Its files go first: a run killed in between
 * still knows of them, and the next attempt takes them away.
 *
 * @param files of what came of it: one that could not be read stays, for a person to see
 */
export async function forgotten(
  record: OpenRecord,
  files: readonly string[],
  { api, records }: Kept,
): Promise<void> {
  await Promise.all([record.file, ...files].map(api.remove));
  await records.close(record);
}

export interface TakingAway extends Kept, Omit<PollOptions, 'api'> {
  readonly reader: BatchReader;
  readonly journal: Pick<Journal, 'find' | 'append'>;
  readonly meter: Pick<Account, 'room'>;
}

/**
 * Takes away batches of earlier attempts, for a run that asks one by one: it would be paid twice for what they answer.
 * What one has answered that has ended goes into the journal.
 */
export async function takeAway(
  left: readonly (LeftRecord | UploadRecord)[],
  options: TakingAway,
): Promise<void> {
  const away = async (record: OpenRecord): Promise<void> => {
    const told = await takenAway(record, options);
    if (told !== undefined) options.notice(told);
  };
  await Promise.all((await leftOpen(left, options)).map(away));
}

/**
 * Takes a batch away, and says what became of it, where that is anybody's concern. One of which nothing was heard stays
 * known, for the next attempt.
 */
async function takenAway(record: OpenRecord, options: TakingAway): Promise<string | undefined> {
  const requests = counted(record.ids.length, 'request');
  const state = await stopped(record.batch, options);
  const isCancelled = state?.status === CANCELLING;
  const ended = isCancelled ? await endedSoon(record.batch, options) : state;
  if (ended && isHeard(ended)) {
    const end = await named(record.batch, ended, options);
    const { kept, read } = await keepAnswers(record, end, options);
    const answers = counted(kept, 'answer');
    await forgotten(record, read, options);
    return isCancelled
      ? `Cancelled a batch of an earlier attempt that was running at the endpoint, since batch is false now, and took ${answers} to ${requests} from it: what it lacks is asked one by one.`
      : `Took ${answers} to ${requests} from a batch of an earlier attempt: what it lacks is asked one by one, since batch is false now.`;
  }
  if (state) await forgotten(record, state.files, options);
  if (state?.status === 'gone') {
    const again = (await unanswered(record.ids, options.journal)).size;
    return again > 0 ? goneNotice(record.ids.length, again, options.meter.room) : undefined;
  }
  return isCancelled
    ? `Cancelled a batch of an earlier attempt that was running at the endpoint, since batch is false now. Asked one by one: ${requests}, though what it had answered may be charged for.`
    : `A batch of an earlier attempt could not be cancelled, and may be charged for. Asked one by one, since batch is false now: ${requests}.`;
}

/**
 * How a batch stands that has ended or is cancelled now; undefined where neither could be had. One that ends between
 * the look and the cancelling, or is about to, is looked at again.
 */
async function stopped(batch: string, options: TakingAway): Promise<BatchState | undefined> {
  const { api } = options;
  let last: BatchState | undefined;
  const state = await soon(async () => {
    last = await api.look(batch).catch(() => undefined);
    if (!last || last.status === 'gone') return undefined;
    if (hasEnded(last)) return last;
    return (await api.cancel(batch)) ? { ...last, status: CANCELLING } : undefined;
  }, options);
  if (state) return state;
  if (last && last.status !== 'gone') return undefined;
  return (await api.cancel(batch)) ? bareState(CANCELLING) : last;
}

/** How a batch stands that has ended soon after it was cancelled: what it had answered by then is paid for. */
const endedSoon = (batch: string, options: TakingAway): Promise<BatchState | undefined> =>
  soon(async () => {
    const state = await options.api.look(batch).catch(() => undefined);
    return state && isHeard(state) ? state : undefined;
  }, options);

/** Between tries that a run waits for (ms). */
const WAITS = [500, 1000, 2000, 4000, 6000];
/** No try is begun later than this (ms). */
const LONGEST = 15_000;

type Soon = Pick<PollOptions, 'clock' | 'sleep' | 'signal'>;

/** Tries until something comes of it, though not for long. */
async function soon<T>(
  attempt: () => Promise<T | undefined>,
  { clock, sleep, signal }: Soon,
): Promise<T | undefined> {
  const giveUpAt = clock() + LONGEST;
  for (const wait of WAITS) {
    const got = await attempt();
    if (got !== undefined) return got;
    if (clock() + wait > giveUpAt) return undefined;
    await sleep(wait, signal);
  }
  return attempt();
}

/** The requests to which the journal has no answer. */
export async function unanswered(
  ids: readonly string[],
  journal: Pick<Journal, 'find'>,
): Promise<Set<string>> {
  const without = new Set<string>();
  for (const id of ids) if (!(await journal.find(id, keptAnswer))) without.add(id);
  return without;
}

/** Keeps what a batch has answered. How many answers that are, and the files that are of no more use. */
async function keepAnswers(
  record: OpenRecord,
  state: BatchState,
  options: TakingAway,
): Promise<{ readonly kept: number; readonly read: readonly string[] }> {
  const { reader, journal } = options;
  const asked = await unanswered(record.ids, journal);
  const live: Live = {
    record,
    spoken: reader.dialect,
    pending: new Map(),
    earlier: true,
    running: () => undefined,
    count: NO_COUNT,
  };
  const kept: Promise<void>[] = [];
  const pending = new Set(asked);
  const hear = (id: string, outcome: Outcome, isContradicted: boolean): void => {
    if (!pending.delete(id) || isContradicted) return;
    const fate = reader.fateOf(outcome, live);
    if (fate?.next === 'settle' && fate.answer.kind !== 'none') kept.push(journal.append(id, fate.answer));
  };
  let read = state.files;
  if (asked.size > 0) {
    const gathered = await collect(state, asked, hear, options);
    read = gathered.read;
    const isUnheard = pending.size === asked.size;
    const told = silentNotice(
      { state, gathered, isAnswered: kept.length > 0, isUnheard },
      record.ids.length,
      pending.size,
      options.meter.room,
    );
    if (told !== undefined) options.notice(told);
  }
  await Promise.all(kept);
  return { kept: kept.length, read };
}
