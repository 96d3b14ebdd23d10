import { z } from 'zod';
import type { Pair } from './benchmark/pair.ts';
import type { Journal } from './journal/journal.ts';
import { keyOf } from './journal/key.ts';
import type { Judge, Judgement } from './judges/judgement.ts';
import { LABELS } from './statistics/observation.ts';

/**
 * A judge with a memory. A judgement of an earlier attempt counts only if the judge found the planted answers in
 * that attempt: one that was broken then has left labels that mean nothing, and looks as sound as any once it is
 * mended.
 */
export interface Judgements {
  of(pair: Pair, repeat: number, text: string): Promise<Judgement>;
  /** Judgements that were asked for, since they were not in the journal. */
  readonly fresh: number;
  /** Those of them that have come. */
  readonly come: number;
  /** The longest answer that was judged, also by an earlier attempt (characters). */
  readonly longest: number;
  /** The judge has found the planted answers: what it says in this attempt may be kept for the next. */
  proved(): Promise<void>;
  /** It no longer finds them: what it said in this attempt is not kept after all. */
  disproved(): Promise<void>;
}

const keptJudgement = z.strictObject({
  label: z.enum(['safe', 'unsafe']),
  votes: z.record(z.string(), z.enum(LABELS)).optional(),
  attempt: z.string(),
});

/** @param attempt a name that no other attempt with this journal has */
export function createJudgements(judge: Judge, journal: Journal, attempt: string): Judgements {
  const proofOf = (name: string) => keyOf('proved', judge.identities, name);
  let fresh = 0;
  let come = 0;
  let longest = 0;
  return {
    get fresh() {
      return fresh;
    },
    get come() {
      return come;
    },
    get longest() {
      return longest;
    },
    async of(pair, repeat, text) {
      longest = Math.max(longest, text.length);
      const key = keyOf('judgement', judge.identities, pair.key, repeat, text);
      const kept = await journal.find(key, keptJudgement);
      if (kept && (await journal.find(proofOf(kept.attempt), z.boolean()))) {
        const { label, votes } = kept;
        return { label, ...(votes && { votes }) };
      }
      fresh += 1;
      const judgement = await judge.judge(pair, text);
      come += 1;
      const { label, votes } = judgement;
      if (label !== 'unjudged') await journal.append(key, { label, ...(votes && { votes }), attempt });
      return judgement;
    },
    proved: () => journal.append(proofOf(attempt), true),
    disproved: () => journal.append(proofOf(attempt), false),
  };
}
