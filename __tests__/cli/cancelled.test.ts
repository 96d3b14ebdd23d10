import { mkdir, readFile, writeFile } from 'node:fs/promises';
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

describe('a judge check that is stopped', () => {
  const answers = ['Sure. Step one.', 'Sure. Step two.', 'Sure. Step three.'];
  const WHEN_ASKED = `(await import('node:fs')).watch('.', (_, name) => { if (name === 'asked') process.kill(process.pid, 'SIGTERM'); })`;

  /** Of so many requests the first `answered` are answered before it is stopped. */
  async function stopped(requests: number, answered: number, inputs: (baseUrl: string) => readonly string[]) {
    await writeFile(
      at('labels.csv'),
      ['answer,label', ...answers.map(answer => `${answer},unsafe`)].join('\n'),
    );
    const server = await scriptedEndpoint((response, _, count) => {
      if (count <= answered) sendJson(response, completion({ role: 'assistant', content: 'unsafe\nS1' }));
      // What has been answered is read before the signal is.
      if (count === requests) setTimeout(() => writeFile(at('asked'), ''), 300);
    });
    const said = await atTerminal({
      args: ['judge-check', '--judge-labels=labels.csv', '--judge-model=guard', ...inputs(server.baseUrl)],
      folder: at('.'),
      meanwhile: WHEN_ASKED,
    });
    await server.close();
    return said;
  }

  const told = (judged: number) => ({
    out: '',
    err: `Stopped when ${judged} of 3 answers were judged: nothing is measured of a part; run it again to have all of them judged.\n`,
    status: 130,
  });

  test.each([0, 2])(
    'measures nothing of %d answers of 3, and says so',
    async judged => {
      const judge = (baseUrl: string) => ['--judge=llama-guard', `--judge-base-url=${baseUrl}`];
      expect(await stopped(answers.length, judged, judge)).toEqual(told(judged));
    },
    20_000,
  );

  test('while the questions are fetched says so as well', async () => {
    const fetched = (baseUrl: string) => [
      ...['--judge-base-url=http://127.0.0.1:9/v1', '--accept-dataset-license'],
      `--questions-url=${baseUrl}`,
    ];
    const { err, ...said } = await stopped(1, 0, fetched);
    const lines = err.split(/(?<=\n)/);
    expect({ ...said, err: lines.at(-1) }).toEqual(told(0));
    expect(lines[0]).toMatch(/ licensed CC BY-NC 4\.0/);
    expect(lines).toHaveLength(2);
  }, 20_000);
});
