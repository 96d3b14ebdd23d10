import type { Meter } from './endpoint/meter.ts';
import type { LastLook } from './last-look.ts';
import type { Trial } from './trials.ts';
import type { Watch } from './watch.ts';

/**
 * What may end a run before all pairs are asked: the planted answers, those with human labels and the controls are to
 * come to their ends first.
 */
export interface Ending {
  /** A trial has come to its end, or is not to be begun. */
  over(trial: Trial): void;
  /** The judge has been given all planted answers, or all that people have labelled. */
  checked(): void;
}

/** What the judge is given beside the run: the planted answers, and those with human labels. */
const PROOFS = 2;

export function createEnding(
  trials: readonly Trial[],
  watch: Watch,
  meter: Meter,
  lastLook: Pick<LastLook, 'isBegun'>,
): Ending {
  let checksOpen = PROOFS + trials.filter(({ control }) => control).length;
  const stopWhenCertain = () => {
    // Beside the last look nothing is begun any more: broken off, it would have to be paid for twice.
    const isTime = checksOpen === 0 && !lastLook.isBegun;
    if (watch.isCertain && isTime) meter.stop('the verdict is certain');
  };
  return {
    over({ control }) {
      if (control) checksOpen -= 1;
      stopWhenCertain();
    },
    checked() {
      checksOpen -= 1;
      stopWhenCertain();
    },
  };
}
