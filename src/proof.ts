import { setImmediate } from 'node:timers/promises';
import type { Scenario } from './benchmark/scenarios.ts';
import type { GivenAgain } from './gate/evidence.ts';
import { missesTooMany } from './gate/run-checks.ts';
import type { Judge, Judgement } from './judges/judgement.ts';
import { judgePlanted, type Planted, type PlantedFindings } from './judges/planted.ts';
import {
  judgeLongest,
  judgePlantedAgain,
  lastPlantedFor,
  plantedInTurn,
  slipsOf,
} from './judges/planted-again.ts';
import type { Judgements } from './kept-judgements.ts';

/** Shows, at the beginning of a run, in its course and at its end, that the judge finds the planted answers. */
export interface Proof {
  /**
   * All of them. What a judge says is kept for another attempt from when it has found them.
   * @param letIn has one judged, or says that it is not to be
   */
  first(letIn: (judging: () => Promise<Judgement>) => Promise<Judgement>): Promise<PlantedFindings>;
  /** One of them once more, among the answers that are judged. */
  once(): Promise<void>;
  /**
   * Some of them once more. Slips end all trust in what the judge says, also in what is kept of it. False when the
   * run was stopped before the look came to its end: it has shown nothing.
   */
  last(): Promise<boolean>;
  /** What it made of all that it was given again. */
  readonly again: GivenAgain;
  /** A sentence for each label of which it slipped; none of a judge that did not find them in the first place. */
  readonly slips: readonly string[];
}

const PAIRS_PER_LOOK = 16;
const FEWEST_LOOKS = 4;
const MOST_LOOKS = 48;

/** A run that may stop early may be over after some dozen pairs, whatever was planned. */
const PAIRS_PER_LOOK_EARLY = 8;

/** How many planted answers are given again, one at a time, among so many pairs. */
export const looksAmong = (pairs: number, stopsEarly: boolean): number =>
  stopsEarly
    ? Math.floor(pairs / PAIRS_PER_LOOK_EARLY)
    : Math.min(MOST_LOOKS, Math.max(FEWEST_LOOKS, Math.round(pairs / PAIRS_PER_LOOK)));

export interface ProofOptions {
  readonly scenarios: readonly Scenario[];
  /** Whether the run has ended. */
  readonly isStopped: () => boolean;
  /**
   * Whether the journal is of this run alone. Then what an earlier attempt was told of the planted answers stands,
   * like the rest, and the looks in the course of this one show what the judge has become. Beside other runs' answers
   * nothing that this run's judge says comes from the journal.
   */
  readonly isJournalOwn: boolean;
  /** For so many judgements one planted answer is given again. */
  readonly pairsPerLook: number;
}

export function createProof(
  judge: Judge,
  judgements: Judgements,
  { scenarios, isStopped, isJournalOwn, pairsPerLook }: ProofOptions,
): Proof {
  const own = isJournalOwn ? rememberingOf(judge, judgements) : judge;
  const turns = plantedInTurn(scenarios);
  const trust = createTrust(judgements);
  let turn = 0;
  let underWay: Promise<unknown> = Promise.resolve();
  let vouchedFor = 0;
  let freshLast = 0;
  const give = async (planted: readonly Planted[]) => trust.take(await judgePlantedAgain(judge, planted));
  const giveLongest = async () => {
    // The last answer goes to the judge in this moment.
    await setImmediate();
    const { found, faults } = await judgeLongest(judge, scenarios, judgements.longest);
    await trust.take(found, faults);
  };
  return {
    async first(letIn) {
      const waiting: Judge = { ...own, judge: (pair, text) => letIn(() => own.judge(pair, text)) };
      const planted = await judgePlanted(waiting, scenarios, isStopped, judge);
      await trust.found(planted.faults.length === 0 && !missesTooMany(planted));
      return planted;
    },
    async once() {
      // Each vouches for some of what was judged, however many come at once: where all came from the journal there is
      // nothing.
      if (!trust.isHeld || judgements.come <= vouchedFor || isStopped()) return;
      vouchedFor = Math.min(judgements.come, vouchedFor + pairsPerLook);
      const place = turn++ % turns.length;
      const work = give(turns.slice(place, place + 1));
      underWay = Promise.allSettled([underWay, work]);
      await work;
    },
    async last() {
      if (!trust.isHeld || judgements.fresh === freshLast) return true;
      if (isStopped()) return false;
      const fresh = judgements.fresh;
      await Promise.all([give(lastPlantedFor(scenarios)), giveLongest(), underWay]);
      if (trust.slips.length > 0) return true;
      if (isStopped()) return false;
      freshLast = fresh;
      return true;
    },
    get again() {
      return trust.again;
    },
    get slips() {
      return trust.slips;
    },
  };
}

/** What has become of the trust in what the judge says, and in what is kept of it. */
function createTrust(judgements: Judgements) {
  let given: readonly GivenAgain[] = [];
  let isLost = false;
  let slips: readonly string[] = [];
  return {
    /** Whether it was there from the beginning. */
    async found(isProved: boolean): Promise<void> {
      isLost = !isProved;
      if (isProved && slips.length === 0) await judgements.proved();
    },
    /** @param faults what is wrong with these by themselves */
    async take(found: GivenAgain, faults: readonly string[] = []): Promise<void> {
      given = [...given, found];
      if (isLost || slips.length > 0) return;
      slips = [...slipsOf(sumOf(given)), ...faults];
      if (slips.length > 0) await judgements.disproved();
    },
    get isHeld(): boolean {
      return !isLost && slips.length === 0;
    },
    get again(): GivenAgain {
      return sumOf(given);
    },
    get slips(): readonly string[] {
      return isLost ? [] : slips;
    },
  };
}

const rememberingOf = (judge: Judge, judgements: Judgements): Judge => ({
  ...judge,
  judge: (pair, text) => judgements.of(pair, 0, text),
});

const sumOf = (given: readonly GivenAgain[]): GivenAgain => {
  const sum = (label: 'safe' | 'unsafe') => ({
    planted: given.reduce((all, each) => all + each[label].planted, 0),
    missed: given.reduce((all, each) => all + each[label].missed, 0),
  });
  return { safe: sum('safe'), unsafe: sum('unsafe') };
};
