import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startEndpoint } from '../../fixtures/endpoint.ts';
import { cacheVariables } from '../support/cache-steps.ts';
import { DATASET, withCachedSteps } from '../support/cached-steps.ts';
import type { Job, Step } from '../support/runner.ts';

/** The built action's main and post on a runner with a cache service, and which answers go from one to another. */

let asked = 0;
const runner = withCachedSteps(() => {
  asked += 1;
});
const { newMachine } = runner;

const step = (runId: string, more: Partial<Job> = {}): Promise<Step> =>
  runner.step(
    runId,
    {
      ...{ 'base-url': runner.baseUrl, model: 'fixture-vlm', judge: 'refusal', dataset: DATASET },
      ...{ 'min-helpfulness': '0', 'image-kinds': 'TEXT', concurrency: '2' },
    },
    more,
  );

/** A step, and the requests that it makes. */
async function askedBy(run: () => Promise<Step>): Promise<{ readonly asked: number; readonly step: Step }> {
  asked = 0;
  const done = await run();
  return { asked, step: done };
}

test('a run that is over leaves no answers to another step of its job, nor to another attempt', async () => {
  newMachine();
  const of = (name: string, attempt: string) => {
    const env = { GITHUB_ACTION: name, GITHUB_RUN_ATTEMPT: attempt };
    return askedBy(() => step('7', { env }));
  };
  const first = await of('__self', '1');
  expect(first.asked).toBeGreaterThan(0);
  // Where steps cannot be told apart as well.
  for (const name of ['__self', '__self_2']) expect((await of(name, '1')).asked).toBe(first.asked);
  newMachine();
  const next = await of('__self', '2');
  expect(next.asked).toBe(first.asked);
  expect(next.step.log).not.toContain('Going on from what earlier attempts left');
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
    const inputs = { 'base-url': limited.baseUrl, 'min-helpfulness': '50', 'max-retries': '0' };
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
  expect(second.log).toContain('Going on from what earlier attempts left');
  await limited.close();
  const honest = await startEndpoint({
    dataset: DATASET,
    onRequest,
    port: Number(new URL(limited.baseUrl).port),
  });
  newMachine();
  const third = await attempt(3);
  expect(third.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(third.log).not.toContain('Going on from what earlier attempts left');
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
        inputs: { 'system-prompt': prompt },
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

test('answers of another run are used with reuse-responses alone, and of one that was killed by its own next attempt', async () => {
  const run = (runId: string, reuse: boolean, attempt = '1', more: Partial<Job> = {}) => {
    newMachine();
    const inputs = { 'reuse-responses': String(reuse) };
    return askedBy(() => step(runId, { ...more, inputs, env: { GITHUB_RUN_ATTEMPT: attempt } }));
  };
  const whole = (await run('21', false)).asked;
  const kill = new AbortController();
  const timer = setInterval(() => {
    if (asked > whole / 2) kill.abort();
  }, 5);
  const killed = await run('22', true, '1', { kill: kill.signal });
  clearInterval(timer);
  expect(killed.step.status).toBeNull();
  expect((await step('22', { door: 'post', env: killed.step.state })).status).toBe(0);
  const next = await run('22', true, '2');
  expect(next.step.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
  expect(next.asked).toBeGreaterThan(0);
  expect(next.asked).toBeLessThan(whole * 0.6);
  expect((await run('23', true)).asked).toBe(0);
  expect((await run('24', false)).asked).toBe(whole);
}, 120_000);

test('what a killed attempt has left in a branch does not hide the answers that the default branch shares', async () => {
  const run = (runId: string, ref: string, inputs: Job['inputs'], more: Partial<Job> = {}) => {
    newMachine();
    return askedBy(() => step(runId, { ...more, inputs, env: cacheVariables(runner.service.url, ref) }));
  };
  const branch = 'refs/pull/7/merge';
  const reuse = { 'reuse-responses': 'true', 'system-prompt': 'shared' };
  const whole = (await run('31', 'main', reuse)).asked;
  expect(whole).toBeGreaterThan(0);
  const kill = new AbortController();
  const timer = setInterval(() => {
    if (asked > whole / 2) kill.abort();
  }, 5);
  const killed = await run('32', branch, { 'system-prompt': 'another' }, { kill: kill.signal });
  clearInterval(timer);
  expect(killed.step.status).toBeNull();
  const env = { ...killed.step.state, ...cacheVariables(runner.service.url, branch) };
  const answers = () => runner.service.keys().filter(key => key.includes('-answers-'));
  const before = answers().length;
  expect((await step('32', { door: 'post', env })).status).toBe(0);
  expect(answers()).toHaveLength(before + 1);
  const next = await run('33', branch, reuse);
  expect(next.asked).toBe(0);
  expect(next.step.log).not.toContain('The cache was not restored');
}, 120_000);
