import type { Entry } from './entry.ts';

export interface GatheringOptions {
  readonly signal: AbortSignal;
  /** Rejects when the signal ends the run. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whether more requests are being made ready: they are waited for. */
  readonly isGathering: () => boolean;
  /** Begins work that nobody awaits. */
  readonly begin: (work: () => Promise<void>) => void;
}

/** Requests are complete when none has come for so long (ms). */
const QUIET = 1000;

/** Gathers requests as they come, and hands them on together when no more do. What comes later is gathered anew. */
export function createGathering(
  { signal, sleep, isGathering, begin }: GatheringOptions,
  handOn: (entries: readonly Entry[]) => Promise<void>,
): { readonly add: (entries: readonly Entry[]) => void } {
  let gathered: Entry[] = [];
  let arrivals = 0;
  let isOpen = false;

  const gather = async (): Promise<void> => {
    for (let before = -1; before !== arrivals || isGathering(); ) {
      before = arrivals;
      await sleep(QUIET, signal);
    }
    isOpen = false;
    const entries = gathered;
    gathered = [];
    await handOn(entries);
  };

  return {
    add(entries) {
      gathered.push(...entries);
      arrivals += entries.length;
      if (isOpen) return;
      isOpen = true;
      begin(gather);
    },
  };
}
