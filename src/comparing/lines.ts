import { HARM_NUMBERS, HARM_SCENARIOS } from '../benchmark/scenarios.ts';
import type { Observation } from '../statistics/observation.ts';

/** What a model was asked, or a part of it. */
export interface AskedModel {
  readonly observations: readonly Observation[];
  /** Questions of each scenario in the whole data set: the weights of the scenarios. */
  readonly population: ReadonlyMap<string, number>;
  readonly repeats: number;
}

/** A line of the table. */
export interface LineOf {
  readonly name: string;
  readonly isScenario: boolean;
  /** What the line is estimated from: its part of what a model was asked, whichever model. */
  readonly part: (asked: AskedModel) => AskedModel;
}

/** The lines that are no scenario. */
export const WHOLES = { harm: HARM_NUMBERS, mean: 'mean over scenarios', all: 'all' } as const;

/** The lines of a table over these scenarios, in its order. */
export function linesOver(scenarios: readonly string[]): readonly LineOf[] {
  const harmful = scenarios.filter(name => HARM_SCENARIOS.has(name)).length;
  const whole = (name: string, part: LineOf['part']): LineOf => ({ name, isScenario: false, part });
  return [
    ...scenarios.map(name => ({ name, isScenario: true, part: within(new Set([name])) })),
    ...(harmful > 0 && harmful < scenarios.length ? [whole(WHOLES.harm, within(HARM_SCENARIOS))] : []),
    ...(scenarios.length > 1
      ? [whole(WHOLES.mean, asked => ({ ...asked, population: evenly(asked.population) }))]
      : []),
    whole(WHOLES.all, asked => asked),
  ];
}

const within =
  (names: ReadonlySet<string>): LineOf['part'] =>
  ({ observations, population, repeats }) => ({
    observations: observations.filter(({ stratum }) => names.has(stratum)),
    population: new Map([...population].filter(([name]) => names.has(name))),
    repeats,
  });

/** As if every scenario had as many questions as the largest: the paper's mean gives each the same weight. */
function evenly(population: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const most = Math.max(...population.values());
  return new Map([...population.keys()].map(name => [name, most]));
}
