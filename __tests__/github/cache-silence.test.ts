import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CachedFolder } from '../../src/github/cache.ts';
import { type Detour, slowly, startDetour } from '../support/cache-detours.ts';
import { type CacheService, startCacheService } from '../support/cache-service.ts';
import { type CacheTask, cacheJob } from '../support/cache-steps.ts';

let service: CacheService;
let root: string;
let detour: Detour | undefined;

beforeAll(async () => {
  service = await startCacheService();
});
afterAll(() => service.close());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cache-silence-'));
  for (const name of ['temp', 'workspace', 'pictures']) await mkdir(join(root, name));
  await writeFile(join(root, 'pictures/one'), 'the first');
  service.calls.length = 0;
});
afterEach(async () => {
  service.onSilence = null;
  service.detour = null;
  detour?.close();
  detour = undefined;
  await rm(root, { recursive: true, force: true });
});

interface Outcome {
  readonly key?: string;
  readonly notices: readonly string[];
  readonly log: string;
  readonly ms: number;
}

/** One step in a process of its own, which is over when nothing holds it any more. */
async function job(
  task: CacheTask,
  {
    folder = 'pictures',
    silenceMs = 400,
    env = {},
  }: { folder?: string; silenceMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const cached: CachedFolder = { name: 'pictures', folder: join(root, folder), parts: [root.slice(-6)] };
  const started = Date.now();
  const place = { root, url: service.url, env };
  const outcome = await cacheJob<Outcome>(task, cached, ['{}', String(silenceMs)], place);
  return { ...outcome, ms: Date.now() - started };
}

const silent = (what: 'restored' | 'saved') => [
  `The cache was not ${what}: its service has not answered for 0.4 s; if that happens again, set cache to false. The run goes on without it.`,
];

/** Told of in one sentence, and in no warning; nothing found or saved, and nothing left. */
async function expectGivenUp(outcome: Outcome, what: 'restored' | 'saved', atMostMs: number): Promise<void> {
  expect(outcome.notices).toEqual(silent(what));
  expect(outcome.key).toBeUndefined();
  expect(outcome.log).not.toMatch(/^::(?:warning|error)|Attempt \d of/m);
  expect(outcome.ms).toBeLessThan(atMostMs);
  expect([await readdir(join(root, 'temp')), await readdir(join(root, 'workspace'))]).toEqual([[], []]);
}

const WRITE_ONLY = { env: { ACTIONS_CACHE_MODE: 'write-only' } };

test('a service that does not answer a look is asked once, given up, and asked no more', async () => {
  service.onSilence = () => undefined;
  await expectGivenUp(await job('both'), 'restored', 8000);
  expect(service.calls).toEqual(['GetCacheEntryDownloadURL']);
});

test('nor one that does not answer what is to be saved', async () => {
  service.onSilence = () => undefined;
  await expectGivenUp(await job('twice', WRITE_ONLY), 'saved', 8000);
  expect(service.calls).toEqual(['CreateCacheEntry']);
});

test('nor one whose answer stops in its middle', async () => {
  detour = await startDetour((_, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"ok":');
  });
  const env = { ACTIONS_RESULTS_URL: detour.url };
  await expectGivenUp(await job('both', { env }), 'restored', 20_000);
});

test('an upload that nobody takes is given up', async () => {
  let heard = 0;
  detour = await startDetour(() => {
    heard += 1;
  });
  service.detour = detour.of;
  await expectGivenUp(await job('twice', WRITE_ONLY), 'saved', 8000);
  expect({ heard, calls: service.calls }).toEqual({ heard: 1, calls: ['CreateCacheEntry'] });
});

test.each([0, 100_000])('a download that stops after %d bytes is given up', async bytes => {
  const { key } = await job('save', { silenceMs: 20_000 });
  expect(key).toBeDefined();
  detour = await startDetour((_, answer) => {
    if (bytes > 0) answer.writeHead(200, { 'content-length': '1000000' }).write(randomBytes(bytes));
  });
  service.detour = detour.of;
  await expectGivenUp(await job('both', { folder: 'other' }), 'restored', 15_000);
});

test('one that is slow and goes on is waited for, up and down', async () => {
  const bytes = randomBytes(24 * 1024 ** 2);
  await writeFile(join(root, 'pictures/large'), bytes);
  let origin = '';
  detour = await startDetour(slowly(() => origin, 1024 ** 2, 150));
  const { of } = detour;
  service.detour = link => {
    origin = new URL(link).origin;
    return of(link);
  };
  const saved = await job('save', { silenceMs: 2000 });
  expect(saved).toMatchObject({ notices: [], key: expect.any(String) });
  const restored = await job('restore', { folder: 'other', silenceMs: 2000 });
  expect(restored).toMatchObject({ notices: [], key: saved.key });
  expect(bytes.equals(await readFile(join(root, 'other/large')))).toBe(true);
  // Each took longer than a silence may.
  for (const { ms } of [saved, restored]) expect(ms).toBeGreaterThan(3000);
});
