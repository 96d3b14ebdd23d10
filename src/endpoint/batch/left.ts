import type { Journal } from '../../journal/journal.ts';
import type { BatchApi, BatchState } from './api.ts';
import type { Live } from './entry.ts';
import type { Outcome } from './lines.ts';
import { collect, contradictedIn, hasEnded, type PollOptions } from './poll.ts';
import type { BatchReader } from './reading.ts';
import type { BatchRecords, LeftRecord, OpenRecord } from './record.ts';

/** What batches that were handed in are known by. */
interface Kept {
  readonly api: BatchApi;
  readonly records: BatchRecords;
}

/** Takes away a batch of an earlier attempt that nothing of this one is in. */
export async function dropped(record: OpenRecord, kept: Kept): Promise<void> {
  const state = await kept.api.look(record.batch).catch(() => undefined);
  await kept.api.cancel(record.batch);
  await forgotten(record, state, kept);
}

/** The batch of a record, looked for where the run was killed as it was being started; undefined where there is none. */
export async function begun(record: LeftRecord, { api, records }: Kept): Promise<OpenRecord | undefined> {
  const batch = record.batch ?? (await api.begunOn(record.file));
  if (batch !== undefined) return { ...record, batch };
  await api.remove(record.file);
  await records.close(record);
  return undefined;
}

/** Lets go of a batch whose answers are in the journal, or are not wanted. */
export async function forgotten(
  record: OpenRecord,
  state: Pick<BatchState, 'files'> | undefined,
  { api, records }: Kept,
): Promise<void> {
  await records.close(record);
  await Promise.all([record.file, ...(state?.files ?? [])].map(api.remove));
}

export interface TakingAway extends Kept, Omit<PollOptions, 'api'> {
  readonly reader: BatchReader;
  readonly notice: (sentence: string) => void;
  readonly journal: Pick<Journal, 'append'>;
}

/**
 * Takes away batches of earlier attempts, for a run that asks one by one: it would be paid twice for what they answer.
 * What one has answered that has ended goes into the journal.
 */
export async function takeAway(left: readonly LeftRecord[], options: TakingAway): Promise<void> {
  for (const each of left) {
    const record = await begun(each, options);
    if (record === undefined) continue;
    options.notice(await takenAway(record, options));
  }
}

/** Takes a batch away, and says what became of it. */
async function takenAway(record: OpenRecord, options: TakingAway): Promise<string> {
  const requests = record.ids.length;
  const state = await options.api.look(record.batch).catch(() => undefined);
  if (state && hasEnded(state) && state.status !== 'gone') {
    const taken = await keepAnswers(record, state, options);
    await forgotten(record, state, options);
    return `Took the ${taken} answers to ${requests} requests from a batch of an earlier attempt: what it lacks is asked one by one, since batch is false now.`;
  }
  const isCancelled = await options.api.cancel(record.batch);
  await forgotten(record, state, options);
  return isCancelled
    ? `Cancelled a batch of an earlier attempt, since batch is false now: its ${requests} requests are asked one by one.`
    : `A batch of an earlier attempt could not be cancelled, and may be charged for: its ${requests} requests are asked one by one, since batch is false now.`;
}

/** Keeps what a batch has answered. How many answers that are. */
async function keepAnswers(record: OpenRecord, state: BatchState, options: TakingAway): Promise<number> {
  const { reader, journal } = options;
  const asked = new Map(record.ids.map(id => [id, null]));
  const live: Live = { record, spoken: reader.dialect, pending: new Map(), earlier: true };
  const contradicted = await contradictedIn(state, asked, options);
  const kept: Promise<void>[] = [];
  const hear = (id: string, outcome: Outcome): void => {
    if (!asked.delete(id) || contradicted.has(id)) return;
    const fate = reader.fateOf(outcome, live);
    if (fate?.next === 'settle' && fate.answer.kind !== 'none') kept.push(journal.append(id, fate.answer));
  };
  await collect(state, hear, options);
  await Promise.all(kept);
  return kept.length;
}
