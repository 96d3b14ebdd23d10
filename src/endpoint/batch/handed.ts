import { APIError } from 'openai';
import { type Answer, noAnswer } from '../answer.ts';
import type { ClientOptions } from '../client.ts';
import { askedWait, shortened } from '../limits.ts';
import {
  accountAdvice,
  errorWord,
  FatalEndpointError,
  isPassing,
  refusalOf,
  rejectionSentence,
  saidBy,
  shownUrl,
} from '../problems.ts';
import { blamesContents, type Complaint, isOfUnready, readComplaint } from './complaint.ts';
import { LostReplyError } from './reply.ts';

/**
 * What came of a step of handing in a batch, as an id, with the file's size. `unready` is a file, by its id, that is there
 * and takes no batch yet, with the endpoint's word for that. `too-large` is a limit on that size, `too-many` on the
 * requests of one batch, `too-much` on what may be queued or asked at a time, and `unfit` an objection to what is in it,
 * with the sentence for it where it is all that the endpoint ever says.
 */
export type Handed =
  | { readonly kind: 'done'; readonly id: string; readonly bytes: number }
  | { readonly kind: 'unready'; readonly id: string; readonly bytes: number; readonly word: string }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | ({ readonly kind: 'too-many' } & TooMany)
  | ({ readonly kind: 'too-much' } & Busy)
  | { readonly kind: 'unfit'; readonly complaint: Complaint; readonly sentence: string }
  | { readonly kind: 'failed'; readonly answer: Answer };

/** That one batch has too many requests. */
export interface TooMany {
  /** By which word the endpoint says so. */
  readonly word: string;
  /** The most that it may have; undefined where the endpoint does not say. */
  readonly most: number | undefined;
}

/** That the endpoint takes no batch now. */
export interface Busy {
  /** By which word it says so. */
  readonly word: string;
  /** How long it wants to be left alone (ms). */
  readonly wait: number;
  /** Whether it says that its queue is full; else that it is asked too often. */
  readonly isQueue: boolean;
}

type Asked = Pick<ClientOptions, 'baseUrl' | 'model' | 'signal' | 'secrets'>;

/** What an endpoint says that has batches, and not this model. */
const NO_MODEL = new Set([
  'model_not_found',
  'model_not_supported',
  'unsupported_model',
  'DeploymentNotFound',
]);
const ABSENT = new Set([404, 405, 501]);
/** What an endpoint answers that has read what it was sent, and does not like it. */
const UNFIT = new Set([400, 422]);

/**
 * What came of a step of so many bytes that the library rejects. Throws FatalEndpointError where no other batch would be
 * taken.
 */
export function notHanded(
  error: unknown,
  step: 'files' | 'batches',
  bytes: number,
  options: Asked &
    Pick<ClientOptions, 'clock'> & {
      /** Whether the endpoint has a Batch API for certain. */
      readonly isKnown: boolean;
    },
): Handed {
  if (options.signal.aborted || error instanceof FatalEndpointError) throw error;
  const { baseUrl } = options;
  if (!(error instanceof APIError)) throw error;
  const { status } = error;
  if (status === undefined) return { kind: 'failed', answer: unheard(error, step, options) };
  if (status === 413) return { kind: 'too-large', bytes };
  const refusal = refusalOf(error, options);
  const said = `${saidBy(baseUrl, refusal)} to ${step}`;
  if (refusal.isAccounts) throw new FatalEndpointError(`${said}: ${accountAdvice(refusal, options.model)}`);
  const complaint = readComplaint([error.error], options.secrets);
  const busy = busyIn(error, complaint, `${status} to ${step}`, options.clock());
  if (busy) return busy;
  if (isPassing(status)) {
    const answer = noAnswer('server', `status ${status} to POST ${shownUrl(baseUrl)}/${step}`);
    return { kind: 'failed', answer };
  }
  const lack = lackIn(status, complaint.code, options);
  if (lack) throw new FatalEndpointError(`${said}: ${lack}`);
  const sentence = `${said}: it does not take the batch; set batch to false`;
  const { lines, parameters } = complaint;
  const isBlamed = lines.size > 0 || parameters.length > 0 || blamesContents(error.error);
  if (UNFIT.has(status) && complaint.about === 'some' && isBlamed) {
    return { kind: 'unfit', complaint, sentence };
  }
  throw fatalFor(error, options) ?? new FatalEndpointError(sentence);
}

/** By which word an endpoint refuses to start a batch since its file is not processed yet; undefined where it does not. */
export function unreadyIn(error: unknown, secrets: readonly string[]): string | undefined {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 409)) return undefined;
  return isOfUnready(error.error) ? errorWord(error.code, secrets) || `status ${error.status}` : undefined;
}

/** What an endpoint says of how much it takes, at a time (ms); undefined where it says no such thing. */
function busyIn(
  { status, headers }: APIError,
  { about, most }: Complaint,
  word: string,
  now: number,
): Handed | undefined {
  if (about === 'size') return { kind: 'too-many', word, most };
  const isQueue = about === 'queue';
  if (status !== 429 && !isQueue) return undefined;
  return { kind: 'too-much', word, wait: shortened(askedWait(headers, now)), isQueue };
}

/** What an endpoint says by a refusal that it has not; undefined where it says no such thing. */
function lackIn(
  status: number,
  code: string,
  { model, isKnown }: Pick<Parameters<typeof notHanded>[3], 'model' | 'isKnown'>,
): string | undefined {
  const isAbsent = ABSENT.has(status);
  if ((isAbsent || UNFIT.has(status)) && NO_MODEL.has(code)) {
    return `it has no model "${model}" for batches; check the model's name, or set batch to false`;
  }
  return isAbsent && !isKnown ? 'it has no Batch API; set batch to false' : undefined;
}

/** An endpoint without the API may as well answer with a page and status 200, each time. */
function unheard(
  error: APIError,
  step: string,
  { baseUrl, isKnown }: Pick<Parameters<typeof notHanded>[3], 'baseUrl' | 'isKnown'>,
): Answer {
  const url = shownUrl(baseUrl);
  if (!(error instanceof LostReplyError)) return noAnswer('network', `no connection to ${url} (${step})`);
  if (!error.isAnother) return noAnswer('network', `no answer to POST ${url}/${step} that can be read`);
  if (isKnown) {
    return noAnswer('network', `POST ${url}/${step} is answered with something else, such as a web page`);
  }
  throw new FatalEndpointError(
    `${url} answered to ${step} with something else: it has no Batch API; set batch to false`,
  );
}

/** Whether an endpoint refuses the key, or what it is used for. */
export const isOfKey = (error: unknown): boolean =>
  error instanceof APIError && (error.status === 401 || error.status === 403);

/** The sentence for a key that is not accepted or another address, which no other try would change. */
function fatalFor(error: unknown, options: Asked): Error | undefined {
  if (!(error instanceof APIError)) return undefined;
  const refusal = refusalOf(error, options);
  if (!isOfKey(error) && !refusal.redirect) return undefined;
  return new FatalEndpointError(rejectionSentence(refusal, options.baseUrl, options.model));
}

/** An error, or what is to be said of it where it ends the run. */
export const orFatal = (error: unknown, options: Asked): unknown => fatalFor(error, options) ?? error;
