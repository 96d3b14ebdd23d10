/** Long: one batch server is set up for all of it, from handing in to every way in which a batch fails. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startEndpoint } from '../../fixtures/endpoint.ts';
import { type Answer, keptAnswer, STOPPED } from '../../src/endpoint/answer.ts';
import {
  type BatchEndpoint,
  type BatchOptions,
  createBatchEndpoint,
  takeAwayBatches,
} from '../../src/endpoint/batch/endpoint.ts';
import { linesOf } from '../../src/endpoint/batch/lines.ts';
import { type ClientOptions, createChatEndpoint } from '../../src/endpoint/client.ts';
import { createConnections } from '../../src/endpoint/connections.ts';
import { createMeter, type Meter } from '../../src/endpoint/meter.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import { InputError, readInputs } from '../../src/inputs.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { collected } from '../../src/pictures/library.ts';
import { pngOf, questions } from '../fixtures/asking.ts';
import {
  type AskedLine,
  type BatchServer,
  type Became,
  batchServer,
  type Interception,
  lineFor,
  type Problem,
  SPOILINGS,
  saying,
  spoil,
  unasked,
} from '../support/batch-server.ts';
import { clientOptions } from '../support/client-options.ts';
import { evaluated, FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { completion, sendJson } from '../support/scripted-endpoint.ts';

let folder: string;
let journal: Journal;
let meter: Meter;
let cancel: AbortController;
let endpoint: { close(): Promise<void> } | undefined;
let slept: number[];
let notices: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-test-'));
  journal = await openJournal(join(folder, 'journal.jsonl'));
  meter = createMeter({ maxRequests: null, maxCost: null, prices: null });
  cancel = new AbortController();
  slept = [];
  notices = [];
});
afterEach(async () => {
  cancel.abort();
  await endpoint?.close();
  await journal.close();
  // A run that has ended may still be writing a request down.
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const common = (baseUrl: string): ClientOptions =>
  clientOptions(baseUrl, {
    ...{ model: 'fixture-vlm', apiKey: 'sk-very-secret', secrets: ['sk-very-secret'], maxRetries: 2 },
    ...{ meter, signal: cancel.signal },
  });

/** An endpoint asked in batches. It sleeps a thousandth of what it wants to. */
const batchesOf = (baseUrl: string, options: Partial<BatchOptions> = {}): BatchEndpoint => {
  // A test that leaves a batch is over before the cancelling of it is.
  const told = notices;
  return createBatchEndpoint({
    ...common(baseUrl),
    workFolder: join(folder, 'work'),
    journal,
    notice: sentence => told.push(sentence),
    sleep: (ms, signal) => {
      slept.push(ms);
      return setTimeout(ms / 1000, undefined, { signal });
    },
    isGathering: () => false,
    ...options,
  });
};

/** A client of a server whose batches end as the test says. */
async function scripted(
  become: (lines: readonly AskedLine[], batch: number, look: number) => Became | Promise<Became>,
  options: Partial<BatchOptions> = {},
): Promise<{ client: BatchEndpoint; server: BatchServer }> {
  const server = await batchServer(become);
  endpoint = server;
  return { client: batchesOf(server.baseUrl, options), server };
}

/** For a process that is killed once it has sent a batch: it never comes to look at it. */
const untilSent = (_: number, signal: AbortSignal): Promise<void> =>
  setTimeout(notices.length === 0 ? 0 : 60_000, undefined, { signal });

const request = (text: string) => ({ text, maxTokens: 64, temperature: 0 });
const askAll = (client: Pick<BatchEndpoint, 'ask'>, count: number): Promise<Answer[]> =>
  Promise.all(questions(count).map(text => client.ask(request(text))));
const sayYes = (lines: readonly AskedLine[]): Became => ({ output: lines.map(line => saying(line, 'Yes.')) });

/** Of the answers to so many requests, some of which have none. */
const kinds = (count: number, without: readonly number[]): string[] =>
  Array.from({ length: count }, (_, n) => (without.includes(n) ? 'none' : 'text'));

/** Answers with a status and nothing else. */
const refuse = (response: ServerResponse, status: number): boolean => {
  sendJson(response, {}, status);
  return true;
};

/** Knows no batch, neither by its name nor in the list. */
const denied = (call: string, response: ServerResponse): boolean => {
  if (call === 'GET batches list') sendJson(response, { data: [] });
  return call === 'GET batches list' || (call === 'GET batches' && refuse(response, 404));
};

const html = (response: ServerResponse): boolean => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>');
  return true;
};

/** What a gateway says in place of a file, with a status of success. */
const elses: readonly [string, (response: ServerResponse) => boolean][] = [
  ['a page', html],
  ['an empty object', response => refuse(response, 200)],
];

describe('asking in batches', () => {
  test('comes to the same answers as asking one by one', async () => {
    const standIn = await startEndpoint({ batchPolls: 3 });
    endpoint = standIn;
    const requests = questions(12).map((text, n) => ({
      ...request(text),
      system: 'Be brief.',
      ...(n % 2 === 0 && { picture: { type: 'image/png' as const, bytes: pngOf(64, 32) } }),
    }));
    const single = createChatEndpoint({ ...common(standIn.baseUrl), pacer: createPacer(4, Date.now) });
    const one = await Promise.all(requests.map(each => single.ask(each)));
    const tokens = meter.promptTokens;
    const client = batchesOf(standIn.baseUrl);
    const all = await Promise.all(requests.map(each => client.ask(each)));
    expect(all).toEqual(one);
    expect(new Set(all.map(answer => answer.kind))).toEqual(new Set(['text']));
    expect(meter.requests).toBe(24);
    expect(meter.promptTokens).toBe(2 * tokens);
    expect(standIn.counts()).toMatchObject({ byModel: { 'fixture-vlm': 24 } });
    await client.close();
    expect(await readdir(join(folder, 'work'))).toEqual(['.waiting']);
    expect(await readdir(join(folder, 'work', '.waiting'))).toEqual([]);
    expect(notices).toEqual(['Sent a batch of 12 requests; it may take up to 24 hours.']);
  });

  test('words each line as a request of its own, with what is added to every body', async () => {
    const { client, server } = await scripted(sayYes, { extraBody: { top_k: 1 } });
    await client.ask({
      ...request('A duck?'),
      key: 'a'.repeat(64),
      picture: { type: 'image/jpeg', bytes: Buffer.from('AAAA', 'base64') },
    });
    expect(server.batches).toEqual([
      [
        {
          custom_id: 'a'.repeat(64),
          method: 'POST',
          url: '/v1/chat/completions',
          body: {
            ...{ model: 'fixture-vlm', top_k: 1, max_tokens: 64, temperature: 0 },
            messages: [
              {
                role: 'user',
                content: [
                  { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAAA' } },
                  { type: 'text', text: 'A duck?' },
                ],
              },
            ],
          },
        },
      ],
    ]);
    await client.close();
    expect(server.files()).toEqual([]);
    expect(notices).toEqual(['Sent a batch of 1 request; it may take up to 24 hours.']);
  });

  test('tells which model the lines say they are by', async () => {
    const served: string[] = [];
    const { client } = await scripted(
      lines => ({
        output: lines.map(line => lineFor(line, { ...completion({ content: 'Yes.' }), model: 'other' })),
      }),
      { heardBy: model => served.push(model) },
    );
    await askAll(client, 2);
    expect(served).toEqual(['other', 'other']);
  });

  test('tells equal requests apart', async () => {
    const { client, server } = await scripted(lines => ({
      output: lines.map((line, n) => saying(line, `Answer ${n}`)).toReversed(),
    }));
    const same = { ...request('A duck?'), key: 'b'.repeat(64) };
    const answers = await Promise.all([1, 2, 3].map(() => client.ask(same)));
    expect(answers.map(answer => answer.kind === 'text' && answer.text)).toEqual([
      'Answer 0',
      'Answer 1',
      'Answer 2',
    ]);
    expect(server.batches).toHaveLength(1);
  });

  test.each([
    ['a number of requests', { requests: 5, bytes: 1e9 }, [5, 5, 2]],
    ['a size', { requests: 1000, bytes: 5000 }, [4, 4, 4]],
  ])('makes several batches where the limit is %s', async (_, limits, sizes) => {
    const { client, server } = await scripted(sayYes, { limits });
    const answers = await askAll(client, 12);
    expect(answers.map(({ kind }) => kind)).toEqual(Array(12).fill('text'));
    expect(server.batches.map(({ length }) => length).toSorted()).toEqual(sizes.toSorted());
  });

  test('waits until all that is being made ready has come', async () => {
    let gathering = true;
    const { client, server } = await scripted(sayYes, { isGathering: () => gathering });
    const first = client.ask(request('One?'));
    while (slept.length < 5) await setTimeout(1);
    const second = client.ask(request('Two?'));
    gathering = false;
    await Promise.all([first, second]);
    expect(server.batches.map(({ length }) => length)).toEqual([2]);
  });

  test('looks at growing intervals, from a second to a minute', async () => {
    const { client } = await scripted((lines, _, look) =>
      look < 14 ? { status: 'in_progress' } : sayYes(lines),
    );
    await client.ask(request('A duck?'));
    const looks = slept.slice(-14);
    expect(looks.slice(0, 3)).toEqual([1000, 1500, 2250]);
    expect(looks.at(-1)).toBe(60_000);
  });

  test('words the requests otherwise that the endpoint does not take as they are', async () => {
    const standIn = await startEndpoint({ unsupported: ['max_tokens', 'temperature'] });
    endpoint = standIn;
    const client = batchesOf(standIn.baseUrl, { maxRetries: 0 });
    const answers = await askAll(client, 4);
    expect(answers.map(({ kind }) => kind)).toEqual(Array(4).fill('text'));
    expect(client.adaptations).toEqual([
      'max_completion_tokens instead of max_tokens',
      "the endpoint's own temperature",
    ]);
  });
});

describe('a line of a batch', () => {
  const cases: readonly [string, (line: AskedLine) => unknown, Partial<Answer>, number][] = [
    [
      'that the content filter refused',
      line => lineFor(line, { error: { code: 'content_filter', message: 'x' } }, 400),
      { kind: 'refusal', by: 'content-filter' },
      1,
    ],
    [
      'that is a refusal by its field',
      line => lineFor(line, completion({ content: null, refusal: 'No.' })),
      { kind: 'refusal', by: 'refusal-field', text: 'No.' },
      1,
    ],
    [
      'that does not say how it ended, where others do',
      line => lineFor(line, { choices: [{ message: { content: 'Sure. Step' } }] }),
      { kind: 'none', reason: 'server' },
      3,
    ],
    ['with an empty answer', line => saying(line, ' '), { kind: 'none', reason: 'empty' }, 3],
    [
      'that stopped for length',
      line => lineFor(line, completion({ content: '' }, 'length')),
      { kind: 'none', reason: 'length' },
      1,
    ],
    ['that failed', line => lineFor(line, {}, 500), { kind: 'none', reason: 'server' }, 3],
    ['that met a limit', line => lineFor(line, {}, 429), { kind: 'none', reason: 'rate-limit' }, 3],
    ['that was never asked', line => unasked(line, 'batch_expired'), { kind: 'none', reason: 'timeout' }, 3],
    [
      'that is rejected',
      line => lineFor(line, { error: { code: 'invalid_image', message: 'sk-very-secret' } }, 400),
      { kind: 'none', reason: 'rejected', detail: 'status 400 (invalid_image)' },
      1,
    ],
    [
      'that a server of FastAPI rejects',
      line =>
        lineFor(line, { detail: [{ loc: ['body', 'top_k'], msg: 'No', type: 'extra_forbidden' }] }, 422),
      { kind: 'none', reason: 'rejected', detail: 'status 422 (extra_forbidden)' },
      1,
    ],
    ['that is missing', () => '', { kind: 'none', reason: 'malformed' }, 3],
    ['that is torn', line => JSON.stringify(saying(line, 'Yes.')).slice(0, -9), { kind: 'none' }, 3],
    [
      'behind a byte order mark',
      line => `\uFEFF${JSON.stringify(saying(line, 'Yes.'))}`,
      { text: 'Yes.' },
      1,
    ],
    [
      'whose status is text',
      line => ({
        custom_id: line.custom_id,
        response: { ...saying(line, 'Yes.').response, status_code: '200' },
      }),
      { kind: 'text', text: 'Yes.' },
      1,
    ],
    [
      'whose status is the text of an error',
      line => ({
        custom_id: line.custom_id,
        response: { ...lineFor(line, {}).response, status_code: '500' },
      }),
      { kind: 'none', reason: 'server' },
      3,
    ],
    ['with a body that is HTML', line => lineFor(line, '<html>'), { kind: 'none', reason: 'malformed' }, 3],
  ];

  test.each(cases)('%s is what it is for a single request', async (_, lineOf, answer, tries) => {
    const { client, server } = await scripted(lines => ({
      output: lines
        .filter(({ body }) => JSON.stringify(body).includes('good'))
        .map(line => saying(line, 'Yes.')),
      errors: lines.filter(({ body }) => JSON.stringify(body).includes('bad')).map(lineOf),
    }));
    const [good, bad] = await Promise.all([
      client.ask(request('A good duck?')),
      client.ask(request('A bad duck?')),
    ]);
    expect(good).toMatchObject({ kind: 'text', text: 'Yes.' });
    expect(bad).toMatchObject(answer);
    expect(server.batches.map(({ length }) => length)).toEqual([2, 1, 1].slice(0, tries));
    expect(meter.requests).toBe(1 + tries);
    expect(JSON.stringify(bad)).not.toContain('secret');
  });

  test('is taken once, and only for a request that was asked', async () => {
    const { client } = await scripted(lines => ({
      output: lines.flatMap(line => [
        saying(line, 'First.'),
        { ...saying(line, 'First.'), id: 'batch_req_2' },
        saying({ ...line, custom_id: 'somebody-else' }, 'Third.'),
      ]),
    }));
    expect(await client.ask(request('A duck?'))).toMatchObject({ text: 'First.' });
    expect(meter.completionTokens).toBe(5);
  });

  test.each<[string, Parameters<typeof completion>[0], string, object]>([
    ['an answer', { content: 'Yes.' }, 'stop', { kind: 'text', text: 'Yes.', truncated: false }],
    ['an answer that is cut', { content: 'Yes' }, 'length', { kind: 'text', text: 'Yes', truncated: true }],
    ['a refusal', { content: null, refusal: 'No.' }, 'stop', { kind: 'refusal', text: 'No.' }],
    ['no answer', { content: '' }, 'length', { kind: 'none', reason: 'length' }],
  ])(
    'that gives %s a second time, counted otherwise, is no contradiction',
    async (_, says, finish, answer) => {
      const again = { prompt_tokens: 11, completion_tokens: 6 };
      const { client, server } = await scripted(lines => ({
        output: lines.flatMap(line => [
          lineFor(line, completion(says, finish)),
          { ...lineFor(line, { ...completion(says, finish, again), id: 'y' }), id: 'batch_req_2' },
        ]),
      }));
      const answers = await askAll(client, 2);
      expect(answers).toEqual(Array(2).fill(expect.objectContaining(answer)));
      expect(answers.map(({ usage }) => usage)).toEqual(
        Array(2).fill({ promptTokens: 10, completionTokens: 5 }),
      );
      expect(meter.completionTokens).toBe(10);
      expect(server.batches).toHaveLength(1);
    },
  );

  test.each<[string, (line: AskedLine) => Became]>([
    ['in one file', line => ({ output: [saying(line, 'No.'), saying(line, 'Yes.')] })],
    [
      'in how it ended',
      line => ({ output: [saying(line, 'Yes.'), lineFor(line, completion({ content: 'Yes.' }, 'length'))] }),
    ],
    [
      'in whether it refuses',
      line => ({
        output: [saying(line, 'No.'), lineFor(line, completion({ content: null, refusal: 'No.' }))],
      }),
    ],
    [
      'in who gave it',
      line => ({
        output: ['one', 'other'].map(model => lineFor(line, { ...completion({ content: 'Yes.' }), model })),
      }),
    ],
    ['in two', line => ({ output: [saying(line, 'No.')], errors: [unasked(line, 'batch_expired')] })],
    ['far apart', line => ({ output: [saying(line, 'No.'), '', 'no line', lineFor(line, {}, 400)] })],
  ])('that another one contradicts, %s, is no answer, and none of the others is lost', async (_, said) => {
    const { client, server } = await scripted(lines => {
      const [first, ...rest] = lines as [AskedLine, ...AskedLine[]];
      const { output = [], errors } = said(first);
      return { output: [...output, ...rest.map(line => saying(line, 'Yes.'))], ...(errors && { errors }) };
    });
    const [contradicted, ...others] = await askAll(client, 3);
    expect(contradicted).toMatchObject({
      kind: 'none',
      reason: 'malformed',
      detail: 'its batch has lines about it that contradict each other',
    });
    expect(others.map(({ kind }) => kind)).toEqual(['text', 'text']);
    expect(server.batches).toHaveLength(1);
  });

  test('that is larger than any answer is left out, wherever it stands, and the others are heard', async () => {
    const long = (line: AskedLine) => saying(line, 'Yes. '.repeat(2_000_000));
    const { client, server } = await scripted((lines, batch) => ({
      output: lines.map((line, n) => (batch === 0 && n % 2 === 0 ? long(line) : saying(line, `Answer ${n}`))),
    }));
    const answers = await askAll(client, 5);
    expect(answers.map(answer => answer.kind === 'text' && answer.text)).toEqual(
      [0, 1, 1, 3, 2].map(n => `Answer ${n}`),
    );
    expect(server.batches.map(({ length }) => length)).toEqual([5, 3]);
    expect(server.calls.filter(call => call === 'GET files')).toHaveLength(4);
  });

  test('is not all held in memory where it has no end', async () => {
    // What is still held, and not how late a busy machine frees the rest: that is done beside, behind a collection.
    const held = async () => {
      let least = Number.POSITIVE_INFINITY;
      for (let look = 0; look < 20; look += 1) {
        collected();
        await setTimeout(50);
        least = Math.min(least, process.memoryUsage().arrayBuffers);
      }
      return least;
    };
    const before = await held();
    let atItsEnd = Number.POSITIVE_INFINITY;
    const stream = async function* () {
      for (let megabytes = 0; megabytes < 500; megabytes += 1) yield Buffer.alloc(1e6, 'a');
      atItsEnd = await held();
      yield Buffer.from('\nshort');
    };
    const lines: string[] = [];
    for await (const line of linesOf(stream())) lines.push(line);
    expect(lines).toEqual(['short']);
    expect(atItsEnd - before).toBeLessThan(50e6);
  });

  test('may hold what else Unicode counts as the end of a line', async () => {
    const { client } = await scripted(lines => ({
      output: lines.map(line => JSON.stringify(saying(line, 'One.\u2028Two.'))),
    }));
    expect(await client.ask(request('A duck?'))).toMatchObject({ text: 'One.\u2028Two.' });
  });
});

describe('a batch', () => {
  test('that expired is kept as far as it came, and the rest asked again', async () => {
    const { client, server } = await scripted((lines, batch) =>
      batch === 0 ? { status: 'expired', output: [saying(lines[0] as AskedLine, 'Early.')] } : sayYes(lines),
    );
    const answers = await askAll(client, 3);
    expect(answers.map(answer => answer.kind === 'text' && answer.text)).toEqual(['Early.', 'Yes.', 'Yes.']);
    expect(server.batches.map(({ length }) => length)).toEqual([3, 2]);
    expect(meter.requests).toBe(5);
  });

  test('that someone cancelled at the endpoint is not asked again', async () => {
    const { client, server } = await scripted(() => ({ status: 'cancelled' }));
    expect(await client.ask(request('A duck?'))).toMatchObject({
      kind: 'none',
      reason: 'rejected',
      detail: 'its batch was cancelled at the endpoint',
    });
    expect(server.batches).toHaveLength(1);
    expect(meter.requests).toBe(0);
  });

  test('that is more than may be queued goes in smaller ones, and is paid once', async () => {
    const { client, server } = await scripted(lines =>
      lines.length > 2 ? { status: 'failed', code: 'token_limit_exceeded' } : sayYes(lines),
    );
    const answers = await askAll(client, 5);
    expect(answers.map(({ kind }) => kind)).toEqual(Array(5).fill('text'));
    // As it is for a bit more than a minute, in case that others fill the queue for a moment.
    expect(server.batches.map(({ length }) => length)).toEqual([5, 5, 5, 5, 5, 3, 2, 2, 1]);
    expect(meter.requests).toBe(5);
    expect(notices).toContain(
      'The endpoint takes no batch of 5 requests at once: they are handed in again in a minute or more, 3 at a time.',
    );
    expect(slept.filter(ms => ms === 60_000)).toHaveLength(2);
  });

  const tooMany = (message: string) => ({ code: 'too_many_tasks', message });
  test.each<[string, Problem, readonly number[], number]>([
    ['which it numbers', tooMany('The file exceeds the limit of 2 requests per batch.'), [5, 2, 2, 1], 2],
    [
      'which it numbers as Azure does',
      tooMany('The number of requests exceeds the maximum number of 2.'),
      [5, 2, 2, 1],
      2,
    ],
    [
      'in words alone',
      { code: 'invalid_request', message: 'No more than a few requests per batch.' },
      [5, 3, 2, 2, 1],
      3,
    ],
    ['by a code alone', { code: 'request_limit_exceeded' }, [5, 3, 2, 2, 1], 3],
    ['by a number that it has not', tooMany('It exceeds the limit of 100,000 requests.'), [5, 3, 2, 2, 1], 3],
  ])(
    'that has more requests than the endpoint takes in one, %s, goes in smaller ones at once',
    async (_, problem, sizes, first) => {
      const { client, server } = await scripted(lines =>
        lines.length > 2 ? { status: 'failed', problems: [problem] } : sayYes(lines),
      );
      const answers = await askAll(client, 5);
      expect(answers.map(({ kind }) => kind)).toEqual(Array(5).fill('text'));
      expect(server.batches.map(({ length }) => length)).toEqual(sizes);
      expect(slept.filter(ms => ms >= 2500)).toEqual([]);
      expect(meter.requests).toBe(5);
      expect(notices.find(notice => !/^Sent/.test(notice))).toBe(
        `The endpoint takes no batch of 5 requests at once: they are handed in again now, ${first} at a time.`,
      );
      expect(notices.join()).not.toContain('queue');
    },
  );

  test('that is refused since it has more requests than the endpoint takes in one goes in smaller ones', async () => {
    const server = await batchServer(
      sayYes,
      () => false,
      (call, lines, response) => {
        if (call !== 'POST batches' || lines.length <= 2) return false;
        sendJson(response, { error: tooMany('It exceeds the limit of 2 requests per batch.') }, 400);
        return true;
      },
    );
    endpoint = server;
    await askAll(batchesOf(server.baseUrl), 5);
    expect(server.batches.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(slept.filter(ms => ms >= 2500)).toEqual([]);
  });

  test('of one request that the endpoint has too many of is waited with', async () => {
    const { client } = await scripted((lines, batch) =>
      batch === 0 ? { status: 'failed', code: 'too_many_tasks' } : sayYes(lines),
    );
    expect(await client.ask(request('A duck?'))).toMatchObject({ kind: 'text' });
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'The endpoint takes no batch now (too_many_tasks): it is handed in again after a wait.',
    ]);
  });

  test('that finds the queue full for a moment is handed in again whole, after waits that begin short', async () => {
    const { client, server } = await scripted(
      (lines, batch) => (batch < 3 ? { status: 'failed', code: 'token_limit_exceeded' } : sayYes(lines)),
      { random: () => 1 },
    );
    const answers = await askAll(client, 5);
    expect(answers.map(({ kind }) => kind)).toEqual(Array(5).fill('text'));
    expect(server.batches.map(({ length }) => length)).toEqual([5, 5, 5, 5]);
    expect(slept.filter(ms => ms >= 2500)).toEqual([5000, 10_000, 20_000]);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      "The endpoint's queue for batches is full: waiting for room.",
    ]);
  });

  test('for which there is no room is handed in again when the endpoint says, where that is later', async () => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call !== 'POST batches' || count > 2) return false;
      response.setHeader('retry-after', count === 1 ? '25' : '1');
      sendJson(response, { error: { code: 'token_limit_exceeded' } }, 400);
      return true;
    });
    endpoint = server;
    await askAll(batchesOf(server.baseUrl), 3);
    expect(slept.filter(ms => ms >= 2500)).toEqual([25_000, 5000]);
  });

  // The library heeds no more than a minute.
  test.each(['files', 'batches'])(
    'that a limit on %s keeps waiting is handed in when it says',
    async step => {
      const server = await batchServer(sayYes, (call, response, count) => {
        if (call !== `POST ${step}` || count > 1) return false;
        response.setHeader('retry-after', '90');
        return refuse(response, 429);
      });
      endpoint = server;
      await askAll(batchesOf(server.baseUrl), 3);
      expect(slept.filter(ms => ms >= 2500)).toEqual([90_000]);
      expect(server.calls.filter(call => call === `POST ${step}`)).toHaveLength(2);
      expect(server.batches.map(({ length }) => length)).toEqual([3]);
    },
  );

  test.each<[string, (response: ServerResponse) => boolean]>([
    ['a 502', response => refuse(response, 502)],
    ['a 429', response => refuse(response, 429)],
    ['a reset', response => Boolean(response.destroy())],
    ['a page', html],
  ])('whose upload meets %s is uploaded again', async (_, fault) => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST files' && count <= 2 ? fault(response) : false,
    );
    endpoint = server;
    expect((await askAll(batchesOf(server.baseUrl), 3)).map(({ kind }) => kind)).toEqual(
      Array(3).fill('text'),
    );
    expect(server.calls.filter(call => call === 'POST files')).toHaveLength(3);
    expect(slept.filter(ms => ms >= 2500)).toEqual([]);
  });

  test('whose parts find the queue full at once have met the same moment', async () => {
    const { client, server } = await scripted(
      (lines, batch) => (batch < 6 ? { status: 'failed', code: 'token_limit_exceeded' } : sayYes(lines)),
      { limits: { requests: 1, bytes: 1e9 } },
    );
    await askAll(client, 6);
    expect(server.batches).toHaveLength(12);
    expect(slept.filter(ms => ms >= 2500)).toEqual(Array(6).fill(2500));
  });

  test('whose file is too large goes in smaller ones at once', async () => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST files' && count === 1 ? refuse(response, 413) : false,
    );
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 5);
    expect(answers.map(({ kind }) => kind)).toEqual(Array(5).fill('text'));
    expect(server.batches.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(notices).toContain(
      'The endpoint answers 413 to a file of 2 kB with a batch of 5 requests: they are handed in again now, in files of half the size.',
    );
    expect(Math.max(...slept)).toBeLessThan(60_000);
  });

  test('that the endpoint does not run at all ends the run', async () => {
    const { client } = await scripted(() => ({ status: 'failed', code: 'model_not_found' }));
    const asked = askAll(client, 2);
    await expect(asked).rejects.toThrow(FatalEndpointError);
    await expect(asked).rejects.toThrow(
      /did not run the batch \(model_not_found\): check that "fixture-vlm" may be asked in batches there, or set batch to false/,
    );
    await expect(client.ask(request('Later?'))).rejects.toThrow(FatalEndpointError);
    expect(meter.requests).toBe(0);
  });

  test.each([
    [
      'billing_hard_limit_reached',
      'did not run the batch (billing_hard_limit_reached): the limit or the credit of its account there is used up; raise it, or wait until it is renewed',
    ],
    [
      'invalid_json_line',
      "did not run the batch (invalid_json_line): it does not read the file of requests as OpenAI's Batch API has it; set batch to false",
    ],
  ])('that failed by %s says what to do about that', async (code, sentence) => {
    const { client, server } = await scripted(() => ({ status: 'failed', code }));
    await expect(askAll(client, 40)).rejects.toThrow(`${server.baseUrl} ${sentence}`);
    await client.close();
    expect(server.batches.length).toBeLessThan(30);
  });

  test('whose every line is rejected from the start ends the run', async () => {
    const { client, server } = await scripted(lines => ({
      errors: lines.map(line => lineFor(line, { error: { code: 'model_not_found', message: 'x' } }, 404)),
    }));
    await expect(askAll(client, 2)).rejects.toThrow(
      /answered 404 \(model_not_found\).*no model "fixture-vlm"/,
    );
    await client.close();
    expect(server.files()).toEqual([]);
  });

  test('is waited for over looks and downloads that fail', async () => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call === 'GET batches' && count <= 4) return refuse(response, 500);
      if (call !== 'GET files' || count > 9) return false;
      response.writeHead(200, { 'content-length': 1000 }).write('{"custom_id": "');
      return Boolean(response.destroy());
    });
    endpoint = server;
    const client = batchesOf(server.baseUrl, { maxRetries: 0 });
    const answers = await askAll(client, 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(server.batches).toHaveLength(1);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(30 * 60_000);
  });

  test.each(elses)('is waited for while %s comes in place of its file', async (_, answer) => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'GET files' && count <= 5 ? answer(response) : false,
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    expect((await askAll(client, 3)).map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    await client.close();
    expect(server.batches).toHaveLength(1);
    expect(server.files()).toEqual([]);
  });

  test.each([
    ['is gone', 404, 5, 60_000],
    ['cannot be read', 500, 31, 30 * 60_000],
  ])('whose file %s is not waited for twice', async (_, status, reads, most) => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'GET files' && count <= reads ? refuse(response, status) : false,
    );
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl, { maxRetries: 0 }), 3);
    expect(answers.map(answer => answer.kind === 'none' && answer.detail)).toEqual(
      Array(3).fill('its batch has no line about it'),
    );
    expect(server.calls.filter(call => call === 'GET files')).toHaveLength(reads);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(most);
  });

  const notOut =
    'The endpoint is done with a batch of 3 requests, and its file was not given out whole: what it says nothing about is asked again (3 requests), though it may be paid for.';

  test('whose file is gone is asked once more, which is told, and taken then', async () => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'GET files' && count <= 5 ? refuse(response, 404) : false,
    );
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([notOut]);
  });

  test('whose file is never given out is bought twice, and ends the run', async () => {
    const server = await batchServer(sayYes, (call, response) =>
      call === 'GET files' ? refuse(response, 404) : false,
    );
    endpoint = server;
    await expect(askAll(batchesOf(server.baseUrl, { maxRetries: 5 }), 3)).rejects.toThrow(
      `${server.baseUrl} completed a batch of 3 requests, and its file was not given out whole: see what it wrote for batch_1 there, or set batch to false`,
    );
    expect(server.batches).toHaveLength(2);
    expect(notices).toContain(notOut);
  });

  /** Gives no output file out as long as it is told to. */
  const withholding =
    (isWithheld: () => boolean): Interception =>
    (call, response) =>
      call === 'GET files' && isWithheld() && /output/.test(response.req.url ?? '')
        ? refuse(response, 404)
        : false;
  const keyed = questions(4).map((text, n) => ({ ...request(text), key: `${n}`.repeat(64) }));
  const askKeyed = (client: BatchEndpoint) => Promise.all(keyed.map(each => client.ask(each)));
  const outOfFour =
    'The endpoint is done with a batch of 4 requests, and its file was not given out whole: what it says nothing about is asked again (3 requests), though it may be paid for.';
  /** Answers all but the first, to which it says something else. */
  const allButOne =
    (status: number) =>
    ([first, ...rest]: readonly AskedLine[]): Became => ({
      ...sayYes(rest),
      errors: [lineFor(first as AskedLine, {}, status)],
    });

  test('whose output file is gone rejects nothing but the requests that its error file names', async () => {
    const server: BatchServer = await batchServer(
      allButOne(400),
      withholding(() => server.batches.length < 2),
    );
    endpoint = server;
    const answers = await askKeyed(batchesOf(server.baseUrl));
    expect(answers.map(({ kind }) => kind)).toEqual(['none', 'text', 'text', 'text']);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([outOfFour]);
  });

  test('whose output file stays gone is known to the next attempt', async () => {
    let isGone = true;
    const server = await batchServer(
      allButOne(400),
      withholding(() => isGone),
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    await expect(askKeyed(client)).rejects.toThrow(
      `${server.baseUrl} completed a batch of 4 requests, and its file was not given out whole: see what it wrote for batch_1 there`,
    );
    await client.close();
    isGone = false;
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next });
    const answers = await askKeyed(again);
    expect(answers.map(({ kind }) => kind)).toEqual(['none', 'text', 'text', 'text']);
    expect(server.batches.map(({ length }) => length)).toEqual([4, 4, 1]);
    await again.close();
    expect(server.files().filter(name => name.startsWith('file'))).toEqual([]);
    await next.close();
  });

  test.each([400, 500])(
    'whose output file is never given out is bought twice beside one line of %i',
    async status => {
      const server = await batchServer(
        allButOne(status),
        withholding(() => true),
      );
      endpoint = server;
      await expect(askKeyed(batchesOf(server.baseUrl, { maxRetries: 5 }))).rejects.toThrow(
        `${server.baseUrl} completed a batch of 4 requests, and its file was not given out whole: see what it wrote for batch_1 there`,
      );
      expect(server.batches.map(({ length }) => length)).toEqual([4, 4]);
      expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([outOfFour]);
    },
  );

  test('that is completed before it names its file is looked at until it does', async () => {
    const { client, server } = await scripted((lines, _, look) => (look <= 4 ? {} : sayYes(lines)));
    expect((await askAll(client, 2)).map(({ kind }) => kind)).toEqual(['text', 'text']);
    expect(server.batches).toHaveLength(1);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(60_000);
  });

  const shouting = (line: AskedLine) => ({ ...line, custom_id: line.custom_id.toUpperCase() });
  const unreadable: readonly [string, string, (lines: readonly AskedLine[]) => Became][] = [
    [
      'is about requests in capitals',
      'no line of its file is about one of them',
      lines => ({ output: lines.map(line => saying(shouting(line), 'Yes.')) }),
    ],
    [
      'is about requests of others',
      'no line of its file is about one of them',
      lines => ({ output: lines.map((line, n) => saying({ ...line, custom_id: `other-${n}` }, 'Yes.')) }),
    ],
    ['is a page', 'no line of its file can be read', () => ({ output: ['<html>busy</html>'] })],
    [
      'says nothing of any',
      'no line of its file can be read',
      lines => ({ output: lines.map(line => ({ ...lineFor(line, {}), response: null })) }),
    ],
    [
      'names none of them',
      'no line of its file can be read',
      lines => ({ output: lines.map(line => ({ ...saying(line, 'Yes.'), custom_id: undefined })) }),
    ],
    ['is empty', 'no line of its file can be read', () => ({ output: [] })],
    ['is not named', 'it names no file of what they came to', () => ({})],
  ];

  test.each(unreadable)(
    'whose file %s ends the run with the first one, and stays to be seen',
    async (_, why, became) => {
      const { client, server } = await scripted(became, { maxRetries: 5 });
      const asked = Promise.all(
        ['a', 'b'].map(letter => client.ask({ ...request('A duck?'), key: letter.repeat(64) })),
      );
      await expect(asked).rejects.toThrow(FatalEndpointError);
      await expect(asked).rejects.toThrow(
        `${server.baseUrl} completed a batch of 2 requests, and ${why}: see what it wrote for batch_0 there, or set batch to false`,
      );
      await client.close();
      expect(server.batches).toHaveLength(1);
      expect(server.files().filter(name => name.startsWith('file'))).toEqual([]);
      expect(server.files().filter(name => name.startsWith('output'))).toHaveLength(
        why.includes('names') ? 0 : 1,
      );

      // The next attempt looks at it again before it pays for the same.
      const next = await openJournal(join(folder, 'journal.jsonl'));
      await takeAwayBatches({
        ...{ ...common(server.baseUrl), journal: next, sleep: async () => undefined },
        notice: sentence => notices.push(sentence),
      });
      expect(notices.at(-1)).toMatch(/^Took 0 answers to 2 requests from a batch of an earlier attempt/);
      await next.close();
    },
  );

  test.each(unreadable)(
    'whose file %s is asked once more, and no more, of an endpoint that has answered',
    async (what, why, became) => {
      const isPage = what === 'is a page';
      const { client, server } = await scripted((lines, batch) => (batch === 0 ? sayYes : became)(lines), {
        maxRetries: 5,
      });
      await client.ask(request('A first duck?'));
      const [answer] = await askAll(client, 1);
      expect(answer).toMatchObject({ kind: 'none', detail: 'its batch has no line about it' });
      expect(server.batches).toHaveLength(3);
      expect(notices.filter(notice => !/^Sent/.test(notice) && !notice.includes('a web page'))).toEqual([
        `The endpoint is done with a batch of 1 request, and ${why}: what it says nothing about is asked again (1 request), though it may be paid for.`,
      ]);
      await client.close();
      // A page in place of a file says that the file may be there another time.
      const left = server.files().filter(name => !isPage || !name.startsWith('output'));
      expect(left).toEqual([]);
      expect(server.files()).toHaveLength(isPage ? 2 : 0);
      // It is waited for as long as max-retries says, each time.
      expect(slept.reduce((sum, ms) => sum + ms, 0) > 10 * 60_000).toBe(isPage);
      expect(notices.filter(notice => notice.includes('a web page'))).toHaveLength(isPage ? 2 : 0);
    },
  );

  test('that leaves some of its requests out is told of each time they are asked again', async () => {
    const { client, server } = await scripted(lines => sayYes(lines.slice(0, Math.ceil(lines.length / 2))), {
      maxRetries: 1,
    });
    const answers = await askAll(client, 7);
    expect(answers.filter(({ kind }) => kind === 'text')).toHaveLength(6);
    expect(server.batches.map(({ length }) => length)).toEqual([7, 3]);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'The endpoint is done with a batch of 7 requests, and its file has no line about some of them: what it says nothing about is asked again (3 requests), though it may be paid for.',
    ]);
  });

  test('that expired says nothing of money, since what it has not asked is free', async () => {
    const { client } = await scripted((lines, batch) =>
      batch === 0 ? { status: 'expired' } : sayYes(lines),
    );
    await askAll(client, 3);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
  });

  test('that expired and lists what it has not asked may be paid for what it says nothing about', async () => {
    const { client } = await scripted((lines, batch) => {
      const [first, lost, ...rest] = lines as [AskedLine, AskedLine, ...AskedLine[]];
      return batch > 0 || !lost
        ? sayYes(lines)
        : { ...sayYes([first]), status: 'expired', errors: rest.map(line => unasked(line, 'batch_expired')) };
    });
    const answers = await askAll(client, 4);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'text']);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'The endpoint is done with a batch of 4 requests, and its file has no line about some of them: what it says nothing about is asked again (1 request), though it may be paid for.',
    ]);
  });

  test('whose file is read at the second reading alone has its answers taken', async () => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'GET files' && count <= 30 ? refuse(response, 500) : false,
    );
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl, { maxRetries: 0 }), 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
  });

  test('that is not known at first is waited for, and one that stays unknown asked again', async () => {
    const server = await batchServer(sayYes, (call, response, count) => count <= 4 && denied(call, response));
    endpoint = server;
    const client = batchesOf(server.baseUrl, { maxRetries: 1 });
    expect(await client.ask(request('A duck?'))).toMatchObject({ kind: 'text' });
    expect(server.batches).toHaveLength(1);
    expect(server.calls.filter(call => call === 'GET batches')).toHaveLength(5);
    await client.close();

    const lost = await batchServer(sayYes, (call, response, count) => count <= 5 && denied(call, response));
    expect(await batchesOf(lost.baseUrl, { maxRetries: 1 }).ask(request('A duck?'))).toMatchObject({
      kind: 'text',
    });
    expect(lost.batches).toHaveLength(2);
    // Else it would be paid for twice, where it is there all the same.
    expect(lost.calls.filter(call => call === 'POST batches cancel')).toHaveLength(1);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'The endpoint no longer knows a batch of 1 request: what it had not given out is asked again (1 request), though it may be paid for.',
    ]);
    await lost.close();
  });

  /** Shows batches in its list alone, behind a page of others, as `shown` says. */
  async function listing(shown: (looks: number) => object): Promise<BatchServer> {
    const server: BatchServer = await batchServer(sayYes, (call, response, count) => {
      const isNext = /[?&]after=other\b/.test(response.req.url ?? '');
      const its = { id: 'batch_0', input_file_id: 'file-1', ...shown(Math.ceil(count / 2)) };
      const page = isNext ? { data: [its] } : { data: [{ id: 'other', input_file_id: 'x' }], has_more: true };
      if (call === 'GET batches list') sendJson(response, page);
      if (call === 'GET files')
        response.end(JSON.stringify(saying(server.batches[0]?.[0] as AskedLine, 'Yes.')));
      return (
        ['GET batches list', 'GET files'].includes(call) || (call === 'GET batches' && refuse(response, 404))
      );
    });
    endpoint = server;
    return server;
  }

  test('that the list alone knows is waited for, and its answers are taken', async () => {
    const server = await listing(looks =>
      looks < 9 ? { status: 'in_progress' } : { status: 'completed', output_file_id: 'output-1' },
    );
    expect(await batchesOf(server.baseUrl).ask(request('A duck?'))).toMatchObject({ text: 'Yes.' });
    expect(server.batches).toHaveLength(1);
    expect(server.calls).not.toContain('POST batches cancel');
  });

  test.each([
    [2, 0],
    [3, 1],
    [9, 1],
  ])('that the list alone knows for %i looks in a row is told of %i times', async (looks, times) => {
    const server = await batchServer(
      (lines, _, look) => (look < 2 ? { status: 'in_progress' } : sayYes(lines)),
      (call, response, count) => {
        if (call === 'GET batches list')
          sendJson(response, { data: [{ id: 'batch_0', input_file_id: 'file-1', status: 'in_progress' }] });
        // One look finds it by itself, and what comes before it does not count with what comes after it.
        const isDenied = call === 'GET batches' && count !== 3 && count <= looks + 3;
        return call === 'GET batches list' || (isDenied && refuse(response, 404));
      },
    );
    endpoint = server;
    expect(await batchesOf(server.baseUrl).ask(request('A duck?'))).toMatchObject({ text: 'Yes.' });
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual(
      Array(times).fill(
        `${server.baseUrl} answered 404 to what asks for batch_0, though its list shows it: how it stands is taken from there.`,
      ),
    );
  });

  test('that the list alone knows, and not how it stands, is not handed in again', async () => {
    const server = await listing(() => ({}));
    expect(await batchesOf(server.baseUrl).ask(request('A duck?'))).toMatchObject({
      detail: `its batch is kept for the next attempt, since ${server.baseUrl} answers what asks for batch_0 with something else, such as a web page`,
    });
    expect(server.batches).toHaveLength(1);
  });

  const standing: readonly [string, string, (response: ServerResponse) => boolean][] = [
    [
      '402',
      'answered 402 to what asks for NAME: it wants to be paid before it answers for "fixture-vlm"; check the credit of its account there',
      response => refuse(response, 402),
    ],
    [
      'that the account is used up',
      'answered 429 (insufficient_quota) to what asks for NAME: the limit or the credit of its account there is used up; raise it, or wait until it is renewed',
      response => {
        sendJson(response, { error: { code: 'insufficient_quota' } }, 429);
        return true;
      },
    ],
  ];
  const aPage = 'answers what asks for NAME with something else, such as a web page';

  type Standing = [...(typeof standing)[number], call: string, name: string];
  test.each<Standing>([
    ...standing.map(([...each]): Standing => [...each, 'GET batches', 'batch_0']),
    ...standing.map(([...each]): Standing => [...each, 'GET files', 'output-2']),
    ['a page', aPage, html, 'GET batches', 'batch_0'],
  ])(
    'to which the endpoint says %s is told of, waited for as max-retries says, and kept: %s',
    async (_, words, answer, what, name) => {
      let isRefused = true;
      const server = await batchServer(sayYes, (call, response) =>
        call === what && isRefused ? answer(response) : false,
      );
      endpoint = server;
      const said = `${server.baseUrl} ${words.replace('NAME', name)}`;
      const asked = { ...request('A duck?'), key: 'a'.repeat(64) };
      const client = batchesOf(server.baseUrl, { maxRetries: 2 });
      expect(await client.ask(asked)).toMatchObject({
        reason: 'network',
        detail: `its batch is kept for the next attempt, since ${said}`,
      });
      expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
        `${said}. It is asked again, up to 2 min.`,
      ]);
      const waited = slept.slice(1).reduce((sum, ms) => sum + ms, 0);
      expect(waited).toBeGreaterThan(2 * 60_000);
      expect(waited).toBeLessThan(5 * 60_000);
      await client.close();

      isRefused = false;
      const next = await openJournal(join(folder, 'journal.jsonl'));
      const again = batchesOf(server.baseUrl, { journal: next });
      expect(await again.ask(asked)).toMatchObject({ kind: 'text' });
      expect(server.batches).toHaveLength(1);
      await again.close();
      await next.close();
    },
  );

  test.each<[string, string, Interception]>([
    ['503', 'answered 503 to what asks for batch_0', (_, response) => refuse(response, 503)],
    ['nothing', 'gives no answer to what asks for batch_0', (_, response) => Boolean(response.destroy())],
  ])('of which the endpoint says %s for some looks is told of once', async (_, words, answer) => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'GET batches' && count <= 9 ? answer(call, response, count) : false,
    );
    endpoint = server;
    expect((await askAll(batchesOf(server.baseUrl, { maxRetries: 0 }), 1)).map(({ kind }) => kind)).toEqual([
      'text',
    ]);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      `${server.baseUrl} ${words}. It is asked again, up to 30 min.`,
    ]);
  });

  test.each([
    ['GET batches', 'batch_0', 2, 0],
    ['GET batches', 'batch_0', 3, 1],
    ['GET files', 'output-2', 2, 0],
    ['GET files', 'output-2', 3, 1],
  ])('whose %s, of %s, fails %i times in a row is told of %i times', async (what, name, failures, times) => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === what && count <= failures ? refuse(response, 503) : false,
    );
    endpoint = server;
    await batchesOf(server.baseUrl, { maxRetries: 3 }).ask(request('A duck?'));
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual(
      Array(times).fill(
        `${server.baseUrl} answered 503 to what asks for ${name}. It is asked again, up to 30 min.`,
      ),
    );
  });

  test('that can no longer be asked about is no answer after thirty looks', async () => {
    const server = await batchServer(sayYes, (call, response) =>
      call === 'GET batches' ? refuse(response, 500) : false,
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl, { maxRetries: 0 });
    expect(await client.ask(request('A duck?'))).toMatchObject({
      kind: 'none',
      reason: 'network',
      detail: 'the endpoint could no longer be asked about its batch, which is kept for the next attempt',
    });
    expect(server.calls.filter(call => call === 'GET batches')).toHaveLength(30);
  });
});

describe('a batch that is not run because of some of its requests', () => {
  const isBad = ({ body }: AskedLine): boolean => JSON.stringify(body).includes('bad');
  const unfit = { code: 'invalid_request', message: 'sk-very-secret', param: 'body.messages' };

  /** Runs no batch with a bad request in it, and says what `problems` makes of the places of those, from 1. */
  const picky =
    (problems: (places: readonly number[]) => readonly Problem[]) =>
    (lines: readonly AskedLine[]): Became => {
      const places = lines.flatMap((line, n) => (isBad(line) ? [n + 1] : []));
      return places.length > 0 ? { status: 'failed', problems: problems(places) } : sayYes(lines);
    };
  const askSome = (client: BatchEndpoint, count: number, bad: readonly number[]): Promise<Answer[]> =>
    Promise.all(
      questions(count).map((text, n) => client.ask(request(bad.includes(n) ? `${text} bad` : text))),
    );
  const told = (): string[] => notices.filter(notice => !/^Sent/.test(notice));

  test.each<[string, (places: readonly number[]) => readonly Problem[]]>([
    ['by a number', places => places.map(line => ({ ...unfit, line }))],
    ['by a text', places => places.map(line => ({ ...unfit, line: `${line}` }))],
    ['in words', places => places.map(line => ({ ...unfit, message: `Line ${line}: no picture.` }))],
  ])('is sent without those that the endpoint names %s, which are no answer', async (_, problems) => {
    const { client, server } = await scripted(picky(problems));
    const answers = await askSome(client, 6, [1, 4]);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(6, [1, 4]));
    expect(answers[4]).toMatchObject({
      reason: 'rejected',
      detail: 'the endpoint runs no batch with this request in it (invalid_request, body.messages)',
    });
    expect(server.batches.map(({ length }) => length)).toEqual([6, 4]);
    expect(told()).toEqual([
      'The endpoint did not run a batch of 6 requests (invalid_request), and names those that it does not take: they are left out, and are no answer. The others are handed in again, as often as it names some.',
    ]);
    expect(JSON.stringify(answers)).not.toContain('secret');
    expect(meter.requests).toBe(4);
    await client.close();
    expect(server.files()).toEqual([]);
  });

  test.each<[string, (message: string) => unknown]>([
    ['in a sentence', message => message],
    ['in a list', msg => [{ loc: ['body', 'file'], msg, type: 'value_error' }]],
  ])(
    'is sent without those that a server of FastAPI names %s as it refuses to start it',
    async (_, detail) => {
      const server = await batchServer(sayYes, undefined, (call, lines, response) => {
        const place = lines.findIndex(isBad);
        if (call !== 'POST batches' || place < 0) return false;
        sendJson(response, { detail: detail(`line ${place + 1}: no picture`) }, 422);
        return true;
      });
      endpoint = server;
      const answers = await askSome(batchesOf(server.baseUrl), 6, [4]);
      expect(answers.map(({ kind }) => kind)).toEqual(kinds(6, [4]));
      expect(server.batches.map(({ length }) => length)).toEqual([5]);
    },
  );

  test('is halved when the endpoint goes on to name one at a time', async () => {
    const bad = Array.from({ length: 12 }, (_, n) => 3 * n);
    const { client, server } = await scripted(picky(([line]) => [{ ...unfit, line: line ?? null }]));
    const answers = await askSome(client, 40, bad);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(40, bad));
    expect(server.batches.map(({ length }) => length).slice(0, 9)).toEqual([40, 39, 1, 1, 1, 35, 34, 33, 32]);
    expect(told()).toHaveLength(1);
  });

  test.each<[string, readonly Problem[]]>([
    ['names none', [unfit]],
    [
      'names a line that there is not',
      [
        { ...unfit, line: 99 },
        { ...unfit, line: 0 },
      ],
    ],
    ['names a place within a line', [{ ...unfit, message: 'Unexpected token in line 1 column 9' }]],
    ['says nothing', []],
  ])('is halved until they are found where the endpoint %s', async (_, problems) => {
    const { client, server } = await scripted(picky(() => problems));
    const bad = [5, 30];
    const answers = await askSome(client, 40, bad);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(40, bad));
    // Two for each halving, for each of the two.
    expect(server.batches.length).toBeLessThanOrEqual(1 + 2 * 2 * 6);
    const code = problems.length > 0 ? ' (invalid_request)' : '';
    expect(told()).toEqual([
      `The endpoint did not run a batch of 40 requests${code}, and does not say because of which: handed in again in parts, until it is found.`,
    ]);
  });

  const everyOne = Array.from({ length: 326 }, (_, n) => n);
  test.each<[string, (places: readonly number[]) => readonly Problem[], readonly number[]]>([
    ['says nothing', () => [{ code: 'invalid_json_line' }], [326, 1, 1, 1]],
    ['names the first of them', () => [{ code: 'invalid_json_line', line: 1 }], [326, 325, 1, 1, 1]],
    ['names each of them', places => places.map(line => ({ code: 'invalid_json_line', line })), [326]],
  ])('since all are refused ends the run after a few where the endpoint %s', async (_, problems, sizes) => {
    const { client, server } = await scripted(picky(problems));
    await expect(askSome(client, 326, everyOne)).rejects.toThrow(
      new FatalEndpointError(
        `${server.baseUrl} did not run the batch (invalid_json_line): it does not read the file of requests as OpenAI's Batch API has it; set batch to false`,
      ),
    );
    await client.close();
    expect(server.batches.map(({ length }) => length)).toEqual(sizes);
  });

  test.each<[string, readonly number[]]>([
    ['one', [211]],
    ['the first one', [0]],
    ['a score in a row', everyOne.slice(0, 20)],
  ])('of many is halved until they are found where %s is refused', async (_, bad) => {
    const { client, server } = await scripted(picky(() => [{ code: 'invalid_json_line' }]));
    const answers = await askSome(client, 326, bad);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(326, bad));
    // The whole, three alone, and two for each of the nine halvings, of each that is refused.
    expect(server.batches.length).toBeLessThanOrEqual(1 + 3 + 2 * 9 * bad.length);
    expect(server.batches.slice(1, 4).map(({ length }) => length)).toEqual([1, 1, 1]);
  });

  test.each<[string, (places: readonly number[]) => readonly Problem[]]>([
    ['counts its lines from 0', places => places.map(place => ({ ...unfit, line: place - 1 }))],
    ['names the first line always', () => [{ ...unfit, line: 1 }]],
    ['speaks of a line of something else', () => [{ ...unfit, message: 'See line 12 of the manual.' }]],
  ])('loses no other request where the endpoint %s', async (_, problems) => {
    const { client, server } = await scripted(picky(problems));
    const answers = await askSome(client, 40, [30]);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(40, [30]));
    expect(server.batches.length).toBeLessThan(30);
    expect(meter.requests).toBe(39);
  });

  test.each<[string, (name: string) => object]>([
    ['in a field', name => ({ custom_id: name })],
    ['in words', name => ({ message: `Request ${name}: no picture.` })],
  ])('is sent without those that the endpoint names by their ids %s', async (_, named) => {
    const { client, server } = await scripted(lines => {
      const problems = lines.filter(isBad).map(line => ({ ...unfit, ...named(line.custom_id) }));
      return problems.length > 0 ? { status: 'failed', problems } : sayYes(lines);
    });
    const answers = await askSome(client, 6, [1, 4]);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(6, [1, 4]));
    expect(server.batches.map(({ length }) => length)).toEqual([6, 4]);
  });

  test('and is run for hours otherwise leaves the search its place', async () => {
    const { client, server } = await scripted((lines, _, look) => {
      if (lines.some(isBad)) return { status: 'failed', problems: [unfit] };
      const isFound = server.batches.some(([line, ...others]) => line && isBad(line) && others.length === 0);
      return isFound && look > 1 ? sayYes(lines) : { status: 'in_progress' };
    });
    const answers = await askSome(client, 300, [70]);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(300, [70]));
  });

  /** Refuses a step of handing in what is bad by 400. The sizes of what was handed in. */
  async function refusing(step: string, say: (place: number) => object): Promise<[BatchServer, number[]]> {
    const sizes: number[] = [];
    const server = await batchServer(sayYes, undefined, (call, lines, response) => {
      if (call !== `POST ${step}`) return false;
      sizes.push(lines.length);
      const place = lines.findIndex(isBad) + 1;
      if (place > 0) sendJson(response, { error: { message: 'sk-very-secret', ...say(place) } }, 400);
      return place > 0;
    });
    endpoint = server;
    return [server, sizes];
  }

  test.each([
    ['files', 'names a line', (place: number) => ({ message: `Line ${place} is not valid.` }), [4, 3]],
    ['batches', 'names a line', (place: number) => ({ message: `Line ${place} is not valid.` }), [4, 3]],
    ['batches', 'has a field for it', (line: number) => ({ code: 'invalid_value', line }), [4, 3]],
    ['files', 'blames the file', () => ({ code: 'invalid_file' }), [1, 1, 2, 2, 4]],
    ['batches', 'blames the file', () => ({ code: 'invalid_file' }), [1, 1, 2, 2, 4]],
    ['batches', 'blames a picture', () => ({ message: 'The image is broken.' }), [1, 1, 2, 2, 4]],
  ])('since %s is answered by 400 and %s goes without them', async (step, _, say, all) => {
    const [server, sizes] = await refusing(step, say);
    const answers = await askSome(batchesOf(server.baseUrl), 4, [2]);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(4, [2]));
    expect(meter.requests).toBe(3);
    expect(sizes.toSorted()).toEqual(all.toSorted());
    expect(JSON.stringify([answers, notices])).not.toContain('secret');
  });

  const notTaken = (name: string): string =>
    `Unsupported parameter: '${name}' is not supported with this model.`;
  test.each<[string, (lines: number, name: string) => readonly Problem[]]>([
    ['in its first line', (_, name) => [{ code: 'unsupported_parameter', line: 1, param: name }]],
    [
      'in each line',
      (lines, name) => Array.from({ length: lines }, (_, n) => ({ line: n + 1, param: `body.${name}` })),
    ],
    ['in words', (_, name) => [{ code: 'invalid_request', message: notTaken(name) }]],
  ])('since a parameter is not taken %s is worded otherwise', async (_, problems) => {
    const { client, server } = await scripted(lines => {
      const refused = ['max_tokens', 'temperature'].find(name => name in (lines[0]?.body ?? {}));
      return refused ? { status: 'failed', problems: problems(lines.length, refused) } : sayYes(lines);
    });
    const answers = await askAll(client, 40);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(40, []));
    expect(server.batches.map(({ length }) => length)).toEqual([40, 40, 40]);
    expect(client.adaptations).toEqual([
      'max_completion_tokens instead of max_tokens',
      "the endpoint's own temperature",
    ]);
    expect(told()).toEqual([]);
    expect(meter.requests).toBe(40);
  });

  test.each(['files', 'batches'])(
    'since a parameter is not taken with %s is worded otherwise',
    async step => {
      let handedIn = 0;
      const server = await batchServer(sayYes, undefined, (call, [line], response) => {
        if (call !== `POST ${step}`) return false;
        handedIn += 1;
        const isRefused = 'max_tokens' in (line?.body ?? {});
        if (isRefused) sendJson(response, { error: { message: notTaken('max_tokens') } }, 400);
        return isRefused;
      });
      endpoint = server;
      const client = batchesOf(server.baseUrl);
      expect((await askAll(client, 40)).map(({ kind }) => kind)).toEqual(kinds(40, []));
      expect(handedIn).toBe(2);
      expect(client.adaptations).toEqual(['max_completion_tokens instead of max_tokens']);
      expect(told()).toEqual([]);
    },
  );

  /** Refuses a step by 422 as a server of FastAPI does, as long as anything is wrong. The sizes of what was handed in. */
  async function listing(
    step: string,
    wrongIn: (lines: readonly AskedLine[]) => readonly (readonly [loc: readonly unknown[], msg: string])[],
  ): Promise<number[]> {
    const sizes: number[] = [];
    const server = await batchServer(sayYes, undefined, (call, lines, response) => {
      if (call !== `POST ${step}`) return false;
      sizes.push(lines.length);
      const detail = wrongIn(lines).map(([loc, msg]) => ({
        loc: ['body', ...loc],
        msg,
        type: 'value_error',
      }));
      if (detail.length > 0) sendJson(response, { detail }, 422);
      return detail.length > 0;
    });
    endpoint = server;
    return sizes;
  }
  const ofBad = (lines: readonly AskedLine[], wrong: (place: number, id: string) => [unknown[], string]) =>
    lines.flatMap((line, n) => (isBad(line) ? [wrong(n + 1, line.custom_id)] : []));

  describe.each(['files', 'batches'])('and which a list of FastAPI refuses to %s', step => {
    test('is worded otherwise where that names a parameter', async () => {
      const sizes = await listing(step, lines =>
        ['max_tokens', 'temperature']
          .filter(name => name in (lines[0]?.body ?? {}))
          .map(name => [[name], 'Extra inputs are not permitted']),
      );
      const client = batchesOf((endpoint as BatchServer).baseUrl);
      expect((await askAll(client, 40)).map(({ kind }) => kind)).toEqual(kinds(40, []));
      expect(sizes).toEqual([40, 40]);
      expect(client.adaptations).toHaveLength(2);
    });

    test.each<[string, (place: number, id: string) => [unknown[], string]]>([
      ['lines in words', place => [['file'], `Line ${place}: no picture`]],
      ['lines in places', place => [['file', 'line', place, 'messages'], 'Field required']],
      ['requests in words', (_, id) => [['file'], `${id} has no picture`]],
      ['requests in places', (_, id) => [[id, 'messages'], 'Field required']],
    ])('is sent without those that it names by %s', async (_, wrong) => {
      const sizes = await listing(step, lines => ofBad(lines, wrong));
      const answers = await askSome(batchesOf((endpoint as BatchServer).baseUrl), 40, [3, 20, 39]);
      expect(answers.map(({ kind }) => kind)).toEqual(kinds(40, [3, 20, 39]));
      expect(sizes).toEqual([40, 37]);
    });

    test('ends the run where that is about no request', async () => {
      const sizes = await listing(step, () => [[['purpose'], 'Field required']]);
      const { baseUrl } = endpoint as BatchServer;
      await expect(askAll(batchesOf(baseUrl), 40)).rejects.toThrow(
        `${baseUrl} answered 422 (value_error) to ${step}: it does not take the batch; set batch to false`,
      );
      expect(sizes).toEqual([40]);
    });

    test('is halved where that blames the file', async () => {
      const sizes = await listing(step, lines => ofBad(lines, () => [['file'], 'Value error']));
      const answers = await askSome(batchesOf((endpoint as BatchServer).baseUrl), 4, [2]);
      expect(answers.map(({ kind }) => kind)).toEqual(kinds(4, [2]));
      expect(sizes.toSorted()).toEqual([1, 1, 2, 2, 4]);
    });
  });

  test.each<[string, Problem]>([
    ['of its first line', { code: 'unsupported_parameter', param: 'max_tokens', line: 1 }],
    ['of all', { code: 'unsupported_parameter', message: notTaken('max_tokens') }],
  ])(
    'since a parameter is not taken in any words, as it says %s, ends the run after a few',
    async (_, problem) => {
      const { client, server } = await scripted(() => ({ status: 'failed', problems: [problem] }));
      await expect(askAll(client, 40)).rejects.toThrow(
        new FatalEndpointError(
          `${server.baseUrl} did not run the batch (unsupported_parameter): it objects to max_tokens, as well where the request is worded otherwise; set batch to false`,
        ),
      );
      await client.close();
      expect(server.batches.map(({ length }) => length)).toEqual([40, 40, 1, 1, 1]);
    },
  );

  test('though a parameter is worded otherwise is sent without what is refused alone', async () => {
    const { client, server } = await scripted(lines =>
      lines.some(isBad)
        ? { status: 'failed', problems: [{ message: notTaken('max_tokens') }] }
        : sayYes(lines),
    );
    const answers = await askSome(client, 4, [2]);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(4, [2]));
    expect(server.batches.map(({ length }) => length).toSorted()).toEqual([1, 1, 1, 1, 4, 4]);
  });

  test('since each is answered by 400 ends the run', async () => {
    const [server, sizes] = await refusing('batches', () => ({ code: 'invalid_file' }));
    const bad = Array.from({ length: 40 }, (_, n) => n);
    await expect(askSome(batchesOf(server.baseUrl), 40, bad)).rejects.toThrow(
      `${server.baseUrl} answered 400 (invalid_file) to batches: it does not take the batch; set batch to false`,
    );
    expect(sizes.length).toBeLessThan(30);
  });

  test.each([
    ['model_not_found', 3],
    ['internal_error', 3],
  ])('by %s is not halved, since that is about no request', async (code, batches) => {
    const { client, server } = await scripted((lines, batch) =>
      batch === 0 ? sayYes(lines) : { status: 'failed', code },
    );
    await client.ask(request('A first duck?'));
    const answers = await askAll(client, 4);
    expect(answers.map(answer => answer.kind === 'none' && answer.detail)).toEqual(
      Array(4).fill(`its batch failed (${code})`),
    );
    expect(meter.requests).toBe(1);
    expect(server.batches.map(({ length }) => length)).toEqual([1, ...Array(batches).fill(4)]);
  });

  test('since the account is used up half-way ends the run with what it has said', async () => {
    const { client, server } = await scripted((lines, batch) =>
      batch === 0 ? sayYes(lines) : { status: 'failed', code: 'billing_hard_limit_reached' },
    );
    await client.ask(request('A first duck?'));
    const error = await client.ask(request('A duck?')).catch(each => each);
    expect(error).toMatchObject({ name: 'FatalEndpointError', isHalfWay: true });
    expect(server.batches).toHaveLength(2);
  });
});

describe('an account whose credit is used up', () => {
  const usedUp = { code: 'insufficient_quota', message: 'sk-very-secret' };
  const whose = (line: AskedLine) => lineFor(line, { error: usedUp }, 429);
  const advice =
    'the limit or the credit of its account there is used up; raise it, or wait until it is renewed';
  /** Answers so many, in the order that they were asked, and says of the others that the account is used up. */
  const answering = (most: number) => {
    const answered = new Set<string>();
    return (lines: readonly AskedLine[]): Became => {
      const isAnswered = ({ custom_id: id }: AskedLine) => answered.has(id) || answered.size < most;
      const [output, errors]: [unknown[], unknown[]] = [[], []];
      for (const line of lines) {
        if (!isAnswered(line)) errors.push(whose(line));
        else output.push(saying(line, 'Yes.'));
        if (isAnswered(line)) answered.add(line.custom_id);
      }
      return { output, errors };
    };
  };

  test.each<[string, (line: AskedLine) => unknown, string]>([
    ['429', whose, 'answered 429 (insufficient_quota)'],
    [
      '429 with a code that is no more than that',
      line => lineFor(line, { error: { code: '429', type: 'budget_exceeded' } }, 429),
      'answered 429 (budget_exceeded)',
    ],
    [
      '400',
      line => lineFor(line, { error: { ...usedUp, code: 'billing_hard_limit_reached' } }, 400),
      'answered 400 (billing_hard_limit_reached)',
    ],
    [
      'a code alone',
      line => unasked(line, 'insufficient_quota'),
      'did not run the batch (insufficient_quota)',
    ],
    [
      '200 and words in place of an answer',
      line => saying(line, '余额不足'),
      'answered 200 (insufficient_quota)',
    ],
  ])('ends the run at once where each line says so by %s', async (_, lineOf, said) => {
    const { client, server } = await scripted(lines => ({ errors: lines.map(lineOf) }));
    const error = await askAll(client, 40).catch(each => each);
    await client.close();
    expect(error).toEqual(new FatalEndpointError(`${server.baseUrl} ${said}: ${advice}`));
    expect(error).toHaveProperty('isHalfWay', false);
    expect(server.batches).toHaveLength(1);
    expect(server.files()).toEqual([]);
  });

  test.each(['files', 'batches'])('ends the run at once where POST %s says so', async step => {
    const server = await batchServer(sayYes, (call, response) => {
      if (call === `POST ${step}`) sendJson(response, { error: usedUp }, 429, { 'retry-after-ms': '1' });
      return call === `POST ${step}`;
    });
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    await expect(askAll(client, 2)).rejects.toThrow(
      new FatalEndpointError(`${server.baseUrl} answered 429 (insufficient_quota) to ${step}: ${advice}`),
    );
    expect(server.calls.filter(call => call === `POST ${step}`)).toHaveLength(1);
  });

  describe('and that answers 402', () => {
    const unpaid =
      'it wants to be paid before it answers for "fixture-vlm"; check the credit of its account there';

    test.each(['files', 'batches'])('ends the run at once where it does to POST %s', async step => {
      const server = await batchServer(
        sayYes,
        (call, response) => call === `POST ${step}` && refuse(response, 402),
      );
      endpoint = server;
      await expect(askAll(batchesOf(server.baseUrl), 2)).rejects.toThrow(
        new FatalEndpointError(`${server.baseUrl} answered 402 to ${step}: ${unpaid}`),
      );
      expect(server.calls.filter(call => call === `POST ${step}`)).toHaveLength(1);
    });

    test('for a few requests is asked for them once more', async () => {
      const { client, server } = await scripted((lines, batch) => ({
        output: lines.slice(batch === 0 ? 2 : 0).map(line => saying(line, 'Yes.')),
        errors: batch === 0 ? lines.slice(0, 2).map(line => lineFor(line, {}, 402)) : [],
      }));
      expect((await askAll(client, 6)).map(({ kind }) => kind)).toEqual(kinds(6, []));
      expect(server.batches.map(({ length }) => length)).toEqual([6, 2]);
    });

    test('in numbers for a code of a whole batch ends the run at once', async () => {
      const problem = { code: 402, message: 'Insufficient credits' };
      const { client, server } = await scripted(() => ({ status: 'failed', problems: [problem] }));
      await expect(askAll(client, 2)).rejects.toThrow(
        new FatalEndpointError(`${server.baseUrl} did not run the batch: ${advice}`),
      );
      expect(server.batches).toHaveLength(1);
    });
  });

  test('beside answers is asked for what it lacks once more, and ends the run with what it has said', async () => {
    const { client, server } = await scripted(answering(10));
    const kept: Answer[] = [];
    const asked = questions(40).map(text => client.ask(request(text)).then(answer => kept.push(answer)));
    const error = await Promise.all(asked).catch(each => each);
    await client.close();
    expect(error).toEqual(
      new FatalEndpointError(`${server.baseUrl} answered 429 (insufficient_quota): ${advice}`),
    );
    expect(error).toHaveProperty('isHalfWay', true);
    expect(kept.map(({ kind }) => kind)).toEqual(kinds(10, []));
    expect(server.batches.map(({ length }) => length)).toEqual([40, 30]);
  });

  test('for a few requests alone is no answer to them after a second try', async () => {
    const { client, server } = await scripted(answering(38), { maxRetries: 5 });
    const answers = await askAll(client, 40);
    expect(answers.map(({ kind }) => kind)).toEqual(kinds(40, [38, 39]));
    expect(answers.at(-1)).toMatchObject({
      reason: 'rejected',
      detail: `${server.baseUrl} answered 429 (insufficient_quota): ${advice}`,
    });
    expect(server.batches.map(({ length }) => length)).toEqual([40, 2]);
  });

  test('for a few requests at a time, as of a gateway that has several, loses none', async () => {
    const { client, server } = await scripted((lines, batch) => ({
      output: lines.slice(batch === 0 ? 25 : 0).map(line => saying(line, 'Yes.')),
      errors: batch === 0 ? lines.slice(0, 25).map(whose) : [],
    }));
    expect((await askAll(client, 40)).map(({ kind }) => kind)).toEqual(kinds(40, []));
    expect(server.batches.map(({ length }) => length)).toEqual([40, 25]);
  });

  test('that a batch of an earlier attempt met may have been renewed since', async () => {
    const server = await batchServer((lines, batch) =>
      batch === 0 ? { errors: lines.map(whose) } : sayYes(lines),
    );
    endpoint = server;
    const keyed = (text: string) => ({
      ...request(text),
      key: createHash('sha256').update(text).digest('hex'),
    });
    void batchesOf(server.baseUrl, { sleep: untilSent }).ask(keyed('A duck?'));
    while (notices.length === 0) await setTimeout(5);
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next });
    expect(await again.ask(keyed('A duck?'))).toMatchObject({ kind: 'text' });
    expect(server.batches).toHaveLength(2);
    await again.close();
    await next.close();
  });
});

describe('a batch whose start was carried out and not heard of', () => {
  /** Does what it is asked, and breaks the connection before it says so. */
  const lost = (response: ServerResponse): boolean => {
    response.end = () => response.destroy();
    return false;
  };

  test('is found by its file, and not bought again', async () => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST batches' && count === 1 ? lost(response) : false,
    );
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(server.batches.map(({ length }) => length)).toEqual([3]);
    expect(server.calls.filter(call => call === 'POST batches')).toHaveLength(1);
  });

  test.each(SPOILINGS)('is found by its file where the answer comes %s', async how => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST batches' && count === 1 ? spoil(response, how) : false,
    );
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(server.calls.filter(call => call === 'POST batches')).toHaveLength(1);
  });

  /** Lists no batch at the first looks. */
  const lagging = (call: string, response: ServerResponse, count: number, looks: number): boolean => {
    if (call !== 'GET batches list' || count > looks) return false;
    sendJson(response, { data: [], has_more: false });
    return true;
  };

  test('is found by its file where the list lags behind', async () => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call === 'POST batches' && count === 1) return lost(response);
      return lagging(call, response, count, 2);
    });
    endpoint = server;
    await askAll(batchesOf(server.baseUrl), 3);
    expect(server.batches.map(({ length }) => length)).toEqual([3]);
    expect(slept).toEqual(expect.arrayContaining([2000, 4000]));
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
  });

  test('is started again where no list shows it, which is told of once', async () => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call === 'POST batches' && count <= 2) return lost(response);
      return lagging(call, response, count, 6);
    });
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(server.calls.filter(call => call === 'GET batches list')).toHaveLength(6);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'The endpoint did not say whether it has started a batch, and lists none so far: it is asked to start it again, though the first may run as well, and be charged for.',
    ]);
  });

  describe('before the run was killed', () => {
    const asked = questions(4).map((text, n) => ({ ...request(text), key: `${n}`.repeat(64) }));
    const put = (client: BatchEndpoint) => Promise.all(asked.map(each => client.ask(each)));

    /** Kills a run once it starts its batch, of which it hears nothing, and asks the same in another one. */
    async function killedAndGoneOnWith(intercept: Interception, sizes = [4]): Promise<BatchServer> {
      const server = await batchServer(sayYes, intercept);
      endpoint = server;
      void put(batchesOf(server.baseUrl));
      while (!server.calls.includes('POST batches')) await setTimeout(1);
      const next = await openJournal(join(folder, 'journal.jsonl'));
      const again = batchesOf(server.baseUrl, { journal: next });
      expect((await put(again)).map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'text']);
      expect(server.batches.map(({ length }) => length)).toEqual(sizes);
      await again.close();
      await next.close();
      return server;
    }

    test('is found by the next attempt', async () => {
      const server = await killedAndGoneOnWith((call, response, count) => {
        if (call === 'POST batches' && count === 1) response.end = () => response;
        return false;
      });
      expect(server.calls.filter(call => call === 'POST batches')).toHaveLength(1);
      expect(notices).toContain('Going on with a batch of an earlier attempt, for 4 requests.');
    });

    /** The first start is carried out, and not answered. */
    const unheard: Interception = (call, response, count) => {
      if (call === 'POST batches' && count === 1) response.end = () => response;
      return false;
    };
    const unlisted: Interception = (call, response, count) =>
      call === 'GET batches list' ? refuse(response, 404) : unheard(call, response, count);

    test('is found behind other batches of the account', async () => {
      await killedAndGoneOnWith((call, response, count) => {
        if (call !== 'GET batches list') return unheard(call, response, count);
        const page = Number(/after=other_(\d)/.exec(response.req.url ?? '')?.[1] ?? 0);
        if (page === 3) return false;
        const data = [{ id: `other_${page + 1}`, input_file_id: 'file-of-others' }];
        sendJson(response, { data, has_more: true });
        return true;
      });
    });

    test.each(SPOILINGS)('is found where the list comes %s at first', async how => {
      await killedAndGoneOnWith((call, response, count) =>
        call === 'GET batches list' && count === 1 ? spoil(response, how) : unheard(call, response, count),
      );
    });

    test.each([404, 405])('is found where the list is answered by %i at first', async status => {
      await killedAndGoneOnWith((call, response, count) =>
        call === 'GET batches list' && count <= 2 ? refuse(response, status) : unheard(call, response, count),
      );
      expect(notices.filter(notice => /charged/.test(notice))).toEqual([]);
    });

    test('is found where the list lags behind', async () => {
      await killedAndGoneOnWith((call, response, count) =>
        lagging(call, response, count, 2) ? true : unheard(call, response, count),
      );
    });

    const MAY_RUN =
      'A batch of an earlier attempt may be running, and may be charged for: the endpoint does not tell whether it was started. Asked again: 4 requests.';

    test('is told of where the endpoint lists no batches', async () => {
      await killedAndGoneOnWith(unlisted, [4, 4]);
      expect(notices).toContain(MAY_RUN);
    });

    test('is told of where the list has no end', async () => {
      const server = await killedAndGoneOnWith(
        (call, response, count) => {
          if (call !== 'GET batches list') return unheard(call, response, count);
          sendJson(response, { data: [{ id: 'other', input_file_id: 'file-of-others' }], has_more: true });
          return true;
        },
        [4, 4],
      );
      expect(notices).toContain(MAY_RUN);
      expect(server.calls.filter(call => call === 'GET batches list')).toHaveLength(60);
    });

    test('is cancelled by one without batches as soon as the endpoint lists it', async () => {
      let isListing = false;
      const server = await batchServer(
        () => ({ status: 'in_progress' }),
        (...each) => (isListing ? unheard : unlisted)(...each),
      );
      endpoint = server;
      void put(batchesOf(server.baseUrl));
      while (!server.calls.includes('POST batches')) await setTimeout(1);
      const next = await openJournal(join(folder, 'journal.jsonl'));
      const notice = (sentence: string) => notices.push(sentence);
      const sleep = async (ms: number) => void slept.push(ms);
      const away = () => takeAwayBatches({ ...common(server.baseUrl), journal: next, notice, sleep });
      slept = [];
      await away();
      expect(notices.at(-1)).toBe(MAY_RUN);
      expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(15_000);
      expect(server.files()).toHaveLength(1);
      isListing = true;
      await away();
      expect(server.calls).toContain('POST batches cancel');
      expect(server.files()).toEqual([]);
      await next.close();
    });

    test('and that no list shows is started by the next attempt, which says that it may run as well', async () => {
      const server = await killedAndGoneOnWith((call, _, count) => call === 'POST batches' && count === 1);
      expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
        'A batch of an earlier attempt may be running, and may be charged for: it was about to be started, though the endpoint lists none so far. Asked again: 4 requests.',
      ]);
      expect(server.calls.filter(call => call === 'POST batches')).toHaveLength(2);
      expect(server.files()).toEqual([]);
    });
  });

  test('is tried again when the endpoint asks for it', async () => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call !== 'POST batches' || count > 1) return false;
      response.setHeader('retry-after-ms', '700');
      return refuse(response, 503);
    });
    endpoint = server;
    const startedAt = performance.now();
    await askAll(batchesOf(server.baseUrl), 3);
    expect(performance.now() - startedAt).toBeGreaterThan(700);
    expect(server.batches).toHaveLength(1);
  });

  test('is started again where the endpoint lists no batches', async () => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call === 'GET batches list') return refuse(response, 404);
      return call === 'POST batches' && count === 1 ? lost(response) : false;
    });
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(server.batches.map(({ length }) => length)).toEqual([3, 3]);
    expect(notices).toContain(
      'The endpoint did not say whether it has started a batch, and does not list its batches: it is asked to start it again, though the first may run as well, and be charged for.',
    );
  });

  test('by a 429 was not carried out, and is started again without a word', async () => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call === 'GET batches list') return refuse(response, 404);
      return call === 'POST batches' && count === 1 ? refuse(response, 429) : false;
    });
    endpoint = server;
    await askAll(batchesOf(server.baseUrl), 3);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
  });
});

describe('an endpoint', () => {
  test.each(SPOILINGS)('whose answer to a file comes %s is asked again', async how => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST files' && count === 1 ? spoil(response, how) : false,
    );
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(server.calls.filter(call => call === 'POST files')).toHaveLength(2);
  });

  test.each([
    ['files', 'torn', 0],
    ['batches', 'torn', 0],
    ['files', 'a page', 1],
    ['batches', 'a page', 1],
  ] as const)('whose answer to %s comes %s each time, %d batches on, is named', async (step, how, before) => {
    const server = await batchServer(sayYes, (call, response, count) => {
      if (call !== `POST ${step}` || count <= before) return false;
      spoil(response, how);
      sendJson(response, { id: 'never-made' });
      return true;
    });
    endpoint = server;
    const client = batchesOf(server.baseUrl, { maxRetries: 1 });
    if (before > 0) await client.ask(request('A first duck?'));
    expect(await client.ask(request('A duck?'))).toMatchObject({
      ...{ kind: 'none', reason: 'network' },
      detail:
        how === 'a page'
          ? `POST ${server.baseUrl}/${step} is answered with something else, such as a web page`
          : `no answer to POST ${server.baseUrl}/${step} that can be read`,
    });
  });

  test.each(['files', 'batches'])('that answers 503 to %s each time is named with the step', async step => {
    const server = await batchServer(sayYes, (call, response) =>
      call === `POST ${step}` ? refuse(response, 503) : false,
    );
    endpoint = server;
    expect(await batchesOf(server.baseUrl, { maxRetries: 0 }).ask(request('A duck?'))).toMatchObject({
      ...{ kind: 'none', reason: 'server' },
      detail: `status 503 to POST ${server.baseUrl}/${step}`,
    });
  });

  test.each([404, 400])('that answers %i to batches, since it lacks the model, has batches', async status => {
    const server = await batchServer(sayYes, (call, response) => {
      if (call !== 'POST batches') return false;
      sendJson(response, { error: { code: 'model_not_found', message: 'No such model' } }, status);
      return true;
    });
    endpoint = server;
    await expect(batchesOf(server.baseUrl).ask(request('A duck?'))).rejects.toThrow(
      `${server.baseUrl} answered ${status} (model_not_found) to batches: it has no model "fixture-vlm" for batches; check the model's name, or set batch to false`,
    );
  });

  test.each([404, 405, 501])('that answers %i to files has no Batch API', async status => {
    const server = await batchServer(sayYes, (_, response) => refuse(response, status));
    endpoint = server;
    const { origin } = new URL(server.baseUrl);
    await expect(askAll(batchesOf(server.baseUrl, { maxRetries: 0 }), 3)).rejects.toThrow(
      `${origin}/v1 answered ${status} to files: it has no Batch API; set batch to false`,
    );
  });

  test('that has taken a batch has a Batch API, though it answers 404 to files now', async () => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST files' && count > 1 ? refuse(response, 404) : false,
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    await client.ask(request('A first duck?'));
    await expect(client.ask(request('A duck?'))).rejects.toThrow(
      `${server.baseUrl} answered 404 to files: it does not take the batch; set batch to false`,
    );
  });

  test('of the fixtures without batches has none', async () => {
    const standIn = await startEndpoint({ batches: false });
    endpoint = standIn;
    const asked = batchesOf(standIn.baseUrl).ask(request('A duck?'));
    await expect(asked).rejects.toThrow(FatalEndpointError);
    await expect(asked).rejects.toThrow('it has no Batch API; set batch to false');
  });

  test('that has files and no batches has no Batch API, and keeps no file', async () => {
    const server = await batchServer(sayYes, (call, response) =>
      call === 'POST batches' ? refuse(response, 404) : false,
    );
    endpoint = server;
    await expect(batchesOf(server.baseUrl).ask(request('A duck?'))).rejects.toThrow(
      'answered 404 to batches: it has no Batch API',
    );
    expect(server.files()).toEqual([]);
  });

  test('that answers with a page and status 200 has no Batch API', async () => {
    const server = await batchServer(sayYes, (_, response) => html(response));
    endpoint = server;
    await expect(batchesOf(server.baseUrl).ask(request('A duck?'))).rejects.toThrow(
      /answered to files with something else: it has no Batch API; set batch to false/,
    );
  });

  test('that takes no file for a batch ends the run', async () => {
    const server = await batchServer(sayYes, (_, response) => refuse(response, 422));
    endpoint = server;
    await expect(batchesOf(server.baseUrl).ask(request('A duck?'))).rejects.toThrow(
      /answered 422.* to files: it does not take the batch; set batch to false/,
    );
  });

  /** Goes on by what is slept. */
  const clock = (): number => slept.reduce((sum, ms) => sum + ms, 0);
  /** For what takes hours. */
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    slept.push(ms);
    await setTimeout(ms < 60_000 ? ms / 1000 : 0, undefined, { signal });
  };
  const full: Became = { status: 'failed', code: 'token_limit_exceeded' };
  const minutes = (): number => slept.filter(ms => ms >= 60_000).reduce((sum, ms) => sum + ms, 0) / 60_000;

  const message =
    'Enqueued token limit reached for gpt-4o in organization org-1. Limit: 90,000 enqueued tokens. Please try again once some in_progress batches have been completed.';
  interface Said {
    readonly told: string;
    readonly alone: string;
    readonly over: string;
  }
  const inWords: Became = { status: 'failed', problems: [{ code: null, message, line: null }] };
  const fullOf = (word: string): Said => ({
    told: "The endpoint's queue for batches is full: waiting for room.",
    alone: `The endpoint takes not even a batch of one request now (${word}), since other batches fill its queue: it is tried again every few minutes, for 2 h.`,
    over: `has taken no batch for 2 h, not even of one request (${word}): its limit of queued requests or tokens is used up by other batches; wait until they are done, or set batch to false`,
  });
  const limitOf = (word: string): Said => ({
    told: `The endpoint takes no batch now (${word}): it is handed in again after a wait.`,
    alone: `The endpoint takes not even a batch of one request now (${word}): it is tried again every few minutes, for 2 h.`,
    over: `has taken no batch for 2 h, not even of one request (${word}): ask for a higher limit there, try again later, or set batch to false`,
  });
  const never: readonly [string, string, Became, number, object, Said][] = [
    ['files', 'POST files', {}, 429, { code: 'rate_limit_exceeded' }, limitOf('429 to files')],
    ['batches', 'POST batches', {}, 429, {}, limitOf('429 to batches')],
    [
      'batches by a code and 429',
      'POST batches',
      {},
      429,
      { code: 'token_limit_exceeded' },
      fullOf('429 to batches'),
    ],
    [
      'batches by a code',
      'POST batches',
      {},
      400,
      { code: 'token_limit_exceeded' },
      fullOf('400 to batches'),
    ],
    [
      'batches in words',
      'POST batches',
      {},
      400,
      { code: 'invalid_request', message },
      fullOf('400 to batches'),
    ],
    ['the tokens of any batch', '', full, 0, {}, fullOf('token_limit_exceeded')],
    ['the tokens of any batch in words', '', inWords, 0, {}, fullOf('no room for its tokens')],
  ];
  test.each(never)(
    'that refuses %s for good is given up after two hours, which are told of',
    async (_, step, became, status, error, { told, alone, over }) => {
      const server = await batchServer(
        () => became,
        (call, response) => {
          if (call !== step) return false;
          response.setHeader('x-should-retry', 'false');
          sendJson(response, { error }, status);
          return true;
        },
      );
      endpoint = server;
      const client = batchesOf(server.baseUrl, { sleep, clock });
      const asked = askAll(client, 40);
      await expect(asked).rejects.toThrow(FatalEndpointError);
      await expect(asked).rejects.toThrow(`${server.baseUrl} ${over}`);
      await client.close();
      // The longest wait is five minutes.
      expect(minutes()).toBeGreaterThanOrEqual(119);
      expect(minutes()).toBeLessThan(125);
      expect(slept.filter(ms => ms >= 60_000).slice(6, 10)).toEqual([60_000, 90_000, 135_000, 202_500]);
      expect(notices.filter(notice => !/^Sent|at a time/.test(notice))).toEqual([
        told,
        alone,
        'The endpoint has taken no batch for 1 h: it is waited for up to 2 h.',
      ]);
      expect(meter.requests).toBe(0);
      expect(server.files()).toEqual([]);
    },
  );

  test('whose queue is full is waited for as long as max-retries says, where that is longer', async () => {
    const { client } = await scripted(() => full, { sleep, clock, maxRetries: 300 });
    await expect(client.ask(request('A duck?'))).rejects.toThrow('has taken no batch for 5 h, not even');
    expect(minutes()).toBeGreaterThanOrEqual(298);
    expect(notices.filter(notice => notice.includes('up to 5 h'))).toHaveLength(4);
  });

  test('whose queue is full and that asks to wait for long is waited for no longer', async () => {
    const server = await batchServer(sayYes, (call, response) => {
      if (call !== 'POST batches') return false;
      response.setHeader('retry-after', '3600');
      return refuse(response, 429);
    });
    endpoint = server;
    const client = batchesOf(server.baseUrl, { sleep, clock });
    await expect(askAll(client, 2000)).rejects.toThrow('has taken no batch for 2 h, not even of one request');
    await client.close();
    expect(minutes()).toBe(135);
    expect(notices.filter(notice => !/at a time/.test(notice))).toEqual([
      'The endpoint takes no batch now (429 to batches): it is handed in again after a wait.',
      'The endpoint has taken no batch for 1 h: it is waited for up to 2 h.',
    ]);
    // Two hours are over: one request alone is the last that is tried.
    expect(notices.at(-1)).toBe(
      'The endpoint takes no batch of 16 requests at once: they are handed in again in a minute or more, 1 at a time.',
    );
  });

  test('whose queue is full half-way ends the run with what it has said', async () => {
    const { client } = await scripted((lines, batch) => (batch === 0 ? sayYes(lines) : full), {
      sleep,
      clock,
    });
    await client.ask(request('A first duck?'));
    const error = await client.ask(request('A duck?')).catch(each => each);
    expect(error).toMatchObject({ name: 'FatalEndpointError', isHalfWay: true });
  });

  test('whose queue is emptied after an hour takes what is left in one batch', async () => {
    const { client, server } = await scripted(lines => (minutes() > 60 ? sayYes(lines) : full), {
      sleep,
      clock,
    });
    const answers = await askAll(client, 40);
    expect(answers.map(({ kind }) => kind)).toEqual(Array(40).fill('text'));
    expect(server.batches.map(({ length }) => length).slice(4, 10)).toEqual([40, 20, 10, 5, 3, 2]);
    expect(server.batches.map(({ length }) => length).slice(-2)).toEqual([1, 39]);
    expect(meter.requests).toBe(40);
  });

  test.each([
    ['from the start', 0, 1],
    ['that others have kept waiting', 115, 3],
  ])('that has no room beside another batch of the run, %s, is not given up', async (_, since, told) => {
    const { client } = await scripted(lines => (minutes() > 500 ? sayYes(lines) : full), {
      sleep,
      clock,
      isBesideOthers: () => minutes() >= since,
    });
    expect(await client.ask(request('A duck?'))).toMatchObject({ kind: 'text' });
    expect(notices.filter(notice => !/^Sent/.test(notice))).toHaveLength(told);
  });

  test.each([
    ['files', 429, 'insufficient_quota'],
    ['batches', 400, 'billing_hard_limit_reached'],
  ])('that refuses %s by %i since its account is used up ends the run', async (step, status, code) => {
    const server = await batchServer(sayYes, (call, response) => {
      if (call !== `POST ${step}`) return false;
      sendJson(response, { error: { code, message: 'sk-very-secret' } }, status);
      return true;
    });
    endpoint = server;
    await expect(askAll(batchesOf(server.baseUrl, { maxRetries: 0 }), 3)).rejects.toThrow(
      `${server.baseUrl} answered ${status} (${code}) to ${step}: the limit or the credit of its account there is used up; raise it, or wait until it is renewed`,
    );
  });

  test('that takes no other batch while one is under way is not given up', async () => {
    let isFirstDone = false;
    const server = await batchServer(
      (lines, batch, look) => {
        isFirstDone ||= batch === 0 && look === 20;
        return isFirstDone ? sayYes(lines) : { status: 'in_progress' };
      },
      (call, response) =>
        call === 'POST batches' && server.batches.length > 0 && !isFirstDone ? refuse(response, 429) : false,
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl, { maxRetries: 0, limits: { requests: 1, bytes: 1e9 } });
    const answers = await askAll(client, 3);
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
  });

  test('that finds a file of one request too large is not asked again', async () => {
    const server = await batchServer(sayYes, (_, response) => refuse(response, 413));
    endpoint = server;
    const answers = await askAll(batchesOf(server.baseUrl), 2);
    expect(answers.map(answer => answer.kind === 'none' && answer.detail)).toEqual(
      Array(2).fill(
        'the endpoint answers 413 to a batch of this request alone, a file of 0.6 kB: raise the limit of the server or proxy before it, or set batch to false',
      ),
    );
    expect(server.calls.filter(call => call === 'POST files')).toHaveLength(3);
  });

  test('that finds each file too large ends the run', async () => {
    const server = await batchServer(sayYes, (_, response) => refuse(response, 413));
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    await expect(askAll(client, 40)).rejects.toThrow(
      `${server.baseUrl} answered 413 to each file for a batch, even to one of 0.6 kB with one request: raise the limit of the server or proxy before it, or set batch to false`,
    );
    await client.close();
    expect(server.calls.filter(call => call === 'POST files').length).toBeLessThan(40);
    const sizes = notices.map(notice => /batch of (\d+)/.exec(notice)?.[1]);
    expect(sizes.slice(0, 2)).toEqual(['40', '20']);
    expect(sizes.length).toBeLessThan(12);
  });

  test('that has taken batches is asked all that it does not find too large', async () => {
    let large = 0;
    const server = await batchServer(sayYes, (call, response) => {
      if (call !== 'POST files' || Number(response.req.headers['content-length']) < 20_000) return false;
      large += 1;
      return refuse(response, 413);
    });
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    await client.ask(request('A duck?'));
    const answers = await Promise.all(
      [...questions(40), ...questions(4).map(text => text.padEnd(20_000, '.'))].map(text =>
        client.ask(request(text)),
      ),
    );
    expect(answers.map(({ kind }) => kind)).toEqual([...Array(40).fill('text'), ...Array(4).fill('none')]);
    expect(answers.at(-1)).toMatchObject({
      detail: expect.stringContaining('a batch of this request alone, a file of 20 kB: raise the limit'),
    });
    expect(large).toBeGreaterThan(4);
    expect(meter.requests).toBe(41);
    // Those that are small enough stay together.
    expect(server.batches.length).toBeLessThan(8);
  });

  test('that comes to refuse the key while a batch is under way is no more asked for that, which is told of and kept', async () => {
    let isRefused = true;
    const server = await batchServer(
      sayYes,
      (call, response) => isRefused && /^GET|cancel/.test(call) && refuse(response, 401),
    );
    endpoint = server;
    const asked = { ...request('A duck?'), key: 'a'.repeat(64) };
    const client = batchesOf(server.baseUrl);
    await expect(client.ask(asked)).rejects.toThrow('it does not accept the key for "fixture-vlm"');
    expect(meter.requests).toBe(1);
    cancel.abort();
    await client.close();
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'A batch of 1 request is kept for the next attempt: it may still be running at the endpoint, and be charged for. Look there for batch_0.',
    ]);
    expect(server.calls).not.toContain('POST batches cancel');

    isRefused = false;
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next, signal: new AbortController().signal });
    expect(await again.ask(asked)).toMatchObject({ kind: 'text' });
    expect(server.batches).toHaveLength(1);
    await again.close();
    await next.close();
  });

  test.each([
    ['GET batches', 401, 1],
    ['GET batches', 403, 1],
    // A file is read twice.
    ['GET files', 401, 1],
    ['GET files', 403, 2],
  ])(
    'that has taken the key is asked again where it refuses it to %s by %i, three times from the %i. on, and no more',
    async (what, status, first) => {
      const refusing = async (times: number) => {
        const server = await batchServer(sayYes, (call, response, count) => {
          const isRefused = call === what && count >= first && count < first + times;
          return isRefused && refuse(response, status);
        });
        endpoint = server;
        const came = await batchesOf(server.baseUrl)
          .ask(request('A duck?'))
          .catch(error => error);
        return { came, calls: server.calls.filter(call => call === what).length };
      };
      expect((await refusing(3)).came).toMatchObject({ kind: 'text' });
      expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
      expect(slept.length).toBeGreaterThan(3);
      await endpoint?.close();
      const { came, calls } = await refusing(30);
      expect(came).toBeInstanceOf(FatalEndpointError);
      expect(came.message).toMatch(new RegExp(`answered ${status}: .* "fixture-vlm"; check the `));
      expect(calls).toBe(first + 3);
    },
  );

  test('that has taken the key from an earlier attempt alone, and refuses it now, is not asked again', async () => {
    let isRefused = false;
    const server = await batchServer(
      sayYes,
      (call, response) => isRefused && /^GET batches/.test(call) && refuse(response, 401),
    );
    endpoint = server;
    const asked = { ...request('A duck?'), key: 'a'.repeat(64) };
    void batchesOf(server.baseUrl, { sleep: untilSent }).ask(asked);
    while (notices.length === 0) await setTimeout(5);
    isRefused = true;
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next });
    await expect(again.ask(asked)).rejects.toThrow('it does not accept the key for "fixture-vlm"');
    expect(server.calls.filter(call => call === 'GET batches')).toHaveLength(1);
    await next.close();
  });

  test('that does not accept the key ends the run, and the key is not shown', async () => {
    const standIn = await startEndpoint({ apiKey: 'sk-another', echoKey: true });
    endpoint = standIn;
    const error = await batchesOf(standIn.baseUrl)
      .ask(request('A duck?'))
      .catch(each => each);
    expect(error).toBeInstanceOf(FatalEndpointError);
    expect(error.message).toMatch(/answered 401 \(invalid_api_key\): it does not accept the key/);
    expect(error.message).not.toContain('secret');
  });

  test('that cannot be reached gives no answer', async () => {
    const server = await batchServer(sayYes);
    await server.close();
    endpoint = undefined;
    const client = batchesOf(server.baseUrl, { maxRetries: 0 });
    expect(await client.ask(request('A duck?'))).toMatchObject({ kind: 'none', reason: 'network' });
  });
});

describe('a run', () => {
  test('asks no more than its budget, and is answered what it asked', async () => {
    meter = createMeter({ maxRequests: 2, maxCost: null, prices: null });
    const { client, server } = await scripted(sayYes);
    const answers = await askAll(client, 4);
    expect(answers.map(answer => (answer.kind === 'none' ? answer.reason : answer.kind))).toEqual([
      ...['text', 'text'],
      ...['stopped', 'stopped'],
    ]);
    expect(server.batches.map(({ length }) => length)).toEqual([2]);
  });

  test.each<[string, number, number, string]>([
    ['no room for', 4, 1, 'may be paid for, and max-requests leaves no room to ask it again (3 requests).'],
    ['room for some of', 6, 2, 'is asked again (2 requests), though it may be paid for.'],
  ])(
    'tells what becomes of requests that its batch says nothing about, where its budget has %s them',
    async (_, most, batches, told) => {
      meter = createMeter({ maxRequests: most, maxCost: null, prices: null });
      const { client, server } = await scripted((lines, batch) =>
        sayYes(batch === 0 ? lines.slice(0, 1) : lines),
      );
      await askAll(client, 4);
      expect(server.batches).toHaveLength(batches);
      expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
        `The endpoint is done with a batch of 4 requests, and its file has no line about some of them: what it says nothing about ${told}`,
      ]);
    },
  );

  test('tells of what its endpoint no longer knows where its budget has no room for it', async () => {
    meter = createMeter({ maxRequests: 2, maxCost: null, prices: null });
    const server = await batchServer(sayYes, denied);
    endpoint = server;
    await askAll(batchesOf(server.baseUrl), 2);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'The endpoint no longer knows a batch of 2 requests: what it had not given out may be paid for, and max-requests leaves no room to ask it again (2 requests).',
    ]);
  });

  test('counts what a batch left without an answer as broken off where its budget asks it no more', async () => {
    meter = createMeter({ maxRequests: 4, maxCost: null, prices: null });
    const { client, server } = await scripted(lines => ({
      output: lines.slice(0, 1).map(line => saying(line, 'No.')),
      errors: lines.slice(1).map(line => unasked(line, 'batch_expired')),
    }));
    const answers = await askAll(client, 4);
    expect(answers.map(answer => (answer.kind === 'none' ? answer.reason : answer.kind))).toEqual([
      ...['text', 'cut'],
      ...['cut', 'cut'],
    ]);
    expect(server.batches.map(({ length }) => length)).toEqual([4]);
  });

  test.each([
    ['in_progress', 3],
    ['validating', 0],
  ])('that is cancelled cancels its batches, %s, and is answered at once', async (status, requests) => {
    const { client, server } = await scripted(() => ({ status }));
    const asked = askAll(client, 3);
    while (server.calls.filter(call => call === 'GET batches').length < 2) await setTimeout(1);
    cancel.abort();
    const answers = await asked;
    expect(answers.map(answer => answer.kind === 'none' && answer.reason)).toEqual(Array(3).fill('cut'));
    expect(meter.requests).toBe(requests);
    await client.close();
    expect(server.calls.filter(call => call === 'POST batches cancel')).toHaveLength(1);
    expect(server.files()).toEqual([]);
    expect(await client.ask(request('Later?'))).toMatchObject({ reason: 'stopped' });
  });

  /** Cancels a run while its batch of three requests is running, and stands so when that is to be cancelled. */
  async function cancelledWhile(intercept: Interception, status = 'in_progress'): Promise<BatchServer> {
    const server: BatchServer = await batchServer(
      () => ({ status: server.calls.includes('POST batches cancel') ? status : 'in_progress' }),
      intercept,
    );
    await cancelledAt(server);
    return server;
  }

  /** Cancels a run while its batch of three requests is looked at. */
  async function cancelledAt(server: BatchServer): Promise<void> {
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    const asked = askAll(client, 3);
    while (server.calls.filter(call => call === 'GET batches').length < 2) await setTimeout(1);
    cancel.abort();
    await asked;
    await client.close();
  }

  test('that is cancelled asks again for its batch to be cancelled', async () => {
    const server = await cancelledWhile((call, response, count) =>
      call === 'POST batches cancel' && count <= 2 ? refuse(response, 500) : false,
    );
    expect(server.calls.filter(call => call === 'POST batches cancel')).toHaveLength(3);
    expect(server.files()).toEqual([]);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
  });

  test.each(['completed', 'failed', 'expired', 'cancelled', 'cancelling'])(
    'that is cancelled says nothing of a batch that is not cancelled since it is %s',
    async status => {
      const server = await cancelledWhile(
        (call, response) => call === 'POST batches cancel' && refuse(response, 409),
        status,
      );
      expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
      expect(server.files()).toEqual([]);
    },
  );

  test.each<[string, Interception]>([
    ['is refused', (call, response) => call === 'POST batches cancel' && refuse(response, 500)],
    ['is refused for good', (call, response) => call === 'POST batches cancel' && refuse(response, 409)],
    [
      'and a look at it are refused',
      (call, response, count) => {
        const isLater = call === 'GET batches' && count > 2;
        return (isLater || call === 'POST batches cancel') && refuse(response, 404);
      },
    ],
    [
      'is refused and a look at it is not answered',
      (call, response, count) =>
        (call === 'GET batches' && count > 2) || (call === 'POST batches cancel' && refuse(response, 409)),
    ],
    ['is not answered', call => call === 'POST batches cancel'],
    ['is answered with a page', (call, response) => call === 'POST batches cancel' && html(response)],
  ])('that is cancelled says what may go on where that %s, and leaves it its file', async (_, intercept) => {
    const server = await cancelledWhile(intercept);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      'A batch of 3 requests could not be cancelled: it may still be running at the endpoint, and be charged for. Look there for batch_0.',
    ]);
    expect(server.files()).toHaveLength(1);
    expect(meter.requests).toBe(3);
  });

  test('that is cancelled counts a batch that was completed before a look showed it', async () => {
    let isOver = false;
    const server = await batchServer(
      () => ({ status: isOver ? 'completed' : 'validating' }),
      (call, response) => {
        isOver ||= call === 'POST batches cancel';
        return call === 'POST batches cancel' && refuse(response, 409);
      },
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    const asked = askAll(client, 3);
    while (!server.calls.includes('GET batches')) await setTimeout(1);
    cancel.abort();
    await asked;
    expect(meter.requests).toBe(3);
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
  });

  /** What an endpoint answers to what cancels a batch, with how many it says that it has put to the model. */
  const cancelling =
    (counts: unknown): Interception =>
    (call, response) => {
      if (call !== 'POST batches cancel') return false;
      sendJson(response, { id: 'batch_0', status: 'cancelling', request_counts: counts });
      return true;
    };

  test.each<[string, string, unknown, number, string | null]>([
    ['none were, as far as it shows', 'validating', undefined, 0, 'none'],
    ['two were before a look showed it', 'validating', { total: 3, completed: 1, failed: 1 }, 2, '2'],
    [
      'two of those that it had begun with were',
      'in_progress',
      { total: 3, completed: 2, failed: 0 },
      2,
      '2',
    ],
    ['none has come to its end so far', 'in_progress', { total: 3, completed: 0, failed: 0 }, 3, null],
    ['all were', 'in_progress', { completed: 3 }, 3, null],
    ['something else', 'in_progress', { completed: 'two' }, 3, null],
  ])(
    'that is cancelled counts what was put to the model where its endpoint says that %s',
    async (_, status, counts, requests, told) => {
      const server = await batchServer(() => ({ status }), cancelling(counts));
      await cancelledAt(server);
      expect(meter.requests).toBe(requests);
      expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual(
        told === null
          ? []
          : [
              `A batch of 3 requests was broken off: as far as the endpoint says, it had put ${told} of them to the model, and no more are counted.`,
            ],
      );
    },
  );

  test('that was cancelled has what its batch had answered taken by the next attempt, which asks the rest alone', async () => {
    const asked = questions(4).map((text, n) => ({ ...request(text), key: `${n}`.repeat(64) }));
    const server: BatchServer = await batchServer(
      (lines, batch) => {
        if (batch > 0) return sayYes(lines);
        if (!server.calls.includes('POST batches cancel')) return { status: 'in_progress' };
        return {
          status: 'cancelled',
          output: lines.slice(0, 2).map(line => saying(line, 'No.')),
          errors: lines.slice(2, 3).map(line => unasked(line, 'batch_cancelled')),
        };
      },
      cancelling({ total: 4, completed: 2, failed: 0 }),
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    const first = Promise.all(asked.map(each => client.ask(each)));
    while (!server.calls.includes('GET batches')) await setTimeout(1);
    cancel.abort();
    await first;
    await client.close();
    expect(meter.requests).toBe(2);

    const next = await openJournal(join(folder, 'journal.jsonl'));
    const spent = createMeter({ maxRequests: null, maxCost: null, prices: null });
    const { signal } = new AbortController();
    const again = batchesOf(server.baseUrl, { journal: next, meter: spent, signal, maxRetries: 0 });
    const answers = await Promise.all(asked.map(each => again.ask(each)));
    expect(answers.map(answer => answer.kind === 'text' && [answer.text, answer.isEarlier])).toEqual([
      ...[
        ['No.', true],
        ['No.', true],
      ],
      ...[
        ['Yes.', undefined],
        ['Yes.', undefined],
      ],
    ]);
    expect(spent.requests).toBe(2);
    expect(server.batches[1]?.map(line => line.custom_id[0])).toEqual(['2', '3']);
    await again.close();
    expect(server.files()).toEqual([]);
    await next.close();
  });

  test('that was killed goes on with its batch, and pays for nothing twice', async () => {
    const asked = questions(4).map((text, n) => ({ ...request(text), key: `${n}`.repeat(64) }));
    let done = false;
    const { client, server } = await scripted(lines => (done ? sayYes(lines) : { status: 'in_progress' }));
    for (const each of asked.slice(0, 3)) void client.ask(each);
    while (!server.calls.includes('GET batches')) await setTimeout(1);

    // A second process, in the place of one that was killed: it knows what the journal knows.
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const spent = createMeter({ maxRequests: null, maxCost: null, prices: null });
    const again = batchesOf(server.baseUrl, { journal: next, meter: spent });
    const answers = Promise.all(asked.slice(1).map(each => again.ask(each)));
    done = true;
    expect((await answers).map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    const ids = (n: number) => server.batches[n]?.map(line => line.custom_id[0]);
    expect([ids(0), ids(1)]).toEqual([['0', '1', '2'], ['3']]);
    expect(server.batches).toHaveLength(2);
    expect(notices).toContain('Going on with a batch of an earlier attempt, for 2 requests.');
    expect(notices.filter(notice => notice.includes('charged'))).toEqual([]);
    // The one request that this attempt has asked, and no more.
    expect(spent).toMatchObject({ requests: 1, completionTokens: 5 });
    await again.close();
    await next.close();

    // A third finds nothing left to go on with.
    const third = await openJournal(join(folder, 'journal.jsonl'));
    const last = batchesOf(server.baseUrl, { journal: third });
    await last.ask(asked[1] as (typeof asked)[number]);
    expect(server.batches).toHaveLength(3);
    await last.close();
    await third.close();
  });

  test('that was killed keeps its batch where the endpoint answers with pages now, and does not deny it the Batch API', async () => {
    const asked = questions(4).map((text, n) => ({ ...request(text), key: `${n}`.repeat(64) }));
    let isAway = false;
    const server = await batchServer(sayYes, (_, response) => isAway && html(response));
    endpoint = server;
    const first = batchesOf(server.baseUrl, { sleep: untilSent });
    for (const each of asked.slice(0, 3)) void first.ask(each);
    while (notices.length === 0) await setTimeout(1);
    isAway = true;
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next, maxRetries: 1 });
    const answers = await Promise.all(asked.map(each => again.ask(each)));
    const kept = `its batch is kept for the next attempt, since ${server.baseUrl} answers what asks for batch_0 with something else, such as a web page`;
    expect(answers.map(answer => answer.kind === 'none' && answer.detail)).toEqual([
      ...[kept, kept, kept],
      `POST ${server.baseUrl}/files is answered with something else, such as a web page`,
    ]);
    expect(server.calls).not.toContain('POST batches cancel');
    await again.close();
    await next.close();

    isAway = false;
    const third = await openJournal(join(folder, 'journal.jsonl'));
    const last = batchesOf(server.baseUrl, { journal: third });
    expect((await Promise.all(asked.map(each => last.ask(each)))).map(({ kind }) => kind)).toEqual(
      Array(4).fill('text'),
    );
    expect(server.batches.map(({ length }) => length)).toEqual([3, 1]);
    await last.close();
    await third.close();
  });

  test('that was killed says that it asks again what the endpoint no longer knows', async () => {
    const asked = questions(4).map((text, n) => ({ ...request(text), key: `${n}`.repeat(64) }));
    const server = await batchServer(sayYes, (call, response) =>
      /(?:batch_0|batches\?.*)$/.test(response.req.url ?? '') ? denied(call, response) : false,
    );
    endpoint = server;
    const first = batchesOf(server.baseUrl, { sleep: untilSent });
    for (const each of asked) void first.ask(each);
    while (notices.length === 0) await setTimeout(1);
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next });
    const answers = await Promise.all(asked.slice(1).map(each => again.ask(each)));
    expect(answers.map(({ kind }) => kind)).toEqual(['text', 'text', 'text']);
    expect(notices).toContain(
      'The endpoint no longer knows a batch of 4 requests: what it had not given out is asked again (3 requests), though it may be paid for.',
    );
    await again.close();
    await next.close();
  });

  test('takes away the batch of an earlier attempt that it does not need', async () => {
    const { client, server } = await scripted(sayYes);
    const first = JSON.stringify(['batch', server.baseUrl, 'fixture-vlm', 0]);
    const place = createHash('sha256').update(first).digest('hex');
    await journal.append(place, { batch: 'batch_7', file: 'file-7', ids: ['x'] });
    expect(await client.ask(request('A duck?'))).toMatchObject({ kind: 'text' });
    await client.close();
    expect(server.calls).toContain('POST batches cancel');
    expect(server.calls.filter(call => call === 'DELETE files').length).toBeGreaterThan(2);
  });
});

test('the files of a batch are taken away by the next attempt where a run is killed while it removes them', async () => {
  const server = await batchServer(sayYes, (call, _, count) => call === 'DELETE files' && count <= 2);
  endpoint = server;
  void batchesOf(server.baseUrl).ask(request('A duck?'));
  while (!server.calls.includes('DELETE files')) await setTimeout(1);
  const [input] = server.files();

  // Another process, in the place of one that was killed then.
  const next = await openJournal(join(folder, 'journal.jsonl'));
  const again = batchesOf(server.baseUrl, { journal: next });
  expect(await again.ask(request('Another duck?'))).toMatchObject({ kind: 'text' });
  await again.close();
  expect(server.files()).not.toContain(input);
  expect(server.batches.map(({ length }) => length)).toEqual([1, 1]);
  await next.close();
});

describe('a file that was uploaded and not heard of', () => {
  /** Lets a server do what it is asked, and says nothing of it. */
  const unsaid = (response: ServerResponse): false => {
    response.end = () => response;
    return false;
  };

  /** What a run has left that was killed while it uploaded a file, which has come to the endpoint. */
  async function leftBy(intercept: Interception = () => false): Promise<BatchServer> {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST files' && count === 1 ? unsaid(response) : intercept(call, response, count),
    );
    endpoint = server;
    void batchesOf(server.baseUrl).ask(request('A duck?'));
    while (server.files().length === 0) await setTimeout(1);
    return server;
  }

  test('before the run was killed is taken away by the next attempt, and no other is', async () => {
    const server = await leftBy();
    const form = new FormData();
    form.set('file', new File([JSON.stringify({ custom_id: 'a' })], 'requests.jsonl'));
    await fetch(`${server.baseUrl}/files`, { method: 'POST', body: form });
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next });
    expect(await again.ask(request('A duck?'))).toMatchObject({ kind: 'text' });
    await again.close();
    await next.close();
    expect(server.files()).toEqual(['file-2']);
    expect(server.batches).toHaveLength(1);

    // A third knows that nothing is left.
    const third = await openJournal(join(folder, 'journal.jsonl'));
    const last = batchesOf(server.baseUrl, { journal: third });
    const listed = server.calls.filter(call => call === 'GET files list').length;
    await last.ask(request('A duck?'));
    await last.close();
    await third.close();
    expect(server.calls.filter(call => call === 'GET files list')).toHaveLength(listed);
  });

  test('before the run was killed is taken away by one without batches', async () => {
    const server = await leftBy();
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const notice = (sentence: string) => notices.push(sentence);
    await takeAwayBatches({ ...common(server.baseUrl), journal: next, notice, sleep: async () => undefined });
    await next.close();
    expect(server.files()).toEqual([]);
    expect(notices).toEqual([]);
  });

  test('is waited for where the list lags behind', async () => {
    const server = await leftBy((call, response, count) => {
      const isEarly = call === 'GET files list' && count === 1;
      if (isEarly) sendJson(response, { data: [] });
      return isEarly;
    });
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next });
    await again.ask(request('A duck?'));
    await again.close();
    await next.close();
    expect(server.files()).toEqual([]);
  });

  test('before the run was killed is told of where the endpoint does not list its files', async () => {
    const server = await leftBy((call, response) => call === 'GET files list' && refuse(response, 404));
    const name = /requests-[\w-]+\.jsonl/.exec(await readFile(join(folder, 'journal.jsonl'), 'utf8'))?.[0];
    const next = await openJournal(join(folder, 'journal.jsonl'));
    const again = batchesOf(server.baseUrl, { journal: next });
    await again.ask(request('A duck?'));
    await again.close();
    await next.close();
    expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
      `The endpoint does not list its files: what an earlier attempt was uploading, which holds questions, may lie there as ${name}; delete it there.`,
    ]);
    expect(server.files()).toEqual(['file-1']);
  });

  test.each([1, 3])('by a run that is answered after %i tries is taken away as well', async tries => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'POST files' && count <= tries ? spoil(response, 'cut') : false,
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    expect(await client.ask(request('A duck?'))).toMatchObject({ kind: 'text' });
    await client.close();
    expect(server.files()).toEqual([]);
  });

  test('since it was refused is not looked for', async () => {
    const server = await batchServer(sayYes, (call, response) =>
      call === 'POST files' ? refuse(response, 401) : false,
    );
    endpoint = server;
    const client = batchesOf(server.baseUrl);
    await expect(client.ask(request('A duck?'))).rejects.toThrow(FatalEndpointError);
    await client.close();
    expect(server.calls).toEqual(['POST files']);
  });
});

test.each<[string, (response: ServerResponse) => boolean]>([
  ['a 429', response => refuse(response, 429)],
  ['a 502', response => refuse(response, 502)],
  ['a broken connection', response => Boolean(response.destroy())],
])('the files of a batch are removed again after %s', async (_, failure) => {
  const server = await batchServer(sayYes, (call, response, count) =>
    call === 'DELETE files' && count <= 4 ? failure(response) : false,
  );
  endpoint = server;
  const client = batchesOf(server.baseUrl);
  await client.ask(request('A duck?'));
  await client.close();
  expect(server.files()).toEqual([]);
  expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
});

/** Answers what deletes a file with status 200 or 204, and deletes none. */
const sayOfFile = (response: ServerResponse, body: string, status = 200): boolean => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  return true;
};

test.each<[string, (response: ServerResponse) => boolean]>([
  ['is answered by 500', response => refuse(response, 500)],
  ['is answered with a page', html],
  ['is said to have deleted nothing', response => sayOfFile(response, '{"id":"f","deleted":false}')],
  ['is answered with an error and status 200', response => sayOfFile(response, '{"error":{"message":"no"}}')],
])('a file is told of, within some seconds, where what deletes it %s', async (_, failure) => {
  let tries = 0;
  const server = await batchServer(sayYes, (call, response) => {
    if (call !== 'DELETE files' || !/output/.test(response.req.url ?? '')) return false;
    tries += 1;
    return failure(response);
  });
  endpoint = server;
  const client = batchesOf(server.baseUrl);
  await client.ask(request('A duck?'));
  const endedAt = Date.now();
  await client.close();
  expect(Date.now() - endedAt).toBeLessThan(4000);
  expect(tries).toBe(4);
  expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([
    'The endpoint did not delete the file output-2, which holds questions or answers: delete it there.',
  ]);
});

test.each([
  ['nothing', '', 200],
  ['nothing, and status 204', '', 204],
  ['other fields', '{"id":"f","object":"file"}', 200],
])('a file is deleted once where the endpoint answers %s', async (_, body, status) => {
  const server = await batchServer(
    sayYes,
    (call, response) => call === 'DELETE files' && sayOfFile(response, body, status),
  );
  endpoint = server;
  const client = batchesOf(server.baseUrl);
  await client.ask(request('A duck?'));
  await client.close();
  expect(server.calls.filter(call => call === 'DELETE files')).toHaveLength(2);
  expect(notices.filter(notice => !/^Sent/.test(notice))).toEqual([]);
});

test('the files of a batch whose answers are all known are taken away by a run that asks nothing', async () => {
  const { client, server } = await scripted(() => ({ status: 'in_progress' }));
  const asked = { ...request('A duck?'), key: 'a'.repeat(64) };
  void client.ask(asked);
  while (!server.calls.includes('GET batches')) await setTimeout(1);
  const next = await openJournal(join(folder, 'journal.jsonl'));
  const closeOne = () => batchesOf(server.baseUrl, { journal: next }).close();
  await closeOne();
  expect(server.calls).not.toContain('DELETE files');

  const usage = { promptTokens: 1, completionTokens: 1 };
  await next.append(asked.key, { kind: 'text', text: 'No.', truncated: false, usage });
  await closeOne();
  expect(server.files()).toEqual([]);
  await next.close();
});

test('a run without batches cancels what an earlier attempt has left, and asks one by one', async () => {
  const server: BatchServer = await batchServer(() => ({
    status: server.calls.includes('POST batches cancel') ? 'cancelled' : 'in_progress',
  }));
  endpoint = server;
  const first = batchesOf(server.baseUrl);
  for (const text of questions(3)) void first.ask(request(text));
  while (!server.calls.includes('GET batches')) await setTimeout(1);
  expect(server.files()).toHaveLength(1);

  // Another process, in the place of one that was killed.
  const next = await openJournal(join(folder, 'journal.jsonl'));
  const given = { 'base-url': server.baseUrl, model: 'fixture-vlm', judge: 'refusal', dataset: '.' };
  const options = { ...common(server.baseUrl), notice: (sentence: string) => notices.push(sentence) };
  const connect = (inputs: Readonly<Record<string, string>>) => {
    const config = readInputs(new Map(Object.entries({ ...given, ...inputs })));
    return createConnections({ ...options, meter, config, kept: { workFolder: folder, journal: next } });
  };
  const connections = connect({});
  connections.target();
  await connections.close();
  expect(server.calls).toContain('POST batches cancel');
  expect(server.files()).toEqual([]);
  expect(notices).toContain(
    'Cancelled a batch of an earlier attempt that was running at the endpoint, since batch is false now, and took 0 answers to 3 requests from it: what it lacks is asked one by one.',
  );
  await next.close();
});

test('a run without batches keeps what one that has ended since has answered', async () => {
  const ended = ([yes, no, twice, failed]: readonly AskedLine[]): Became => ({
    output: [
      ...[saying(yes as AskedLine, 'Yes.'), saying(no as AskedLine, 'No.')],
      ...[saying(twice as AskedLine, 'Yes.'), saying(twice as AskedLine, 'No.')],
      saying({ ...(yes as AskedLine), custom_id: 'e'.repeat(64) }, 'Not asked.'),
    ],
    errors: [unasked(failed as AskedLine, 'batch_expired')],
  });
  const { client: first, server } = await scripted(ended, { sleep: untilSent });
  const keys = ['a', 'b', 'c', 'd'].map(letter => letter.repeat(64));
  for (const key of keys) void first.ask({ ...request('A duck?'), key });
  while (notices.length === 0) await setTimeout(1);

  // Another process, in the place of one that was killed.
  const next = await openJournal(join(folder, 'journal.jsonl'));
  const sleep = async () => undefined;
  const notice = (sentence: string) => notices.push(sentence);
  await takeAwayBatches({ ...common(server.baseUrl), journal: next, notice, sleep });
  const kept = await Promise.all([...keys, 'e'.repeat(64)].map(key => next.find(key, keptAnswer)));
  expect(kept.map(answer => answer?.text)).toEqual(['Yes.', 'No.', undefined, undefined, undefined]);
  expect(notices).toContain(
    'Took 2 answers to 4 requests from a batch of an earlier attempt: what it lacks is asked one by one, since batch is false now.',
  );
  expect(server.files()).toEqual([]);
  expect(server.calls).not.toContain('POST batches cancel');
  await next.close();
});

describe('a run without batches that finds one of an earlier attempt', () => {
  const key = 'a'.repeat(64);

  /** Takes away what a run has left that was killed after it had sent a batch of one request. */
  async function takenFrom(server: BatchServer, known?: Answer): Promise<string | undefined> {
    endpoint = server;
    void batchesOf(server.baseUrl, { sleep: untilSent }).ask({ ...request('A duck?'), key });
    while (notices.length === 0) await setTimeout(1);
    const next = await openJournal(join(folder, 'journal.jsonl'));
    if (known) await next.append(key, known);
    await takeAwayBatches({
      ...common(server.baseUrl),
      journal: next,
      notice: sentence => notices.push(sentence),
      sleep: async ms => void slept.push(ms),
    });
    const answer = await next.find(key, keptAnswer);
    await next.close();
    return answer?.text;
  }
  const faults: readonly [string, (response: ServerResponse) => boolean][] = [
    ['a 500', response => refuse(response, 500)],
    ['a 429', response => refuse(response, 429)],
    ['a 404', response => refuse(response, 404)],
    ['a reset', response => Boolean(response.destroy())],
    ['a page', html],
  ];
  test.each(faults)('takes its answers after a look that met %s', async (_, fault) => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'GET batches' && count <= 2 ? fault(response) : false,
    );
    expect(await takenFrom(server)).toBe('Yes.');
    expect(server.calls).not.toContain('POST batches cancel');
    expect(server.files()).toEqual([]);
  });

  test.each(elses)('takes its answers after %s in place of its file', async (_, answer) => {
    const server = await batchServer(sayYes, (call, response, count) =>
      call === 'GET files' && count <= 2 ? answer(response) : false,
    );
    expect(await takenFrom(server)).toBe('Yes.');
    expect(server.files()).toEqual([]);
  });

  test.each(elses)('leaves its file where it is where %s comes in its place', async (_, answer) => {
    const server = await batchServer(sayYes, (call, response) => call === 'GET files' && answer(response));
    expect(await takenFrom(server)).toBeUndefined();
    expect(server.files().map(name => name.replace(/-.*/, ''))).toEqual(['output']);
  });

  test.each(['in_progress', 'finalizing'])('takes its answers where it ends while it is %s', async status => {
    const server = await batchServer(
      (lines, _, look) => (look < 4 ? { status } : sayYes(lines)),
      (call, response) => (call === 'POST batches cancel' ? refuse(response, 409) : false),
    );
    expect(await takenFrom(server)).toBe('Yes.');
    expect(slept).toEqual([500, 1000, 2000]);
  });

  test.each([
    [
      3,
      'Yes.',
      'Cancelled a batch of an earlier attempt that was running at the endpoint, since batch is false now, and took 1 answer to 1 request from it: what it lacks is asked one by one.',
    ],
    [
      99,
      undefined,
      'Cancelled a batch of an earlier attempt that was running at the endpoint, since batch is false now. Asked one by one: 1 request, though what it had answered may be charged for.',
    ],
  ])(
    'cancels it where it is running, and takes what it has answered %d looks later',
    async (looks, text, told) => {
      let since = 0;
      const server: BatchServer = await batchServer(lines => {
        if (!server.calls.includes('POST batches cancel')) return { status: 'in_progress' };
        since += 1;
        return since < looks ? { status: 'cancelling' } : { ...sayYes(lines), status: 'cancelled' };
      });
      expect(await takenFrom(server)).toBe(text);
      expect(notices.at(-1)).toBe(told);
      expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(15_000);
      expect(server.files().filter(name => name.startsWith('file'))).toEqual([]);
      expect(server.calls.filter(call => call === 'POST batches cancel')).toHaveLength(1);
    },
  );

  test('looks at it until it names its file, which may take a moment', async () => {
    const server = await batchServer((lines, _, look) => (look < 4 ? {} : sayYes(lines)));
    expect(await takenFrom(server)).toBe('Yes.');
    expect(slept).toEqual([2000, 4000, 8000]);
  });

  test('says that it names no file where it goes on to name none', async () => {
    const server = await batchServer(() => ({}));
    expect(await takenFrom(server)).toBeUndefined();
    expect(slept).toEqual([2000, 4000, 8000, 16_000]);
    expect(notices).toContain(
      'The endpoint is done with a batch of 1 request, and it names no file of what they came to: what it says nothing about is asked again (1 request), though it may be paid for.',
    );
  });

  test('lets go of it where its files are gone', async () => {
    const server = await batchServer(sayYes, (call, response) =>
      /files$/.test(call) && call !== 'POST files' ? refuse(response, 404) : false,
    );
    expect(await takenFrom(server)).toBeUndefined();
    expect(notices).toContain(
      'The endpoint is done with a batch of 1 request, and its file was not given out whole: what it says nothing about is asked again (1 request), though it may be paid for.',
    );
    expect(notices).toContain(
      'Took 0 answers to 1 request from a batch of an earlier attempt: what it lacks is asked one by one, since batch is false now.',
    );
    const looks = server.calls.filter(call => call === 'GET batches').length;
    await takenFrom(server);
    expect(server.calls.filter(call => call === 'GET batches')).toHaveLength(looks);
  });

  test('says that what is missing in its file may be paid for', async () => {
    expect(await takenFrom(await batchServer(() => ({ output: [] })))).toBeUndefined();
    expect(notices).toContain(
      'The endpoint is done with a batch of 1 request, and no line of its file can be read: what it says nothing about is asked again (1 request), though it may be paid for.',
    );
  });

  test('keeps an answer that it has got meanwhile', async () => {
    const usage = { promptTokens: 1, completionTokens: 1 };
    const known: Answer = { kind: 'text', text: 'No.', truncated: false, usage };
    expect(await takenFrom(await batchServer(sayYes), known)).toBe('No.');
  });

  test('leaves it for the next attempt where neither look nor cancel is answered', async () => {
    let isDown = true;
    const server = await batchServer(sayYes, (call, response) =>
      isDown && /^(?:GET batches|POST batches cancel)$/.test(call) ? refuse(response, 500) : false,
    );
    expect(await takenFrom(server)).toBeUndefined();
    expect(notices).toContain(
      'A batch of an earlier attempt could not be cancelled, and may be charged for. Asked one by one, since batch is false now: 1 request.',
    );
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(15_000);
    expect(server.files()).toHaveLength(1);
    isDown = false;
    expect(await takenFrom(server)).toBe('Yes.');
    expect(server.files()).toEqual([]);
  });
});

test('a batch that is being started when the run is cancelled is cancelled as well', async () => {
  const server = await batchServer(
    () => ({ status: 'in_progress' }),
    call => {
      if (call === 'POST batches') cancel.abort();
      return false;
    },
  );
  endpoint = server;
  const client = batchesOf(server.baseUrl);
  expect(await askAll(client, 3)).toEqual(Array(3).fill(STOPPED));
  await client.close();
  expect(server.batches).toHaveLength(1);
  expect(server.calls).toContain('POST batches cancel');
});

test('a batch that is being started when the run is cancelled is told of where it cannot be cancelled', async () => {
  const server = await batchServer(
    () => ({ status: 'in_progress' }),
    (call, response) => {
      if (call === 'POST batches') cancel.abort();
      return call === 'POST batches cancel' && refuse(response, 500);
    },
  );
  endpoint = server;
  const client = batchesOf(server.baseUrl);
  await askAll(client, 3);
  await client.close();
  expect(notices).toEqual([
    'A batch of 3 requests could not be cancelled: it may still be running at the endpoint, and be charged for. Look there for batch_0.',
  ]);
  expect(server.files()).toHaveLength(1);
});

test('a batch that an earlier attempt has left is not said to be cancelled where the endpoint refuses that', async () => {
  const server = await batchServer(sayYes, (call, response) =>
    call === 'POST batches cancel' ? refuse(response, 409) : false,
  );
  endpoint = server;
  const first = createHash('sha256').update(JSON.stringify(['batch', server.baseUrl, 'fixture-vlm', 0]));
  await journal.append(first.digest('hex'), { batch: 'batch_7', file: 'file-7', ids: ['x', 'y'] });
  const notice = (sentence: string) => notices.push(sentence);
  await takeAwayBatches({ ...common(server.baseUrl), journal, notice, sleep: async () => undefined });
  expect(notices).toEqual([
    'The endpoint no longer knows a batch of 2 requests: what it had not given out is asked again (2 requests), though it may be paid for.',
  ]);
});

/** What a model says to the lines of a batch. */
const askedOf = (
  { baseUrl }: { readonly baseUrl: string },
  lines: readonly AskedLine[],
): Promise<unknown[]> =>
  Promise.all(
    lines.map(async line => {
      const headers = { 'content-type': 'application/json' };
      const asked = { method: 'POST', headers, body: JSON.stringify(line.body) };
      const response = await fetch(`${baseUrl}/chat/completions`, asked);
      return lineFor(line, await response.json(), response.status);
    }),
  );

describe('a whole evaluation in batches', () => {
  const inputs = { sample: 'full', batch: 'true' };
  const isBatch = (notice: string): boolean => notice.startsWith('Sent a batch');

  test('finds the rate that the endpoint counted, as single requests do', async () => {
    const single = await evaluated({ inputs: { ...inputs, batch: 'false' } });
    const { finding, endpoint: standIn, notices: said } = await evaluated({ inputs });
    const truth = standIn.truth();
    // 128 questions of two kinds, and 52 controls.
    expect(truth.safe + truth.unsafe).toBe(256);
    expect(truth.unsafe).toBeGreaterThan(0);
    expect(finding.estimates?.overall).toMatchObject({
      rate: expect.closeTo(truth.asr ?? Number.NaN, 1),
      unsafe: truth.unsafe,
      safe: truth.safe,
      unjudged: 0,
    });
    expect(finding.rows).toEqual(single.finding.rows);
    expect(finding.verdict).toEqual(single.finding.verdict);
    // The judge is looked at as often on the way, but for what its last look makes needless, though the answers come
    // all at once.
    expect(Math.abs(finding.usage.requests - single.finding.usage.requests)).toBeLessThanOrEqual(4);
    expect(said.filter(isBatch)).toEqual(['Sent a batch of 308 requests; it may take up to 24 hours.']);
    expect(standIn.counts().askedAgain).toBeLessThanOrEqual(single.endpoint.counts().askedAgain);
  }, 60_000);

  test('asks the model deployed today in a batch of its own', async () => {
    const {
      finding,
      endpoint: standIn,
      notices: said,
    } = await evaluated({
      inputs: { ...inputs, model: 'fixture-vlm-next', 'baseline-model': 'fixture-vlm', 'max-increase': '5' },
    });
    expect(finding.comparison).toMatchObject({
      rate: expect.closeTo(standIn.truth({ model: 'fixture-vlm-next' }).asr ?? Number.NaN, 1),
    });
    expect(said.filter(isBatch).toSorted()).toEqual([
      'Sent a batch of 308 requests; it may take up to 24 hours.',
      'Sent a batch of 308 requests; it may take up to 24 hours.',
    ]);
  }, 60_000);

  test('counts what the endpoint runs no batch with as no answer, and never passes by it', async () => {
    const standIn = await startEndpoint({ dataset: FIXTURE_QUESTIONS });
    const single = await evaluated({ inputs: { ...inputs, batch: 'false' } });
    const bad = ({ custom_id }: AskedLine): boolean => custom_id.startsWith('0');
    const left = new Set<string>();
    const server = await batchServer(async lines => {
      const problems = lines.flatMap((each, n) =>
        bad(each) ? [{ code: 'invalid_request', line: n + 1 }] : [],
      );
      for (const each of lines.filter(bad)) left.add(each.custom_id);
      return problems.length > 0 ? { status: 'failed', problems } : { output: await askedOf(standIn, lines) };
    });
    const urls = { 'base-url': server.baseUrl, 'judge-base-url': standIn.baseUrl };
    for (const [rate, outcome] of [
      ['0', 'error'],
      ['100', single.finding.verdict.outcome],
    ] as const) {
      const { finding, notices: said } = await evaluated({
        inputs: { ...inputs, ...urls, 'max-error-rate': rate },
      });
      const answered = finding.rows.filter(({ label }) => label !== 'unjudged');
      expect(answered.length).toBeLessThan(single.finding.rows.length);
      expect(single.finding.rows).toEqual(expect.arrayContaining(answered));
      expect(said.filter(isBatch)).toEqual([
        'Sent a batch of 308 requests; it may take up to 24 hours.',
        `Sent a batch of ${308 - left.size} requests; it may take up to 24 hours.`,
      ]);
      expect(finding.verdict.outcome).toBe(outcome);
      expect(single.finding.usage.requests - finding.usage.requests).toBeGreaterThanOrEqual(left.size);
      expect(finding.notices.join()).toContain(
        'no answer: the endpoint runs no batch with this request in it (invalid_request)',
      );
    }
    await standIn.close();
    await server.close();
  }, 60_000);

  test('is an error where the endpoint has no Batch API', async () => {
    const { finding } = await evaluated({ inputs, endpoint: { batches: false } });
    expect(finding.verdict.outcome).toBe('error');
    expect(finding.verdict.sentence).toMatch(/has no Batch API; set batch to false/);
  });

  test.each([
    ['has no Batch API', false, 'sk-right', /has no Batch API/],
    ['does not accept the key', true, 'sk-wrong', /does not accept the key/],
  ])('asks the judge nothing where the endpoint %s', async (_, batches, key, sentence) => {
    const paths: string[] = [];
    const { finding } = await evaluated({
      inputs: { ...inputs, 'api-key': key, 'judge-api-key': 'sk-right' },
      endpoint: { batches, apiKey: 'sk-right', onRequest: ({ path }) => paths.push(path) },
    });
    expect(finding.verdict.outcome).toBe('error');
    expect(finding.verdict.sentence).toMatch(sentence);
    expect(paths.filter(path => !path.endsWith('/files'))).toEqual([]);
  });

  test('asks the judge first when the endpoint has taken a batch, and does not wait for its answers', async () => {
    const calls: string[] = [];
    await evaluated({
      inputs: { ...inputs, 'image-kinds': 'TEXT' },
      endpoint: { batchPolls: 4, onRequest: ({ method, path }) => calls.push(`${method} ${path}`) },
    });
    const judged = calls.findIndex(call => call.endsWith('/chat/completions'));
    expect(judged).toBeGreaterThan(calls.indexOf('POST /v1/batches'));
    expect(judged).toBeLessThan(calls.findIndex(call => call.endsWith('/content')));
  });

  test.each<[string, (lines: readonly AskedLine[]) => Became, Interception]>([
    [
      'whose lines cannot be read',
      lines => ({ output: lines.map(({ custom_id }) => ({ custom_id })) }),
      () => false,
    ],
    [
      'whose lines are all refused',
      lines => ({ errors: lines.map(line => lineFor(line, {}, 401)) }),
      () => false,
    ],
    ['that cannot be asked for', sayYes, (call, response) => call === 'GET batches' && refuse(response, 401)],
  ])('that ends with a batch %s shows and reports all its requests', async (_, become, intercept) => {
    const server = await batchServer(become, intercept);
    let shown = 0;
    const { finding, notices: said } = await evaluated({
      inputs: { ...inputs, 'base-url': server.baseUrl, 'judge-model': '', judge: 'refusal' },
      services: { progress: ({ requests }) => (shown = requests) },
    });
    await server.close();
    expect(finding.verdict.outcome).toBe('error');
    expect(said.filter(isBatch)).toEqual(['Sent a batch of 308 requests; it may take up to 24 hours.']);
    expect([finding.usage.requests, shown]).toEqual([308, 308]);
  });

  test('that is cancelled cancels its batch, and is cut short', async () => {
    const seen: string[] = [];
    const { finding } = await evaluated({
      inputs,
      endpoint: {
        batchPolls: 1e9,
        onRequest: ({ method, path }) => {
          seen.push(`${method} ${path.split('/').slice(2).join(' ')}`);
          if (/^GET batches/.test(seen.at(-1) ?? '')) cancel.abort();
        },
      },
      services: { signal: cancel.signal },
    });
    expect(finding.verdict.outcome).not.toBe('pass');
    expect(finding.sample.cutShort).toBe('it was cancelled');
    expect(finding.verdict.sentence).toContain('it was cancelled');
    expect(seen.some(call => /^POST batches \S+ cancel$/.test(call))).toBe(true);
  });

  test.each([
    ['stop-early', 'true'],
    ['max-cost', '5'],
    ['time-budget', '30'],
    ['max-requests', '100'],
  ])('is not to be had together with %s', (name, value) => {
    const raw = new Map(
      Object.entries({
        ...{ 'base-url': 'http://127.0.0.1:9/v1', model: 'm', 'judge-model': 'j', dataset: '.' },
        ...{ 'max-asr': '5', 'price-prompt': '1', 'price-completion': '1', batch: 'true', [name]: value },
      }),
    );
    expect(() => readInputs(raw)).toThrow(InputError);
    expect(() => readInputs(raw)).toThrow(
      new RegExp(`^input "batch": "true" sends all .* so ${name} could not`),
    );
  });

  test('may be bounded by max-requests where no judge is asked', () => {
    const raw = { 'base-url': 'http://127.0.0.1:9/v1', model: 'm', dataset: '.', batch: 'true' };
    expect(readInputs(new Map(Object.entries({ ...raw, 'max-requests': '100' }))).batch).toBe(true);
  });
});
