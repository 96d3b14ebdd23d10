import { type Allowance, createAllowance } from '../src/allowance.ts';
import type { RunConfig } from '../src/inputs.ts';

const NO_BUDGET: RunConfig['budget'] = {
  maxRequests: null,
  maxCost: null,
  pricePrompt: null,
  priceCompletion: null,
  minutes: null,
  stopEarly: false,
};

/** An allowance over a meter and a clock that the test moves. */
function allowed(budget: Partial<RunConfig['budget']>, aside = 0) {
  const world = { requests: 0, inFlight: 0, cost: 0, now: 0 };
  const allowance = createAllowance({
    budget: { ...NO_BUDGET, ...budget },
    meter: world,
    aside,
    cost: 1,
    startedAt: 0,
    clock: () => world.now,
  });
  return { allowance, world };
}

/** What has come of a promise by now. */
async function stateOf(promise: Promise<boolean>): Promise<boolean | 'waits'> {
  await new Promise(setImmediate);
  return Promise.race([promise, Promise.resolve('waits' as const)]);
}

const begun = (allowance: Allowance, item: object, requests = 2) => stateOf(allowance.begin(item, requests));

test('without a budget everything may be begun', async () => {
  const { allowance } = allowed({});
  for (let i = 0; i < 1000; i++) expect(await allowance.begin({}, 5)).toBe(true);
  expect(allowance.usedUp).toBeNull();
});

describe('requests', () => {
  test('are set aside for what is begun, and for the end: 7 leave room for two items of 2 beside 3', async () => {
    const { allowance } = allowed({ maxRequests: 7 }, 3);
    expect(await begun(allowance, {})).toBe(true);
    expect(await begun(allowance, {})).toBe(true);
    expect(await begun(allowance, {})).toBe('waits');
  });

  test('in flight are those of an item, and not counted twice', async () => {
    const { allowance, world } = allowed({ maxRequests: 4 });
    await allowance.begin({}, 2);
    Object.assign(world, { requests: 1, inFlight: 1 });
    expect(await begun(allowance, {})).toBe(true);
  });

  test('that were set aside and not needed, as by a kept answer, let the next one begin', async () => {
    const { allowance } = allowed({ maxRequests: 2 });
    const first = {};
    await allowance.begin(first, 2);
    const second = allowance.begin({}, 2);
    expect(await stateOf(second)).toBe('waits');
    allowance.end(first);
    expect(await second).toBe(true);
    expect(allowance.usedUp).toBeNull();
  });

  test('that were needed let none begin, and it is said why', async () => {
    const { allowance, world } = allowed({ maxRequests: 3 });
    const first = {};
    await allowance.begin(first, 2);
    const second = allowance.begin({}, 2);
    Object.assign(world, { requests: 2 });
    allowance.end(first);
    expect(await second).toBe(false);
    expect(allowance.usedUp).toBe('max-requests of 3 used up');
    expect(await allowance.begin({}, 1)).toBe(false);
  });

  test('held for what is begun in any case leave so much less', async () => {
    const { allowance } = allowed({ maxRequests: 5 });
    allowance.hold({}, 4);
    expect(await begun(allowance, {})).toBe('waits');
  });
});

test('dollars: what is begun is taken to cost what those that ended did', async () => {
  const { allowance, world } = allowed({ maxCost: 10 });
  const first = {};
  await allowance.begin(first, 1);
  world.cost = 4;
  allowance.end(first);
  expect(await begun(allowance, {})).toBe(true);
  expect(await begun(allowance, {})).toBe('waits');
});

describe('minutes', () => {
  test('nothing is begun that would end too late, by the longest so far', async () => {
    const { allowance, world } = allowed({ minutes: 1 });
    const first = {};
    await allowance.begin(first, 1);
    world.now = 10_000;
    allowance.end(first);
    world.now = 49_999;
    expect(await allowance.begin({}, 1)).toBe(true);
    world.now = 50_000;
    expect(await allowance.begin({}, 1)).toBe(false);
    expect(allowance.usedUp).toBe('time-budget of 1 min used up');
  });

  test('one that took half the time does not end the run halfway: a quarter is the most', async () => {
    const { allowance, world } = allowed({ minutes: 1 });
    const first = {};
    await allowance.begin(first, 1);
    world.now = 30_000;
    allowance.end(first);
    world.now = 44_999;
    expect(await allowance.begin({}, 1)).toBe(true);
  });
});
