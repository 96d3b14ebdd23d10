import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import { type CacheService, startCacheService } from '../support/cache-service.ts';
import { cacheVariables, drawingInputs } from '../support/cache-steps.ts';
import { type Job, runStep, type Step } from '../support/runner.ts';

/** The action's main and post from their sources, on a runner whose cache service takes calls and answers none. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
const SILENCE_MS = 1000;

let service: CacheService;
let endpoint: Endpoint;
let onAsking: () => void = () => undefined;
const home = mkdtempSync(path.join(tmpdir(), 'silent-cache-'));
const action = path.join(home, 'action');

beforeAll(async () => {
  mkdirSync(path.join(action, 'dist'), { recursive: true });
  copyFileSync(path.join(ROOT, 'action.yml'), path.join(action, 'action.yml'));
  for (const [door, given] of [
    ['main', `undefined, ${SILENCE_MS}`],
    ['post', SILENCE_MS],
  ])
    writeFileSync(
      path.join(action, `dist/${door}.js`),
      `import { ${door} } from ${JSON.stringify(path.join(ROOT, 'src/action.ts'))};\nawait ${door}(${given});\n`,
    );
  service = await startCacheService();
  endpoint = await startEndpoint({ dataset: DATASET, onRequest: () => onAsking() });
}, 60_000);
afterEach(() => {
  service.onSilence = null;
  service.calls.length = 0;
  onAsking = () => undefined;
});
afterAll(async () => {
  await endpoint.close();
  await service.close();
  rmSync(home, { recursive: true, force: true });
});

const step = (more: Partial<Job> = {}): Promise<Step> =>
  runStep({
    action,
    home: path.join(home, 'job'),
    ...more,
    inputs: drawingInputs(endpoint.baseUrl, DATASET),
    env: { ...cacheVariables(service.url), ...more.env },
  });

const noticesIn = (log: string) => log.match(/^The cache was not .*/gm);
const notice = (what: 'restored' | 'saved') => [
  `The cache was not ${what}: its service has not answered for 1 s; if that happens again, set cache to false. The run goes on without it.`,
];
const HELD_MS = 20_000;

test('a silent service costs a run a moment at its start, and a notice', async () => {
  service.onSilence = () => undefined;
  const started = Date.now();
  let asked = 0;
  onAsking = () => {
    asked ||= Date.now() - started;
  };
  const { status, outputs, log, state } = await step();
  expect({ status, outputs }).toMatchObject({ status: 0, outputs: { verdict: 'pass', unjudged: '0' } });
  expect(noticesIn(log)).toEqual(notice('restored'));
  expect(asked).toBeGreaterThan(0);
  expect(Date.now() - started).toBeLessThan(HELD_MS);
  expect(service.calls).toEqual(['GetCacheEntryDownloadURL']);
  expect(await step({ door: 'post', env: state })).toMatchObject({ status: 0 });
  expect(service.calls).toEqual(['GetCacheEntryDownloadURL']);
});

test('one that falls silent finds the report written, and holds the end up for a moment', async () => {
  let written = '';
  onAsking = () => {
    service.onSilence = () => {
      written = readFileSync(path.join(home, 'job/output'), 'utf8');
    };
  };
  rmSync(path.join(home, 'job'), { recursive: true });
  const started = Date.now();
  const { status, outputs, summary, log } = await step();
  expect(service.calls.at(-1)).toBe('CreateCacheEntry');
  expect(written).toMatch(/^verdict<<\S+\npass$/m);
  expect(summary).toContain('MM-SafetyBench');
  expect({ status, outputs }).toMatchObject({ status: 0, outputs: { verdict: 'pass', unjudged: '0' } });
  expect(noticesIn(log)).toEqual(notice('saved'));
  expect(Date.now() - started).toBeLessThan(HELD_MS);
});

test('post, which saves what a killed run left, ends as well', async () => {
  rmSync(path.join(home, 'job'), { recursive: true });
  const kill = new AbortController();
  let asked = 0;
  onAsking = () => {
    asked += 1;
    if (asked === 20) kill.abort();
  };
  const { status, state } = await step({ kill: kill.signal });
  expect(status).toBeNull();
  service.onSilence = () => undefined;
  const started = Date.now();
  const post = await step({ door: 'post', env: state });
  expect(post.status).toBe(0);
  expect(service.calls.at(-1)).toBe('CreateCacheEntry');
  expect(noticesIn(post.log)).toEqual(notice('saved'));
  expect(Date.now() - started).toBeLessThan(HELD_MS);
});
