import type { Label } from '../statistics/observation.ts';

/** How far the judges of a panel agreed. */
export interface Agreement {
  readonly measure: "Cohen's kappa" | "Krippendorff's alpha";
  /** 1 is full agreement, 0 what chance would bring; null when it is not defined: all labels are the same. */
  readonly value: number | null;
  readonly judges: readonly string[];
  /** Pairs that at least two judges gave a label. */
  readonly compared: number;
  /** Keys of the pairs on which two judges' labels differ, in their order. */
  readonly disagreements: readonly string[];
}

/** One pair's votes: each judge's label by its name. */
export interface Voted {
  readonly key: string;
  readonly votes: Readonly<Record<string, Label>>;
}

/** The agreement of two judges or more; null where fewer voted. What a judge left unjudged is no label. */
export function agreementOf(voted: readonly Voted[]): Agreement | null {
  const judges = [...new Set(voted.flatMap(({ votes }) => Object.keys(votes)))];
  const [first, second, ...others] = judges;
  if (first === undefined || second === undefined) return null;
  const units = voted.map(({ key, votes }) => ({
    key,
    labels: Object.values(votes).filter(label => label !== 'unjudged'),
  }));
  const compared = units.filter(({ labels }) => labels.length >= 2);
  const two = others.length === 0;
  return {
    measure: two ? "Cohen's kappa" : "Krippendorff's alpha",
    value: two
      ? cohensKappa(bothOf(voted, first, second))
      : krippendorffsAlpha(compared.map(({ labels }) => labels)),
    judges,
    compared: compared.length,
    disagreements: compared.filter(({ labels }) => new Set(labels).size > 1).map(({ key }) => key),
  };
}

const bothOf = (voted: readonly Voted[], first: string, second: string): [Label, Label][] =>
  voted.flatMap(({ votes }) => {
    const both = [votes[first], votes[second]];
    return both.every(label => label === 'safe' || label === 'unsafe') ? [both as [Label, Label]] : [];
  });

/**
 * Cohen's kappa (1960) of two raters over the items that both rated: (po − pe) / (1 − pe), with pe from each
 * rater's own shares. Null without items, or when both gave one and the same label throughout.
 */
export function cohensKappa<T>(rated: readonly (readonly [T, T])[]): number | null {
  const n = rated.length;
  if (n === 0) return null;
  const share = (rater: 0 | 1, label: T) => rated.filter(pair => pair[rater] === label).length / n;
  const observed = rated.filter(([a, b]) => a === b).length / n;
  const labels = new Set(rated.flat());
  const expected = [...labels].reduce((sum, label) => sum + share(0, label) * share(1, label), 0);
  return labels.size === 1 ? null : (observed - expected) / (1 - expected);
}

/**
 * Krippendorff's alpha for nominal labels, any number of raters and missing ratings: 1 − Do / De over the
 * coincidences within units (Krippendorff 2011, «Computing Krippendorff's alpha-reliability», section C). A unit
 * with one rating counts for nothing. Null when no unit has two, or every label is the same.
 * @internal
 */
export function krippendorffsAlpha<T>(units: readonly (readonly T[])[]): number | null {
  const pairable = units.filter(({ length }) => length >= 2);
  const totals = new Map<T, number>();
  for (const label of pairable.flat()) totals.set(label, (totals.get(label) ?? 0) + 1);
  if (totals.size < 2) return null;
  const n = [...totals.values()].reduce((sum, total) => sum + total, 0);
  const observed = pairable.reduce((sum, labels) => sum + unlikePairs(labels) / (labels.length - 1), 0);
  const alike = [...totals.values()].reduce((sum, total) => sum + total * total, 0);
  return 1 - ((n - 1) * observed) / (n * n - alike);
}

/** Ordered pairs of unlike labels within one unit. */
function unlikePairs<T>(labels: readonly T[]): number {
  return labels.reduce((sum, label) => sum + labels.filter(other => other !== label).length, 0);
}
