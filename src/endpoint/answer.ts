import { z } from 'zod';
import { parseJson } from '../common/json.ts';
import { saidBeside } from '../common/thoughts.ts';
import { holdsOne, isFilter } from './problems.ts';

/** Tokens as the endpoint counted them; 0 where it does not say. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Why a request brought no answer. None of these is ever counted as safe. */
export type NoAnswerReason =
  | 'empty'
  | 'length'
  | 'malformed'
  | 'timeout'
  | 'network'
  | 'rate-limit'
  | 'server'
  | 'rejected'
  | 'no-picture'
  /** The run ended before it was sent. */
  | 'stopped'
  /** The run ended when it was sent. */
  | 'cut';

/** What came of putting one request to an endpoint. `text` is hostile: it never goes to a log. */
export type Answer = Said & {
  /** Set where an earlier attempt has asked, and paid: of a batch that it has left. */
  readonly isEarlier?: true;
};

type Said =
  | { readonly kind: 'text'; readonly text: string; readonly truncated: boolean; readonly usage: Usage }
  | {
      readonly kind: 'refusal';
      readonly by: 'refusal-field' | 'content-filter';
      readonly text: string;
      readonly usage: Usage;
    }
  | {
      readonly kind: 'none';
      readonly reason: NoAnswerReason;
      readonly detail: string;
      readonly usage: Usage;
    };

const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0 };

export const noAnswer = (reason: NoAnswerReason, detail: string, usage: Usage = NO_USAGE): Answer => ({
  kind: 'none',
  reason,
  detail,
  usage,
});

export const STOPPED: Answer = noAnswer('stopped', 'not asked');
export const CUT: Answer = noAnswer('cut', 'the run ended before it came');

/** A content filter's refusal that came as an error instead of a completion. */
export const filtered = (): Answer => ({
  kind: 'refusal',
  by: 'content-filter',
  text: '',
  usage: NO_USAGE,
});

const contentPart = z.object({ type: z.string(), text: z.string().nullish(), refusal: z.string().nullish() });

const completion = z.object({
  error: z.unknown().optional(),
  choices: z
    .array(
      z.object({
        error: z.unknown().optional(),
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.union([z.string(), z.array(contentPart)]).nullish(),
          refusal: z.string().nullish(),
        }),
      }),
    )
    .min(1),
});

const count = z.int().nonnegative().catch(0);
const usageField = z.object({
  usage: z.object({ prompt_tokens: count, completion_tokens: count }),
});

/** Ends of an answer that a filter, or Anthropic's own classifiers, stopped. */
const FILTERED: ReadonlySet<string> = new Set(['content_filter', 'refusal']);

/**
 * Ends of an answer that broke off. OpenRouter, Mistral and TGI say `error`, vLLM and SGLang `abort`, DeepSeek that its
 * system is full, Zhipu `network_error`; the others are what gateways make of the like.
 */
const BROKEN: ReadonlySet<string> = new Set([
  ...['error', 'abort', 'aborted', 'cancelled', 'canceled', 'failed', 'timeout'],
  ...['insufficient_system_resource', 'network_error'],
]);

/** Ends of an answer at the length it may have: Mistral has a word of its own, and gateways hand on Anthropic's and Google's. */
const LONG: ReadonlySet<string> = new Set(['length', 'model_length', 'max_tokens']);

/** Whether an `error` beside an answer says anything: null, and the like, is that there was none. */
const isError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null ? Object.keys(error).length > 0 : Boolean(error);

/** Whether anything is there to read: not white space, zero-width characters or punctuation alone. */
const legible = (text: string): boolean => /[\p{L}\p{N}\p{S}]/u.test(text);

/** The body of a response with status 200, as it was read. */
export interface Reading {
  /** A key of ours that the endpoint echoes is struck out of its text: answers go into files. */
  readonly answer: Answer;
  /**
   * The model that the endpoint says the response is by. Empty where it does not say, where what it says is not as a
   * model's name is, and where one of the secrets is in it: a report shows it.
   */
  readonly servedBy: string;
  /** Whether it says how the answer came to its end. */
  readonly isEndTold: boolean;
}

/**
 * Decides what the body of a response with status 200 is. This is the one place that says what counts as an
 * answer: text, whole or in parts; a refusal by field or by content filter that brings no text; and everything
 * else, which is none.
 */
export function readBody(body: string, secrets: readonly string[]): Reading {
  const json = parseJson(body);
  const { answer, isEndTold } =
    json === undefined ? untold(noAnswer('malformed', `status 200 with ${kindOf(body)}`)) : answerIn(json);
  return { answer: withoutSecrets(answer, secrets), servedBy: servedBy(json, secrets), isEndTold };
}

type Ended = Pick<Reading, 'answer' | 'isEndTold'>;

const untold = (answer: Answer): Ended => ({ answer, isEndTold: false });

/**
 * Takes answers of one endpoint as they come. Where it has said of any how it came to its end, one of which it does not is
 * none: what broke it off is not told either.
 */
export function createEnds(): (reading: Reading) => Answer {
  let areTold = false;
  return ({ answer, isEndTold }) => {
    areTold ||= isEndTold;
    return areTold && !isEndTold && answer.kind === 'text' ? untoldEnd(answer.usage) : answer;
  };
}

const untoldEnd = (usage: Usage): Answer =>
  noAnswer('server', 'status 200 with an answer that does not say that it came to its end', usage);

function answerIn(json: unknown): Ended {
  const usage = usageOf(json);
  const parsed = completion.safeParse(json);
  const choice = parsed.data?.choices[0];
  if (!choice) {
    return untold(noAnswer('malformed', 'status 200 with JSON that is no chat completion', usage));
  }
  const error = [parsed.data?.error, choice.error].find(isError);
  const finish = choice.finish_reason ?? '';
  const isLong = LONG.has(finish.toLowerCase());
  const isEndTold = finish !== '';
  const isBlocked = FILTERED.has(finish) || (error !== undefined && isFilter(error));
  // What came until then may be the beginning of anything, and a few words of refusal of its opposite.
  if (!isBlocked && (error !== undefined || BROKEN.has(finish.toLowerCase()))) {
    const answer = noAnswer('server', 'status 200 with an answer that an error broke off', usage);
    return { answer, isEndTold };
  }
  return { answer: saidIn(choice.message, { isLong, isBlocked, usage }), isEndTold };
}

/** What a body is that is no JSON. */
function kindOf(body: string): string {
  if (body.trim() === '') return 'an empty body';
  if (EVENTS.test(body)) {
    return 'a stream of events, which was not asked for: turn streaming off at the endpoint, or at the gateway before it';
  }
  const what = /^\s*</.test(body) ? 'a page of HTML or XML' : 'a body that is not whole JSON';
  return `${what} (${body.length} characters)`;
}

/** What begins as `text/event-stream` does: with a field, or a comment that keeps the connection alive. */
const EVENTS = /^\s*(?:data|event|id|retry)?:/;

/** What a message says that came to its end, or to that of the length it may have, or was blocked. */
function saidIn(
  { content, refusal: field }: z.output<typeof completion>['choices'][number]['message'],
  {
    isLong,
    isBlocked,
    usage,
  }: { readonly isLong: boolean; readonly isBlocked: boolean; readonly usage: Usage },
): Answer {
  const parts = typeof content === 'string' ? [] : (content ?? []);
  const text = typeof content === 'string' ? content : parts.map(part => part.text ?? '').join('');
  const refusal = [field, ...parts.map(part => part.refusal)].find(each => each && legible(each));
  const isThought = !isBlocked && !refusal && !legible(saidBeside(text));
  // Text that came all the same is what a user would read: it is judged, whatever stands beside it.
  if (legible(text) && !isThought) return { kind: 'text', text, truncated: isLong || isBlocked, usage };
  if (refusal) return { kind: 'refusal', by: 'refusal-field', text: refusal, usage };
  if (isBlocked) return { kind: 'refusal', by: 'content-filter', text, usage };
  return isLong
    ? noAnswer('length', 'it stopped for length before any text: raise max-tokens', usage)
    : noAnswer('empty', legible(text) ? 'thoughts without an answer' : 'an answer without text', usage);
}

/** An endpoint may echo a key back in its answer; from here on it goes into files that are kept. */
function withoutSecrets(answer: Answer, secrets: readonly string[]): Answer {
  if (answer.kind === 'none') return answer;
  const text = secrets
    .filter(secret => secret !== '')
    .reduce((hidden, secret) => hidden.replaceAll(secret, '***'), answer.text);
  return { ...answer, text };
}

const named = z.object({ model: z.string().regex(/^[a-z0-9](?!.*:\/\/)[\w.:/@-]{0,119}$/i) });

function servedBy(json: unknown, secrets: readonly string[]): string {
  const name = named.safeParse(json).data?.model ?? '';
  return holdsOne(name, secrets) ? '' : name;
}

function usageOf(json: unknown): Usage {
  const parsed = usageField.safeParse(json);
  if (!parsed.success) return NO_USAGE;
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = parsed.data.usage;
  return { promptTokens, completionTokens };
}

const usageSchema = z.object({
  promptTokens: z.int().nonnegative(),
  completionTokens: z.int().nonnegative(),
});

/** The answers worth keeping: what an endpoint did say. That it said nothing is asked again. */
export const keptAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    text: z.string(),
    truncated: z.boolean(),
    usage: usageSchema,
  }),
  z.strictObject({
    kind: z.literal('refusal'),
    by: z.enum(['refusal-field', 'content-filter']),
    text: z.string(),
    usage: usageSchema,
  }),
]);
