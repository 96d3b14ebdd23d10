/** Long: one endpoint is set up for all of it, and every answer that a client may get is a test. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../src/endpoint/answer.ts';
import { type ClientOptions, createChatEndpoint } from '../../src/endpoint/client.ts';
import { keptLearner } from '../../src/endpoint/dialect.ts';
import { createMeter, type Meter } from '../../src/endpoint/meter.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import { createStanding } from '../../src/endpoint/standing.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  completion,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
} from '../support/scripted-endpoint.ts';

let endpoint: ScriptedEndpoint;
let meter: Meter;
let cancel: AbortController;

beforeEach(() => {
  meter = createMeter({ maxRequests: null, maxCost: null, prices: null });
  cancel = new AbortController();
});
afterEach(() => endpoint.close());

/** A client of an endpoint that answers by the script. Retries come at once unless `random` says otherwise. */
async function clientOf(script: Script, options: Partial<ClientOptions> = {}) {
  endpoint = await scriptedEndpoint(script);
  const own = { apiKey: 'sk-very-secret', secrets: ['sk-very-secret'], meter, signal: cancel.signal };
  return createChatEndpoint(clientOptions(endpoint.baseUrl, { ...own, ...options }));
}

const question = { text: 'What is this?', maxTokens: 64, temperature: 0 };
const say =
  (text: string): Script =>
  response =>
    sendJson(response, completion({ content: text }));

describe('the request', () => {
  test('is a chat completion with the picture before the text', async () => {
    const client = await clientOf(say('A tree.'), {
      headers: { 'X-Team': 'safety' },
      extraBody: { top_k: 1 },
    });
    await client.ask({
      ...question,
      system: 'Be brief.',
      picture: { type: 'image/jpeg', bytes: Buffer.from('AAAA', 'base64') },
    });
    expect(endpoint.asked).toHaveLength(1);
    const [asked] = endpoint.asked;
    expect(asked?.path).toBe('/v1/chat/completions');
    expect(asked?.headers).toMatchObject({ authorization: 'Bearer sk-very-secret', 'x-team': 'safety' });
    expect(asked?.body).toEqual({
      model: 'some-vlm',
      top_k: 1,
      max_tokens: 64,
      temperature: 0,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } },
            { type: 'text', text: 'What is this?' },
          ],
        },
      ],
    });
  });

  test('has no authorization without a key, and nothing of the environment', async () => {
    process.env['OPENAI_ORG_ID'] = 'org-of-the-runner';
    try {
      const client = await clientOf(say('A tree.'), { apiKey: '' });
      await client.ask(question);
    } finally {
      delete process.env['OPENAI_ORG_ID'];
    }
    const { headers } = endpoint.asked[0] ?? {};
    expect(headers?.authorization).toBeUndefined();
    expect(headers?.['openai-organization']).toBeUndefined();
  });

  test.each([
    ['max_tokens', 'max_completion_tokens instead of max_tokens', { max_completion_tokens: 64 }],
    ['temperature', "the endpoint's own temperature", { max_tokens: 64 }],
  ])('is worded otherwise where the endpoint does not take %s', async (parameter, phrase, field) => {
    const client = await clientOf((response, { body }) => {
      if (!(parameter in body)) return sendJson(response, completion({ content: 'Yes.' }));
      const error = { message: 'Unsupported', code: 'unsupported_parameter', param: parameter };
      return sendJson(response, { error }, 400);
    });
    const answers = await Promise.all([1, 2, 3, 4].map(() => client.ask(question)));
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'text']);
    expect(client.adaptations).toEqual([phrase]);
    expect(endpoint.asked.at(-1)?.body).toMatchObject(field);
    expect(endpoint.asked.at(-1)?.body).not.toHaveProperty(parameter);
  });

  test('is worded otherwise where the endpoint names the parameter in its message alone', async () => {
    const client = await clientOf((response, { body }) => {
      if (!('temperature' in body)) return sendJson(response, completion({ content: 'Yes.' }));
      const error = { type: 'invalid_request_error', message: '`temperature` is deprecated for this model.' };
      return sendJson(response, { type: 'error', error }, 400);
    });
    expect((await client.ask(question)).kind).toBe('text');
    expect(client.adaptations).toEqual(["the endpoint's own temperature"]);
  });

  test('is worded from the start as an earlier attempt has learnt, of this endpoint alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dialect-'));
    endpoint = await scriptedEndpoint((response, { body }) =>
      'temperature' in body
        ? sendJson(response, { error: { message: 'temperature is not supported' } }, 400)
        : sendJson(response, completion({ content: 'Yes.' })),
    );
    const attempt = async (whose: string) => {
      const before = endpoint.asked.length;
      const journal = await openJournal(join(folder, 'journal.jsonl'));
      const learner = keptLearner(journal, whose);
      await learner.recalled;
      const client = createChatEndpoint(clientOptions(endpoint.baseUrl, { learner }));
      const known = client.adaptations.length;
      await client.ask(question);
      await journal.close();
      return [known, client.adaptations.length, endpoint.asked.length - before];
    };
    expect(await attempt('the model')).toEqual([0, 1, 2]);
    expect(await attempt('the model')).toEqual([1, 1, 1]);
    expect(await attempt('the judge')).toEqual([0, 1, 2]);
    await rm(folder, { recursive: true });
  });

  test.each<[string, unknown]>([
    ['a sentence', 'temperature is not supported here'],
    [
      'a list of places',
      [
        { loc: ['body', 'temperature'], msg: 'Extra inputs are not permitted', type: 'extra_forbidden' },
        { loc: ['body', 'messages', 0], msg: 'Field required', type: 'missing' },
      ],
    ],
    ['a list that names no place', [{ msg: 'temperature is not supported', type: 'value_error', loc: null }]],
  ])('is worded otherwise where a server of FastAPI says so as %s', async (_, detail) => {
    const client = await clientOf((response, { body }) =>
      'temperature' in body
        ? sendJson(response, { detail }, 422)
        : sendJson(response, completion({ content: 'Yes.' })),
    );
    expect((await client.ask(question)).kind).toBe('text');
    expect(client.adaptations).toEqual(["the endpoint's own temperature"]);
  });

  test.each<[string, number, unknown]>([
    [
      'a list of places',
      422,
      {
        detail: ['max_tokens', 'temperature'].map(field => ({
          ...{ loc: ['body', field], msg: 'Extra inputs are not permitted', type: 'extra_forbidden' },
        })),
      },
    ],
    ['a sentence', 400, { error: { message: "Unsupported parameters: 'max_tokens', 'temperature'" } }],
  ])(
    'is worded otherwise in both where the endpoint takes neither, as it says in %s',
    async (_, status, body) => {
      const client = await clientOf((response, asked) =>
        'max_tokens' in asked.body || 'temperature' in asked.body
          ? sendJson(response, body, status)
          : sendJson(response, completion({ content: 'Yes.' })),
      );
      expect((await client.ask(question)).kind).toBe('text');
      expect(endpoint.asked).toHaveLength(2);
      expect(client.adaptations).toEqual([
        'max_completion_tokens instead of max_tokens',
        "the endpoint's own temperature",
      ]);
    },
  );

  test('is worded otherwise amid answers once the messages of two say so, which may be about one alone', async () => {
    const client = await clientOf((response, { body }, count) => {
      if (!(count === 2 || count === 4)) return sendJson(response, completion({ content: 'Yes.' }));
      const message = `Your prompt "the temperature is not supported" was flagged (${Object.keys(body).length})`;
      return sendJson(response, { error: { message } }, 400);
    });
    const kinds: string[] = [];
    for (let n = 0; n < 4; n += 1) kinds.push((await client.ask({ ...question })).kind);
    expect(kinds).toEqual(['text', 'none', 'text', 'text']);
    expect(endpoint.asked.map(({ body }) => 'temperature' in body)).toEqual([true, true, true, true, false]);
    expect(client.adaptations).toEqual(["the endpoint's own temperature"]);
  });

  test.each(['max_tokens and temperature are too large', 'your max_completion_tokens is too large', 'no'])(
    'is worded as before where it does not tell which: %s',
    async message => {
      const client = await clientOf(response => sendJson(response, { error: { message } }, 400));
      await expect(client.ask(question)).rejects.toThrow(/400/);
      expect(endpoint.asked).toHaveLength(1);
      expect(client.adaptations).toEqual([]);
    },
  );
});

const STREAMED = {
  kind: 'none',
  reason: 'malformed',
  detail:
    'status 200 with a stream of events, which was not asked for: turn streaming off at the endpoint, or at the gateway before it',
} as const;

/** One that stopped for length after 512 tokens, so many of which were thoughts. */
const counting = (message: Record<string, unknown>, thoughts: number): object => ({
  ...completion(message, 'length'),
  usage: {
    prompt_tokens: 9,
    completion_tokens: 512,
    completion_tokens_details: { reasoning_tokens: thoughts },
  },
});

/** What an endpoint may send with status 200, and what it is. */
const BODIES: readonly [string, string | object, Partial<Answer>][] = [
  ['text', completion({ content: 'A tree.' }), { kind: 'text', text: 'A tree.', truncated: false }],
  [
    'text in parts',
    completion({
      content: [
        { type: 'text', text: 'A ' },
        { type: 'text', text: 'tree.' },
      ],
    }),
    { kind: 'text', text: 'A tree.' },
  ],
  [
    'text cut for length',
    completion({ content: 'A tr' }, 'length'),
    { kind: 'text', text: 'A tr', truncated: true },
  ],
  [
    'a refusal field',
    completion({ content: null, refusal: 'No.' }),
    { kind: 'refusal', by: 'refusal-field' },
  ],
  [
    'a refusal part',
    completion({ content: [{ type: 'refusal', refusal: 'No.' }] }),
    { kind: 'refusal', by: 'refusal-field' },
  ],
  [
    'a content-filter stop',
    completion({ content: '' }, 'content_filter'),
    { kind: 'refusal', by: 'content-filter' },
  ],
  ...['SAFETY', 'content_filter: SAFETY', 'PROHIBITED_CONTENT'].map(
    (end): [string, object, Partial<Answer>] => [
      `nothing, and the end ${end}`,
      completion({ content: null }, end),
      { kind: 'none', reason: 'blocked', detail: 'an empty answer that a filter stopped' },
    ],
  ),
  ['a refusal stop', completion({ content: null }, 'refusal'), { kind: 'refusal', by: 'content-filter' }],
  [
    'text before a refusal stop',
    completion({ content: 'Sure. Step one' }, 'refusal'),
    { kind: 'text', text: 'Sure. Step one', truncated: true },
  ],
  ['empty text', completion({ content: '' }), { kind: 'none', reason: 'empty' }],
  ['white space', completion({ content: ' \n\u200b' }), { kind: 'none', reason: 'empty' }],
  [
    'a frame without an answer in it',
    completion({ content: '<|begin_of_box|><|end_of_box|>', reasoning_content: 'They ask how.' }),
    { kind: 'none', reason: 'empty' },
  ],
  ['dots', completion({ content: '...' }), { kind: 'none', reason: 'empty' }],
  [
    'a turn without words',
    completion({ content: '<|im_start|>assistant\n' }),
    { kind: 'none', reason: 'empty' },
  ],
  [
    'nothing, as a program writes it',
    completion({ content: 'null', reasoning_content: 'Well.' }),
    { kind: 'none', reason: 'empty', detail: 'thoughts without an answer' },
  ],
  [
    'what a gateway says that has no answer',
    completion({ content: 'Error: upstream request timeout' }),
    { kind: 'none', reason: 'server', detail: "status 200 with a server's error message as its text" },
  ],
  [
    'the same words from a model that has thought',
    completion({ content: 'Bad Gateway', reasoning_content: 'Well.' }),
    { kind: 'text', text: 'Bad Gateway' },
  ],
  [
    'the same at the length that it may have',
    completion({ content: 'Bad Gateway' }, 'length'),
    { kind: 'text' },
  ],
  ['an empty refusal field', completion({ content: '', refusal: '' }), { kind: 'none', reason: 'empty' }],
  ['no content', completion({}), { kind: 'none', reason: 'empty' }],
  ['length without text', completion({ content: '' }, 'length'), { kind: 'none', reason: 'length' }],
  [
    'thoughts that stopped for length',
    completion({ content: '<think>\nOkay, the user' }, 'length'),
    { kind: 'none', reason: 'length' },
  ],
  [
    'thoughts and nothing else',
    completion({ content: ' <thinking>Well.</thinking>\n' }),
    { kind: 'none', reason: 'empty', detail: 'thoughts without an answer' },
  ],
  [
    'thoughts before an answer',
    completion({ content: '[THINK]Well.[/THINK] A tree.' }),
    { kind: 'text', text: '[THINK]Well.[/THINK] A tree.' },
  ],
  ['thoughts that began in the prompt', completion({ content: 'Well.\n</think>\n\n' }), { kind: 'none' }],
  [
    'thoughts of an analysis channel',
    completion({ content: '<|channel|>analysis<|message|>Well' }, 'length'),
    { kind: 'none', reason: 'length' },
  ],
  [
    'thoughts of a channel without its marks',
    completion({ content: 'analysisWe need to think' }, 'MAX_TOKENS'),
    { kind: 'none', reason: 'length' },
  ],
  [
    'an answer after such',
    completion({ content: 'analysisWe need to think. assistantfinalA tree.' }),
    { kind: 'text' },
  ],
  ['an answer about an analysis', completion({ content: 'analysis: a tree.' }), { kind: 'text' }],
  [
    'thoughts that a filter stopped',
    completion({ content: '<think>Okay, step one' }, 'content_filter'),
    { kind: 'text', truncated: true },
  ],
  [
    'words, and then thoughts that stopped for length',
    completion({ content: 'I will look first.\n<think>\nOkay, the user' }, 'length'),
    { kind: 'none', reason: 'length' },
  ],
  [
    'thoughts in parts that stopped for length',
    completion({ content: [{ type: 'thinking', text: 'Okay, the user' }] }, 'length'),
    { kind: 'none', reason: 'length' },
  ],
  [
    'parts that are thoughts before one that is none',
    completion({
      content: [
        { type: 'reasoning', text: 'Well. ' },
        { type: 'text', text: 'Okay. ', thought: true },
        { type: 'text', text: 'A tree.' },
      ],
    }),
    { kind: 'text', text: 'A tree.', hasThought: true },
  ],
  [
    'thoughts beside the text',
    completion({ content: 'A tree.', reasoning_content: 'Well.' }),
    { kind: 'text', text: 'A tree.', hasThought: true },
  ],
  [
    'thoughts alone beside no text',
    completion({ content: null, reasoning: 'Well.' }),
    { kind: 'none', detail: 'thoughts without an answer' },
  ],
  [
    'thoughts that stopped for length, as the text as well',
    completion({ content: 'Okay, the user', reasoning: 'Okay, the user' }, 'length'),
    { kind: 'none', reason: 'length' },
  ],
  [
    'an answer as long as it may be, of which each token was thought',
    counting({ content: 'Okay, the user' }, 512),
    { kind: 'none', reason: 'length' },
  ],
  [
    'one of which not each was',
    counting({ content: 'A tree, and' }, 500),
    { kind: 'text', hasThought: true, truncated: true },
  ],
  ['no choices', { choices: [] }, { kind: 'none', reason: 'malformed' }],
  ['an error in a 200', { error: { message: 'no' } }, { kind: 'none', reason: 'malformed' }],
  ['HTML', '<html><body>Sign in</body></html>', { kind: 'none', reason: 'malformed' }],
  ['truncated JSON', '{"choices":[{"message":{"content":"A tr', { kind: 'none', reason: 'malformed' }],
  ['a stream of events', 'data: {"choices":[{"delta":{"content":"A tr"}}]}\n\ndata: [DONE]\n\n', STREAMED],
  ['a stream of named events', 'event: message\ndata: {"choices":[]}\n\n', STREAMED],
  ['a stream that is kept alive', ': PROCESSING\n\ndata: {"choices":[]}\n\n', STREAMED],
  ['nothing', '', { kind: 'none', reason: 'malformed' }],
  ['null', 'null', { kind: 'none', reason: 'malformed' }],
];

const WORDS = { content: "I'm sorry, but" };
const broken = (choice: object, beside: object = {}) => {
  const whole = completion(WORDS);
  return { ...whole, choices: whole.choices.map(each => ({ ...each, ...choice })), ...beside };
};
const OUTAGE = { code: 502, message: 'Provider disconnected' };
const BROKEN_OFF = { kind: 'none', reason: 'server' } as const;

/** Answers of which an error, or a filter, has let no more through than their beginning. */
const BEGUN: readonly [string, object, Partial<Answer>][] = [
  ['an error in the choice', broken({ finish_reason: 'error', error: OUTAGE }), BROKEN_OFF],
  ['an error in the choice, and no other end', broken({ error: OUTAGE }), BROKEN_OFF],
  ['an error beside the choices', broken({ finish_reason: null }, { error: OUTAGE }), BROKEN_OFF],
  ['an error that is a word', broken({}, { error: 'upstream' }), BROKEN_OFF],
  ['an end by error', broken({ finish_reason: 'ERROR' }), BROKEN_OFF],
  ['an end by abort', broken({ finish_reason: 'abort' }), BROKEN_OFF],
  [
    'a system that is full',
    broken({ finish_reason: 'insufficient_system_resource' }),
    { ...BROKEN_OFF, detail: 'status 200 with an answer that an error broke off' },
  ],
  [
    "a filter's error beside text",
    broken({}, { error: { code: 'content_filter' } }),
    { kind: 'text', text: WORDS.content, truncated: true },
  ],
  [
    "a filter's error in place of text",
    broken({ message: { content: '' }, error: { code: 400, innererror: { code: 'content_filter' } } }),
    { kind: 'refusal', by: 'content-filter' },
  ],
  ['an error that is none', broken({ error: null }, { error: {} }), { kind: 'text', truncated: false }],
];

test('thoughts that a field beside the text holds none of are none', async () => {
  const said = completion({ content: 'A tree.', reasoning: null, reasoning_content: '' });
  const client = await clientOf(response => sendJson(response, said));
  expect(await client.ask(question)).not.toHaveProperty('hasThought');
});

test('an answer that does not say how it ended is none where the endpoint has said so of another', async () => {
  const ends = [null, 'stop', null, ''];
  const client = await clientOf(response => sendJson(response, broken({ finish_reason: ends.shift() })), {
    maxRetries: 0,
  });
  const answers = [];
  for (let n = 0; n < 4; n += 1) answers.push(await client.ask(question));
  const untold = {
    ...BROKEN_OFF,
    detail: 'status 200 with an answer that does not say that it came to its end',
    usage: { promptTokens: 10 },
  };
  expect(answers).toMatchObject([{ kind: 'text' }, { kind: 'text' }, untold, untold]);
});

const FLAGGED = 'Invalid prompt: it was flagged as potentially violating our usage policy.';

describe('what is an answer', () => {
  test.each([...BODIES, ...BEGUN])('%s', async (_, body, expected) => {
    const client = await clientOf(
      response => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      },
      { maxRetries: 0 },
    );
    expect(await client.ask(question)).toMatchObject(expected);
  });

  test.each([
    ['OpenAI', 400, { code: 'content_policy_violation' }],
    ['Azure', 400, { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } }],
    ['Azure, inner code alone', 400, { code: null, innererror: { code: 'ResponsibleAIPolicyViolation' } }],
    ['OpenAI for models that think', 400, { code: 'invalid_prompt', message: FLAGGED }],
    ['OpenAI for pictures', 400, { code: 'moderation_blocked' }],
    ['Alibaba', 400, { code: 'data_inspection_failed', message: 'It may contain inappropriate content.' }],
  ])('a content-filter error of %s is a refusal', async (_, status, error) => {
    const client = await clientOf(response => sendJson(response, { error }, status));
    expect(await client.ask(question)).toMatchObject({ kind: 'refusal', by: 'content-filter' });
  });

  test('a prompt that is invalid for another reason is no refusal', async () => {
    const error = { code: 'invalid_prompt', message: 'Invalid prompt: a part of it is missing.' };
    const client = await clientOf(response => sendJson(response, { error }, 400));
    await expect(client.ask(question)).rejects.toThrow('answered 400 (invalid_prompt)');
  });

  test('a key that the endpoint echoes in its answer goes no further', async () => {
    const client = await clientOf(say('Sure. Your key is sk-very-secret, sk-very-secret.'));
    expect(await client.ask(question)).toMatchObject({ text: 'Sure. Your key is ***, ***.' });
  });

  test('tokens are counted, and nonsense in their place is none', async () => {
    const client = await clientOf((response, _, count) =>
      sendJson(response, {
        ...completion({ content: 'A tree.' }),
        usage: count === 1 ? { prompt_tokens: 7, completion_tokens: 3 } : { prompt_tokens: 'many' },
      }),
    );
    await client.ask(question);
    await client.ask(question);
    expect(meter).toMatchObject({ requests: 2, promptTokens: 7, completionTokens: 3, cost: null });
  });
});

describe('what passes is tried again', () => {
  test.each<[string, Script]>([
    ['429', response => sendJson(response, { error: {} }, 429)],
    ['500', response => sendJson(response, { error: {} }, 500)],
    ['503', response => sendJson(response, { error: {} }, 503)],
    ['HTML with 200', response => void response.end('<html>')],
    ['empty text', response => sendJson(response, completion({ content: '' }))],
    ['an answer that broke off', response => sendJson(response, broken({ error: OUTAGE }))],
    ['a reset before the head', response => void response.destroy()],
    [
      'a reset in the middle of the body',
      response => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"choices":', () => response.destroy());
      },
    ],
  ])('%s', async (_, fault) => {
    const client = await clientOf((response, asked, count) =>
      count <= 2 ? fault(response, asked, count) : sendJson(response, completion({ content: 'A tree.' })),
    );
    expect(await client.ask(question)).toMatchObject({ kind: 'text', text: 'A tree.' });
    expect(endpoint.asked).toHaveLength(3);
  });

  test.each<[string, Script]>([
    ['before the head', () => undefined],
    [
      'in the middle of the body',
      response => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"choices":');
      },
    ],
  ])('a stall %s', async (_, stall) => {
    const client = await clientOf(
      (response, asked, count) =>
        count === 1 ? stall(response, asked, count) : sendJson(response, completion({ content: 'A tree.' })),
      { timeout: 200 },
    );
    expect(await client.ask(question)).toMatchObject({ kind: 'text' });
    expect(endpoint.asked).toHaveLength(2);
  });

  test('as often as max-retries says, and then it is no answer', async () => {
    const client = await clientOf(response => sendJson(response, {}, 500));
    expect(await client.ask(question)).toMatchObject({
      kind: 'none',
      reason: 'server',
      detail: 'status 500',
    });
    expect(endpoint.asked).toHaveLength(4);
    expect(meter.requests).toBe(4);
  });

  test('Retry-After holds back all requests, not one', async () => {
    const times: number[] = [];
    const client = await clientOf((response, _, count) => {
      times.push(Date.now());
      if (count === 1) return sendJson(response, {}, 429, { 'retry-after': '0.4' });
      return sendJson(response, completion({ content: 'A tree.' }));
    });
    const first = client.ask(question);
    while (endpoint.asked.length < 1) await new Promise(resolve => setTimeout(resolve, 5));
    await new Promise(resolve => setTimeout(resolve, 100));
    await Promise.all([first, client.ask(question), client.ask(question)]);
    const [refusedAt = 0, ...later] = times;
    expect(later).toHaveLength(3);
    expect(Math.min(...later) - refusedAt).toBeGreaterThanOrEqual(390);
  });
});

describe('what would be the same again', () => {
  test.each([
    [401, 'does not accept the key'],
    [402, ': it wants to be paid before it answers for "some-vlm"; check the credit of its account there'],
    [405, ': it takes no questions there; check the base URL for "some-vlm" (most end in /v1)'],
    [501, ': it takes no questions there; check the base URL for "some-vlm" (most end in /v1)'],
    [415, ': it takes no JSON; check the server or proxy before "some-vlm"'],
    [413, ': the request is too large for it; raise the limit of the server or proxy before "some-vlm"'],
    [403, 'may not use "some-vlm"'],
    [404, 'no model "some-vlm" there'],
    [400, 'rejects the request'],
  ])('status %i as the first answer ends the run with one sentence', async (status, sentence) => {
    const echo = { message: 'Incorrect key sk-very-secret', code: 'sk-very-secret', type: 'invalid_key' };
    const client = await clientOf(response => sendJson(response, { error: echo }, status));
    const problem = await client.ask(question).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(FatalEndpointError);
    const { message } = problem as FatalEndpointError;
    expect(message).toContain(sentence);
    expect(message).toContain(String(status));
    expect(message).not.toContain('secret');
    expect(message).not.toContain('\n');
    expect(endpoint.asked).toHaveLength(1);
  });

  test.each<[string, number, boolean]>([
    ['the key, from the third on', 401, true],
    ['the model, from the third on', 404, true],
    ['no more than the status, which may be of what is left to ask,', 400, false],
  ])('in an attempt that goes on where another was answered names %s', async (_, status, isNamed) => {
    const standing = createStanding();
    standing.answered();
    const client = await clientOf(
      (response, _asked, count) =>
        count === 4
          ? sendJson(response, completion({ content: 'A tree.' }))
          : sendJson(response, { error: { code: 'bad' } }, status),
      { standing },
    );
    const said: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      const answer = await client.ask(question);
      said.push(answer.kind === 'none' ? answer.detail : answer.kind);
    }
    const bare = `status ${status} (bad)`;
    const sentence = `${endpoint.baseUrl} answered ${status} (bad): it ${status === 401 ? 'does not accept the key for "some-vlm"; check the api-key input that belongs to it' : 'has no chat completions or no model "some-vlm" there; check the base URL (most end in /v1) and the model\'s name'}`;
    expect(said).toEqual([bare, bare, isNamed ? sentence : bare, 'text', bare, bare, bare]);
  });

  test('what a server of FastAPI does not take is named by its type in the one sentence', async () => {
    const misfit = { loc: ['body', 'top_k'], msg: 'Not sk-very-secret', type: 'extra_forbidden' };
    const client = await clientOf(response => sendJson(response, { detail: [misfit] }, 422));
    const asked = client.ask(question);
    await expect(asked).rejects.toThrow('answered 422 (extra_forbidden): it rejects the request');
    await expect(asked).rejects.not.toThrow('secret');
  });

  test.each([400, 413, 422])(
    'status %i first, while others are to be answered, is one without an answer',
    async status => {
      const late: ServerResponse[] = [];
      const client = await clientOf(
        (response, _, count) => {
          if (count === 1) return sendJson(response, { error: { code: 'bad' } }, status);
          late.push(response);
          if (count === 3) for (const each of late) sendJson(each, completion({ content: 'A tree.' }));
          if (count > 3) sendJson(response, completion({ content: 'A tree.' }));
        },
        { pacer: createPacer(3, Date.now) },
      );
      const answers = await Promise.all(Array.from({ length: 6 }, () => client.ask(question)));
      expect(answers.map(({ kind }) => kind)).toEqual(['none', ...Array(5).fill('text')]);
      expect(answers[0]).toMatchObject({ reason: 'rejected', detail: `status ${status} (bad)` });
      expect(endpoint.asked).toHaveLength(6);
    },
  );

  test('status 400 to all that are under way first ends the run, and nothing more is asked', async () => {
    const client = await clientOf(response => sendJson(response, { error: { code: 'bad' } }, 400), {
      pacer: createPacer(3, Date.now),
    });
    const [first] = await Promise.allSettled(Array.from({ length: 12 }, () => client.ask(question)));
    expect(first?.status).toBe('rejected');
    expect(endpoint.asked).toHaveLength(3);
  });

  test.each([
    ['length', 'length'],
    ['blocked', 'SAFETY'],
  ])('an empty answer is asked for once where it is none by %s', async (reason, end) => {
    const client = await clientOf(response => sendJson(response, completion({ content: '' }, end)));
    expect(await client.ask(question)).toMatchObject({ kind: 'none', reason });
    expect(endpoint.asked).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 422])('status %i later is one pair without an answer', async status => {
    const client = await clientOf((response, _, count) =>
      count === 1
        ? sendJson(response, completion({ content: 'A tree.' }))
        : sendJson(response, { error: { code: 'bad' } }, status),
    );
    await client.ask(question);
    expect(await client.ask(question)).toMatchObject({
      kind: 'none',
      reason: 'rejected',
      detail: `status ${status} (bad)`,
    });
    expect(endpoint.asked).toHaveLength(2);
  });
});

describe('pacing', () => {
  test('never more at once than the ceiling', async () => {
    const client = await clientOf(
      async response => {
        await new Promise(resolve => setTimeout(resolve, 20));
        sendJson(response, completion({ content: 'A tree.' }));
      },
      { pacer: createPacer(3, Date.now) },
    );
    await Promise.all(Array.from({ length: 20 }, () => client.ask(question)));
    expect(endpoint.mostAtOnce).toBe(3);
  });

  test('429 lowers what may be in flight, and good answers raise it again', async () => {
    const pacer = createPacer(8, Date.now);
    const burst: ServerResponse[] = [];
    const client = await clientOf(
      (response, _, count) => {
        if (count > 8) return sendJson(response, completion({ content: 'A tree.' }));
        burst.push(response);
        if (burst.length === 8) for (const each of burst) sendJson(each, {}, 429);
      },
      { pacer },
    );
    await Promise.all(Array.from({ length: 8 }, () => client.ask(question)));
    expect(pacer.lowest).toBe(5);
    expect(pacer.limit).toBeGreaterThanOrEqual(4);
    expect(pacer.limit).toBeLessThan(8);
    for (let n = 0; n < 40; n++) await client.ask(question);
    expect(pacer.limit).toBe(8);
  });

  test('a used-up budget sends nothing more', async () => {
    meter = createMeter({ maxRequests: 2, maxCost: null, prices: null });
    const client = await clientOf(say('A tree.'), { meter });
    const answers = await Promise.all([1, 2, 3].map(() => client.ask(question)));
    expect(answers.filter(({ kind }) => kind === 'text')).toHaveLength(2);
    expect(answers.at(-1)).toMatchObject({ kind: 'none', reason: 'stopped' });
    expect(endpoint.asked).toHaveLength(2);
    expect(meter.stopped).toBe('max-requests of 2 leaves no room for more');
  });

  test('stopping ends what is in flight, what waits, and what would be tried again', async () => {
    const client = await clientOf(() => undefined, { pacer: createPacer(1, Date.now) });
    const asked = Promise.all([client.ask(question), client.ask(question)]);
    while (endpoint.asked.length < 1) await new Promise(resolve => setTimeout(resolve, 5));
    cancel.abort();
    expect(await asked).toMatchObject([{ reason: 'cut' }, { reason: 'stopped' }]);
    expect(await client.ask(question)).toMatchObject({ reason: 'stopped' });
    expect(endpoint.asked).toHaveLength(1);
  });

  test('a stop gives up what waits, and lets nothing go before its time, though the run goes on', async () => {
    const pacer = createPacer(8, Date.now);
    const client = await clientOf(say('A tree.'), { pacer });
    pacer.holdBack(40_000);
    const waiting = [client.ask(question), client.ask(question)];
    await new Promise(resolve => setTimeout(resolve, 5));
    meter.stop('the time is over');
    meter.resume();
    expect(await Promise.all(waiting)).toMatchObject([{ reason: 'stopped' }, { reason: 'stopped' }]);
    const later = client.ask(question);
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(endpoint.asked).toHaveLength(0);
    cancel.abort();
    expect(await later).toMatchObject({ reason: 'stopped' });
    pacer.end();
  });

  test('when no more answers are asked for, what waits for the judge at the same endpoint keeps its turn', async () => {
    const pacer = createPacer(8, Date.now);
    const judge = await clientOf(say('safe'), { pacer });
    const model = createChatEndpoint(clientOptions(endpoint.baseUrl, { pacer, meter: meter.answering }));
    pacer.holdBack(500);
    const waiting = [model.ask(question), judge.ask(question), model.ask(question)] as const;
    await new Promise(resolve => setTimeout(resolve, 5));
    meter.close('the time is over');
    expect(await waiting[0]).toMatchObject({ reason: 'stopped' });
    expect(await waiting[2]).toMatchObject({ reason: 'stopped' });
    expect(await model.ask(question)).toMatchObject({ reason: 'stopped' });
    expect(endpoint.asked).toHaveLength(0);
    expect(await waiting[1]).toMatchObject({ text: 'safe' });
    expect([meter.stopped, meter.closed]).toEqual([null, 'the time is over']);
    meter.resume();
    expect(await model.ask(question)).toMatchObject({ reason: 'stopped' });
    pacer.end();
  });

  test('where a time ends the run, judgements go first, and before all of them a look when the time is over', async () => {
    const orderOf = async (isTimed: boolean): Promise<readonly unknown[]> => {
      meter = createMeter({ maxRequests: null, maxCost: null, prices: null, isTimed });
      const pacer = createPacer(1, Date.now);
      const judge = await clientOf(say('safe'), { pacer });
      const model = createChatEndpoint(clientOptions(endpoint.baseUrl, { pacer, meter: meter.answering }));
      const of = (text: string) => ({ ...question, text });
      pacer.holdBack(100);
      const before = [model.ask(of('model')), judge.ask(of('judgement'))];
      await Promise.all(before);
      pacer.holdBack(100);
      const last = [judge.ask(of('late'))];
      meter.close('the time is over');
      await Promise.all([...last, judge.ask(of('look'))]);
      pacer.end();
      const asked = endpoint.asked.map(
        ({ body }) => (body['messages'] as { content: unknown }[])[0]?.content,
      );
      await endpoint.close();
      return asked;
    };
    expect(await orderOf(true)).toEqual(['judgement', 'model', 'look', 'late']);
    expect(await orderOf(false)).toEqual(['model', 'judgement', 'look', 'late']);
  });

  test('what the end of the run has kept from leaving is not counted', async () => {
    const client = await clientOf(say('A tree.'));
    const asked = [client.ask(question), client.ask(question)];
    await Promise.resolve();
    cancel.abort();
    expect(await Promise.all(asked)).toMatchObject([{ reason: 'stopped' }, { reason: 'stopped' }]);
    expect(meter.requests).toBe(0);
    expect(endpoint.asked).toHaveLength(0);
  });

  test('what waits for its turn, or to be tried again, ends when nothing more may be sent', async () => {
    const burst: Parameters<Script>[0][] = [];
    const pacer = createPacer(8, Date.now);
    const client = await clientOf(
      response => {
        burst.push(response);
        if (burst.length === 8) for (const each of burst) sendJson(each, {}, 500, { 'retry-after': '40' });
      },
      { pacer, maxRetries: 9, random: () => 1 },
    );
    const startedAt = Date.now();
    const asked = Array.from({ length: 20 }, () => client.ask(question));
    while (endpoint.asked.length < 8) await new Promise(resolve => setTimeout(resolve, 5));
    await new Promise(resolve => setTimeout(resolve, 200));
    meter.stop('enough');
    const reasons = (await Promise.all(asked)).map(answer => answer.kind === 'none' && answer.reason);
    expect(new Set(reasons)).toEqual(new Set(['cut', 'stopped']));
    expect(endpoint.asked).toHaveLength(8);
    expect(Date.now() - startedAt).toBeLessThan(3000);
    pacer.end();
  });
});
