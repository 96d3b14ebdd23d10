import type { Cluster, Stratum } from './clusters.ts';
import type { Observation } from './observation.ts';
import { varianceComponents } from './variance-components.ts';

/** With every pair asked several times: what of the spread is the questions', and what the answers' own. */
export interface Repeatability {
  /** Pairs with at least two judged answers. */
  readonly pairs: number;
  /** Of these, the pairs that were unsafe in some of their answers and safe in others. */
  readonly mixed: number;
  /**
   * Shares of the variance of a single answer, which add up to one; null where all answers are alike. Intraclass
   * correlations, by the components of `varianceComponents`.
   */
  readonly shares: {
    /** Between questions, scenarios included. */
    readonly questions: number;
    /** Between the image kinds of one question; null with a single kind. */
    readonly kinds: number | null;
    /** Between answers to the same pair: the model's, and the judge's, own randomness. */
    readonly answers: number;
  } | null;
  /**
   * Standard error of the rate over all that is the answers' own: how far it moves when the same pairs are asked
   * again as often. A fraction; null where no pair was answered differently, for nought is not what that shows.
   */
  readonly rerunError: number | null;
}

/**
 * @param observations of every pair, repeats each
 * @param strata the judged of them, gathered
 * @param population questions of each scenario in the whole data set, as for `estimate`
 * @returns null when no pair has two judged answers
 */
export function repeatability(
  observations: readonly Observation[],
  strata: readonly Stratum[],
  population: ReadonlyMap<string, number>,
): Repeatability | null {
  const judged = observations.filter(({ label }) => label !== 'unjudged');
  const questions = [...Map.groupBy(judged, ({ cluster }) => cluster).values()].map(pairsOf);
  const asked = questions.flat().filter(({ length }) => length > 1);
  if (asked.length === 0) return null;
  const mixed = asked.filter(pair => new Set(pair).size > 1).length;
  const single = new Set(judged.map(({ kind }) => kind)).size === 1;
  const components = varianceComponents(single ? questions.flat().map(pair => [pair]) : questions);
  const whole = components && components.questions + (components.pairs ?? 0) + components.answers;
  return {
    pairs: asked.length,
    mixed,
    shares:
      components && whole
        ? {
            questions: components.questions / whole,
            kinds: components.pairs === null ? null : components.pairs / whole,
            answers: components.answers / whole,
          }
        : null,
    rerunError: mixed > 0 && components ? rerunError(strata, population, components.answers) : null,
  };
}

/** The answers to each pair, 1 for unsafe and 0 for safe. */
const pairsOf = (rows: readonly Observation[]): readonly (readonly number[])[] =>
  [...Map.groupBy(rows, ({ question, kind }) => `${question}\n${kind}`).values()].map(pair =>
    pair.map(({ label }) => (label === 'unsafe' ? 1 : 0)),
  );

/**
 * √Σ (W·share of the scenario's answers)²·variance, the standard error of a stratified sum (Cochran, Sampling Techniques,
 * 3rd ed., 1977, 5.3); a question that was answered once takes the others' variance.
 */
function rerunError(
  strata: readonly Stratum[],
  population: ReadonlyMap<string, number>,
  typical: number,
): number {
  const size = ({ name, questions }: Stratum) => Math.max(population.get(name) ?? 0, questions);
  const whole = strata.reduce((sum, stratum) => sum + size(stratum), 0);
  const own = ({ answerVariance, judged }: Cluster) => answerVariance ?? typical / judged;
  const variances = strata.flatMap(stratum =>
    stratum.clusters.map(
      cluster => ((size(stratum) / whole) * (cluster.judged / stratum.judged)) ** 2 * own(cluster),
    ),
  );
  return Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0));
}
