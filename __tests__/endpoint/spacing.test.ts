import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { createSpacing } from '../../src/endpoint/spacing.ts';
import { clientOptions } from '../support/client-options.ts';
import { question, scriptedEndpoint, sendJson, well } from '../support/scripted-endpoint.ts';

/** Whether what comes at a time (ms) is taken. */
type Limiter = (at: number) => boolean;

/** One request in so many ms, and no other: `limit_req` of nginx without `burst`. */
function oneIn(interval: number): Limiter {
  let takenAt = Number.NEGATIVE_INFINITY;
  return at => {
    if (at - takenAt < interval) return false;
    takenAt = at;
    return true;
  };
}

/** So many in any second. */
function inASecond(most: number): Limiter {
  const taken: number[] = [];
  return at => {
    if (taken.filter(each => each > at - 1000).length >= most) return false;
    taken.push(at);
    return true;
  };
}

/** So many at once, each of which takes from 50 to 200 ms. */
function atOnce(most: number, random: () => number): Limiter {
  const ends: number[] = [];
  return at => {
    if (ends.filter(end => end > at).length >= most) return false;
    ends.push(at + 50 + 150 * random());
    return true;
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

/**
 * Requests that are sent as soon as they may be, 20 ms after the last one or later, each answered before the next.
 * @param late how much later than it was sent one comes to the endpoint (ms)
 */
function sending(late: () => number = () => 0) {
  let now = 0;
  const spacing = createSpacing(() => now);
  return {
    spacing,
    /** How many of so many are refused, and how many of those a gap explains. */
    send(requests: number, isTaken: Limiter, isWaitAsked = false) {
      const count = { refused: 0, explained: 0 };
      for (let n = 0; n < requests; n += 1) {
        now += Math.max(20, Math.ceil(spacing.gap));
        const sent = spacing.sends();
        if (isTaken(now + late())) spacing.taken(sent);
        else {
          count.refused += 1;
          if (spacing.refused(sent, isWaitAsked)) count.explained += 1;
        }
      }
      return count;
    },
  };
}

describe('what comes too soon after the last one is refused', () => {
  test.each([40, 100, 1000])('and the gap is somewhat more than the %i ms that it has to be', interval => {
    const { spacing, send } = sending();
    const isTaken = oneIn(interval);
    send(5 * (interval / 20), isTaken);
    expect(spacing.isClose).toBe(true);
    const { refused, explained } = send(1000, isTaken);
    expect(refused).toBeLessThan(40);
    expect(explained).toBe(refused);
    expect(spacing.gap).toBeGreaterThan(0.9 * interval);
    expect(spacing.gap).toBeLessThan(1.15 * interval);
  });

  test('also where the way there takes now longer, now less: the gap has more room then', () => {
    const random = numbers();
    const { spacing, send } = sending(() => 15 * random());
    const isTaken = oneIn(100);
    send(50, isTaken);
    expect(send(1000, isTaken).refused).toBeLessThan(80);
    expect(spacing.gap).toBeGreaterThan(95);
    expect(spacing.gap).toBeLessThan(140);
  });

  test('no more, or sooner still: the gap follows', () => {
    const { spacing, send } = sending();
    send(100, oneIn(100));
    send(400, oneIn(300));
    expect(spacing.gap).toBeGreaterThan(285);
    expect(spacing.gap).toBeLessThan(345);
    expect(send(300, () => true).refused).toBe(0);
    expect(spacing.gap).toBe(0);
  });

  test('with a wait that the endpoint asks for, which is heeded by itself: there is no gap', () => {
    const { spacing, send } = sending();
    expect(send(200, oneIn(100), true).explained).toBe(0);
    expect(spacing.gap).toBe(0);
  });
});

test.each<[string, (random: () => number) => Limiter]>([
  ['3 % at random', random => () => random() >= 0.03],
  ['30 % at random', random => () => random() >= 0.3],
  ['60 % at random', random => () => random() >= 0.6],
  ['what is more than 10 in a second', () => inASecond(10)],
  ['what is more than 2 at once', random => atOnce(2, random)],
  ['what is more than 4 at once', random => atOnce(4, random)],
])('where an endpoint refuses %s, nothing is sent later for it', (_, limiter) => {
  const { spacing, send } = sending();
  const isTaken = limiter(numbers());
  const gaps = new Set<number>();
  for (let n = 0; n < 1000; n += 1) {
    send(1, isTaken);
    gaps.add(spacing.gap);
  }
  expect([...gaps]).toEqual([0]);
});

test('a gap that was taken for one is given up', () => {
  const { spacing, send } = sending();
  send(50, oneIn(100));
  expect(spacing.gap).toBeGreaterThan(0);
  const random = numbers();
  send(100, () => random() >= 0.3);
  expect(spacing.gap).toBe(0);
});

test.each([20, 400])(
  'an endpoint on loopback that takes one request in 100 ms, and answers in %i ms, answers all',
  async latency => {
    const isTaken = oneIn(100);
    let taken = 0;
    const refusals: number[] = [];
    const endpoint = await scriptedEndpoint(async (response, ...rest) => {
      if (!isTaken(performance.now())) {
        refusals.push(taken);
        return sendJson(response, {}, 503);
      }
      taken += 1;
      await new Promise(resolve => setTimeout(resolve, latency));
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
