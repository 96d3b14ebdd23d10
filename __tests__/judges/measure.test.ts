import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { sha256Of } from '../../src/common/hash.ts';
import { judgedAs, judgeLabelled, matchRows } from '../../src/judges/check.ts';
import { correctedRate, langReiczigel } from '../../src/judges/corrected-rate.ts';
import type { Judge } from '../../src/judges/judgement.ts';
import { type HumanLabel, readLabels } from '../../src/judges/labels.ts';
import { type LabelledAnswer, measureJudge } from '../../src/judges/measure.ts';
import { clopperPearsonLower, clopperPearsonUpper } from '../../src/statistics/clopper-pearson.ts';
import type { Label } from '../../src/statistics/observation.ts';

const times = (n: number, human: LabelledAnswer['human'], judge: Label): LabelledAnswer[] =>
  Array.from({ length: n }, () => ({ human, judge }));

/** 60 unsafe answers of which 54 are found, 100 safe ones of which 95 are; three more are left unjudged. */
const OUTCOMES = [
  ...times(54, 'unsafe', 'unsafe'),
  ...times(6, 'unsafe', 'safe'),
  ...times(2, 'unsafe', 'unjudged'),
  ...times(95, 'safe', 'safe'),
  ...times(5, 'safe', 'unsafe'),
  ...times(1, 'safe', 'unjudged'),
];

describe('a judge against people', () => {
  test('sensitivity, specificity, kappa and the confusion table', () => {
    const measure = measureJudge(OUTCOMES, 0.95);
    expect(measure.labelled).toBe(163);
    expect(measure.confusion).toEqual({
      unsafe: { unsafe: 54, safe: 6, unjudged: 2 },
      safe: { unsafe: 5, safe: 95, unjudged: 1 },
    });
    // R 4: binom.test(54, 60, conf.level = 0.90)$conf.int and binom.test(95, 100, conf.level = 0.90)$conf.int.
    expect(measure.sensitivity).toEqual({
      value: 0.9,
      lower: expect.closeTo(0.812142618, 8),
      upper: expect.closeTo(0.9555470322, 8),
      of: 60,
    });
    expect(measure.specificity).toMatchObject({
      value: 0.95,
      lower: expect.closeTo(0.8977466224, 8),
      upper: expect.closeTo(0.9800944363, 8),
    });
    // po = 149/160; pe = (60 · 59 + 100 · 101) / 160².
    expect(measure.kappa).toBeCloseTo((149 / 160 - 13640 / 25600) / (1 - 13640 / 25600), 12);
  });

  test('without labels of a kind there is no share of it', () => {
    const measure = measureJudge(times(40, 'unsafe', 'unsafe'), 0.95);
    // R 4: binom.test(40, 40, conf.level = 0.90)$conf.int.
    expect(measure.sensitivity).toMatchObject({ value: 1, lower: expect.closeTo(0.9278424755, 8), upper: 1 });
    expect(measure.specificity).toEqual({ value: null, lower: 0, upper: 1, of: 0 });
    expect(measure.kappa).toBeNull();
    const mixed = [...times(19, 'safe', 'safe'), ...times(1, 'safe', 'unsafe')];
    expect(measureJudge(mixed, 0.95)).toMatchObject({ sensitivity: { value: null }, kappa: null });
  });
});

describe('the corrected rate', () => {
  // The source of prevSeSp of the R package asht (Fay, after Lang and Reiczigel 2014), run in R: AP, nP, Se, nSe,
  // Sp, nSp at conf.level 0.90, whose bounds each hold with 0.95; the last row at 0.95, 0.975 each.
  test.each([
    [0.2, 168, 0.9, 60, 0.95, 100, 0.95, [0.1764705882, 0.101739583, 0.248876081]],
    [0.02, 1680, 0.8, 30, 0.97, 200, 0.95, [0, 0, 0.009983716524]],
    [0.6, 560, 1, 40, 0.85, 80, 0.95, [0.5294117647, 0.475442913, 0.598329859]],
    [83 / 500, 500, 50 / 58, 58, 169 / 176, 176, 0.975, [0.1535058375, 0.09997763036, 0.20896514007]],
  ])('%d of %d under %d (%d) and %d (%d)', (rate, n, se, nSe, sp, nSp, confidence, [mid, low, high]) => {
    const corrected = langReiczigel(
      { value: rate, of: n },
      { value: se, of: nSe },
      { value: sp, of: nSp },
      confidence,
    );
    expect(corrected?.rate).toBeCloseTo(mid ?? Number.NaN, 9);
    expect(corrected?.lower).toBeCloseTo(low ?? Number.NaN, 9);
    expect(corrected?.upper).toBeCloseTo(high ?? Number.NaN, 9);
  });

  test('takes a rate with its bounds, and the measured judge', () => {
    const seen = {
      rate: 0.2,
      lower: clopperPearsonLower(33.6, 168, 0.95),
      upper: clopperPearsonUpper(33.6, 168, 0.95),
    };
    expect(correctedRate(seen, measureJudge(OUTCOMES, 0.95), 0.95)).toEqual({
      rate: expect.closeTo(0.1764705882, 8),
      lower: expect.closeTo(0.101739583, 6),
      upper: expect.closeTo(0.248876081, 6),
      method: 'Rogan–Gladen with Lang–Reiczigel bounds',
    });
  });

  test('its bounds are wider than those of the rate alone, and narrow with more labels', () => {
    const seen = { rate: 0.2, lower: 0.15, upper: 0.26 };
    const widthWith = (factor: number) => {
      const many = Array.from({ length: factor }, () => OUTCOMES).flat();
      const corrected = correctedRate(seen, measureJudge(many, 0.95), 0.95);
      return corrected ? corrected.upper - corrected.lower : Number.NaN;
    };
    expect(widthWith(1)).toBeGreaterThan(seen.upper - seen.lower);
    expect(widthWith(20)).toBeLessThan(widthWith(1));
  });

  test.each([
    ['no unsafe labels', times(50, 'safe', 'safe')],
    ['no safe labels', times(50, 'unsafe', 'unsafe')],
    ['a judge no better than chance', [...times(9, 'unsafe', 'safe'), ...times(9, 'safe', 'safe')]],
  ])('there is none with %s', (_, outcomes) => {
    expect(
      correctedRate({ rate: 0.2, lower: 0.1, upper: 0.3 }, measureJudge(outcomes, 0.95), 0.95),
    ).toBeNull();
  });
});

describe('labels beside a judge', () => {
  const labels: readonly HumanLabel[] = readLabels(
    [
      'answer,sha256,pair,scenario,question,label',
      'Walk in.,,,06,How?,unsafe',
      `,${sha256Of('I cannot.')},,,,safe`,
      'Ask a lawyer.,,10-Legal_Opinion/3/TYPO,,,unsafe',
      ',,01-Illegal_Activitiy/5/SD,,,safe',
    ].join('\n'),
    'labels.csv',
  );

  test('the judge is asked about each answer that the file has, by its template', async () => {
    const asked: string[] = [];
    const judge: Judge = {
      identities: [],
      judge: async ({ question }, text) => {
        asked.push(`${question.scenario.number}: ${question.changed} ${text}`);
        return { label: text === 'Walk in.' ? 'unsafe' : 'safe' };
      },
    };
    expect(await judgeLabelled(judge, labels)).toEqual({
      outcomes: [
        { human: 'unsafe', judge: 'unsafe' },
        { human: 'unsafe', judge: 'safe' },
      ],
      unmatched: 2,
    });
    expect(asked).toEqual(['6: How? Walk in.', '10: The question is not known. Ask a lawyer.']);
  });

  test("a run's own answers are found by their hash, within the scenario where one is named", () => {
    const answer = (number: number, text: string, label: Label) => ({
      scenario: SCENARIOS[number - 1]?.name ?? '',
      sha256: sha256Of(text),
      label,
    });
    const answers = [
      answer(1, 'Walk in.', 'safe'),
      answer(6, 'Walk in.', 'unsafe'),
      answer(6, 'Walk in.', 'safe'),
      answer(9, 'I cannot.', 'unjudged'),
      answer(9, 'Something else.', 'safe'),
    ];
    expect(judgedAs(labels, answers)).toEqual(['unsafe', 'unjudged', null, null]);
  });

  test("an earlier report's rows are found by their pair", () => {
    const rows = [
      { pair: '01-Illegal_Activitiy/5/SD', label: 'safe' as const },
      { pair: '01-Illegal_Activitiy/5/SD', label: 'unsafe' as const },
      { pair: '02-HateSpeech/5/SD', label: 'unsafe' as const },
    ];
    expect(matchRows(labels, rows)).toEqual({ outcomes: [{ human: 'safe', judge: 'safe' }], unmatched: 3 });
  });
});
