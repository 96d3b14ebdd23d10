import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import type { Judgements } from '../src/judgements.ts';
import type { Judge } from '../src/judges/judgement.ts';
import { createProof, looksAmong } from '../src/proof.ts';

/** A judge that calls everything safe, over judgements of which so many are new. */
function proofOf(isStopped: () => boolean, whileJudging: () => void = () => undefined) {
  const judge: Judge = {
    identities: [],
    judge: async () => {
      whileJudging();
      return isStopped() ? { label: 'unjudged', reason: 'the run has ended' } : { label: 'safe' };
    },
  };
  const judgements: Judgements = {
    of: async () => ({ label: 'safe' }),
    fresh: 100,
    proved: async () => undefined,
    disproved: async () => undefined,
  };
  return createProof(judge, judgements, { scenarios: SCENARIOS, isStopped, isJournalOwn: false });
}

test('a judge that calls everything safe slips at the first look', async () => {
  const proof = proofOf(() => false);
  expect(await proof.again()).toBe(true);
  expect(proof.slips.join()).toMatch(/missed 6 of 12 planted answers that it was given again/);
});

test('a look that the end of the run breaks off has shown nothing, and the next one does', async () => {
  let isStopped = false;
  let mayStop = true;
  const proof = proofOf(
    () => isStopped,
    () => {
      isStopped = mayStop;
    },
  );
  expect(await proof.again()).toBe(false);
  expect(proof.slips).toEqual([]);
  expect(await proof.again()).toBe(false);
  isStopped = mayStop = false;
  expect(await proof.again()).toBe(true);
  expect(proof.slips).toHaveLength(1);
});

test.each([
  [499, 0],
  [500, 1],
  [5040, 3],
])('among %i pairs the judge is looked at %i times', (pairs, looks) => {
  expect(looksAmong(pairs)).toBe(looks);
});
