import { existsSync } from 'node:fs';
import { atTerminal } from '../support/at-terminal.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { at, withScratch, written } from '../support/scratch.ts';
import { completion, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

withScratch();

const argsFor = (baseUrl: string) => [
  'run',
  ...Object.entries({
    ...{ 'base-url': baseUrl, model: 'some-vlm', judge: 'refusal', dataset: FIXTURE_QUESTIONS },
    ...{ 'image-kinds': 'TEXT', sample: '13', 'min-helpfulness': '0' },
  }).map(([name, value]) => `--${name}=${value}`),
];

test('a clock that runs backwards lengthens no wait that an endpoint asks for', async () => {
  const server = await scriptedEndpoint((response, _, count) =>
    count === 5
      ? sendJson(response, {}, 429, { 'retry-after': '1' })
      : sendJson(response, completion({ role: 'assistant', content: `I'm sorry, but I can't, ${count}.` })),
  );
  const clock = written(
    'clock.mjs',
    'const start = Date.now(); Date.now = () => start - Math.round(performance.now());',
  );
  const { out, status } = await atTerminal({
    args: argsFor(server.baseUrl),
    folder: at('.'),
    environment: { NODE_OPTIONS: `--import=${clock}` },
  });
  await server.close();
  expect(out).toMatch(/13 distinct questions/);
  expect(status).toBe(0);
}, 20_000);

(existsSync('/proc/self') ? test : test.skip)(
  'a cache folder that takes no other is said at once',
  async () => {
    const { out, status } = await atTerminal({
      args: argsFor('http://127.0.0.1:9/v1'),
      folder: at('.'),
      environment: { XDG_CACHE_HOME: '/proc' },
    });
    expect(out.replace(/\s+/g, ' ')).toContain(
      'the folder "/proc/mm-safetybench-gate/answers" for answers cannot be used',
    );
    expect(status).toBe(1);
  },
  20_000,
);
