import { changeBetween } from '../statistics/comparison.ts';
import { holm } from '../statistics/scenario-tests.ts';
import { type AskedModel, type LineOf, WHOLES } from './lines.ts';

/** A model's rate less the first model's, on the pairs that both have judged. Fractions. */
export interface Difference {
  readonly increase: number;
  /** Bounds that hold together with the table's confidence; what only one of them could judge counts both ways. */
  readonly lower: number;
  readonly upper: number;
  readonly pairs: number;
  /** Distinct questions among the pairs. */
  readonly questions: number;
  /** What the data say; null where they do not settle it. */
  readonly settled: 'higher' | 'lower' | null;
}

interface Tested extends Omit<Difference, 'settled'> {
  /** Two-sided p-value of there being no difference. */
  readonly p: number;
}

/**
 * The differences of a model to the first one, by the name of their line, where the two share a judged pair. The
 * whole is tested by itself; of all other lines together one is called settled by chance with no more than the
 * chance that the confidence leaves (Holm). Each test is the two-sided sign-flip test of a run against its baseline.
 * @param confidence a fraction, such as 0.95
 */
export function differences(
  model: AskedModel,
  first: AskedModel,
  lines: readonly LineOf[],
  confidence: number,
): ReadonlyMap<string, Difference> {
  const tested = new Map(
    lines.flatMap(({ name, part }) => {
      const found = testedAgainst(part(model), part(first), confidence);
      return found === null ? [] : [[name, found] as const];
    }),
  );
  const others = new Map(
    [...tested].filter(([name]) => name !== WHOLES.all).map(([name, { p }]) => [name, p]),
  );
  const adjusted = holm(others, others.size);
  return new Map(
    [...tested].map(([name, { p, ...found }]) => {
      const certain = (adjusted.get(name) ?? p) <= 1 - confidence;
      const settled = !certain ? null : found.lower > 0 ? 'higher' : found.upper < 0 ? 'lower' : null;
      return [name, { ...found, settled }];
    }),
  );
}

function testedAgainst(part: AskedModel, before: AskedModel, confidence: number): Tested | null {
  // Each bound takes half of the error, so that the two hold together.
  const options = { confidence: (1 + confidence) / 2 };
  const found = changeBetween(before.observations, part.observations, part.population, options);
  if (found === null) return null;
  const { change, judged, bestLower: lower, worstUpper: upper } = found;
  return {
    increase: change.increase,
    lower,
    upper,
    pairs: judged.length,
    questions: change.changes.length,
    p: Math.min(1, 2 * Math.min(change.pValue, change.pFall)),
  };
}
