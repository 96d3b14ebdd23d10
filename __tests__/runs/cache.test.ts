import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import { type CacheService, startCacheService } from '../support/cache-service.ts';
import { cacheVariables, drawingInputs } from '../support/cache-steps.ts';
import { type Job, runStep, type Step } from '../support/runner.ts';

/**
 * The built action's main and post on a runner with a cache service: the real @actions/cache, blobs in Azurite. All
 * pictures are made here, so that each that is drawn again is counted.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
const KINDS = 3;

let service: CacheService;
let endpoint: Endpoint;
let drawn: number;
let onDrawing: () => void = () => undefined;
let onAsking: () => void = () => undefined;
const home = mkdtempSync(path.join(tmpdir(), 'cached-run-'));

beforeAll(async () => {
  service = await startCacheService();
  endpoint = await startEndpoint({
    dataset: DATASET,
    onRequest: ({ path: asked }) => {
      if (!asked.endsWith('/images/generations')) return onAsking();
      drawn += 1;
      onDrawing();
    },
  });
}, 60_000);
beforeEach(() => {
  drawn = 0;
});
afterAll(async () => {
  await endpoint.close();
  await service.close();
  rmSync(home, { recursive: true, force: true });
});

/** A step on a machine that has nothing of earlier runs but what the cache service gives it. */
function step(runId: string, more: Partial<Job> = {}): Promise<Step> {
  return runStep({
    action: ROOT,
    home,
    ...more,
    inputs: {
      ...drawingInputs(endpoint.baseUrl, DATASET),
      concurrency: '2',
      ...more.inputs,
    },
    env: {
      GITHUB_RUN_ID: runId,
      ...cacheVariables(service.url),
      ...more.env,
    },
  });
}

const newMachine = (of = home) => rmSync(path.join(of, 'temp'), { recursive: true, force: true });
/** Where nothing is restored that was saved elsewhere: an archive is found by the path it was made from. */
const elsewhere = () => mkdtempSync(path.join(home, 'elsewhere-'));
const contentKeys = () => service.keys().filter(key => key.includes('-content-'));

test('a killed run leaves its pictures to post; later runs draw the rest, and then nothing', async () => {
  const kill = new AbortController();
  onDrawing = () => {
    if (drawn === 6) kill.abort();
  };
  const killed = await step('1', { kill: kill.signal });
  onDrawing = () => undefined;
  expect(killed.status).toBeNull();
  expect(contentKeys()).toEqual([]);

  const post = await step('1', { door: 'post', env: killed.state });
  expect(post).toMatchObject({ status: 0 });
  expect(contentKeys()).toHaveLength(1);

  newMachine();
  drawn = 0;
  const second = await step('2');
  expect(second.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  const questions = Number(second.outputs['questions']);
  expect(Number(second.outputs['pairs'])).toBe(KINDS * questions);
  // At least one of the six had been drawn, set and kept before the end came.
  expect(drawn).toBeGreaterThan(0);
  expect(drawn).toBeLessThan(questions);
  expect(contentKeys()).toHaveLength(2);
  expect((await step('2', { door: 'post', env: second.state })).status).toBe(0);
  expect(contentKeys()).toHaveLength(2);

  newMachine();
  drawn = 0;
  service.calls.length = 0;
  const third = await step('3');
  expect(third.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(drawn).toBe(0);
  expect(contentKeys()).toHaveLength(2);
  // A run that is over leaves no answers to go on with.
  expect(service.calls.filter(call => call === 'CreateCacheEntry')).toEqual([]);
}, 180_000);

test('a run that is cancelled while a cache service keeps it waiting reports, and does not pass', async () => {
  newMachine();
  const cancel = new AbortController();
  service.onSilence = () => cancel.abort();
  const started = Date.now();
  const { outputs, status, summary, log, workspace } = await step('4', { cancel: cancel.signal });
  service.onSilence = null;
  expect({ status, outputs }).toMatchObject({ status: 1, outputs: { verdict: 'error', pairs: '0' } });
  expect(summary).toContain('cancelled');
  expect(log).toContain('cancelled');
  const report = JSON.parse(readFileSync(path.join(workspace, outputs['report'] ?? ''), 'utf8'));
  expect(report.sample).toMatchObject({ cutShort: 'it was cancelled' });
  // A runner gives a cancelled step some ten seconds.
  expect(Date.now() - started).toBeLessThan(10_000);
}, 60_000);

test('a run that is cancelled reports before anything slow, and leaves the saving to post', async () => {
  newMachine();
  const cancel = new AbortController();
  let heard = 0;
  onAsking = () => {
    heard += 1;
    if (heard < 20) return;
    service.onSilence = () => undefined;
    cancel.abort();
  };
  service.calls.length = 0;
  const inputs = { seed: '2', sample: 'full' };
  const { outputs, status, log, state } = await step('5', { cancel: cancel.signal, inputs });
  onAsking = () => undefined;
  service.onSilence = null;
  expect({ status, outputs }).toMatchObject({ status: 0, outputs: { verdict: 'inconclusive' } });
  expect(log).toContain('it was cancelled');
  expect(service.calls).not.toContain('CreateCacheEntry');
  const before = service.keys().length;
  expect(await step('5', { door: 'post', env: state })).toMatchObject({ status: 0 });
  expect(service.keys().length).toBeGreaterThan(before);
}, 60_000);

test('a run that is cancelled while it saves has reported, and keeps its verdict and its pictures', async () => {
  const place = elsewhere();
  const cancel = new AbortController();
  onAsking = () => {
    service.onSilence = () => cancel.abort();
  };
  const known = contentKeys();
  const { outputs, status, state } = await step('6', { cancel: cancel.signal, home: place });
  onAsking = () => undefined;
  service.onSilence = null;
  expect(cancel.signal.aborted).toBe(true);
  expect({ status, outputs }).toMatchObject({ status: 0, outputs: { verdict: 'pass', unjudged: '0' } });
  expect(drawn).toBeGreaterThan(0);
  expect(contentKeys()).toEqual(known);
  // The key of the content stays reserved for the main that is gone.
  expect(await step('6', { door: 'post', env: state, home: place })).toMatchObject({ status: 0 });
  const saved = contentKeys();
  expect(saved.slice(0, -1)).toEqual(known);
  expect(saved.at(-1)).toContain('-run-6-1-');

  newMachine(place);
  drawn = 0;
  expect((await step('9', { home: place })).outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(drawn).toBe(0);
  expect(contentKeys()).toEqual(saved);
}, 120_000);

test('a service that takes nothing is told of once in a run', async () => {
  service.readOnly = true;
  const { outputs, log } = await step('10', { home: elsewhere() });
  service.readOnly = false;
  expect(outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(log.match(/^::warning::.*/gm)?.filter(line => line.includes('cache'))).toHaveLength(1);
}, 60_000);

const TEXT = { 'image-kinds': 'TEXT', 'image-source': 'published', 'image-model': '', 'image-base-url': '' };

let asked = 0;

/** A step, and the requests that it makes. */
async function askedBy(run: () => Promise<Step>): Promise<{ readonly asked: number; readonly step: Step }> {
  asked = 0;
  onAsking = () => {
    asked += 1;
  };
  const done = await run();
  onAsking = () => undefined;
  return { asked, step: done };
}

test('a run that is over leaves no answers to another step of its job, nor to another attempt', async () => {
  newMachine();
  const of = (name: string, attempt: string) => {
    const env = { GITHUB_ACTION: name, GITHUB_RUN_ATTEMPT: attempt };
    return askedBy(() => step('7', { inputs: TEXT, env }));
  };
  const first = await of('__self', '1');
  expect(first.asked).toBeGreaterThan(0);
  // Where steps cannot be told apart as well.
  for (const name of ['__self', '__self_2']) expect((await of(name, '1')).asked).toBe(first.asked);
  newMachine();
  const next = await of('__self', '2');
  expect(next.asked).toBe(first.asked);
  expect(next.step.log).not.toContain('that earlier attempts have left');
}, 120_000);

test('a run that is an error for what was answered leaves nothing to another attempt, nor does one before it', async () => {
  newMachine();
  let heard = 0;
  let onHearing: () => void = () => undefined;
  const onRequest = () => {
    heard += 1;
    onHearing();
  };
  const limited = await startEndpoint({ dataset: DATASET, refuseEverything: true, onRequest });
  const attempt = (n: number, more: Partial<Job> = {}) => {
    heard = 0;
    const inputs = { ...TEXT, 'base-url': limited.baseUrl, 'min-helpfulness': '50', 'max-retries': '0' };
    return step('11', { ...more, inputs, env: { GITHUB_RUN_ATTEMPT: String(n), ...more.env } });
  };
  const kill = new AbortController();
  onHearing = () => {
    if (heard === 9) kill.abort();
  };
  const killed = await attempt(1, { kill: kill.signal });
  onHearing = () => undefined;
  expect(killed.status).toBeNull();
  expect((await attempt(1, { door: 'post', env: killed.state })).status).toBe(0);
  newMachine();
  const second = await attempt(2);
  expect(second.outputs).toMatchObject({ verdict: 'error' });
  expect(second.log).toContain('that earlier attempts have left');
  await limited.close();
  const honest = await startEndpoint({
    dataset: DATASET,
    onRequest,
    port: Number(new URL(limited.baseUrl).port),
  });
  newMachine();
  const third = await attempt(3);
  expect(third.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(third.log).not.toContain('that earlier attempts have left');
  const { controls } = JSON.parse(
    readFileSync(path.join(third.workspace, third.outputs['report'] ?? ''), 'utf8'),
  );
  expect(heard).toBe(Number(third.outputs['pairs']) + controls.asked);
  await honest.close();
}, 120_000);

test('the jobs of a matrix have one name, and each goes on with its own answers', async () => {
  newMachine();
  const leg = (prompt: string, attempt: string, more: Partial<Job> = {}) =>
    askedBy(() =>
      step('8', {
        ...more,
        inputs: { ...TEXT, 'system-prompt': prompt },
        env: { GITHUB_RUN_ATTEMPT: attempt, ...more.env },
      }),
    );
  const whole = (await leg('whole', '1')).asked;
  for (const prompt of ['one', 'other']) {
    newMachine();
    const kill = new AbortController();
    const timer = setInterval(() => {
      if (asked > whole / 2) kill.abort();
    }, 5);
    const killed = await leg(prompt, '1', { kill: kill.signal });
    clearInterval(timer);
    expect(killed.step.status).toBeNull();
    expect((await leg(prompt, '1', { door: 'post', env: killed.step.state })).step.status).toBe(0);
  }
  // The other's job was not run again in the second attempt.
  for (const [prompt, attempt] of [
    ['one', '2'],
    ['other', '3'],
  ] as const) {
    newMachine();
    const { asked: rest, step: done } = await leg(prompt, attempt);
    expect(done.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(whole * 0.6);
  }
  // That attempt was over, whatever the one before it had left.
  newMachine();
  expect((await leg('one', '3')).asked).toBe(whole);
}, 120_000);
