import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { createTransport, TooLargeError } from '../../src/endpoint/transport.ts';

let close: () => void = () => undefined;
let connections = 0;
afterEach(() => close());

async function serving(listener: RequestListener): Promise<string> {
  connections = 0;
  const server = createServer(listener).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const MIB = 2 ** 20;

test('connections are used again', async () => {
  const url = await serving((request, response) => request.resume().on('end', () => response.end('yes')));
  const send = createTransport({ largestBody: MIB });
  for (let round = 0; round < 10; round += 1) {
    const responses = await Promise.all(
      Array.from({ length: 4 }, () => send(url, { method: 'POST', body: 'x'.repeat(100_000) })),
    );
    expect(await Promise.all(responses.map(each => each.text()))).toEqual(Array(4).fill('yes'));
  }
  expect(connections).toBeLessThanOrEqual(4);
});

test('what the end of a run keeps from leaving is told from what it breaks off', async () => {
  const url = await serving(request => void request.resume());
  const ends = new AbortController();
  const send = createTransport({ largestBody: MIB, ends: ends.signal });
  const codeOf = (sending: Promise<unknown>) =>
    sending.catch((error: { code?: string }) => error.code ?? 'none');
  const sent = codeOf(send(url, { method: 'POST', body: 'x' }));
  await pause(100);
  const unsent = codeOf(send(url, { method: 'POST', body: 'x' }));
  ends.abort();
  expect(await sent).toBe('none');
  expect(await unsent).toBe('UNSENT');
  const late = send(url, { method: 'POST', body: 'x' });
  await expect(late).rejects.toThrow('the run has ended');
  expect(await codeOf(late)).toBe('UNSENT');
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('a body that comes as %s is read, whole or as a stream', async (encoding, compress) => {
  const url = await serving((_, response) => {
    response.writeHead(200, { 'content-encoding': encoding }).end(compress('{"a":"ü"}'));
  });
  expect(await (await createTransport({ largestBody: MIB })(url)).text()).toBe('{"a":"ü"}');
  expect(await (await createTransport({})(url)).text()).toBe('{"a":"ü"}');
});

test('a body larger than the largest is not read, nor one that becomes so', async () => {
  const url = await serving(({ url: path }, response) => {
    if (path === '/small') response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(path === '/small' ? gzipSync('x'.repeat(2 * MIB)) : 'x'.repeat(2 * MIB));
  });
  const send = createTransport({ largestBody: MIB });
  await expect(send(url)).rejects.toBeInstanceOf(TooLargeError);
  await expect(send(`${url}small`)).rejects.toBeInstanceOf(TooLargeError);
});

test.each(['whole', 'stream'])('a compressed body that breaks off is a fault (%s)', async how => {
  const url = await serving((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '1000' });
    response.write(gzipSync('x'.repeat(MIB)).subarray(0, 100), () => response.destroy());
  });
  const options = how === 'whole' ? { largestBody: MIB } : {};
  await expect(createTransport(options)(url).then(response => response.text())).rejects.toThrow();
});

test('the end of the run breaks off what is under way, and lets nothing begin', async () => {
  const url = await serving(() => undefined);
  const ends = new AbortController();
  const send = createTransport({ largestBody: MIB, ends: ends.signal });
  const waiting = send(url);
  setTimeout(() => ends.abort(), 50);
  await expect(waiting).rejects.toThrow('the run has ended');
  await expect(send(url)).rejects.toThrow();
  expect(connections).toBe(1);
});

test('an answer that came while the process was busy has come in time', async () => {
  const server = spawn(process.execPath, [
    '-e',
    `const s = require('node:http').createServer((_, r) => setTimeout(() => r.end('yes'), 50));
     s.listen(0, '127.0.0.1', () => console.log(s.address().port));`,
  ]);
  close = () => server.kill();
  const [port] = await once(server.stdout, 'data');
  const waiting = createTransport({ largestBody: MIB })(`http://127.0.0.1:${String(port).trim()}/`, {
    signal: AbortSignal.timeout(200),
  });
  await pause(10);
  const until = Date.now() + 1000;
  while (Date.now() < until);
  expect(await (await waiting).text()).toBe('yes');
});

test('a file is uploaded whole, with its length', async () => {
  let length: string | undefined;
  const url = await serving(async (request, response) => {
    length = request.headers['content-length'];
    response.end(String((await request.toArray()).reduce((sum, chunk) => sum + chunk.length, 0)));
  });
  const body = new Blob(['x'.repeat(3 * MIB)]);
  const response = await createTransport({})(url, { method: 'POST', body });
  expect([length, await response.text()]).toEqual([String(3 * MIB), String(3 * MIB)]);
});

test('an answer that comes before the file was read is an answer', async () => {
  const url = await serving((_, response) => response.writeHead(413).end('too much'));
  const response = await createTransport({})(url, { method: 'POST', body: new Blob(['x'.repeat(64 * MIB)]) });
  expect([response.status, await response.text()]).toEqual([413, 'too much']);
});

test('and the next request is nobody’s rest of it', async () => {
  let requests = 0;
  const url = await serving(async (request, response) => {
    requests += 1;
    if (requests === 1) response.writeHead(413).end('too much');
    else response.end(String((await request.toArray()).reduce((sum, chunk) => sum + chunk.length, 0)));
  });
  const send = createTransport({});
  const post = async (pieces: readonly string[]) => {
    const response = await send(url, { method: 'POST', body: new Blob([...pieces]) });
    return [response.status, await response.text()];
  };
  // Of several pieces: the first goes out with the head.
  const pieces = ['x'.repeat(100), 'y'.repeat(3000), 'z'.repeat(50)];
  expect(await post(pieces)).toEqual([413, 'too much']);
  expect(await post(pieces)).toEqual([200, '3150']);
});
