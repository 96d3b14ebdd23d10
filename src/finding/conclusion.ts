import { HARM_SCENARIOS } from '../benchmark/scenarios.ts';
import { decide } from '../gate/decide.ts';
import type { Evidence, Labels, Policy } from '../gate/evidence.ts';
import { baselineErrors } from '../gate/run-checks.ts';
import { agreementOf } from '../judges/agreement.ts';
import { correctedRate } from '../judges/corrected-rate.ts';
import { type MeasuredShare, measureJudge } from '../judges/measure.ts';
import { observationsOf } from '../report/observations.ts';
import type { JudgeCheck, Report } from '../report/report.ts';
import { compare } from '../statistics/comparison.ts';
import { type Estimates, estimate } from '../statistics/estimate.ts';
import type { Observation } from '../statistics/observation.ts';
import type { AskedRun, Defence } from './asked-run.ts';
import { cutAnswers, refusesNearlyAll, sameText } from './heard.ts';
import { noticesOf, refusedControls, repictured, unjudgedScenarios } from './notices.ts';
import { oneSidedIn } from './one-sided.ts';
import { policyInFractions, shownPolicy } from './policy.ts';
import { withSamePicture } from './sampled.ts';

type Conclusion = Pick<
  Report,
  | 'verdict'
  | 'policy'
  | 'estimates'
  | 'comparison'
  | 'baseline'
  | 'controls'
  | 'baselineControls'
  | 'defence'
  | 'planted'
  | 'judgeCheck'
  | 'agreement'
  | 'notices'
  | 'rows'
  | 'cut'
>;

/** Estimates, compares and decides. Pure: the same rows under the same limits give the same to the last digit. */
export function conclude(asked: AskedRun): Conclusion {
  const { rows, population, baseline, controls, baselineControls, planted, baselinePlanted } = asked;
  const policy = policyInFractions(asked.policy);
  const observations = observationsOf(rows);
  const estimates = estimatesOf(asked, asked, policy.maxAsrPerScenario);
  const before = asked.before && withSamePicture(asked.before, rows);
  const comparison =
    before && compare(observations, observationsOf(before), population, { confidence: policy.confidence });
  const judgeCheck = judgeCheckOf(asked, estimates);
  const baselineAnswers = baselineGapsOf(asked);
  const verdict = decide(policy, {
    estimates,
    comparison,
    baseline: baseline?.state ?? 'none',
    answers: gapsOf(asked),
    baselineAnswers,
    controls,
    baselineControls,
    planted,
    baselinePlanted,
    heard: asked.heard,
    oneSided: oneSidedIn(asked.outcomes),
    baselineOneSided: asked.baselineOutcomes && oneSidedIn(asked.baselineOutcomes),
    labels: labelsOf(judgeCheck, policy, estimates),
    early: asked.early,
    cutShort: asked.cutShort,
    problems: [...asked.problems, ...unshared(asked, comparison)],
    unproved: asked.unproved,
  });
  return {
    verdict,
    policy: shownPolicy(asked.policy),
    estimates,
    comparison,
    baseline,
    controls,
    ...(baselineControls && { baselineControls }),
    ...defenceOf(asked, observations),
    planted,
    ...(judgeCheck && { judgeCheck }),
    ...agreementIn(asked),
    notices: [
      ...asked.conditions,
      ...asked.happenings,
      ...sameText(asked.heard),
      ...cutAnswers(asked.heard),
      ...(asked.policy.minHelpfulness === 0 && controls === null ? refusesNearlyAll(asked.heard) : []),
      ...repictured(asked, before),
      ...(verdict.outcome === 'error' ? [] : [...refusedControls(asked), ...unjudgedScenarios(rows)]),
      ...noticesOf(
        asked,
        policy.maxIncrease === null ? baselineErrors(policy.maxErrorRate, baselineAnswers) : null,
      ),
    ],
    rows,
    ...(asked.cut > 0 && { cut: asked.cut }),
  };
}

/** A baseline that nothing was compared with is no comparison that went well. */
function unshared(
  { baseline, before, beforeCut, rows }: AskedRun,
  comparison: Report['comparison'],
): readonly string[] {
  if (before === null || comparison !== null || !rows.some(({ label }) => label !== 'unjudged')) return [];
  const wayOut =
    beforeCut === null
      ? 'Make the baseline with the same scenarios, image kinds and sample.'
      : 'See whether it is that model that answers.';
  return [
    `Nothing was compared: this run and its baseline (${baseline?.source}) share no judged pair. ${wayOut}`,
  ];
}

function estimatesOf(
  { policy, population, repeats }: AskedRun,
  { rows, refusals }: Pick<Defence, 'rows' | 'refusals'>,
  ceilings: ReadonlyMap<string, number>,
): Estimates | null {
  if (rows.length === 0) return null;
  const confidence = policy.confidence / 100;
  return estimate(observationsOf(rows), population, {
    confidence,
    repeats,
    harmScenarios: HARM_SCENARIOS,
    refusals,
    ceilings,
  });
}

/** The other arm by itself, and against the gated one on the same pairs. */
function defenceOf(asked: AskedRun, off: readonly Observation[]): Pick<Report, 'defence'> {
  const { defence, population } = asked;
  const estimates = defence && estimatesOf(asked, defence, new Map());
  if (!estimates) return {};
  const { confidence } = estimates;
  const comparison = compare(observationsOf(defence.rows), off, population, { confidence });
  return { defence: { estimates, comparison, controls: defence.controls } };
}

/** How the judge does against people, and the rate without its error. */
function judgeCheckOf({ labelled, policy }: AskedRun, estimates: Estimates | null): JudgeCheck | null {
  if (labelled === null) return null;
  const { file, answers } = labelled;
  const confidence = policy.confidence / 100;
  const outcomes = answers.flatMap(({ human, judge }) => (judge === null ? [] : [{ human, judge }]));
  const measure = measureJudge(outcomes, confidence);
  const corrected = correctedOf(estimates, measure, confidence);
  return { file, unmatched: answers.length - outcomes.length, measure, corrected };
}

/** Null where no unsafe answer is labelled: nothing shows what the judge misses. */
function labelsOf(
  judgeCheck: JudgeCheck | null,
  { confidence }: Policy,
  estimates: Estimates | null,
): Labels | null {
  if (judgeCheck === null) return null;
  const { measure, corrected } = judgeCheck;
  const [sensitivity, specificity] = [knownShare(measure.sensitivity), knownShare(measure.specificity)];
  if (sensitivity === null) return null;
  if (specificity !== null) return { sensitivity, specificity, corrected };
  const highest = { ...measure, specificity: { ...measure.specificity, ...PERFECT } };
  return { sensitivity, specificity, corrected: correctedOf(estimates, highest, confidence) };
}

/** A share that is known for certain. */
const PERFECT = { value: 1, of: 1e9 };

function correctedOf(
  estimates: Estimates | null,
  measure: JudgeCheck['measure'],
  confidence: number,
): JudgeCheck['corrected'] {
  const { rate = null, lower = 0, upper = 1 } = estimates?.overall ?? {};
  return rate === null ? null : correctedRate({ rate, lower, upper }, measure, confidence);
}

const knownShare = ({ value, of }: MeasuredShare): Labels['sensitivity'] | null =>
  value === null ? null : { value, of };

function agreementIn({ votes }: AskedRun): Pick<Report, 'agreement'> {
  const agreement = agreementOf(votes.map(({ pair, votes: given }) => ({ key: pair, votes: given })));
  return agreement ? { agreement } : {};
}

/** How many of the asked pairs lack an answer, how many of the answered a judgement, and how many were broken off. */
function gapsOf({ rows, unanswered, cut }: AskedRun): Evidence['answers'] {
  const open = rows.filter(({ label }) => label === 'unjudged').length;
  return { asked: rows.length, unanswered, unjudged: open - unanswered - cut, cut };
}

function baselineGapsOf({ before, beforeCut }: AskedRun): Evidence['baselineAnswers'] {
  if (before === null || beforeCut === null) return null;
  const open = before.filter(({ label }) => label === 'unjudged').length;
  return { asked: before.length - beforeCut, open: open - beforeCut };
}
