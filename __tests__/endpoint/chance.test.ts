import { setTimeout as pause } from 'node:timers/promises';
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createOutage } from '../../src/endpoint/outage.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  question,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
  well,
} from '../support/scripted-endpoint.ts';

let endpoint: ScriptedEndpoint | undefined;
afterEach(() => endpoint?.close());

const MINUTE = 60_000;

/** A client that tries each request as often as it takes, at once. */
async function clientOf(script: Script, maxRetries = 100, random = () => 0) {
  endpoint = await scriptedEndpoint(script);
  const pacer = createPacer(8, Date.now, undefined, { patience: MINUTE, random });
  return {
    client: createChatEndpoint(clientOptions(endpoint.baseUrl, { maxRetries, pacer, random })),
    pacer,
  };
}

describe('an endpoint that refuses at random, and names no wait', () => {
  /** From 0 to 1, the same each time. */
  const dice = () => {
    let last = 1;
    return () => {
      last = (last * 48_271) % 2_147_483_647;
      return last / 2_147_483_647;
    };
  };
  const outages = (share: number, requests: number): number => {
    const [outage, throwDice] = [createOutage(() => 0, { patience: MINUTE, random: () => 0 }), dice()];
    let count = 0;
    for (let n = 0; n < requests; n += 1) {
      const wasAway = outage.since !== null;
      if (throwDice() < share) outage.refused({}, 0, 1, 'busy');
      else outage.over();
      if (!wasAway && outage.since !== null) count += 1;
    }
    return count;
  };

  test.each([0.1, 0.3, 0.5])('%d of them, is next to never taken for away', share => {
    expect(outages(share, 10_000)).toBeLessThanOrEqual(4);
  });

  test('four of five in a row, answers all, and is not waited for', async () => {
    const isAway: boolean[] = [];
    const { client, pacer } = await clientOf((...all) => {
      isAway.push(pacer.isAway);
      return all[2] > 10 && all[2] % 5 > 0 ? sendJson(all[0], {}, 429) : well(...all);
    });
    const answers = Array.from({ length: 60 }, (_, n) => client.ask(question(`${n}`)));
    expect(new Set((await Promise.all(answers)).map(({ kind }) => kind))).toEqual(new Set(['text']));
    expect(isAway).not.toContain(true);
    pacer.end();
  });

  test.each([429, 503])('half of all, by %i, answers all though five tries are too few', async status => {
    const throwDice = dice();
    const { client, pacer } = await clientOf(
      (...all) => (throwDice() < 0.5 ? sendJson(all[0], {}, status) : well(...all)),
      5,
      // The longest waits that there are.
      () => 1,
    );
    const answers = Array.from({ length: 300 }, (_, n) => client.ask(question(`${n}`)));
    expect(new Set((await Promise.all(answers)).map(({ kind }) => kind))).toEqual(new Set(['text']));
    const tries = Map.groupBy(endpoint?.asked ?? [], ({ body }) => JSON.stringify(body));
    expect(Math.max(...[...tries.values()].map(({ length }) => length))).toBeGreaterThan(6);
    pacer.end();
  });

  test('all that are more than it takes at once, is not away while those are open', async () => {
    const isAway: boolean[] = [];
    let open = 0;
    const { client, pacer } = await clientOf(async (...all) => {
      isAway.push(pacer.isAway);
      if (open >= 2) return sendJson(all[0], {}, 429);
      open += 1;
      await pause(300);
      open -= 1;
      return well(...all);
    });
    await client.ask(question('first'));
    const answers = Array.from({ length: 12 }, (_, n) => client.ask(question(`${n}`)));
    expect(new Set((await Promise.all(answers)).map(({ kind }) => kind))).toEqual(new Set(['text']));
    expect(isAway).not.toContain(true);
    pacer.end();
  });

  test('is away all the same once 16 were refused in a row, or a few and nothing answered for 3 s', () => {
    let now = 0;
    let older = 0;
    const outage = createOutage(
      () => now,
      { patience: MINUTE, random: () => 0 },
      () => older,
    );
    const refused = () => outage.refused({}, now, 1, 'busy').isAway;
    const mostly = () => {
      for (let n = 0; n < 100; n += 1) {
        outage.over();
        for (let m = 0; m < 3; m += 1) expect(refused()).toBe(false);
      }
      outage.over();
    };
    mostly();
    expect(Array.from({ length: 16 }, () => refused()).indexOf(true)).toBe(15);
    mostly();
    older = 9;
    expect(Array.from({ length: 24 }, () => refused()).indexOf(true)).toBe(23);
    older = 0;
    mostly();
    expect([refused(), refused()]).toEqual([false, false]);
    now += 2900;
    expect(refused()).toBe(false);
    now += 200;
    expect(refused()).toBe(true);
  });
});
