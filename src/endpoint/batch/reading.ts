import { counted } from '../../gate/words.ts';
import { type Answer, noAnswer } from '../answer.ts';
import type { ClientOptions } from '../client.ts';
import {
  ACCOUNT_ADVICE,
  errorWord,
  FatalEndpointError,
  isAccounts,
  rejectionSentence,
  shownUrl,
} from '../problems.ts';
import { createDialectLearner, type Dialect } from '../request.ts';
import { createStanding } from '../standing.ts';
import type { BatchState } from './api.ts';
import type { Live } from './entry.ts';
import type { Outcome } from './lines.ts';
import type { Gathered } from './poll.ts';

/**
 * What is to become of a request: `again` counts as a try, `anew` does not; `once-more` is a try that is to be the last
 * where it comes to the same.
 */
export interface Fate {
  readonly next: 'settle' | 'again' | 'once-more' | 'anew' | 'too-much';
  readonly answer: Answer;
}

export type Rejection = Extract<Outcome, { kind: 'rejected' }>;

/** What a batch came to as a whole. */
export interface Came {
  readonly state: BatchState;
  /** What its files hold. */
  readonly gathered: Gathered;
  /** Whether it was completed without a word about any of its requests. */
  readonly isUnheard: boolean;
}

/** Reads what an endpoint says in batches, and learns from it how it wants to be asked. */
export interface BatchReader {
  readonly dialect: Dialect;
  readonly adaptations: readonly string[];
  readonly hasAnswered: () => boolean;
  /** Undefined for a rejection, which is judged when the whole batch is known. */
  fateOf(outcome: Outcome, live: Live): Fate | undefined;
  /** Throws FatalEndpointError when a rejection is all that the endpoint has ever said. */
  rejected(rejection: Rejection, live: Live): Fate;
  /** Whether nothing can ever be read of what the endpoint writes, as far as this batch shows. */
  isUnreadable(came: Came, live: Live): boolean;
  /**
   * Of a request that the batch says nothing about. Throws FatalEndpointError as `rejected` does, and where nothing can
   * be read of the batch.
   */
  silent(came: Came, live: Live): Fate;
}

export function createBatchReader({
  baseUrl,
  model,
  meter,
  secrets,
  standing = createStanding(),
}: Pick<ClientOptions, 'baseUrl' | 'model' | 'meter' | 'secrets' | 'standing'>): BatchReader {
  const learner = createDialectLearner();
  const isUnreadable: BatchReader['isUnreadable'] = ({ gathered, isUnheard }, { pending, earlier }) => {
    if (!isUnheard || earlier || standing.hasAnswered) return false;
    // A file that is not given out may be given out another time.
    return gathered.isWhole || [...pending.values()].some(({ wasUnheard }) => wasUnheard);
  };
  /** Why the run ends with a batch; null where it does not. */
  const endOf = (came: Came, live: Live): string | null => {
    const { status, code } = came.state;
    if (isUnreadable(came, live)) return unreadable(baseUrl, secrets, came, live);
    return status === 'failed' && !standing.hasAnswered ? failure(baseUrl, model, code) : null;
  };
  return {
    get dialect() {
      return learner.dialect;
    },
    get adaptations() {
      return learner.adaptations;
    },
    hasAnswered: () => standing.hasAnswered,
    fateOf(outcome, { spoken }) {
      if (outcome.kind === 'failed') return { next: 'again', answer: outcome.answer };
      if (outcome.kind === 'rejected') {
        if (!learner.learn(outcome.parameter, spoken)) return undefined;
        return { next: 'anew', answer: noAnswer('rejected', 'worded otherwise') };
      }
      standing.answered();
      meter.spend(outcome.answer.usage);
      return { next: outcome.again ? 'again' : 'settle', answer: outcome.answer };
    },
    rejected({ status, code }, { earlier }) {
      const answer = noAnswer('rejected', `status ${status}${code && ` (${code})`}`);
      // What an earlier attempt was told may have been put right since.
      if (earlier) return { next: 'anew', answer };
      if (!standing.hasAnswered)
        throw new FatalEndpointError(rejectionSentence({ status, code, redirect: '' }, baseUrl, model));
      return { next: 'settle', answer };
    },
    isUnreadable,
    silent(came, live) {
      const { status, code } = came.state;
      const answer = silence(status, code);
      // As long as it may still be answered, it is not asked a second time.
      if (live.earlier && status !== 'lost') return { next: 'anew', answer };
      if (status === 'failed' && FULL.has(code)) return { next: 'too-much', answer };
      const why = endOf(came, live);
      if (why !== null) throw new FatalEndpointError(why);
      if (came.isUnheard) return { next: 'once-more', answer };
      const final = status === 'cancelled' || status === 'lost';
      return { next: final ? 'settle' : 'again', answer };
    },
  };
}

function unreadable(baseUrl: string, secrets: readonly string[], came: Came, { record }: Live): string {
  const place = errorWord(record.batch, secrets) || 'it';
  return `${shownUrl(baseUrl)} completed a batch of ${counted(record.ids.length, 'request')}, and ${lackIn(came)}: see what it wrote for ${place} there, or set batch to false`;
}

/** What is wrong with the files of a batch that lack lines about its requests, as the end of a sentence. */
export function lackIn({ state: { files }, gathered: { isWhole, lines }, isUnheard }: Came): string {
  if (files.length === 0) return 'it names no file of what they came to';
  if (!isWhole) return 'its file was not given out whole';
  if (lines === 0) return 'no line of its file can be read';
  return isUnheard ? 'no line of its file is about one of them' : 'its file has no line about some of them';
}

/** What OpenAI and Azure say when no more tokens may be queued, or requests be in one batch. */
const FULL = new Set([
  'token_limit_exceeded',
  'enqueued_token_limit_exceeded',
  'request_limit_exceeded',
  'too_many_tasks',
]);

function silence(status: string, code: string): Answer {
  switch (status) {
    case 'expired':
      return noAnswer('timeout', 'its batch expired before it was asked');
    case 'cancelled':
      return noAnswer('rejected', 'its batch was cancelled at the endpoint');
    case 'lost':
      return noAnswer('network', 'the endpoint could no longer be asked about its batch');
    case 'gone':
      return noAnswer('server', 'the endpoint no longer knows its batch');
    case 'failed':
      return noAnswer(FULL.has(code) ? 'rate-limit' : 'server', `its batch failed${code && ` (${code})`}`);
    default:
      return noAnswer('malformed', 'its batch has no line about it');
  }
}

/** What OpenAI and Azure say of a file that they cannot make out. */
const ILLEGIBLE = new Set([
  ...['invalid_json_line', 'invalid_request', 'invalid_method', 'invalid_url', 'url_mismatch'],
  ...['duplicate_custom_id', 'missing_required_parameter', 'empty_file', 'empty_batch'],
]);

function failure(baseUrl: string, model: string, code: string): string {
  const said = `${shownUrl(baseUrl)} did not run the batch${code && ` (${code})`}`;
  if (isAccounts(code)) return `${said}: ${ACCOUNT_ADVICE}`;
  return ILLEGIBLE.has(code)
    ? `${said}: it does not read the file of requests as OpenAI's Batch API has it; set batch to false`
    : `${said}: check that "${model}" may be asked in batches there, or set batch to false`;
}
