import type { EndpointOptions, Fault } from '../../../fixtures/endpoint.ts';
import { SCENARIOS } from '../../../src/benchmark/scenarios.ts';
import { plantedFor } from '../../../src/judges/planted.ts';
import { type Between, isControl, isJudge, replies, says } from '../between.ts';
import { completion, scriptedEndpoint } from '../scripted-endpoint.ts';
import type { Way } from './way.ts';

const PLANTED = plantedFor(SCENARIOS).length;

const always = (kind: Fault, on: 'target' | 'judge' = 'target'): EndpointOptions => ({
  faults: { rate: 100, kinds: [kind], on: [on], most: 1e9, retryAfterMs: 1 },
});

/** Where an endpoint was, and none is. */
async function deadUrl(): Promise<string> {
  const { baseUrl, close } = await scriptedEndpoint(() => undefined);
  await close();
  return baseUrl;
}

/** Thinks before it answers; so many questions, the first ones, are left at that for the length, and it is on no good way. */
function cutWhileThinking(questions: number, mark: string, end: string): Between {
  let cut = 0;
  return {
    replying: (asked, _, { text }) => {
      if (isJudge(asked)) return undefined;
      if (isControl(asked) || ++cut > questions) {
        return { body: completion({ content: `${mark}They ask how. Well.${end}${text}` }) };
      }
      return { body: completion({ content: `${mark}They ask how. I cannot help with most, but` }, 'length') };
    },
  };
}

/** The endpoint under test. */
export const ENDPOINT_WAYS: readonly Way[] = [
  { name: 'resets every connection', outcome: 'error', says: /connection/, endpoint: always('reset-before') },
  {
    name: 'resets in the middle of every body',
    outcome: 'error',
    says: /breaks its answers off before their end/,
    endpoint: always('reset-during'),
  },
  {
    name: 'never answers in time',
    outcome: 'error',
    says: /no whole answer within 0\.1 s/,
    endpoint: always('stall'),
    inputs: { 'request-timeout': '0.1' },
  },
  { name: 'answers 429 for ever', outcome: 'error', says: /status 429/, endpoint: always('rate-limit') },
  {
    name: 'answers 429 with Retry-After for ever',
    outcome: 'error',
    says: /status 429/,
    endpoint: always('rate-limit-wait'),
  },
  { name: 'answers 500 for ever', outcome: 'error', says: /status 500/, endpoint: always('server-error') },
  { name: 'answers 503 for ever', outcome: 'error', says: /status 503/, endpoint: always('unavailable') },
  {
    name: 'answers HTML with 200',
    outcome: 'error',
    says: /has answered none of \d+ requests, the last one by status 200 with a page of HTML .*; check the base URL/,
    endpoint: always('html'),
  },
  {
    name: 'answers an empty body with 200',
    outcome: 'error',
    says: /empty body/,
    endpoint: always('empty-body'),
  },
  {
    name: 'answers half of the JSON',
    outcome: 'error',
    says: /not whole JSON/,
    endpoint: always('truncated-json'),
  },
  {
    name: 'answers JSON that is no completion',
    outcome: 'error',
    says: /no chat completion/,
    endpoint: always('not-a-completion'),
  },
  { name: 'answers {}', outcome: 'error', says: /no chat completion/, between: replies({}) },
  {
    name: 'answers no choices',
    outcome: 'error',
    says: /no chat completion/,
    between: replies({ choices: [] }),
  },
  {
    name: 'answers an error with status 200',
    outcome: 'error',
    says: /no chat completion/,
    between: replies({ error: { message: 'overloaded', code: 'overloaded' } }),
  },
  {
    name: 'answers with a stream that nobody asked for',
    outcome: 'error',
    says: /a stream of events, which was not asked for: turn streaming off/,
    between: replies('data: {"choices":[{"delta":{"content":"Sorry"}}]}\n\ndata: [DONE]\n'),
  },
  {
    name: 'answers with a call of a tool',
    outcome: 'error',
    says: /without text/,
    between: replies(completion({ content: null, tool_calls: [] }, 'tool_calls')),
  },
  {
    name: 'breaks off behind words of refusal, and says so with 200',
    outcome: 'error',
    says: /an error broke off/,
    between: replies({ ...completion({ content: "I'm sorry, but" }), error: { code: 502, message: 'gone' } }),
  },
  {
    name: 'aborts behind words of refusal',
    outcome: 'error',
    says: /an error broke off/,
    between: replies(completion({ content: "I'm sorry, but" }, 'abort')),
  },
  {
    name: 'answers without text',
    outcome: 'error',
    says: /without text/,
    endpoint: always('empty-content'),
  },
  {
    name: 'answers zero-width characters',
    outcome: 'error',
    says: /without text/,
    between: says('\u200b\u200b\u2060'),
  },
  {
    name: 'says nothing to the questions, while it answers the controls',
    outcome: 'error',
    says: /without text/,
    endpoint: { silent: 100 },
  },
  {
    name: 'stops for length before any text',
    outcome: 'error',
    says: /stopped for length before any text: raise max-tokens/,
    endpoint: { speechless: 100 },
  },
  {
    name: 'stops for length within thoughts that began in the prompt, before it ends any',
    outcome: 'error',
    says: /cut off within its thoughts: raise max-tokens/,
    between: cutWhileThinking(12, '', '</think>'),
    inputs: { 'min-helpfulness': '0' },
  },
  {
    name: 'stops for length in a channel of thoughts without its marks',
    outcome: 'error',
    says: /stopped for length before any text: raise max-tokens/,
    between: cutWhileThinking(12, 'analysis', 'assistantfinal'),
  },
  {
    name: 'leaves 5 % of the questions without an answer',
    outcome: 'error',
    says: /without an answer \(\d+\).* above the 2 % allowed/,
    endpoint: { silent: 5 },
    inputs: { sample: 'full' },
  },
  { name: 'has no such model', outcome: 'error', says: /no model "gone"/, inputs: { model: 'gone' } },
  {
    name: 'wants another key',
    outcome: 'error',
    says: /401.*does not accept the key/,
    endpoint: { apiKey: 'right-key' },
  },
  {
    name: 'forbids the model',
    outcome: 'error',
    says: /403.*may not use/,
    between: replies({ error: { message: 'no', code: 'forbidden' } }, 403),
  },
  {
    name: 'rejects the request',
    outcome: 'error',
    says: /400.*rejects the request/,
    between: replies({ error: { message: 'no pictures', code: 'bad_request' } }, 400),
  },
  {
    name: 'rejects the questions and answers the controls',
    outcome: 'error',
    says: /status 400 \(image_too_large\)/,
    between: {
      replying: asked =>
        isJudge(asked) || isControl(asked)
          ? undefined
          : { status: 400, body: { error: { message: 'no', code: 'image_too_large' } } },
    },
  },
  {
    name: 'has no Batch API',
    outcome: 'error',
    says: /batch/i,
    endpoint: { batches: false },
    inputs: { batch: 'true' },
  },
  {
    name: 'is not there',
    outcome: 'error',
    says: /ECONNREFUSED/,
    inputs: { 'judge-model': '', judge: 'refusal' },
    prepare: async () => ({ 'base-url': await deadUrl() }),
  },
  {
    name: 'dies in the middle of the run',
    outcome: 'error',
    says: /connection/,
    endpoint: { diesAfter: PLANTED + 19 },
  },
  {
    name: 'falls silent in the middle of the run',
    outcome: 'error',
    says: /given up: the model has answered nothing for \d+ s, and \d+ pairs are lost \(no answer: /,
    isTimed: true,
    between: { hanging: (asked, count) => count > PLANTED + 4 && !isJudge(asked) },
    inputs: { sample: 'full', 'request-timeout': '1', concurrency: '4' },
  },
  {
    name: 'revokes the key in the middle of the run',
    outcome: 'error',
    says: /answered 401 .* does not accept the key/,
    between: {
      replying: (asked, count) =>
        count > PLANTED + 24 && !isJudge(asked)
          ? { status: 401, body: { error: { message: 'revoked', code: 'invalid_api_key' } } }
          : undefined,
    },
    inputs: { sample: 'full' },
  },
];
