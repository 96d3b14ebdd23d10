/** What an endpoint says of an account there whose limit or credit is used up, whatever the status. */
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  type Asked,
  completion,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
} from '../support/scripted-endpoint.ts';

let endpoint: ScriptedEndpoint;
afterEach(() => endpoint.close());

const isIn = ({ body }: Asked, text: string): boolean => JSON.stringify(body).includes(text);
const question = { text: 'What is this?', maxTokens: 64 };
const well: Script = response => sendJson(response, completion({ content: 'A tree.' }));
const usedUp: Script = response =>
  sendJson(response, { error: { message: 'No more', code: 'insufficient_quota' } }, 429, {
    'retry-after': '600',
  });
const sentence = (status: number, code: string): string =>
  `${endpoint.baseUrl} answered ${status} (${code}): the limit or the credit of its account there is used up; raise it, or wait until it is renewed`;

async function clientOf(script: Script, maxRetries = 3) {
  endpoint = await scriptedEndpoint(script);
  const pacer = createPacer(8, Date.now);
  return { client: createChatEndpoint(clientOptions(endpoint.baseUrl, { pacer, maxRetries })), pacer };
}

test.each([
  [429, { code: 'insufficient_quota', type: 'insufficient_quota' }, 'insufficient_quota'],
  [429, { code: null, type: 'insufficient_quota' }, 'insufficient_quota'],
  [400, { code: 'billing_hard_limit_reached', type: 'invalid_request_error' }, 'billing_hard_limit_reached'],
  [429, { code: 'billing_not_active' }, 'billing_not_active'],
  [403, { type: 'billing_error' }, 'billing_error'],
  [429, { type: 'exceeded_current_quota_error' }, 'exceeded_current_quota_error'],
  [403, { code: 'AccountOverdueError', type: 'Forbidden' }, 'AccountOverdueError'],
  [400, { code: 'Arrearage', type: 'Arrearage' }, 'Arrearage'],
  [429, { code: 'PrepaidBillOverdue' }, 'PrepaidBillOverdue'],
  [429, { code: 'PostpaidBillOverdue' }, 'PostpaidBillOverdue'],
  [403, { code: 'AllocationQuota.FreeTierOnly' }, 'AllocationQuota.FreeTierOnly'],
  [429, { code: '429', type: 'budget_exceeded' }, 'budget_exceeded'],
  [403, { code: 'insufficient_user_quota', type: 'new_api_error' }, 'insufficient_user_quota'],
])('%i %j as the first answer ends the run at once', async (status, error, code) => {
  const { client } = await clientOf(response => sendJson(response, { error }, status));
  const problem = await client.ask(question).catch((error: unknown) => error);
  expect(problem).toEqual(new FatalEndpointError(sentence(status, code)));
  expect(endpoint.asked).toHaveLength(1);
});

test.each([
  [
    'Anthropic',
    400,
    {
      code: 'invalid_request_error',
      message:
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    },
    ' (invalid_request_error)',
  ],
  [
    'xAI',
    403,
    'Your team 1 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
    '',
  ],
  [
    'Fireworks',
    412,
    {
      code: 'PRECONDITION_FAILED',
      message:
        'Account some is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
    },
    ' (PRECONDITION_FAILED)',
  ],
  [
    'Z.ai',
    429,
    { code: '1113', message: 'Insufficient balance or no resource package. Please recharge.' },
    ' (1113)',
  ],
  ['Z.ai in China', 429, { code: '1113', message: '余额不足或无可用资源包,请充值。' }, ' (1113)'],
])('what %s says of it in words alone ends the run at once', async (_, status, error, code) => {
  const { client } = await clientOf(response => sendJson(response, { error }, status));
  await expect(client.ask(question)).rejects.toThrow(
    new FatalEndpointError(
      `${endpoint.baseUrl} answered ${status}${code}: the limit or the credit of its account there is used up; raise it, or wait until it is renewed`,
    ),
  );
  expect(endpoint.asked).toHaveLength(1);
});

test('a single one amid answers, as of a gateway that has several accounts, is tried again and slows nothing down', async () => {
  const { client, pacer } = await clientOf((...all) => (all[2] === 2 ? usedUp : well)(...all));
  for (let n = 0; n < 3; n += 1) expect(await client.ask(question)).toMatchObject({ kind: 'text' });
  expect(endpoint.asked).toHaveLength(4);
  expect(pacer).toMatchObject({ lowest: 8, limit: 8, isAway: false });
  pacer.end();
});

test('a request that meets it each time amid answers is one pair without an answer, after four tries', async () => {
  const { client, pacer } = await clientOf((...all) => (isIn(all[1], 'That?') ? usedUp : well)(...all), 5);
  await client.ask(question);
  const detail = sentence(429, 'insufficient_quota');
  expect(await client.ask({ ...question, text: 'That?' })).toMatchObject({ reason: 'rejected', detail });
  expect(await client.ask(question)).toMatchObject({ kind: 'text' });
  expect(endpoint.asked).toHaveLength(1 + 4 + 1);
  expect(pacer).toMatchObject({ lowest: 8, limit: 8, isAway: false });
  pacer.end();
});

test('after answers, twenty in a row end the run, and none is waited for', async () => {
  const { client, pacer } = await clientOf((...all) => (all[2] > 3 ? usedUp : well)(...all));
  for (let n = 0; n < 3; n += 1) await client.ask(question);
  for (let n = 0; n < 4; n += 1) expect(await client.ask(question)).toMatchObject({ reason: 'rejected' });
  const problem = await client.ask(question).catch((error: unknown) => error);
  expect(problem).toEqual(new FatalEndpointError(sentence(429, 'insufficient_quota')));
  expect(problem).toHaveProperty('isHalfWay', true);
  expect(endpoint.asked).toHaveLength(23);
  expect(pacer).toMatchObject({ lowest: 8, limit: 8, isAway: false });
});

describe('words with status 200 in place of an answer', () => {
  const inWords: Script = response =>
    sendJson(
      response,
      completion({
        content: 'Error: You exceeded your current quota, please check your plan and billing details.',
      }),
    );

  test('end the run at once as the first answer', async () => {
    const { client } = await clientOf(inWords);
    const problem = await client.ask(question).catch((error: unknown) => error);
    expect(problem).toEqual(new FatalEndpointError(sentence(200, 'insufficient_quota')));
    expect(endpoint.asked).toHaveLength(1);
  });

  test('are no answer after four tries amid answers', async () => {
    const { client, pacer } = await clientOf((...all) => (isIn(all[1], 'That?') ? inWords : well)(...all), 5);
    await client.ask(question);
    const detail = sentence(200, 'insufficient_quota');
    expect(await client.ask({ ...question, text: 'That?' })).toMatchObject({ reason: 'rejected', detail });
    expect(await client.ask(question)).toMatchObject({ kind: 'text' });
    expect(endpoint.asked).toHaveLength(1 + 4 + 1);
    expect(pacer).toMatchObject({ lowest: 8, limit: 8, isAway: false });
    pacer.end();
  });

  test('of a model that has thought are its answer', async () => {
    const { client } = await clientOf(response =>
      sendJson(response, completion({ content: '余额不足', reasoning_content: 'Well.' })),
    );
    expect(await client.ask(question)).toMatchObject({ kind: 'text', text: '余额不足' });
  });
});

describe('a 402', () => {
  const unpaid: Script = response => sendJson(response, {}, 402);
  const unpaidSentence = (): string =>
    `${endpoint.baseUrl} answered 402: it wants to be paid before it answers for "some-vlm"; check the credit of its account there`;

  test('amid answers is tried again', async () => {
    const { client } = await clientOf((...all) => (all[2] === 2 ? unpaid : well)(...all));
    for (let n = 0; n < 2; n += 1) expect(await client.ask(question)).toMatchObject({ kind: 'text' });
    expect(endpoint.asked).toHaveLength(3);
  });

  test('after answers ends the run, twenty times in a row, by what it says as the first answer', async () => {
    const { client } = await clientOf((...all) => (all[2] > 1 ? unpaid : well)(...all));
    await client.ask(question);
    const detail = unpaidSentence();
    for (let n = 0; n < 4; n += 1) {
      expect(await client.ask(question)).toMatchObject({ reason: 'rejected', detail });
    }
    await expect(client.ask(question)).rejects.toThrow(new FatalEndpointError(detail));
    expect(endpoint.asked).toHaveLength(21);
  });
});

test.each([
  'You exceeded your current quota. For details, see: https://help.aliyun.com/zh/model-studio/error-code#token-limit',
  'You exceeded your current quota: https://www.alibabacloud.com/help/en/model-studio/error-code',
  'Allocated quota exceeded, please increase your quota limit.',
])('Alibaba’s limit on tokens a minute has the same code, and passes: "%s"', async message => {
  const limited: Script = response =>
    sendJson(response, { error: { message, code: 'insufficient_quota' } }, 429);
  const { client, pacer } = await clientOf((...all) => (all[2] === 1 ? limited : well)(...all));
  expect(await client.ask(question)).toMatchObject({ kind: 'text' });
  expect(endpoint.asked).toHaveLength(2);
  expect(pacer.lowest).toBe(5);
});
