import { basename } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { z } from 'zod';
import type { ClientOptions } from '../client.ts';
import { openAi } from '../library.ts';
import { type Complaint, readComplaint } from './complaint.ts';
import { type FileState, fileState, isUnready } from './file-state.ts';
import { type Handed, notHanded, unreadyIn } from './handed.ts';
import { createKeyTrust } from './key-trust.ts';
import { linesOf } from './lines.ts';
import { type Begun, begunAtLast, begunOn, filesNamed, listed } from './listing.ts';
import { batchName } from './record.ts';
import { removed } from './removing.ts';
import { type Failing, LostReplyError, mayPass, readReply, retried, waitAfter } from './reply.ts';
import { formOf, type Uploaded, uploaded } from './uploading.ts';

export type BatchApiOptions = Pick<
  ClientOptions,
  | 'baseUrl'
  | 'model'
  | 'apiKey'
  | 'headers'
  | 'timeout'
  | 'maxRetries'
  | 'signal'
  | 'secrets'
  | 'clock'
  | 'random'
> & {
  /** Takes a sentence for a person. */
  readonly notice: (sentence: string) => void;
  /** Rejects when the signal ends the run. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** How a batch stands. */
export interface BatchState {
  /** As the endpoint words it, in small letters; `gone` when it does not know the batch. */
  readonly status: string;
  /** Ids of the files that hold what came of the requests. */
  readonly files: readonly string[];
  /** Why it failed, where it did. */
  readonly complaint: Complaint;
  /** Requests that it has put to the model so far; undefined where the endpoint does not say. */
  readonly asked?: number;
  /** Where it is `lost`: what the endpoint says to what asks for it, if it goes on to say that. */
  readonly said?: string;
  /** Where its list alone shows it: what the endpoint answers to what asks for the batch itself. */
  readonly denied?: APIError;
}

interface Shown {
  /** Undefined where the endpoint knows no batch by that name. */
  readonly shown: unknown;
  readonly denied?: APIError;
}

/** The few calls of the Batch API. Those that reject with FatalEndpointError end the whole run. */
export interface BatchApi {
  /** The endpoint has taken a batch of an earlier attempt: it has the API, whatever it answers now. */
  known(): void;
  /** Uploads a file of requests, under its own name. */
  upload(path: string): Promise<Handed>;
  /** The files that were uploaded under a name; undefined where the endpoint does not say. Rejects as `begunOn` does. */
  uploaded(name: string): Promise<readonly string[] | undefined>;
  /** How an uploaded file stands. Rejects as `fileState` does. */
  file(file: string, failing?: Failing): Promise<FileState>;
  /**
   * Starts a batch on an uploaded file of so many bytes, which is removed where it cannot be, now or later. Where the
   * signal ends the run meanwhile, it may be started all the same.
   */
  start(file: string, bytes: number): Promise<Handed>;
  /** Rejects when the signal ends the run, and not otherwise. */
  begunOn(file: string): Promise<Begun>;
  /**
   * What the endpoint does not know by itself may stand in its list: then that says how it stands. Rejects with a refusal of
   * the key as it is where that had been taken, three times in a row.
   */
  look(batch: string, failing?: Failing): Promise<BatchState>;
  /** A look that takes a second at most, for a run that ends; undefined where it shows nothing. Never rejects. */
  glance(batch: string): Promise<BatchState | undefined>;
  /** Throws FileGoneError when the endpoint does not know the file. Rejects as `look` does where the key is refused. */
  lines(file: string, failing?: Failing): AsyncGenerator<string>;
  /** What the endpoint says of the batch as it takes it; undefined where it does not. Never rejects. */
  cancel(batch: string): Promise<Pick<BatchState, 'asked'> | undefined>;
  /** Tries for some seconds, and tells of a file that stays: it holds questions or answers. Never rejects. */
  remove(file: string): Promise<void>;
}

/** A batch of which no more is known than how it stands. */
export const bareState = (status: string): BatchState => ({
  ...{ status, files: [] },
  complaint: readComplaint([], []),
});

/** A file is not there. */
export class FileGoneError extends Error {}

/** What every request of a batch is put to, as the API writes it. */
export const REQUESTS_PATH = '/v1/chat/completions';
/** For calls that a run ends with (ms): a cancelled job has seconds. */
const LAST_TIMEOUT = 1500;
const LAST = { timeout: LAST_TIMEOUT, maxRetries: 0 };
const GLANCE_TIMEOUT = 1000;

const created = z.object({ id: batchName });
const requestCounts = z
  .object({ completed: z.int().nonnegative(), failed: z.int().nonnegative().catch(0) })
  .transform(({ completed, failed }) => completed + failed)
  .optional()
  .catch(undefined);
const cancelling = created.extend({ request_counts: requestCounts });
const fileName = batchName.nullish().catch(null);
const state = z.object({
  request_counts: requestCounts,
  status: z.string(),
  output_file_id: fileName,
  error_file_id: fileName,
  errors: z.object({ data: z.array(z.unknown()).nullish() }).nullish(),
});

/** What the endpoint shows of a batch, by itself or in its list. */
async function shownOf(
  client: OpenAI,
  batch: string,
  options: BatchApiOptions,
  failing?: Failing,
): Promise<Shown> {
  const { signal } = options;
  const retrieve = () => client.batches.retrieve(batch, { signal });
  try {
    return { shown: await retried(z.unknown(), retrieve, options, failing) };
  } catch (error) {
    if (!(error instanceof APIError) || error.status !== 404) throw error;
    const { found } = await listed(client, ({ id }) => id === batch, options);
    return { shown: found, denied: error };
  }
}

/** How a batch stands, as the endpoint shows it. Throws LostReplyError where that is something else, such as a page. */
function stateIn(shown: unknown, secrets: readonly string[]): BatchState {
  const { data } = state.safeParse(shown);
  if (!data) throw new LostReplyError(true);
  const { status, output_file_id: output, error_file_id: error, errors, request_counts: asked } = data;
  const files = [output, error].filter(file => typeof file === 'string');
  const complaint = readComplaint(errors?.data ?? [], secrets);
  return { status: status.toLowerCase(), files, complaint, ...(asked !== undefined && { asked }) };
}

/** A file as it comes. Throws FileGoneError where the endpoint does not know it. */
async function contentOf(
  client: OpenAI,
  file: string,
  options: BatchApiOptions,
  failing?: Failing,
): Promise<Response> {
  const { signal } = options;
  const content = () => client.files.content(file, { signal }).asResponse();
  return retried(z.instanceof(Response), content, options, failing).catch(error => {
    throw error instanceof APIError && error.status === 404 ? new FileGoneError() : error;
  });
}

/** What came of an upload of so many bytes that the endpoint has taken. */
const lying = ({ id, status }: Uploaded, bytes: number): Handed =>
  isUnready(status) ? { kind: 'unready', id, bytes, word: status } : { kind: 'done', id, bytes };

export function createBatchApi(options: BatchApiOptions): BatchApi {
  const { secrets } = options;
  const client = openAi(options);
  const trust = createKeyTrust(options);
  let isKnown = false;
  const remove = (file: string): Promise<void> => removed(client, file, options);

  return {
    known() {
      isKnown = true;
    },
    async upload(path) {
      const body = await formOf(path);
      try {
        return lying(await uploaded(client, body, basename(path), options), body.size);
      } catch (error) {
        return notHanded(error, 'files', body.size, { ...options, isKnown });
      }
    },
    uploaded: name => filesNamed(client, name, options),
    file: (file, failing) => fileState(client, file, options, failing),
    async start(file, bytes) {
      try {
        const id = await started(client, file, { ...options, notice: firstOf(options.notice) });
        isKnown = true;
        trust.taken();
        return { kind: 'done', id, bytes };
      } catch (error) {
        const word = unreadyIn(error, secrets);
        if (word !== undefined) return { kind: 'unready', id: file, bytes, word };
        await remove(file);
        return notHanded(error, 'batches', bytes, { ...options, isKnown });
      }
    },
    begunOn: file => begunAtLast(client, file, options),
    async look(batch, failing) {
      const shows = () => shownOf(client, batch, options, failing);
      const { shown, denied } = await trust.given(batch, shows);
      if (shown === undefined) return bareState('gone');
      const seen = stateIn(shown, secrets);
      isKnown = true;
      return { ...seen, ...(denied && { denied }) };
    },
    glance: batch =>
      client.batches
        .retrieve(batch, { ...LAST, timeout: GLANCE_TIMEOUT })
        .then(shown => stateIn(shown, secrets))
        .catch(() => undefined),
    async *lines(file, failing) {
      const response = await trust.given(file, () => contentOf(client, file, options, failing));
      if (response.body) yield* linesOf(response.body);
    },
    cancel: batch =>
      readReply(cancelling, client.batches.cancel(batch, { ...LAST, maxRetries: 1 })).then(
        ({ request_counts: asked }) => (asked === undefined ? {} : { asked }),
        () => undefined,
      ),
    remove,
  };
}

/**
 * Starts a batch on a file. The tries are not the library's: a batch whose start was not heard of would be started, and
 * paid for, again.
 */
async function started(client: OpenAI, file: string, options: BatchApiOptions, tries = 0): Promise<string> {
  const { signal, maxRetries } = options;
  try {
    const body = { input_file_id: file, endpoint: REQUESTS_PATH, completion_window: '24h' } as const;
    const call = { signal: later(signal, LAST_TIMEOUT), maxRetries: 0 };
    return (await readReply(created, client.batches.create(body, call))).id;
  } catch (error) {
    if (!mayPass(error, options)) throw error;
    await setTimeout(waitAfter(error, tries, options), undefined, { signal });
    const { batch, isCertain } = await (isUnheard(error) ? begunAtLast : begunOn)(client, file, options);
    if (batch !== undefined) return batch;
    if (tries >= maxRetries) throw error;
    tellOfTwo(error, isCertain, options.notice);
    return started(client, file, options, tries + 1);
  }
}

/** Whether nothing came from the endpoint itself: a gateway's word says no more than that it heard nothing either. */
const isUnheard = ({ status }: APIError): boolean =>
  status === undefined || status === 408 || status === 502 || status === 504;

const MAY_BE_TWO =
  'The endpoint did not say whether it has started a batch, and does not list its batches: it is asked to start it again, though the first may run as well, and be charged for.';
const UNLISTED =
  'The endpoint did not say whether it has started a batch, and lists none so far: it is asked to start it again, though the first may run as well, and be charged for.';

/** Tells that a batch is to be started again that may have been. */
function tellOfTwo(error: APIError, isCertain: boolean, notice: BatchApiOptions['notice']): void {
  if (!isCertain && error.status !== 429) notice(MAY_BE_TWO);
  if (isCertain && isUnheard(error)) notice(UNLISTED);
}

/** Passes on the first sentence alone. */
function firstOf(notice: BatchApiOptions['notice']): BatchApiOptions['notice'] {
  let isTold = false;
  return sentence => {
    if (!isTold) notice(sentence);
    isTold = true;
  };
}

/** Aborts so long after another signal (ms): what is about to be started is started, and cannot be cancelled unheard of. */
function later(signal: AbortSignal, ms: number): AbortSignal {
  const late = new AbortController();
  const wait = () => setTimeout(ms, undefined, { ref: false }).then(() => late.abort(signal.reason));
  if (signal.aborted) void wait();
  else signal.addEventListener('abort', wait, { once: true });
  return late.signal;
}
