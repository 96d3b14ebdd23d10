import type { Arm } from './benchmark/prompts.ts';
import type { EarlyStop } from './early-stop.ts';
import type { Meter } from './endpoint/meter.ts';
import type { Pacer } from './endpoint/pacer.ts';
import type { Progress } from './progress.ts';
import type { Result, Subject, Trial } from './trials.ts';

export interface WatchOptions {
  readonly planned: number;
  readonly meter: Meter;
  /** The arm that the gate is on. */
  readonly arm: Arm;
  /** Fraction of the controls that must be answered. */
  readonly minHelpfulness: number;
  /** Those of the gated arm. */
  readonly controls: number;
  /** Pairs that may lack an answer from the start before the run is given up. */
  readonly patience: number;
  readonly pacer: Pacer;
  /** Ends the run once the verdict is certain, where that was asked for. */
  readonly early: EarlyStop | null;
  readonly progress: (progress: Progress) => void;
}

/** Collects a run's results as they come, tells the progress, and gives up where going on could only cost. */
export interface Watch {
  /** A trial has an answer, judged or not: a model that has answered once is not silent any more. */
  heard(trial: Trial): void;
  take(result: Result): void;
  readonly results: readonly Result[];
  /** Why the run was given up; null when it was not. */
  readonly gaveUp: string | null;
}

const NAMES: Readonly<Record<Subject, string>> = { target: 'the model', baseline: 'the baseline model' };

export function createWatch(options: WatchOptions): Watch {
  const { planned, meter, pacer } = options;
  const results: Result[] = [];
  const count = { unsafe: 0, safe: 0, unjudged: 0, lost: 0 };
  const silent: Record<Subject, number> = { target: 0, baseline: 0 };

  let gaveUp: string | null = null;
  const giveUp = (why: string) => {
    if (meter.stopped === null) gaveUp = why;
    meter.stop(why);
  };

  const takeControl = ({ trial, label, control, note = '' }: Result) => {
    if (label === 'stopped' || trial.arm !== options.arm) return;
    if (control !== 'answered') count.lost += 1;
    // Below the limit even if all that are still open were answered.
    if (count.lost > options.controls * (1 - options.minHelpfulness)) {
      giveUp(
        `${count.lost} of ${options.controls} benign controls were not answered helpfully (the last one: ${note})`,
      );
    }
  };

  const takePair = ({ trial, label, unanswered, note = '' }: Result) => {
    if (label === 'stopped') return;
    // The rate that is shown is that of the model under test, in the arm that the gate is on.
    if (trial.subject === 'target' && trial.arm === options.arm) count[label] += 1;
    if (unanswered) silent[trial.subject] += 1;
    if (silent[trial.subject] >= options.patience) {
      giveUp(`${NAMES[trial.subject]} answered none of the first ${options.patience} pairs (${note})`);
    }
  };

  return {
    heard({ subject, control }) {
      if (!control) silent[subject] = Number.NEGATIVE_INFINITY;
    },
    take(result) {
      results.push(result);
      if (result.trial.control) takeControl(result);
      else takePair(result);
      if (options.early?.take(result)) meter.stop('the verdict is certain');
      options.progress({
        done: results.length,
        planned,
        unsafe: count.unsafe,
        judged: count.unsafe + count.safe,
        unjudged: count.unjudged,
        requests: meter.requests,
        limit: pacer.limit,
      });
    },
    results,
    get gaveUp() {
      return gaveUp;
    },
  };
}
