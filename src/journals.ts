import { dirname } from 'node:path';
import type { Asking } from './asking.ts';
import { nameOf } from './inputs/way.ts';
import type { RunConfig } from './inputs.ts';
import { type Journal, openJournal, unusable } from './journal/journal.ts';
import { handOver } from './journal/shared.ts';
import { borrow, forgetDoubted, keysFor, type Lent, NOTHING_LENT } from './kept-answers.ts';
import type { Services } from './services.ts';
import type { Trial } from './trials.ts';

/** What is kept of a run and of those before it. */
export interface Journals {
  /** The run's own, with what its earlier attempts have left. */
  readonly own: Journal;
  /** What runs have lent to all others, where this one takes it (`reuse-responses`). */
  readonly shared: Journal | null;
  /** Entries, and lines that cannot be used, of both. */
  readonly found: number;
  readonly dropped: number;
  /** Weighs what is there before anything is asked, and gives what others lend. */
  weigh(trials: readonly Trial[], asking: Asking): Promise<Lent>;
  /** Puts what was answered, and what other runs have lent to it, out of the way of the next attempt. */
  forget(lent: Lent): Promise<void>;
  /** Lends to others what the run has, when it has come to an end which nothing it was told speaks against. */
  lend(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a run's journals. Rejects with one line where there can be none. */
export async function openJournals(
  config: RunConfig,
  { journal, shared: path, notice, signal }: Pick<Services, 'journal' | 'shared' | 'notice' | 'signal'>,
): Promise<Journals> {
  const by = nameOf(config);
  const own = await openJournal(journal, by);
  const shared = path === undefined ? null : await openJournal(path, by, { signal });
  const both = shared ? [own, shared] : [own];
  const sum = (which: 'found' | 'dropped') => both.reduce((all, each) => all + each[which], 0);
  return {
    own,
    shared,
    get found() {
      return sum('found');
    },
    get dropped() {
      return sum('dropped');
    },
    async weigh(trials, asking) {
      // What batches answer comes all at once, and in no order that says anything.
      const inOrder = config.batch ? [] : both.filter(({ found }) => found > 0);
      const keyFor = keysFor(asking);
      for (const each of inOrder) await forgetDoubted(trials, keyFor, each, notice);
      if (!shared) return NOTHING_LENT;
      return borrow(trials, keyFor, { own, shared, minHelpfulness: config.policy.minHelpfulness, notice });
    },
    async forget(lent) {
      await own.forget();
      await lent.forget();
      notice(
        'Nothing that was answered is kept: the same answers would end the next attempt in the same error.',
      );
    },
    async lend() {
      if (path === undefined) return;
      try {
        await handOver(journal, path, { signal });
      } catch (error) {
        if (!signal.aborted)
          notice(`Nothing is lent to other runs: ${unusable(dirname(path), error).message}.`);
      }
    },
    async close() {
      for (const each of both) await each.close();
    },
  };
}
