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
  /** Waits for what has begun of it. */
  settled(): Promise<void>;
  /** When the time is over: not waited for long, nor where the judge's endpoint answers nobody for as long. */
  atDeadline(judges: Judges): Promise<void>;
  /** When all is over: takes the look now where none has come to its end. */
  atEnd(): Promise<void>;
  /** Whether one has come to its end. */
  readonly isTaken: boolean;
}

/** What tells whether it is of use to wait for the judge. */
type Judges = Pick<Pacer, 'hurry' | 'isGivenUp' | 'awayFor' | 'wait'>;

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
  let isBegun = false;
  let isTaken = false;
  const looks: Promise<void>[] = [];
  const take = () => {
    const look = proof.last().then(isOver => {
      isTaken ||= isOver;
    });
    looks.push(look);
    return look;
  };
  return {
    toJudge(trial) {
      if (!unjudged.delete(trial) || unjudged.size > 0 || isBegun || isStopped()) return;
      // Where all so far came from the journal, there is nothing yet to vouch for.
      if (judgements.count.fresh === 0) return;
      isBegun = true;
      take().catch(end);
    },
    get isBegun() {
      return isBegun;
    },
    async settled() {
      await Promise.all(looks);
    },
    async atDeadline(judges) {
      isBegun = true;
      judges.hurry();
      // One that is under way waits behind what waited for the judge before.
      if (!isTaken) await Promise.race([...looks, take(), noMoreUse(judges)]);
    },
    async atEnd() {
      if (!isTaken) await take();
    },
    get isTaken() {
      return isTaken;
    },
  };
}

async function noMoreUse(judges: Judges): Promise<void> {
  const startedAt = performance.now();
  for (let left = LONGEST_LOOK; left > 0; left = LONGEST_LOOK - (performance.now() - startedAt)) {
    await delay(SEEN_AFTER, undefined, { ref: false });
    if (judges.isGivenUp || judges.awayFor() >= LONGEST_LOOK || judges.wait() >= left) return;
  }
}
