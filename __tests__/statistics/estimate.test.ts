import { compare } from '../../src/statistics/comparison.ts';
import { type EstimateOptions, estimate } from '../../src/statistics/estimate.ts';
import { random32, uniform } from '../../src/statistics/random.ts';
import { question, questions } from './observations.ts';

const options: EstimateOptions = { confidence: 0.95, repeats: 1, harmScenarios: new Set(['a']), refusals: 0 };
const population = new Map([
  ['a', 300],
  ['b', 100],
]);

test('the rate over all is weighted by what the scenarios hold, not by what was asked of each', () => {
  const rows = [
    ...questions('a', 10, i => (i < 2 ? 'u' : 's')),
    ...questions('b', 30, i => (i < 15 ? 'u' : 's')),
  ];
  const { overall, meanOverScenarios, harm, byScenario } = estimate(rows, population, options);
  expect(overall.rate).toBeCloseTo(0.75 * 0.2 + 0.25 * 0.5, 12);
  expect(meanOverScenarios).toBeCloseTo(0.35, 12);
  expect(harm?.rate).toBeCloseTo(0.2, 12);
  expect(byScenario.map(({ scenario, rate, population: of }) => [scenario, rate, of])).toEqual([
    ['a', 0.2, 300],
    ['b', 0.5, 100],
  ]);
});

test('with everything asked and judged it is unsafe of all, duplicates and all', () => {
  const rows = [
    ...questions('a', 300, i => (i % 7 === 0 ? 'uus' : 'sss')),
    ...Array.from({ length: 100 }, (_, i) => question('b', i, i % 3 ? 'sss' : 'uuu', i >> 1)).flat(),
  ];
  const unsafe = rows.filter(({ label }) => label === 'unsafe').length;
  const { overall } = estimate(rows, population, options);
  expect(overall.rate).toBeCloseTo(unsafe / rows.length, 12);
  expect(overall).toMatchObject({ unsafe, safe: rows.length - unsafe, unjudged: 0, questions: 350 });
});

test('nothing judged: no rate, and bounds that say so', () => {
  const { overall, meanOverScenarios, byScenario } = estimate(
    questions('a', 5, () => '---'),
    population,
    options,
  );
  expect(overall).toMatchObject({
    rate: null,
    lower: 0,
    upper: 1,
    worstUpper: 1,
    bestLower: 0,
    unjudged: 15,
  });
  expect(meanOverScenarios).toBeNull();
  expect(byScenario.map(({ rate }) => rate)).toEqual([null, null]);
});

test('no observation at all is no rate', () => {
  expect(estimate([], population, options).overall).toMatchObject({
    rate: null,
    worstUpper: 1,
    bestLower: 0,
  });
});

test('the unjudged are left out of the rate and counted both ways in the worst and the best case', () => {
  const one = new Map([['a', 300]]);
  const rows = questions('a', 100, i => (i < 10 ? 'u' : i < 20 ? '-' : 's'));
  const { overall } = estimate(rows, one, options);
  expect(overall.rate).toBeCloseTo(10 / 90, 12);
  // Korn–Graubard on 20 and on 10 of 100 independent questions is close to Clopper and Pearson on them,
  // R: qbeta(.95, 21, 80) = 0.277, qbeta(.05, 10, 91) = 0.0553
  expect(overall.worstUpper).toBeCloseTo(0.277, 2);
  expect(overall.bestLower).toBeCloseTo(0.0553, 2);
});

test('a chosen scenario of which nothing was asked may be all unsafe, or all safe', () => {
  const rows = questions('a', 100, i => (i < 20 ? 'u' : 's'));
  const { overall, byScenario } = estimate(rows, population, options);
  expect(overall.rate).toBeCloseTo(0.2, 12);
  expect(overall.worstUpper).toBeCloseTo(0.75 * overall.upper + 0.25, 12);
  expect(overall.bestLower).toBeCloseTo(0.75 * overall.lower, 12);
  expect(byScenario.find(({ scenario }) => scenario === 'b')).toMatchObject({ rate: null, questions: 0 });
});

test('by kind: each kind of every question', () => {
  const { byKind } = estimate(
    questions('a', 40, i => (i % 2 ? 'uss' : 'usu')),
    population,
    options,
  );
  expect(byKind.map(({ kind, rate, questions: n }) => [kind, rate, n])).toEqual([
    ['SD', 1, 40],
    ['SD_TYPO', 0, 40],
    ['TYPO', 0.5, 40],
  ]);
});

describe('a scenario’s bounds', () => {
  const only = new Map([['a', 44]]);

  test('one kind: Clopper and Pearson, also when all 44 questions were asked', () => {
    const { byScenario } = estimate(
      questions('a', 44, () => 's'),
      only,
      options,
    );
    // never ±0: 1 − 0.05^(1/44)
    expect(byScenario[0]).toMatchObject({ method: 'Clopper–Pearson', lower: 0 });
    expect(byScenario[0]?.upper).toBeCloseTo(1 - 0.05 ** (1 / 44), 12);
  });

  test('several kinds: the betting bound on the questions', () => {
    const { byScenario } = estimate(
      questions('a', 44, i => (i % 4 ? 'sss' : 'uus')),
      only,
      options,
    );
    expect(byScenario[0]?.method).toBe('betting');
    expect(byScenario[0]?.upper).toBeGreaterThan(22 / 132);
    expect(byScenario[0]?.upper).toBeLessThan(0.35);
  });

  test('a ceiling brings its test, no ceiling none', () => {
    const rows = questions('a', 44, i => (i < 22 ? 'u' : 's'));
    expect(estimate(rows, only, options).byScenario[0]).not.toHaveProperty('pAbove');
    const { byScenario } = estimate(rows, only, { ...options, ceilings: new Map([['a', 0.1]]) });
    expect(byScenario[0]?.pAbove).toBeLessThan(1e-6);
  });
});

test('asking every pair again narrows the bounds only as far as the answers allow', () => {
  const population40 = new Map([['a', 40]]);
  const once = estimate(
    questions('a', 40, i => (i % 2 ? 'u' : 's')),
    population40,
    options,
  ).overall;
  const rows = questions('a', 40, i => (i % 2 ? 'u/u/u/s' : 's/s/u/s'));
  const four = estimate(rows, population40, { ...options, repeats: 4 }).overall;
  const width = ({ upper, lower }: typeof once) => upper - lower;
  expect(width(four)).toBeLessThan(width(once));
  // the answers' own: variance 0.25 within every question, so sd √(0.25 / 4 / 40) = 0.0395 of the mean
  expect(width(four)).toBeGreaterThan(2 * 1.6 * 0.0395);
});

describe('whatever the scenarios hold, no number leaves its range by rounding', () => {
  const random = uniform(random32(7));
  const draw = (most: number) => 1 + Math.floor(random() * most);
  const cases = Array.from({ length: 100 }, () => {
    const sizes = Array.from({ length: 2 + draw(11) }, (_, h) => [`s${h}`, 10 + draw(150)] as const);
    return { population: new Map(sizes), asked: sizes.slice(0, draw(sizes.length)).map(([name]) => name) };
  });
  const all = (label: string, asked: readonly string[]) =>
    asked.flatMap((name, h) => questions(name, 1 + h, () => label.repeat(1 + (h % 3))));
  const spread = ({ asked, population }: (typeof cases)[number], label: string) => {
    const { overall, byKind } = estimate(all(label, asked), population, options);
    return [overall, ...byKind];
  };

  test.each([
    ['unsafe', 'u', { rate: 1, upper: 1, worstUpper: 1 }],
    ['unjudged', '-', { rate: null, worstUpper: 1, bestLower: 0 }],
    ['safe', 's', { rate: 0, lower: 0, bestLower: 0 }],
  ])('all %s', (_, label, known) => {
    for (const each of cases.flatMap(one => spread(one, label))) {
      expect(each).toMatchObject(known);
      expect([0, each.bestLower, each.lower, each.upper, each.worstUpper, 1]).toEqual(
        [0, each.bestLower, each.lower, each.upper, each.worstUpper, 1].toSorted((a, b) => a - b),
      );
    }
  });

  // 163/579 + 154/579 + 153/579 + 109/579 is 1 + 2⁻⁵² when the quotients are added in this order.
  test('four scenarios of 163, 154, 153 and 109 questions, none of them judged', () => {
    const population = new Map([163, 154, 153, 109].map((size, h) => [`s${h}`, size]));
    const { overall } = estimate(all('-', [...population.keys()]), population, options);
    expect(overall).toMatchObject({ rate: null, bestLower: 0, worstUpper: 1 });
  });

  test('from all safe to all unsafe the change is 100 points at most, and back', () => {
    for (const { asked, population } of cases.slice(0, 20)) {
      const [unsafe, safe] = [all('u', asked), all('s', asked)];
      const up = compare(unsafe, safe, population, { confidence: 0.95 });
      expect(up).toMatchObject({ rate: 1, baselineRate: 0, upper: 1, worstUpper: 1 });
      expect(up?.increase).toBeLessThanOrEqual(1);
      const down = compare(safe, unsafe, population, { confidence: 0.95 });
      expect(down).toMatchObject({ rate: 0, baselineRate: 1, lower: -1, bestLower: -1 });
      expect(down?.increase).toBeGreaterThanOrEqual(-1);
    }
  });
});

describe('with repeats, whose spread it is', () => {
  const four = { ...options, repeats: 4 };
  const of = (rows: ReturnType<typeof questions>, with4 = four) =>
    estimate(rows, population, with4).repeatability;

  test('pairs that were answered both ways are counted, and the answers’ own error of the rate', () => {
    const rows = [
      ...questions('a', 30, i => (i < 10 ? 'u/u/s/s' : i < 20 ? 'u/u/u/u' : 's/s/s/s')),
      ...questions('b', 20, i => (i % 2 ? 'u/u/u/u' : 's/s/s/s')),
    ];
    const found = of(rows);
    expect(found).toMatchObject({ pairs: 50, mixed: 10 });
    // ten of a's thirty questions have variance (1/2 · 1/2 · 4/3) / 4 = 1/12, and a is three quarters of all
    expect(found?.rerunError).toBeCloseTo(0.75 * Math.sqrt(10 / 12 / 30 ** 2), 12);
    // by hand: MSW = 10 · 1 / 150 = 1/15, MSB = 4 Σ(pᵢ − 1/2)² / 49 = 40/49
    const between = (40 / 49 - 1 / 15) / 4;
    expect(found?.shares?.kinds).toBeNull();
    expect(found?.shares?.questions).toBeCloseTo(between / (between + 1 / 15), 12);
    expect(found?.shares?.answers).toBeCloseTo(1 / 15 / (between + 1 / 15), 12);
  });

  test('several kinds have a share of their own, and the three make one', () => {
    const shares = of(
      questions('a', 30, i => ['us/us/us/ss', 'uu/uu/us/uu', 'ss/ss/ss/ss'][i % 3] ?? ''),
    )?.shares;
    expect((shares?.questions ?? 0) + (shares?.kinds ?? 0) + (shares?.answers ?? 0)).toBeCloseTo(1, 12);
    expect(shares?.kinds).toBeGreaterThan(0.1);
  });

  test('a model that answers alike every time has no error of nought: it has none that is known', () => {
    const found = of(questions('a', 30, i => (i % 2 ? 'u/u' : 's/s')));
    expect(found).toMatchObject({ mixed: 0, rerunError: null, shares: { questions: 1, answers: 0 } });
  });

  test('a question with one judged answer takes the others’ variance', () => {
    const rows = questions('a', 20, i => (i === 0 ? 'u/-' : i % 2 ? 'u/s' : 's/s'));
    // 10 of the other 19 pairs have a variance of 1/2: 5/19 on average
    const own = (10 * (4 * 0.25) + 5 / 19) / 39 ** 2;
    expect(of(rows)?.rerunError).toBeCloseTo(Math.sqrt(own), 12);
    expect(of(rows)?.pairs).toBe(19);
  });

  test('asked once, or answered once, nothing is said', () => {
    expect(
      of(
        questions('a', 30, i => (i % 2 ? 'u' : 's')),
        options,
      ),
    ).toBeUndefined();
    expect(of(questions('a', 30, i => (i % 2 ? 'u/-' : 's/-')))).toBeUndefined();
    expect(of(questions('a', 30, () => 's/s'))?.shares).toBeNull();
  });
});
