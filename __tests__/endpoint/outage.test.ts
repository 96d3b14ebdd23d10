/** Long: an endpoint that refuses everybody, of whatever kind, from the beginning or later, and what is told of it. */
import { setTimeout as pause } from 'node:timers/promises';
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createOutage } from '../../src/endpoint/outage.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  type Asked,
  question,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
  well,
} from '../support/scripted-endpoint.ts';

let endpoint: ScriptedEndpoint | undefined;
let cancel: AbortController;
let told: string[];
beforeEach(() => {
  cancel = new AbortController();
  told = [];
});
afterEach(() => endpoint?.close());

const MINUTE = 60_000;
const isAbout = ({ body }: Asked, text: string): boolean => JSON.stringify(body).includes(text);
const refusals: readonly (readonly [string, Script])[] = [
  ['429', response => sendJson(response, {}, 429)],
  ['503', response => sendJson(response, {}, 503)],
  ['502', response => sendJson(response, {}, 502)],
  ['a broken connection', response => void response.destroy()],
];
/** What a single request may meet for good, by what it asks. */
const owned: readonly (readonly [string, Script])[] = [
  ['500', response => sendJson(response, {}, 500)],
  ['a web page with 200', response => void response.end('<html></html>')],
  ['an error with 200', response => sendJson(response, { error: { code: 502, message: 'no upstream' } })],
];
/** What says of an endpoint that has answered nothing so far as little as 503. */
const early: readonly number[] = [408, 409, 425];

async function clientOf(script: Script, maxRetries = 3, random = () => 0) {
  endpoint = await scriptedEndpoint(script);
  const waiting = { patience: maxRetries * MINUTE, random };
  const pacer = createPacer(8, Date.now, what => told.push(what), waiting);
  const own = { maxRetries, pacer, signal: cancel.signal, random };
  return { client: createChatEndpoint(clientOptions(endpoint.baseUrl, own)), pacer };
}

/** An endpoint that has answered, and 30 questions put to it while it is away for so long (ms). */
async function away(refuse: Script, duration: number, random = () => 0) {
  let isAway = false;
  const { client, pacer } = await clientOf((...all) => (isAway ? refuse : well)(...all), 3, random);
  for (let n = 0; n < 4; n += 1) await client.ask(question(`before ${n}`));
  isAway = true;
  const answers = Promise.all(Array.from({ length: 30 }, (_, n) => client.ask(question(`${n}`))));
  await pause(duration);
  const { isAway: isKnown } = pacer;
  const askedMeanwhile = endpoint?.asked.length;
  isAway = false;
  const kinds = new Set((await answers).map(({ kind }) => kind));
  pacer.end();
  return { isKnown, askedMeanwhile, kinds };
}

describe('an endpoint that has answered and refuses everybody', () => {
  test.each([...refusals, ...owned])(
    'by %s, is waited for: all are answered when it is back',
    async (_, refuse) => {
      const { isKnown, askedMeanwhile, kinds } = await away(refuse, 1000);
      expect(isKnown).toBe(true);
      // Eight at once, as many again before that was told from an accident, then one at a time after waits that double.
      expect(askedMeanwhile).toBeLessThan(30);
      expect(kinds).toEqual(new Set(['text']));
    },
  );

  test('and stays away for more than a moment, is told of', async () => {
    await away(response => sendJson(response, {}, 503), 4000);
    expect(told.filter(what => !what.startsWith('slowed down'))).toEqual([
      'the endpoint answers nothing but 429, 5xx and the like, web pages, broken connections or time-outs: waiting for it, for 3 min and 6 tries at least',
      'the endpoint answers again',
    ]);
  });

  test('is waited for no longer than the run lasts', async () => {
    let isAway = false;
    const { client, pacer } = await clientOf((response, ...rest) =>
      isAway ? sendJson(response, {}, 503) : well(response, ...rest),
    );
    await client.ask(question('first'));
    isAway = true;
    const answers = Promise.all(Array.from({ length: 30 }, (_, n) => client.ask(question(`${n}`))));
    await pause(1500);
    const cancelledAt = Date.now();
    cancel.abort();
    expect(new Set((await answers).map(answer => answer.kind === 'none' && answer.reason))).toEqual(
      new Set(['stopped', 'cut']),
    );
    expect(Date.now() - cancelledAt).toBeLessThan(1000);
    pacer.end();
  });
});

describe('an endpoint that says how long to wait', () => {
  test.each([429, 503])('by %i, is asked again after that, and not after waits that grow', async status => {
    const refuse: Script = response => sendJson(response, {}, status, { 'retry-after-ms': '20' });
    const times: number[] = [];
    const { client, pacer } = await clientOf((...all) => {
      times.push(Date.now());
      return (all[2] > 1 && all[2] <= 15 ? refuse : well)(...all);
    });
    for (let n = 0; n < 5; n += 1) await client.ask(question(`${n}`));
    expect(pacer.isAway).toBe(false);
    const waits = times.slice(10, 15).map((at, n) => at - (times[9 + n] as number));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(95);
    expect(Math.max(...waits)).toBeLessThan(900);
    pacer.end();
  });

  test('is believed twenty times in a row, and then given longer all the same', () => {
    let now = 0;
    const outage = createOutage(() => now, { patience: MINUTE, random: () => 0.5 });
    outage.over();
    const refused = (asked: number): number => {
      const { wait } = outage.refused({}, now, 1, 'busy', asked);
      now += wait;
      return wait;
    };
    expect([refused(20), refused(20)]).toEqual([0, 0]);
    expect(new Set(Array.from({ length: 10 }, () => refused(20)))).toEqual(new Set([150]));
    expect(new Set(Array.from({ length: 10 }, () => refused(1000)))).toEqual(new Set([1050]));
    expect([20, 20, 20, 9000].map(refused)).toEqual([375, 750, 1500, 9050]);
    expect([refused(0), refused(0)]).toEqual([6000, 6000]);
  });
});

test.each([...early, 429, 500, 502, 503, 504, 520, 524, 529])(
  'one that says %i from the beginning, as while it starts, is waited for',
  async status => {
    let isBusy = true;
    const { client, pacer } = await clientOf((...all) =>
      isBusy ? sendJson(all[0], {}, status) : well(...all),
    );
    const answers = Promise.all(Array.from({ length: 60 }, (_, n) => client.ask(question(`${n}`))));
    await pause(1500);
    const askedMeanwhile = endpoint?.asked.length;
    isBusy = false;
    expect(new Set((await answers).map(({ kind }) => kind))).toEqual(new Set(['text']));
    // Eight at once, as many again before that was told from an accident, then one at a time after waits that double.
    expect(askedMeanwhile).toBeLessThan(30);
    pacer.end();
  },
);

test('one that takes no connection at first, and says 502 then, is waited for as well', async () => {
  let refuse: Script | undefined = response => void response.destroy();
  const { client, pacer } = await clientOf((...all) => (refuse ?? well)(...all), 5);
  const answers = Promise.all(Array.from({ length: 60 }, (_, n) => client.ask(question(`${n}`))));
  await pause(2000);
  refuse = response => sendJson(response, {}, 502);
  await pause(5000);
  refuse = response => void response.destroy();
  await pause(1000);
  const askedMeanwhile = endpoint?.asked.length;
  refuse = undefined;
  expect(new Set((await answers).map(({ kind }) => kind))).toEqual(new Set(['text']));
  expect(askedMeanwhile).toBeLessThan(40);
  pacer.end();
});

test('what fails by 500 for good from the beginning keeps no other from being asked', async () => {
  endpoint = await scriptedEndpoint((...all) =>
    isAbout(all[1], 'bad') ? sendJson(all[0], {}, 500) : well(...all),
  );
  const pacer = createPacer(1, Date.now, () => undefined, { patience: 5 * MINUTE, random: () => 0 });
  const client = createChatEndpoint(clientOptions(endpoint.baseUrl, { pacer }));
  const bad = Array.from({ length: 8 }, (_, n) => client.ask(question(`bad ${n}`)));
  const good = client.ask(question('good'));
  expect(await good).toMatchObject({ kind: 'text' });
  expect((await Promise.all(bad)).every(({ kind }) => kind === 'none')).toBe(true);
  pacer.end();
});

test('one that answers a start-up page with 200 from the beginning is given pauses until it answers', async () => {
  let isStarting = true;
  const { client, pacer } = await clientOf(
    (...all) => (isStarting ? void all[0].end('<html></html>') : well(...all)),
    5,
    () => 0.5,
  );
  const answers = Promise.all(Array.from({ length: 60 }, (_, n) => client.ask(question(`${n}`))));
  await pause(5000);
  const askedMeanwhile = endpoint?.asked.length;
  isStarting = false;
  expect(new Set((await answers).map(({ kind }) => kind))).toEqual(new Set(['text']));
  expect(askedMeanwhile).toBeLessThanOrEqual(80);
  pacer.end();
});

test.each(['busy', 'failed'] as const)(
  'one that says so from the beginning for good, by %s, is given up after a fifth of the patience',
  sign => {
    let now = 0;
    const outage = createOutage(() => now, { patience: 5 * MINUTE, random: () => 0 });
    for (let n = 0; n < 40 && !outage.isGivenUp; n += 1) now += outage.refused({}, now, 1, sign).wait;
    expect(outage.isGivenUp).toBe(true);
    expect(outage.patience()).toBe(MINUTE);
    expect(now).toBeGreaterThanOrEqual(MINUTE);
    expect(now).toBeLessThan(1.2 * MINUTE);
  },
);

test('one that takes no connection from the beginning is given up after a sixtieth, until it responds', () => {
  let now = 0;
  const silent = createOutage(() => now, { patience: 5 * MINUTE, random: () => 0 });
  const waits: number[] = [];
  const refused = (): void => {
    const { wait } = silent.refused({}, now, 1, 'gone');
    if (wait > 0) waits.push(wait);
    now += wait;
  };
  for (let n = 0; n < 40 && !silent.isGivenUp; n += 1) refused();
  expect(waits).toEqual([250, 500, ...Array(9).fill(500)]);
  expect([silent.waited(), silent.patience()]).toEqual([5250, 5000]);
  const starting = createOutage(() => now, { patience: 5 * MINUTE, random: () => 0 });
  for (let n = 0; n < 10; n += 1) now += starting.refused({}, now, 1, 'gone').wait;
  starting.refused({}, now, 1, 'busy');
  expect(starting.patience()).toBe(MINUTE);
  for (let n = 0; n < 10; n += 1) now += starting.refused({}, now, 1, 'gone').wait;
  expect(starting.isGivenUp).toBe(false);
});

test('an endpoint that is known from an earlier attempt has the whole patience', () => {
  const outage = createOutage(() => 0, { patience: 5 * MINUTE, random: () => 0 });
  outage.known();
  expect(outage.patience()).toBe(5 * MINUTE);
});

test.each(refusals)('one request that alone meets %s ends after its tries', async (what, refuse) => {
  const { client, pacer } = await clientOf((response, asked, count) =>
    (isAbout(asked, 'bad') ? refuse : well)(response, asked, count),
  );
  await client.ask(question('first'));
  const good = Promise.all(Array.from({ length: 20 }, (_, n) => client.ask(question(`${n}`))));
  expect(await client.ask(question('bad'))).toMatchObject({ kind: 'none' });
  await good;
  const tries = endpoint?.asked.filter(asked => isAbout(asked, 'bad')).length ?? 0;
  expect(tries).toBeGreaterThanOrEqual(4);
  // What may be refused at random is tried a few times more.
  expect(tries).toBeLessThanOrEqual(what === '429' || what === '503' ? 10 : 4);
  pacer.end();
});

test('a request that waits to be tried again is tried sooner when others go well', async () => {
  let failures = 0;
  const { client, pacer } = await clientOf(
    (response, asked, count) => {
      if (!isAbout(asked, 'bad') || failures === 4) return well(response, asked, count);
      failures += 1;
      return sendJson(response, {}, 500);
    },
    5,
    () => 0.5,
  );
  const startedAt = Date.now();
  const goesOn = new AbortController();
  const others = (async () => {
    while (!goesOn.signal.aborted) {
      await client.ask(question('good'));
      await pause(50);
    }
  })();
  expect(await client.ask(question('bad'))).toMatchObject({ kind: 'text' });
  // The back-off alone is 0.5 + 1 + 2 + 4 s.
  expect(Date.now() - startedAt).toBeLessThan(5500);
  goesOn.abort();
  await others;
  pacer.end();
});

test('what stays away is given up after its patience and six tries, until it answers all the same', () => {
  let now = 0;
  const outage = createOutage(() => now, { patience: MINUTE, random: () => 0 });
  const refused = () => outage.refused({}, now, 8, 'late');
  for (let n = 0; n < 20; n++) expect(refused()).toEqual({ isAway: false, wait: 0 });
  outage.over();
  for (let n = 0; n < 7; n++) expect(refused().isAway).toBe(false);
  const waits: number[] = [];
  for (let seen = refused(); seen.isAway; seen = refused()) {
    waits.push(seen.wait);
    now += seen.wait;
  }
  expect(waits.slice(0, 6)).toEqual([250, 500, 1000, 2000, 4000, 4000]);
  expect(new Set(waits.slice(6))).toEqual(new Set([4000]));
  expect(outage.isGivenUp).toBe(true);
  expect(outage.over()).toBe(false);
  expect(outage.isGivenUp).toBe(false);
});

describe('what fails by itself, as it seems', () => {
  const outageAt = (clock: () => number = () => 0) =>
    createOutage(clock, { patience: MINUTE, random: () => 0 });

  /** One that has answered for a second, but for those that fail: each is another one. */
  const answering = (share: number, limit: number) => {
    let now = 0;
    const outage = outageAt(() => now);
    for (let owed = 0; now < 1000; now += 1) {
      owed += share;
      if (owed < 1) outage.over();
      else {
        owed -= 1;
        expect(outage.refused({}, now, limit, 'failed').isAway).toBe(false);
      }
    }
    outage.over();
    return outage;
  };

  test('is what failed before one that was sent later was answered: it tells nothing of the endpoint', () => {
    let now = 0;
    const outage = outageAt(() => now);
    const failed = (request: object) => outage.refused(request, now, 8, 'failed').isAway;
    const requests = Array.from({ length: 8 }, () => ({}));
    for (let n = 0; n < 8; n += 1) outage.over();
    expect(requests.slice(0, 7).map(failed)).not.toContain(true);
    now += 100;
    // One that was sent before they failed, as while the endpoint went away, does not speak for it.
    outage.over(0);
    expect(requests.slice(0, 7).map(failed)).not.toContain(true);
    expect(failed(requests[7] as object)).toBe(true);
    outage.over();
    // Nor do they fail by themselves where the endpoint was away.
    expect(requests.slice(0, 7).map(failed)).not.toContain(true);
    now += 100;
    outage.over();
    for (let n = 0; n < 10; n += 1) expect(requests.slice(0, 7).map(failed)).not.toContain(true);
    for (let n = 0; n < 40; n += 1) outage.over();
    now += MINUTE;
    expect(requests.map(failed)).not.toContain(true);
    const others = Array.from({ length: 7 }, () => ({}));
    expect(others.map(failed).indexOf(true)).toBe(6);
  });

  test.each([
    ['busy', true],
    ['failed', false],
  ] as const)('three that are left are an outage by %s once nothing was answered for 3 s: %p', (sign, is) => {
    let now = 0;
    const outage = outageAt(() => now);
    for (let n = 0; n < 8; n += 1) outage.over();
    const left = Array.from({ length: 3 }, () => ({}));
    const refused = () => left.map(request => outage.refused(request, now, 16, sign).isAway);
    expect(refused()).toEqual([false, false, false]);
    now = 2900;
    expect(refused()).toEqual([false, false, false]);
    now = 3100;
    expect(refused()).toEqual([is, is, is]);
    expect(outage.refused({}, now, 16, sign).isAway).toBe(is);
  });

  test('is no outage by too few, though one was over just before, or nothing is answered for long', () => {
    let now = 0;
    const outage = outageAt(() => now);
    for (let n = 0; n < 8; n += 1) outage.over();
    for (let n = 0; n < 16; n += 1) outage.refused({}, now, 8, 'busy');
    expect(outage.over()).toBe(true);
    const seven = Array.from({ length: 7 }, () => ({}));
    for (let n = 0; n < 6; n += 1, now += 10_000)
      for (const request of seven) expect(outage.refused(request, now, 8, 'failed').isAway).toBe(false);
    expect(outage.refused({}, now, 8, 'failed').isAway).toBe(true);
  });

  test.each([
    [0.02, 2, 3],
    [0.02, 16, 8],
    [0.1, 2, 4],
    [0.1, 16, 8],
  ])(
    'at %d of all, and %i at once, makes an outage of about %i different ones in a row',
    (share, limit, enough) => {
      const outage = answering(share, limit);
      const seen = Array.from({ length: 16 }, () => outage.refused({}, 2000, limit, 'failed').isAway);
      expect(Math.abs(seen.indexOf(true) + 1 - enough)).toBeLessThanOrEqual(1);
    },
  );

  test.each([0.3, 0.5, 0.7])('at %d of all, makes none: all that are open may come to be such', share => {
    const outage = answering(share, 2);
    for (let n = 0; n < 64; n += 1) expect(outage.refused({}, 2000, 2, 'failed').isAway).toBe(false);
  });

  test('keeps nothing away: each such request is put back once, and then asks like another', () => {
    let now = 0;
    const outage = outageAt(() => now);
    const refused = (request: object) => outage.refused(request, now, 8, 'failed');
    const suspects = Array.from({ length: 5 }, () => ({}));
    outage.over();
    suspects.forEach(refused);
    now += 100;
    for (let n = 0; n < 40; n += 1) outage.over();
    for (let n = 0; n < 8; n += 1) now += refused({}).wait;
    // The wait before the first that asks whether it is back is over.
    expect(outage.since).not.toBeNull();
    expect(suspects.map(refused)).toEqual(Array(5).fill({ isAway: true, wait: 0 }));
    expect(refused({})).toEqual({ isAway: true, wait: 500 });
    now += 500;
    expect(refused(suspects[0] as object)).toEqual({ isAway: true, wait: 1000 });
  });

  test('is what fails of an endpoint that has answered an earlier attempt alone: that may be all that is left', () => {
    const outage = outageAt();
    outage.known();
    for (let n = 0; n < 20; n += 1)
      expect(outage.refused({}, 0, 8, 'failed')).toEqual({ isAway: false, wait: 0 });
    for (let n = 0; n < 8; n += 1) outage.over();
    outage.known();
    const seen = Array.from({ length: 8 }, () => outage.refused({}, 0, 8, 'failed').isAway);
    expect(seen).toEqual([...Array(7).fill(false), true]);
  });

  test('is given a pause after 24 in a row, eight times until one goes well', () => {
    const outage = outageAt();
    outage.known();
    const failed = (request = {}) => outage.refused(request, 0, 8, 'failed');
    const waits = (count: number) =>
      Array.from({ length: count }, () => failed().wait).filter(wait => wait > 0);
    expect(waits(23)).toEqual([]);
    expect(failed()).toEqual({ isAway: false, wait: 2000 });
    expect(waits(300)).toEqual([4000, 8000, 16_000, 16_000, 16_000, 16_000, 16_000]);
    const one = {};
    expect(Array.from({ length: 100 }, () => failed(one).wait)).not.toContain(2000);
    const unanswered = outageAt();
    const pauses = Array.from({ length: 300 }, () => unanswered.refused({}, 0, 8, 'garbled').wait);
    expect(pauses.filter(wait => wait > 0)).toEqual([2000, 4000, 8000, 16_000]);
  });
});

test('an answer without text is given pauses as well, and is no sign that the endpoint is away', () => {
  const outage = createOutage(() => 0, { patience: MINUTE, random: () => 0 });
  const waits = () =>
    Array.from({ length: 24 }, () => outage.refused({}, 0, 8, 'garbled')).map(({ wait }) => wait);
  expect(waits().at(-1)).toBe(2000);
  outage.over();
  expect(waits().at(-1)).toBe(2000);
  for (let n = 0; n < 30; n += 1) outage.refused({}, 0, 8, 'gone');
  expect(outage.since).toBe(0);
  expect(outage.refused({}, 0, 8, 'garbled')).toEqual({ isAway: false, wait: 0 });
  expect(outage.since).toBe(0);
});

test.each(owned)(
  '%s to many requests is told with the pauses where nothing was answered in this attempt',
  async (_, refuse) => {
    let isAway = true;
    const { client, pacer } = await clientOf(
      (...all) => (isAway ? refuse : well)(...all),
      5,
      () => 0.5,
    );
    pacer.known();
    const answers = Promise.all(Array.from({ length: 30 }, (__, n) => client.ask(question(`${n}`))));
    await pause(5000);
    expect(pacer.isAway).toBe(false);
    isAway = false;
    expect(new Set((await answers).map(({ kind }) => kind))).toEqual(new Set(['text']));
    expect(told).toEqual([
      'the endpoint has answered 500, or what is no answer, to many different requests in a row: nothing is sent for 2 s',
      'the endpoint has answered 500, or what is no answer, to many different requests in a row: nothing is sent for 4 s',
    ]);
    pacer.end();
  },
);

test.each(owned.slice(0, 2))(
  'all that are left at the end are answered after an outage by %s, whatever failed before',
  async (_, refuse) => {
    let isAway = false;
    const { client, pacer } = await clientOf(
      // Of what was sent before, some is answered when the first are refused.
      async (...all) => {
        if (isAway) return refuse(...all);
        await pause(50);
        return well(...all);
      },
      5,
      Math.random,
    );
    await Promise.all(Array.from({ length: 20 }, (__, n) => client.ask(question(`before ${n}`))));
    const answers = Promise.all(Array.from({ length: 16 }, (__, n) => client.ask(question(`${n}`))));
    await pause(10);
    isAway = true;
    await pause(15_000);
    isAway = false;
    expect(new Set((await answers).map(({ kind }) => kind))).toEqual(new Set(['text']));
    expect(endpoint?.asked.length).toBeLessThan(90);
    pacer.end();
  },
);

test.each<[string, number, number]>([
  ['two in a hundred', 0.02, 16],
  ['two in a hundred, at two at once,', 0.02, 2],
  ['a third', 1 / 3, 16],
  ['half', 0.5, 16],
])('%s that fail by 500 for good are lost alone, and nothing waits for them', async (_, share, ceiling) => {
  const count = share < 0.1 ? 200 : 60;
  // Spread as by chance, and the same each time.
  const isBad = (n: number): boolean => ((n * 2_654_435_761) % 2 ** 32) / 2 ** 32 < share;
  endpoint = await scriptedEndpoint(async (response, asked, n) => {
    const [, number] = /no\. (\d+)/.exec(JSON.stringify(asked.body)) ?? [];
    await pause(20);
    return isBad(Number(number)) ? sendJson(response, {}, 500) : well(response, asked, n);
  });
  const pacer = createPacer(ceiling, Date.now, what => told.push(what), {
    patience: 3 * MINUTE,
    random: () => 0,
  });
  // At most 0.6 + 1.2 s between the tries of each.
  const client = createChatEndpoint(
    clientOptions(endpoint.baseUrl, { pacer, maxRetries: 2, random: () => 0.6 }),
  );
  const startedAt = Date.now();
  const answers = await Promise.all(
    Array.from({ length: count }, (__, n) => client.ask(question(`no. ${n}`))),
  );
  expect(answers.map(({ kind }) => kind === 'none')).toEqual(answers.map((__, n) => isBad(n)));
  expect(pacer.isGivenUp).toBe(false);
  expect(told.filter(what => what.includes('waiting for it') || what.includes('given up'))).toEqual([]);
  // With the pauses, where much fails.
  expect(Date.now() - startedAt).toBeLessThan(share < 0.1 ? 12_000 : 40_000);
  pacer.end();
});

test.each(owned.slice(0, 2))(
  'an endpoint that stays away by %s is given up, and what waits comes to what it said',
  async (what, refuse) => {
    let isAway = false;
    endpoint = await scriptedEndpoint((...all) => (isAway ? refuse : well)(...all));
    const pacer = createPacer(8, Date.now, each => told.push(each), { patience: 2000, random: () => 0 });
    const client = createChatEndpoint(clientOptions(endpoint.baseUrl, { pacer, random: () => 0.5 }));
    await client.ask(question('first'));
    isAway = true;
    const answers = await Promise.all(Array.from({ length: 40 }, (__, n) => client.ask(question(`${n}`))));
    expect(pacer.isGivenUp).toBe(true);
    expect(endpoint.asked.length).toBeLessThan(45);
    const said = what === '500' ? 'server' : 'malformed';
    expect(answers.map(answer => answer.kind === 'none' && answer.reason)).toEqual(Array(40).fill(said));
    expect(told.at(-1)).toMatch(/^the endpoint is given up: it has answered nothing for \d+ s$/);
    pacer.end();
  },
);

test('that it is given up is told, and all who wait are sent at once', () => {
  let now = 0;
  const pacer = createPacer(
    8,
    () => now,
    what => told.push(what),
    { patience: 2 * MINUTE, random: () => 1 },
  );
  pacer.wentWell(pacer.sends());
  for (let n = 0; n < 30 && !pacer.isGivenUp; n++) {
    pacer.refused({}, now, 'gone');
    now += 10_000;
  }
  expect(pacer.isGivenUp).toBe(true);
  expect(pacer.limit).toBe(8);
  expect(told.at(-1)).toBe('the endpoint is given up: it has answered nothing for 2 min');
  pacer.end();
});

test('how long it is waited for is told by the waits that it names, and what it came to in the end', () => {
  let now = 0;
  const waiting = { patience: MINUTE, random: () => 0 };
  const pacer = createPacer(
    8,
    () => now,
    what => told.push(what),
    waiting,
  );
  for (let n = 0; n < 40 && !pacer.isGivenUp; n++) {
    pacer.holdBack(40_000);
    pacer.refused({}, now, 'busy', 40_000);
    if (n >= 8) now += 40_000;
  }
  expect(told).toEqual([
    'the endpoint asks to wait: nothing is sent for 40 s',
    'the endpoint answers nothing but 429, 5xx and the like, web pages, broken connections or time-outs: waiting for it, for 12 s and 6 tries at least, one every 40 s: about 4 min',
    'the endpoint is given up: it has answered nothing for 4 min',
  ]);
  expect(pacer.waited()).toBe('4 min');
  // Nothing waits for what it has asked for: nothing more is sent to it.
  expect(pacer.wait()).toBe(0);
  pacer.end();
});
