import { SCENARIOS } from '../benchmark/scenarios.ts';
import type { PlantedCounts } from '../gate/evidence.ts';
import type { Check, Outcome, Reason } from '../gate/verdict.ts';
import { count, counted } from '../gate/words.ts';
import type { Estimate } from '../statistics/estimate.ts';
import type { Controls, Report } from './report.ts';

export const SYMBOLS: Readonly<Record<Outcome, string>> = {
  pass: '✅',
  inconclusive: '⚠️',
  fail: '❌',
  error: '🛑',
};

/** What stands where there is no number. */
export const NONE = '–';

/** A fraction as per cent with one decimal; a dash where there is none. What is not 0 or 1 is not printed as such. */
export function rate(fraction: number | null): string {
  if (fraction === null || !Number.isFinite(fraction)) return NONE;
  if (fraction > 0 && fraction < 0.0005) return '< 0.1 %';
  if (fraction < 1 && fraction >= 0.9995) return '> 99.9 %';
  return `${(100 * fraction).toFixed(1)} %`;
}

/** An estimate as far as its bounds go. */
type Bounded = Pick<Estimate, 'rate' | 'bestLower' | 'worstUpper'>;

/**
 * The lower and the upper of the two one-sided bounds that the verdict stands on: every unjudged answer counts as
 * safe for the lower and as unsafe for the upper.
 */
export const bounds = ({ rate: known, bestLower, worstUpper }: Bounded): string =>
  known === null ? NONE : `${rate(bestLower).replace(' %', '')} – ${rate(worstUpper)}`;

/** The same in words. */
export const boundsInWords = ({ rate: known, bestLower, worstUpper }: Bounded): string =>
  known === null ? 'nothing judged' : `at least ${rate(bestLower)}, at most ${rate(worstUpper)}`;

/** A difference of two rates in percentage points with one decimal and its sign. */
export function points(difference: number): string {
  const shown = (100 * Math.abs(difference)).toFixed(1);
  return Number(shown) === 0 ? shown : `${difference > 0 ? '+' : '−'}${shown}`;
}

/** What the judge made of the planted answers, before the others and again among them. */
export function plantedInWords({ planted, missed, again: { safe, unsafe } }: PlantedCounts): string {
  const given = safe.planted + unsafe.planted;
  const later =
    given > 0 ? `, and ${safe.missed + unsafe.missed} of ${given} given again in the course of the run` : '';
  return `the judge missed ${missed} of ${planted}${later}`;
}

/** A number as it was given: 5, 2.5, 0.25. */
export const given = (number: number): string => String(Number(number.toFixed(4)));

/** A p-value with its sign of relation; none is printed as 0. */
export const probability = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** A word at the beginning of a line. */
export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** 1,680 of 1,680 questions (1,661 distinct): duplicates are one unit of every estimate. */
export function questionsAsked({ sample, rows }: Report): string {
  const distinct = new Set(rows.map(({ cluster }) => cluster)).size;
  const note = distinct === sample.questions ? '' : ` (${count(distinct)} distinct)`;
  return `${count(sample.questions)} of ${counted(sample.population, 'question')}${note}`;
}

/** The same with its pairs. */
export const sampleAsked = (report: Report): string =>
  report.sample.pairs === 0
    ? 'nothing was asked'
    : `${questionsAsked(report)}, ${counted(report.sample.pairs, 'pair')}`;

/** What became of the benign controls. An answer that is not about its question is no helpful one. */
export const controlsInWords = ({ asked, answered, refused, unanswered }: Controls): string =>
  `${count(answered)} of ${count(asked)} answered helpfully, ${count(refused)} refused, ${count(unanswered)} off the point or without an answer`;

/** 0.8 s, 42 s, 5 min 3 s, 2 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Dollars in words, so that no dollar sign begins a formula. */
export const dollars = (cost: number | null): string =>
  cost === null ? 'no prices given' : `${cost.toFixed(cost < 1 ? 4 : 2)} dollars`;

/** 2026-11-24 03:00 UTC; what is no time as it is. */
export const moment = (iso: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso;

/** A change and what the data say about it, in a mark and a word: neither needs a colour. */
export function certainty({ lower, upper }: { readonly lower: number; readonly upper: number }): {
  readonly mark: string;
  readonly word: string;
} {
  if (lower > 0) return { mark: '▲', word: 'rose' };
  return upper < 0 ? { mark: '▼', word: 'fell' } : { mark: '·', word: 'open' };
}

/** Between which bounds a change lies, in percentage points; empty where they say nothing. */
export const changeSpread = ({ lower, upper }: { readonly lower: number; readonly upper: number }): string =>
  lower <= -1 && upper >= 1 ? '' : `${points(lower)} to ${points(upper)}`;

/** Names for a person, by the authors' numbers; the authors' own names are for machines and have a slip. */
const TITLES: readonly string[] = [
  'Illegal activity',
  'Hate speech',
  'Malware generation',
  'Physical harm',
  'Economic harm',
  'Fraud',
  'Sex',
  'Political lobbying',
  'Privacy violence',
  'Legal opinion',
  'Financial advice',
  'Health consultation',
  'Government decision',
];

/** `07 Sex` for `07-Sex`; a name that is none of the benchmark's as it is. */
export function titleOf(scenario: string): string {
  const known = SCENARIOS.find(({ name }) => name === scenario);
  return known ? `${scenario.slice(0, 2)} ${TITLES[known.number - 1]}` : scenario;
}

/** How a scenario stands to its own ceiling, as the gate found it; null where it has none. */
export function againstCeiling(
  { verdict, policy }: Report,
  { scenario, rate: known, worstUpper }: Estimate & { readonly scenario: string },
): { readonly ceiling: number; readonly standing: 'under' | 'above' | 'open' } | null {
  const ceiling = policy.maxAsrPerScenario[scenario];
  if (ceiling === undefined) return null;
  const above = verdict.reasons.some(
    reason =>
      reason.check === 'max-asr-per-scenario' && reason.outcome === 'fail' && reason.scenario === scenario,
  );
  if (above) return { ceiling, standing: 'above' };
  return { ceiling, standing: known !== null && worstUpper <= ceiling / 100 ? 'under' : 'open' };
}

/** Whether a limit was kept, as the gate found it, in a mark and a word. */
const KEPT: Readonly<Record<Outcome, string>> = {
  pass: '✓ kept',
  fail: '✗ broken',
  inconclusive: '? open',
  error: '! error',
};

/** Whether a run had a limit to fail by. */
export const hasLimit = ({ maxAsr, maxIncrease, maxAsrPerScenario }: Report['policy']): boolean =>
  maxAsr !== null || maxIncrease !== null || Object.keys(maxAsrPerScenario).length > 0;

/** The first reason of each check before all others: a list of them that is cut loses no check. */
export function eachCheckFirst(reasons: readonly Reason[]): readonly Reason[] {
  const firsts = new Set<Reason>();
  for (const reason of reasons) {
    if (![...firsts].some(({ check }) => check === reason.check)) firsts.add(reason);
  }
  return [...new Set([...firsts, ...reasons])];
}

/** How the run stands to one of its limits; empty where the gate said nothing about it. */
export function standing({ verdict }: Report, check: Check): string {
  const found = verdict.reasons.find(reason => reason.check === check);
  return found ? KEPT[found.outcome] : '';
}

/** Whether enough benign questions were answered; the gate speaks of it only when not. */
export const helpfulnessStanding = ({ controls, policy }: Report): string =>
  (controls?.helpfulness ?? 0) >= policy.minHelpfulness / 100 ? KEPT.pass : KEPT.fail;

/**
 * The answers that could not be judged, their share, and whether it is small enough, as the gate counts them: what the
 * end of the run broke off is none of them. The gate speaks of it only when they are too many.
 */
export function unjudgedOf(
  { cut = 0, policy }: Report,
  { unsafe, safe, unjudged }: Estimate,
): { readonly counts: string; readonly share: string; readonly standing: string } {
  const open = unjudged - cut;
  const all = unsafe + safe + open;
  return {
    counts: `${count(open)} of ${count(all)}${cut > 0 ? `, ${count(cut)} more broken off` : ''}`,
    share: rate(all > 0 ? open / all : null),
    standing: all === 0 || open / all <= policy.maxErrorRate / 100 ? KEPT.pass : KEPT.fail,
  };
}

export const STANDINGS = { under: '✓ under', above: '✗ above', open: '? open' } as const;
