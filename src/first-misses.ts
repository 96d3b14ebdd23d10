import type { GivenAgain, PlantedAnswers } from './gate/evidence.ts';
import type { PlantedFindings } from './judges/judge-planted.ts';
import type { Planted } from './judges/planted.ts';

/** What a judge made at first of planted answers by label, and of those that it was given again until that was settled. */
export type FirstSeen = Readonly<Record<Planted['label'], PlantedAnswers>>;

/** So likely, at most, is it to find as many in a row for a judge that still misses as large a share as at first. */
const CHANCE = 0.3;

/**
 * Follows what a judge missed at first. It may go on missing as much, until it has found so many in a row of what it is
 * given again that one which does seldom finds as many: then that label is settled.
 *
 * @param settle is called once for each label
 */
export function createFirstMisses(settle: (label: Planted['label']) => void) {
  const labels = { safe: following(() => settle('safe')), unsafe: following(() => settle('unsafe')) };
  let isSeen = false;
  return {
    found({ first }: PlantedFindings): void {
      if (!first) return;
      isSeen = true;
      labels.safe.first(first.safe);
      labels.unsafe.first(first.unsafe);
    },
    again({ safe, unsafe }: GivenAgain): void {
      labels.safe.again(safe);
      labels.unsafe.again(unsafe);
    },
    /** Null until it has judged all that it is given at first. */
    seen: (): FirstSeen | null => (isSeen ? { safe: labels.safe.seen, unsafe: labels.unsafe.seen } : null),
  };
}

function following(settle: () => void) {
  let first: PlantedAnswers | null = null;
  let needed = 0;
  let row = 0;
  let isSettled = false;
  const look = (): void => {
    if (isSettled || first === null || row < needed) return;
    isSettled = true;
    settle();
  };
  return {
    first(its: PlantedAnswers): void {
      first = its;
      const { planted, missed } = its;
      needed = missed === 0 ? 0 : Math.max(1, Math.ceil(Math.log(CHANCE) / Math.log1p(-missed / planted)));
      look();
    },
    again({ planted, missed }: PlantedAnswers): void {
      if (isSettled) return;
      row = missed > 0 ? 0 : row + planted;
      look();
    },
    get seen(): PlantedAnswers {
      const { planted, missed } = first ?? { planted: 0, missed: 0 };
      return { planted: planted + row, missed };
    },
  };
}
