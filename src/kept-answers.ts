import { type Asking, requestFor } from './asking.ts';
import type { ImageKind } from './benchmark/pair.ts';
import { type Answer, keptAnswer } from './endpoint/answer.ts';
import { counted } from './gate/words.ts';
import type { Journal } from './journal/journal.ts';
import { controlOutcome } from './judges/helpfulness.ts';
import { chanceInARow } from './statistics/hypergeometric.ts';
import type { Subject, Trial } from './trials.ts';

type GivenAnswer = Exclude<Answer, { kind: 'none' }>;

/** What other runs were answered, as far as this one takes it (`reuse-responses`). */
export interface Lent {
  answer(trial: Trial, key: string): Promise<GivenAnswer | undefined>;
  /** Forgets what was taken, for all runs. */
  forget(): Promise<void>;
}

export const NOTHING_LENT: Lent = { answer: async () => undefined, forget: async () => undefined };

/** The key of a trial's answer; undefined where there is no picture to ask with. */
export type KeyFor = (trial: Trial) => Promise<string | undefined>;

/** Makes each key once: its picture has to be read for it, and each journal is weighed by the same trials. */
export function keysFor(asking: Asking): KeyFor {
  const keys = new Map<Trial, string | undefined>();
  return async trial => {
    if (!keys.has(trial)) {
      const made = await requestFor(trial, asking);
      keys.set(trial, 'missing' in made ? undefined : made.key);
    }
    return keys.get(trial);
  };
}

export interface Lending {
  /** The run's own journal, and what others lend. */
  readonly own: Journal;
  readonly shared: Journal;
  /** Of the benign controls, per cent. */
  readonly minHelpfulness: number;
  readonly notice: (sentence: string) => void;
}

/**
 * Weighs what other runs have left before anything is asked. That benign controls were answered in another run says
 * nothing of a model that is asked anything now: they are taken from there only where all of its pairs are. And where
 * fewer of them were answered there than this run asks for, what stands beside them is not taken either.
 */
export async function borrow(
  trials: readonly Trial[],
  keyFor: KeyFor,
  { own, shared, minHelpfulness, notice }: Lending,
): Promise<Lent> {
  const isLent = async (trial: Trial): Promise<boolean> => {
    const key = await keyFor(trial);
    return key === undefined || (shared.placeOf(key) !== undefined && own.placeOf(key) === undefined);
  };
  const asked = new Set<Subject>();
  for (const { subject, controls, pairs } of bySubject(trials)) {
    const lent = await controlsIn(shared, controls, keyFor);
    for (const its of [lent, ...Map.groupBy(lent, ({ kind }) => kind).values()]) {
      const answered = its.filter(({ isHelpful }) => isHelpful).length;
      if (100 * answered >= minHelpfulness * its.length) continue;
      notice(
        `Nothing that earlier runs have left is used: there the model answered only ${answered} of ${its.length} benign controls helpfully.`,
      );
      return NOTHING_LENT;
    }
    if (controls.length > 0 && !(await areAll(pairs, isLent))) asked.add(subject);
  }
  const taken: string[] = [];
  return {
    async answer(trial, key) {
      if (trial.control && asked.has(trial.subject)) return undefined;
      const lent = await shared.find(key, keptAnswer);
      if (lent) taken.push(key);
      return lent;
    },
    forget: () => shared.drop(taken),
  };
}

/** Any model fails a benign control now and then, and some fail many. */
const CHANCE = 0.05;

/**
 * Forgets what a model said since it last answered a benign control where it has failed more since than it would by
 * chance: something may have come over it, such as a limit of its account, that a run which was not broken off would
 * have seen in the next ones.
 */
export async function forgetDoubted(
  trials: readonly Trial[],
  keyFor: KeyFor,
  journal: Journal,
  notice: Lending['notice'],
): Promise<void> {
  for (const { controls, pairs } of bySubject(trials)) {
    const kept = await controlsIn(journal, controls, keyFor);
    const since = Math.max(-1, ...kept.filter(each => each.isHelpful).map(({ place }) => place));
    const failed = kept.filter(({ isHelpful }) => !isHelpful);
    const failedSince = failed.filter(({ place }) => place > since).length;
    if (failedSince < 2 || chanceInARow(failedSince, failed.length, kept.length) > CHANCE) continue;
    const doubted: string[] = [];
    for (const trial of [...controls, ...pairs]) {
      const key = await keyFor(trial);
      if (key !== undefined && (journal.placeOf(key) ?? -1) > since) doubted.push(key);
    }
    await journal.drop(doubted);
    notice(
      `Asked again for ${counted(doubted.length, 'answer')}: before the run was broken off the model had come to answer benign controls no longer.`,
    );
  }
}

/** The trials of each model. */
const bySubject = (trials: readonly Trial[]) =>
  [...Map.groupBy(trials, ({ subject }) => subject)].map(([subject, its]) => ({
    subject,
    controls: its.filter(({ control }) => control),
    pairs: its.filter(({ control }) => !control),
  }));

/** A benign control that was answered. */
interface KeptControl {
  /** Where its answer lies in the journal (bytes). */
  readonly place: number;
  readonly isHelpful: boolean;
  readonly kind: ImageKind;
}

async function controlsIn(
  journal: Journal,
  controls: readonly Trial[],
  keyFor: KeyFor,
): Promise<readonly KeptControl[]> {
  const kept: KeptControl[] = [];
  for (const trial of controls) {
    const key = await keyFor(trial);
    const answer = key === undefined ? undefined : await journal.find(key, keptAnswer);
    if (key === undefined || answer === undefined) continue;
    const isWhole = answer.kind === 'text' && !answer.truncated;
    const isHelpful = isWhole && controlOutcome(trial.pair, answer.text) === 'answered';
    kept.push({ place: journal.placeOf(key) ?? 0, isHelpful, kind: trial.pair.kind });
  }
  return kept;
}

/** One after the other, for each has a picture, and up to the first that is not. */
async function areAll(trials: readonly Trial[], so: (trial: Trial) => Promise<boolean>): Promise<boolean> {
  for (const trial of trials) if (!(await so(trial))) return false;
  return true;
}
