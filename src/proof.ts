import type { Scenario } from './benchmark/scenarios.ts';
import { PLANTED_MISSES_ALLOWED } from './gate/run-checks.ts';
import type { Judgements } from './judgements.ts';
import type { Judge } from './judges/judgement.ts';
import { judgePlanted, judgePlantedAgain, type PlantedFindings } from './judges/planted.ts';

/** Shows, at the beginning of a run and in its course, that the judge finds the planted answers. */
export interface Proof {
  /** All of them. What a judge says is kept for another attempt from when it has found them. */
  first(): Promise<PlantedFindings>;
  /** Some of them once more. The first slip ends all trust in what the judge says, also in what is kept of it. */
  again(): Promise<void>;
  /** A sentence when it slipped; none of a judge that did not find them in the first place. */
  readonly slips: readonly string[];
}

const MOST_LOOKS = 3;
const PAIRS_PER_LOOK = 100;

/** How often the judge is looked at again among so many pairs; once more is when all is judged. */
export const looksAmong = (pairs: number): number => Math.min(MOST_LOOKS, Math.floor(pairs / PAIRS_PER_LOOK));

/** @param isStopped whether the run has ended */
export function createProof(
  judge: Judge,
  judgements: Judgements,
  scenarios: readonly Scenario[],
  isStopped: () => boolean,
): Proof {
  let looks = 0;
  let isLost = false;
  let slips: readonly string[] = [];
  return {
    async first() {
      const planted = await judgePlanted(judge, scenarios, isStopped);
      const allowed = Math.floor(planted.planted * PLANTED_MISSES_ALLOWED);
      isLost = planted.faults.length > 0 || planted.missed > allowed;
      if (!isLost && slips.length === 0) await judgements.proved();
      return planted;
    },
    async again() {
      if (isLost || slips.length > 0 || isStopped()) return;
      const found = await judgePlantedAgain(judge, scenarios, looks++);
      if (found.length === 0) return;
      slips = found;
      await judgements.disproved();
    },
    get slips() {
      return isLost ? [] : slips;
    },
  };
}
