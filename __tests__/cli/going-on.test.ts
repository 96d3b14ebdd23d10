import { atTerminal } from '../support/at-terminal.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { at, withScratch } from '../support/scratch.ts';
import { completion, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

withScratch();

test('a run that lacks an answer is gone on with by the same command, and one that has all of them is not', async () => {
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
