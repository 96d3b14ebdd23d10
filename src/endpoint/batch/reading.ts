import { type Answer, noAnswer } from '../answer.ts';
import type { ClientOptions } from '../client.ts';
import { FatalEndpointError, rejectionSentence, shownUrl } from '../problems.ts';
import { createDialectLearner, type Dialect } from '../request.ts';
import { createStanding } from '../standing.ts';
import type { BatchState } from './api.ts';
import type { Live } from './entry.ts';
import type { Outcome } from './lines.ts';

/** What is to become of a request: `again` counts as a try, `anew` does not. */
export interface Fate {
  readonly next: 'settle' | 'again' | 'anew' | 'too-much';
  readonly answer: Answer;
}

export type Rejection = Extract<Outcome, { kind: 'rejected' }>;

/** Reads what an endpoint says in batches, and learns from it how it wants to be asked. */
export interface BatchReader {
  readonly dialect: Dialect;
  readonly adaptations: readonly string[];
  /** Undefined for a rejection, which is judged when the whole batch is known. */
  fateOf(outcome: Outcome, live: Live): Fate | undefined;
  /** Throws FatalEndpointError when a rejection is all that the endpoint has ever said. */
  rejected(rejection: Rejection, live: Live): Fate;
  /** Of a request that the batch says nothing about. Throws FatalEndpointError as `rejected` does. */
  silent(state: BatchState, live: Live): Fate;
}

export function createBatchReader({
  baseUrl,
  model,
  meter,
  standing = createStanding(),
}: Pick<ClientOptions, 'baseUrl' | 'model' | 'meter' | 'standing'>): BatchReader {
  const learner = createDialectLearner();
  return {
    get dialect() {
      return learner.dialect;
    },
    get adaptations() {
      return learner.adaptations;
    },
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
    silent({ status, code }, { earlier }) {
      const answer = silence(status, code);
      // As long as it may still be answered, it is not asked a second time.
      if (earlier && status !== 'lost') return { next: 'anew', answer };
      if (status === 'failed' && FULL.has(code)) return { next: 'too-much', answer };
      if (status === 'failed' && !standing.hasAnswered)
        throw new FatalEndpointError(failure(baseUrl, model, code));
      const final = status === 'cancelled' || status === 'lost';
      return { next: final ? 'settle' : 'again', answer };
    },
  };
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

const failure = (baseUrl: string, model: string, code: string): string =>
  `${shownUrl(baseUrl)} did not run the batch${code && ` (${code})`}: check that "${model}" may be asked in batches there, or set batch to false`;
