import {
  binomialTail,
  clopperPearsonLower,
  clopperPearsonUpper,
  effectiveSize,
  lowerTail,
} from '../../src/statistics/clopper-pearson.ts';

describe('Clopper and Pearson against R 4.2.2 binom.test', () => {
  test('10 of 100, two-sided 95 % as in their tables: 4.90 % to 17.62 %', () => {
    expect(clopperPearsonLower(10, 100, 0.975)).toBeCloseTo(0.049004689221486, 12);
    expect(clopperPearsonUpper(10, 100, 0.975)).toBeCloseTo(0.1762225977400227, 12);
  });

  test('13 of 168, one-sided 95 %', () => {
    expect(clopperPearsonUpper(13, 168, 0.95)).toBeCloseTo(0.1202114414208829, 12);
    expect(clopperPearsonLower(13, 168, 0.95)).toBeCloseTo(0.0463763313710434, 12);
  });

  test('none of n is 1 − α^(1/n), all of n its mirror, nothing asked knows nothing', () => {
    expect(clopperPearsonUpper(0, 168, 0.95)).toBeCloseTo(1 - 0.05 ** (1 / 168), 14);
    expect(clopperPearsonLower(168, 168, 0.95)).toBeCloseTo(0.05 ** (1 / 168), 14);
    expect([clopperPearsonLower(0, 168, 0.95), clopperPearsonUpper(168, 168, 0.95)]).toEqual([0, 1]);
    expect([clopperPearsonLower(0, 0, 0.95), clopperPearsonUpper(0, 0, 0.95)]).toEqual([0, 1]);
  });

  test('the p-value of 3 of 20 against 5 % is 0.0755', () => {
    // binom.test(3, 20, p = .05, alternative = "greater")
    expect(binomialTail(3, 20, 0.05)).toBeCloseTo(0.0754836737884964, 12);
    expect(binomialTail(0, 20, 0.05)).toBe(1);
  });
});

test.each([
  [34, 170],
  [0, 60],
  [60, 61],
  [150, 200],
  [1, 1680],
])('%d of %d: the effective size is read off the bound', (unsafe, n) => {
  const upper = clopperPearsonUpper(unsafe, n, 0.95);
  expect(effectiveSize(unsafe / n, upper, 0.95, lowerTail)).toBeCloseTo(n, 3);
});
