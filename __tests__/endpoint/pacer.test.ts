import { jest } from '@jest/globals';
import { createPacer } from '../../src/endpoint/pacer.ts';

const turn = { priority: 0, signal: new AbortController().signal };

/** A pacer of 16 with a clock that the test moves, and what it tells. */
function paced() {
  let now = 0;
  const told: string[] = [];
  const pacer = createPacer(
    16,
    () => now,
    what => told.push(what),
  );
  return {
    pacer,
    told,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('where a second request is refused beside the first each time, it is tried half as often each time', () => {
  const { pacer, pass } = paced();
  const overloaded = () => {
    pass(10);
    pacer.timedOut(pacer.sends());
    pass(10);
  };
  const untilRaised = (): number => {
    for (let n = 1; ; n += 1) {
      pacer.wentWell(pacer.sends());
      if (pacer.limit > 1) return n;
    }
  };
  for (let n = 0; n < 6; n += 1) overloaded();
  expect(pacer.limit).toBe(1);
  const rounds = Array.from({ length: 6 }, () => {
    const round = untilRaised();
    overloaded();
    return round;
  });
  expect(rounds).toEqual([2, 4, 8, 16, 32, 32]);
  overloaded();
  expect(untilRaised()).toBe(1);
});

test('a limit that is lower than ever is told of, once in a minute, and no other', () => {
  const { pacer, told, pass } = paced();
  const said: string[] = [];
  const lowered = (after: number) => {
    pass(after);
    pacer.timedOut(pacer.sends());
    said.push(...told.splice(0));
    return pacer.limit;
  };
  expect([10, 10, 10].map(lowered)).toEqual([10, 6, 4]);
  for (let n = 0; n < 20; n += 1) pacer.wentWell(pacer.sends());
  expect(pacer.limit).toBe(6);
  expect([60_000, 60_000].map(lowered)).toEqual([4, 3]);
  expect(pacer.lowest).toBe(3);
  expect(said).toEqual(
    [10, 3].map(
      limit =>
        `slowed down by the endpoint (429, 503 or time-outs): ${limit} at once instead of 16, and fewer where that is too many`,
    ),
  );
});

afterEach(() => jest.useRealTimers());

test('a long wait is told of once in ten minutes, a short one never', () => {
  jest.useFakeTimers();
  const { pacer, told, pass } = paced();
  pacer.holdBack(9_000);
  expect(told).toEqual([]);
  for (let minute = 0; minute < 25; minute += 1) {
    pass(60_000);
    pacer.holdBack(20_500);
  }
  expect(told).toEqual(Array(3).fill('the endpoint asks to wait: nothing is sent for 21 s'));
});

test.each([
  [
    40,
    'the endpoint asks to wait for 40 min: nothing is sent for 15 min, and then it is asked again',
    15 * 60_000,
  ],
  [
    24 * 60,
    'the endpoint asks to wait for 24 h, longer than a run waits: in 2 s it is asked whether that is meant',
    2000,
  ],
])('a wait of %i min that is not sat out is told as it was asked for', (minutes, words, wait) => {
  jest.useFakeTimers();
  const { pacer, told } = paced();
  pacer.holdBack(minutes * 60_000);
  expect(told).toEqual([words]);
  expect(pacer.wait()).toBe(wait);
  pacer.end();
});

test('it says how long nothing is sent, by the longest of what holds it back', () => {
  jest.useFakeTimers();
  const { pacer, pass } = paced();
  expect(pacer.wait()).toBe(0);
  pacer.holdBack(20_000);
  pass(5_000);
  pacer.holdBack(1_000);
  expect(pacer.wait()).toBe(15_000);
  pass(60_000);
  expect(pacer.wait()).toBe(0);
  pacer.end();
});

test('an endpoint that refuses everybody is asked each second where time is short, but not before the wait it names', () => {
  jest.useFakeTimers();
  const { pacer, pass } = paced();
  const refused = (asked = 0) => {
    const { at } = pacer.sends();
    pacer.holdBack(asked);
    pacer.refused({}, at, 'busy', asked);
  };
  pacer.wentWell(pacer.sends());
  for (let n = 0; !pacer.isAway || pacer.wait() < 2000; n += 1) {
    expect(n).toBeLessThan(100);
    pass(pacer.wait() + 100);
    refused();
  }
  pacer.hurry();
  expect(pacer.wait()).toBeCloseTo(1000);
  pass(1001);
  expect(pacer.wait()).toBe(0);
  refused();
  expect(pacer.wait()).toBeCloseTo(1000);
  pass(1001);
  refused(5000);
  expect(pacer.wait()).toBeCloseTo(5000);
  pacer.end();
});

test('the first requests go out at the ceiling', async () => {
  const { pacer } = paced();
  let begun = 0;
  const open = Array.from({ length: 20 }, () =>
    pacer.run(async () => {
      begun += 1;
      await new Promise(resolve => setTimeout(resolve, 20));
    }, turn),
  );
  await new Promise(resolve => setTimeout(resolve, 5));
  expect(begun).toBe(16);
  await Promise.all(open);
});

describe('an endpoint that refuses what comes too soon after the last request', () => {
  beforeEach(() => jest.useFakeTimers());

  /** Requests that are each sent so long after the last one (ms), or after the gap, where it takes one in `interval` ms. */
  function spaced(interval: number) {
    const { pacer, told, pass } = paced();
    const endpoint = { interval, since: Number.POSITIVE_INFINITY };
    const send = (after: number) => {
      const wait = Math.max(after, Math.ceil(pacer.gap));
      pass(wait);
      endpoint.since += wait;
      const sent = pacer.sends();
      if (endpoint.since < endpoint.interval) return pacer.overloaded(sent, false);
      endpoint.since = 0;
      pacer.wentWell(sent);
    };
    return { pacer, told, endpoint, send: (...after: number[]) => after.forEach(send) };
  }
  test('has them apart, though there is one at a time alone', () => {
    const { pacer, send } = spaced(100);
    send(0, ...Array(20).fill(20));
    expect(pacer.limit).toBe(1);
    send(...Array(100).fill(0));
    expect(pacer.gap).toBeGreaterThan(80);
    expect(pacer.gap).toBeLessThan(140);
    expect(pacer.wait()).toBe(0);
    pacer.end();
  });

  test('is told of with the time it wants, once in a minute', () => {
    const { pacer, told, endpoint, send } = spaced(100);
    const said = () => told.splice(0).filter(what => !what.includes('at once'));
    send(...Array(100).fill(20));
    expect(said()).toEqual([
      'slowed down by the endpoint (429 or 503 to what comes too soon after the last request): one request every 0.11 s',
    ]);
    send(...Array(800).fill(20));
    expect(said()).toEqual([]);
    endpoint.interval = 300;
    send(...Array(400).fill(20));
    expect(said().at(-1)).toMatch(/: one request every 0\.(?:29|3\d?) s$/);
    pacer.end();
  });
});
