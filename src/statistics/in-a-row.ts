/**
 * The probability (0 to 1) that so many places in a row, which are named beforehand, are all failed ones, of so many
 * failed among all in an order of chance: drawn without replacement, as in the hypergeometric distribution.
 */
export const chanceInARow = (inARow: number, failed: number, all: number): number =>
  Array.from({ length: inARow }).reduce<number>(
    (product, _, n) => (product * Math.max(0, failed - n)) / (all - n),
    1,
  );
