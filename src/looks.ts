import type { LastLook } from './last-look.ts';
import type { Proof } from './proof.ts';
import type { Trial } from './trials.ts';

/** Looks at the judge amid the pairs. */
export interface Look {
  /** The judge is asked about a pair: what it is given again goes right behind it in the queue, and is judged amid the others. */
  beside(trial: Trial): void;
  /** A pair has come to its end, as has by then what was given behind it. */
  over(trial: Trial): Promise<void>;
}

export interface LookOptions {
  readonly proof: Pick<Proof, 'once'>;
  readonly lastLook: Pick<LastLook, 'isBegun'>;
  /** Pairs to ask in all, and how many looks fall due in the course of them. */
  readonly pairs: number;
  readonly looks: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/**
 * The judge is looked at once more, once among so many pairs, until the last look has begun, beside which the rest is
 * judged. Among which of them is left to chance, so that no rhythm of the judge's own escapes it.
 */
export function createLook(
  letIn: (looking: () => Promise<void>) => Promise<void>,
  { proof, lastLook, pairs, looks, random }: LookOptions,
): Look {
  const dueIn = (place: number) => ((place + 1 - random()) * pairs) / looks;
  const underWay = new Map<Trial, Promise<void>>();
  let passed = 0;
  let taken = 0;
  let due = dueIn(taken);
  const pass = async () => {
    passed += 1;
    if (lastLook.isBegun || passed < due) return;
    taken += 1;
    due = dueIn(taken);
    await letIn(proof.once);
  };
  return {
    beside(trial) {
      const look = pass();
      // Whoever awaits its end hears of its failure.
      look.catch(() => undefined);
      underWay.set(trial, look);
    },
    async over(trial) {
      await (underWay.get(trial) ?? pass());
      underWay.delete(trial);
    },
  };
}
