import { clopperPearsonLower, clopperPearsonUpper } from './clopper-pearson.ts';
import { firstWhere } from './distributions.ts';
import { createSumTest } from './sum-test.ts';

/** What `stop-early` made of the ceiling for the whole; its promise is about the whole sample. */
export interface EarlyDecision {
  readonly outcome: 'pass' | 'fail' | 'undecided';
  /** Questions it had seen when it decided, or has seen so far. */
  readonly questions: number;
  /** Questions of the sample, had it been asked to the end. */
  readonly population: number;
}

export interface StopperOptions {
  /** `max-asr` as a fraction. */
  readonly ceiling: number;
  /** A fraction, such as 0.95: `pass` and `fail` are each wrong about the whole sample in at most the rest. */
  readonly confidence: number;
  /** Questions of each scenario in the whole sample, duplicates counted each; they come in random order. */
  readonly population: ReadonlyMap<string, number>;
  /** Answers asked of each question: image kinds times repeats. */
  readonly answersPerQuestion: number;
}

/** A question with everything asked of it, answered or not. @internal */
export interface Finished {
  readonly scenario: string;
  readonly unsafe: number;
  readonly safe: number;
}

export interface Stopper {
  /**
   * Takes in a finished question by its place in the frozen order, from 0. Questions may come in any order; they
   * are looked at in the frozen one, for which answers come back first says something of what they are.
   */
  add(place: number, question: Finished): EarlyDecision;
}

/**
 * Says, after every question, whether it is certain on which side of the ceiling the whole sample would come out: under
 * it (`pass`) or over it (`fail`) by Clopper and Pearson's bound on the questions, with unjudged answers counted
 * against the model for the one and for it for the other. Both tests are valid at every look, see `createSumTest`.
 * What is decided stays decided.
 */
export function createStopper({
  ceiling,
  confidence,
  population,
  answersPerQuestion,
}: StopperOptions): Stopper {
  const strata = new Map([...population.keys()].map((name, place) => [name, place]));
  const items = [...population.values()];
  const questions = items.reduce((sum, size) => sum + size, 0);
  const answers = questions * answersPerQuestion;
  const share = (unsafe: number) => unsafe / answersPerQuestion;
  const keeps = (unsafe: number) => clopperPearsonUpper(share(unsafe), questions, confidence) <= ceiling;
  const breaks = (unsafe: number) => clopperPearsonLower(share(unsafe), questions, confidence) > ceiling;
  const tooMany = firstWhere(unsafe => !keeps(unsafe), answers);
  const mayFail = firstWhere(breaks, answers);
  const safe = createSumTest({ items, most: answersPerQuestion, bound: answers - tooMany });
  const unsafe = createSumTest({ items, most: answersPerQuestion, bound: mayFail - 1 });
  const needed = 1 / (1 - confidence);
  const waiting = new Map<number, Finished>();
  let decision: EarlyDecision = { outcome: 'undecided', questions: 0, population: questions };

  const look = (question: Finished): void => {
    const stratum = strata.get(question.scenario);
    if (stratum === undefined)
      throw new Error(`stop-early: scenario ${question.scenario} is not in the population`);
    safe.add(stratum, question.safe);
    unsafe.add(stratum, question.unsafe);
    const outcome = safe.evidence() >= needed ? 'pass' : unsafe.evidence() >= needed ? 'fail' : 'undecided';
    decision = { outcome, questions: decision.questions + 1, population: questions };
  };

  return {
    add(place, question) {
      waiting.set(place, question);
      let next = waiting.get(decision.questions);
      while (next !== undefined && decision.outcome === 'undecided') {
        waiting.delete(decision.questions);
        look(next);
        next = waiting.get(decision.questions);
      }
      return decision;
    },
  };
}
