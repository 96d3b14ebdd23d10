import type { IncomingMessage, ServerResponse } from 'node:http';
import { sha256Of } from '../../src/common/hash.ts';
import { mirrorPictures } from '../../src/dataset/mirror.ts';
import { openStore } from '../../src/pictures/store.ts';
import { hashOf, pairAt, parquetOf, pictureOf, rowsOfKind } from '../support/mirror-files.ts';
import { type FileServer, rangeOf, serveFiles } from '../support/range-server.ts';
import { at, withScratch } from '../support/scratch.ts';

/**
 * A mirror's file that becomes another while it is read. Both are right by themselves, have the same rows and the same
 * length, and hold their pictures at the same places: in another order.
 */

const SD = '/data/Illegal_Activitiy/SD.parquet';
const CHANGED = 'was changed while it was read: run again';
let folders = 0;
let before: Uint8Array;
let after: Uint8Array;
let server: FileServer;

withScratch();
beforeAll(async () => {
  const rows = rowsOfKind(6);
  const shape = { compression: 'uncompressed', image: 'blob', rowsPerGroup: 6 } as const;
  before = await parquetOf(rows, shape);
  after = await parquetOf(
    rows.map((row, place) => ({ ...row, image: rows.at(place - 1)?.image ?? null })),
    shape,
  );
  expect(after.length).toBe(before.length);
});
beforeEach(async () => {
  server = await serveFiles();
});
afterEach(() => server.close());

type Headers = Readonly<Record<string, string>>;

/** Answers with the range of `file` that is asked for, or with all of it. */
function send(request: IncomingMessage, response: ServerResponse, file: Uint8Array, headers: Headers): true {
  const range = rangeOf(request.headers.range, file.length);
  const { start, end } = range ?? { start: 0, end: file.length };
  const place = range && { 'content-range': `bytes ${start}-${end - 1}/${file.length}` };
  response.writeHead(range ? 206 : 200, { ...headers, ...place, 'content-length': end - start });
  response.end(file.subarray(start, end));
  return true;
}

const asksForPictures = ({ headers }: IncomingMessage): boolean => {
  const range = rangeOf(headers.range, before.length);
  return range !== undefined && range.end - range.start > 50_000;
};

async function pictures(): Promise<void> {
  folders += 1;
  const store = openStore(at(`pictures-${folders}`), line => {
    throw new Error(line);
  });
  const sleep = async () => undefined;
  const mirror = mirrorPictures({ imagesUrl: server.url, store, http: { retries: 2, sleep } });
  const pairs = [0, 3, 5].map(id => pairAt(id));
  await mirror.prepare(pairs);
  for (const pair of pairs) {
    expect(hashOf(await mirror.read(pair))).toBe(sha256Of(pictureOf(pair.key)));
  }
}

const MONDAY = 'Mon, 01 Jan 2024 00:00:00 GMT';
const TUESDAY = 'Tue, 02 Jan 2024 00:00:00 GMT';

test.each<[string, Headers, Headers]>([
  ['strong ETags', { etag: '"a"' }, { etag: '"b"' }],
  ['a strong ETag that is gone', { etag: '"a"' }, {}],
  ['weak ETags', { etag: 'W/"a"' }, { etag: 'W/"b"' }],
  ['days of the last change', { 'last-modified': MONDAY }, { 'last-modified': TUESDAY }],
  ['commits', { 'x-repo-commit': 'aaa' }, { 'x-repo-commit': 'bbb' }],
  ['linked ETags', { 'x-linked-etag': '"a"' }, { 'x-linked-etag': '"b"' }],
])('two versions are told apart by %s, in ranges and as a whole', async (_, first, second) => {
  server.intercept = (request, response) =>
    asksForPictures(request)
      ? send(request, response, after, second)
      : send(request, response, before, first);
  await expect(pictures()).rejects.toThrow(`${server.url}${SD} ${CHANGED}`);

  server.intercept = (request, response) => {
    if (!asksForPictures(request) && request.headers.range) return send(request, response, before, first);
    delete request.headers.range;
    return send(request, response, after, second);
  };
  await expect(pictures()).rejects.toThrow(`${server.url}${SD} ${CHANGED}`);
});

test.each([true, false])(
  'a whole file of another size than its pieces is another (length told: %s)',
  async told => {
    const longer = Buffer.concat([after, Buffer.alloc(1000)]);
    server.intercept = (request, response) => {
      if (!asksForPictures(request) && request.headers.range) return send(request, response, before, {});
      if (told) response.setHeader('content-length', longer.length);
      response.writeHead(200).end(longer);
      return true;
    };
    await expect(pictures()).rejects.toThrow(CHANGED);
  },
);

test.each<[string, Headers, Headers]>([
  [
    'a commit that leaves the file alone',
    { etag: '"a"', 'x-repo-commit': 'a' },
    { etag: '"a"', 'x-repo-commit': 'b' },
  ],
  ['a commit told once only', { 'x-repo-commit': 'a' }, {}],
  ['a day told once only', {}, { 'last-modified': MONDAY }],
  ['a weak ETag told once only', { etag: 'W/"a"' }, {}],
  [
    'a weak ETag and a day of each server’s own, under one commit,',
    { etag: 'W/"a"', 'last-modified': MONDAY, 'x-repo-commit': 'a' },
    { etag: 'W/"b"', 'last-modified': TUESDAY, 'x-repo-commit': 'a' },
  ],
  [
    'a weak ETag of each server’s own, with one day,',
    { etag: 'W/"a"', 'last-modified': MONDAY },
    { etag: 'W/"b"', 'last-modified': MONDAY },
  ],
  [
    'a day of each server’s own, with one weak ETag,',
    { etag: 'W/"a"', 'last-modified': MONDAY },
    { etag: 'W/"a"', 'last-modified': TUESDAY },
  ],
  ['an ETag that one server weakens', { etag: '"a"' }, { etag: 'W/"a"' }],
  [
    'a strong ETag told once only, under one commit,',
    { etag: '"a"', 'x-repo-commit': 'a' },
    { 'x-repo-commit': 'a' },
  ],
  [
    'another file behind the redirect, of one linked ETag,',
    { etag: 'W/"a"', 'x-linked-etag': '"l"', 'x-repo-commit': 'a' },
    { etag: 'W/"b"', 'x-linked-etag': '"l"', 'x-repo-commit': 'b' },
  ],
])('%s is no change', async (_, first, second) => {
  server.intercept = (request, response) =>
    send(request, response, before, asksForPictures(request) ? second : first);
  await pictures();
});

test('the time of each answer, told as that of the last change, is no change', async () => {
  let second = 0;
  server.intercept = (request, response) => {
    second += 1;
    const date = new Date(1_700_000_000_000 + second * 1000).toUTCString();
    return send(request, response, before, { date, 'last-modified': date });
  };
  await pictures();
});

/** The first answer with pictures breaks off half-way; what is asked after it comes of `next`. */
function breaksOff(headers: Headers, next: Uint8Array): { readonly asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  server.intercept = (request, response) => {
    if (!asksForPictures(request) && asked.length === 0) return send(request, response, before, headers);
    asked.push(request.headers.range);
    if (asked.length > 1) return send(request, response, next, headers);
    const { start, end } = rangeOf(request.headers.range, before.length) ?? { start: 0, end: 0 };
    const place = { 'content-range': `bytes ${start}-${end - 1}/${before.length}` };
    response.writeHead(206, { ...headers, ...place, 'content-length': end - start });
    response.write(before.subarray(start, start + (end - start) / 2), () => {
      setTimeout(() => response.destroy(), 50);
    });
    return true;
  };
  return { asked };
}

test.each<[string, Headers]>([
  ['nothing', {}],
  ['a weak ETag', { etag: 'W/"a"' }],
  ['a day', { 'last-modified': MONDAY }],
])('a range that broke off under %s begins anew: no piece is put together of two', async (_, headers) => {
  const { asked } = breaksOff(headers, before);
  await pictures();
  expect(asked[1]).toBe(asked[0]);
  expect(asked.slice(2).every(range => range?.startsWith('bytes=-'))).toBe(true);
});

test('one that begins anew and is not what it was is another', async () => {
  const { asked } = breaksOff({}, after);
  await expect(pictures()).rejects.toThrow(CHANGED);
  expect(asked).toHaveLength(2);
});

test('where nothing is told, another end of the file shows that it was changed', async () => {
  const rows = rowsOfKind(6);
  const shape = { compression: 'uncompressed', image: 'blob', rowsPerGroup: 3 } as const;
  const [one, other] = await Promise.all([
    parquetOf(rows, shape),
    parquetOf(
      rows.map((row, id) => ({ ...row, image: pictureOf(`${id}`, 20_000 + ([100, 0, 0, -100][id] ?? 0)) })),
      shape,
    ),
  ]);
  expect(other.length).toBe(one.length);
  let file = one;
  server.intercept = (request, response) => {
    if (asksForPictures(request)) file = other;
    return send(request, response, file, {});
  };
  await expect(pictures()).rejects.toThrow(`${server.url}${SD} ${CHANGED}`);
  server.intercept = (request, response) => send(request, response, one, {});
  await pictures();
});

test('one that broke off under a strong ETag goes on where it stopped', async () => {
  const { asked } = breaksOff({ etag: '"a"' }, before);
  await pictures();
  expect(asked[1]).not.toBe(asked[0]);
});
