/** Taken once: where a realm looks up each global anew, as the tests' does, this is most of what a draw takes. */
const { imul } = Math;

/** A source of uniform 32-bit whole numbers. */
export type Random32 = () => number;

/**
 * SplitMix32: the same numbers for the same seed on every platform (after Steele, Lea and Flood, OOPSLA 2014). Not
 * for secrets.
 */
export function random32(seed: number): Random32 {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

/** Uniform numbers in [0, 1) from such a source. */
export const uniform =
  (next: Random32): (() => number) =>
  () =>
    next() / 2 ** 32;
