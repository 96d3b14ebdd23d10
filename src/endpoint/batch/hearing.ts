import { setImmediate } from 'node:timers/promises';
import { noAnswer } from '../answer.ts';
import type { BatchApi, BatchState } from './api.ts';
import type { Entry, Live } from './entry.ts';
import { forgotten } from './left.ts';
import type { Outcome } from './lines.ts';
import { collect, type PollOptions, untilEnded } from './poll.ts';
import type { BatchReader, Came, Fate } from './reading.ts';
import type { BatchRecords } from './record.ts';

export interface HearingOptions extends PollOptions {
  readonly api: BatchApi;
  readonly reader: BatchReader;
  readonly records: BatchRecords;
  /** Takes what came of a request. Whether it is asked again. */
  readonly take: (entry: Entry, fate: Fate) => boolean;
}

/** Whether requests of a batch that is over may have been asked. */
const mayHaveRun = ({ status, files }: BatchState): boolean =>
  status !== 'failed' && (status !== 'cancelled' || files.length > 0);

/** Which of two answers the model gave to a request, and whether to this one, nobody knows. */
const CONTRADICTED: Fate = {
  next: 'settle',
  answer: noAnswer('malformed', 'its batch has lines about it that contradict each other'),
};

/** With whether an earlier attempt has paid for it. */
const paidBy = ({ answer, ...fate }: Fate, { earlier }: Live): Fate => ({
  ...fate,
  answer: { ...answer, ...(earlier && { isEarlier: true }) },
});

/** What came of a batch, once its answers are taken. */
export interface Heard {
  readonly came: Came;
  /** Takes what it says that is no answer, which is judged when the whole batch is known. Throws as `rejected` does. */
  readonly takeFailed: () => void;
}

/** Waits for what came of a batch, and says what is to become of each request to which it has an answer. */
export async function heard(live: Live, options: HearingOptions): Promise<Heard> {
  const { reader, take, api } = options;
  const { record, pending } = live;
  const asked = pending.size;
  const ended = await untilEnded(record.batch, options);
  if (mayHaveRun(ended)) live.running();
  const failed: [Entry, (came: Came) => Fate][] = [];
  let isAnswered = false;
  const hear = (id: string, outcome: Outcome, isContradicted: boolean): void => {
    const entry = pending.get(id);
    if (!entry) return;
    pending.delete(id);
    const said = reader.fateOf(outcome, live);
    const fate = isContradicted ? CONTRADICTED : said;
    if (outcome.kind === 'answered') isAnswered = true;
    if (fate && outcome.kind === 'answered') take(entry, paidBy(fate, live));
    else if (fate) failed.push([entry, () => fate]);
    else if (outcome.kind === 'rejected') failed.push([entry, came => reader.rejected(outcome, came, live)]);
  };
  const gathered = await collect(ended, new Set(pending.keys()), hear, options);
  // Beside answers that were not given out, what is no answer says nothing of the others.
  const isSilent = pending.size === asked || !(isAnswered || gathered.isWhole);
  const { withheld: said } = gathered;
  const state = said === undefined ? ended : { ...ended, status: 'lost', said };
  const came = { state, gathered, isAnswered, isUnheard: state.status === 'completed' && isSilent };
  // The answers are on their way into the journal; the record's end goes in behind them.
  await setImmediate();
  // It may be read another time, by the next attempt or by a person: it stays known.
  if (reader.isUnreadable(came, live)) await api.remove(record.file);
  else if (state.status !== 'lost') await forgotten(record, gathered.read, options);
  return {
    came,
    takeFailed() {
      // None is handed in again where one of them ends the run.
      const fates = failed.map(([entry, fateIn]) => [entry, fateIn(came)] as const);
      for (const [entry, fate] of fates) take(entry, fate);
    },
  };
}
