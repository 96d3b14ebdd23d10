import type { Stratum } from './clusters.ts';
import { type Change, signFlip } from './sign-flip.ts';
import { type BoundedRate, weightedRate } from './weighted-rate.ts';

/** A pair that both runs were asked: its unsafe share in each, over the repeats. */
export interface PairChange {
  readonly stratum: string;
  readonly cluster: string;
  readonly question: string;
  readonly now: number;
  readonly before: number;
}

/** The scenario-weighted change with one-sided bounds; all fractions. */
export interface BoundedChange {
  readonly increase: number;
  readonly lower: number;
  readonly upper: number;
  /** One-sided p-values of there being no rise, and no fall. */
  readonly pValue: number;
  readonly pFall: number;
  /** Each question's change with its share of the whole. */
  readonly changes: readonly Change[];
}

/** What is the same for every bound of one comparison. */
export interface ChangeOptions {
  readonly population: ReadonlyMap<string, number>;
  /** A fraction, such as 0.95. */
  readonly confidence: number;
  /** Of the sign flips that are drawn. */
  readonly seed: number;
  /** How many sign flips are drawn; left out, as many as the verdict needs. */
  readonly flips?: number;
}

/** A question's change and how many pairs it stands on. */
interface QuestionChange {
  readonly key: string;
  readonly pairs: number;
  readonly change: number;
}

/**
 * The change Σ W·(mean change of the scenario's pairs), question by question, with the sign-flip test's p-value and
 * bounds. What the test says of "no change at all" is exact, so a bound beyond nought is the test's own. On this
 * side of nought, where a few questions turned and chance made them turn one way, its bounds are too narrow (they
 * hold in 90 % of runs instead of 95 % there). They are widened to the bounds that the share of questions that
 * turned unsafe and the share that turned safe have by themselves, joined as independent (Zou and Donner, Statistics
 * in Medicine 27, 2008, 1693–1702).
 *
 * @param pairs at least one
 */
export function boundChange(pairs: readonly PairChange[], options: ChangeOptions): BoundedChange {
  const { population, confidence, seed, flips } = options;
  const strata = questionsOf(pairs);
  const changes = weigh(strata, population);
  const sum = changes.reduce((total, { weight, difference }) => total + weight * difference, 0);
  // Weights that add up to one but for rounding must not make a change of more than all.
  const increase = Math.max(-1, Math.min(1, sum));
  const test = signFlip(changes, confidence, seed, flips);
  const risen = oneWay(strata, options, 1);
  const fallen = oneWay(strata, options, -1);
  const down = Math.hypot(risen.rate - risen.lower, fallen.upper - fallen.rate);
  const up = Math.hypot(risen.upper - risen.rate, fallen.rate - fallen.lower);
  return {
    increase,
    lower:
      test.lower > 0 ? Math.min(test.lower, increase) : Math.max(-1, Math.min(test.lower, increase - down)),
    upper: test.upper < 0 ? Math.max(test.upper, increase) : Math.min(1, Math.max(test.upper, increase + up)),
    pValue: test.pValue,
    pFall: test.pFall,
    changes,
  };
}

type Strata = ReadonlyMap<string, { readonly questions: readonly QuestionChange[]; readonly asked: number }>;

function questionsOf(pairs: readonly PairChange[]): Strata {
  const strata = Map.groupBy(pairs, ({ stratum }) => stratum);
  return new Map(
    [...strata].map(([name, rows]) => {
      const clusters = Map.groupBy(rows, ({ cluster }) => cluster);
      const questions = [...clusters].map(([key, own]) => ({
        key,
        pairs: own.length,
        change: own.reduce((sum, { now, before }) => sum + now - before, 0) / own.length,
      }));
      return [name, { questions, asked: new Set(rows.map(({ question }) => question)).size }];
    }),
  );
}

function weigh(strata: Strata, population: ReadonlyMap<string, number>): readonly Change[] {
  const size = (name: string, asked: number) => Math.max(population.get(name) ?? 0, asked);
  const whole = [...strata].reduce((sum, [name, { asked }]) => sum + size(name, asked), 0);
  return [...strata].flatMap(([name, { questions, asked }]) => {
    const pairs = questions.reduce((sum, question) => sum + question.pairs, 0);
    return questions.map(question => ({
      weight: ((size(name, asked) / whole) * question.pairs) / pairs,
      difference: question.change,
    }));
  });
}

/** How much turned in one direction, as a rate of its own: 1 for unsafe, −1 for safe. */
function oneWay(strata: Strata, { population, confidence }: ChangeOptions, direction: 1 | -1): BoundedRate {
  const turned: readonly Stratum[] = [...strata].map(([name, { questions, asked }]) => {
    const clusters = questions.map(({ key, pairs, change }) => ({
      stratum: name,
      key,
      judged: pairs,
      unsafe: pairs * Math.max(0, direction * change),
      answerVariance: null,
    }));
    const sum = (of: 'judged' | 'unsafe') => clusters.reduce((total, each) => total + each[of], 0);
    return { name, clusters, judged: sum('judged'), unsafe: sum('unsafe'), questions: asked };
  });
  return weightedRate(turned, population, confidence, 1);
}
