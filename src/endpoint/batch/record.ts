import { z } from 'zod';
import type { Journal } from '../../journal/journal.ts';
import { keyOf } from '../../journal/key.ts';

/** An id as an endpoint gives it out: never more than a word. */
export const batchName = z.string().regex(/^[\w.:=+-]{1,512}$/);

/** A batch that is under way, as the journal keeps it: what was asked in it, by the requests' keys. */
const record = z.strictObject({ batch: batchName, file: batchName, ids: z.array(z.string()) });
const closed = z.strictObject({ closed: z.literal(true) });

type BatchRecord = z.output<typeof record>;
export type OpenRecord = BatchRecord & { readonly place: number };

/** What is known of an endpoint's batches, so that a run killed while one was under way finds it again. */
export interface BatchRecords {
  /** Those of earlier attempts that were not collected, when it is called first; none after that. */
  left(): Promise<readonly OpenRecord[]>;
  open(record: BatchRecord): Promise<OpenRecord>;
  /** Its answers are in the journal. */
  close(record: OpenRecord): Promise<void>;
}

export function createBatchRecords(
  journal: Pick<Journal, 'find' | 'append'>,
  endpoint: { readonly baseUrl: string; readonly model: string },
): BatchRecords {
  const keyAt = (place: number): string => keyOf('batch', endpoint.baseUrl, endpoint.model, place);
  let next = 0;
  let hasLooked = false;
  return {
    async left() {
      const open: OpenRecord[] = [];
      if (hasLooked) return open;
      hasLooked = true;
      for (; ; next += 1) {
        const kept = await journal.find(keyAt(next), z.union([record, closed]));
        if (!kept) return open;
        if (!('closed' in kept)) open.push({ ...kept, place: next });
      }
    },
    async open(each) {
      const place = next;
      next += 1;
      await journal.append(keyAt(place), each);
      return { ...each, place };
    },
    close: ({ place }) => journal.append(keyAt(place), { closed: true }),
  };
}
