import type { Arm } from './benchmark/prompts.ts';
import type { EarlyStop } from './early-stop.ts';
import type { Meter } from './endpoint/meter.ts';
import { counted } from './gate/words.ts';
import type { Going, Progress } from './progress.ts';
import { clopperPearsonUpper } from './statistics/clopper-pearson.ts';
import type { Label } from './statistics/observation.ts';
import { createRunningRate } from './statistics/running-rate.ts';
import type { Result, Subject, Trial } from './trials.ts';
import type { Trust } from './trust.ts';

export interface WatchOptions {
  readonly planned: number;
  /** Questions of each scenario in the whole data set. */
  readonly population: ReadonlyMap<string, number>;
  readonly meter: Meter;
  /** The arm that the gate is on. */
  readonly arm: Arm;
  /** Fraction of the controls that must be answered. */
  readonly minHelpfulness: number;
  /** Those of the model in the gated arm. */
  readonly controls: number;
  /** Pairs in a row that are lost by no chance: from the start, or once more than `spare` are lost. */
  readonly patience: number;
  /** A model's pairs of the gated arm that may be lost: with more, the verdict is `error`. Infinity where others count too. */
  readonly spare: Readonly<Record<Subject, number>>;
  /** How long nothing may be answered, or judged, once more than `spare` are lost (ms). */
  readonly silence: number;
  /** Milliseconds. */
  readonly clock: () => number;
  /** How far the judge is to be trusted. */
  readonly trust: Pick<Trust, 'hasFound' | 'judged'>;
  /** How its endpoints and its budget let it go on. */
  readonly going: () => Going;
  /** Says when the verdict is certain, where that was asked for. */
  readonly early: EarlyStop | null;
  readonly progress: (progress: Progress) => void;
}

/** Collects a run's results as they come, tells the progress, and gives up where going on could only cost. */
export interface Watch {
  /** A trial has an answer, judged or not: a model that has answered once is not silent any more. */
  heard(trial: Trial): void;
  take(result: Result): void;
  /** Tells where the run stands, also while nothing comes in. */
  tell(): void;
  /** Ends the run, as nothing more can come of it. */
  giveUp(why: string): void;
  readonly results: readonly Result[];
  /** Why the run was given up; null when it was not. */
  readonly gaveUp: string | null;
  /** Whether the verdict is certain, where the run is to stop early. */
  readonly isCertain: boolean;
}

const NAMES: Readonly<Record<Subject, string>> = { target: 'the model', baseline: 'the baseline model' };

export function createWatch(options: WatchOptions): Watch {
  const { planned, meter } = options;
  const results: Result[] = [];
  const count = { done: 0, unjudged: 0, kept: 0 };
  const rate = createRunningRate(options.population);
  let isCertain = false;
  let gaveUp: string | null = null;
  const giveUp: GiveUp = why => {
    if (meter.stopped === null) gaveUp = why;
    meter.stop(why);
  };
  const controls = createControlCount(options, giveUp);
  const losses = createLosses(options, giveUp);

  const takeDone = (result: Result, label: Label) => {
    const { subject, arm, control, pair } = result.trial;
    count.done += 1;
    if (result.isKept) count.kept += 1;
    if (control) {
      controls.take(result);
      return;
    }
    // The rate that is shown is that of the model under test, in the arm that the gate is on.
    if (subject === 'target' && arm === options.arm) {
      if (label === 'unjudged') count.unjudged += 1;
      else rate.take(pair.question.scenario.name, label);
    }
    losses.take(result);
  };

  const tell = () =>
    options.progress({
      ...count,
      planned,
      asr: rate.value,
      requests: meter.requests,
      isProving: options.trust.hasFound() === null,
      ...options.going(),
    });

  return {
    heard: losses.heard,
    tell,
    take(result) {
      results.push(result);
      // What the end of the run broke off, or kept from being begun, has not come to its own end.
      if (result.label !== 'stopped' && !result.isCut) takeDone(result, result.label);
      isCertain ||= options.early?.take(result) ?? false;
      tell();
    },
    giveUp,
    results,
    get gaveUp() {
      return gaveUp;
    },
    get isCertain() {
      return isCertain;
    },
  };
}

type GiveUp = (why: string) => void;

/** Gives up where too few benign controls will have been answered. */
function createControlCount(options: WatchOptions, giveUp: GiveUp) {
  const count = { taken: 0, answered: 0 };
  return {
    take({ trial, control, note = '' }: Result): void {
      if (trial.subject !== 'target' || trial.arm !== options.arm) return;
      count.taken += 1;
      if (control === 'answered') {
        count.answered += 1;
        return;
      }
      const lost = count.taken - count.answered;
      if (isHopeless(lost, options, count)) {
        giveUp(
          `${lost} of the first ${count.taken} benign controls were not answered helpfully (the last one: ${note})`,
        );
      }
    },
  };
}

/** Tells for how long nothing has come of what is asked for, and of how much of it in a row. */
function createDrought(who: string, did: string, { patience, silence, clock }: WatchOptions) {
  let since = clock();
  let inARow = 0;
  return {
    came(): void {
      since = clock();
      inARow = 0;
    },
    cameToNothing(): void {
      inARow += 1;
    },
    /** Says so where it is for good, by its number as well where that counts; null otherwise. */
    words(counts: boolean): string | null {
      const waited = clock() - since;
      if (waited > silence) return `${who} has ${did} nothing for ${Math.round(waited / 1000)} s`;
      return counts && inARow >= patience ? `${who} has ${did} none of ${inARow} pairs in a row` : null;
    },
  };
}

/** The same of the judge. */
function createJudgeDrought(options: WatchOptions) {
  const { hasFound, judged } = options.trust;
  const { came, cameToNothing, words } = createDrought('the judge', 'judged', options);
  /** Planted answers that it had judged when it last judged none of the others. */
  let planted = 0;
  return {
    came,
    cameToNothing(): void {
      if (judged() > planted) came();
      planted = judged();
      cameToNothing();
    },
    /** What it makes of the planted answers tells more where it makes anything of them. */
    words: ({ isJudgeUnheard }: Result): string | null =>
      words(hasFound() !== null || planted === 0 || isJudgeUnheard === true),
  };
}

/** Gives up where the verdict is an error already and nothing more comes to be known. */
function createLosses(options: WatchOptions, giveUp: GiveUp) {
  const { arm, patience, spare } = options;
  const silent: Record<Subject, number> = { target: 0, baseline: 0 };
  const lost: Record<Subject, number> = { target: 0, baseline: 0 };
  const answers = {
    target: createDrought(NAMES.target, 'answered', options),
    baseline: createDrought(NAMES.baseline, 'answered', options),
  };
  const judgements = createJudgeDrought(options);
  let withoutPicture = 0;

  const endIfForGood = (
    words: string | null,
    { trial: { subject }, note = '' }: Result,
    end: GiveUp,
  ): void => {
    if (words === null || lost[subject] <= spare[subject]) return;
    end(`${words}, and ${lost[subject]} pairs are lost (${note})`);
  };

  const takeUnanswered = (result: Result): void => {
    const { subject, arm: its } = result.trial;
    const { isPictureless, note = '' } = result;
    silent[subject] += 1;
    answers[subject].cameToNothing();
    if (subject === 'target' && its === arm && isPictureless) withoutPicture += 1;
    if (silent[subject] >= patience) {
      giveUp(`${NAMES[subject]} answered none of the first ${patience} pairs (${note})`);
    }
    endIfForGood(answers[subject].words(true), result, giveUp);
    if (withoutPicture > spare.target) giveUp(`${counted(withoutPicture, 'pair')} cannot be asked (${note})`);
  };

  return {
    heard({ subject, control }: Trial): void {
      answers[subject].came();
      if (!control) silent[subject] = Number.NEGATIVE_INFINITY;
    },
    take(result: Result): void {
      const { trial, label, refused, unanswered } = result;
      if (label !== 'unjudged') {
        // What is refused by its own field goes to no judge.
        if (!refused) judgements.came();
        return;
      }
      if (trial.arm === arm) lost[trial.subject] += 1;
      if (unanswered) {
        takeUnanswered(result);
        return;
      }
      judgements.cameToNothing();
      // Where it misses the planted answers, that is the verdict.
      const end = options.trust.hasFound() === false ? options.meter.stop : giveUp;
      endIfForGood(judgements.words(result), result, end);
    },
  };
}

/** How sure it must be that too few controls are answered. */
const SURE = 0.999;

/**
 * Whether too few controls would be answered even if all that are open were, or, as far as those asked first can
 * tell of the others: the upper bound of Clopper and Pearson on their rate is below the limit.
 */
function isHopeless(
  lost: number,
  { controls: all, minHelpfulness }: Pick<WatchOptions, 'controls' | 'minHelpfulness'>,
  { taken, answered }: { readonly taken: number; readonly answered: number },
): boolean {
  if (lost > all * (1 - minHelpfulness)) return true;
  return minHelpfulness > 0 && clopperPearsonUpper(answered, taken, SURE) < minHelpfulness;
}
