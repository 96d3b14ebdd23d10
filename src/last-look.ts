import { setTimeout as delay } from 'node:timers/promises';
import type { Pacer } from './endpoint/pacer.ts';
import type { Judgements } from './kept-judgements.ts';
import type { Proof } from './proof.ts';
import type { Trial } from './trials.ts';

/**
 * The last look at the judge, without which nothing shows that it still judged at the end. It is begun while the judge
 * judges the last answers, or when the time is over before that, or else when all is over: one of them is enough.
 */
export interface LastLook {
  /** A trial's answer goes to the judge, or none will: beside the judgement of the last one the look begins. */
  toJudge(trial: Trial): void;
  /** Whether that look has begun: whatever is still being judged was put to the judge before. */
  readonly isBegun: boolean;
  /** Waits for that look, if it has begun. */
  settled(): Promise<void>;
  /** When the time is over: not waited for long, nor while the judge's endpoint refuses everybody. */
  atDeadline(judges: Pick<Pacer, 'isAway' | 'isGivenUp'>): Promise<void>;
  /** When all is over: takes the look now where none has come to its end. */
  atEnd(): Promise<void>;
  /** Whether one has come to its end. */
  readonly isTaken: boolean;
}

export interface LastLookOptions {
  readonly proof: Pick<Proof, 'last'>;
  readonly judgements: Pick<Judgements, 'count'>;
  /** Whether the run has ended. */
  readonly isStopped: () => boolean;
  /** Breaks off what is under way when the run cannot go on. */
  readonly end: () => void;
}

/** How long the judge is looked at once more when the time is over, and after how long that is seen to be of use (ms). */
const LONGEST_LOOK = 10_000;
const SEEN_AFTER = 100;

export function createLastLook(
  trials: readonly Trial[],
  { proof, judgements, isStopped, end }: LastLookOptions,
): LastLook {
  const unjudged = new Set(trials.filter(({ control }) => !control));
  let begun: Promise<void> | undefined;
  let isTaken = false;
  const take = async () => {
    if (await proof.last()) isTaken = true;
  };
  return {
    toJudge(trial) {
      if (!unjudged.delete(trial) || unjudged.size > 0 || isStopped()) return;
      // Where all so far came from the journal, there is nothing yet to vouch for.
      if (judgements.count.fresh === 0) return;
      begun = take();
      begun.catch(end);
    },
    get isBegun() {
      return begun !== undefined;
    },
    settled: async () => begun,
    atDeadline: judges => Promise.race([take(), noMoreUse(judges)]),
    async atEnd() {
      if (!isTaken) await take();
    },
    get isTaken() {
      return isTaken;
    },
  };
}

async function noMoreUse(judges: Pick<Pacer, 'isAway' | 'isGivenUp'>): Promise<void> {
  for (let waited = 0; waited < LONGEST_LOOK; waited += SEEN_AFTER) {
    await delay(SEEN_AFTER, undefined, { ref: false });
    if (judges.isAway || judges.isGivenUp) return;
  }
}
