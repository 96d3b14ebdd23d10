import { appendFile, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { atTerminal } from '../support/at-terminal.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { at, withScratch } from '../support/scratch.ts';
import { completion, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

withScratch();

/** A model that refuses, but for the request of this number, which it cannot take; `before` is waited for. */
async function refusing(failing = 0, before: (count: number) => Promise<void> = async () => undefined) {
  const server = await scriptedEndpoint(async (response, _, count) => {
    await before(count);
    if (count === failing) return sendJson(response, {}, 422);
    const content = `I'm sorry, but I can't help with that, for the ${count}th time.`;
    return sendJson(response, completion({ role: 'assistant', content }));
  });
  const inputs = {
    ...{ 'base-url': server.baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
    ...{ 'image-kinds': 'TEXT', 'min-helpfulness': '0' },
  };
  const args = ['run', ...Object.entries(inputs).map(([name, value]) => `--${name}=${value}`)];
  return { server, run: (...more: string[]) => atTerminal({ args: [...args, ...more], folder: at('.') }) };
}

test.each([
  ['stop-early', ['--sample=full', '--max-asr=40', '--stop-early=true']],
  ['its budget', ['--sample=full', '--max-requests=20']],
])('a run that %s ended is over: the same command asks anew', async (_, flags) => {
  const { server, run } = await refusing();
  await run(...flags);
  const asked = server.asked.length;
  expect(asked).toBeGreaterThan(10);
  expect(asked).toBeLessThan(128);
  const again = await run(...flags);
  expect(again.err).not.toContain('Resumed');
  expect(server.asked.length - asked).toBeGreaterThan(asked / 2);
  await server.close();
});

test('what was answered more than a day ago is not gone on with', async () => {
  const { server, run } = await refusing(5);
  await run('--sample=13');
  const asked = server.asked.length;
  const answers = at('.cache/mm-safetybench-gate/answers');
  const old = new Date(Date.now() - 25 * 3600 * 1000);
  await writeFile(join(answers, 'another.jsonl'), '');
  for (const name of await readdir(answers)) await utimes(join(answers, name), old, old);
  await writeFile(join(answers, 'younger.jsonl'), '');
  const again = await run('--sample=13');
  expect(again.err).not.toContain('Resumed');
  expect(server.asked.length).toBe(2 * asked);
  expect(await readdir(answers)).not.toContain('another.jsonl');
  expect(await readdir(answers)).toContain('younger.jsonl');
  await server.close();
});

test('a run that is an error for want of an answer is gone on with by the same command, and one with a verdict is not', async () => {
  let refuses = 0;
  const server = await scriptedEndpoint((response, _, count) => {
    if (count === 5) {
      refuses += 1;
      return sendJson(response, {}, 422);
    }
    return sendJson(response, completion({ role: 'assistant', content: `A bus, ${count}.` }));
  });
  const inputs = {
    ...{ 'base-url': server.baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
    ...{ 'image-kinds': 'TEXT', sample: '13', 'min-helpfulness': '0' },
  };
  const args = ['run', ...Object.entries(inputs).map(([name, value]) => `--${name}=${value}`)];
  const run = () => atTerminal({ args, folder: at('.') });
  await run();
  expect(refuses).toBe(1);
  const asked = server.asked.length;
  const again = await run();
  expect(server.asked.length - asked).toBe(1);
  expect(again.err).toContain(`Resumed ${asked - 1} answers of an earlier attempt.`);
  const anew = await run();
  expect(server.asked.length - asked - 1).toBe(asked);
  expect(anew.err).not.toContain('Resumed');
  await server.close();
});

test('a run that came to a verdict without all answers is over: behind the name there may be another model', async () => {
  const server = await scriptedEndpoint((response, _, count) =>
    count === 5
      ? sendJson(response, {}, 422)
      : sendJson(response, completion({ role: 'assistant', content: `A bus, ${count}.` })),
  );
  const inputs = {
    ...{ 'base-url': server.baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
    ...{ 'image-kinds': 'TEXT', sample: '13', 'min-helpfulness': '0', 'max-error-rate': '20' },
  };
  const args = ['run', ...Object.entries(inputs).map(([name, value]) => `--${name}=${value}`)];
  const first = await atTerminal({ args, folder: at('.') });
  expect(first.status).toBe(0);
  const asked = server.asked.length;
  const again = await atTerminal({ args, folder: at('.') });
  expect(server.asked.length).toBe(2 * asked);
  expect(again.err).not.toContain('Resumed');
  await server.close();
});

/** The report of a run in this folder, as far as what was asked says. */
async function reported() {
  const { verdict, rows } = JSON.parse(await readFile(at('mm-safetybench-report/report.json'), 'utf8'));
  return { verdict, rows };
}

test.each([400, 401, 403, 404])(
  'a question that is refused each time with %i is its own fault in a run that goes on, as in the one before',
  async status => {
    let refused: string | undefined;
    const server = await scriptedEndpoint((response, { body }, count) => {
      const asked = JSON.stringify(body['messages']);
      if (count === 5) refused = asked;
      if (asked === refused) return sendJson(response, {}, status);
      return sendJson(response, completion({ role: 'assistant', content: `A bus, ${count}.` }));
    });
    const inputs = {
      ...{ 'base-url': server.baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
      ...{ 'image-kinds': 'TEXT', sample: '13', 'min-helpfulness': '0', 'reuse-responses': 'true' },
    };
    const args = ['run', ...Object.entries(inputs).map(([name, value]) => `--${name}=${value}`)];
    await atTerminal({ args, folder: at('.') });
    const first = await reported();
    const asked = server.asked.length;
    expect(first.rows).toHaveLength(asked);
    const again = await atTerminal({ args, folder: at('.') });
    expect(again.err).toContain(`Resumed ${asked - 1} answers of an earlier attempt.`);
    expect(server.asked.length - asked).toBe(1);
    expect(await reported()).toEqual(first);
    await server.close();
  },
);

test('what a run has left that was broken off is reused with those of others', async () => {
  const { server, run } = await refusing(5);
  await run('--sample=13');
  const asked = server.asked.length;
  const again = await run('--sample=13', '--reuse-responses');
  expect(again.err).toContain(`Resumed ${asked - 1} answers of an earlier attempt.`);
  expect(server.asked.length - asked).toBe(1);
  expect(await readdir(at('.cache/mm-safetybench-gate/answers'))).toEqual(['shared.jsonl']);

  // Behind a line that a killed process has left without its end.
  await appendFile(at('.cache/mm-safetybench-gate/answers/shared.jsonl'), '{"key":"');
  const other = await refusing(5);
  await other.run('--sample=13');
  const shared = await other.run('--sample=13', '--reuse-responses');
  expect(shared.err).toContain(`Resumed ${asked - 1} answers of an earlier attempt.`);
  expect(shared.err).toContain('Dropped 1 damaged line of the journal.');
  expect(other.server.asked.length - asked).toBe(1);
  await server.close();
  await other.server.close();
});

const LIMITS = ['max-asr=50', 'max-retries=3', 'request-timeout=60', 'concurrency=4', 'report-dir=another'];

test('a run is gone on with whatever is changed that makes no answer, and what makes one asks anew', async () => {
  const { server, run } = await refusing(5);
  await run('--sample=13');
  const asked = server.asked.length;
  const again = await run('--sample=13', '--temperature=0', ...LIMITS.map(limit => `--${limit}`));
  expect(again.err).toContain(`Resumed ${asked - 1} answers of an earlier attempt.`);
  expect(server.asked.length - asked).toBe(1);
  await server.close();

  const other = await refusing(5);
  await other.run('--sample=13');
  const anew = await other.run('--sample=13', '--max-tokens=99');
  expect(anew.err).not.toContain('Resumed');
  expect(other.server.asked.length).toBe(2 * asked);
  await other.server.close();
});

test('answers whose report cannot be written are kept, and nothing is asked again', async () => {
  const folder = at('mm-safetybench-report');
  const { server, run } = await refusing(0, async count => {
    if (count !== 10) return;
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file in the way');
  });
  expect((await run('--sample=13')).out).toContain('! ERROR');
  await rm(folder);
  const asked = server.asked.length;
  expect(asked).toBeGreaterThan(10);
  const again = await run('--sample=13');
  expect(again.err).toContain(`Resumed ${asked} answers of an earlier attempt.`);
  expect(again.out).not.toContain('! ERROR');
  expect(server.asked.length).toBe(asked);
  await server.close();
});

test('two runs of one command at once keep their answers apart, and the second says so', async () => {
  let both: () => void = () => undefined;
  const met = new Promise<void>(done => {
    both = done;
  });
  // Each has one request in flight: the second request is the second run's.
  const { server, run } = await refusing(0, async count => (count < 2 ? met : both()));
  const flags = ['--sample=13', '--concurrency=1'];
  const first = run(...flags, '--report-dir=first');
  while (server.asked.length === 0) await setTimeout(20);
  const second = run(...flags, '--report-dir=second');
  const said = await Promise.all([first, second]);
  const told = 'Another run that asks the same is under way in this folder: each asks for itself alone.';
  expect(said.map(({ err }) => err.includes(told))).toEqual([false, true]);
  expect(said.map(({ status }) => status)).toEqual([0, 0]);
  const asked = server.asked.length;
  expect(await readdir(at('.cache/mm-safetybench-gate/answers'))).toEqual([]);
  const third = await run(...flags);
  expect(third.err).not.toMatch(/Another run|Resumed/);
  expect(server.asked.length - asked).toBe(asked / 2);
  await server.close();
});

test('more runs of one command at once than there are journals for are refused before anything is asked', async () => {
  const { server, run } = await refusing(5);
  await run('--sample=13');
  const asked = server.asked.length;
  const answers = at('.cache/mm-safetybench-gate/answers');
  const [first = ''] = await readdir(answers);
  const others = Array.from({ length: 15 }, (_, n) => first.replace('.jsonl', `-${n + 2}.jsonl`));
  for (const name of [first, ...others]) await writeFile(join(answers, `${name}.lock`), String(process.pid));
  const { out, status } = await run('--sample=13');
  expect(out.replace(/\s+/g, ' ')).toContain(
    '16 runs that ask the same are under way in this folder: wait for one to end',
  );
  expect({ status, asked: server.asked.length }).toEqual({ status: 1, asked });
  await server.close();
});
