import { z } from 'zod';
import { parseJson } from '../common/json.ts';
import { isLegible } from '../common/legible.ts';
import { partThoughts } from '../common/thoughts.ts';
import { type Answer, NO_TEXT, NO_USAGE, noAnswer, type Usage } from './answer.ts';
import { ACCOUNT_ADVICE, holdsOne, isFilter } from './problems.ts';
import { serversWordIn } from './server-words.ts';

const contentPart = z.object({
  type: z.string(),
  text: z.string().nullish(),
  refusal: z.string().nullish(),
  /** Google's, in parts of type `text`. */
  thought: z.unknown().optional(),
});

const isThoughtPart = ({ type, thought }: z.output<typeof contentPart>): boolean =>
  thought === true || /think|thought|reason/i.test(type);

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
          // Thoughts that servers take apart from the text: DeepSeek, vLLM, SGLang and llama.cpp; OpenRouter, newer vLLM
          // and Ollama; and gateways before it.
          reasoning_content: z.unknown().optional(),
          reasoning: z.unknown().optional(),
          thinking: z.unknown().optional(),
        }),
      }),
    )
    .min(1),
});

const count = z.int().nonnegative().catch(0);
const usageField = z.object({
  usage: z.object({ prompt_tokens: count, completion_tokens: count }),
});

/** Tokens of thoughts, among those of the completion. */
const thoughtTokens = z.object({
  usage: z.object({ completion_tokens_details: z.object({ reasoning_tokens: z.int().nonnegative() }) }),
});

/** Ends of an answer that a filter, or Anthropic's own classifiers, stopped. */
const FILTERED: ReadonlySet<string> = new Set(['content_filter', 'refusal']);

/** Gemini's ends by its own filters, which some hand on as they are: no refusal, and another try would end so too. */
const BLOCKED = /^(?:content_filter: )?(?:safety|image_safety|prohibited_content|blocklist|spii)$/i;

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

/** Whether a field says anything: null, and the like, is that there is none. */
const isAny = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value);

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
  const error = [parsed.data?.error, choice.error].find(isAny);
  const finish = choice.finish_reason ?? '';
  const isLong = LONG.has(finish.toLowerCase());
  const isEndTold = finish !== '';
  const isBlocked = FILTERED.has(finish) || (error !== undefined && isFilter(error));
  // What came until then may be the beginning of anything, and a few words of refusal of its opposite.
  if (!isBlocked && (error !== undefined || BROKEN.has(finish.toLowerCase()))) {
    const answer = noAnswer('server', 'status 200 with an answer that an error broke off', usage);
    return { answer, isEndTold };
  }
  const thinking = thoughtTokens.safeParse(json).data?.usage.completion_tokens_details.reasoning_tokens ?? 0;
  const said = saidIn(choice.message, { isLong, isBlocked, usage, thinking });
  const isEmpty = said.kind === 'none' && said.reason === 'empty';
  if (isEmpty && BLOCKED.test(finish)) {
    return { answer: noAnswer('blocked', 'an empty answer that a filter stopped', usage), isEndTold };
  }
  return { answer: serversIn(said, usage) ?? said, isEndTold };
}

/** What stands in place of an answer where that is a gateway's word: it neither thinks nor is cut off. */
function serversIn(said: Answer, usage: Usage): Answer | undefined {
  if (said.kind !== 'text' || said.truncated || said.hasThought) return undefined;
  switch (serversWordIn(said.text)) {
    case 'passing':
      return noAnswer('server', "status 200 with a server's error message as its text", usage);
    case 'used-up':
      return noAnswer('rejected', ACCOUNT_ADVICE, usage);
    default:
      return undefined;
  }
}

/** Whether a body says, in place of an answer, that the account there is used up. */
export const isUsedUp = ({ answer }: Pick<Reading, 'answer'>): boolean =>
  answer.kind === 'none' && answer.reason === 'rejected';

/** The error that says the same. */
export const USED_UP_ERROR = { code: 'insufficient_quota' };

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

interface Coming {
  readonly isLong: boolean;
  readonly isBlocked: boolean;
  readonly usage: Usage;
  /** Tokens of thoughts. */
  readonly thinking: number;
}

type Message = z.output<typeof completion>['choices'][number]['message'];

/** What a message says that came to its end, or to that of the length it may have, or was blocked. */
function saidIn(message: Message, coming: Coming): Answer {
  const { isLong, isBlocked, usage, thinking } = coming;
  const parts = Array.isArray(message.content) ? message.content : [];
  const text = textOf(message);
  const refusal = [message.refusal, ...parts.map(part => part.refusal)].find(each => each && isLegible(each));
  const hasThought = thinking > 0 || parts.some(isThoughtPart) || apartIn(message).some(isAny);
  // Text that came all the same is what a user would read: it is judged, whatever stands beside it.
  if (isLegible(text) && (isBlocked || refusal || !isThought(text, message, coming))) {
    const marks = { ...(hasThought && { hasThought }), ...(isBlocked && { isBlocked }) };
    return { kind: 'text', text, truncated: isLong || isBlocked, usage, ...marks };
  }
  if (refusal) return { kind: 'refusal', by: 'refusal-field', text: refusal, usage };
  if (isBlocked) return { kind: 'refusal', by: 'content-filter', text, usage };
  if (isLong) return noAnswer('length', NO_TEXT, usage);
  const isThinking = hasThought || isLegible(text);
  return noAnswer('empty', isThinking ? 'thoughts without an answer' : 'an answer without text', usage);
}

const textOf = ({ content }: Message): string =>
  Array.isArray(content)
    ? content
        .filter(part => !isThoughtPart(part))
        .map(part => part.text ?? '')
        .join('')
    : (content ?? '');

const apartIn = (message: Message): readonly unknown[] => [
  message.reasoning_content,
  message.reasoning,
  message.thinking,
];

/** A server that found no end of the thoughts may hand them on as the text, alone or as well. */
const isThought = (text: string, message: Message, { isLong, usage, thinking }: Coming): boolean =>
  !isLegible(partThoughts(text, isLong).said) ||
  (isLong && (apartIn(message).includes(text) || (thinking > 0 && thinking === usage.completionTokens)));

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
