import { pairOf } from '../../src/benchmark/pair.ts';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { asJudged, oneSidedIn, outcomesOf } from '../../src/finding/one-sided.ts';
import { random32 } from '../../src/statistics/random.ts';
import type { Result, Subject } from '../../src/trials.ts';

const scenario = SCENARIOS[0] as (typeof SCENARIOS)[number];

/** Questions as they were asked, each in two image kinds: `u` unsafe in both, `s` safe in both, `m` one of each, `-` in neither. */
const results = (outcomes: string, subject: Subject = 'target'): Result[] =>
  [...outcomes].flatMap((outcome, n) => {
    const key = `${scenario.name}/${n}`;
    const question = { key, scenario, id: `${n}`, cluster: key, keyPhrase: '' } as never;
    return (['TYPO', 'TEXT'] as const).map((kind, place) => ({
      trial: { pair: pairOf(question, kind), subject, arm: 'off' as const, repeat: 0, control: false },
      label:
        outcome === '-'
          ? 'unjudged'
          : outcome === 's' || (outcome === 'm' && place === 0)
            ? 'safe'
            : 'unsafe',
      refused: false,
      unanswered: false,
    }));
  });

/** These letters, all of one scenario. */
const lettered = (letters: string) => letters.replaceAll(/./g, '01$&');

const told = (outcomes: string) => oneSidedIn([outcomesOf(results(outcomes), 'target', 'off')]);

const NONE = { safe: null, unsafe: null, limited: null };
const MIXED = 'ssumsmssus'.repeat(3);

test('more unsafe questions one after another than by chance are told, whatever came between that was not judged', () => {
  expect(told(`${MIXED}uuuuuuu--uumuuuuuuu${MIXED}`)).toEqual({
    ...NONE,
    unsafe: { rows: 1, questions: 17, alike: 16, others: 60, othersAlike: 12 },
  });
});

test('and more safe ones', () => {
  const half = 'usum'.repeat(8);
  expect(told(`${half}${'s'.repeat(20)}${half}`).safe).toEqual({
    ...{ rows: 1, questions: 20, alike: 20, others: 64, othersAlike: 16 },
  });
});

test.each([
  ['they are scattered', MIXED.repeat(2)],
  ['all are alike', 'u'.repeat(60)],
  ['only half of each is unsafe', `${MIXED}${'m'.repeat(12)}${MIXED}`],
  ['nothing was judged', '----'],
  ['nothing was asked', ''],
])('none is told where %s', (_, outcomes) => {
  expect(told(outcomes)).toEqual(NONE);
});

test('of scenarios that stand beside each other again and again, in which a model is bad, none is told', () => {
  const next = random32(13);
  const order = ['01', '06', '08', '13', '02', '11', '04', '09', '03', '07', '12', '05', '10'];
  const bad = new Set(['06', '08', '13']);
  const runs = Array.from({ length: 200 }, () =>
    Array.from({ length: 168 }, (_, n) => {
      const stratum = order[n % 13] ?? '';
      return `${stratum}${next() < (bad.has(stratum) ? 0.95 : 0.04) * 2 ** 32 ? 'u' : 's'}`;
    }).join(''),
  );
  expect(runs.filter(run => Object.values(oneSidedIn([run])).some(Boolean)).length).toBeLessThanOrEqual(1);
  const judgedUnsafe = runs
    .slice(0, 20)
    .map(run => `${run.slice(0, 150)}${run.slice(150, 240).replaceAll('s', 'u')}${run.slice(240)}`);
  expect(
    judgedUnsafe.map(run => oneSidedIn([run]).unsafe?.questions ?? 0).every(questions => questions > 25),
  ).toBe(true);
});

test('what another model said, or was said in the other arm, is none of the model’s', () => {
  expect(outcomesOf(results('su', 'baseline'), 'target', 'off')).toBe('');
  expect(outcomesOf(results('su'), 'target', 'on')).toBe('');
  expect(outcomesOf(results('sum-'), 'target', 'off')).toBe('01s01u01m01-');
});

test('several stretches are told together, also where each is hidden by the others', () => {
  const few = 'ssmsusssmssusms';
  expect(told(`${few}${'u'.repeat(8)}${few}${few}${'u'.repeat(8)}${few}`).unsafe).toEqual({
    ...{ rows: 2, questions: 16, alike: 16, others: 60, othersAlike: 8 },
  });
  const rare = 'u'.repeat(9);
  const hidden = ['', few, few, few, few].join(`${rare}uus${rare}mu`);
  expect(told(hidden).unsafe?.questions).toBeGreaterThan(60);
});

test('of sound orders some one of 250 is told, by two looks at two ways each', () => {
  const next = random32(5);
  const orders = Array.from({ length: 1000 }, (_, n) =>
    Array.from({ length: 60 + (n % 110) }, () =>
      next() < (0.05 + 0.9 * (n / 1000)) * 2 ** 32 ? 'u' : 's',
    ).join(''),
  );
  const isTold = orders.filter(outcomes => {
    const { safe, unsafe } = oneSidedIn([lettered(outcomes)]);
    return safe !== null || unsafe !== null;
  });
  expect(isTold.length).toBeLessThanOrEqual(10);
});

describe('texts that benign controls got as well, and that answer none of them', () => {
  const control = (answer: string, outcome: 'answered' | 'refused'): Result[] => {
    const [one] = results('s');
    return one ? [{ ...one, trial: { ...one.trial, control: true }, control: outcome, answer }] : [];
  };
  /** Of each pair the one text, or its own. */
  const answered = (outcomes: string, texts: string) =>
    results(outcomes).map((result, n) => ({
      ...result,
      answer: texts[Math.floor(n / 2)] === 't' ? 'one text' : `its own ${n}`,
    }));
  const orders = (texts: string, ...controls: Result[][]) =>
    outcomesOf([...answered('s'.repeat(texts.length), texts), ...controls.flat()], 'target', 'off');
  const scattered = 'oootooootooootoooootooo';
  const rows = ['', ...Array.from({ length: 4 }, () => scattered)].join('t'.repeat(10));

  test('are told where they came to questions in a row, and say no less of all that are safe', () => {
    const told = orders(rows, control('one text', 'refused'));
    expect(told).toBe(lettered(rows.replaceAll('t', 'l').replaceAll('o', 's')));
    const { limited, ...others } = oneSidedIn([told]);
    expect(limited?.alike).toBeGreaterThan(20);
    expect(others).toEqual({ safe: null, unsafe: null });
    expect(asJudged(told)).toBe(lettered('s'.repeat(rows.length)));
  });

  test('are told as well where another answer to the same question is unsafe', () => {
    const mixed = answered('m'.repeat(rows.length), rows);
    const told = outcomesOf([...mixed, ...control('one text', 'refused')], 'target', 'off');
    expect(oneSidedIn([told]).limited?.alike).toBeGreaterThan(20);
    expect(asJudged(told)).toBe(lettered('m'.repeat(rows.length)));
  });

  test('are what a model says that refuses so where they are scattered', () => {
    const told = orders('otoottootooto'.repeat(6), control('one text', 'refused'));
    expect(oneSidedIn([told])).toEqual(NONE);
  });

  test.each([
    ['no control got them', control('another', 'refused')],
    ['it answers the control that got them', control('one text', 'answered')],
  ])('are none where %s', (_, beside) => {
    expect(orders(rows, beside)).toBe(lettered('s'.repeat(rows.length)));
  });

  test('and none where they are called unsafe', () => {
    const unsafe = answered('u'.repeat(rows.length), rows);
    expect(outcomesOf([...unsafe, ...control('one text', 'refused')], 'target', 'off')).toBe(
      lettered('u'.repeat(rows.length)),
    );
  });
});

describe('of several shards', () => {
  test('what befell one of them is told beside all others', () => {
    const odd = `${MIXED}${'u'.repeat(14)}${MIXED}`;
    const sound = 'smsussmsss'.repeat(2);
    expect(oneSidedIn([sound, odd, sound].map(lettered)).unsafe).toEqual({
      ...{ rows: 1, questions: 14, alike: 14, others: 100, othersAlike: 16 },
    });
  });

  test('what befell all at once is in a row in their common order', () => {
    const few = 'ssmssuuumsss';
    expect(oneSidedIn([lettered(few)])).toEqual(NONE);
    expect(oneSidedIn([few, few, few, few, few].map(lettered)).unsafe).toEqual({
      ...{ rows: 1, questions: 15, alike: 15, others: 45, othersAlike: 0 },
    });
  });

  test('what befell one of them as a whole is told beside the others', () => {
    const sound = 'smsussmsss'.repeat(3);
    expect(oneSidedIn([sound, 'u'.repeat(30), sound].map(lettered)).unsafe).toEqual({
      ...{ rows: 1, questions: 30, alike: 30, others: 60, othersAlike: 6 },
    });
    const often = 'uusuuumuus'.repeat(3);
    expect(oneSidedIn([often, 's'.repeat(30)].map(lettered)).safe).toMatchObject({
      questions: 31,
      alike: 31,
    });
  });

  test('of sound ones some one of 160 is told, by three looks', () => {
    const next = random32(11);
    const runs = Array.from({ length: 500 }, (_, n) =>
      Array.from({ length: 2 + (n % 4) }, () =>
        Array.from({ length: 40 }, () => (next() < (0.05 + 0.9 * (n / 500)) * 2 ** 32 ? 'u' : 's')).join(''),
      ).map(lettered),
    );
    const isTold = runs.filter(shards => Object.values(oneSidedIn(shards)).some(Boolean));
    expect(isTold.length).toBeLessThanOrEqual(8);
  });

  test('those that were cut short are as long as they are', () => {
    expect(oneSidedIn(['', `${MIXED}${MIXED}`, 'su'].map(lettered))).toEqual(NONE);
    expect(oneSidedIn([])).toEqual(NONE);
  });
});
