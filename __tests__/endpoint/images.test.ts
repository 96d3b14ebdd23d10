/** Long: every way in which a drawing comes or does not come is a test over one scripted server. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createImageEndpoint } from '../../src/endpoint/images.ts';
import { createMeter } from '../../src/endpoint/meter.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import type { TryOptions } from '../../src/endpoint/tries.ts';

const KEY = 'sk-picture-key';
const PICTURE = Buffer.from('the bytes of a picture');
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Seen {
  readonly path: string;
  readonly key: string | undefined;
  readonly body: Record<string, unknown>;
}

/** A server that answers each request in turn and keeps what it saw. */
async function serve(...answers: ((response: ServerResponse, origin: string) => void)[]) {
  const seen: Seen[] = [];
  let origin = '';
  const server = createServer(async (request: IncomingMessage, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    seen.push({
      path: request.url ?? '',
      key: request.headers.authorization,
      body: text === '' ? {} : JSON.parse(text),
    });
    (answers[seen.length - 1] ?? answers.at(-1))?.(response, origin);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { seen, origin };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (to: ServerResponse) => {
    to.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
const base64 = json(200, { created: 1, data: [{ b64_json: PICTURE.toString('base64') }] });
const bytes = (to: ServerResponse) => to.end(PICTURE);

function endpointAt(origin: string, more: Partial<TryOptions> = {}) {
  return createImageEndpoint({
    baseUrl: `${origin}/v1`,
    model: 'painter',
    apiKey: KEY,
    timeout: 2000,
    maxRetries: 0,
    pacer: createPacer(4, Date.now),
    meter: createMeter({ maxRequests: null, maxCost: null, prices: null }),
    signal: new AbortController().signal,
    secrets: [KEY],
    clock: Date.now,
    random: () => 0,
    ...more,
  });
}
const draw = (origin: string, more: Partial<TryOptions> = {}) =>
  endpointAt(origin, more).draw('A photo of bread', '1024x1024');

describe('a picture', () => {
  test('in base64', async () => {
    const { origin, seen } = await serve(base64);
    expect(await draw(origin)).toEqual(PICTURE);
    expect(seen).toEqual([
      {
        path: '/v1/images/generations',
        key: `Bearer ${KEY}`,
        body: { model: 'painter', prompt: 'A photo of bread', size: '1024x1024', n: 1 },
      },
    ]);
  });

  test('in base64 that is a data URI', async () => {
    const uri = `data:image/png;base64,${PICTURE.toString('base64')}`;
    const { origin } = await serve(json(200, { data: [{ b64_json: uri }] }));
    expect(await draw(origin)).toEqual(PICTURE);
  });

  test('at a URL of the endpoint’s own origin is fetched with the key', async () => {
    const { origin, seen } = await serve(
      (to, own) => json(200, { data: [{ url: `${own}/files/1.png?sig=abc` }] })(to),
      bytes,
    );
    expect(Buffer.from((await draw(origin)) as Uint8Array)).toEqual(PICTURE);
    expect(seen[1]).toMatchObject({ path: '/files/1.png?sig=abc', key: `Bearer ${KEY}` });
  });

  test('at a URL elsewhere is fetched without the key', async () => {
    const elsewhere = await serve(bytes);
    const { origin } = await serve(json(200, { data: [{ url: `${elsewhere.origin}/1.png` }] }));
    expect(Buffer.from((await draw(origin)) as Uint8Array)).toEqual(PICTURE);
    expect(elsewhere.seen).toEqual([{ path: '/1.png', key: undefined, body: {} }]);
  });

  test('comes without a key when none is set', async () => {
    const { origin, seen } = await serve(base64);
    expect(await draw(origin, { apiKey: '' })).toEqual(PICTURE);
    expect(seen[0]?.key).toBeUndefined();
  });

  test('comes at the third try, and the meter has counted three', async () => {
    const { origin, seen } = await serve(json(429, {}, { 'retry-after': '0' }), json(500, {}), base64);
    const meter = createMeter({ maxRequests: null, maxCost: null, prices: null });
    expect(await draw(origin, { maxRetries: 2, meter })).toEqual(PICTURE);
    expect(seen).toHaveLength(3);
    expect(meter.requests).toBe(3);
  });

  test('is asked for again where a page, half of the JSON, nothing or no picture came first', async () => {
    const { origin, seen } = await serve(
      to => to.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      to => to.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[{"b64_js'),
      to => to.writeHead(200, { 'content-type': 'application/json' }).end(),
      json(200, { data: [] }),
      base64,
    );
    expect(await draw(origin, { maxRetries: 4 })).toEqual(PICTURE);
    expect(seen).toHaveLength(5);
  });

  test('is not tried again once the budget is used up', async () => {
    const { origin, seen } = await serve(json(500, {}), base64);
    const meter = createMeter({ maxRequests: 1, maxCost: null, prices: null });
    expect(await draw(origin, { maxRetries: 2, meter })).toEqual({
      missing: 'the run was stopped before the picture was drawn',
    });
    expect(seen).toHaveLength(1);
    expect(meter.requests).toBe(1);
  });

  test('waits for what the endpoint asks of all requests', async () => {
    const { origin } = await serve(json(429, {}, { 'retry-after': '0.4' }), base64);
    const startedAt = Date.now();
    expect(await draw(origin, { maxRetries: 1 })).toEqual(PICTURE);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(390);
  });
});

describe('a picture at a URL that fails', () => {
  const points = (to: ServerResponse, own: string) =>
    json(200, { data: [{ url: `${own}/1.png?sig=secret` }] })(to);
  const status = (code: number) => (to: ServerResponse) => void to.writeHead(code).end();
  const breaks = (to: ServerResponse) => {
    to.writeHead(200, { 'content-length': PICTURE.length }).write(PICTURE.subarray(0, 5));
    setTimeout(() => to.destroy(), 20);
  };
  const never = () => undefined;

  test.each([
    ['503', status(503)],
    ['404', status(404)],
    ['a broken connection', breaks],
    ['silence', never],
  ])('once, with %s, is fetched again, and not drawn again', async (_, fails) => {
    const { origin, seen } = await serve(points, fails, bytes);
    expect(await draw(origin, { maxRetries: 1, timeout: 200 })).toEqual(PICTURE);
    expect(seen.map(({ path }) => path.slice(0, 6))).toEqual(['/v1/im', '/1.png', '/1.png']);
  });

  test.each([
    ['503', status(503), 'which answered 503: run again later, or take'],
    ['404', status(404), 'which answered 404: run again later, or take'],
    [
      'a broken connection',
      breaks,
      'which did not come (UND_ERR_SOCKET): check that this machine reaches it, or take',
    ],
    ['silence', never, 'which did not come in 0.2 s: raise request-timeout, or take'],
  ])('always, with %s, is asked for as often as anything else', async (_, fails, line) => {
    const { origin, seen } = await serve(points, fails);
    expect(await draw(origin, { maxRetries: 2, timeout: 200 })).toEqual({
      missing: `the images endpoint ${origin}/v1 points to a picture at ${origin}, ${line} an images endpoint that sends the picture itself (b64_json)`,
    });
    expect(seen).toHaveLength(1 + 3);
  });

  test('for good, with a redirect to itself, is asked for once', async () => {
    const { origin, seen } = await serve(points, to => to.writeHead(302, { location: '/1.png' }).end());
    expect(await draw(origin, { maxRetries: 2 })).toEqual({
      missing: `the images endpoint ${origin}/v1 points to a picture at ${origin}, which redirects without end: take an images endpoint that sends the picture itself (b64_json)`,
    });
    expect(seen).toHaveLength(1 + 21);
  });

  test('because the run ends is a run that was stopped', async () => {
    const end = new AbortController();
    const { origin } = await serve(points, () => end.abort());
    expect(await draw(origin, { maxRetries: 2, signal: end.signal })).toEqual({
      missing: 'the run was stopped before the picture was drawn',
    });
  });
});

describe('for nobody', () => {
  test.each([
    [
      'a wrong key',
      json(401, { error: { code: 'invalid_api_key', message: KEY } }),
      'answered 401 (invalid_api_key): check image-api-key',
    ],
    ['a wrong path', json(404, {}), 'answered 404: check image-base-url (most end in /v1) and image-model'],
    [
      'an account whose credit is used up',
      json(400, { error: { code: 'billing_hard_limit_reached' } }),
      'answered 400 (billing_hard_limit_reached): the limit or the credit of its account there is used up; raise it, or wait until it is renewed',
    ],
    [
      'an account whose quota is used up',
      json(429, { error: { code: 'insufficient_quota' } }),
      'answered 429 (insufficient_quota): the limit or the credit of its account there is used up; raise it, or wait until it is renewed',
    ],
  ])('%s as the first answer ends the run, and is asked once', async (_, answer, line) => {
    const { origin, seen } = await serve(answer);
    const fault = await draw(origin, { maxRetries: 3 }).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(FatalEndpointError);
    expect((fault as Error).message).toBe(`the images endpoint ${origin}/v1 ${line}`);
    expect(seen).toHaveLength(1);
  });

  test('a wrong key later is a picture that is missing', async () => {
    const { origin } = await serve(base64, json(401, {}));
    const endpoint = endpointAt(origin);
    expect(await endpoint.draw('Bread', '1024x1024')).toEqual(PICTURE);
    expect(await endpoint.draw('Bread', '1024x1024')).toEqual({
      missing: `the images endpoint ${origin}/v1 answered 401: check image-api-key`,
    });
  });
});

describe('no picture', () => {
  const refusal = (code: string) =>
    json(400, { error: { code, message: `A photo of bread ${KEY}`, type: 'invalid_request_error' } });

  test.each([
    [
      'a refusal for its policy',
      refusal('content_policy_violation'),
      'refused to draw (content_policy_violation)',
    ],
    ['a blocked drawing', refusal('moderation_blocked'), 'refused to draw (moderation_blocked)'],
    ['a failure', json(500, { error: { message: KEY } }), 'answered 500: it failed'],
    [
      'a code that holds the key',
      json(400, { error: { code: KEY } }),
      'answered 400: it rejects the request; check image-model',
    ],
    ['a limit', json(429, {}), 'answered 429: its limit is reached'],
    ['an empty answer', json(200, { data: [] }), 'answered without a picture'],
    [
      'a URL that nothing may be fetched from',
      json(200, { data: [{ url: 'http://127.0.0.1:1/a.png' }] }),
      'points to a picture at http://127.0.0.1:1, whose port is kept from HTTP: take an images endpoint that sends the picture itself (b64_json)',
    ],
    [
      'an answer that is not JSON',
      (to: ServerResponse) => {
        to.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
      },
      'answered with something that is not JSON',
    ],
    [
      'a page of HTML',
      (to: ServerResponse) => {
        to.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      },
      'answered with something that is not JSON',
    ],
    [
      'a file URL',
      json(200, { data: [{ url: 'file:///etc/passwd' }] }),
      'answered with a URL that is not http(s): take an images endpoint that sends the picture itself (b64_json)',
    ],
    [
      'a URL with a password',
      json(200, { data: [{ url: 'http://user:secret@127.0.0.1:1/a.png' }] }),
      'points to a picture at http://127.0.0.1:1 by a URL with a user or a password in it, which is not fetched: take an images endpoint that sends the picture itself (b64_json)',
    ],
  ])('for %s', async (_, answer, line) => {
    const { origin } = await serve(answer);
    expect(await draw(origin)).toEqual({ missing: `the images endpoint ${origin}/v1 ${line}` });
  });

  test('when the URL it points to has none, without the signature in that URL', async () => {
    const { origin } = await serve(
      (to, own) => json(200, { data: [{ url: `${own}/gone.png?sig=secret` }] })(to),
      to => to.writeHead(403).end(),
    );
    expect(await draw(origin)).toEqual({
      missing: `the images endpoint ${origin}/v1 points to a picture at ${origin}, which answered 403: take an images endpoint that sends the picture itself (b64_json)`,
    });
  });

  test('when the picture is larger than any', async () => {
    const { origin } = await serve(
      (to, own) => json(200, { data: [{ url: `${own}/huge.png` }] })(to),
      to => {
        const chunk = Buffer.alloc(2 ** 20);
        const send = () => {
          while (to.write(chunk));
          to.once('drain', send);
        };
        to.on('error', () => {});
        send();
      },
    );
    expect(await draw(origin)).toEqual({
      missing: `the images endpoint ${origin}/v1 points to a picture at ${origin}, which is larger than 32 MB: check image-model`,
    });
  });

  test('when the answer is larger than any, without another try', async () => {
    const { origin, seen } = await serve(to => to.end(Buffer.alloc(49 * 2 ** 20, 'A')));
    expect(await draw(origin, { maxRetries: 2, timeout: 60_000 })).toEqual({
      missing: `the images endpoint ${origin}/v1 sent more than 48 MB for one picture: check image-model`,
    });
    expect(seen).toHaveLength(1);
  });

  test('when it does not answer in time', async () => {
    const { origin } = await serve(() => {});
    expect(await draw(origin, { timeout: 100 })).toEqual({
      missing: `the images endpoint ${origin}/v1 gave no whole answer in time`,
    });
  });

  test('when nobody is there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    expect(await draw(`http://127.0.0.1:${port}`)).toEqual({
      missing: `the images endpoint http://127.0.0.1:${port}/v1 cannot be reached: no connection (ECONNREFUSED)`,
    });
  });

  test('once the run is stopped or its budget used up', async () => {
    const { origin, seen } = await serve(base64);
    const stopped = { missing: 'the run was stopped before the picture was drawn' };
    expect(await draw(origin, { signal: AbortSignal.abort() })).toEqual(stopped);
    const meter = createMeter({ maxRequests: 0, maxCost: null, prices: null });
    expect(await draw(origin, { meter })).toEqual(stopped);
    expect(seen).toEqual([]);
  });
});
