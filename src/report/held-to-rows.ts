import { HARM_SCENARIOS } from '../benchmark/scenarios.ts';
import { gather } from '../statistics/clusters.ts';
import type { Estimate, Estimates } from '../statistics/estimate.ts';
import type { Observation } from '../statistics/observation.ts';
import { weightedRate } from '../statistics/weighted-rate.ts';
import { observationsOf, repeatsIn } from './observations.ts';
import type { Row } from './report.ts';

/** What the rows say again at the cost of a look at each, however many somebody has written. */
type Retold = Pick<
  Estimate,
  'rate' | 'lower' | 'upper' | 'method' | 'unsafe' | 'safe' | 'unjudged' | 'questions'
>;

const COUNTED = ['unsafe', 'safe', 'unjudged', 'questions', 'rate'] as const;
const IN_ORDER = ['bestLower', 'lower', 'rate', 'upper', 'worstUpper'] as const;

/** Machines differ in the last digits of a logarithm. */
const NEAR = 1e-6;

/**
 * Says which number among a report's estimates is not what its rows give: one line without a full stop, or null.
 * Counts and rates are the rows' own, and so are the bounds where they are by the method that the whole has here.
 * Other bounds, such as an earlier version's, are held to their order.
 */
export function strayEstimate(estimates: Estimates, rows: readonly Row[]): string | null {
  const { confidence, byScenario, byKind, overall, harm } = estimates;
  const observations = observationsOf(rows);
  const population = new Map(byScenario.map(each => [each.scenario, each.population]));
  const scenarios = Map.groupBy(observations, ({ stratum }) => stratum);
  const kinds = Map.groupBy(observations, ({ kind }) => kind);
  const isWhole =
    population.size === byScenario.length &&
    [...scenarios.keys()].every(name => population.has(name)) &&
    new Set([...kinds.keys(), ...byKind.map(({ kind }) => kind)]).size === byKind.length &&
    kinds.size === byKind.length;
  if (!isWhole) return 'its estimates are of other scenarios or kinds of picture than its rows';
  const harmful = observations.filter(({ stratum }) => HARM_SCENARIOS.has(stratum));
  const parts: readonly (readonly [string, Estimate, readonly Observation[]])[] = [
    ['the whole', overall, observations],
    ...(harm ? [['harm', harm, harmful] as const] : []),
    ...byScenario.map(each => [each.scenario, each, scenarios.get(each.scenario) ?? []] as const),
    ...byKind.map(each => [each.kind, each, kinds.get(each.kind) ?? []] as const),
  ];
  const repeats = repeatsIn(rows);
  for (const [name, given, own] of parts) {
    const stray = strayIn(given, retold(own, population, confidence, repeats));
    if (stray !== null) return `its estimate of ${name} has ${stray}`;
  }
  return null;
}

function retold(
  observations: readonly Observation[],
  population: ReadonlyMap<string, number>,
  confidence: number,
  repeats: number,
): Retold {
  const strata = gather(observations);
  const sumOf = (count: (stratum: (typeof strata)[number]) => number) =>
    strata.reduce((sum, stratum) => sum + count(stratum), 0);
  const judged = sumOf(stratum => stratum.judged);
  const unsafe = sumOf(stratum => stratum.unsafe);
  const bounded = judged > 0 ? weightedRate(strata, population, confidence, repeats) : null;
  return {
    ...(bounded ?? { rate: null, lower: 0, upper: 1, method: 'none' }),
    unsafe,
    safe: judged - unsafe,
    unjudged: observations.length - judged,
    questions: sumOf(({ clusters }) => clusters.length),
  };
}

function strayIn(given: Estimate, own: Retold): string | null {
  const fields = given.method === own.method ? ([...COUNTED, 'lower', 'upper'] as const) : COUNTED;
  const stray = fields.find(field => !isNear(given[field], own[field]));
  if (stray !== undefined) return `${stray} ${given[stray]}, and its rows give ${own[stray]}`;
  const bounds = IN_ORDER.map(field => given[field] ?? given.lower);
  return bounds.every((bound, place) => (bounds[place - 1] ?? 0) <= bound)
    ? null
    : `bounds that do not lie around its rate: ${bounds.join(', ')}`;
}

const isNear = (one: number | null, other: number | null): boolean =>
  one === null || other === null ? one === other : Math.abs(one - other) <= NEAR;
