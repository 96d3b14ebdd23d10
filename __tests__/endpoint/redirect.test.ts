import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createBatchEndpoint } from '../../src/endpoint/batch/endpoint.ts';
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createImageEndpoint } from '../../src/endpoint/images.ts';
import { createMeter } from '../../src/endpoint/meter.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { batchServer } from '../support/batch-server.ts';
import {
  completion,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
} from '../support/scripted-endpoint.ts';

const KEY = 'sk-very-secret';
let target: ScriptedEndpoint;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  // What a client that followed would be content with.
  target = await scriptedEndpoint(response =>
    sendJson(response, { ...completion({ content: 'A tree.' }), id: 'x', data: [{ b64_json: 'AAAA' }] }),
  );
  closing.push(target.close);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const options = (baseUrl: string) => ({
  baseUrl,
  model: 'some-vlm',
  apiKey: KEY,
  timeout: 5000,
  maxRetries: 3,
  pacer: createPacer(8, Date.now),
  meter: createMeter({ maxRequests: null, maxCost: null, prices: null }),
  signal: new AbortController().signal,
  secrets: [KEY],
  clock: Date.now,
  random: () => 0,
});

/** An endpoint that sends everybody to the target, with a key in the address. */
async function redirecting(status: number): Promise<{ baseUrl: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const location = `${new URL(target.baseUrl).origin}${request.url}?token=${KEY}`;
    request.resume().on('end', () => response.writeHead(status, { location }).end('Moved'));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked };
}

async function batchClient(baseUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'redirect-'));
  const journal = await openJournal(join(folder, 'journal.jsonl'));
  const client = createBatchEndpoint({
    ...options(baseUrl),
    ...{ workFolder: folder, journal, notice: () => undefined, isGathering: () => false },
    sleep: (_, signal) => setTimeout(1, undefined, { signal }),
  });
  closing.push(async () => {
    await client.close();
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });
  return client;
}

const question = { text: 'What is this?', maxTokens: 64 };
const CLIENTS = {
  chat: async (baseUrl: string) => createChatEndpoint(options(baseUrl)).ask(question),
  images: async (baseUrl: string) => createImageEndpoint(options(baseUrl)).draw('Bread', '1024x1024'),
  batch: async (baseUrl: string) => (await batchClient(baseUrl)).ask(question),
};

/** What a request that ends the run says. */
async function messageOf(asking: Promise<unknown>): Promise<string> {
  const fault = await asking.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(FatalEndpointError);
  return (fault as Error).message;
}

describe.each(Object.entries(CLIENTS))('a redirect of %s', (_, ask) => {
  test.each([301, 302, 303, 307, 308])(
    'with %i is not followed, and ends the run with what to do',
    async status => {
      const { baseUrl, asked } = await redirecting(status);
      const sentence = await messageOf(ask(baseUrl));
      const { origin } = new URL(target.baseUrl);
      expect(sentence).toContain(`${baseUrl} answered ${status}, a redirect to ${origin}`);
      expect(sentence).toContain('no redirect is followed; set its base URL to the final address');
      expect(sentence).not.toMatch(/sk-|token|\n/);
      expect(asked).toHaveLength(1);
      expect(target.asked).toEqual([]);
    },
  );
});

test('a redirect without an address to go to is one all the same', async () => {
  const moved = await scriptedEndpoint(response => void response.writeHead(302).end());
  closing.push(moved.close);
  expect(await messageOf(CLIENTS.chat(moved.baseUrl))).toContain('answered 302, a redirect to elsewhere: ');
});

test('a redirect to the same host is told from one to another', async () => {
  const moved = await scriptedEndpoint(
    response => void response.writeHead(301, { location: '/v2/chat' }).end(),
  );
  closing.push(moved.close);
  expect(await messageOf(CLIENTS.chat(moved.baseUrl))).toContain(
    'answered 301, a redirect to another path there: ',
  );
});

test('a redirect after the first answer is one question without an answer', async () => {
  const sometimes = await scriptedEndpoint((response, _, count) => {
    if (count === 1) return sendJson(response, completion({ content: 'A tree.' }));
    response.writeHead(302, { location: `${target.baseUrl}/login?token=${KEY}` }).end();
  });
  closing.push(sometimes.close);
  const client = createChatEndpoint(options(sometimes.baseUrl));
  await client.ask(question);
  expect(await client.ask(question)).toMatchObject({
    kind: 'none',
    reason: 'rejected',
    detail: `status 302, a redirect to ${new URL(target.baseUrl).origin}`,
  });
  expect(target.asked).toEqual([]);
});

test('the results of a batch are not fetched from elsewhere', async () => {
  const server = await batchServer(
    () => ({ output: [] }),
    (call, response) => {
      if (call !== 'GET files') return false;
      response.writeHead(302, { location: `${target.baseUrl}/results` }).end();
      return true;
    },
  );
  closing.push(server.close);
  expect(await messageOf(CLIENTS.batch(server.baseUrl))).toContain('a redirect to');
  expect(target.asked).toEqual([]);
});
