/**
 * What endpoints say of a request that they reject: which of it has all others worded otherwise, and which does not. Most
 * are the words of real ones. Long: two tables.
 */
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  completion,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
} from '../support/scripted-endpoint.ts';

let endpoint: ScriptedEndpoint;
afterEach(() => endpoint.close());

const question = {
  text: 'What is this?',
  maxTokens: 64,
  temperature: 0,
  schema: { name: 'verdict', schema: { type: 'object' } },
};

const PHRASES: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens instead of max_tokens',
  temperature: "the endpoint's own temperature",
  response_format: 'no structured output',
};

/** A client of an endpoint that answers well, until it meets what it `rejects`, each time with this body. */
async function clientOf(rejects: (body: object, count: number) => boolean, body: unknown, status = 400) {
  endpoint = await scriptedEndpoint((response, asked, count) =>
    rejects(asked.body, count)
      ? sendJson(response, body, status)
      : sendJson(response, completion({ content: 'A tree.' })),
  );
  return createChatEndpoint(clientOptions(endpoint.baseUrl));
}

/** By the parameters that are not taken. */
const notTaken: Readonly<Record<string, readonly string[]>> = {
  max_tokens: [
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'Unrecognized request argument supplied: max_tokens',
    "[{'type': 'extra_forbidden', 'loc': ('body', 'max_tokens'), 'msg': 'Extra inputs are not permitted', 'input': 800}]",
    '1 validation error for Request\nbody -> max_tokens\n  extra fields not permitted (type=value_error.extra)',
    'max_tokens is no longer supported',
    "Extra inputs are not permitted, field: 'max_tokens', value: 512",
    'Please use max_completion_tokens in place of max_tokens',
    'max_tokens: Extra inputs are not permitted; top_k: must be at most 5',
  ],
  temperature: [
    "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
    "'temperature' does not support 0 with this model.",
    "Unsupported parameter: 'temperature' is not supported with this model.",
    'Unsupported parameter: temperature',
    'Argument not supported on this model: temperature',
    '`temperature` may only be set to 1 when thinking is enabled.',
    'The parameter temperature cannot be set for this model',
    "'temperature' is not adjustable",
    "'temperature' must be omitted when reasoning is on",
    '`temperature` is deprecated for this model.',
    'AnthropicException - b\'{"type":"error","error":{"message":"`temperature` is deprecated for this model."}}\'',
    'temperature: Extra inputs are not permitted',
    '1 validation error for Request\ntemperature\n  Extra inputs are not permitted [type=extra_forbidden, input_value=0]',
    '[{"type":"extra_forbidden","loc":["body","temperature"],"msg":"Extra inputs are not permitted","input":0}]',
    'Invalid JSON payload received. Unknown name "temperature": Cannot find field.',
    'Error from provider: {"message": "Unknown name \\"temperature\\": Cannot find field."}',
    "Completions.create() got an unexpected keyword argument 'temperature'",
    "Additional properties are not allowed ('temperature' was unexpected)",
    "Unrecognized key(s) in object: 'temperature'",
    'unknown field `temperature`, expected one of `model`, `messages`, `max_tokens`',
    'invalid temperature: only 1 is allowed for this model',
    "gpt-5 models don't support temperature=0. Only temperature=1 is supported.",
    "openai does not support parameters: ['temperature'], for model=o1-mini.",
    "This model doesn't support the temperature field.",
    '`temperature` has to be a strictly positive float, but is 0',
    'Invalid params: temperature must be in range (0, +inf)',
  ],
  response_format: [
    "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    'This response_format type is unavailable now',
    'response_format: response_format.type `json_schema` is unavailable now at line 1 column 1193',
    "response_format.type: Input should be 'text' or 'json_object'",
    'response_format.type: unknown variant `json_schema`, expected `text` or `json_object`',
    'Invalid JSON payload received. Unknown name "response_format": Cannot find field.',
  ],
  'max_tokens,temperature': [
    "Unsupported parameters: 'max_tokens', 'temperature'",
    'max_tokens and temperature are not supported',
    'max_tokens: Extra inputs are not permitted; temperature: Extra inputs are not permitted',
  ],
};

/** By its field for that, whatever it says beside. */
const named: readonly [name: string, error: object][] = [
  ['max_tokens', { code: 'unsupported_parameter', message: 'No' }],
  ['max_tokens', { code: null, message: 'No' }],
  ['max_tokens', { code: 'invalid_value', message: "Use 'max_completion_tokens' instead" }],
  ['temperature', { code: 'unsupported_value', message: 'No' }],
  ['temperature', { code: 'invalid_value', message: 'temperature must be greater than 0' }],
  ['response_format', { message: 'This model does not support response format `json_schema`.' }],
];

const rejected: readonly [names: string, body: unknown][] = [
  ...Object.entries(notTaken).flatMap(([names, messages]) =>
    messages.map((message): [string, unknown] => [names, { error: { message, param: null } }]),
  ),
  ...named.map(([param, error]): [string, unknown] => [param, { error: { ...error, param } }]),
  ['temperature', { error: { message: 'temperature is not supported', param: '' } }],
  ['temperature', { object: 'error', message: 'temperature: Extra inputs are not permitted', code: 400 }],
  ['temperature', { error: 'temperature is not supported' }],
];

test.each(rejected)('%s is worded otherwise: %j', async (names, body) => {
  const parameters = names.split(',');
  const client = await clientOf(asked => parameters.some(name => name in asked), body);
  expect(await client.ask(question)).toMatchObject({ kind: 'text' });
  expect(endpoint.asked).toHaveLength(2);
  expect(client.adaptations).toEqual(parameters.map(name => PHRASES[name]));
});

const tooLarge =
  'max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.';

/** What is about this request, or about a value, with how it is told of. */
const others: readonly [error: object, detail: string][] = [
  [
    {
      message:
        "'max_tokens' is too large: 1024. This model's maximum context length is 2048 tokens and your request has 1900 input tokens.",
    },
    'status 400 (max_tokens)',
  ],
  [
    { message: "'max_tokens' or 'max_completion_tokens' is too large: 64000 (64000 > 64001 - 24235)." },
    'status 400 (max_tokens)',
  ],
  [
    { message: tooLarge, param: 'max_tokens', code: 'invalid_value' },
    'status 400 (invalid_value, max_tokens)',
  ],
  [{ message: tooLarge, param: 'max_tokens', code: null }, 'status 400 (max_tokens)'],
  [{ message: 'Param Incorrect', param: tooLarge, code: '400' }, 'status 400 (400, max_tokens)'],
  [
    { message: "Invalid 'max_tokens'.", param: 'max_tokens', code: 'integer_above_max_value' },
    'status 400 (integer_above_max_value, max_tokens)',
  ],
  [
    {
      message:
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
      ...{ param: 'temperature', code: 'decimal_above_max_value' },
    },
    'status 400 (decimal_above_max_value, temperature)',
  ],
  [{ message: "Unsupported parameter: 'temperature'", param: 'messages' }, 'status 400'],
  ...[
    'context length exceeded: messages + max_tokens > 8192',
    'max_tokens must be at least 1, got -186.',
    'max_tokens above 4096 is not supported',
    'max_tokens is not allowed to exceed 4096',
    'This model does not support max_tokens > 4096',
    'This model does not support max_tokens of 9000',
    'inputs tokens + max_new_tokens must be <= 4096. max_tokens was 512',
    'This content is not allowed: "at what temperature does it melt"',
    'Request rejected: prompt "at what temperature does it melt" is not allowed',
    'The prompt "what is the temperature" is not supported',
    'unknown reason: prompt "max_tokens and temperature"',
    'Unsupported language in the prompt: the temperature of the room',
    'Unknown error while the image was read; temperature 0, max_tokens 512',
    'unknown field `foo`, expected one of `model`, `messages`, `max_tokens`, `temperature`',
    'Unrecognized request argument supplied: max_completion_tokens',
    'top_k: Extra inputs are not permitted; temperature: Field required',
  ].map((message): [object, string] => [{ message, param: null }, 'status 400']),
];

test.each(others)('nothing is worded otherwise after %j', async (error, detail) => {
  const client = await clientOf((_, count) => count === 2, { error });
  await client.ask(question);
  expect(await client.ask(question)).toMatchObject({ kind: 'none', reason: 'rejected', detail });
  await client.ask(question);
  expect(client.adaptations).toEqual([]);
  expect(endpoint.asked.map(({ body }) => Object.keys(body).length)).toEqual([5, 5, 5]);
});

test('a message without end is not read to its end', async () => {
  const message = 'temperature, '.repeat(300_000);
  const client = await clientOf((_, count) => count === 2, { error: { message } });
  await client.ask(question);
  expect(await client.ask(question)).toMatchObject({ kind: 'none', reason: 'rejected' });
});

test('a value that is too large for every request is named in what ends the run', async () => {
  const client = await clientOf(() => true, { error: { message: tooLarge } });
  await expect(client.ask(question)).rejects.toThrow(
    `${endpoint.baseUrl} answered 400 (max_tokens): it rejects the request for "some-vlm"; check max-tokens, temperature, extra-body, and that the model takes pictures`,
  );
});
