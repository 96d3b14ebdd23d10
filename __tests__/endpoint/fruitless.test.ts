/** Endpoints that respond from the beginning, and never answer. */
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createImageEndpoint } from '../../src/endpoint/images.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  completion,
  question,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
  well,
} from '../support/scripted-endpoint.ts';

let endpoint: ScriptedEndpoint | undefined;
afterEach(() => endpoint?.close());

/** Makes no pauses, and waits for nothing. */
const HASTY = { patience: 0, random: () => 0 };

async function optionsFor(script: Script, ceiling: number, maxRetries: number) {
  endpoint = await scriptedEndpoint(script);
  return clientOptions(endpoint.baseUrl, {
    maxRetries,
    pacer: createPacer(ceiling, Date.now, () => undefined, HASTY),
  });
}

const page: Script = response => void response.end('<html></html>');

const CHECK = 'check the base URL for "some-vlm" (most end in /v1), and that it is up';

test.each<[string, Script, string]>([
  ['a page', page, 'status 200 with a page of HTML or XML (13 characters)'],
  ['nothing', response => void response.end(), 'status 200 with an empty body'],
  [
    'half of the JSON',
    response => void response.end('{"choi'),
    'status 200 with a body that is not whole JSON (6 characters)',
  ],
  [
    'other JSON',
    response => sendJson(response, { hello: 1 }),
    'status 200 with JSON that is no chat completion',
  ],
])(
  '%s to all requests is told with the endpoint, once eight have no tries left',
  async (_, script, words) => {
    const client = createChatEndpoint(await optionsFor(script, 8, 1));
    const asked = Array.from({ length: 12 }, (_, n) => client.ask(question(`${n}`)));
    const problem = (await Promise.all(asked).catch((error: unknown) => error)) as FatalEndpointError;
    expect(problem).toBeInstanceOf(FatalEndpointError);
    expect(problem.isHalfWay).toBe(true);
    expect(problem.message.replace(/none of \d+ requests/, 'none of N requests')).toBe(
      `${endpoint?.baseUrl} has answered none of N requests, the last one by ${words}; ${CHECK}`,
    );
    const [, tries] = /none of (\d+) requests/.exec(problem.message) ?? [];
    expect(Number(tries)).toBeGreaterThanOrEqual(16);
    expect(Number(tries)).toBeLessThanOrEqual(endpoint?.asked.length ?? 0);
    await Promise.allSettled(asked);
  },
);

test('where one at a time is asked, three are enough', async () => {
  const client = createChatEndpoint(await optionsFor(page, 1, 0));
  for (let n = 0; n < 2; n += 1) expect(await client.ask(question(`${n}`))).toMatchObject({ kind: 'none' });
  await expect(client.ask(question('2'))).rejects.toThrow(
    `${endpoint?.baseUrl} has answered none of 3 requests, the last one by status 200 with a page of HTML or XML (13 characters); ${CHECK}`,
  );
});

test.each<[string, Script]>([
  ['once it has answered', well],
  ['nor where it has answered without text', response => sendJson(response, completion({ content: '' }))],
])('it ends nothing %s', async (_, first) => {
  const client = createChatEndpoint(
    await optionsFor((...all) => (all[2] === 1 ? first : page)(...all), 1, 0),
  );
  const answers = [];
  for (let n = 0; n < 9; n += 1) answers.push(await client.ask(question(`${n}`)));
  expect(answers.slice(1).map(({ kind }) => kind)).toEqual(Array(8).fill('none'));
});

test.each([
  [429, 'rate-limit'],
  [500, 'server'],
  [502, 'server'],
])('%i for ever is left to what waits for it', async (status, reason) => {
  const client = createChatEndpoint(await optionsFor(response => sendJson(response, {}, status), 1, 0));
  for (let n = 0; n < 9; n += 1) expect(await client.ask(question(`${n}`))).toMatchObject({ reason });
});

test('a page in place of a picture is told in the same way', async () => {
  const images = createImageEndpoint(await optionsFor(page, 1, 0));
  for (let n = 0; n < 2; n += 1) await images.draw('Bread', '1024x1024');
  await expect(images.draw('Bread', '1024x1024')).rejects.toThrow(
    `${endpoint?.baseUrl} has answered none of 3 requests, the last one by status 200 with something that is not JSON; ${CHECK}`,
  );
});

test('a page as the first answer does not make what is refused later the request’s own', async () => {
  const client = createChatEndpoint(
    await optionsFor((...all) => (all[2] === 1 ? page(...all) : sendJson(all[0], {}, 401)), 1, 1),
  );
  await expect(client.ask(question('first'))).rejects.toThrow(/answered 401: it does not accept the key/);
});
