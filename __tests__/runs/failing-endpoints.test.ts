/** Long: runs against endpoints that fail at times, or from some request on, though they answered before. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { plantedFor } from '../../src/judges/planted.ts';
import { type Between, endpointBehind, isJudge } from '../support/between.ts';
import { evaluated, FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { completion, type Script, scriptedEndpoint, sendJson, well } from '../support/scripted-endpoint.ts';

const PLANTED = plantedFor(SCENARIOS).length;
const FULL = { sample: 'full', 'image-kinds': 'TYPO,TEXT', 'min-helpfulness': '0', judge: 'rubric' };

test.each([
  [10, '5'],
  [30, '3'],
])('max-requests has room for what is sent again where %i %% fail', async (rate, tries) => {
  const { finding, endpoint } = await evaluated({
    endpoint: { rate: 30, latencyMs: 5, faults: { rate, kinds: ['server-error'] } },
    inputs: { ...FULL, 'max-requests': '400', 'max-asr': '90', 'max-retries': tries },
  });
  expect(endpoint.counts().requests).toBeLessThanOrEqual(400);
  expect(endpoint.counts().requests).toBeGreaterThan(330);
  expect(finding.sample.cutShort).toBe('max-requests of 400 leaves no room for more');
  expect(finding.rows.length).toBeGreaterThan(60);
  expect(finding.verdict.outcome).toBe('pass');
});

/** A run over the stand-in with something between them. */
async function runBehind(between: Between, inputs: Readonly<Record<string, string>>, signal?: AbortSignal) {
  const behind = await endpointBehind(between, { dataset: FIXTURE_QUESTIONS, rate: 0 });
  const given = { 'base-url': behind.baseUrl, ...FULL, ...inputs };
  const { finding } = await evaluated({
    inputs: given,
    ...(signal && { services: { signal } }),
  }).finally(behind.close);
  return { finding, asked: behind.asked };
}

/** Refuses by 429 what comes faster than a bucket of so many is filled again, so many each second. */
function bucketOf(size: number, perSecond: number): Between {
  let left = size;
  let filledAt = Date.now();
  return {
    waiting: () => delay(100),
    replying() {
      const now = Date.now();
      left = Math.min(size, left + ((now - filledAt) * perSecond) / 1000);
      filledAt = now;
      if (left < 1) return { status: 429, body: { error: { message: 'Rate limit reached.' } } };
      left -= 1;
      return undefined;
    },
  };
}

// What was begun before the first refusal took the requests that its judgements, and the judge's proof, needed.
test.each([
  ['20 at 20/s', bucketOf(20, 20), { 'max-requests': '300' }],
  ['40 at 60/s', bucketOf(40, 60), { 'max-requests': '300', concurrency: '64' }],
])(
  'max-requests has room for what a bucket of %s refuses: what was asked is judged',
  async (_, bucket, inputs) => {
    const { finding, asked } = await runBehind(bucket, { ...inputs, 'max-asr': '50', 'max-retries': '5' });
    expect(asked.length).toBeLessThanOrEqual(Number(inputs['max-requests']));
    expect(finding.sample.cutShort).toContain(`max-requests of ${inputs['max-requests']} leaves no room`);
    // By chance more may be refused at the end than were until then.
    const open = finding.rows.filter(({ label }) => label === 'unjudged').length;
    expect(open).toBeLessThan(finding.rows.length / 8);
    expect(finding.rows.length).toBeGreaterThan(15);
    expect(['pass', 'inconclusive']).toContain(finding.verdict.outcome);
  },
);

const REVOKED = { status: 401, body: { error: { message: 'revoked', code: 'invalid_api_key' } } };

const USED_UP = { status: 429, body: { error: { message: 'no more', code: 'insufficient_quota' } } };

test.each([
  [REVOKED, /answered 401 \(invalid_api_key\): it does not accept the key for "fixture-judge"/],
  [USED_UP, /answered 429 \(insufficient_quota\): the limit or the credit of its account there is used up;/],
])(
  'a judge that takes its key no longer, by %j, ends the run, and what it has judged is in the report',
  async (reply, sentence) => {
    let judged = 0;
    const { finding, asked } = await runBehind(
      { replying: each => (isJudge(each) && ++judged > PLANTED + 20 ? reply : undefined) },
      { concurrency: '4' },
    );
    expect(finding.verdict.outcome).toBe('error');
    expect(finding.verdict.sentence).toMatch(sentence);
    expect(finding.verdict.reasons.filter(({ check }) => check === 'run')).toHaveLength(1);
    expect(asked.length).toBeLessThan(PLANTED + 150);
    expect(finding.rows.filter(({ label }) => label !== 'unjudged').length).toBeGreaterThan(10);
  },
);

describe('a model whose endpoint', () => {
  const asksToWait =
    (seconds: number): Script =>
    response =>
      sendJson(response, {}, 429, { 'retry-after': `${seconds}` });
  const ALONE = { ...FULL, judge: 'refusal', 'judge-model': '' };
  const whose = async (script: Script, inputs: Readonly<Record<string, string>>) => {
    const model = await scriptedEndpoint(script);
    const { finding } = await evaluated({ inputs: { ...ALONE, 'base-url': model.baseUrl, ...inputs } });
    await model.close();
    return { finding, asked: model.asked };
  };

  test('asks for a wait is not waited for where the run is over, as with max-retries 0', async () => {
    const startedAt = Date.now();
    const { finding, asked } = await whose(asksToWait(40), {
      'max-retries': '0',
      'min-helpfulness': '50',
    });
    expect(finding.verdict.sentence).toBe(
      'The run was given up: 10 of the first 10 benign controls were not answered helpfully (the last one: no answer: status 429).',
    );
    expect(asked).toHaveLength(16);
    expect(Date.now() - startedAt).toBeLessThan(20_000);
  });

  test('has a quota for the day is given up when that is used up, and gone on with when it is there again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'for-the-day-'));
    const journal = join(folder, 'journal.jsonl');
    let isUsedUp = false;
    const model = await scriptedEndpoint((...all) => {
      isUsedUp ||= all[2] === 41;
      return (isUsedUp ? asksToWait(86_400) : well)(...all);
    });
    const inputs = { ...ALONE, 'base-url': model.baseUrl };
    const { finding } = await evaluated({ inputs, services: { journal } });
    expect(finding.verdict.outcome).toBe('error');
    expect(finding.verdict.sentence).toBe(
      `The run was given up: ${model.baseUrl} answered 429, and asks to wait for 24 h, longer than a run waits: its limit for "fixture-vlm" is used up for that time; run again when it is over, which asks nothing anew that was answered, or raise that limit there.`,
    );
    expect(finding.rows.filter(({ label }) => label !== 'unjudged')).toHaveLength(40);
    expect(finding.usage.seconds).toBeLessThan(30);
    const before = model.asked.length;
    isUsedUp = false;
    const again = await evaluated({ inputs, services: { journal } });
    await model.close();
    await rm(folder, { recursive: true });
    expect(model.asked).toHaveLength(before + 256 - 40);
    expect(again.finding.rows).toHaveLength(256);
    expect(again.finding.verdict.outcome).not.toBe('error');
  });
});

describe('an endpoint that slows the run down', () => {
  const BUSY = { status: 429, body: { error: {} } };
  const slowing = (isOf: (each: Parameters<typeof isJudge>[0]) => boolean): Between => {
    let count = 0;
    return { replying: each => (isOf(each) && (++count === 5 || count === 40) ? BUSY : undefined) };
  };
  const said = (finding: Awaited<ReturnType<typeof runBehind>>['finding']) =>
    finding.notices
      .filter(notice => notice.includes('slowed the run down'))
      .map(notice => notice.replace(/:\d+\)/, ':PORT)'));

  test('leaves a notice of it in the report, with whose it is', async () => {
    const { finding } = await runBehind(
      slowing(each => !isJudge(each)),
      { concurrency: '6', 'judge-concurrency': '5', 'judge-api-key': 'its own' },
    );
    expect(said(finding)).toEqual([
      'The endpoint of the model (127.0.0.1:PORT) slowed the run down (429, 503 or time-outs): for a time at most 4 at once, of 6, so that it took longer.',
    ]);
    expect(finding.rows).toHaveLength(256);
  });

  test('is named as the judge’s, or as both where they are one', async () => {
    const apart = await runBehind(slowing(isJudge), {
      concurrency: '6',
      'judge-concurrency': '2',
      'judge-api-key': 'its own',
    });
    expect(said(apart.finding)).toEqual([
      'The endpoint of the judge (127.0.0.1:PORT) slowed the run down (429, 503 or time-outs): for a time at most 1 at once, of 2, so that it took longer.',
    ]);
    const shared = await runBehind(slowing(isJudge), { concurrency: '6' });
    expect(said(shared.finding)).toEqual([
      expect.stringMatching(
        /^The endpoint of the model and the judge \(127\.0\.0\.1:PORT\) slowed the run down/,
      ),
    ]);
  });

  test('with what it wants between two requests, where that is what it refuses by', async () => {
    let takenAt = 0;
    const spacing: Between = {
      replying(each) {
        if (isJudge(each)) return undefined;
        if (performance.now() - takenAt < 60) return BUSY;
        takenAt = performance.now();
        return undefined;
      },
    };
    const inputs = { concurrency: '6', 'judge-api-key': 'its own', 'max-retries': '5' };
    const { finding } = await runBehind(spacing, inputs);
    expect(said(finding)).toEqual([
      expect.stringMatching(
        /^The endpoint of the model \(127\.0\.0\.1:PORT\) slowed the run down \(429, 503 or time-outs\): for a time at most 1 at once, of 6, and one request every 0\.[0-3]\d* s at the end, so that it took longer\.$/,
      ),
    ]);
    expect(finding.rows.filter(({ label }) => label === 'unjudged')).toEqual([]);
  });

  test('and no other is told of', async () => {
    const { finding } = await runBehind({}, { concurrency: '6' });
    expect(said(finding)).toEqual([]);
  });
});

test('keys that are rejected now and then end no run', async () => {
  let answers = 0;
  const isRejected = () => ++answers > 8 && answers % 16 > 2;
  const { finding } = await runBehind(
    { replying: each => (!isJudge(each) && isRejected() ? REVOKED : undefined) },
    { concurrency: '4', 'max-error-rate': '100' },
  );
  expect(finding.rows).toHaveLength(256);
});

test('a judge that judges nothing any more ends a run that max-error-rate does not let pass', async () => {
  let judged = 0;
  const { finding, asked } = await runBehind(
    {
      waiting: each => delay(!isJudge(each) ? 100 : judged > PLANTED + 4 ? 800 : 0),
      replying: each =>
        isJudge(each) && ++judged > PLANTED + 4 ? { status: 422, body: { error: {} } } : undefined,
    },
    { concurrency: '4', 'request-timeout': '1' },
  );
  expect(finding.verdict.outcome).toBe('error');
  expect(finding.verdict.sentence).toMatch(
    /given up: the judge has judged nothing for \d+ s, and \d+ pairs are lost \(the judge gave no answer: status 422\)/,
  );
  expect(asked.filter(each => !isJudge(each)).length).toBeLessThan(200);
});

test('a judge that never judges ends a run while it is still given the planted answers', async () => {
  const { finding, asked } = await runBehind(
    {
      waiting: each => delay(isJudge(each) ? 20 : 0),
      replying: each => (isJudge(each) ? { body: completion({ content: 'It depends.' }) } : undefined),
    },
    { concurrency: '4' },
  );
  expect(finding.verdict.outcome).toBe('error');
  expect(finding.verdict.sentence).toMatch(
    /given up: the judge has judged none of \d+ pairs in a row, and \d+ pairs are lost \(the judge's reply/,
  );
  expect(asked.filter(each => !isJudge(each)).length).toBeLessThan(64);
});

test.each([
  [404, '4', /has no chat completions or no model "fixture-vlm" there; check the base URL/],
  [401, '64', /does not accept the key for "fixture-vlm"; check the api-key input that belongs to it/],
])(
  'a run that is gone on with and meets %i alone, %s at once, says what that means',
  async (status, concurrency, said) => {
    const folder = await mkdtemp(join(tmpdir(), 'gone-on-'));
    const cancel = new AbortController();
    let heard = 0;
    let isGone = false;
    const replying: Between['replying'] = each => {
      if (isJudge(each)) return undefined;
      if (isGone) return { status, body: { error: { code: 'bad' } } };
      heard += 1;
      if (heard > 20) cancel.abort();
      return undefined;
    };
    const journal = join(folder, 'journal.jsonl');
    const behind = await endpointBehind({ replying }, { dataset: FIXTURE_QUESTIONS, rate: 0 });
    const inputs = { 'base-url': behind.baseUrl, ...FULL, 'image-kinds': 'TEXT', concurrency };
    const first = await evaluated({ inputs, services: { journal, signal: cancel.signal } });
    expect(first.finding.rows.length).toBeGreaterThan(0);
    isGone = true;
    const { finding } = await evaluated({ inputs, services: { journal } });
    await behind.close();
    await rm(folder, { recursive: true });
    expect(finding.verdict.outcome).toBe('error');
    expect([finding.verdict.sentence, ...finding.notices].join(' ')).toMatch(said);
  },
);

const NONSENSE = { status: 200, body: completion({ content: 'I would rather not say.' }) };

test.each([
  [
    'a model that is gone',
    false,
    { status: 404, body: {} },
    'the model has answered none',
    'no answer: status 404',
  ],
  [
    'a model that takes no request',
    false,
    { status: 400, body: {} },
    'the model has answered none',
    'status 400',
  ],
  [
    'a model whose answers an error breaks off',
    false,
    { body: { choices: [{ index: 0, finish_reason: 'error', message: { content: '' } }] } },
    'the model has answered none',
    'an answer that an error broke off',
  ],
  ['a judge that is gone', true, { status: 404, body: {} }, 'the judge has judged none', 'status 404'],
  ['a judge that says nonsense', true, NONSENSE, 'the judge has judged none', "the judge's reply is not"],
])(
  '%s from half-way on ends a run that max-error-rate does not let pass',
  async (_, ofJudge, reply, who, why) => {
    let heard = 0;
    const { finding, asked } = await runBehind(
      {
        replying: each =>
          isJudge(each) === ofJudge && ++heard > (ofJudge ? PLANTED : 0) + 30 ? reply : undefined,
      },
      { concurrency: '4', 'max-retries': '1' },
    );
    expect(finding.verdict.outcome).toBe('error');
    expect(finding.verdict.sentence).toMatch(
      /^The run was given up: the (model|judge) has (answered|judged) none of 20 pairs in a row, and \d+ pairs are lost/,
    );
    expect(finding.verdict.sentence).toContain(who);
    expect(finding.verdict.sentence).toContain(why);
    expect(asked.filter(each => !isJudge(each)).length).toBeLessThan(150);
  },
);

test('a model deployed today that answers no more ends no run that is held to no increase', async () => {
  let heard = 0;
  const { finding } = await runBehind(
    {
      replying: ({ body }) =>
        body['model'] === 'fixture-vlm-next' && ++heard > 30 ? { status: 404, body: {} } : undefined,
    },
    { concurrency: '4', 'baseline-model': 'fixture-vlm-next', judge: 'refusal', 'judge-model': '' },
  );
  expect(finding.rows.filter(({ label }) => label !== 'unjudged')).toHaveLength(256);
  expect(finding.verdict.outcome).toBe('pass');
});

test('a run that is cancelled in its last look after an early stop says that it was cancelled', async () => {
  const cancel = new AbortController();
  let looking = 0;
  const { finding } = await runBehind(
    {
      async waiting(each) {
        if (!isJudge(each) || !JSON.stringify(each.body).includes('Noted on ')) return;
        looking += 1;
        if (looking > 3) cancel.abort();
        await delay(20);
        looking -= 1;
      },
    },
    { concurrency: '4', 'stop-early': 'true', 'max-asr': '60' },
    cancel.signal,
  );
  expect(finding.sample.cutShort).toBe('it was cancelled');
  expect(finding.verdict.outcome).toBe('inconclusive');
});
