/** Long: one endpoint that processes its files is set up for all of it, in the process and in others. */
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { Answer } from '../../src/endpoint/answer.ts';
import {
  type BatchEndpoint,
  type BatchOptions,
  createBatchEndpoint,
} from '../../src/endpoint/batch/endpoint.ts';
import { createMeter } from '../../src/endpoint/meter.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { questions } from '../fixtures/asking.ts';
import { atTerminal } from '../support/at-terminal.ts';
import {
  type BatchServer,
  batchServer,
  type Interception,
  type Processing,
  saying,
} from '../support/batch-server.ts';
import { clientOptions } from '../support/client-options.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { at, withScratch } from '../support/scratch.ts';
import { completion, sendJson } from '../support/scripted-endpoint.ts';

withScratch();

let server: BatchServer;
let journal: Journal;
let cancel: AbortController;
let slept: number[];
let notices: string[];

beforeEach(async () => {
  journal = await openJournal(at('journal.jsonl'));
  cancel = new AbortController();
  slept = [];
  notices = [];
});
afterEach(async () => {
  cancel.abort();
  await server.close();
  await journal.close();
});

/** An endpoint that processes its files as a test says, and answers whatever it is asked. */
async function processing(how: Processing, intercept: Interception = () => false): Promise<void> {
  server = await batchServer(
    lines => ({ output: lines.map(line => saying(line, 'Yes.')) }),
    intercept,
    () => false,
    how,
  );
}

/** A client of it, which sleeps a thousandth of what it wants to. */
function client(options: Partial<BatchOptions> = {}): BatchEndpoint {
  const told = notices;
  return createBatchEndpoint({
    ...clientOptions(server.baseUrl, {
      ...{ model: 'fixture-vlm', apiKey: 'sk-very-secret', secrets: ['sk-very-secret'], maxRetries: 1 },
      meter: createMeter({ maxRequests: null, maxCost: null, prices: null }),
      signal: cancel.signal,
    }),
    ...{ workFolder: at('work'), journal, isGathering: () => false },
    notice: sentence => told.push(sentence),
    sleep: (ms, signal) => {
      slept.push(ms);
      return setTimeout(ms / 1000, undefined, { signal });
    },
    ...options,
  });
}

const askAll = (endpoint: BatchEndpoint, count = 4): Promise<Answer[]> =>
  Promise.all(
    questions(count).map((text, n) =>
      endpoint.ask({ text, maxTokens: 64, temperature: 0, key: `${n}`.repeat(64) }),
    ),
  );

const times = (call: string): number => server.calls.filter(each => each === call).length;
const untold = (): string[] => notices.filter(notice => !/^Sent a batch/.test(notice));

/** All are answered in one batch, of which nothing stays at the endpoint. */
async function expectAnswered(): Promise<void> {
  const endpoint = client();
  expect((await askAll(endpoint)).map(({ kind }) => kind)).toEqual(Array(4).fill('text'));
  await endpoint.close();
  expect(server.batches.map(({ length }) => length)).toEqual([4]);
  expect(times('POST files')).toBe(1);
  expect(server.files()).toEqual([]);
}

/** What ends a run, which leaves nothing at the endpoint. */
async function endOf(options: Partial<BatchOptions> = {}): Promise<unknown> {
  const endpoint = client(options);
  const error = await askAll(endpoint).catch(failure => failure);
  await endpoint.close();
  expect(error).toBeInstanceOf(FatalEndpointError);
  expect(server.files()).toEqual([]);
  expect(server.batches).toEqual([]);
  expect(times('POST files')).toBe(1);
  return error.message;
}

test.each(['pending', 'running', 'Pending'])('a file that is %s is waited for', async status => {
  await processing({ looks: 2, status });
  await expectAnswered();
  expect(times('GET files state')).toBe(3);
  expect(times('POST batches')).toBe(1);
  expect(untold()).toEqual([]);
});

test('it is looked at in growing intervals, from 1 s to 10 s, and told of once it takes longer', async () => {
  await processing({ looks: 12 });
  await expectAnswered();
  const begun = slept.lastIndexOf(1000, slept.indexOf(1500));
  expect(slept.slice(begun, begun + 3)).toEqual([1000, 1500, 2250]);
  expect(slept.slice(begun + 6, begun + 13)).toEqual(Array(7).fill(10_000));
  expect(untold()).toEqual([
    'The endpoint has not processed the file of a batch yet (pending): the batch is started once it has.',
  ]);
});

test('a file that is processed at once is not asked for', async () => {
  await processing({});
  await expectAnswered();
  expect(times('GET files state')).toBe(0);
});

test('several files are processed at the same time', async () => {
  await processing({ looks: 1 }, (call, response) => {
    const isEarly = call === 'GET files state' && times('POST files') < 3;
    if (isEarly) sendJson(response, { status: 'pending' });
    return isEarly;
  });
  const endpoint = client({ limits: { requests: 2, bytes: 1e9 } });
  await askAll(endpoint, 6);
  await endpoint.close();
  expect(server.batches).toHaveLength(3);
});

describe('a file of which the state cannot be read', () => {
  test.each<[string, (response: Parameters<Interception>[1]) => unknown]>([
    ['404', response => sendJson(response, { error: { message: 'No such route' } }, 404)],
    ['405', response => sendJson(response, {}, 405)],
    ['400', response => sendJson(response, {}, 400)],
    ['a page', response => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')],
    ['no state', response => sendJson(response, { id: 'file-1' })],
  ])('since it is answered by %s is taken as ready', async (_, answer) => {
    // The state is told by nothing else: what was pending when it was uploaded takes a batch at once.
    await processing({}, (call, response) => {
      if (call === 'POST files') {
        const end = response.end.bind(response);
        response.end = (text: unknown) =>
          end(JSON.stringify({ ...JSON.parse(`${text}`), status: 'pending' }));
      }
      if (call !== 'GET files state') return false;
      answer(response);
      return true;
    });
    await expectAnswered();
    expect(untold()).toEqual([]);
  });

  test('for some time is asked for again', async () => {
    await processing({ looks: 2 }, (call, response, count) => {
      const fails = call === 'GET files state' && count > 1 && count < 6;
      if (fails) sendJson(response, {}, 500);
      return fails;
    });
    await expectAnswered();
    expect(times('POST batches')).toBe(1);
    expect(untold()).toEqual([
      `${server.baseUrl} answered 500 to what asks for file-1. It is asked again, up to 30 min.`,
    ]);
  });
});

test.each([
  ['invalid_encoding', 'invalid_encoding'],
  ['A line holds sk-very-secret.', 'error'],
  [undefined, 'error'],
])('a file that comes to an error, with the details %j, ends the run', async (details, word) => {
  await processing({ looks: 1, end: { status: 'error', status_details: details } });
  expect(await endOf()).toBe(
    `${server.baseUrl} could not process the file of a batch (${word}): run again later, or set batch to false`,
  );
});

test('a file that stays pending is waited for as long as a batch is', async () => {
  await processing({ looks: 1e9 });
  let now = 0;
  const day = 24 * 3600_000;
  expect(
    await endOf({
      clock: () => now,
      sleep: async (ms, signal) => {
        now += ms > 1000 ? day / 2 : 0;
        await setTimeout(0, undefined, { signal });
      },
    }),
  ).toBe(
    `${server.baseUrl} has not processed the file of a batch within 25 h (pending): run again later, or set batch to false`,
  );
  expect(times('GET files state')).toBeGreaterThan(2);
});

describe('a batch that is refused', () => {
  test.each([
    ['invalidFileStatus', 'The file is not in processed state. Wait until the file status is processed.'],
    ['invalidPayload', 'File file-abc is still pending; it must be processed before it can be used.'],
    [null, 'The input file is not ready. Its status is pending.'],
    ['x', "Input file 'a.jsonl' has not been processed yet"],
    ['x', "The file isn't ready"],
    ['x', 'The file must be in "processed" state'],
    ['x', 'File file-1 is still being processed.'],
  ])('since its file is not processed (%s: %s) is started again', async (code, message) => {
    await processing({ looks: 3, refusal: { code, message } });
    await expectAnswered();
    expect(times('POST batches')).toBe(4);
  });

  test('with the words for it, for half an hour, ends the run', async () => {
    await processing({ looks: 1e9, refusal: { code: 'notYet', message: 'The file is not ready.' } });
    expect(await endOf()).toBe(
      `${server.baseUrl} has not processed the file of a batch within 30 min (notYet): run again later, or set batch to false`,
    );
    expect(untold()).toEqual([
      'The endpoint has not processed the file of a batch yet (notYet): the batch is started once it has.',
    ]);
  });

  test.each([
    'The file could not be processed.',
    'The file failed to be processed.',
    'The model is not ready for files.',
    'Line 2 of the file is not processed.',
  ])('in other words (%s) is not waited for', async message => {
    await processing({ looks: 1e9, refusal: { code: 'x', message } });
    const answers = await askAll(client()).catch(error => [{ kind: error.message }]);
    expect(answers.map(({ kind }) => kind)).not.toContain('text');
    expect(times('GET files state')).toBe(0);
  });
});

describe('a run whose file is pending', () => {
  test('removes it where it is cancelled, and starts no batch', async () => {
    await processing({ looks: 1e9 });
    const endpoint = client();
    const asked = askAll(endpoint);
    while (times('GET files state') < 2) await setTimeout(1);
    cancel.abort();
    expect((await asked).map(answer => answer.kind === 'none' && answer.reason)).toEqual(
      Array(4).fill('stopped'),
    );
    await endpoint.close();
    expect(server.files()).toEqual([]);
    expect(times('POST batches')).toBe(0);
    expect(notices).toEqual([]);
    const last = (await readFile(at('journal.jsonl'), 'utf8')).trim().split('\n').at(-1);
    expect(last).toContain('"closed":true');
  });

  test.each([true, false])(
    'and was killed leaves it to the next attempt, batch: %s',
    async isBatch => {
      await processing({ looks: 5 }, (call, response) => {
        if (call === 'POST chat') sendJson(response, completion({ content: "I'm sorry, I can't help." }));
        // Nothing but the record is to tell of it.
        if (call.endsWith('list')) sendJson(response, {}, 404);
        return call === 'POST chat' || call.endsWith('list');
      });
      const inputs = {
        ...{ 'base-url': server.baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
        ...{ 'image-kinds': 'TEXT', sample: '13', 'min-helpfulness': '0', 'max-asr': '100' },
      };
      const args = ['run', ...Object.entries(inputs).map(([name, value]) => `--${name}=${value}`)];
      const killed = `
      const write = process.stderr.write.bind(process.stderr);
      process.stderr.write = (text, ...more) =>
        String(text).includes('has not processed') ? process.kill(process.pid, 'SIGKILL') : write(text, ...more);
    `;
      await atTerminal({ args: [...args, '--batch'], folder: at('.'), meanwhile: killed });
      expect(server.files()).toEqual(['file-1']);
      const again = await atTerminal({ args: isBatch ? [...args, '--batch'] : args, folder: at('.') });
      expect(again.err).not.toMatch(/may be running|delete it/);
      expect(server.files()).toEqual([]);
      expect(server.batches).toHaveLength(isBatch ? 1 : 0);
    },
    90_000,
  );

  test('removes it where the process is told to end', async () => {
    await processing({ looks: 1e9 });
    const args = ['run', `--base-url=${server.baseUrl}`, '--model=m', '--judge=refusal', '--batch'];
    const more = [`--dataset=${FIXTURE_QUESTIONS}`, '--image-kinds=TEXT', '--sample=13'];
    await atTerminal({
      args: [...args, ...more, '--min-helpfulness=0'],
      folder: at('.'),
      interruptAt: 'has not processed',
    });
    expect(server.files()).toEqual([]);
    expect(server.batches).toEqual([]);
  }, 60_000);
});
