import { createTurns } from '../../src/endpoint/turns.ts';

test('works begin in order, each in a turn of the event loop of its own, whatever came of those before', async () => {
  let turn = 0;
  let ticking = setImmediate(function tick() {
    turn += 1;
    ticking = setImmediate(tick);
  });
  const inTurn = createTurns();
  const begun: [name: string, turn: number][] = [];
  const works = ['first', 'broken', 'last'].map(name =>
    inTurn(async () => {
      begun.push([name, turn]);
      if (name === 'broken') throw new Error('broken');
      return name;
    }),
  );
  const ended = await Promise.allSettled(works);
  clearImmediate(ticking);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(begun.map(([name]) => name)).toEqual(['first', 'broken', 'last']);
  expect(new Set(begun.map(([, its]) => its)).size).toBe(3);
});
