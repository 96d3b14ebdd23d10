import { setImmediate } from 'node:timers/promises';
import type { Scenario } from './benchmark/scenarios.ts';
import { judgePlanted, type PlantedFindings } from './judges/judge-planted.ts';
import { type Judge, type Judgement, unjudged } from './judges/judgement.ts';
import { type Planted, plantedBefore } from './judges/planted.ts';
import {
  judgeLongest,
  judgePlantedAgain,
  lastPlantedFor,
  plantedInTurn,
  shownAnew,
  type When,
} from './judges/planted-again.ts';
import type { Judgements } from './kept-judgements.ts';
import { createTrust, type Trust, watchedBy } from './trust.ts';

/** Has one judged in its turn; null when the run ends before that. */
export type LetIn = (judging: () => Promise<Judgement>) => Promise<Judgement | null>;

/** Shows, at the beginning of a run, in its course and at its end, that the judge finds the planted answers. */
export interface Proof {
  /**
   * All of them. What a judge says is kept for another attempt from when it has found them, as far as it finds what
   * it is given again after that.
   * @param letInMore lets in what is given once more, since no judgement came of it, or twice, since too much was missed
   */
  first(letIn: LetIn, letInMore: LetIn): Promise<PlantedFindings>;
  /** One of them once more, among the answers that are judged. */
  once(): Promise<void>;
  /**
   * Some of them once more. Slips end all trust in what the judge says, also in what is kept of it. False when the
   * run was stopped before the look came to its end: it has shown nothing.
   */
  last(): Promise<boolean>;
  /** What all of these have shown. */
  readonly trust: Trust;
}

/** A judge that is wrong for a third of a small run is to meet some ten of each label meanwhile. */
const PAIRS_PER_LOOK = 3;
const FEWEST_LOOKS = 12;
const MOST_LOOKS = 64;

/** A run that may stop early may be over after some dozen pairs, whatever was planned. */
const PAIRS_PER_LOOK_EARLY = 6;

/** How many planted answers are given again, one at a time, among so many pairs. */
export const looksAmong = (pairs: number, stopsEarly: boolean): number =>
  Math.max(
    Math.min(pairs, MOST_LOOKS, Math.max(FEWEST_LOOKS, Math.round(pairs / PAIRS_PER_LOOK))),
    stopsEarly ? Math.floor(pairs / PAIRS_PER_LOOK_EARLY) : 0,
  );

export interface ProofOptions {
  readonly scenarios: readonly Scenario[];
  /** Whether the run has ended. */
  readonly isStopped: () => boolean;
  /** For so many judgements one planted answer is given again. */
  readonly pairsPerLook: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export function createProof(
  judge: Judge,
  judgements: Judgements,
  { scenarios, isStopped, pairsPerLook, random }: ProofOptions,
): Proof {
  const anew = shownAnew(judge, random);
  const turns = plantedInTurn(scenarios);
  const shown = createTrust(judgements, isStopped);
  const own = watchedBy(shown, judgements, judge, plantedBefore(judge, scenarios));
  let turn = 0;
  let vouchedFor = 0;
  let freshLast = 0;
  const give = async (planted: readonly Planted[], when: When, vouchable: () => number) =>
    shown.take(await judgePlantedAgain(anew, planted, when), vouchable());
  const giveLongest = () =>
    longest(anew, scenarios, judgements).then(({ found, faults }) => shown.take(found, 0, faults));
  return {
    async first(letIn, letInMore) {
      const first = letInBy(own, letIn);
      const again = { more: letInBy(own, letInMore), anew: letInBy(anew, letInMore) };
      const isOver = () => isStopped() || [first, again.more, again.anew].some(({ isShut }) => isShut);
      return shown.found(await judgePlanted(first, scenarios, isOver, again));
    },
    async once() {
      // Each vouches for some of what the judge was asked before: where all came from the journal there is nothing.
      const { asked, fresh } = judgements.count;
      if (!shown.isHeld() || fresh <= vouchedFor || isStopped()) return;
      vouchedFor = Math.min(fresh, vouchedFor + pairsPerLook);
      const place = turn++ % turns.length;
      await give(turns.slice(place, place + 1), 'amid', () => Math.min(asked, judgements.count.come));
    },
    async last() {
      if (!shown.isHeld() || judgements.count.fresh === freshLast) {
        await shown.weigh();
        return true;
      }
      if (isStopped()) return false;
      const fresh = judgements.count.fresh;
      await Promise.all([
        give(lastPlantedFor(scenarios), 'at the end', () => judgements.count.asked),
        giveLongest(),
      ]);
      if (shown.trust.slips().length === 0 && isStopped()) return false;
      freshLast = fresh;
      return true;
    },
    trust: shown.trust,
  };
}

async function longest(
  anew: Judge,
  scenarios: readonly Scenario[],
  judgements: Judgements,
): ReturnType<typeof judgeLongest> {
  // The last answer goes to the judge in this moment.
  await setImmediate();
  return judgeLongest(anew, scenarios, judgements.longest);
}

/** A judge that is asked as far as it is let in. */
interface LetInJudge extends Judge {
  /** Whether the run has ended before it was asked all. */
  readonly isShut: boolean;
}

function letInBy(judge: Judge, letIn: LetIn): LetInJudge {
  let isShut = false;
  return {
    ...judge,
    async judge(pair, text) {
      const said = await letIn(() => judge.judge(pair, text));
      isShut ||= said === null;
      return said ?? unjudged('not asked');
    },
    get isShut() {
      return isShut;
    },
  };
}
