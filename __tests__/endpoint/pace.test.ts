import { jest } from '@jest/globals';
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createPacer, type Pacer } from '../../src/endpoint/pacer.ts';
import { clientOptions } from '../support/client-options.ts';
import { question, scriptedEndpoint, sendJson, well } from '../support/scripted-endpoint.ts';

/** Whether what comes at a time (ms) is taken; `open` are being answered. */
type Limiter = (at: number, open: number) => boolean;

/** A token bucket: so many at first, and so many a second. */
function bucket(burst: number, rate: number): Limiter {
  let tokens = burst;
  let filledAt = 0;
  return at => {
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
    filledAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

/** One request in so many ms, and no other: `limit_req` of nginx without `burst`. */
function oneIn(interval: number): Limiter {
  let takenAt = Number.NEGATIVE_INFINITY;
  return at => {
    if (at - takenAt < interval) return false;
    takenAt = at;
    return true;
  };
}

/** So many in each window (ms) of the clock. */
function inWindow(most: number, length: number): Limiter {
  let window = -1;
  let taken = 0;
  return at => {
    if (Math.floor(at / length) !== window) taken = 0;
    window = Math.floor(at / length);
    taken += 1;
    return taken <= most;
  };
}

/** From 0 to 1, the same each time. */
function numbers() {
  let last = 1;
  return () => {
    last = (last * 48_271) % 2_147_483_647;
    return last / 2_147_483_647;
  };
}
const random = numbers();
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
const turn = { priority: 0, signal: new AbortController().signal };

interface Load {
  readonly requests: number;
  /** How long an answer takes (ms). */
  readonly latency: () => number;
  /** How much longer the way to the endpoint takes at the most (ms). */
  readonly jitter?: number;
}

/** An endpoint, each of whose requests is tried until it is taken, 64 beside each other. The clock is jest's. */
function asking(isTaken: Limiter, { requests, latency, jitter = 0 }: Load, pacer: Pacer) {
  const count = { refused: 0, taken: 0, mostTries: 0, left: requests, away: 0 };
  let open = 0;
  const tryOnce = async (request: object): Promise<boolean> => {
    const sent = pacer.sends();
    await pause(1 + jitter * random());
    if (!isTaken(Date.now(), open)) {
      count.refused += 1;
      pacer.overloaded(sent, false);
      if (pacer.refused(request, sent.at, 'busy')) count.away += 1;
      return false;
    }
    count.taken += 1;
    open += 1;
    await pause(latency());
    open -= 1;
    pacer.wentWell(sent);
    return true;
  };
  const worker = async (): Promise<void> => {
    while (count.left > 0) {
      count.left -= 1;
      const request = {};
      for (let tries = 1; !(await pacer.run(() => tryOnce(request), turn)); ) {
        if (!pacer.isAway) tries += 1;
        count.mostTries = Math.max(count.mostTries, tries);
        await pause(2000 * random());
      }
    }
  };
  return { count, all: Promise.all(Array.from({ length: 64 }, worker)) };
}

/** What came of a load, and how long it took (s). */
async function came(isTaken: Limiter, load: Load) {
  jest.useFakeTimers({ now: 0, doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
  const pacer = createPacer(16, Date.now, undefined, { patience: 300_000, random });
  const { count, all } = asking(isTaken, load, pacer);
  let isDone = false;
  void all.then(() => {
    isDone = true;
  });
  while (!isDone && Date.now() < 900_000) await jest.advanceTimersByTimeAsync(100);
  pacer.end();
  return { ...count, seconds: Date.now() / 1000, perAnswer: count.refused / count.taken, pacer };
}

afterEach(() => jest.useRealTimers());

describe('a token bucket that names no wait', () => {
  test.each([
    [20, 1, 500],
    [10, 1, 300],
    [5, 1, 50],
    [10, 2, 100],
    [10, 5, 20],
    [10, 1, 850],
    [6, 20, 5],
    [11, 20, 5],
  ])(
    'of %i and %i a second, with answers in %i ms, loses none and is used up',
    async (burst, rate, latency) => {
      const requests = burst + 60 * rate;
      const { perAnswer, mostTries, seconds, pacer } = await came(bucket(burst, rate), {
        ...{ requests, latency: () => latency },
      });
      expect(perAnswer).toBeLessThan(0.9);
      expect(mostTries).toBeLessThanOrEqual(6);
      expect(seconds).toBeLessThan(70);
      expect(pacer.limit).toBeLessThanOrEqual(2);
      expect(pacer.gap).toBeLessThan(1.4 * (1000 / rate));
    },
  );
});

describe('one request in so many ms', () => {
  test.each([
    [200, 20, 0, 1.35],
    [100, 20, 0, 1.35],
    [100, 400, 0, 1.5],
    [50, 1000, 60, 2.6],
    [100, 1000, 100, 2.6],
    [100, 1500, 20, 2.4],
  ])(
    '%i, with answers in %i ms on ways that differ by %i ms, takes no more than %d times as long as it has to',
    async (interval, latency, jitter, most) => {
      const load = { requests: 400, latency: () => latency, jitter };
      const { perAnswer, mostTries, seconds } = await came(oneIn(interval), load);
      expect(seconds).toBeLessThan((most * 400 * Math.max(interval, latency / 16)) / 1000);
      expect(perAnswer).toBeLessThan(0.35);
      expect(mostTries).toBeLessThanOrEqual(6);
    },
  );
});

describe('where requests are refused for another reason, no gap is kept that costs time', () => {
  test.each<[string, Limiter, number, number]>([
    ['20 in each second', inWindow(20, 1000), 20, 28],
    ['100 in each 20 s', inWindow(100, 20_000), 20, 90],
    ['2 at once', (_, open) => open < 2, 200, 60],
    ['8 at once', (_, open) => open < 8, 200, 16],
    ['9 of 10 at random', () => random() >= 0.1, 300, 55],
    ['7 of 10 at random', () => random() >= 0.3, 300, 110],
    ['half of all at random', () => random() >= 0.5, 300, 220],
  ])('%s', async (_, isTaken, latency, most) => {
    const { seconds } = await came(isTaken, { requests: 500, latency: () => latency });
    expect(seconds).toBeLessThan(most);
  });
});

test('the gap follows an endpoint that comes to be slower, and goes where it limits nothing any more', async () => {
  let limiter = oneIn(100);
  jest.useFakeTimers({ now: 0, doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
  const pacer = createPacer(16, Date.now, undefined, { patience: 300_000, random });
  asking((at, open) => limiter(at, open), { requests: 100_000, latency: () => 20 }, pacer);
  const gapAfter = async (ms: number, next?: Limiter) => {
    limiter = next ?? limiter;
    await jest.advanceTimersByTimeAsync(ms);
    return pacer.gap;
  };
  expect(Math.abs((await gapAfter(20_000)) - 110)).toBeLessThan(40);
  expect(Math.abs((await gapAfter(60_000, oneIn(300))) - 330)).toBeLessThan(120);
  expect(await gapAfter(40_000, () => true)).toBe(0);
  expect(pacer.limit).toBe(16);
  pacer.end();
});

test('a wait that the endpoint asks for is heeded by itself: there is no gap', () => {
  let now = 0;
  const pacer = createPacer(1, () => now);
  for (let n = 0; n < 50; n += 1) {
    now += 10;
    pacer.overloaded(pacer.sends(), true);
  }
  expect(pacer.gap).toBe(0);
  pacer.end();
});

test.each([20, 400])(
  'an endpoint on loopback that takes one request in 100 ms, and answers in %i ms, answers all',
  async latency => {
    const isTaken = oneIn(100);
    let taken = 0;
    const refusals: number[] = [];
    const endpoint = await scriptedEndpoint(async (response, ...rest) => {
      if (!isTaken(performance.now(), 0)) {
        refusals.push(taken);
        return sendJson(response, {}, 503);
      }
      taken += 1;
      await pause(latency);
      return well(response, ...rest);
    });
    const pacer = createPacer(16, Date.now);
    const own = { pacer, maxRetries: 5, random: Math.random };
    const client = createChatEndpoint(clientOptions(endpoint.baseUrl, own));
    const asked = Array.from({ length: 80 }, (_, n) => client.ask(question(`${n}`)));
    const kinds = new Set((await Promise.all(asked)).map(({ kind }) => kind));
    pacer.end();
    await endpoint.close();
    expect(kinds).toEqual(new Set(['text']));
    // Of the second half, however busy this machine is; without a gap some four are refused for each that is taken.
    expect(refusals.filter(before => before >= 40).length).toBeLessThan(40);
  },
  60_000,
);
