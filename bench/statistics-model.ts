import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import type { Cluster, Stratum } from '../src/statistics/clusters.ts';
import { bisect, normalCdf, normalQuantile } from '../src/statistics/distributions.ts';

/** Uniform numbers in [0, 1). */
export type Uniform = () => number;

/** Pairs of repeated questions in 08-Political_Lobbying, each pair one cluster. */
const REPEATED = new Map([['08-Political_Lobbying', 19]]);

/** How much easier a scenario is to attack than the middle, on the probit scale: advice far easier than crime. */
const EASE = [-0.9, -0.6, -0.3, -0.4, -0.1, -0.5, -0.2, 0.9, -0.4, 0.7, 0.9, 0.6, 0.8];

/** The same for the three kinds: text in the picture is the stronger attack. */
const KINDS = [-0.4, 0.15, 0.25];

/** A stochastic model: the chance of each kind in each scenario, and how alike the kinds of a question are. */
export interface Model {
  /** The ASR of the process that questions and answers are drawn from. */
  readonly asr: number;
  /** [scenario][kind] */
  readonly chances: readonly (readonly number[])[];
  /** Correlation of the latent normal variables of a question's answers. */
  readonly correlation: number;
}

/** The model whose question-weighted ASR over the real strata is `asr`. */
export function modelOf(asr: number, correlation: number): Model {
  const chances = (level: number) => EASE.map(ease => KINDS.map(kind => normalCdf(level + ease + kind)));
  const level = bisect(x => rateOf(chances(x)) < asr, -8, 8);
  return { asr, chances: chances(level), correlation };
}

const total = SCENARIOS.reduce((sum, { questions }) => sum + questions, 0);

const rateOf = (chances: readonly (readonly number[])[]): number =>
  chances.reduce(
    (sum, kinds, i) =>
      sum + ((SCENARIOS[i]?.questions ?? 0) / total) * (kinds.reduce((a, b) => a + b) / kinds.length),
    0,
  );

/** How many questions of each scenario a sample of `size` has: largest remainder. */
export function allocation(size: number): readonly number[] {
  const exact = SCENARIOS.map(({ questions }) => (size * questions) / total);
  const given = exact.map(Math.floor);
  const left = size - given.reduce((a, b) => a + b);
  const order = exact
    .map((share, i) => [share - Math.floor(share), i] as const)
    .toSorted(([a], [b]) => b - a);
  for (const [, i] of order.slice(0, left)) given[i] = (given[i] ?? 0) + 1;
  return given;
}

export const POPULATION: ReadonlyMap<string, number> = new Map(
  SCENARIOS.map(({ name, questions }) => [name, questions]),
);

/** A question's standing before its answers: what makes it alike over kinds, repeats, models and its duplicate. */
export interface Drawn {
  readonly scenario: number;
  readonly cluster: number;
  readonly latent: number;
}

/** Draws a sample's questions from the process: new questions, those of 08 with their duplicates. */
export function drawQuestions(sizes: readonly number[], random: Uniform): readonly Drawn[] {
  return sizes.flatMap((size, scenario) => {
    const name = SCENARIOS[scenario]?.name ?? '';
    const all = SCENARIOS[scenario]?.questions ?? 0;
    const pairs = REPEATED.get(name) ?? 0;
    const cluster = (place: number) => (place < 2 * pairs ? place >> 1 : place - pairs);
    const places = shuffle(
      Array.from({ length: all }, (_, i) => i),
      random,
    ).slice(0, size);
    const latents = new Map<number, number>();
    return places.map(place => {
      const key = cluster(place);
      const latent = latents.get(key) ?? normal(random);
      latents.set(key, latent);
      return { scenario, cluster: key, latent };
    });
  });
}

/** Whether each kind of a question is answered unsafely, this time. */
export function answer(model: Model, { scenario, latent }: Drawn, random: Uniform): readonly boolean[] {
  const common = Math.sqrt(model.correlation) * latent;
  const own = Math.sqrt(1 - model.correlation);
  return (model.chances[scenario] ?? []).map(
    chance => common + own * normal(random) < normalQuantileCached(chance),
  );
}

/** The same question put to two models, kind by kind: their own chances are `alike` to that degree, from 0 to 1. */
export function twoAnswers(
  before: Model,
  now: Model,
  { scenario, latent }: Drawn,
  alike: number,
  random: Uniform,
): readonly (readonly [boolean, boolean])[] {
  const common = Math.sqrt(before.correlation) * latent;
  const own = 1 - before.correlation;
  return (before.chances[scenario] ?? []).map((chance, kind) => {
    const both = common + Math.sqrt(own * alike) * normal(random);
    const apart = () => Math.sqrt(own * (1 - alike)) * normal(random);
    const other = now.chances[scenario]?.[kind] ?? chance;
    return [
      both + apart() < normalQuantileCached(chance),
      both + apart() < normalQuantileCached(other),
    ] as const;
  });
}

/** The chance that each kind of this very question is answered unsafely. */
export const chanceOf = ({ chances, correlation }: Model, { scenario, latent }: Drawn): readonly number[] =>
  (chances[scenario] ?? []).map(chance =>
    normalCdf((normalQuantileCached(chance) - Math.sqrt(correlation) * latent) / Math.sqrt(1 - correlation)),
  );

/** The ASR of each scenario's process. */
export const scenarioRates = ({ chances }: Model): ReadonlyMap<string, number> =>
  new Map(
    SCENARIOS.map(({ name }, i) => [name, (chances[i] ?? []).reduce((a, b) => a + b, 0) / KINDS.length]),
  );

/** The strata as `gather` makes them, from counts: `asked` answers of each question and how many were unsafe. */
export function strataOf(
  drawn: readonly Drawn[],
  answersOf: (question: Drawn) => {
    readonly unsafe: number;
    readonly judged: number;
    readonly answerVariance: number | null;
  },
): readonly Stratum[] {
  const byScenario = Map.groupBy(drawn, ({ scenario }) => scenario);
  return [...byScenario].map(([scenario, own]) => {
    const name = SCENARIOS[scenario]?.name ?? '';
    const clusters: Cluster[] = [...Map.groupBy(own, ({ cluster }) => cluster)].map(([key, same]) => {
      const counts = same.map(answersOf);
      const judged = counts.reduce((sum, each) => sum + each.judged, 0);
      const variances = counts.map(({ answerVariance }) => answerVariance);
      const variance = variances.reduce<number>((sum, v) => sum + (v ?? 0), 0) / counts.length ** 2;
      return {
        stratum: name,
        key: String(key),
        judged,
        unsafe: counts.reduce((sum, each) => sum + each.unsafe, 0),
        answerVariance: variances.includes(null) ? null : variance,
      };
    });
    const sum = (of: (cluster: Cluster) => number) => clusters.reduce((all, each) => all + of(each), 0);
    return { name, clusters, judged: sum(c => c.judged), unsafe: sum(c => c.unsafe), questions: own.length };
  });
}

const quantiles = new Map<number, number>();
function normalQuantileCached(p: number): number {
  const known = quantiles.get(p);
  if (known !== undefined) return known;
  const value = normalQuantile(p);
  quantiles.set(p, value);
  return value;
}

/** A standard normal number (Box and Muller). */
function normal(random: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

export function shuffle<T>(items: T[], random: Uniform): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
