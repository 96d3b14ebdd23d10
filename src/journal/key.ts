import { sha256Of } from '../common/hash.ts';

/** A key for everything that made an entry of the journal. */
export const keyOf = (...made: readonly unknown[]): string => sha256Of(JSON.stringify(made));
