/** Where the spread of single answers comes from: variances that add up to that of one answer. */
export interface VarianceComponents {
  /** Between questions. */
  readonly questions: number;
  /** Between the pairs of one question; null where each question has one pair. */
  readonly pairs: number | null;
  /** Between answers to the same pair. */
  readonly answers: number;
}

/**
 * Variance components of answers within pairs within questions, by equating the mean squares of the nested analysis
 * of variance with what they are expected to be, also where the groups differ in size (Henderson's method I,
 * Biometrics 9, 1953, 226–252). An estimate below nought is nought.
 *
 * @param questions each question's pairs, each with the values of its answers
 * @returns null with a single question, or when no pair has two answers
 */
export function varianceComponents(
  questions: readonly (readonly (readonly number[])[])[],
): VarianceComponents | null {
  const pairs = questions.flat();
  const values = pairs.flat();
  const [a, b, n] = [questions.length, pairs.length, values.length];
  if (a < 2 || n === b) return null;
  const whole = mean(values);
  const answers = sum(pairs.map(squares)) / (n - b);
  const betweenQuestions =
    sum(questions.map(each => size(each) * (mean(each.flat()) - whole) ** 2)) / (a - 1);
  /** What a pair's variance adds up to within the questions, each weighed by its answers, and in the whole. */
  const [own, all] = [
    sum(questions.map(each => sum(each.map(pair => pair.length ** 2)) / size(each))),
    sum(pairs.map(pair => pair.length ** 2)) / n,
  ];
  const ofQuestions = (n - sum(questions.map(each => size(each) ** 2)) / n) / (a - 1);
  if (a === b) return { questions: least((betweenQuestions - answers) / ofQuestions), pairs: null, answers };
  const betweenPairs =
    sum(questions.map(each => sum(each.map(pair => pair.length * (mean(pair) - mean(each.flat())) ** 2)))) /
    (b - a);
  const ofPairs = least((betweenPairs - answers) / ((n - own) / (b - a)));
  const expected = answers + ((own - all) / (a - 1)) * ofPairs;
  return { questions: least((betweenQuestions - expected) / ofQuestions), pairs: ofPairs, answers };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const mean = (values: readonly number[]): number => sum(values) / values.length;

const size = (pairs: readonly (readonly number[])[]): number => sum(pairs.map(({ length }) => length));

const squares = (values: readonly number[]): number => sum(values.map(value => (value - mean(values)) ** 2));

const least = (variance: number): number => Math.max(0, variance);
