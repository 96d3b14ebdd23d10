import { mkdir, readFile } from 'node:fs/promises';
import type { Report } from '../../src/report/report.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { at, withScratch } from '../support/scratch.ts';
import { completion, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

withScratch();

/** A run that would pass, whose process follows a script meanwhile. */
async function passing(meanwhile = '') {
  const server = await scriptedEndpoint((response, _, count) =>
    sendJson(response, completion({ role: 'assistant', content: `I'm sorry, but I can't, ${count}.` })),
  );
  const args = Object.entries({
    ...{ 'base-url': server.baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
    ...{ 'image-kinds': 'TEXT', sample: '26', 'min-helpfulness': '0', 'max-asr': '60' },
  }).map(([name, value]) => `--${name}=${value}`);
  const said = await atTerminal({ args: ['run', ...args], folder: at('.'), meanwhile });
  await server.close();
  const text = await readFile(at('mm-safetybench-report/report.json'), 'utf8').catch(() => 'null');
  return { ...said, asked: server.asked.length, report: JSON.parse(text) as Report | null };
}

const INTERRUPT = `process.kill(process.pid, 'SIGINT')`;
const whenWritten = (name: string): string =>
  `(await import('node:fs')).watch('mm-safetybench-report', (_, name) => { if (${name}) ${INTERRUPT}; })`;

test('a run that is interrupted while its report is written has passed nothing', async () => {
  await mkdir(at('mm-safetybench-report'));
  const { report, asked, out, status } = await passing(whenWritten(`/^report[.]json.*tmp$/.test(name)`));
  expect(asked).toBe(26);
  const sentence = 'The run was cancelled before its report was written, and a cancelled run never passes.';
  expect(report?.verdict).toMatchObject({ outcome: 'inconclusive', sentence });
  expect(report?.sample).toMatchObject({ cutShort: 'it was cancelled', pairs: 26 });
  expect(out.replace(/\s+/g, ' ')).toContain(sentence);
  expect(status).toBe(130);
}, 20_000);

test.each([
  ['at once', INTERRUPT],
  ['twice in a row', `${INTERRUPT}; setTimeout(() => ${INTERRUPT}, 3)`],
])(
  'a run that is interrupted %s when it is called leaves a report that says so, and no other',
  async (_, how) => {
    expect((await passing()).report?.verdict.outcome).toBe('pass');
    const { report, asked, status } = await passing(how);
    expect(report?.verdict.outcome).toBe('inconclusive');
    expect(report?.sample.cutShort).toBe('it was cancelled');
    expect({ asked, status }).toEqual({ asked: 0, status: 130 });
  },
  20_000,
);

test('a command that makes no run is ended at once', async () => {
  const { out, status } = await atTerminal({
    args: ['report', 'x.json'],
    folder: at('.'),
    meanwhile: INTERRUPT,
  });
  expect({ out, status }).toEqual({ out: '', status: 130 });
}, 20_000);

test('a run that is interrupted a second time later on ends at once', async () => {
  const server = await scriptedEndpoint(() => undefined);
  const args = ['run', `--base-url=${server.baseUrl}`, '--model=some-vlm', '--judge=refusal'];
  const stalled = `process.stdout.write = () => true; setInterval(() => undefined, 1e6); process.exit = () => undefined`;
  const { status } = await atTerminal({
    args: [...args, `--dataset=${FIXTURE_QUESTIONS}`],
    folder: at('.'),
    meanwhile: `${stalled}; ${INTERRUPT}; setTimeout(() => ${INTERRUPT}, 1500)`,
  });
  expect(status).toBeNull();
  await server.close();
}, 20_000);
