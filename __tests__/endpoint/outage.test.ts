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

async function clientOf(script: Script, maxRetries = 3, random = () => 0) {
  endpoint = await scriptedEndpoint(script);
  const waiting = { patience: maxRetries * MINUTE, random };
  const pacer = createPacer(8, Date.now, what => told.push(what), waiting);
  const own = { maxRetries, pacer, signal: cancel.signal, random };
  return { client: createChatEndpoint(clientOptions(endpoint.baseUrl, own)), pacer };
}

/** An endpoint that has answered once, and 30 questions put to it while it is away for so long (ms). */
async function away(refuse: Script, duration: number, random = () => 0) {
  let isAway = false;
  const { client, pacer } = await clientOf((...all) => (isAway ? refuse : well)(...all), 3, random);
  await client.ask(question('first'));
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
  test.each(refusals)('by %s, is waited for: all are answered when it is back', async (_, refuse) => {
    const { isKnown, askedMeanwhile, kinds } = await away(refuse, 1000);
    expect(isKnown).toBe(true);
    // Eight at once, as many again before that was told from an accident, then one at a time after waits that double.
    expect(askedMeanwhile).toBeLessThan(30);
    expect(kinds).toEqual(new Set(['text']));
  });

  test.each<[string, Script]>([
    ['500', response => sendJson(response, {}, 500)],
    ['a web page with 200', response => void response.end('<html></html>')],
  ])(
    'by %s, which may be each request’s own, is given pauses: all are answered when it is back',
    async (_, refuse) => {
      const { isKnown, kinds } = await away(refuse, 5000, () => 0.5);
      expect(isKnown).toBe(false);
      expect(kinds).toEqual(new Set(['text']));
      expect(told).toEqual([
        'the endpoint has answered 500, or what is no answer, to many different requests in a row: nothing is sent for 2 s',
        'the endpoint has answered 500, or what is no answer, to many different requests in a row: nothing is sent for 4 s',
      ]);
    },
  );

  test('and stays away for more than a moment, is told of', async () => {
    await away(response => sendJson(response, {}, 503), 4000);
    expect(told.filter(what => !what.startsWith('slowed down'))).toEqual([
      'the endpoint answers nothing but 429, 5xx, broken connections or time-outs: waiting for it, for 3 min and 6 tries at least',
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

test.each([429, 500, 502, 503, 504, 520, 524, 529])(
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

test('24 different requests in a row that meet 500 after an answer are given a pause, eight times until one goes well', () => {
  const outage = createOutage(() => 0, { patience: MINUTE, random: () => 0 });
  outage.over();
  const failed = (request = {}) => outage.refused(request, 0, 8, 'failed');
  const waits = (count: number) =>
    Array.from({ length: count }, () => failed().wait).filter(wait => wait > 0);
  expect(waits(23)).toEqual([]);
  expect(failed()).toEqual({ isAway: false, wait: 2000 });
  expect(waits(300)).toEqual([4000, 8000, 16_000, 16_000, 16_000, 16_000, 16_000]);
  outage.over();
  expect([1, 2, 3].map(() => outage.refused({}, 0, 1, 'failed').wait)).toEqual([0, 0, 2000]);
  outage.over();
  const one = {};
  expect(Array.from({ length: 100 }, () => failed(one).wait)).not.toContain(2000);
  expect(waits(23)).toEqual([2000]);
  const unanswered = createOutage(() => 0, { patience: MINUTE, random: () => 0 });
  const pauses = Array.from({ length: 300 }, () => unanswered.refused({}, 0, 8, 'garbled').wait);
  expect(pauses.filter(wait => wait > 0)).toEqual([2000, 4000, 8000, 16_000]);
});

test('what is no answer, with 200, is given them as well, from the beginning, and is no sign that it is away', () => {
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

test('requests that fail for good keep others waiting no longer than those pauses', async () => {
  const { client, pacer } = await clientOf(
    (response, asked, count) =>
      isAbout(asked, 'bad') ? sendJson(response, {}, 500) : well(response, asked, count),
    1,
  );
  await client.ask(question('first'));
  const bad = Array.from({ length: 30 }, (_, n) => client.ask(question(`bad ${n}`)));
  expect((await Promise.all(bad)).every(({ kind }) => kind === 'none')).toBe(true);
  expect(await client.ask(question('good'))).toMatchObject({ kind: 'text' });
  expect(pacer.isGivenUp).toBe(false);
  pacer.end();
});

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
    'the endpoint answers nothing but 429, 5xx, broken connections or time-outs: waiting for it, for 12 s and 6 tries at least, one every 40 s: about 4 min',
    'the endpoint is given up: it has answered nothing for 4 min',
  ]);
  expect(pacer.waited()).toBe('4 min');
  // Nothing waits for what it has asked for: nothing more is sent to it.
  expect(pacer.wait()).toBe(0);
  pacer.end();
});
