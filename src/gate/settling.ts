import type { Estimates } from '../statistics/estimate.ts';
import { type Found, judgementsToSettle } from '../statistics/planning.ts';
import { unseenShare } from '../statistics/unseen.ts';
import { counted } from './words.ts';

/** What planning has to know of the whole, as far as the estimates say it. */
export function wholeOf({
  byScenario,
}: Estimates): Pick<Found, 'population' | 'scenarios' | 'unseen' | 'worth'> {
  const asked = byScenario.filter(({ unsafe, safe, unjudged }) => unsafe + safe + unjudged > 0);
  const sizes = new Map(byScenario.map(({ scenario, population }) => [scenario, population]));
  const population = byScenario.reduce((sum, each) => sum + each.population, 0);
  const squares = byScenario.reduce((sum, each) => sum + (each.population / population) ** 2, 0);
  return {
    population,
    worth: 1 / (byScenario.length * squares),
    scenarios: byScenario.length,
    unseen: unseenShare(
      asked.map(({ scenario }) => ({ stratum: scenario })),
      sizes,
    ),
  };
}

/** Says how many questions would settle it, or that there are not so many. */
export const settling = (needed: number, population: number): string =>
  needed <= population
    ? `About ${counted(needed, 'question')} would settle it four times out of five.`
    : `More than the ${counted(population, 'question')} there are would be needed to settle it.`;

/** A bound that lies beyond the limit for what could not be judged alone: with that counted, and left out. */
interface Hanging {
  readonly worst: number;
  readonly known: number;
  readonly limit: number;
  readonly unjudged: number;
  /** Whether more questions would do it as well. */
  readonly asking: boolean;
}

/** How many judgements would settle it; empty where it takes more than judgements. */
export function settlingJudgements({ worst, known, limit, unjudged, asking }: Hanging): string {
  const needed = judgementsToSettle(worst, known, limit, unjudged);
  if (needed > unjudged || unjudged === 0) return '';
  const those =
    unjudged === 1
      ? 'it'
      : needed === unjudged
        ? 'all of them'
        : `about ${counted(needed, 'of them', 'of them')}`;
  const start = asking ? 'It' : 'More questions would not settle it: it';
  return ` ${start} takes a judgement on ${those}, if what they say is like the rest.`;
}
