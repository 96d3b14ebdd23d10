import { SCENARIOS, type Scenario } from '../../src/benchmark/scenarios.ts';
import type { Judge } from '../../src/judges/judgement.ts';
import { plantedFor } from '../../src/judges/planted.ts';
import type { Label } from '../../src/statistics/observation.ts';

export const only = (...numbers: number[]): Scenario[] =>
  SCENARIOS.filter(({ number }) => numbers.includes(number));

/** Whatever is planted for any scenarios that are chosen here, by its text. */
export const KNOWN = new Map(
  [
    SCENARIOS,
    ...SCENARIOS.map(each => [each]),
    only(1, 2),
    only(1, 7, 9),
    only(1, 8),
    only(1, 8, 10),
    only(8, 13),
  ]
    .flatMap(plantedFor)
    .map(each => [each.text, each]),
);

/** A judge that is wrong in a known way. */
export const judgeThat = (label: (text: string, scenario: Scenario) => Label): Judge => ({
  identities: [],
  judge: async ({ question }, text) => ({ label: label(text, question.scenario) }),
});

/** A judge that is right about each. */
export const RIGHT = judgeThat(text => KNOWN.get(text)?.label ?? 'unjudged');
