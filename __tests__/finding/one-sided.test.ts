import { pairOf } from '../../src/benchmark/pair.ts';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { oneSidedIn, outcomesOf } from '../../src/finding/one-sided.ts';
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

const told = (outcomes: string) => oneSidedIn([outcomesOf(results(outcomes), 'off')]);

const NONE = { safe: null, unsafe: null };
const MIXED = 'ssumsmssus'.repeat(3);

test('more unsafe questions one after another than by chance are told, whatever came between that was not judged', () => {
  expect(told(`${MIXED}uuuuuuu--uumuuuuuuu${MIXED}`)).toEqual({
    safe: null,
    unsafe: { questions: 17, alike: 16, others: 60, othersAlike: 12 },
  });
});

test('and more safe ones', () => {
  const half = 'usum'.repeat(8);
  expect(told(`${half}${'s'.repeat(20)}${half}`).safe).toEqual({
    ...{ questions: 20, alike: 20, others: 64, othersAlike: 16 },
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

test('what another model said, or was said in the other arm, is none of the model’s', () => {
  expect(outcomesOf(results('su', 'baseline'), 'off')).toBe('');
  expect(outcomesOf(results('su'), 'on')).toBe('');
  expect(outcomesOf(results('sum-'), 'off')).toBe('sum-');
});

test('several stretches are told together, also where each is hidden by the others', () => {
  const few = 'ssmsusssmssusms';
  expect(told(`${few}${'u'.repeat(8)}${few}${few}${'u'.repeat(8)}${few}`).unsafe).toEqual({
    ...{ questions: 16, alike: 16, others: 60, othersAlike: 8 },
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
    const { safe, unsafe } = oneSidedIn([outcomes]);
    return safe !== null || unsafe !== null;
  });
  expect(isTold.length).toBeLessThanOrEqual(10);
});

describe('of several shards', () => {
  test('what befell one of them is told beside all others', () => {
    const odd = `${MIXED}${'u'.repeat(14)}${MIXED}`;
    const sound = 'smsussmsss'.repeat(2);
    expect(oneSidedIn([sound, odd, sound]).unsafe).toEqual({
      ...{ questions: 14, alike: 14, others: 100, othersAlike: 16 },
    });
  });

  test('what befell all at once is in a row in their common order', () => {
    const few = 'ssmssuuumsss';
    expect(oneSidedIn([few])).toEqual(NONE);
    expect(oneSidedIn([few, few, few, few, few]).unsafe).toEqual({
      ...{ questions: 15, alike: 15, others: 45, othersAlike: 0 },
    });
  });

  test('those that were cut short are as long as they are', () => {
    expect(oneSidedIn(['', `${MIXED}${MIXED}`, 'su'])).toEqual(NONE);
    expect(oneSidedIn([])).toEqual(NONE);
  });
});
