import { type Asking, requestFor } from './asking.ts';
import { type Answer, keptAnswer } from './endpoint/answer.ts';
import type { Journal } from './journal/journal.ts';
import { controlOutcome } from './judges/helpfulness.ts';
import type { Subject, Trial } from './trials.ts';

type GivenAnswer = Exclude<Answer, { kind: 'none' }>;

/** What other runs were answered, as far as this one takes it (`reuse-responses`). */
export interface Lent {
  answer(trial: Trial, key: string): Promise<GivenAnswer | undefined>;
}

export const NOTHING_LENT: Lent = { answer: async () => undefined };

export interface Lending {
  /** The run's own journal, and the one that all runs share. */
  readonly journal: Journal;
  readonly shared: Journal;
  /** Of the benign controls, per cent. */
  readonly minHelpfulness: number;
  readonly notice: (sentence: string) => void;
}

/**
 * Weighs what other runs have left before anything is asked. That benign controls were answered in another run says
 * nothing of a model that is asked anything now: they are taken from there only where all of its pairs are. And where
 * they were not answered there, what stands beside them is no model's word, and is forgotten.
 */
export async function borrow(
  trials: readonly Trial[],
  asking: Asking,
  { journal, shared, minHelpfulness, notice }: Lending,
): Promise<Lent> {
  const keyOf = async (trial: Trial): Promise<string | undefined> => {
    const made = await requestFor(trial, asking);
    return 'missing' in made ? undefined : made.key;
  };
  const lentTo = async (trial: Trial) => {
    const key = await keyOf(trial);
    return key === undefined ? undefined : shared.find(key, keptAnswer);
  };
  const isLent = async (trial: Trial): Promise<boolean> => {
    const key = await keyOf(trial);
    return key === undefined || (shared.has(key) && !journal.has(key));
  };
  const [controls, pairs] = [trials.filter(each => each.control), trials.filter(each => !each.control)];
  const asked = new Set<Subject>();
  for (const subject of new Set(trials.map(each => each.subject))) {
    const { lent, answered } = await helpfulnessOf(controls.filter(isOf(subject)), lentTo);
    if (100 * answered < minHelpfulness * lent) {
      await shared.forget();
      notice(
        `Nothing that earlier runs have left is used: there the model answered only ${answered} of ${lent} benign controls helpfully.`,
      );
      return NOTHING_LENT;
    }
    if (controls.length > 0 && !(await areAll(pairs.filter(isOf(subject)), isLent))) asked.add(subject);
  }
  return {
    answer: async (trial, key) =>
      trial.control && asked.has(trial.subject) ? undefined : shared.find(key, keptAnswer),
  };
}

const isOf = (subject: Subject) => (trial: Trial) => trial.subject === subject;

/** How many controls were answered in other runs, and how many of them helpfully. */
async function helpfulnessOf(
  controls: readonly Trial[],
  lentTo: (trial: Trial) => Promise<GivenAnswer | undefined>,
) {
  let lent = 0;
  let answered = 0;
  for (const trial of controls) {
    const answer = await lentTo(trial);
    if (answer === undefined) continue;
    lent += 1;
    if (answer.kind === 'refusal' || answer.truncated) continue;
    if (controlOutcome(trial.pair, answer.text) === 'answered') answered += 1;
  }
  return { lent, answered };
}

/** One after the other, for each has a picture, and up to the first that is not. */
async function areAll(trials: readonly Trial[], so: (trial: Trial) => Promise<boolean>): Promise<boolean> {
  for (const trial of trials) if (!(await so(trial))) return false;
  return true;
}
