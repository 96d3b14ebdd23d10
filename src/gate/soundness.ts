import type { Comparison } from '../statistics/comparison.ts';
import type { Estimate, Estimates } from '../statistics/estimate.ts';
import type { Evidence, PlantedCounts, Policy, Stretch } from './evidence.ts';

/**
 * What makes the numbers unfit to decide on, a sentence each: anything that is no number, lies out of its range or
 * contradicts another. No verdict stands on such numbers.
 */
export function unsound(policy: Policy, evidence: Evidence): readonly string[] {
  return [
    ...policyFaults(policy),
    ...countFaults(evidence),
    ...stopFaults(policy, evidence),
    ...labelFaults(evidence),
    ...[evidence.oneSided, evidence.baselineOneSided ?? {}].flatMap(Object.values).flatMap(stretchFaults),
    ...(evidence.estimates ? estimateFaults(evidence.estimates, policy, evidence.answers) : []),
    ...(evidence.comparison ? comparisonFaults(evidence.comparison, policy) : []),
    ...comparedFaults(evidence),
  ];
}

/** Of a run that judged nothing, or has a problem that says why, no more need be said. */
const comparedFaults = ({ baseline, comparison, estimates, problems }: Evidence): string[] =>
  baseline === 'compared' && comparison === null && estimates?.overall.rate != null && problems.length === 0
    ? ['Nothing was compared with the baseline: the run and its baseline share no judged pair.']
    : [];

const within = (value: unknown, low: number, high: number): boolean =>
  typeof value === 'number' && value >= low && value <= high;

const isFraction = (value: unknown): boolean => within(value, 0, 1);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && within(value, 0, Infinity);

function policyFaults(policy: Policy): string[] {
  const { maxAsr, maxIncrease, confidence, maxErrorRate, minHelpfulness, maxAsrPerScenario } = policy;
  const rates: readonly (readonly [string, number | null])[] = [
    ['max-asr', maxAsr],
    ['max-increase', maxIncrease],
    ['max-error-rate', maxErrorRate],
    ['min-helpfulness', minHelpfulness],
    ...[...maxAsrPerScenario].map(
      ([name, ceiling]) => [`max-asr-per-scenario for ${name}`, ceiling] as const,
    ),
  ];
  const faults = rates
    .filter(([, value]) => value !== null && !isFraction(value))
    .map(([name, value]) => `${name} is ${value}: it must lie between 0 and 1 as a fraction.`);
  const sure = within(confidence, 0.5, 1) && confidence > 0.5 && confidence < 1;
  return sure
    ? faults
    : [...faults, `confidence is ${confidence}: it must lie above 0.5 and below 1 as a fraction.`];
}

function controlFaults(controls: Evidence['controls']): string[] {
  if (controls === null) return [];
  const { asked, answered, unanswered } = controls;
  return [asked, answered, unanswered].every(isCount) && answered + unanswered <= asked
    ? []
    : [
        `The counts of controls contradict each other: ${answered} answered and ${unanswered} not, of ${asked}.`,
      ];
}

function countFaults({ answers, baselineAnswers, planted, early, ...evidence }: Evidence): string[] {
  const { asked, unanswered, unjudged, cut } = answers;
  const faults: string[] = [];
  if (![asked, unanswered, unjudged, cut].every(isCount) || unanswered + unjudged + cut > asked) {
    faults.push(
      `The counts of pairs contradict each other: ${asked} asked, ${unanswered} unanswered, ${unjudged} unjudged, ${cut} broken off.`,
    );
  }
  if (
    baselineAnswers &&
    !(
      isCount(baselineAnswers.asked) &&
      isCount(baselineAnswers.open) &&
      baselineAnswers.open <= baselineAnswers.asked
    )
  ) {
    faults.push(
      `The counts of the baseline model's pairs contradict each other: ${baselineAnswers.open} open of ${baselineAnswers.asked}.`,
    );
  }
  faults.push(...[evidence.controls, evidence.baselineControls].flatMap(controlFaults));
  if (planted && !areCounted(planted)) {
    faults.push(
      `The counts of planted answers contradict each other: ${planted.missed} missed of ${planted.planted}.`,
    );
  }
  if (
    early &&
    !(isCount(early.questions) && isCount(early.population) && early.questions <= early.population)
  ) {
    faults.push(`The stop decided on ${early.questions} questions of ${early.population}.`);
  }
  return faults;
}

function areCounted({ again, first, unjudged = 0, ...all }: PlantedCounts): boolean {
  const answers = [all, ...Object.values(again), ...(first ? [first.safe, first.unsafe] : [])];
  const areAnswers = answers.every(
    ({ planted, missed }) => isCount(planted) && isCount(missed) && missed <= planted,
  );
  const areBeside =
    !first || [first.safe, first.unsafe].every(({ beside }) => isCount(beside) && beside <= first.judged);
  return areAnswers && areBeside && isCount(unjudged) && unjudged <= all.missed;
}

function stretchFaults(stretch: Stretch | null): string[] {
  if (stretch === null) return [];
  const { rows, questions, alike, others, othersAlike } = stretch;
  const areCounts = [rows, questions, alike, others, othersAlike].every(isCount);
  return areCounts && alike <= questions && othersAlike <= others && rows > 0 && rows <= questions
    ? []
    : [
        `The counts of questions in a row contradict each other: ${alike} of ${questions}, and ${othersAlike} of ${others} others.`,
      ];
}

/**
 * A stop that was certain of one side, and the answers that it looked at certain of the other: one of them is not of
 * this run. Answers that came in since may be against it, and open it.
 */
function stopFaults({ maxAsr }: Policy, { early, estimates }: Evidence): string[] {
  if (early === null || maxAsr === null || estimates === null) return [];
  const { bestLower, worstUpper, questions } = estimates.overall;
  if (questions > early.questions) return [];
  const against = { pass: bestLower > maxAsr, fail: worstUpper <= maxAsr, undecided: false };
  return against[early.outcome]
    ? [`The stop was certain of a ${early.outcome}, and the answers are certain of the opposite.`]
    : [];
}

function labelFaults({ labels }: Evidence): string[] {
  if (labels === null || labels.corrected === null) return [];
  const { rate, lower, upper } = labels.corrected;
  // The bounds are not around the rate: they shift, and it does not (Lang and Reiczigel).
  return [rate, lower, upper].every(isFraction) && lower <= upper
    ? []
    : [`The rate without the judge's error is none: ${rate}, bounds ${lower}, ${upper}.`];
}

function estimateFaults(estimates: Estimates, policy: Policy, answers: Evidence['answers']): string[] {
  const { overall, byScenario, byKind, harm, confidence } = estimates;
  const faults = [
    ...boundFaults('The estimate', overall),
    ...(harm ? boundFaults('The estimate without advice and politics', harm) : []),
    ...byScenario.flatMap(each => boundFaults(`The estimate of ${each.scenario}`, each)),
    ...byKind.flatMap(each => boundFaults(`The estimate of ${each.kind}`, each)),
    ...byScenario.flatMap(({ scenario, rate, pAbove }) =>
      rate !== null && policy.maxAsrPerScenario.has(scenario) && !isFraction(pAbove)
        ? [`${scenario} was not tested against its ceiling.`]
        : [],
    ),
  ];
  if (confidence !== policy.confidence) {
    faults.push(
      `The bounds hold with confidence ${confidence}, not the ${policy.confidence} that is asked for.`,
    );
  }
  const { asked, unanswered, unjudged, cut } = answers;
  const open = unanswered + unjudged + cut;
  if (overall.unsafe + overall.safe !== asked - open || overall.unjudged !== open) {
    faults.push(
      `Pairs were lost on the way: ${asked} asked, ${overall.unsafe + overall.safe} judged and ${overall.unjudged} unjudged in the estimate.`,
    );
  }
  return faults;
}

function boundFaults(what: string, estimate: Estimate): string[] {
  const { rate, lower, upper, worstUpper, bestLower, unsafe, safe, unjudged, questions } = estimate;
  const numbers = [lower, upper, worstUpper, bestLower, ...(rate === null ? [] : [rate])].every(isFraction);
  const counts = [unsafe, safe, unjudged, questions].every(isCount);
  const middle = rate ?? lower;
  const ordered = bestLower <= lower && lower <= middle && middle <= upper && upper <= worstUpper;
  const matched = (rate === null) === (unsafe + safe === 0);
  return numbers && counts && ordered && matched
    ? []
    : [`${what} is no estimate: rate ${rate}, bounds ${bestLower}, ${lower}, ${upper}, ${worstUpper}.`];
}

function comparisonFaults(comparison: Comparison, policy: Policy): string[] {
  const { baselineRate, rate, pValue, increase, lower, upper, worstUpper, bestLower, confidence } =
    comparison;
  const { pairs, questions, detectable } = comparison;
  const rates = [baselineRate, rate, pValue].every(isFraction);
  const changes = [increase, lower, upper, worstUpper, bestLower].every(value => within(value, -1, 1));
  const ordered = bestLower <= lower && lower <= increase && increase <= upper && upper <= worstUpper;
  const faults: string[] = [];
  if (
    !(rates && changes && ordered && [pairs, questions].every(isCount) && within(detectable, 0, Infinity))
  ) {
    faults.push(
      `The comparison is none: change ${increase}, bounds ${bestLower}, ${lower}, ${upper}, ${worstUpper}.`,
    );
  }
  if (confidence !== policy.confidence) {
    faults.push(
      `The comparison holds with confidence ${confidence}, not the ${policy.confidence} that is asked for.`,
    );
  }
  return faults;
}
