import { APIError } from 'openai';
import { type Answer, CUT, filtered, noAnswer, STOPPED } from './answer.ts';
import { createEnds, isUsedUp, readBody, USED_UP_ERROR } from './body.ts';
import type { ChatEndpoint, ChatRequest } from './chat.ts';
import { createBelief, createDialectLearner, type DialectLearner } from './dialect.ts';
import { type Access, openAi } from './library.ts';
import { parametersIn } from './objections.ts';
import {
  type Fault,
  isFiltered,
  isPassing,
  networkWords,
  passes,
  rejectionSentence,
  shownUrl,
} from './problems.ts';
import { encodedBodyOf } from './request.ts';
import { createTries, type Exchange, type Said, type TryOptions } from './tries.ts';

/** How a chat model is asked. The signal ends every request at once, as answers of reason `stopped`, or `cut`. */
export interface ClientOptions extends TryOptions, Pick<Access, 'headers'> {
  /** Fields added to every request's body. */
  readonly extraBody?: Readonly<Record<string, unknown>>;
  /** What is known already of how the endpoint wants requests worded; without it nothing is. */
  readonly learner?: DialectLearner;
  /** What to look at where the endpoint rejects what it is asked; what may be wrong with a model under test. */
  readonly check?: string;
  /** Is told, with each response, which model the endpoint says it is by. */
  readonly heardBy?: (served: string) => void;
}

const COMPLETIONS_PATH = '/chat/completions';
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The largest body that is read (bytes): no answer of a model is near it. */
export const LARGEST_BODY = 8 * 1024 * 1024;

/**
 * One client for every chat model: the target, the judges, the baseline.
 * Its `ask` rejects with FatalEndpointError when the first thing the endpoint says is that it will never answer
 * (400, 401, 403, 404, a redirect), and when it never says anything.
 */
export function createChatEndpoint(options: ClientOptions): ChatEndpoint {
  const { baseUrl, model, meter, signal, secrets } = options;
  const client = openAi({ ...options, largestBody: LARGEST_BODY, ends: signal });
  const tries = createTries(options);
  const { learner = createDialectLearner() } = options;
  const belief = createBelief();
  const ends = createEnds();

  const exchangeOf = (request: ChatRequest): Exchange<Answer> => {
    let spoken = learner.dialect;
    let body: Uint8Array | undefined;
    return {
      async send() {
        if (body === undefined || spoken !== learner.dialect) {
          spoken = learner.dialect;
          body = encodedBodyOf(request, model, spoken, options.extraBody);
        }
        const response = await client.post(COMPLETIONS_PATH, { body, headers: JSON_TYPE }).asResponse();
        const reading = readBody(await response.text(), secrets);
        // As by any other status: it is asked for a few times more, and ends the run where everybody is told so.
        if (isUsedUp(reading))
          throw new APIError(response.status, USED_UP_ERROR, undefined, response.headers);
        const answer = ends(reading);
        options.heardBy?.(reading.servedBy);
        meter.spend(answer.usage);
        belief.answered(spoken);
        return {
          value: answer,
          next: isWorthAnother(answer) ? 'again' : 'settle',
          ...(answer.kind === 'none' && answer.reason === 'malformed' && { foreign: answer.detail }),
          headers: response.headers,
        };
      },
      heard(error): Said<Answer> | undefined {
        if (isFiltered(error)) return { value: filtered(), next: 'settle' };
        const parameters = parametersIn(error.status, error);
        if (parameters.length === 0 || !belief.isGiven(request, error, spoken)) return undefined;
        if (!learner.learn(parameters, spoken)) return undefined;
        return { value: noAnswer('rejected', 'worded otherwise'), next: 'anew' };
      },
      failed: fault => answerFor(fault, options),
      fatal: refusal => rejectionSentence(refusal, baseUrl, model, options.check),
    };
  };

  return {
    baseUrl,
    model,
    get adaptations() {
      return learner.adaptations;
    },
    ask: request => tries.put(exchangeOf(request)),
  };
}

/** Whether what came with status 200 may be better another time. */
export const isWorthAnother = (answer: Answer): boolean =>
  answer.kind === 'none' && answer.reason !== 'length' && answer.reason !== 'blocked';

function answerFor(fault: Fault, { baseUrl, timeout }: ClientOptions): Answer {
  switch (fault.kind) {
    case 'stopped':
      return STOPPED;
    case 'cut':
      return CUT;
    case 'timeout':
      return noAnswer('timeout', `no whole answer within ${timeout / 1000} s`);
    case 'network':
      return noAnswer('network', `${shownUrl(baseUrl)} ${networkWords(fault.code)}`);
    case 'foreign':
      return noAnswer('malformed', fault.what);
    case 'status': {
      const { status, code, redirect, sentence } = fault;
      const said =
        sentence ?? `status ${status}${redirect && `, a redirect to ${redirect}`}${code && ` (${code})`}`;
      return (passes(fault) ? passingFault(status) : undefined) ?? noAnswer('rejected', said);
    }
  }
}

/** What a status means that another try may not meet; undefined for those that would be the same again. */
export function passingFault(status: number): Answer | undefined {
  if (status === 429) return noAnswer('rate-limit', 'status 429');
  return isPassing(status) ? noAnswer('server', `status ${status}`) : undefined;
}
