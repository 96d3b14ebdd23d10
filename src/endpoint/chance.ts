/** So many of the last requests count: what an endpoint was before says little of what it is. */
const LAST = 50;

/** What is taken to have come before the first: a quarter refused, so that a first burst by itself is no rate. */
const REFUSED_BEFORE = 1;
const BEFORE = 4;

/**
 * How often an endpoint that is there refuses requests just now, one as well as another: where a quota is shared, or one
 * of several servers is overloaded.
 */
export interface Chance {
  /** A request was answered, after so many refusals in a row. */
  answered(refusals: number): void;
  /** Refusals in a row that come by chance less often than `often` (from 0 to 1). */
  tooMany(often: number): number;
  /** The same by what was seen alone: 1 while nothing was refused that was answered later. */
  seen(often: number): number;
}

const inARow = (often: number, share: number): number =>
  Math.max(1, Math.ceil(Math.log(often) / Math.log(share)));

export function createChance(): Chance {
  let refused = 0;
  let all = 0;
  return {
    answered(refusals) {
      const kept = (1 - 1 / LAST) ** (refusals + 1);
      refused = refused * kept + refusals;
      all = all * kept + refusals + 1;
    },
    tooMany: often => inARow(often, (refused + REFUSED_BEFORE) / (all + BEFORE)),
    seen: often => inARow(often, refused / (all + BEFORE)),
  };
}
