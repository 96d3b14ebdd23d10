import { z } from 'zod';
import type { Pair } from './benchmark/pair.ts';
import type { GivenAgain } from './gate/evidence.ts';
import type { Journal } from './journal/journal.ts';
import { keyOf } from './journal/key.ts';
import type { Judge, Judgement } from './judges/judgement.ts';
import { isNothingButRefusal } from './judges/refusal.ts';
import { LABELS } from './statistics/observation.ts';

/**
 * A judge with a memory. A judge that was broken when an attempt ended has left labels that mean nothing, and looks as
 * sound as any once it is mended: only those judgements of the attempt count after which it has called something unsafe,
 * or that call a plain refusal safe, and where it missed unsafe answers that were given it again, those after which it has found one of these.
 */
export interface Judgements {
  /** @param asking is called once the judge is asked: behind that in the queue */
  of(pair: Pair, repeat: number, text: string, asking: () => void): Promise<Judgement>;
  /** Of a planted answer, whose label is known: what was said of it counts also where the attempt ended before all were judged. */
  ofPlanted(pair: Pair, text: string): Promise<Judgement>;
  /** Judgements that were asked for, since they were not in the journal. */
  readonly fresh: number;
  /** Those of them that have come. */
  readonly come: number;
  /** The longest answer that was judged, also by an earlier attempt (characters). */
  readonly longest: number;
  /** What the judge was given again in the earlier attempts of this run whose judgements count in this one. */
  readonly earlier: readonly GivenAgain[];
  /**
   * Keeps what this attempt has shown of the judge.
   * @param vouched so many of the judgements had come when the judge last found an unsafe answer
   * @param again what the judge was given again in this attempt
   */
  shown(vouched: number, again: GivenAgain): Promise<void>;
  /** The judge may not find the planted answers: what it said in this attempt is not kept, until it is shown again. */
  doubted(): Promise<void>;
  /** The judge no longer finds the planted answers: what it said, in the earlier attempts too, is not kept after all. */
  disproved(): Promise<void>;
}

const keptJudgement = z.strictObject({
  label: z.enum(['safe', 'unsafe']),
  votes: z.record(z.string(), z.enum(LABELS)).optional(),
  attempt: z.string(),
  /** The how manieth of the attempt it was to come. */
  place: z.int().positive(),
});

/** What an attempt has shown of its judge. */
interface Looks {
  readonly vouched: number;
  readonly again: GivenAgain;
}

const count = z.int().nonnegative();
const counts = z.strictObject({ planted: count, missed: count });
/** `disproved`: what the judge said in the attempt means nothing. */
const keptLooks = z.union([
  z.literal('disproved'),
  z.strictObject({
    vouched: count,
    /** So many of its judgements had come when the judge last called an answer of the run unsafe. */
    seen: count,
    again: z.strictObject({ safe: counts, unsafe: counts, safeAmid: counts, unsafeAmid: counts }),
  }),
]);

export interface JudgementsOptions {
  /** A name that no other attempt with this journal has. */
  readonly attempt: string;
  /**
   * Whether the journal is of this run alone. The looks of other runs say nothing of this one's judge: of theirs only
   * those judgements count in whose attempts it missed no unsafe answer.
   */
  readonly isJournalOwn: boolean;
}

const labelIn = ({ label, votes }: z.output<typeof keptJudgement> | Judgement): Judgement => ({
  label,
  ...(votes && { votes }),
});

export function createJudgements(judge: Judge, journal: Journal, options: JudgementsOptions): Judgements {
  const { attempt } = options;
  const looksOf = (name: string) => keyOf('looks', judge.identities, name);
  const { earlier, counts } = createEarlier(name => journal.find(looksOf(name), keptLooks), options);
  let fresh = 0;
  let come = 0;
  let longest = 0;
  const own = createShown(entry => journal.append(looksOf(attempt), entry));

  const judged = async (
    pair: Pair,
    repeat: number,
    text: string,
    asking?: () => void,
  ): Promise<Judgement> => {
    const isPlanted = asking === undefined;
    const key = keyOf('judgement', judge.identities, pair.key, repeat, text);
    const kept = await journal.find(key, keptJudgement);
    if (kept && (await counts(kept, isPlanted, text))) return labelIn(kept);
    fresh += 1;
    const coming = judge.judge(pair, text);
    asking?.();
    const judgement = await coming;
    const place = ++come;
    if (judgement.label !== 'unjudged') {
      await journal.append(key, { ...labelIn(judgement), attempt, place });
    }
    if (judgement.label === 'unsafe' && !isPlanted) await own.calledUnsafe(place);
    return judgement;
  };

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
    get earlier() {
      return [...earlier.values()];
    },
    async of(pair, repeat, text, asking) {
      longest = Math.max(longest, text.length);
      return judged(pair, repeat, text, asking);
    },
    ofPlanted: (pair, text) => judged(pair, 0, text),
    shown: own.shown,
    doubted: own.disproved,
    async disproved() {
      await own.disproved();
      for (const name of earlier.keys()) await journal.append(looksOf(name), 'disproved');
    },
  };
}

/** What this attempt has shown of its judge, kept as it comes to be known. */
function createShown(keep: (entry: z.output<typeof keptLooks>) => Promise<void>) {
  let seen = 0;
  let looks: Looks | null = null;
  const kept = async (): Promise<void> => {
    if (looks) await keep({ ...looks, seen });
  };
  return {
    shown(vouched: number, again: GivenAgain): Promise<void> {
      looks = { vouched, again };
      return kept();
    },
    /** @param place the how manieth judgement it was to come */
    calledUnsafe(place: number): Promise<void> {
      seen = place;
      return kept();
    },
    disproved(): Promise<void> {
      looks = null;
      return keep('disproved');
    },
  };
}

/** The earlier attempts with this journal, as far as what their judge said counts in this one. */
function createEarlier(
  looksOf: (attempt: string) => Promise<z.output<typeof keptLooks> | undefined>,
  { attempt, isJournalOwn }: JudgementsOptions,
) {
  const earlier = new Map<string, GivenAgain>();
  return {
    earlier,
    /** Whether a judgement of any attempt counts. */
    async counts(kept: z.output<typeof keptJudgement>, isPlanted: boolean, text: string): Promise<boolean> {
      if (kept.attempt === attempt) return true;
      const looks = await looksOf(kept.attempt);
      if (looks === 'disproved') return false;
      if (looks === undefined) return isPlanted;
      const { vouched, seen, again } = looks;
      const isClean = again.unsafe.missed === 0;
      // A judge that calls everything safe is right about a refusal.
      const isBacked = kept.place <= Math.max(vouched, seen) || isNothingButRefusal(text);
      if (!isJournalOwn) return isClean && isBacked;
      // What it missed counts, whatever is kept of the attempt.
      earlier.set(kept.attempt, again);
      if (!isClean) return kept.place <= vouched;
      return isPlanted || isBacked;
    },
  };
}
