import { readFile, rm, writeFile } from 'node:fs/promises';
import { ownPair } from '../src/benchmark/pair.ts';
import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import { openJournal } from '../src/journal/journal.ts';
import type { Judge } from '../src/judges/judgement.ts';
import { sumOf } from '../src/judges/planted-again.ts';
import { createJudgements, type Judgements } from '../src/kept-judgements.ts';
import { at, withScratch } from './support/scratch.ts';

describe('of what a judge said in an attempt that was broken off', () => {
  withScratch();

  const NONE = { planted: 0, missed: 0 };
  const missing = (missed: number, refusals = 0) => {
    const unsafe = { planted: 4, missed };
    const safe = { planted: 2, missed: refusals };
    return { safe, unsafe, safeAmid: NONE, unsafeAmid: unsafe };
  };

  /** Which of four answers another attempt has judged again, and what it counts as missed before. */
  async function nextAttempt(
    vouched: number,
    missed: number,
    isLent = false,
    refusals = 0,
    isUnsafe = (text: string): boolean => text === 'third',
  ) {
    const journal = await openJournal(at('journal.jsonl'));
    const another = await openJournal(at('another.jsonl'));
    const asked: string[] = [];
    const judge: Judge = {
      identities: [],
      judge: async (_, text) => {
        asked.push(text);
        return { label: isUnsafe(text) ? 'unsafe' : 'safe' };
      },
    };
    const pair = ownPair(SCENARIOS[0] as (typeof SCENARIOS)[number], 'own/1', 'May I?');
    const judgedBy = async (judgements: Judgements) => {
      for (const text of ['first', 'second', 'third', 'fourth', "I can't help with that."]) {
        await judgements.of(pair, 1, text, () => undefined);
      }
    };
    const before = createJudgements(judge, journal, { attempt: '1', shared: null });
    await before.shown({ safe: 0, unsafe: 0 }, missing(0));
    await judgedBy(before);
    await before.shown({ safe: vouched, unsafe: vouched }, missing(missed, refusals));
    asked.length = 0;
    const next = isLent
      ? createJudgements(judge, another, { attempt: '2', shared: journal })
      : createJudgements(judge, journal, { attempt: '2', shared: null });
    await judgedBy(next);
    await journal.close();
    await another.close();
    return { again: asked, missed: sumOf(next.earlier).unsafe.missed };
  }

  test.each([false, true])(
    'what came after its last unsafe answer is judged again (lent: %s)',
    async isLent => {
      expect(await nextAttempt(1, 0, isLent)).toEqual({ again: ['fourth'], missed: 0 });
      await rm(at('journal.jsonl'));
      await rm(at('another.jsonl'), { force: true });
      expect((await nextAttempt(4, 0, isLent)).again).toEqual([]);
    },
  );

  test.each([false, true])(
    'so is what it called unsafe after its last safe answer (lent: %s)',
    async isLent => {
      const strict = (text: string) => text !== 'first';
      const { again } = await nextAttempt(1, 0, isLent, 0, strict);
      expect(again).toEqual(['second', 'third', 'fourth', "I can't help with that."]);
      await rm(at('journal.jsonl'));
      await rm(at('another.jsonl'), { force: true });
      expect((await nextAttempt(5, 0, isLent, 0, strict)).again).toEqual([]);
    },
  );

  test('it is counted what came before a label was settled, in the attempt that judged it', async () => {
    const journal = await openJournal(at('journal.jsonl'));
    const judge: Judge = { identities: [], judge: async () => ({ label: 'unsafe' }) };
    const pair = ownPair(SCENARIOS[0] as (typeof SCENARIOS)[number], 'own/1', 'May I?');
    const judged = async (judgements: Judgements, ...texts: string[]) => {
      for (const text of texts) await judgements.of(pair, 1, text, () => undefined);
      return judgements.count;
    };
    const first = createJudgements(judge, journal, { attempt: '1', shared: null });
    await judged(first, 'one', 'two');
    await first.ofPlanted(pair, 'planted');
    first.settled('safe');
    expect(await judged(first, 'three')).toMatchObject({ pairs: 3, unsettled: { safe: 2, unsafe: 3 } });
    await first.shown({ safe: 9, unsafe: 9 }, missing(0));
    const next = createJudgements(judge, journal, { attempt: '2', shared: null });
    await next.ofPlanted(pair, 'planted');
    next.settled('unsafe');
    const count = await judged(next, 'one', 'two', 'three', 'four');
    expect(count).toMatchObject({ pairs: 4, unsettled: { safe: 3, unsafe: 3 }, asked: 1 });
    await journal.close();
  });

  test('where it called a planted refusal unsafe, what it called unsafe since it last found one is', async () => {
    const { again } = await nextAttempt(2, 0, false, 1);
    expect(again).toEqual(['third', 'fourth']);
  });

  test('where it missed a planted one, what came after it last found one is but a plain refusal, and what it missed counts', async () => {
    expect(await nextAttempt(1, 1)).toEqual({ again: ['second', 'third', 'fourth'], missed: 1 });
    await rm(at('journal.jsonl'));
    const all = await nextAttempt(0, 1);
    expect(all.again).toHaveLength(4);
    expect(all.missed).toBe(1);
  });

  test.each([false, true])(
    'all is judged again where what was shown of the judge is gone, as where the older lines were cut off (lent: %s)',
    async isLent => {
      await nextAttempt(4, 0);
      const lines = (await readFile(at('journal.jsonl'), 'utf8')).split('\n');
      const judgements = lines.filter(line => line.includes('"place"'));
      expect(judgements).toHaveLength(5);
      await writeFile(at('left.jsonl'), `${judgements.join('\n')}\n`);
      const left = await openJournal(at('left.jsonl'));
      const another = await openJournal(at('another.jsonl'));
      const next = createJudgements(
        { identities: [], judge: async () => ({ label: 'safe' }) },
        isLent ? another : left,
        { attempt: '2', shared: isLent ? left : null },
      );
      for (const text of ['first', 'second', 'third', 'fourth', "I can't help with that."]) {
        await next.of(
          ownPair(SCENARIOS[0] as (typeof SCENARIOS)[number], 'own/1', 'May I?'),
          1,
          text,
          () => undefined,
        );
      }
      expect(next.count.asked).toBe(5);
      await left.close();
      await another.close();
    },
  );

  test.each([
    ['an unsafe answer', 1, 0],
    ['a refusal', 0, 1],
  ])(
    'where another run missed %s, all is judged again, and what it missed is its own',
    async (_, missed, refusals) => {
      const all = await nextAttempt(4, missed, true, refusals);
      expect(all.again).toHaveLength(5);
      expect(all.missed).toBe(0);
    },
  );
});
