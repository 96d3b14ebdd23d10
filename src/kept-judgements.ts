import { z } from 'zod';
import type { Pair } from './benchmark/pair.ts';
import type { GivenAgain } from './gate/evidence.ts';
import type { Journal } from './journal/journal.ts';
import { keyOf } from './journal/key.ts';
import type { Judge, Judgement } from './judges/judgement.ts';
import { isNothingButRefusal } from './judges/refusal.ts';
import {
  type ByLabel,
  createShown,
  type KeptLooks,
  keptLooks,
  type Settled,
  type SoundLooks,
} from './shown-of-judge.ts';
import { LABELS, type Label } from './statistics/observation.ts';

/**
 * A judge with a memory. A judge that was broken when an attempt ended has left labels that mean nothing, and looks as
 * sound as any once it is mended: of what it called safe only that counts after which it has called something unsafe, or
 * what is a plain refusal, and of what it called unsafe that after which it has called something safe. And where it
 * missed what was given it again, that after which it has found some of this.
 */
export interface Judgements {
  /** @param asking is called once the judge is asked: behind that in the queue */
  of(pair: Pair, repeat: number, text: string, asking: () => void): Promise<Placed>;
  /** Whether anything has shown since a judgement of this attempt came that the judge still judged. */
  isBacked(label: Label, place: number): boolean;
  /** Of a planted answer, whose label is known: what was said of it counts also where the attempt ended before all were judged. */
  ofPlanted(pair: Pair, text: string): Promise<Judgement>;
  readonly count: Readonly<Count>;
  /** From now on the judge does not miss what it missed at first of a label; that is kept with what is shown next. */
  settled(label: keyof ByLabel): void;
  /** The longest answer that was judged, also by an earlier attempt (characters). */
  readonly longest: number;
  /** What the judge was given again in the earlier attempts of this run whose judgements count in this one. */
  readonly earlier: readonly GivenAgain[];
  /**
   * Keeps what this attempt has shown of the judge.
   * @param vouched by label, so many of the judgements had come when the judge last found planted answers
   * @param again what the judge was given again in this attempt
   */
  shown(vouched: ByLabel, again: GivenAgain): Promise<void>;
  /** The judge may not find the planted answers: what it said in this attempt is not kept, until it is shown again. */
  doubted(): Promise<void>;
  /** The judge no longer finds the planted answers: what it said, in the earlier attempts too, is not kept after all. */
  disproved(): Promise<void>;
}

/** A judgement, and the how manieth of this attempt it was to come; without that where it needs nothing to back it. */
interface Placed extends Judgement {
  readonly place?: number;
}

/** Judgements of this attempt, where nothing else is said. */
interface Count {
  /** Those that were asked for, since they were not in the journal. */
  asked: number;
  /** Those of them that have come. */
  come: number;
  /** Those of them that are of pairs. */
  fresh: number;
  /** Pairs that have a judgement, also of an earlier attempt. */
  pairs: number;
  /** Those of them that were judged before a label was settled. */
  unsettled: ByLabel;
}

const keptJudgement = z.strictObject({
  label: z.enum(['safe', 'unsafe']),
  votes: z.record(z.string(), z.enum(LABELS)).optional(),
  attempt: z.string(),
  /** The how manieth of the attempt it was to come. */
  place: z.int().positive(),
});

type KeptJudgement = z.output<typeof keptJudgement>;

export interface JudgementsOptions {
  /** A name that no other attempt with this journal has. */
  readonly attempt: string;
  /**
   * The journal that other runs share with this one. What they have shown of their judge says nothing of this one's: of
   * their judgements those of pairs alone count, and if it missed no planted answer that it was given again.
   */
  readonly shared: Journal | null;
}

const labelIn = ({ label, votes }: KeptJudgement | Judgement): Judgement => ({
  label,
  ...(votes && { votes }),
});

export function createJudgements(judge: Judge, journal: Journal, options: JudgementsOptions): Judgements {
  const { attempt } = options;
  const looksOf = (name: string) => keyOf('looks', judge.identities, name);
  const earlier = createEarlier(journal, looksOf, options);
  const count: Count = { asked: 0, come: 0, fresh: 0, pairs: 0, unsettled: { safe: 0, unsafe: 0 } };
  let longest = 0;
  const own = createShown(entry => journal.append(looksOf(attempt), entry));
  const judged = async (pair: Pair, repeat: number, text: string, asking?: () => void): Promise<Placed> => {
    const isPlanted = asking === undefined;
    const key = keyOf('judgement', judge.identities, pair.key, repeat, text);
    const kept = await earlier.find(key, isPlanted, text);
    if (kept) {
      if (!isPlanted) addPair(count, kept.place, kept.settled);
      return kept.judgement;
    }
    count.asked += 1;
    if (!isPlanted) count.fresh += 1;
    const coming = judge.judge(pair, text);
    asking?.();
    const judgement = await coming;
    const place = ++count.come;
    if (judgement.label !== 'unjudged') {
      await journal.append(key, { ...labelIn(judgement), attempt, place });
    }
    if (judgement.label === 'unjudged' || isPlanted) return judgement;
    addPair(count, place, own.settled);
    await own.called(judgement.label, place);
    return isRight(judgement.label, text) ? judgement : { ...judgement, place };
  };

  return {
    count,
    get longest() {
      return longest;
    },
    get earlier() {
      return earlier.looks;
    },
    async of(pair, repeat, text, asking) {
      longest = Math.max(longest, text.length);
      return judged(pair, repeat, text, asking);
    },
    isBacked: (label, place) => isBacked({ label, place }, own.soFar),
    ofPlanted: (pair, text) => judged(pair, 0, text),
    settled: label => own.settle(label, count.come),
    shown: own.shown,
    doubted: own.disproved,
    async disproved() {
      await own.disproved();
      await earlier.disproved();
    },
  };
}

/** Counts a pair that has a judgement, the how manieth of an attempt in which labels were settled then. */
function addPair(count: Count, place: number, settled: Settled): void {
  const { safe, unsafe } = count.unsettled;
  count.pairs += 1;
  count.unsettled = {
    safe: safe + Number(isBefore(place, settled.safe)),
    unsafe: unsafe + Number(isBefore(place, settled.unsafe)),
  };
}

const isBefore = (place: number, settled: number | undefined): boolean =>
  settled === undefined || place <= settled;

type Backed = Pick<KeptJudgement, 'place'> & { readonly label: Label };

/** A judge that calls everything safe is right about a refusal. */
const isRight = (label: Label, text: string): boolean => label === 'safe' && isNothingButRefusal(text);

/**
 * Whether the judge has called an answer otherwise since a judgement came, or has found one that it was given again, and
 * had not come to miss these.
 */
function isBacked({ label, place }: Backed, looks: SoundLooks): boolean {
  const other = label === 'safe' ? 'unsafe' : 'safe';
  const { vouched, seen } = looks;
  return place <= Math.max(vouched[other], seen[other]) && !isMissedAmid({ label, place }, looks);
}

/** Whether what was judged of a pair counts in another attempt, or in another run. */
const mayBeKept = (kept: KeptJudgement, text: string, looks: SoundLooks): boolean =>
  isRight(kept.label, text) || isBacked(kept, looks);

/** Whether it came after what the judge then missed of what was given it again. */
const isMissedAmid = ({ label, place }: Backed, { vouched, again }: SoundLooks): boolean =>
  (again.unsafe.missed > 0 && place > vouched.unsafe) ||
  (label === 'unsafe' && again.safe.missed > 0 && place > vouched.safe);

/** A judgement that was found, the how manieth of its attempt it was, and when a label was settled there. */
interface Found {
  readonly judgement: Judgement;
  readonly place: number;
  readonly settled: Settled;
}

const settledIn = (looks: KeptLooks | undefined): Settled => (typeof looks === 'object' ? looks.settled : {});

/** What was judged in earlier attempts of this run, and in other runs, as far as it counts in this attempt. */
function createEarlier(
  journal: Journal,
  looksOf: (attempt: string) => string,
  { attempt, shared }: JudgementsOptions,
) {
  const looked = new Map<string, GivenAgain>();
  const counted = new Set<string>();
  const looksIn = (kept: KeptJudgement): Promise<KeptLooks | undefined> =>
    journal.find(looksOf(kept.attempt), keptLooks);
  const counts = (
    kept: KeptJudgement,
    isPlanted: boolean,
    text: string,
    looks: KeptLooks | undefined,
  ): boolean => {
    if (kept.attempt === attempt) return true;
    if (looks === 'disproved') return false;
    if (looks === undefined) return isPlanted;
    // What it missed counts, whatever is kept of the attempt.
    looked.set(kept.attempt, looks.again);
    return isPlanted ? !isMissedAmid(kept, looks) : mayBeKept(kept, text, looks);
  };
  return {
    async find(key: string, isPlanted: boolean, text: string): Promise<Found | undefined> {
      const kept = await journal.find(key, keptJudgement);
      const looks = kept && (await looksIn(kept));
      if (kept && counts(kept, isPlanted, text, looks)) {
        counted.add(kept.attempt);
        return { judgement: labelIn(kept), place: kept.place, settled: settledIn(looks) };
      }
      const lent = shared && !isPlanted ? await lentBy(shared, key, text, looksOf) : undefined;
      // A run whose judge missed more at first than by chance lends nothing.
      return lent && { judgement: lent, place: 1, settled: { safe: 0, unsafe: 0 } };
    },
    /** What the judge was given again in those attempts. */
    get looks(): readonly GivenAgain[] {
      return [...looked.values()];
    },
    /** What the judge said in those attempts does not count in the next. */
    async disproved(): Promise<void> {
      for (const name of new Set([...looked.keys(), ...counted])) {
        await journal.append(looksOf(name), 'disproved');
      }
    },
  };
}

/** A judgement of another run that counts in this one. */
async function lentBy(
  shared: Journal,
  key: string,
  text: string,
  looksOf: (attempt: string) => string,
): Promise<Judgement | undefined> {
  const lent = await shared.find(key, keptJudgement);
  if (lent === undefined) return undefined;
  const looks = await shared.find(looksOf(lent.attempt), keptLooks);
  if (looks === undefined || looks === 'disproved') return undefined;
  const { safe, unsafe } = looks.again;
  if (safe.missed + unsafe.missed > 0) return undefined;
  return mayBeKept(lent, text, looks) ? labelIn(lent) : undefined;
}
