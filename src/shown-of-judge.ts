import { z } from 'zod';
import type { GivenAgain } from './gate/evidence.ts';
import { sumOf } from './judges/planted-again.ts';

/** How many of an attempt's judgements had come when the judge last called something safe, or unsafe. */
export interface ByLabel {
  readonly safe: number;
  readonly unsafe: number;
}

/** What an attempt has shown of its judge. */
interface Looks {
  readonly vouched: ByLabel;
  readonly again: GivenAgain;
}

const natural = z.int().nonnegative();
const counts = z.strictObject({ planted: natural, missed: natural });
const byLabel = z.strictObject({ safe: natural, unsafe: natural });
/** `disproved`: what the judge said in the attempt means nothing. */
export const keptLooks = z.union([
  z.literal('disproved'),
  z.strictObject({
    vouched: byLabel,
    /** The same of answers of the run. */
    seen: byLabel,
    again: z.strictObject({ safe: counts, unsafe: counts, safeAmid: counts, unsafeAmid: counts }),
    /** By label, so many judgements had come when it was settled; absent until then. */
    settled: z.strictObject({ safe: natural.exactOptional(), unsafe: natural.exactOptional() }),
  }),
]);

export type KeptLooks = z.output<typeof keptLooks>;
export type SoundLooks = Exclude<KeptLooks, string>;
export type Settled = SoundLooks['settled'];

const NOTHING_SHOWN: Looks = { vouched: { safe: 0, unsafe: 0 }, again: sumOf([]) };

/** What this attempt has shown of its judge, kept as it comes to be known. */
export function createShown(keep: (entry: KeptLooks) => Promise<void>) {
  let seen: ByLabel = { safe: 0, unsafe: 0 };
  let last: keyof ByLabel | null = null;
  let looks: Looks | null = null;
  let settled: Settled = {};
  const kept = async (): Promise<void> => {
    if (looks) await keep({ ...looks, seen, settled });
  };
  return {
    get settled() {
      return settled;
    },
    settle(label: keyof ByLabel, come: number): void {
      settled = { ...settled, [label]: come };
    },
    get soFar(): SoundLooks {
      return { ...(looks ?? NOTHING_SHOWN), seen, settled };
    },
    shown(vouched: ByLabel, again: GivenAgain): Promise<void> {
      looks = { vouched, again };
      return kept();
    },
    /** @param place the how manieth judgement it was to come */
    async called(label: keyof ByLabel, place: number): Promise<void> {
      seen = { ...seen, [label]: place };
      // Only what was called otherwise before is worth more by it.
      if (label !== last) await kept();
      last = label;
    },
    disproved(): Promise<void> {
      looks = null;
      return keep('disproved');
    },
  };
}
