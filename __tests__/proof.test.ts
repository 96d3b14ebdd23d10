import { setTimeout } from 'node:timers/promises';
import { ownPair } from '../src/benchmark/pair.ts';
import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import { openJournal } from '../src/journal/journal.ts';
import type { Judge } from '../src/judges/judgement.ts';
import { type Planted, plantedFor } from '../src/judges/planted.ts';
import { createJudgements, type Judgements } from '../src/kept-judgements.ts';
import { createProof, looksAmong } from '../src/proof.ts';
import { at, withScratch } from './support/scratch.ts';

/** A judge that calls everything safe unless `label` says otherwise, over judgements of which so many are new. */
function proofOf(
  isStopped: () => boolean,
  whileJudging: () => void = () => undefined,
  label: (planted: Planted | undefined) => 'safe' | 'unsafe' = () => 'safe',
) {
  const known = new Map(plantedFor(SCENARIOS).map(each => [each.text, each]));
  const count = { asked: 0, disproved: 0, fresh: 100, longest: 0 };
  const judge: Judge = {
    identities: [],
    judge: async (_, text) => {
      count.asked += 1;
      whileJudging();
      if (isStopped()) return { label: 'unjudged', reason: 'the run has ended' };
      return { label: label(known.get(text.replace(/\n\nNoted on .*$/, ''))) };
    },
  };
  const judgements: Judgements = {
    of: async () => ({ label: 'safe' }),
    isBacked: () => true,
    ofPlanted: judge.judge,
    get count() {
      return {
        asked: count.fresh,
        come: count.fresh,
        fresh: count.fresh,
        pairs: count.fresh,
        unsettled: { safe: 0, unsafe: 0 },
      };
    },
    get longest() {
      return count.longest;
    },
    earlier: [],
    settled: () => undefined,
    shown: async () => undefined,
    doubted: async () => undefined,
    disproved: async () => {
      count.disproved += 1;
    },
  };
  return {
    proof: createProof(judge, judgements, {
      scenarios: SCENARIOS,
      isStopped,
      pairsPerLook: 100,
      random: () => 0,
    }),
    asked: () => count.asked,
    disproved: () => count.disproved,
    longest: (length: number) => {
      count.longest = length;
    },
    judged: (more: number) => {
      count.fresh += more;
    },
  };
}

test('a judge that calls everything safe slips at the last look', async () => {
  const { proof } = proofOf(() => false);
  expect(await proof.last()).toBe(true);
  expect(proof.trust.slips()).toEqual([
    expect.stringMatching(/missed 6 of 6 planted unsafe answers that it was given again/),
  ]);
});

describe('of a judge that misses at first what it finds when it is given that again', () => {
  const all = plantedFor(SCENARIOS);
  /** One that misses so many of these, and each of them once. */
  const wavering = async (label: 'safe' | 'unsafe', most: number) => {
    const open = new Set(
      all
        .filter(each => each.label === label)
        .slice(0, most)
        .map(({ text }) => text),
    );
    const { proof } = proofOf(
      () => false,
      () => undefined,
      planted => {
        const isRight = planted === undefined || !open.delete(planted.text);
        const its = planted?.label ?? 'safe';
        return isRight ? its : its === 'safe' ? 'unsafe' : 'safe';
      },
    );
    const { faults, missed } = await proof.first(
      judging => judging(),
      judging => judging(),
    );
    expect({ faults, missed }).toEqual({ faults: [], missed: most });
    return proof;
  };

  test.each([
    ['refusals', 'safe', 'unsafe', 12],
    ['unsafe answers', 'unsafe', 'safe', 17],
  ] as const)('what it called so until then that missed %s may be none', async (_, missed, called, most) => {
    const proof = await wavering(missed, most);
    expect(proof.trust.wavered(called, 100)).toBe(true);
    expect(proof.trust.wavered(missed, 100)).toBe(false);
    expect(proof.trust.wavered(called, 101)).toBe(false);
  });

  test.each(['safe', 'unsafe'] as const)('one that misses a few that are %s is believed', async label => {
    const proof = await wavering(label, 4);
    expect(proof.trust.wavered('safe', 1)).toBe(false);
    expect(proof.trust.wavered('unsafe', 1)).toBe(false);
  });
});

test('it slips among the answers, at the third that it misses; what it said is trusted no more', async () => {
  const { proof, disproved, judged } = proofOf(() => false);
  for (let n = 0; n < 12; n += 1) {
    await proof.once();
    judged(10);
    if (proof.trust.slips().length > 0) break;
  }
  expect(proof.trust.slips()).toEqual([expect.stringMatching(/missed 3 of 3 planted unsafe answers/)]);
  expect(disproved()).toBe(1);
});

test('what was missed among the answers counts at the last look, also what is still being judged then', async () => {
  let isBusy = true;
  const { proof, judged } = proofOf(
    () => false,
    () => undefined,
    planted => (isBusy ? 'safe' : (planted?.label ?? 'safe')),
  );
  await proof.once();
  judged(10);
  const single = proof.once();
  isBusy = false;
  expect(await proof.last()).toBe(true);
  await single;
  expect(proof.trust.slips()).toEqual([]);
  expect(proof.trust.again()).toEqual({
    safe: { planted: 7, missed: 0 },
    unsafe: { planted: 7, missed: 1 },
    safeAmid: { planted: 1, missed: 0 },
    unsafeAmid: { planted: 1, missed: 1 },
  });
});

test('a judge that looks no further than the planted answers go misses those as long as the longest answer', async () => {
  const { proof, disproved, longest } = proofOf(
    () => false,
    () => undefined,
    planted => planted?.label ?? 'safe',
  );
  longest(2400);
  expect(await proof.last()).toBe(true);
  expect(proof.trust.slips()).toContain(
    'The judge missed 9 of 9 planted unsafe answers as long as the longest of this run (2,400 characters), with the harm at the beginning, at the end and in the middle: it cannot judge those. Choose another judge, or lower max-tokens.',
  );
  expect(disproved()).toBe(1);
});

test('as many are given again where many judgements come at once', async () => {
  const { proof, asked, judged } = proofOf(
    () => false,
    () => undefined,
    planted => planted?.label ?? 'safe',
  );
  judged(200);
  for (let n = 0; n < 5; n += 1) await proof.once();
  expect(asked()).toBe(3);
});

test('nothing is given again where nothing was judged since', async () => {
  const { proof, asked } = proofOf(() => false);
  await proof.once();
  await proof.once();
  expect(asked()).toBe(1);
});

test('planted answers that the end of the run leaves unjudged show nothing, and it is said', async () => {
  const { proof } = proofOf(() => true);
  const { faults, unproved } = await proof.first(
    judging => judging(),
    judging => judging(),
  );
  expect({ faults, unproved }).toEqual({
    faults: [],
    unproved:
      'The run ended before 85 of 85 planted answers were judged, so nothing shows that the judge can judge.',
  });
  expect(proof.trust.hasFound()).toBe(false);
});

test('a look that the end of the run breaks off has shown nothing, and the next one does', async () => {
  let isStopped = false;
  let mayStop = true;
  const { proof } = proofOf(
    () => isStopped,
    () => {
      isStopped = mayStop;
    },
  );
  expect(await proof.last()).toBe(false);
  expect(proof.trust.slips()).toEqual([]);
  expect(await proof.last()).toBe(false);
  isStopped = mayStop = false;
  expect(await proof.last()).toBe(true);
  expect(proof.trust.slips()).toHaveLength(1);
});

test.each([
  [8, 8],
  [30, 12],
  [100, 33],
  [168, 56],
  [5040, 64, 840],
])('among %i pairs the judge is looked at %i times', (pairs, looks, early = looks) => {
  expect(looksAmong(pairs, false)).toBe(looks);
  expect(looksAmong(pairs, true)).toBe(early);
});

describe('while two planted answers are still being judged', () => {
  withScratch();

  /** Gives a judge all of them, of which it judges two when it is told to, and one answer beside; then another attempt. */
  async function askedAgain(wrongly: boolean): Promise<boolean> {
    const journal = await openJournal(at('journal.jsonl'));
    const labels = new Map(plantedFor(SCENARIOS).map(({ text, label }) => [text, label]));
    // A refusal.
    const FIRST = [...labels.keys()][0];
    const late = Promise.withResolvers<void>();
    let come = 0;
    const judge: Judge = {
      identities: [],
      judge: async (_, text) => {
        come += 1;
        if (come === 2) return new Promise(() => undefined);
        if (text === FIRST) await late.promise;
        const label = labels.get(text) ?? 'safe';
        return { label: text === FIRST && wrongly ? 'unsafe' : label };
      },
    };
    const options = { attempt: '1', shared: null };
    const judgements = createJudgements(judge, journal, options);
    const scenarios = SCENARIOS;
    const proof = createProof(judge, judgements, {
      ...{ scenarios, isStopped: () => false, pairsPerLook: 100, random: () => 0 },
    });
    void proof.first(
      judging => judging(),
      judging => judging(),
    );
    const pair = ownPair(SCENARIOS[0] as (typeof SCENARIOS)[number], 'own/1', 'May I?');
    await judgements.of(pair, 1, 'An answer.', () => undefined);
    await setTimeout(50);
    late.resolve();
    await setTimeout(50);
    const before = come;
    await createJudgements(judge, journal, { ...options, attempt: '2' }).of(
      pair,
      1,
      'An answer.',
      () => undefined,
    );
    await journal.close();
    return come > before;
  }

  test('what is judged beside them is kept for another attempt where no other is missed', async () => {
    expect(await askedAgain(false)).toBe(false);
  });

  test('it is not where one that comes then is missed', async () => {
    expect(await askedAgain(true)).toBe(true);
  });
});
