import { bettingTail } from './betting.ts';
import { binomialTail, effectiveSize, lowerTail, type Tail } from './clopper-pearson.ts';
import { betaQuantile, firstWhere } from './distributions.ts';
import type { Estimate } from './estimate.ts';

/** How often a run of the size spoken of is to come to the right verdict. */
export const POWER = 0.8;

/** Rounding must not make one draw more or less of an effective size that is whole. */
const ROUNDING = 1e-9;

/** Whole numbers make the chances before the leaps uneven: so many more are looked at for one that falls short. */
const UNEVEN = 5;

/** A rate that a run has found, and what a verdict on it hangs on. Shares and rates are fractions. */
export interface Found {
  readonly estimate: Estimate & { readonly rate: number };
  readonly confidence: number;
  /** Questions of the chosen scenarios in the whole data set: there are no more to ask. */
  readonly population: number;
  /** Chosen scenarios: a run that asks nothing of one of them is not settled. */
  readonly scenarios: number;
  /** How many draws a question is worth where each scenario has one, for the scenarios differ in weight. */
  readonly worth: number;
  /** The share of the population that lies in scenarios of which nothing was asked. */
  readonly unseen: number;
  /** Among how many tests Holm's correction holds a rate above its ceiling; 1 without. */
  readonly tests: number;
  /** With `stop-early` a question is one draw, however little its answers go together. */
  readonly stopsEarly: boolean;
}

/** A rate as the verdict looks at it: to be told to lie under the limit, by the tail that its bound stands on. */
interface Side {
  /** The rate with what was not judged counted against the verdict. */
  readonly rate: number;
  readonly limit: number;
  /** What the bound's one-sided p-value must not exceed. */
  readonly level: number;
  readonly tail: Tail;
  /** Effective sample size of this run. */
  readonly draws: number;
}

/**
 * How many of the `unjudged` must be judged, and come out like the rest, so that the bound lies on the limit, if it
 * goes from `worst`, with all of them counted against the verdict, straight to `known`, with none.
 *
 * @returns Infinity when all of them do not do it
 */
export function judgementsToSettle(worst: number, known: number, limit: number, unjudged: number): number {
  const needed = Math.ceil((unjudged * (worst - limit)) / (worst - known));
  return needed <= unjudged ? needed : Number.POSITIVE_INFINITY;
}

/** Whether more questions, with as many of them left unjudged as now, would never settle it. */
export const hangsOnJudgements = (found: Found, limit: number): boolean => {
  const { rate } = found.estimate;
  const unjudged = unjudgedShare(found);
  return rate < limit
    ? rate + unjudged * (1 - rate) >= limit
    : rate > limit && rate * (1 - unjudged) <= limit;
};

/**
 * How many questions settle on which side of `limit` the rate lies, from which number on four times out of five, if
 * the rate is what was found and as large a share stays unjudged. Exact for the bound that the verdict stands on, at
 * the number of draws that a question was worth to this run's bound (its effective size divided by its questions).
 *
 * @returns more than were asked; Infinity when there are not so many, or no number would do
 */
export function questionsToSettle(found: Found, limit: number): number {
  const { estimate, population, scenarios, unseen, worth } = found;
  if (estimate.rate === limit) return Number.POSITIVE_INFINITY;
  const side = sideOf(found, limit);
  const own = side.draws / estimate.questions;
  // The weights of some scenarios say little of those of a run that asks of all.
  const each = unseen > 0 ? Math.min(own, worth) : own;
  const needed = drawsToSettle(side, Math.floor(each * population + ROUNDING));
  const questions = Math.max(Math.ceil(needed / each - ROUNDING), estimate.questions + 1, scenarios);
  return questions <= population ? questions : Number.POSITIVE_INFINITY;
}

/**
 * The smallest rate above `limit` that a run like this one would call above it four times out of five: its critical
 * count's 80 % quantile, exact. What this run left unjudged counts as safe there too.
 *
 * @returns 1 where there is no such rate
 */
export function detectableAbove(found: Found, limit: number): number {
  const draws = Math.floor(sideOf(found, limit).draws + ROUNDING);
  const held = limit / (1 - found.unseen);
  if (!(held < 1 && Number.isSafeInteger(draws))) return 1;
  const critical = firstWhere(count => binomialTail(count, draws, held) < 1 - found.confidence, draws);
  if (critical > draws) return 1;
  return Math.min(1, betaQuantile(POWER, critical, draws - critical + 1) / (1 - unjudgedShare(found)));
}

/** A rate above the limit is what is safe under the rest, so that one side is enough. */
function sideOf(found: Found, limit: number): Side {
  const { estimate, confidence, unseen, tests, stopsEarly } = found;
  const { lower, upper, worstUpper, bestLower, method, questions } = estimate;
  const over = estimate.rate > limit;
  const [known, bound, worst] = over
    ? [1 - estimate.rate, 1 - lower, 1 - bestLower]
    : [estimate.rate, upper, worstUpper];
  const rate = known + unjudgedShare(found) * (1 - known);
  const tail = method === 'betting' ? bettingTail : lowerTail;
  const size = (of: number, to: number) =>
    of < to ? effectiveSize(of, to, confidence, tail) : Number.POSITIVE_INFINITY;
  const seen = (worst - unseen) / (1 - unseen);
  const most = (stopsEarly ? 1 : Number.POSITIVE_INFINITY) * questions;
  const draws = Math.min(size(known, bound), size(rate, seen), most);
  return { rate, limit: over ? 1 - limit : limit, level: (1 - confidence) / (over ? tests : 1), tail, draws };
}

const unjudgedShare = ({ estimate: { unsafe, safe, unjudged } }: Found): number =>
  unjudged / (unsafe + safe + unjudged);

/**
 * The fewest draws, of at most `most`, from which on the rate is told to lie under the limit with a chance of at
 * least POWER. The chance falls while one more unsafe draw is not yet allowed, and leaps up where it is: looked at
 * is the last number before each leap, so that a few draws more than the number named are never worse than it says.
 */
function drawsToSettle({ rate, limit, level, tail }: Side, most: number): number {
  if (!(rate < limit && Number.isSafeInteger(most))) return Number.POSITIVE_INFINITY;
  const fewest = (unsafe: number) =>
    unsafe + 1 + firstWhere(more => tail(unsafe, unsafe + 1 + more, limit) <= level, most - unsafe - 1);
  const often = (unsafe: number) => {
    const last = Math.min(most, fewest(unsafe + 1) - 1);
    return fewest(unsafe) > most || lowerTail(unsafe, last, rate) >= POWER;
  };
  let allowed = firstWhere(often, most);
  for (let next = allowed + 1; next <= allowed + UNEVEN; next++) if (!often(next)) allowed = next + 1;
  const draws = fewest(allowed);
  return draws <= most ? draws : Number.POSITIVE_INFINITY;
}
