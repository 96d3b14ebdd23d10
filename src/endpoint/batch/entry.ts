import type { Answer } from '../answer.ts';
import type { Dialect } from '../dialect.ts';
import type { Count } from './count.ts';
import type { OpenRecord } from './record.ts';
import type { Span } from './spool.ts';

/** A request that waits for its answer. */
export interface Entry {
  /** Its name within a batch. */
  readonly id: string;
  readonly span: Span;
  /** Tries that came to nothing. */
  readonly tries: number;
  /** Whether a batch that it was in has come to what is worth one more alone: no word about any request, or the account. */
  readonly isOnceMore: boolean;
  /** Batches that it was in, and that were not run because of a request in them. */
  readonly sifted: number;
  /** Times that it has waited for room in the endpoint's queue. */
  readonly waits: number;
  /** Whether the meter has counted the try under way. */
  readonly booked: boolean;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/** A request that has been tried in no batch yet. */
export const newEntry = (of: Pick<Entry, 'id' | 'span' | 'settle' | 'fail'>): Entry => ({
  ...of,
  ...{ tries: 0, isOnceMore: false, sifted: 0, waits: 0, booked: false },
});

/** A batch under way. */
export interface Live {
  readonly record: OpenRecord;
  readonly spoken: Dialect;
  /** By id: the requests that it has said nothing about yet. */
  readonly pending: Map<string, Entry>;
  /** Whether an earlier attempt of the run sent it. */
  readonly earlier: boolean;
  /** Is told when the endpoint has begun with its requests. */
  readonly running: () => void;
  readonly count: Count;
}

export interface BatchLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** Gives requests to the batches of earlier attempts that they were sent in; `fresh` are those that no batch has. */
export function sharedOut(
  entries: readonly Entry[],
  records: readonly OpenRecord[],
): { readonly resumed: ReadonlyMap<OpenRecord, readonly Entry[]>; readonly fresh: readonly Entry[] } {
  const left = new Map(entries.map(entry => [entry.id, entry]));
  const resumed = new Map<OpenRecord, readonly Entry[]>();
  for (const record of records) {
    const its = record.ids.map(id => left.get(id)).filter(entry => entry !== undefined);
    for (const { id } of its) left.delete(id);
    resumed.set(record, its);
  }
  return { resumed, fresh: [...left.values()] };
}

/** Longer than anything in a line besides the request, `extra-body` apart (bytes). */
const LINE_FRAME = 1024;

/**
 * What a request takes of a batch's file, at most (bytes).
 * @param added bytes that each line has besides the request
 */
export const sizeOf = ({ span }: Entry, added: number): number => span.length + LINE_FRAME + added;

/** Cuts requests into batches, in their order. */
export function chunksOf(
  entries: readonly Entry[],
  { requests, bytes }: BatchLimits,
  added: number,
): Entry[][] {
  const chunks: Entry[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const length = sizeOf(entry, added);
    const last = chunks.at(-1);
    if (last && last.length < requests && size + length <= bytes) {
      last.push(entry);
      size += length;
    } else {
      chunks.push([entry]);
      size = length;
    }
  }
  return chunks;
}
