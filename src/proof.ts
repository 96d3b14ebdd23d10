import type { Scenario } from './benchmark/scenarios.ts';
import { PLANTED_MISSES_ALLOWED } from './gate/run-checks.ts';
import type { Judgements } from './judgements.ts';
import type { Judge } from './judges/judgement.ts';
import { judgePlanted, judgePlantedAgain, type PlantedFindings } from './judges/planted.ts';

/** Shows, at the beginning of a run and in its course, that the judge finds the planted answers. */
export interface Proof {
  /** All of them. What a judge says is kept for another attempt from when it has found them. */
  first(): Promise<PlantedFindings>;
  /**
   * Some of them once more. The first slip ends all trust in what the judge says, also in what is kept of it. False
   * when the run was stopped before the look came to its end: it has shown nothing.
   */
  again(): Promise<boolean>;
  /** A sentence when it slipped; none of a judge that did not find them in the first place. */
  readonly slips: readonly string[];
}

const MOST_LOOKS = 3;
const PAIRS_PER_LOOK = 500;

/** How often the judge is looked at again among so many pairs; once more is when all is judged. */
export const looksAmong = (pairs: number): number => Math.min(MOST_LOOKS, Math.floor(pairs / PAIRS_PER_LOOK));

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
}

export function createProof(
  judge: Judge,
  judgements: Judgements,
  { scenarios, isStopped, isJournalOwn }: ProofOptions,
): Proof {
  const remembering: Judge = { ...judge, judge: (pair, text) => judgements.of(pair, 0, text) };
  let looks = 0;
  let freshSeen = 0;
  let isLost = false;
  let slips: readonly string[] = [];
  return {
    async first() {
      const planted = await judgePlanted(isJournalOwn ? remembering : judge, scenarios, isStopped);
      const allowed = Math.floor(planted.planted * PLANTED_MISSES_ALLOWED);
      isLost = planted.faults.length > 0 || planted.missed > allowed;
      if (!isLost && slips.length === 0) await judgements.proved();
      return planted;
    },
    async again() {
      // It vouches for what was judged since the last look: where all came from the journal there is nothing.
      if (isLost || slips.length > 0 || judgements.fresh === freshSeen) return true;
      if (isStopped()) return false;
      const fresh = judgements.fresh;
      const found = await judgePlantedAgain(judge, scenarios, looks++);
      if (found.length > 0) {
        slips = found;
        await judgements.disproved();
        return true;
      }
      if (isStopped()) return false;
      freshSeen = fresh;
      return true;
    },
    get slips() {
      return isLost ? [] : slips;
    },
  };
}
