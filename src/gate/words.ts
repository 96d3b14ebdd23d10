/** A fraction in per cent for a person, to one decimal, or as many as keep what is not 0 or 100 % from looking so. */
export const percent = (fraction: number): string =>
  `${hundredfold(fraction, Math.max(placesBeside(fraction, 0), placesBeside(fraction, 1)))} %`;

/** A rate with as many decimals as it takes to tell it from the limit beside it. */
export const percentBeside = (fraction: number, limit: number): string =>
  `${hundredfold(fraction, placesBeside(fraction, limit))} %`;

/** A limit or a confidence as it was given, in per cent: 99.99 % is not 100 %. */
export const asGiven = (fraction: number): string => `${hundredfold(fraction, 6)} %`;

/** A change in percentage points with its sign, to as many decimals as it takes to tell it from the limit. */
export const changeBeside = (difference: number, limit: number): string =>
  `${difference > 0 ? '+' : ''}${pointsOf(difference, placesBeside(difference, limit))}`;

/** A number of percentage points: a limit as it was given, anything else to `places` decimals. */
export function pointsOf(difference: number, places = 6): string {
  const number = hundredfold(difference, places);
  return `${number.replace('-', '−')} ${number === '1' ? 'point' : 'points'}`;
}

/** Two one-sided bounds; together they hold less surely than each. */
export const span = (low: string, high: string, confidence: number): string =>
  `at least ${low} and at most ${high}, each with ${asGiven(confidence)} confidence`;

/** A whole number: 1,680. Not by the locale's own way, which takes 10 ms to be loaded. */
export const count = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** The same with its noun in the right number. */
export const counted = (n: number, noun: string, plural = `${noun}s`): string =>
  `${count(n)} ${n === 1 ? noun : plural}`;

/** Adding nought turns −0 into 0. */
const hundredfold = (fraction: number, places: number): string =>
  String(Number((fraction * 100).toFixed(places)) + 0);

const placesBeside = (value: number, limit: number): number =>
  [1, 2, 3].find(n => value === limit || (value * 100).toFixed(n) !== (limit * 100).toFixed(n)) ?? 4;
