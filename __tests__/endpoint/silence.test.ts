import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createImageEndpoint } from '../../src/endpoint/images.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import type { TryOptions } from '../../src/endpoint/tries.ts';
import { clientOptions } from '../support/client-options.ts';
import { evaluated } from '../support/evaluation.ts';
import {
  completion,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
} from '../support/scripted-endpoint.ts';

let endpoint: ScriptedEndpoint | undefined;
afterEach(() => endpoint?.close());

const TIMEOUT = 200;
/** Where something else than the time is to end a request, on a machine that is busy. */
const AMPLE = 20_000;
const hang = () => undefined;
const question = { text: 'What is this?', maxTokens: 64 };

async function optionsFor(script: Script, more: Partial<TryOptions> = {}): Promise<TryOptions> {
  endpoint = await scriptedEndpoint(script);
  const own = { timeout: TIMEOUT, maxRetries: 5, pacer: createPacer(16, Date.now) };
  return clientOptions(endpoint.baseUrl, { ...own, ...more });
}

const times = <T>(count: number, work: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, work));

async function messageOf(asking: Promise<unknown>): Promise<string> {
  const fault = await asking.catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(FatalEndpointError);
  return (fault as Error).message;
}

describe('an endpoint that has never responded', () => {
  test('is given up when a request has waited for two time-outs', async () => {
    const client = createChatEndpoint(await optionsFor(hang));
    const sentence = await messageOf(times(16, () => client.ask(question)));
    expect(sentence).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/v1 has answered nothing: no whole answer within 0\.2 s to any of \d+ requests; check its base URL, and that "some-vlm" is up/,
    );
    // All sixteen once, and ten of them again, since the limit falls to three fifths.
    expect(endpoint?.asked.length).toBeLessThanOrEqual(26);
  });

  test('that speaks http where it is asked over https is told to do so', async () => {
    const options = await optionsFor(hang, { maxRetries: 0, timeout: AMPLE });
    const client = createChatEndpoint({ ...options, baseUrl: options.baseUrl.replace('http:', 'https:') });
    expect(await messageOf(times(16, () => client.ask(question)))).toMatch(
      /^https:\/\/127\.0\.0\.1:\d+\/v1 cannot be reached: no connection \(EPROTO\), as where a server speaks http and not https; check its base URL, and that "some-vlm" is up and can be reached from here$/,
    );
  });

  test('that begins to answer and stalls is as silent', async () => {
    const client = createChatEndpoint(
      await optionsFor(response => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"choices":');
      }),
    );
    expect(await messageOf(times(16, () => client.ask(question)))).toContain('has answered nothing');
  });

  test('is given up when connections to it break off for some seconds, in which it is asked a few times', async () => {
    const client = createChatEndpoint(
      await optionsFor(response => void response.destroy(), {
        ...{
          timeout: AMPLE,
          pacer: createPacer(16, Date.now, undefined, { patience: 25_000, random: () => 0.5 }),
        },
      }),
    );
    expect(await messageOf(times(64, () => client.ask(question)))).toContain(
      '/v1 breaks the connection off before it answers (ECONNRESET); check its base URL, and that "some-vlm" is up',
    );
    // Sixteen at once, as many again before that was told from an accident, then one at a time.
    expect(endpoint?.asked.length).toBeLessThan(60);
  });

  test('is told by its name when answers begin and are of no use', async () => {
    const cut = createChatEndpoint(
      await optionsFor(
        response => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
          response.write('{"choices":', () => response.destroy());
        },
        { maxRetries: 1, timeout: AMPLE },
      ),
    );
    const sentence = await messageOf(times(16, () => cut.ask(question)));
    expect(sentence).toMatch(/\/v1 breaks its answers off before their end; check/);
    await endpoint?.close();
    const endless = createChatEndpoint(
      await optionsFor(response => void response.end(Buffer.alloc(9 * 2 ** 20, ' ')), {
        maxRetries: 1,
        timeout: AMPLE,
      }),
    );
    const told = await messageOf(times(16, () => endless.ask(question)));
    expect(told).toMatch(/\/v1 answers with more than is read of an answer; check/);
  });

  test('is given up as well when it is to draw', async () => {
    const images = createImageEndpoint(await optionsFor(hang));
    expect(await messageOf(times(16, () => images.draw('Bread', '1024x1024')))).toContain(
      'has answered nothing',
    );
  });
});

describe('an endpoint is waited for', () => {
  test('while too few requests have failed for it to be no accident', async () => {
    const client = createChatEndpoint(
      await optionsFor(response => void response.destroy(), {
        ...{ maxRetries: 0, timeout: AMPLE },
        pacer: createPacer(16, Date.now, undefined, { patience: 0, random: () => 0.5 }),
      }),
    );
    const answers = await times(7, () => client.ask(question));
    expect(answers.map(answer => answer.kind === 'none' && answer.reason)).toEqual(Array(7).fill('network'));
    await expect(client.ask(question)).rejects.toBeInstanceOf(FatalEndpointError);
  });

  test('when it answers the second time it is asked', async () => {
    const client = createChatEndpoint(
      await optionsFor((response, _, count) =>
        count <= 16 ? undefined : sendJson(response, completion({ content: 'A tree.' })),
      ),
    );
    const answers = await times(16, () => client.ask(question));
    expect(answers.every(({ kind }) => kind === 'text')).toBe(true);
  });

  test('when it has said anything at all, were it that it is busy', async () => {
    const client = createChatEndpoint(
      await optionsFor((response, _, count) => (count === 1 ? sendJson(response, {}, 503) : undefined), {
        maxRetries: 2,
      }),
    );
    const answers = await times(10, () => client.ask(question));
    expect(new Set(answers.map(answer => answer.kind === 'none' && answer.reason))).toEqual(
      new Set(['timeout']),
    );
  });
});

test.each(['target', 'judge'] as const)('a run whose %s hangs ends with one sentence, soon', async on => {
  const startedAt = Date.now();
  const { finding } = await evaluated({
    endpoint: { faults: { rate: 100, kinds: ['stall'], on: [on], most: 1e9 } },
    inputs: { sample: 'full', 'request-timeout': '0.5', 'max-retries': '5', 'judge-api-key': 'own-pacing' },
  });
  expect(finding.verdict.outcome).toBe('error');
  expect(finding.verdict.sentence).toMatch(/has answered nothing: no whole answer within 0\.5 s/);
  // Two time-outs and what comes before them; retries for every pair would take minutes.
  expect(Date.now() - startedAt).toBeLessThan(30_000);
});
