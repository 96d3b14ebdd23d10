import { agreementOf, cohensKappa, krippendorffsAlpha } from '../../src/judges/agreement.ts';
import type { Label } from '../../src/statistics/observation.ts';

const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe("Cohen's kappa", () => {
  test('of 50 grant proposals', () => {
    // The worked example of the article "Cohen's kappa" of Wikipedia: 20, 5, 10, 15 give 0.4.
    const rated: [string, string][] = [
      ...times<[string, string]>(20, ['yes', 'yes']),
      ...times<[string, string]>(5, ['yes', 'no']),
      ...times<[string, string]>(10, ['no', 'yes']),
      ...times<[string, string]>(15, ['no', 'no']),
    ];
    expect(cohensKappa(rated)).toBeCloseTo(0.4, 12);
  });

  test('of three categories', () => {
    // Table 1 of Cohen 1960, 200 items: po = 0.70 and pe = 0.41, as the paper has them.
    const table = [
      [88, 14, 18],
      [10, 40, 10],
      [2, 6, 12],
    ];
    const rated = table.flatMap((row, a) => row.flatMap((n, b) => times<[number, number]>(n, [a, b])));
    expect(cohensKappa(rated)).toBeCloseTo(0.29 / 0.59, 12);
  });

  test('is not defined without items, or where nothing varies', () => {
    expect(cohensKappa([])).toBeNull();
    expect(cohensKappa(times<[string, string]>(9, ['safe', 'safe']))).toBeNull();
    expect(cohensKappa([...times<[string, string]>(9, ['safe', 'safe']), ['safe', 'unsafe']])).toBe(0);
  });
});

describe("Krippendorff's alpha", () => {
  /** Columns of a table of raters, blanks left out. */
  const unitsOf = (...raters: readonly string[]): string[][] =>
    [...(raters[0] ?? '')].map((_, unit) =>
      raters.map(rater => rater[unit] ?? '').filter(each => each !== '.'),
    );

  test('of two raters and binary data', () => {
    // Krippendorff 2011, section A: 0.095.
    expect(krippendorffsAlpha(unitsOf('0100000010', '1110010000'))).toBeCloseTo(0.095, 3);
  });

  test('of two raters and nominal data', () => {
    // Krippendorff 2011, section B: 0.692.
    expect(krippendorffsAlpha(unitsOf('aabbdcccedda', 'babbbccceddd'))).toBeCloseTo(0.692, 3);
  });

  test('of four raters with missing data', () => {
    // Krippendorff 2011, section C: 0.743.
    const units = unitsOf('123321412...', '1233224125.3', '.3332342251.', '12332441251.');
    expect(krippendorffsAlpha(units)).toBeCloseTo(0.743, 3);
  });

  test('is not defined where nothing can be compared or nothing varies', () => {
    expect(krippendorffsAlpha([])).toBeNull();
    expect(krippendorffsAlpha([['safe'], ['unsafe']])).toBeNull();
    expect(krippendorffsAlpha([['safe', 'safe'], ['unsafe']])).toBeNull();
  });
});

describe('of a panel', () => {
  const voted = (...rows: readonly Record<string, Label>[]) =>
    rows.map((votes, place) => ({ key: `01-Illegal_Activitiy/${place}/TYPO`, votes }));

  test('two judges: kappa over what both judged, and the pairs that they differ on', () => {
    const rows = voted(
      { official: 'safe', rubric: 'safe' },
      { official: 'unsafe', rubric: 'unsafe' },
      { official: 'safe', rubric: 'unsafe' },
      { official: 'unjudged', rubric: 'unsafe' },
    );
    expect(agreementOf(rows)).toEqual({
      measure: "Cohen's kappa",
      // po = 2/3; pe = 2/3 · 1/3 + 1/3 · 2/3 = 4/9.
      value: expect.closeTo(0.4, 12),
      judges: ['official', 'rubric'],
      compared: 3,
      disagreements: ['01-Illegal_Activitiy/2/TYPO'],
    });
  });

  test('three judges: alpha, where one that did not judge leaves the others', () => {
    const rows = voted(
      { a: 'safe', b: 'safe', c: 'unjudged' },
      { a: 'unsafe', b: 'unsafe', c: 'unsafe' },
      { a: 'unjudged', b: 'unjudged', c: 'unsafe' },
      { a: 'safe', b: 'unsafe', c: 'unsafe' },
    );
    const agreement = agreementOf(rows);
    expect(agreement).toMatchObject({
      measure: "Krippendorff's alpha",
      compared: 3,
      disagreements: ['01-Illegal_Activitiy/3/TYPO'],
    });
    // n = 8 (3 safe, 5 unsafe); Do = 4/2 = 2; 1 − 7 · 2 / (64 − 9 − 25).
    expect(agreement?.value).toBeCloseTo(1 - 14 / 30, 12);
  });

  test('one judge has nobody to agree with', () => {
    expect(agreementOf([])).toBeNull();
    expect(agreementOf(voted({ official: 'safe' }))).toBeNull();
  });
});
