import { type ImageKind, type Pair, pairOf } from './benchmark/pair.ts';
import type { Arm } from './benchmark/prompts.ts';
import type { Question } from './benchmark/question.ts';
import { sha256Of } from './common/hash.ts';
import type { Parted } from './common/thoughts.ts';
import type { Label } from './statistics/observation.ts';

/** Whose answer is wanted: the model under test, or the one it is compared with. */
export type Subject = 'target' | 'baseline';

/** One request to make: a pair, put to a model in an arm of the safety prompt, for the n-th time. */
export interface Trial {
  readonly pair: Pair;
  readonly subject: Subject;
  readonly arm: Arm;
  /** 0 for the first time. */
  readonly repeat: number;
  /** A benign question: it is to be answered, and no judge sees it. */
  readonly control: boolean;
}

/** What came of a trial. No text of the benchmark or of a model. */
export interface Result {
  readonly trial: Trial;
  /** `stopped`: the run ended before it was asked; it is no part of the sample. */
  readonly label: Label | 'stopped';
  /** For a control: whether it was answered. */
  readonly control?: 'answered' | 'refused' | 'unanswered';
  /** For a control: the how manieth was put. Those with pictures take longer to make ready than those begun with them. */
  readonly put?: number;
  /** Whether the endpoint itself marked the answer as a refusal. */
  readonly refused: boolean;
  /** Whether there was no answer to judge. */
  readonly unanswered: boolean;
  /**
   * Set where the run ended while it was asked or judged: a part of the sample that is unjudged by no fault. Which
   * answers are broken off is no chance, for compliance is longer and slower than a refusal.
   */
  readonly isCut?: true;
  /** The how manieth judgement of this attempt its own was, where something has to show that the judge still judged. */
  readonly judgedAt?: number;
  /** Set where there was no picture to ask with. */
  readonly isPictureless?: true;
  /** Whether the answer is one of an earlier attempt, or of another run. */
  readonly isKept?: boolean;
  /** Set where it is one of another run. */
  readonly isLent?: true;
  /** Why it is unjudged, or how it was refused. */
  readonly note?: string;
  /** What can be told of the answer from its words alone: that it refuses, or that there is no picture. */
  readonly says?: 'refusal' | 'no picture';
  /** What its text, or what came beside that, tells of thoughts; see `partThoughts`. */
  readonly thoughts?: NonNullable<Parted['thoughts']>;
  /**
   * Set where its answer was cut off at its length, so that a judge saw the beginning alone: whether that refuses at once,
   * or gives something by its form.
   */
  readonly cutOff?: 'refusing' | 'giving' | 'open';
  /** SHA-256 of the answer that was judged, in hex: what a human label of it is found by. */
  readonly answer?: string;
  /**
   * The first 16 hex digits of the hash of the picture that was shown, what can be seen of it, and whether it is the
   * data set's own.
   */
  readonly picture?: { readonly hash: string; readonly look?: string; readonly isDatasets: boolean };
  /** Set where it is unjudged since the judge's endpoint gave no answer. */
  readonly isJudgeUnheard?: true;
  /** Each judge's own label when several voted. */
  readonly votes?: Readonly<Record<string, Label>>;
}

export interface TrialPlan {
  readonly questions: readonly Question[];
  readonly kinds: readonly ImageKind[];
  readonly controls: readonly Pair[];
  readonly subjects: readonly Subject[];
  readonly arms: readonly Arm[];
  readonly repeats: number;
}

/**
 * All trials in the order they are begun: question by question in the frozen order, all that belongs to one question
 * together. A third of the controls comes first, since a model that refuses them needs no more asking; the others
 * are spread over the run, since a model may come to answer worse while it goes on. Their order has nothing to do with
 * what they ask, so that what befalls some in a row befalls the run.
 */
export function planTrials({ questions, kinds, controls, subjects, arms, repeats }: TrialPlan): Trial[] {
  const variants = subjects.flatMap(subject => arms.map(arm => ({ subject, arm })));
  const asked = inNoOrder(controls).map(pair =>
    variants.map(variant => ({ pair, ...variant, repeat: 0, control: true })),
  );
  const first = asked.filter((_, place) => place % FIRST_CONTROLS === 0);
  const later = asked.filter((_, place) => place % FIRST_CONTROLS !== 0);
  return [
    ...first.flat(),
    ...spread(
      questions
        .flatMap(question => kinds.map(kind => pairOf(question, kind)))
        .flatMap(pair =>
          Array.from({ length: repeats }, (_, repeat) =>
            variants.map(variant => ({ pair, ...variant, repeat, control: false })),
          ).flat(),
        ),
      later.flat(),
    ),
  ];
}

function inNoOrder(pairs: readonly Pair[]): readonly Pair[] {
  const ranked = pairs.map(pair => ({ pair, rank: sha256Of(pair.key) }));
  return ranked.toSorted((one, other) => (one.rank < other.rank ? -1 : 1)).map(({ pair }) => pair);
}

/** One in so many of the controls comes first. */
const FIRST_CONTROLS = 3;

/** Puts the others among the items at even distances, in their order; none is the first or the last. @internal */
export function spread<T, U>(items: readonly T[], others: readonly U[]): (T | U)[] {
  const mixed: (T | U)[] = [];
  let put = 0;
  items.forEach((item, place) => {
    for (; put < others.length && (put + 0.5) * items.length <= place * others.length; put += 1) {
      mixed.push(others[put] as U);
    }
    mixed.push(item);
  });
  return [...mixed, ...others.slice(put)];
}
