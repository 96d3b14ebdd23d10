import { setTimeout as pause } from 'node:timers/promises';
import { inOrder, together } from '../src/in-order.ts';

describe('the first rejection', () => {
  test('lets nothing more begin, and is passed on when all that was begun has ended', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    let isEnding = false;
    const work = async (item: number) => {
      begun.push(item);
      if (item === 2) throw new Error('second');
      while (!isEnding) await pause(1);
      await pause(20);
      ended.push(item);
    };
    const all = inOrder([0, 1, 2, 3, 4, 5, 6], 3, work, () => {
      isEnding = true;
    });
    await expect(all).rejects.toThrow('second');
    expect(begun).toEqual([0, 1, 2]);
    expect(ended).toEqual([0, 1]);
  });

  test('of several works waits for the others', async () => {
    let isOver = false;
    const slow = pause(20).then(() => {
      isOver = true;
    });
    await expect(together([Promise.reject(new Error('first')), slow], () => undefined)).rejects.toThrow(
      'first',
    );
    expect(isOver).toBe(true);
  });
});
