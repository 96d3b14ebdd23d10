import { clopperPearsonLower, clopperPearsonUpper } from './clopper-pearson.ts';
import type { Cluster, Stratum } from './clusters.ts';
import { tQuantile } from './distributions.ts';

/** A rate with one-sided bounds; all fractions. */
export interface BoundedRate {
  readonly rate: number;
  readonly lower: number;
  readonly upper: number;
  readonly method: string;
}

/** With fewer unsafe, or fewer safe, questions than this an estimated variance is not worth relying on. */
const ENOUGH = 10;

/** A cluster with its share of the whole estimate: the shares of all clusters sum to one. */
interface Weighted {
  readonly cluster: Cluster;
  readonly weight: number;
  readonly share: number;
}

/**
 * The scenario-weighted rate Σ W·(unsafe / judged) with one-sided bounds of Korn and Graubard (Survey Methodology
 * 24, 1998, 193–201): Clopper and Pearson's on the effective sample size p(1−p)/V, adjusted by the t distribution
 * for the degrees of freedom of the design. V is the stratified variance between questions. The effective size is
 * never more than the answers there are, so that no interval shrinks to nothing. With fewer than ten unsafe or ten
 * safe questions, or no variance, Clopper and Pearson's on Kish's effective number of questions, 1 / Σ weight².
 *
 * With `repeats` of 1 the bounds hold for the process that questions and answers come from. From 2 on the answers'
 * own variance is known, and the finite population correction makes them hold for these questions as they are.
 *
 * @param strata at least one, each with at least one judged answer
 * @param population questions of each scenario in the whole data set, duplicates counted each
 */
export function weightedRate(
  strata: readonly Stratum[],
  population: ReadonlyMap<string, number>,
  confidence: number,
  repeats: number,
): BoundedRate {
  const size = ({ name, questions }: Stratum) => Math.max(population.get(name) ?? 0, questions);
  const whole = sum(strata.map(size));
  const groups = strata.map(stratum => weigh(stratum, size(stratum) / whole));
  const clusters = groups.flat();
  // Divided at the end: shares of the whole need not add up to exactly one, and a rate is never above it.
  const rate = sum(strata.map(stratum => size(stratum) * (stratum.unsafe / stratum.judged))) / whole;
  const answers = sum(strata.map(({ judged }) => judged));
  const fractions = new Map(
    strata.map(stratum => [stratum.name, repeats > 1 ? stratum.questions / size(stratum) : 0]),
  );
  const { variance, freedom } = varianceOf(groups, fractions);
  const spread = rate * (1 - rate);
  if (!enough(clusters) || variance <= 0 || freedom < 1 || spread <= 0) {
    const n = 1 / sum(clusters.map(({ weight }) => weight ** 2));
    return { rate, ...bounds(rate, n, confidence), method: 'Clopper–Pearson on questions' };
  }
  const adjustment = (tQuantile(confidence, answers - 1) / tQuantile(confidence, freedom)) ** 2;
  const effective = Math.min(answers, (spread / variance) * adjustment);
  return { rate, ...bounds(rate, effective, confidence), method: 'Korn–Graubard' };
}

const bounds = (rate: number, n: number, confidence: number) => ({
  lower: Math.min(rate, clopperPearsonLower(rate * n, n, confidence)),
  upper: Math.max(rate, clopperPearsonUpper(rate * n, n, confidence)),
});

function weigh(stratum: Stratum, weight: number): readonly Weighted[] {
  return stratum.clusters.map(cluster => ({
    cluster,
    weight: (weight * cluster.judged) / stratum.judged,
    share: cluster.unsafe / cluster.judged,
  }));
}

function enough(clusters: readonly Weighted[]): boolean {
  const unsafe = clusters.filter(({ share }) => share > 0).length;
  const safe = clusters.filter(({ share }) => share < 1).length;
  return unsafe >= ENOUGH && safe >= ENOUGH;
}

/**
 * Variance of the weighted rate between clusters within scenarios, linearised (Cochran, Sampling Techniques, 1977,
 * 5.6 and 10.4): n/(n−1)·Σ (weight·(share − mean))², and with a sampling fraction f above nought (1−f) of it plus f
 * times what the answers' own variance makes. Scenarios with a single question are taken together, which
 * overstates their variance (ibid., 5A.12).
 */
function varianceOf(groups: readonly (readonly Weighted[])[], fractions: ReadonlyMap<string, number>) {
  const single = groups.filter(group => group.length === 1).flat();
  const several = groups.filter(group => group.length > 1);
  const smallest = single.length === 1 ? several.toSorted((a, b) => a.length - b.length)[0] : undefined;
  const collapsed = [...single, ...(smallest ?? [])];
  const strata = [
    ...several.filter(group => group !== smallest),
    ...(collapsed.length > 0 ? [collapsed] : []),
  ];
  const freedom = sum(strata.map(({ length }) => length - 1));
  return { variance: sum(strata.map(stratum => stratumVariance(stratum, fractions))), freedom };
}

function stratumVariance(clusters: readonly Weighted[], fractions: ReadonlyMap<string, number>): number {
  const n = clusters.length;
  if (n < 2) return 0;
  const mean = sum(clusters.map(({ weight, share }) => weight * share)) / sum(clusters.map(c => c.weight));
  const between = (n / (n - 1)) * sum(clusters.map(({ weight, share }) => (weight * (share - mean)) ** 2));
  const own = clusters.map(({ cluster, weight }) =>
    cluster.answerVariance === null ? null : weight ** 2 * cluster.answerVariance,
  );
  if (own.some(value => value === null)) return between;
  const fraction = clusters.reduce(
    (least, { cluster }) => Math.min(least, fractions.get(cluster.stratum) ?? 0),
    1,
  );
  return (1 - fraction) * between + fraction * sum(own.map(Number));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
