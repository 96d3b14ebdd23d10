import { HARM_SCENARIOS } from './benchmark/scenarios.ts';
import { reasonsOf, withSamePicture } from './findings.ts';
import { decide } from './gate/decide.ts';
import type { Evidence, Labels, PlantedCounts, Policy } from './gate/evidence.ts';
import { baselineErrors } from './gate/run-checks.ts';
import type { RunConfig } from './inputs.ts';
import { agreementOf } from './judges/agreement.ts';
import { correctedRate } from './judges/corrected-rate.ts';
import { type MeasuredShare, measureJudge } from './judges/measure.ts';
import { observationsOf } from './report/observations.ts';
import type { Controls, JudgeCheck, Labelled, Report, Row, Vote } from './report/report.ts';
import { hasLimit } from './report/words.ts';
import { compare } from './statistics/comparison.ts';
import { type Estimates, estimate } from './statistics/estimate.ts';
import type { Observation } from './statistics/observation.ts';

/** The answers of the other arm; the gate is not on it. */
export interface Defence {
  readonly rows: readonly Row[];
  readonly refusals: number;
  readonly controls: Controls | null;
}

/** What a verdict is reached from, whether one machine asked or several. */
export interface AskedRun {
  /** The limits, in per cent. */
  readonly policy: RunConfig['policy'];
  /** In the order of their pairs. */
  readonly rows: readonly Row[];
  /** For each chosen scenario, its questions in the whole data set. */
  readonly population: ReadonlyMap<string, number>;
  readonly repeats: number;
  /** Answers that the endpoint itself marked as refusals. */
  readonly refusals: number;
  /** Of the unjudged rows, those without an answer. */
  readonly unanswered: number;
  /** Of the unjudged rows, those whose answer or judgement the end of the run broke off. */
  readonly cut: number;
  /** The arm with the safety prompt beside the gated one; null where it was not asked. */
  readonly defence: Defence | null;
  readonly baseline: Report['baseline'];
  /** What is compared with; null for nothing. */
  readonly before: readonly Row[] | null;
  /** Of the unjudged answers of a baseline model those that the end of the run broke off; null when none was asked. */
  readonly beforeCut: number | null;
  readonly controls: Controls | null;
  readonly planted: PlantedCounts | null;
  /** Each judge's label, where several voted; in the order of the rows. */
  readonly votes: readonly Vote[];
  /** The judge beside human labels; null without them. */
  readonly labelled: { readonly file: string; readonly answers: readonly Labelled[] } | null;
  readonly early: Evidence['early'];
  readonly cutShort: Evidence['cutShort'];
  readonly problems: Evidence['problems'];
  /** Notices of what was asked under, whatever came of it. */
  readonly conditions: readonly string[];
}

type Conclusion = Pick<
  Report,
  | 'verdict'
  | 'policy'
  | 'estimates'
  | 'comparison'
  | 'baseline'
  | 'controls'
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
  const { rows, population, baseline, controls, planted } = asked;
  const policy = policyOf(asked.policy);
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
    planted,
    labels: labelsOf(judgeCheck),
    early: asked.early,
    cutShort: asked.cutShort,
    problems: [...asked.problems, ...unshared(asked, comparison)],
  });
  return {
    verdict,
    policy: shownPolicy(asked.policy),
    estimates,
    comparison,
    baseline,
    controls,
    ...defenceOf(asked, observations),
    planted,
    ...(judgeCheck && { judgeCheck }),
    ...agreementIn(asked),
    notices: [
      ...asked.conditions,
      ...repictured(asked, before),
      ...(verdict.outcome === 'error' ? [] : unjudgedScenarios(rows)),
      ...noticesOf(
        asked,
        policy.maxIncrease === null ? baselineErrors(policy.maxErrorRate, baselineAnswers) : null,
      ),
    ],
    rows,
    ...(asked.cut > 0 && { cut: asked.cut }),
  };
}

function repictured({ before }: AskedRun, kept: AskedRun['before']): readonly string[] {
  const left = (before?.length ?? 0) - (kept?.length ?? 0);
  if (left === 0) return [];
  return [
    `${left} of the baseline's answers were given to other pictures than the data set has now, and are left out of the comparison.`,
  ];
}

/** A baseline that nothing was compared with is no comparison that went well. */
function unshared({ baseline, before, rows }: AskedRun, comparison: Report['comparison']): readonly string[] {
  if (before === null || comparison !== null || !rows.some(({ label }) => label !== 'unjudged')) return [];
  return [
    `Nothing was compared: this run and its baseline (${baseline?.source}) share no judged pair. Make the baseline with the same scenarios, image kinds and sample.`,
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
  const { rate = null, lower = 0, upper = 1 } = estimates?.overall ?? {};
  const corrected = rate === null ? null : correctedRate({ rate, lower, upper }, measure, confidence);
  return { file, unmatched: answers.length - outcomes.length, measure, corrected };
}

/** Null where the labels leave out one kind, and so say nothing of the rate. */
function labelsOf(judgeCheck: JudgeCheck | null): Labels | null {
  if (judgeCheck === null) return null;
  const { corrected, measure } = judgeCheck;
  const [sensitivity, specificity] = [knownShare(measure.sensitivity), knownShare(measure.specificity)];
  return sensitivity && specificity && { sensitivity, specificity, corrected };
}

const knownShare = ({ value, of }: MeasuredShare): Labels['sensitivity'] | null =>
  value === null ? null : { value, of };

function agreementIn({ votes }: AskedRun): Pick<Report, 'agreement'> {
  const agreement = agreementOf(votes.map(({ pair, votes: given }) => ({ key: pair, votes: given })));
  return agreement ? { agreement } : {};
}

/** How much of the data set was asked, in questions and pairs. */
export const countsOf = ({
  rows,
  population,
}: AskedRun): Pick<Report['sample'], 'questions' | 'pairs' | 'population'> => ({
  questions: new Set(observationsOf(rows).map(({ question }) => question)).size,
  pairs: new Set(rows.map(({ pair }) => pair)).size,
  population: [...population.values()].reduce((sum, size) => sum + size, 0),
});

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

/** The limits as the gate takes them: fractions. */
function policyOf(policy: RunConfig['policy']): Policy {
  const fraction = (percent: number | null) => (percent === null ? null : percent / 100);
  return {
    maxAsr: fraction(policy.maxAsr),
    maxAsrPerScenario: new Map([...policy.maxAsrPerScenario].map(([name, limit]) => [name, limit / 100])),
    maxIncrease: fraction(policy.maxIncrease),
    confidence: policy.confidence / 100,
    maxErrorRate: policy.maxErrorRate / 100,
    minHelpfulness: policy.minHelpfulness / 100,
  };
}

/** The limits as they were given: per cent. */
export const shownPolicy = (policy: RunConfig['policy']): Report['policy'] => ({
  ...policy,
  maxAsrPerScenario: Object.fromEntries(policy.maxAsrPerScenario),
});

/** A low rate over the whole says nothing of a scenario that went missing in it. */
function unjudgedScenarios(rows: readonly Row[]): readonly string[] {
  const byScenario = [...Map.groupBy(observationsOf(rows), ({ stratum }) => stratum)];
  const open = byScenario
    .filter(([, own]) => own.every(({ label }) => label === 'unjudged'))
    .map(([scenario]) => scenario);
  if (open.length === 0 || open.length === byScenario.length) return [];
  return [
    `Nothing was judged of what was asked in ${open.length} of ${byScenario.length} scenarios: ${open.join(', ')}. The rate is over the others alone, and a limit is kept only if it holds with all of that unsafe.`,
  ];
}

/** What a person should know of what came of it. */
function noticesOf({ rows, policy, labelled }: AskedRun, baseline: string | null): readonly string[] {
  const [first] = reasonsOf(rows);
  const notices = [
    labelled?.answers.every(({ judge }) => judge === null) &&
      `None of the ${labelled.answers.length} human labels in ${labelled.file} was found among the answers: the judge is not measured.`,
    first && `${first.count} pairs could not be judged because of: ${first.reason}.`,
    baseline,
    !hasLimit(shownPolicy(policy)) && 'No limit is set, so this run reports and does not gate.',
  ];
  return notices.filter(notice => typeof notice === 'string');
}
