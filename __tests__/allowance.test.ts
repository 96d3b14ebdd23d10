/** Long: one world that a test moves, and what each of the limits lets begin in it. */
import { type Allowance, createAllowance } from '../src/allowance.ts';
import type { RunConfig } from '../src/inputs.ts';
import type { Need } from '../src/need.ts';

const NO_BUDGET: RunConfig['budget'] = {
  maxRequests: null,
  maxCost: null,
  pricePrompt: null,
  priceCompletion: null,
  minutes: null,
  stopEarly: false,
};

const needing = (judgements: number, answers = 0): Need => ({ drawings: 0, answers, judgements });

/** An allowance over a meter and a clock that the test moves; `aside` are judgements. */
function allowed(budget: Partial<RunConfig['budget']>, aside = 0, looks = { count: 0, pairs: 1 }) {
  let spent = Promise.withResolvers<void>();
  const world = {
    requests: 0,
    tries: { answer: { ended: 0, failed: 0 }, judgement: { ended: 0, failed: 0 } },
    inFlight: 0,
    cost: 0,
    each: { answer: null as number | null, judgement: null as number | null },
    get nextSpend() {
      return spent.promise;
    },
    now: 0,
    atOnce: Number.POSITIVE_INFINITY,
  };
  const allowance = createAllowance({
    budget: { ...NO_BUDGET, ...budget },
    meter: world,
    aside: needing(aside),
    looks: { each: needing(1), ...looks },
    assumed: { answer: 1, judgement: 0.5 },
    startedAt: 0,
    clock: () => world.now,
    atOnce: () => world.atOnce,
  });
  const spend = (now: Partial<typeof world>) => {
    Object.assign(world, now);
    spent.resolve();
    spent = Promise.withResolvers();
  };
  return { allowance, world, spend };
}

/** Of answers and of judgements, how many have come to an end, and how many of them to nothing. */
const triesOf = ([ended, failed]: [number, number], [judged, unjudged]: [number, number]) => ({
  answer: { ended, failed },
  judgement: { ended: judged, failed: unjudged },
});

/** What has come of a promise by now. */
async function stateOf(promise: Promise<boolean>): Promise<boolean | 'waits'> {
  await new Promise(setImmediate);
  return Promise.race([promise, Promise.resolve('waits' as const)]);
}

const begun = (allowance: Allowance, item: object, need = needing(2)) => stateOf(allowance.begin(item, need));

test('without a budget everything may be begun', async () => {
  const { allowance } = allowed({});
  for (let i = 0; i < 1000; i++) expect(await allowance.begin({}, needing(5))).toBe(true);
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
    await allowance.begin({}, needing(2));
    Object.assign(world, { requests: 1, inFlight: 1 });
    expect(await begun(allowance, {})).toBe(true);
  });

  test('have room for what is sent again, as far as the share that was goes: 40 of 100 leave none for 10', async () => {
    const { allowance, world } = allowed({ maxRequests: 125 });
    Object.assign(world, { requests: 100, tries: triesOf([0, 0], [100, 40]) });
    expect(await begun(allowance, {}, needing(10))).toBe(false);
  });

  test('have room by how often those of their kind were sent again: answers seldom, judgements often', async () => {
    const { allowance, world } = allowed({ maxRequests: 230 });
    Object.assign(world, { requests: 200, tries: triesOf([100, 0], [100, 50]) });
    allowance.hold({}, needing(0));
    expect(await begun(allowance, {}, needing(12))).toBe('waits');
    expect(await begun(allowance, {}, needing(0, 12))).toBe(true);
  });

  test('of a kind that nothing has come of yet have room by how often the others were sent again', async () => {
    const { allowance, world } = allowed({ maxRequests: 125 });
    Object.assign(world, { requests: 100, tries: triesOf([100, 50], [0, 0]) });
    expect(await begun(allowance, {}, needing(12))).toBe(false);
  });

  test('all of which failed so far have no room for more before one goes well', async () => {
    const { allowance, world } = allowed({ maxRequests: 1000 });
    const first = {};
    await allowance.begin(first, needing(1));
    Object.assign(world, { requests: 3, tries: triesOf([0, 0], [3, 3]) });
    const second = allowance.begin({}, needing(1));
    expect(await stateOf(second)).toBe('waits');
    Object.assign(world, { requests: 4, tries: triesOf([0, 0], [4, 3]) });
    allowance.end(first);
    expect(await second).toBe(true);
  });

  test('that were set aside and not needed, as by a kept answer, let the next one begin', async () => {
    const { allowance } = allowed({ maxRequests: 2 });
    const first = {};
    await allowance.begin(first, needing(2));
    const second = allowance.begin({}, needing(2));
    expect(await stateOf(second)).toBe('waits');
    allowance.end(first);
    expect(await second).toBe(true);
    expect(allowance.usedUp).toBeNull();
  });

  test('that were needed let none begin, and it is said why', async () => {
    const { allowance, world } = allowed({ maxRequests: 3 });
    const first = {};
    await allowance.begin(first, needing(2));
    const second = allowance.begin({}, needing(2));
    Object.assign(world, { requests: 2 });
    allowance.end(first);
    expect(await second).toBe(false);
    expect(allowance.usedUp).toBe('max-requests of 3 leaves no room for more');
    expect(await allowance.begin({}, needing(1))).toBe(false);
  });

  test('held for what is begun in any case leave so much less', async () => {
    const { allowance } = allowed({ maxRequests: 5 });
    allowance.hold({}, needing(4));
    expect(await begun(allowance, {})).toBe('waits');
  });
});

describe('requests of which not each could be sent three times', () => {
  const pair = needing(1, 1);

  test('go to one trial at a time while what proves the judge is held', async () => {
    const { allowance } = allowed({ maxRequests: 20 });
    const proof = {};
    allowance.hold(proof, needing(5));
    const first = {};
    expect(await begun(allowance, first, pair)).toBe(true);
    const second = allowance.begin({}, pair);
    expect(await stateOf(second)).toBe('waits');
    allowance.left(first, needing(1));
    expect(await stateOf(second)).toBe('waits');
    expect(await begun(allowance, {})).toBe(true);
    allowance.end(first);
    expect(await second).toBe(true);
    const third = allowance.begin({}, pair);
    expect(await stateOf(third)).toBe('waits');
    allowance.end(proof);
    expect(await third).toBe(true);
  });

  /** Begins a trial that has its answer, and ends it. */
  const conducted = async (allowance: Allowance) => {
    const trial = {};
    expect(await begun(allowance, trial, pair)).toBe(true);
    allowance.left(trial, needing(1));
    allowance.end(trial);
  };

  test('go to no more trials at once than have had their answers', async () => {
    const { allowance } = allowed({ maxRequests: 5 });
    const first = {};
    expect(await begun(allowance, first, pair)).toBe(true);
    const second = allowance.begin({}, pair);
    expect(await stateOf(second)).toBe('waits');
    allowance.left(first, needing(1));
    allowance.end(first);
    expect(await second).toBe(true);
    expect(await begun(allowance, {}, pair)).toBe('waits');
  });

  test('go to no more trials than may be in flight', async () => {
    const { allowance, world } = allowed({ maxRequests: 5 });
    for (let i = 0; i < 5; i++) await conducted(allowance);
    world.atOnce = 1;
    const one = {};
    expect(await begun(allowance, one, pair)).toBe(true);
    const next = allowance.begin({}, pair);
    expect(await stateOf(next)).toBe('waits');
    allowance.end(one);
    expect(await next).toBe(true);
    world.atOnce = 2;
    expect(await begun(allowance, {}, pair)).toBe(true);
  });

  test('are no matter where there are more', async () => {
    const { allowance, world } = allowed({ maxRequests: 3 * (5 + 2 * 10) });
    world.atOnce = 3;
    allowance.hold({}, needing(5));
    for (let i = 0; i < 10; i++) expect(await begun(allowance, {}, pair)).toBe(true);
    expect(await begun(allowance, {}, pair)).toBe('waits');
  });
});

describe('dollars', () => {
  const pair = needing(1, 1);

  test('until an answer shows what it costs, one is under way where a hundred times as much has no room', async () => {
    const { allowance, spend } = allowed({ maxCost: 20 });
    expect(await begun(allowance, {}, pair)).toBe(true);
    const second = allowance.begin({}, pair);
    expect(await stateOf(second)).toBe('waits');
    spend({ cost: 3, each: { answer: 3, judgement: null } });
    expect(await stateOf(second)).toBe('waits');
    spend({ cost: 4, each: { answer: 3, judgement: 1 } });
    expect(await second).toBe(true);
  });

  test('where they have room, as many as there are are begun at once', async () => {
    const { allowance } = allowed({ maxCost: 1500 });
    for (let i = 0; i < 10; i++) expect(await begun(allowance, {}, pair)).toBe(true);
    expect(await begun(allowance, {}, pair)).toBe('waits');
  });

  test('what is begun, and the end, are taken to cost what answers and judgements have cost', async () => {
    const { allowance, world } = allowed({ maxCost: 10 }, 2);
    Object.assign(world, { cost: 1, each: { answer: 2, judgement: 0.5 } });
    const first = {};
    expect(await begun(allowance, first, pair)).toBe(true);
    expect(await begun(allowance, {}, pair)).toBe(true);
    expect(await begun(allowance, {}, pair)).toBe(true);
    expect(allowance.committed).toBe(3 * 2.5 + 2 * 0.5);
    expect(await begun(allowance, {}, pair)).toBe('waits');
    allowance.left(first, needing(1));
    expect(allowance.committed).toBe(3 * 2.5 - 2 + 2 * 0.5);
  });

  test('of what is held are begun as what is under way leaves room, whatever else is held', async () => {
    const { allowance, world, spend } = allowed({ maxCost: 2 });
    const holder = {};
    allowance.hold(holder, needing(40));
    const first = {};
    const letIn = (item: object) => stateOf(allowance.beginHeld(holder, item, needing(1)));
    expect(await letIn(first)).toBe(true);
    const second = allowance.beginHeld(holder, {}, needing(1));
    expect(await stateOf(second)).toBe('waits');
    spend({ cost: 0.6, each: { answer: null, judgement: 0.6 } });
    expect(await second).toBe(true);
    allowance.end(first);
    expect(await letIn({})).toBe(true);
    expect(await letIn({})).toBe('waits');
    expect(allowance.committed).toBeCloseTo(40 * 0.6 - 0.6, 9);
    expect(world.cost).toBe(0.6);
  });

  test('of what is held are begun no more where nothing is under way that could leave room', async () => {
    const { allowance, world } = allowed({ maxCost: 2 });
    const holder = {};
    allowance.hold(holder, needing(40));
    Object.assign(world, { cost: 1.5, each: { answer: null, judgement: 0.6 } });
    expect(await stateOf(allowance.beginHeld(holder, {}, needing(1)))).toBe(false);
    allowance.end(holder);
    expect(allowance.committed).toBe(0);
  });

  test('that are used up let none begin, and it is said why', async () => {
    const { allowance, world } = allowed({ maxCost: 3 });
    Object.assign(world, { cost: 1, each: { answer: 2, judgement: 0.5 } });
    expect(await allowance.begin({}, pair)).toBe(false);
    expect(allowance.usedUp).toBe('max-cost of 3 dollars leaves no room for more');
  });
});

describe('looks at the judge', () => {
  const asPair = (allowance: Allowance) => stateOf(allowance.begin({}, needing(2), true));

  test('have room set aside with the first of the pairs that they are among, and with no other', async () => {
    const { allowance } = allowed({ maxRequests: 12 }, 0, { count: 2, pairs: 4 });
    expect(await asPair(allowance)).toBe(true);
    expect(await asPair(allowance)).toBe(true);
    // Six more than the five: a third takes three, a fourth two, and neither is left without its look.
    expect(await begun(allowance, {}, needing(5))).toBe(true);
    expect(await asPair(allowance)).toBe('waits');
  });

  test('are begun whatever room there is, and whatever time is left', async () => {
    const { allowance, world } = allowed({ maxRequests: 5, minutes: 1 }, 0, { count: 1, pairs: 2 });
    expect(await asPair(allowance)).toBe(true);
    expect(await asPair(allowance)).toBe(true);
    expect(await begun(allowance, {}, needing(1))).toBe('waits');
    world.now = 60_000;
    const look = {};
    allowance.beginLook(look);
    allowance.end(look);
    expect(await begun(allowance, {}, needing(1))).toBe(false);
  });

  test('are in what is committed', async () => {
    const { allowance, world } = allowed({ maxCost: 100 }, 0, { count: 1, pairs: 10 });
    world.each.judgement = 2;
    await asPair(allowance);
    expect(allowance.committed).toBe(6);
    await asPair(allowance);
    expect(allowance.committed).toBe(10);
    allowance.beginLook({});
    expect(allowance.committed).toBe(10);
  });
});

describe('minutes', () => {
  test('nothing is begun that would end too late, by the longest so far', async () => {
    const { allowance, world } = allowed({ minutes: 1 });
    const first = {};
    await allowance.begin(first, needing(1));
    world.now = 10_000;
    allowance.end(first);
    world.now = 49_999;
    expect(await allowance.begin({}, needing(1))).toBe(true);
    world.now = 50_000;
    expect(await allowance.begin({}, needing(1))).toBe(false);
    expect(allowance.usedUp).toBe('time-budget of 1 min leaves no time for more');
  });

  test('one that took half the time does not end the run halfway: a quarter is the most', async () => {
    const { allowance, world } = allowed({ minutes: 1 });
    const first = {};
    await allowance.begin(first, needing(1));
    world.now = 30_000;
    allowance.end(first);
    world.now = 44_999;
    expect(await allowance.begin({}, needing(1))).toBe(true);
  });
});
