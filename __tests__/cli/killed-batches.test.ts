import { atTerminal } from '../support/at-terminal.ts';
import { type BatchServer, batchServer, type Interception, saying } from '../support/batch-server.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { at, withScratch } from '../support/scratch.ts';
import { completion, sendJson } from '../support/scripted-endpoint.ts';

withScratch();

let server: BatchServer | undefined;
afterEach(() => server?.close());

/** Kills the process as soon as it has sent a batch. */
const KILLED = `
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text, ...more) =>
    String(text).includes('Sent a batch') ? process.kill(process.pid, 'SIGKILL') : write(text, ...more);
`;

const REFUSAL = "I'm sorry, but I can't help with that.";

/** Leaves the first batch running until it is cancelled, answers half of it then, and all of any other. */
async function leaving(intercept: Interception = () => false) {
  let isCancelled = false;
  let isLetRun = false;
  const made = await batchServer(
    (lines, batch) => {
      if (isLetRun) return { output: lines.map(line => saying(line, REFUSAL)) };
      if (batch === 0 && !isCancelled) return { status: 'in_progress' };
      const answered = batch === 0 ? lines.slice(0, lines.length / 2) : lines;
      const output = answered.map(line => saying(line, REFUSAL));
      return { status: batch === 0 ? 'cancelled' : 'completed', output };
    },
    (call, response, count) => {
      const isIntercepted = intercept(call, response, count);
      isCancelled ||= call === 'POST batches cancel' && !isIntercepted;
      return isIntercepted;
    },
  );
  server = made;
  const inputs = {
    ...{ 'base-url': made.baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
    ...{ 'image-kinds': 'TEXT', sample: '13', 'min-helpfulness': '0' },
  };
  const args = ['run', ...Object.entries(inputs).map(([name, value]) => `--${name}=${value}`)];
  const run = (more: readonly string[], meanwhile = '') =>
    atTerminal({ args: [...args, ...more], folder: at('.'), meanwhile });
  const letRun = () => {
    isLetRun = true;
  };
  return { made, run, letRun };
}

test('a run that takes what the batch of a killed one has answered says that the requests are not its own', async () => {
  const { made, run, letRun } = await leaving();
  await run(['--batch'], KILLED);
  letRun();
  const again = await run(['--batch']);
  const all = made.batches[0]?.length;
  expect(made.batches).toHaveLength(1);
  expect(again.err).toContain(`Resumed ${all} answers of an earlier attempt.`);
  expect(again.out.replaceAll(/\s+/g, ' ')).toContain(
    `${all} answers of those asked for came from an earlier attempt: requests, tokens, dollars and time are the last attempt's alone.`,
  );
}, 60_000);

test('a run without batches asks one by one what the batch of a killed one had not answered when it was cancelled', async () => {
  let asked = 0;
  const { made, run } = await leaving((call, response) => {
    if (call !== 'POST chat') return false;
    asked += 1;
    sendJson(response, completion({ role: 'assistant', content: REFUSAL }));
    return true;
  });
  await run(['--batch'], KILLED);
  const all = made.batches[0]?.length ?? 0;
  const answered = Math.floor(all / 2);
  const again = await run([]);
  expect(again.err).toContain(
    `Cancelled a batch of an earlier attempt that was running at the endpoint, since batch is false now, and took ${answered} answers to ${all} requests from it: what it lacks is asked one by one.`,
  );
  expect(asked).toBe(all - answered);
  expect(made.files()).toEqual([]);
}, 60_000);

test('a run that is gone on with tells of a batch that the endpoint no longer knows', async () => {
  const { made, run } = await leaving((call, response) => {
    const isGone = call === 'GET batches' && /batch_0$/.test(response.req.url ?? '');
    if (isGone) sendJson(response, { error: { message: 'No such batch' } }, 404);
    if (call === 'GET batches list') sendJson(response, { data: [] });
    return isGone || call === 'GET batches list';
  });
  await run(['--batch'], KILLED);
  const again = await run(['--batch']);
  const all = `${made.batches[0]?.length} requests`;
  expect(again.err).toContain(
    `The endpoint no longer knows a batch of ${all}: what it had not given out is asked again (${all}), though it may be paid for.`,
  );
  expect(made.batches).toHaveLength(2);
}, 60_000);

test('a run that is ended says nothing of a batch that has ended as well, though the endpoint does not cancel that', async () => {
  const { made, run } = await leaving((call, response) => {
    if (call === 'GET batches') sendJson(response, { id: 'batch_0', status: 'failed' });
    if (call === 'POST batches cancel') sendJson(response, {}, 409);
    return call === 'GET batches' || call === 'POST batches cancel';
  });
  const ended = await run(['--batch'], KILLED.replace('SIGKILL', 'SIGTERM'));
  expect(ended.err).not.toContain('could not be cancelled');
  expect(made.files()).toEqual([]);
}, 60_000);

test('a run that is ended tells of a batch that the endpoint does not cancel', async () => {
  const { made, run } = await leaving((call, response) => {
    if (call !== 'POST batches cancel') return false;
    sendJson(response, {}, 500);
    return true;
  });
  const ended = await run(['--batch'], KILLED.replace('SIGKILL', 'SIGTERM'));
  expect(ended.err).toContain(
    `A batch of ${made.batches[0]?.length} requests could not be cancelled: it may still be running at the endpoint, and be charged for. Look there for batch_0.`,
  );
  expect(ended.err).not.toContain('unsettled');
  expect(made.files()).toHaveLength(1);
}, 60_000);
