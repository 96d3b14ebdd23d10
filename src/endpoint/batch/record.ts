import { z } from 'zod';
import type { Journal } from '../../journal/journal.ts';
import { keyOf } from '../../journal/key.ts';

/** An id as an endpoint gives it out: never more than a word. */
export const batchName = z.string().regex(/^[\w.:=+-]{1,512}$/);

/**
 * A batch that is under way, as the journal keeps it: what was asked in it, by the requests' keys. Null is one that was
 * to be started when the run was killed, so that nobody knows whether it was.
 */
const record = z.strictObject({ batch: batchName.nullable(), file: batchName, ids: z.array(z.string()) });
/**
 * A file that is to be uploaded, by its name: nobody knows whether it was where the run was killed then. With its id it
 * was, and no batch was to be started on it yet.
 */
const uploading = z.strictObject({ upload: batchName, file: batchName.optional() });
const closed = z.strictObject({ closed: z.literal(true) });

/** A place in the journal, where what is known of a batch stands. */
interface Placed {
  readonly place: number;
}

/** A file that an earlier attempt may have left at the endpoint, by its name, with no batch on it. */
export interface UploadRecord extends Placed {
  readonly upload: string;
  /** Its id, where that was heard. */
  readonly file?: string | undefined;
}

/** Requests that lie at the endpoint as a file. */
export interface FileRecord extends Placed {
  readonly file: string;
  readonly ids: readonly string[];
}

export interface OpenRecord extends FileRecord {
  readonly batch: string;
}

/** A batch that an earlier attempt has left; null is one whose start was not heard of. */
export interface LeftRecord extends FileRecord {
  readonly batch: string | null;
}

/** What is known of an endpoint's batches, so that a run killed while one was under way finds it again. */
export interface BatchRecords {
  /** Those of earlier attempts that were not collected, when it is called first; none after that. */
  left(): Promise<readonly (LeftRecord | UploadRecord)[]>;
  /** A file of this name is to be uploaded: kept before it is, since it holds questions. */
  uploading(name: string): Promise<UploadRecord>;
  /** It was, under this id, and the endpoint takes no batch on it yet. */
  uploaded(record: UploadRecord, file: string): Promise<UploadRecord>;
  /** A batch is to be started on the file: kept before that is, since what is started is paid for. */
  starting(record: UploadRecord, file: string, ids: readonly string[]): Promise<FileRecord>;
  started(record: FileRecord, batch: string): Promise<OpenRecord>;
  /** Its answers are in the journal, or it was never started. */
  close(record: Placed): Promise<void>;
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
      const open: (LeftRecord | UploadRecord)[] = [];
      if (hasLooked) return open;
      hasLooked = true;
      for (; ; next += 1) {
        const kept = await journal.find(keyAt(next), z.union([record, uploading, closed]));
        if (!kept) return open;
        if (!('closed' in kept)) open.push({ ...kept, place: next });
      }
    },
    async uploading(upload) {
      const place = next;
      next += 1;
      await journal.append(keyAt(place), { upload });
      return { upload, place };
    },
    async uploaded({ upload, place }, file) {
      await journal.append(keyAt(place), { upload, file });
      return { upload, file, place };
    },
    async starting({ place }, file, ids) {
      await journal.append(keyAt(place), { batch: null, file, ids });
      return { file, ids, place };
    },
    async started({ file, ids, place }, batch) {
      await journal.append(keyAt(place), { batch, file, ids });
      return { batch, file, ids, place };
    },
    close: ({ place }) => journal.append(keyAt(place), { closed: true }),
  };
}
