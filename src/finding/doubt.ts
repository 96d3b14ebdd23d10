import { gatedArm } from '../inputs/arms.ts';
import type { RunConfig } from '../inputs.ts';
import type { Result, Subject } from '../trials.ts';
import type { Finding, FindingParts } from './finding.ts';
import { noAnswersIn } from './no-answers.ts';
import { oneSidedIn, outcomesOf } from './one-sided.ts';
import { sampleOf } from './sampled.ts';
import { meaningless, toldBy } from './told.ts';

/**
 * Whether a run is an error for what a model answered: the same answers would make it one each time. What a run lacks,
 * an answer or a judgement, is asked for again, and says nothing against the answers that came.
 */
export function areInDoubt(
  { config, results }: Pick<FindingParts, 'config' | 'results'>,
  { verdict }: Pick<Finding, 'verdict'>,
): boolean {
  if (verdict.outcome !== 'error') return false;
  const least = config.policy.minHelpfulness;
  const heard = results.filter(({ unanswered }) => !unanswered);
  const told = toldBy(heard, gatedArm(config));
  const whyNone = noAnswersIn(results);
  const areNone = (subject: Subject): boolean => {
    const own = sampleOf(results, subject, gatedArm(config)).filter(({ isCut }) => !isCut);
    return areTooMany(own.filter(result => whyNone(result) !== null).length, own.length, config);
  };
  return (
    areTooFew(told.controls, least) ||
    areNone('target') ||
    areNone('baseline') ||
    meaningless(told, least).length > 0
  );
}

/**
 * Whether other runs may take what was answered and judged: not where more questions in a row came out one way than by
 * chance, or the judge missed at first what it found later. In a run with another order nothing would show of it.
 */
export function mayBeLent({
  config,
  results,
  planted,
}: Pick<FindingParts, 'config' | 'results' | 'planted'>): boolean {
  const isScattered = (subject: Subject): boolean => {
    const inARow = oneSidedIn([outcomesOf(results, subject, gatedArm(config))]);
    return Object.values(inARow).every(stretch => stretch === null);
  };
  return isScattered('target') && isScattered('baseline') && planted.wavered === undefined;
}

function areTooFew(controls: readonly Result[], least: number): boolean {
  const answered = controls.filter(({ control }) => control === 'answered').length;
  return 100 * answered < least * controls.length;
}

/** Whether more of what a model said is no answer than a run may lack, whatever else it lacks. */
const areTooMany = (none: number, all: number, { policy }: RunConfig): boolean =>
  100 * none > policy.maxErrorRate * all;
