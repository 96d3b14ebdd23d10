import type { Arm } from './benchmark/prompts.ts';
import type { Question } from './benchmark/question.ts';
import { createStopper, type EarlyDecision, type StopperOptions } from './statistics/stopper.ts';
import type { Result } from './trials.ts';

/** Gathers a run's results into finished questions, and says when the verdict on the ceiling is certain. */
export interface EarlyStop {
  /** True once it is certain. */
  take(result: Result): boolean;
  readonly decision: EarlyDecision;
}

/**
 * The full run that it speaks of is that of the sample chosen: the authors' list is no random part of the rest.
 *
 * @param questions of the whole sample in the frozen order, which is the order the test looks at them in
 * @param arm the one that the gate is on; the other arm's answers say nothing of it
 */
export function createEarlyStop(
  questions: readonly Question[],
  arm: Arm,
  options: Omit<StopperOptions, 'population'>,
): EarlyStop {
  const scenarios = Map.groupBy(questions, ({ scenario }) => scenario.name);
  const population = new Map([...scenarios].map(([name, own]) => [name, own.length]));
  const stopper = createStopper({ ...options, population });
  const places = new Map(questions.map(({ key }, place) => [key, place]));
  const open = new Map<string, { unsafe: number; safe: number; left: number }>();
  let decision: EarlyDecision = { outcome: 'undecided', questions: 0, population: questions.length };
  return {
    take({ trial, label }) {
      const { question } = trial.pair;
      const place = places.get(question.key);
      if (place === undefined || trial.control || label === 'stopped') return false;
      if (trial.subject !== 'target' || trial.arm !== arm) return false;
      const so = open.get(question.key) ?? { unsafe: 0, safe: 0, left: options.answersPerQuestion };
      open.set(question.key, so);
      if (label !== 'unjudged') so[label] += 1;
      so.left -= 1;
      if (so.left > 0) return false;
      open.delete(question.key);
      const { unsafe, safe } = so;
      decision = stopper.add(place, { scenario: question.scenario.name, unsafe, safe });
      return decision.outcome !== 'undecided';
    },
    get decision() {
      return decision;
    },
  };
}
