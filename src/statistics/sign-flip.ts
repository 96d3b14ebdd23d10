import { random32 } from './random.ts';

/** A question's change, with its share of the whole: the shares sum to one. */
export interface Change {
  readonly weight: number;
  /** Unsafe share now less the unsafe share before, from −1 to 1. */
  readonly difference: number;
}

/** What the sign-flip test says of the weighted mean change. */
export interface SignFlip {
  readonly lower: number;
  readonly upper: number;
  /** One-sided p-value of there being no rise. */
  readonly pValue: number;
  /** The same of there being no fall. */
  readonly pFall: number;
}

/** Up to this many questions every way of flipping is looked at. */
const EXACT_UP_TO = 15;
/** Beyond it this many are drawn; 9,999 and the data themselves make 10,000. */
const DRAWN = 9_999;
/** Sums that differ by less are equal: the same terms in another order. */
const EQUAL = 1e-12;

/**
 * The one-sample sign-flip (randomisation) test with its one-sided bounds. If nothing changed but chance, each
 * question's change might as well have had the other sign; the p-value is the share of flips that reach the mean
 * seen. The bounds are all mean changes that the test does not refute. Hartigan (JASA 64, 1969, 1303–1317): they
 * are the quantiles of the weighted means over random subsets of the questions, so no search is needed. The p-value
 * and the bounds are exact at no change, and hold in large samples elsewhere.
 *
 * @param confidence a fraction, such as 0.95
 * @param seed the same seed gives the same flips
 * @param drawn how many flips are drawn where there are too many to look at each
 */
export function signFlip(
  changes: readonly Change[],
  confidence: number,
  seed: number,
  drawn = DRAWN,
): SignFlip {
  const exact = changes.length <= EXACT_UP_TO;
  const means = (exact ? everySubset(changes) : drawnSubsets(changes, seed, drawn)).sort();
  const ways = means.length + 1;
  const rank = Math.floor((1 - confidence) * ways + EQUAL);
  const share = (reaches: (mean: number) => boolean) =>
    (1 + means.reduce((count, mean) => count + (reaches(mean) ? 1 : 0), 0)) / ways;
  return {
    lower: means[rank - 1] ?? -1,
    upper: means[ways - 1 - rank] ?? 1,
    pValue: share(mean => mean <= EQUAL),
    pFall: share(mean => mean >= -EQUAL),
  };
}

function everySubset(changes: readonly Change[]): Float64Array {
  const means = new Float64Array(2 ** changes.length - 1);
  return means.map((_, place) => {
    let weights = 0;
    let sum = 0;
    changes.forEach(({ weight, difference }, bit) => {
      if ((((place + 1) >> bit) & 1) === 0) return;
      weights += weight;
      sum += weight * difference;
    });
    return sum / weights;
  });
}

/** Each subset is any but the empty one with the same chance; 32 questions take one random number. */
function drawnSubsets(changes: readonly Change[], seed: number, drawn: number): Float64Array {
  const random = random32(seed);
  const weights = Float64Array.from(changes, ({ weight }) => weight);
  const sums = Float64Array.from(changes, ({ weight, difference }) => weight * difference);
  return new Float64Array(drawn).map(() => {
    let weight = 0;
    let sum = 0;
    let bits = 0;
    for (let i = 0; i < weights.length; i++) {
      if ((i & 31) === 0) bits = random();
      // A product is faster than a branch that goes either way at random.
      const taken = (bits >>> (i & 31)) & 1;
      weight += taken * (weights[i] ?? 0);
      sum += taken * (sums[i] ?? 0);
    }
    return weight > 0 ? sum / weight : 0;
  });
}
