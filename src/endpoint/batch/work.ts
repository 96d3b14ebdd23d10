import { counted } from '../../gate/words.ts';
import type { Answer } from '../answer.ts';
import type { ClientOptions } from '../client.ts';
import type { Dialect } from '../dialect.ts';
import { errorWord } from '../problems.ts';
import type { BatchApi, BatchState } from './api.ts';
import { cancelled } from './cancelling.ts';
import { notRun } from './complaint.ts';
import { createCount, NO_COUNT } from './count.ts';
import type { Entry, Live } from './entry.ts';
import type { Busy, TooMany } from './handed.ts';
import { createHanding, type HandingOptions, type Started } from './handing.ts';
import { type Heard, heard } from './hearing.ts';
import { dropped, leftOpen } from './left.ts';
import { hasBegun } from './poll.ts';
import { type Came, type Fate, silentNotice } from './reading.ts';
import type { OpenRecord } from './record.ts';
import type { Unfit } from './sifting.ts';

export interface WorkOptions extends HandingOptions, Pick<ClientOptions, 'meter'> {
  /** Is told that the endpoint has taken a batch, in this attempt of the run or before. */
  readonly taken?: () => void;
  /** Takes requests of a batch whose file, of so many bytes, was larger than the endpoint takes. */
  readonly tooLarge: (entries: readonly Entry[], bytes: number) => void;
  /** Takes requests of a batch that were more than the endpoint takes in one. */
  readonly tooMany: (entries: readonly Entry[], said: TooMany) => Promise<void>;
  /** Takes requests of a batch that the endpoint did not take beside what it has. */
  readonly tooMuch: (entries: readonly Entry[], said: Busy) => Promise<void>;
  /** Takes a batch that the endpoint does not run because of what is in it. */
  readonly sift: (unfit: Unfit) => void;
  /** Takes requests of a batch that could not be handed in. */
  readonly notHanded: (entries: readonly Entry[], answer: Answer) => Promise<void>;
}

/** Sees batches through, from the requests on disk to what came of each. */
export interface BatchWork {
  /**
   * Sends requests as one batch. Rejects as the calls of the API do.
   * @param running told when the endpoint has begun with them
   */
  readonly send: (entries: readonly Entry[], running?: () => void) => Promise<void>;
  /** The batches of earlier attempts that may hold answers, when it is called first; none after that. */
  readonly left: () => Promise<readonly OpenRecord[]>;
  /** Goes on with a batch that an earlier attempt sent, for the requests that are in it. */
  readonly resume: (record: OpenRecord, entries: readonly Entry[]) => Promise<void>;
  /** Whether a batch is. */
  readonly isUnderWay: () => boolean;
  /** Whether the endpoint has taken any. */
  readonly hasTaken: () => boolean;
  /** Whether the endpoint has begun with any. */
  readonly hasRun: () => boolean;
  /** Cancels what is under way. */
  readonly cancel: () => Cancelled;
}

/** What is being cancelled. */
export interface Cancelled {
  /** Requests of batches that have said nothing about them yet. */
  readonly sent: readonly Entry[];
  /** Never rejects. */
  readonly over: Promise<unknown>;
}

export function createBatchWork(options: WorkOptions): BatchWork {
  const { api, reader, notice } = options;
  const lives = new Set<Live>();
  const handIn = createHanding(options);
  let hasTaken = false;
  let hasRun = false;

  const see = async (live: Live): Promise<void> => {
    lives.add(live);
    options.taken?.();
    const seen = (state: BatchState): void => {
      if (!hasBegun(state)) return;
      hasRun = true;
      live.running();
    };
    const telling = { ...options, api: tellingOf(api, seen) };
    const { came, takeFailed } = await heardOrLeft(live, telling).finally(() => lives.delete(live));
    const fate = live.pending.size > 0 ? reader.silent(came, live) : undefined;
    takeFailed();
    if (fate) await takeSilent(live, came, fate, options);
  };

  return {
    async send(entries, running = () => undefined) {
      const spoken = reader.dialect;
      const handed = await handIn(entries, spoken);
      if (handed.kind !== 'started') return notStarted(entries, spoken, handed, options);
      const { record } = handed;
      hasTaken = true;
      notice(`Sent a batch of ${counted(entries.length, 'request')}; it may take up to 24 hours.`);
      const count = createCount(entries.length, options);
      const begins = once(() => {
        count.all();
        running();
      });
      await see({ record, spoken, pending: byId(entries), earlier: false, running: begins, count });
    },
    async left() {
      const open = await leftOpen(await options.records.left(), options);
      if (open.length > 0) api.known();
      return open;
    },
    async resume(record, entries) {
      if (entries.length === 0) {
        await dropped(record, options);
        return;
      }
      notice(`Going on with a batch of an earlier attempt, for ${counted(entries.length, 'request')}.`);
      await see({ record, spoken: reader.dialect, pending: byId(entries), ...EARLIER });
    },
    isUnderWay: () => lives.size > 0,
    hasTaken: () => hasTaken,
    hasRun: () => hasRun,
    cancel: () => ({
      sent: [...lives].flatMap(({ pending }) => [...pending.values()]),
      over: Promise.all([...lives].map(({ record, count }) => cancelled(record, count, options))),
    }),
  };
}

/** Waits for what came of a batch, and tells of it where the run ends first: a key that is revoked cancels nothing. */
function heardOrLeft(live: Live, options: WorkOptions): Promise<Heard> {
  const { notice, secrets, signal } = options;
  const { batch, ids } = live.record;
  return heard(live, options).catch(error => {
    if (!signal.aborted) {
      live.count.all();
      notice(
        `A batch of ${counted(ids.length, 'request')} is kept for the next attempt: it may still be running at the endpoint, and be charged for. Look there for ${errorWord(batch, secrets) || 'it'}.`,
      );
    }
    throw error;
  });
}

/** Calls at most once. */
function once(call: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) call();
    isDone = true;
  };
}

const EARLIER = { earlier: true, running: () => undefined, count: NO_COUNT };

/** The API, with what tells of each look at a batch. */
const tellingOf = (api: BatchApi, seen: (state: BatchState) => void): BatchApi => ({
  ...api,
  async look(batch, failing) {
    const state = await api.look(batch, failing);
    seen(state);
    return state;
  },
});

const byId = (entries: readonly Entry[]): Map<string, Entry> =>
  new Map(entries.map(entry => [entry.id, entry]));

/** Takes the requests that a batch has said nothing about. */
async function takeSilent(
  live: Live,
  came: Came,
  fate: Fate,
  { take, tooMany, tooMuch, sift, notice, baseUrl, model, meter }: WorkOptions,
): Promise<void> {
  const left = [...live.pending.values()];
  const { complaint } = came.state;
  const { code, most } = complaint;
  if (fate.next === 'too-many') return tooMany(left, { word: code || 'too many requests', most });
  if (fate.next === 'too-much') {
    return tooMuch(left, { word: code || 'no room for its tokens', wait: 0, isQueue: true });
  }
  if (fate.next === 'sift') {
    const entries = live.record.ids.map(id => live.pending.get(id));
    const sentence = notRun(baseUrl, model, complaint);
    return sift({ entries, spoken: live.spoken, complaint, sentence });
  }
  const open = left.filter(entry => take(entry, fate)).length;
  const told = silentNotice(came, live.record.ids.length, open, meter.room);
  if (told !== undefined) notice(told);
}

/** Passes on requests of which no batch was started, by what came of handing them in. */
function notStarted(
  entries: readonly Entry[],
  spoken: Dialect,
  handed: Exclude<Started, { kind: 'started' }>,
  { tooLarge, tooMany, tooMuch, sift, notHanded }: WorkOptions,
): Promise<void> | void {
  switch (handed.kind) {
    case 'too-large':
      return tooLarge(entries, handed.bytes);
    case 'too-many':
      return tooMany(entries, handed);
    case 'too-much':
      return tooMuch(entries, handed);
    case 'unfit':
      return sift({ entries, spoken, ...handed });
    case 'failed':
      return notHanded(entries, handed.answer);
  }
}
