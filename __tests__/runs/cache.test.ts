import { readFileSync } from 'node:fs';
import path from 'node:path';
import { drawingInputs } from '../support/cache-steps.ts';
import { DATASET, withCachedSteps } from '../support/cached-steps.ts';
import type { Job, Step } from '../support/runner.ts';

/**
 * The built action's main and post on a runner with a cache service: the real @actions/cache, blobs in Azurite. All
 * pictures are made here, so that each that is drawn again is counted.
 */

const KINDS = 3;

let drawn: number;
let onDrawing: () => void = () => undefined;
let onAsking: () => void = () => undefined;
const runner = withCachedSteps(({ path: asked }) => {
  if (!asked.endsWith('/images/generations')) return onAsking();
  drawn += 1;
  onDrawing();
});
const { newMachine } = runner;

beforeEach(() => {
  drawn = 0;
});

const step = (runId: string, more: Partial<Job> = {}): Promise<Step> =>
  runner.step(runId, { ...drawingInputs(runner.baseUrl, DATASET), concurrency: '2' }, more);

/** A machine without anything of earlier runs, and a service that has lost all. */
function withNothing(): void {
  newMachine();
  for (const key of runner.service.keys()) runner.service.unfinish(key);
}
const contentKeys = () => runner.service.keys().filter(key => key.includes('-content-'));

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
  runner.service.calls.length = 0;
  const third = await step('3');
  expect(third.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(drawn).toBe(0);
  expect(contentKeys()).toHaveLength(2);
  // A run that is over leaves no answers to go on with.
  expect(runner.service.calls.filter(call => call === 'CreateCacheEntry')).toEqual([]);
}, 180_000);

test('a run that is cancelled while a cache service keeps it waiting reports, and does not pass', async () => {
  newMachine();
  const cancel = new AbortController();
  runner.service.onSilence = () => cancel.abort();
  const started = Date.now();
  const { outputs, status, summary, log, workspace } = await step('4', { cancel: cancel.signal });
  runner.service.onSilence = null;
  expect({ status, outputs }).toMatchObject({ status: 1, outputs: { verdict: 'inconclusive', pairs: '0' } });
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
    runner.service.onSilence = () => undefined;
    cancel.abort();
  };
  runner.service.calls.length = 0;
  const inputs = { seed: '2', sample: 'full' };
  const { outputs, status, log, state } = await step('5', { cancel: cancel.signal, inputs });
  onAsking = () => undefined;
  runner.service.onSilence = null;
  expect({ status, outputs }).toMatchObject({ status: 1, outputs: { verdict: 'inconclusive' } });
  expect(log).toContain('it was cancelled');
  expect(runner.service.calls).not.toContain('CreateCacheEntry');
  const before = runner.service.keys().length;
  expect(await step('5', { door: 'post', env: state })).toMatchObject({ status: 0 });
  expect(runner.service.keys().length).toBeGreaterThan(before);
}, 60_000);

test('a run that is cancelled while it saves has reported, and keeps its verdict and its pictures', async () => {
  withNothing();
  const cancel = new AbortController();
  onAsking = () => {
    runner.service.onSilence = () => cancel.abort();
  };
  const known = contentKeys();
  const { outputs, status, state } = await step('6', { cancel: cancel.signal });
  onAsking = () => undefined;
  runner.service.onSilence = null;
  expect(cancel.signal.aborted).toBe(true);
  expect({ status, outputs }).toMatchObject({ status: 0, outputs: { verdict: 'pass', unjudged: '0' } });
  expect(drawn).toBeGreaterThan(0);
  expect(contentKeys()).toEqual(known);
  // The key of the content stays reserved for the main that is gone.
  expect(await step('6', { door: 'post', env: state })).toMatchObject({ status: 0 });
  const saved = contentKeys();
  expect(saved.slice(0, -1)).toEqual(known);
  expect(saved.at(-1)).toContain('-run-6-1-');

  newMachine();
  drawn = 0;
  expect((await step('9')).outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(drawn).toBe(0);
  expect(contentKeys()).toEqual(saved);
}, 120_000);

test('a service that takes nothing is told of once in a run', async () => {
  runner.service.readOnly = true;
  withNothing();
  const { outputs, log } = await step('10');
  runner.service.readOnly = false;
  expect(outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(log.match(/^::warning::.*/gm)?.filter(line => line.includes('cache'))).toHaveLength(1);
}, 60_000);
