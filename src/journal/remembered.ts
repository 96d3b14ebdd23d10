import type { z } from 'zod';
import type { Journal } from './journal.ts';

/** What an attempt leaves in the journal beside its answers, for the one that goes on where it stopped. */
export interface Remembered<T> {
  /** What an earlier attempt left; undefined where there is nothing, or it cannot be read. */
  readonly recalled: Promise<T | undefined>;
  leave(value: T): void;
}

/** @param form what is left there */
export const remembered = <T>(
  journal: Pick<Journal, 'find' | 'append'>,
  key: string,
  form: z.ZodType<T>,
): Remembered<T> => ({
  recalled: journal.find(key, form).catch(() => undefined),
  leave(value) {
    // That the journal takes nothing is told of by the answer itself.
    journal.append(key, value).catch(() => undefined);
  },
});
