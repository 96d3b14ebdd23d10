import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { EVALUATION, questionFileOf, TINY_LIST } from '../../src/dataset/authors.ts';
import { PUBLISHED_SHA256, QUESTIONS_URL } from '../../src/dataset/hashes.ts';
import { loadDataset } from '../../src/dataset/load.ts';
import { publishedFiles } from '../../src/dataset/published.ts';
import { openStore } from '../../src/pictures/store.ts';
import { breakOff, type FileServer, serveFiles } from '../support/range-server.ts';

const PATH = 'data/some.json';
const CONTENT = Buffer.from(JSON.stringify({ text: 'a file of the tests'.repeat(10_000) }));
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

let server: FileServer;
let folder: string;
let waits: number[];

beforeEach(async () => {
  server = await serveFiles({ [`/${PATH}`]: CONTENT });
  folder = await mkdtemp(join(tmpdir(), 'published-test-'));
  waits = [];
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const open = (more: { token?: string; cacheFolder?: string } = {}) =>
  publishedFiles({
    questionsUrl: server.url,
    cacheFolder: join(folder, 'cache'),
    hashes: { [PATH]: SHA256 },
    http: {
      timeout: 5,
      retries: 2,
      sleep: async ms => {
        waits.push(ms);
      },
    },
    ...more,
  });

const kept = async () => {
  const entries = await readdir(join(folder, 'cache'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries.filter(entry => entry.isFile()).map(({ name }) => name);
};

describe('the published hashes', () => {
  test('name the 13 question files, the tiny list and evaluation.py, each once', () => {
    const paths = [...SCENARIOS.map(questionFileOf), TINY_LIST, EVALUATION];
    expect(Object.keys(PUBLISHED_SHA256).sort()).toEqual(paths.sort());
    expect(new Set(Object.values(PUBLISHED_SHA256)).size).toBe(15);
    for (const hash of Object.values(PUBLISHED_SHA256)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the default URL is the pinned commit', () => {
    expect(QUESTIONS_URL).toMatch(/\/isXinLiu\/MM-SafetyBench\/b80eedea3db312c09ded2082813390f68e750ef3$/);
  });
});

describe('fetching', () => {
  test('a file is fetched once, then read from the folder', async () => {
    expect(CONTENT.equals(await open()(PATH))).toBe(true);
    expect(CONTENT.equals(await open()(PATH))).toBe(true);
    expect(server.seen.map(({ path, bytes }) => [path, bytes])).toEqual([[`/${PATH}`, CONTENT.length]]);
    expect(await kept()).toEqual([SHA256]);
  });

  test('what a killed process left half-written for hours is removed, though nothing is fetched', async () => {
    await open()(PATH);
    const left = join(folder, 'cache', '.waiting', 'left');
    await writeFile(left, 'half');
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    await utimes(left, twoHoursAgo, twoHoursAgo);
    await open()(PATH);
    expect(await kept()).toEqual([SHA256]);
    expect(server.seen).toHaveLength(1);
  });

  test('a kept file that was changed is fetched again', async () => {
    await open()(PATH);
    await writeFile(join(folder, 'cache', SHA256), CONTENT.subarray(1));
    expect(CONTENT.equals(await open()(PATH))).toBe(true);
    expect(server.seen).toHaveLength(2);
    expect(CONTENT.equals(await open()(PATH))).toBe(true);
    expect(server.seen).toHaveLength(2);
  });

  test('another hash is an error that names URL, file, expected and got, and nothing is kept', async () => {
    const other = Buffer.from('another file');
    server.files = { [`/${PATH}`]: other };
    const got = createHash('sha256').update(other).digest('hex');
    await expect(open()(PATH)).rejects.toThrow(
      `${server.url}/${PATH} is not the authors' ${PATH}: expected SHA-256 ${SHA256}, got ${got}: check questions-url`,
    );
    expect(await kept()).toEqual([]);
  });

  test('a file that is none of the authors is not asked for', async () => {
    await expect(open()('../secret')).rejects.toThrow("../secret is not one of the authors' files");
    expect(server.seen).toEqual([]);
  });

  test('what breaks off goes on where it stopped', async () => {
    server.intercept = (request, response, nth) => nth === 1 && breakOff(request, response, CONTENT);
    expect(CONTENT.equals(await open()(PATH))).toBe(true);
    expect(server.seen[1]?.range).toMatch(/^bytes=\d+-$/);
    expect(server.seen[1]?.bytes).toBeLessThan(CONTENT.length);
    expect(waits).toEqual([500]);
  });

  test('what breaks off begins anew where the server knows no ranges', async () => {
    server.ranges = false;
    server.intercept = (request, response, nth) => nth === 1 && breakOff(request, response, CONTENT);
    expect(CONTENT.equals(await open()(PATH))).toBe(true);
    expect(server.seen[1]?.bytes).toBe(CONTENT.length);
  });

  test('what breaks off begins anew where the file is another by now', async () => {
    server.headers = { etag: '"new"' };
    server.intercept = (request, response, nth) =>
      nth === 1 && breakOff(request, response, Buffer.alloc(CONTENT.length));
    expect(CONTENT.equals(await open()(PATH))).toBe(true);
    expect(server.seen).toHaveLength(3);
  });

  test('what always breaks off is an error, and nothing is kept', async () => {
    server.intercept = (_, response) => {
      response.writeHead(200, { 'content-length': CONTENT.length }).write(CONTENT.subarray(0, 10));
      setTimeout(() => response.destroy(), 50);
      return true;
    };
    await expect(open()(PATH)).rejects.toThrow(
      `${server.url}/${PATH} breaks off before its end, after 3 tries: check questions-url and the network`,
    );
    expect(waits).toEqual([500, 1000]);
    expect(await kept()).toEqual([]);
  });

  test('a file beyond any size of the data set is given up', async () => {
    server.files = { [`/${PATH}`]: Buffer.alloc(9 * 1024 ** 2) };
    await expect(open()(PATH)).rejects.toThrow(
      `${server.url}/${PATH} is larger than 8388608 bytes: check questions-url`,
    );
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    [404, /answers 404: check questions-url$/],
    [403, /answers 403: give a key in dataset-token/],
  ])('%i', async (status, line) => {
    server.intercept = (_, response) => {
      response.writeHead(status).end();
      return true;
    };
    await expect(open()(PATH)).rejects.toThrow(line);
  });

  test.each([401, 403])('%i at a host that the key is not for: no advice to give one', async status => {
    server.intercept = (_, response) => {
      response.writeHead(status).end();
      return true;
    };
    const load = (imagesUrl: string) =>
      loadDataset(
        { kind: 'published', questionsUrl: server.url, imagesUrl, token: 'hf_secret' },
        {
          ...{ workFolder: folder, signal: new AbortController().signal, notice: () => undefined },
          store: openStore(folder, () => undefined),
        },
      );
    await expect(load('https://elsewhere.invalid')).rejects.toThrow(
      `answers ${status}: dataset-token is sent to the host of images-url alone; name a questions-url that needs no key, or one on that host`,
    );
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
    await expect(load(`${server.url}/pictures`)).rejects.toThrow(
      `answers ${status}: check that dataset-token is valid for it`,
    );
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer hf_secret']);
  });

  test('the key is sent where one is given', async () => {
    await open({ token: 'hf_secret' })(PATH);
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer hf_secret']);
  });

  test('a folder that cannot be written is named', async () => {
    await writeFile(join(folder, 'taken'), '');
    const cacheFolder = join(folder, 'taken', 'cache');
    await expect(open({ cacheFolder })(PATH)).rejects.toThrow(
      `nothing can be kept in ${cacheFolder}: a file of that name is in the way`,
    );
    expect(await readdir(folder)).toEqual(['taken']);
  });

  test('no slash at the end of the URL, or one', async () => {
    const read = publishedFiles({
      questionsUrl: `${server.url}/`,
      cacheFolder: folder,
      hashes: { [PATH]: SHA256 },
    });
    expect(CONTENT.equals(await read(PATH))).toBe(true);
  });
});

const SHARED = resolve('..', 'shared', 'mm-safetybench');
const withRealFiles = existsSync(SHARED) ? describe : describe.skip;
withRealFiles('the real files', () => {
  test('are the ones whose hashes the project keeps', async () => {
    const paths = [...SCENARIOS.map(questionFileOf), TINY_LIST];
    server.files = Object.fromEntries(paths.map(path => [`/${path}`, readFileSync(join(SHARED, path))]));
    const read = publishedFiles({ questionsUrl: server.url, cacheFolder: folder });
    for (const path of paths) expect(readFileSync(join(SHARED, path)).equals(await read(path))).toBe(true);
    expect(server.seen).toHaveLength(14);
  });
});
