/** An endpoint that asks for a wait that no run sits out, as where a quota for a day is used up. */
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createDismissals } from '../../src/endpoint/dismissals.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { FatalEndpointError } from '../../src/endpoint/problems.ts';
import { clientOptions } from '../support/client-options.ts';
import {
  question,
  type Script,
  type ScriptedEndpoint,
  scriptedEndpoint,
  sendJson,
  well,
} from '../support/scripted-endpoint.ts';

const DAY = 86_400_000;

describe('a wait of a day', () => {
  const told = (dismissals = createDismissals()) => {
    let now = 0;
    return {
      dismissals,
      pass: (ms: number) => {
        now += ms;
      },
      by: (request: object, asked = DAY) => dismissals.seen(request, now, now, asked),
    };
  };
  const anew = () => ({});

  test('that is told to everybody in a row, and to one that was sent later, is everybody’s', () => {
    const { by, pass } = told();
    expect(Array.from({ length: 16 }, () => by(anew()))).toEqual(Array(16).fill('for now'));
    pass(1999);
    expect(by(anew())).toBe('for now');
    pass(1);
    expect(by(anew())).toBe('all');
  });

  test('is none where it is an hour, or no more than that', () => {
    const { by, pass } = told();
    for (let n = 0; n < 40; n += 1) {
      expect(by(anew(), 3_600_000)).toBe('not');
      pass(2000);
    }
  });

  test('that a few are told is not, until they are seven in a row', () => {
    const { by, pass } = told();
    const seen = Array.from({ length: 7 }, () => {
      pass(2000);
      return by(anew());
    });
    expect(seen).toEqual([...Array(6).fill('for now'), 'all']);
  });

  test('that one request is told each time is its own: it is put once more at no cost, and then as any other', () => {
    const { by, pass } = told();
    const one = anew();
    const seen = Array.from({ length: 20 }, () => {
      pass(2000);
      return by(one);
    });
    expect(seen).toEqual(['for now', ...Array(19).fill('not')]);
  });

  test('that every second one is told takes so many in a row as chance may hardly bring', () => {
    const { by, pass, dismissals } = told();
    for (let n = 0; n < 100; n += 1) {
      by(anew());
      dismissals.answered();
    }
    const seen = Array.from({ length: 20 }, () => {
      pass(2000);
      return by(anew());
    });
    expect(seen.indexOf('all') + 1).toBe(13);
  });
});

describe('an endpoint that asks for it', () => {
  let endpoint: ScriptedEndpoint | undefined;
  let cancel: AbortController;
  beforeEach(() => {
    cancel = new AbortController();
  });
  afterEach(async () => {
    cancel.abort();
    await endpoint?.close();
  });

  const forTheDay: Script = response => sendJson(response, {}, 429, { 'retry-after': '86400' });
  const clientOf = async (script: Script, maxRetries: number) => {
    endpoint = await scriptedEndpoint(script);
    const waiting = { patience: maxRetries * 60_000, random: () => 0 };
    const pacer = createPacer(8, Date.now, () => undefined, waiting);
    const own = { maxRetries, pacer, signal: cancel.signal };
    return { client: createChatEndpoint(clientOptions(endpoint.baseUrl, own)), pacer };
  };
  const sentence = () =>
    `${endpoint?.baseUrl} answered 429, and asks to wait for 24 h, longer than a run waits: its limit for "some-vlm" is used up for that time; run again when it is over, which asks nothing anew that was answered, or raise that limit there`;

  /** What ends a run of so many questions. */
  async function endOf({ client, pacer }: Awaited<ReturnType<typeof clientOf>>) {
    const asked = Array.from({ length: 20 }, (_, n) => client.ask(question(`${n}`)));
    const problem = await Promise.all(asked).catch((error: unknown) => error);
    cancel.abort();
    await Promise.allSettled(asked);
    pacer.end();
    return problem;
  }

  test.each([0, 5])(
    'of everybody from the beginning is given up soon, with %i tries more',
    async maxRetries => {
      const startedAt = Date.now();
      const problem = await endOf(await clientOf(forTheDay, maxRetries));
      expect(problem).toEqual(new FatalEndpointError(sentence()));
      expect((problem as FatalEndpointError).isHalfWay).toBe(false);
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      expect(endpoint?.asked.length).toBeLessThan(30);
    },
  );

  test('of everybody after answers is given up half-way', async () => {
    const asking = await clientOf((...all) => (all[2] > 5 ? forTheDay : well)(...all), 5);
    for (let n = 0; n < 5; n += 1) await asking.client.ask(question(`before ${n}`));
    const problem = await endOf(asking);
    expect(problem).toEqual(new FatalEndpointError(sentence(), true));
    expect((problem as FatalEndpointError).isHalfWay).toBe(true);
  });

  test('of one amid others that go well costs it no try, and ends nothing', async () => {
    const { client, pacer } = await clientOf((...all) => (all[2] === 5 ? forTheDay : well)(...all), 0);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => client.ask(question(`${n}`))));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['text']));
    expect(endpoint?.asked).toHaveLength(31);
    pacer.end();
  });
});
