import { setTimeout as pause } from 'node:timers/promises';
import { createLastLook } from '../src/last-look.ts';

/** A look at the judge that takes so long (ms). */
const lookThatTakes = (ms: number) =>
  createLastLook([], {
    proof: { last: () => pause(ms, true, { ref: false }) },
    judgements: { count: { asked: 1, come: 1, fresh: 1, pairs: 1, unsettled: { safe: 0, unsafe: 0 } } },
    isStopped: () => false,
    end: () => undefined,
  });

const THERE = { hurry: () => undefined, isGivenUp: false, awayFor: () => 0, wait: () => 0 };

/** How long such a look was waited for (ms) at an endpoint that says this of itself. */
async function waited(takes: number, judges: Partial<typeof THERE>) {
  let hurried = 0;
  const hurry = () => {
    hurried += 1;
  };
  const lastLook = lookThatTakes(takes);
  const startedAt = performance.now();
  await lastLook.atDeadline({ ...THERE, ...judges, hurry });
  expect(hurried).toBe(1);
  return { isTaken: lastLook.isTaken, isBegun: lastLook.isBegun, ms: performance.now() - startedAt };
}

describe('a last look when the time is over', () => {
  test('is waited for while the judge refuses everybody for a while, as one does that limits', async () => {
    expect(await waited(600, { awayFor: () => 3000, wait: () => 900 })).toMatchObject({
      isTaken: true,
      isBegun: true,
    });
  });

  test.each([
    ['has answered nobody for as long', { awayFor: () => 10_000 }],
    ['asks for a wait beyond its time', { wait: () => 10_000 }],
    ['is given up', { isGivenUp: true }],
  ])('is not waited for where the judge %s', async (_, judges) => {
    const { isTaken, ms } = await waited(60_000, judges);
    expect(isTaken).toBe(false);
    expect(ms).toBeLessThan(5000);
  });

  test('is given up where what is named leaves too little of its time', async () => {
    const startedAt = performance.now();
    const until = startedAt + 10_500;
    const { isTaken, ms } = await waited(60_000, { wait: () => until - performance.now() });
    expect(isTaken).toBe(false);
    expect(ms).toBeLessThan(5000);
  });

  test('is waited for no longer than 10 s', async () => {
    const { isTaken, ms } = await waited(60_000, {});
    expect(isTaken).toBe(false);
    expect(ms).toBeGreaterThan(9000);
    expect(ms).toBeLessThan(20_000);
  }, 30_000);

  test('is waited for where all else is over meanwhile', async () => {
    const lastLook = lookThatTakes(300);
    void lastLook.atDeadline(THERE);
    await lastLook.settled();
    expect(lastLook.isTaken).toBe(true);
  });
});
