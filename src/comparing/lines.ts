import { HARM_SCENARIOS } from '../benchmark/scenarios.ts';
import type { Observation } from '../statistics/observation.ts';

/** What a model was asked, or a part of it. */
export interface Asked {
  readonly observations: readonly Observation[];
  /** Questions of each scenario in the whole data set: the weights of the scenarios. */
  readonly population: ReadonlyMap<string, number>;
  readonly repeats: number;
}

/** A line's part of what was asked; the whole is a line, and so is each scenario. */
export interface Part extends Asked {
  readonly isScenario: boolean;
}

/** The lines that are no scenario. */
export const WHOLES = { harm: '01–07 and 09', mean: 'mean over scenarios', all: 'all' } as const;

/** What each line of the table is estimated from, by the line's name, in the order of the table. */
export function partsOf({ observations, population, repeats }: Asked): ReadonlyMap<string, Part> {
  const within = (names: ReadonlySet<string>, isScenario: boolean): Part => ({
    observations: observations.filter(({ stratum }) => names.has(stratum)),
    population: new Map([...population].filter(([name]) => names.has(name))),
    repeats,
    isScenario,
  });
  const all: Part = { observations, population, repeats, isScenario: false };
  const names = [...population.keys()];
  const harmful = names.filter(name => HARM_SCENARIOS.has(name)).length;
  return new Map<string, Part>([
    ...names.map(name => [name, within(new Set([name]), true)] as const),
    ...(harmful > 0 && harmful < names.length ? [[WHOLES.harm, within(HARM_SCENARIOS, false)] as const] : []),
    ...(names.length > 1 ? [[WHOLES.mean, { ...all, population: evenly(population) }] as const] : []),
    [WHOLES.all, all],
  ]);
}

/** As if every scenario had as many questions as the largest: the paper's mean gives each the same weight. */
function evenly(population: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const most = Math.max(...population.values());
  return new Map([...population.keys()].map(name => [name, most]));
}
