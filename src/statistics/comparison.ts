import type { Label, Observation } from './observation.ts';
import { type BoundedChange, boundChange, type PairChange } from './paired-change.ts';
import { detectableRise } from './planning-rise.ts';
import { unseenShare, withUnseen } from './unseen.ts';

/** A model against its baseline on the pairs that both have judged. Rates are fractions. */
export interface Comparison {
  readonly baselineRate: number;
  readonly rate: number;
  /** `rate - baselineRate` over the shared pairs, with one-sided bounds at the run's confidence. */
  readonly increase: number;
  readonly lower: number;
  readonly upper: number;
  /**
   * Upper and lower bound when a pair that both sides were asked and one could not be judged on is counted against
   * the model, and for it.
   */
  readonly worstUpper: number;
  readonly bestLower: number;
  /** The fraction, such as 0.95, that each bound holds with. */
  readonly confidence: number;
  /** The name of the bound, for the report. */
  readonly method: string;
  /** One-sided p-value of the stratified sign-flip test that there is no increase. */
  readonly pValue: number;
  readonly pairs: number;
  readonly questions: number;
  /** Pairs that only this run, and only the baseline, has judged: left out. */
  readonly onlyHere: number;
  readonly onlyBaseline: number;
  /** Pairs that both sides were asked and one, or both, could not be judged on wholly. */
  readonly unjudged: number;
  /** The share of the population that lies in scenarios, and in those shared in `newKinds`, of which no pair is shared. */
  readonly unseen: number;
  /** Image kinds that this run was asked in, and of which the two share no pair; absent where there is none. */
  readonly newKinds?: readonly string[];
  /** McNemar's table (Psychometrika 12, 1947, 153–157) over pairs: shown, not used. */
  readonly table: {
    readonly bothUnsafe: number;
    readonly turnedUnsafe: number;
    readonly turnedSafe: number;
    readonly bothSafe: number;
  };
  /** Pair keys. */
  readonly turnedUnsafe: readonly string[];
  readonly turnedSafe: readonly string[];
  readonly byScenario: readonly {
    readonly scenario: string;
    readonly increase: number;
    readonly lower: number;
    readonly upper: number;
    readonly questions: number;
  }[];
  /** The smallest rise that a run like this one would call a rise four times out of five. */
  readonly detectable: number;
}
export interface CompareOptions {
  /** A fraction above 0.5 and below 1, such as 0.95. */
  readonly confidence: number;
  /** Of the sign flips that are drawn; the same seed gives the same bounds. */
  readonly seed?: number;
}

/** One pair as one run knows it: how its answers were judged. */
interface AskedPair {
  readonly stratum: string;
  readonly question: string;
  readonly cluster: string;
  readonly kind: string;
  readonly key: string;
  readonly unsafe: number;
  readonly safe: number;
  readonly unjudged: number;
}

/** A pair that both runs were asked. */
interface SharedPair {
  readonly now: AskedPair;
  readonly before: AskedPair;
}

/** How a pair's unjudged answers are counted: left out, or as the one or the other. */
type Reading = 'left-out' | 'safe' | 'unsafe';

/** The change over the pairs that two runs share. */
interface SharedChange {
  /** Over the pairs that both have judged. */
  readonly change: BoundedChange;
  readonly known: readonly PairChange[];
  readonly judged: readonly SharedPair[];
  /** What either has judged, the pairs of the other or not. */
  readonly here: number;
  readonly there: number;
  readonly unjudged: number;
  readonly unseen: number;
  readonly newKinds: readonly string[];
  readonly worstUpper: number;
  readonly bestLower: number;
}

/**
 * The change from one run to another on the pairs that both have judged, as `compare` has it, without its tables.
 * @returns null when the two share no judged pair
 */
export function changeBetween(
  baseline: readonly Observation[],
  current: readonly Observation[],
  population: ReadonlyMap<string, number>,
  { confidence, seed = 1 }: CompareOptions,
): SharedChange | null {
  const here = pairsOf(current);
  const there = pairsOf(baseline);
  const shared = [...here.values()].flatMap(now => {
    const before = there.get(now.key);
    return before === undefined ? [] : [{ now, before }];
  });
  const judged = shared.filter(({ now, before }) => isJudged(now) && isJudged(before));
  if (judged.length === 0) return null;
  const settings = { population, confidence, seed };
  const known = changesOf(judged, 'left-out', 'left-out');
  const change = boundChange(known, settings);
  const unjudged = shared.filter(({ now, before }) => now.unjudged + before.unjudged > 0).length;
  const worst = unjudged === 0 ? change : boundChange(changesOf(shared, 'unsafe', 'safe'), settings);
  const best = unjudged === 0 ? change : boundChange(changesOf(shared, 'safe', 'unsafe'), settings);
  const { unseen, newKinds } = unsharedOf([...here.values()], shared, population);
  return {
    change,
    known,
    judged,
    here: countJudged(here),
    there: countJudged(there),
    unjudged,
    unseen,
    newKinds,
    worstUpper: withUnseen(Math.max(worst.upper, change.upper), unseen, 1),
    bestLower: withUnseen(Math.min(best.lower, change.lower), unseen, -1),
  };
}

/**
 * Compares a run with its baseline on the pairs that both have judged. A pair asked several times counts with the
 * share of its answers that were unsafe.
 *
 * @param population questions of each chosen scenario in the whole data set, as for `estimate`
 * @returns null when the two share no judged pair
 */
export function compare(
  current: readonly Observation[],
  baseline: readonly Observation[],
  population: ReadonlyMap<string, number>,
  options: CompareOptions,
): Comparison | null {
  const between = changeBetween(baseline, current, population, options);
  if (between === null) return null;
  const { change, known, judged, here, there, unjudged, unseen, newKinds, worstUpper, bestLower } = between;
  const { confidence, seed = 1 } = options;
  return {
    baselineRate: weightedMean(known, population, 'before'),
    rate: weightedMean(known, population, 'now'),
    increase: change.increase,
    lower: change.lower,
    upper: change.upper,
    worstUpper,
    bestLower,
    confidence,
    method: 'stratified sign-flip',
    pValue: change.pValue,
    pairs: judged.length,
    questions: change.changes.length,
    onlyHere: here - judged.length,
    onlyBaseline: there - judged.length,
    unjudged,
    unseen,
    ...(newKinds.length > 0 && { newKinds }),
    ...tableOf(judged),
    byScenario: [...Map.groupBy(known, ({ stratum }) => stratum)].map(([scenario, rows]) => {
      const { increase, lower, upper, changes } = boundChange(rows, { population, confidence, seed });
      return { scenario, increase, lower, upper, questions: changes.length };
    }),
    detectable: detectableRise(change.changes, confidence),
  };
}

/** What of this run the baseline says nothing of: whole scenarios, and image kinds in those that both were asked. */
function unsharedOf(
  here: readonly AskedPair[],
  shared: readonly SharedPair[],
  population: ReadonlyMap<string, number>,
): Pick<SharedChange, 'unseen' | 'newKinds'> {
  const kinds = new Set(shared.map(({ now }) => now.kind));
  const isNew = ({ kind }: AskedPair) => !kinds.has(kind);
  const within = (name: string) => {
    const own = here.filter(({ stratum }) => stratum === name);
    return own.filter(isNew).length / own.length;
  };
  const seen = shared.map(({ now }) => now);
  return {
    unseen: unseenShare(seen, population, within),
    newKinds: [...new Set(here.filter(isNew).map(({ kind }) => kind))],
  };
}

function pairsOf(observations: readonly Observation[]): ReadonlyMap<string, AskedPair> {
  const groups = Map.groupBy(observations, ({ question, kind }) => `${question}/${kind}`);
  return new Map(
    [...groups].flatMap(([key, rows]) => {
      const [first] = rows;
      if (first === undefined) return [];
      const { stratum, question, cluster, kind } = first;
      const count = (label: Label) => rows.filter(row => row.label === label).length;
      const counts = { unsafe: count('unsafe'), safe: count('safe'), unjudged: count('unjudged') };
      return [[key, { stratum, question, cluster, kind, key, ...counts }]];
    }),
  );
}

const isJudged = ({ safe, unsafe }: AskedPair): boolean => safe + unsafe > 0;

const countJudged = (pairs: ReadonlyMap<string, AskedPair>): number =>
  [...pairs.values()].filter(isJudged).length;

function changesOf(shared: readonly SharedPair[], now: Reading, before: Reading): readonly PairChange[] {
  return shared.map(pair => ({
    stratum: pair.now.stratum,
    question: pair.now.question,
    cluster: pair.now.cluster,
    now: shareOf(pair.now, now),
    before: shareOf(pair.before, before),
  }));
}

function shareOf({ unsafe, safe, unjudged }: AskedPair, reading: Reading): number {
  if (reading === 'left-out') return unsafe / (unsafe + safe);
  return (unsafe + (reading === 'unsafe' ? unjudged : 0)) / (unsafe + safe + unjudged);
}

/** McNemar's table; a pair asked several times is unsafe where at least half of its judged answers are. */
function tableOf(judged: readonly SharedPair[]): Pick<Comparison, 'table' | 'turnedUnsafe' | 'turnedSafe'> {
  const isUnsafe = ({ unsafe, safe }: AskedPair) => unsafe >= safe;
  const keys = (before: boolean, now: boolean) =>
    judged
      .filter(pair => isUnsafe(pair.before) === before && isUnsafe(pair.now) === now)
      .map(pair => pair.now.key);
  const turnedUnsafe = keys(false, true);
  const turnedSafe = keys(true, false);
  return {
    table: {
      bothUnsafe: keys(true, true).length,
      turnedUnsafe: turnedUnsafe.length,
      turnedSafe: turnedSafe.length,
      bothSafe: keys(false, false).length,
    },
    turnedUnsafe,
    turnedSafe,
  };
}

function weightedMean(
  pairs: readonly PairChange[],
  population: ReadonlyMap<string, number>,
  side: 'now' | 'before',
): number {
  const strata = [...Map.groupBy(pairs, ({ stratum }) => stratum)].map(([name, rows]) => ({
    size: Math.max(population.get(name) ?? 0, new Set(rows.map(({ question }) => question)).size),
    mean: rows.reduce((sum, row) => sum + row[side], 0) / rows.length,
  }));
  const whole = strata.reduce((sum, { size }) => sum + size, 0);
  return strata.reduce((sum, { size, mean }) => sum + size * mean, 0) / whole;
}
