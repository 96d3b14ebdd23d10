import { type Allowance, createAllowance } from './allowance.ts';
import type { Equipment } from './conduct.ts';
import { rolesIn } from './endpoint/hindrances.ts';
import { assumedCosts, judgementsOf, lookNeed, tooDearToProve } from './forecast.ts';
import type { RunConfig } from './inputs.ts';
import { judgeLabelled } from './judges/check.ts';
import type { PlantedFindings } from './judges/judge-planted.ts';
import { type Judge, unjudged } from './judges/judgement.ts';
import { plantedFor } from './judges/planted.ts';
import type { LetIn } from './proof.ts';
import type { Supervised, Supervision } from './supervision.ts';
import type { Watch } from './watch.ts';

/** What a run asks its judge besides its own answers, as far as the budget allows. */

export const allowanceFor = ({
  config,
  meter,
  connections,
  pairs,
  looks,
  startedAt,
  clock,
}: Supervision): Allowance =>
  createAllowance({
    budget: config.budget,
    meter,
    aside: lookNeed(config),
    looks: { each: judgementsOf(config, 1), count: looks, pairs },
    assumed: assumedCosts(config),
    startedAt,
    clock,
    atOnce: atOnceOf({ config, connections }),
  });

/** Requests that the endpoints let be in flight, now. Infinity in a batch, where none ends before all are asked. */
function atOnceOf({ config, connections }: Pick<Supervision, 'config' | 'connections'>): () => number {
  if (config.batch) return () => Number.POSITIVE_INFINITY;
  const pacers = new Set(rolesIn(config).map(([, access]) => connections.pacerOf(access)));
  return () => [...pacers].reduce((sum, { limit }) => sum + limit, 0);
}

/** Gives the judge the planted answers `after` that, as far as `max-cost` allows, and gives up where it does not. */
export async function proveWithin(
  allowance: Allowance,
  watch: Watch,
  after: Promise<void>,
  { config, meter, proof }: Supervision,
): Promise<PlantedFindings> {
  const all = {};
  allowance.hold(all, judgementsOf(config, plantedFor(config.selection.scenarios).length));
  const letIn: LetIn = async judging => {
    const turn = {};
    if (await allowance.beginHeld(all, turn, judgementsOf(config, 1))) {
      return judging().finally(() => allowance.end(turn));
    }
    watch.giveUp(tooDearToProve(config, meter.each.judgement));
    return null;
  };
  const letInMore: LetIn = judging => {
    // All that it held is begun by now, and what holds nothing must not be waited for.
    allowance.end(all);
    return withinBudget(allowance, config)(judging);
  };
  await after;
  return proof.first(letIn, letInMore).finally(() => allowance.end(all));
}

/** Has one more judged as far as the budget allows; null when it does not. */
const withinBudget =
  (allowance: Allowance, config: RunConfig) =>
  async <T>(judging: () => Promise<T>): Promise<T | null> => {
    const turn = {};
    if (!(await allowance.begin(turn, judgementsOf(config, 1)))) return null;
    return judging().finally(() => allowance.end(turn));
  };

/** Has the judge looked at with what was set aside for that. */
export const setAsideIn =
  (allowance: Allowance) =>
  async (looking: () => Promise<void>): Promise<void> => {
    const turn = {};
    allowance.beginLook(turn);
    await looking().finally(() => allowance.end(turn));
  };

/** Asks the judge about what people have labelled, as far as the budget allows. */
export async function measureWithin(
  allowance: Allowance,
  { isStopped }: Equipment,
  { config, judge, labels }: Supervision,
): Promise<Pick<Supervised, 'labelled' | 'isMeasureCut'>> {
  const letIn = withinBudget(allowance, config);
  let isMeasureCut = false;
  const within: Judge = {
    ...judge,
    async judge(pair, text) {
      const said = await letIn(() => judge.judge(pair, text));
      if (said === null || (said.label === 'unjudged' && isStopped())) isMeasureCut = true;
      return said ?? unjudged('not asked');
    },
  };
  const labelled = await judgeLabelled(within, labels);
  return { labelled, isMeasureCut };
}
