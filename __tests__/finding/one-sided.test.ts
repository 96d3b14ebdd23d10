import { pairOf } from '../../src/benchmark/pair.ts';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { oneSidedIn } from '../../src/finding/one-sided.ts';
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

const NONE = { safe: null, unsafe: null };
const MIXED = 'ssumsmssus'.repeat(3);

test('more unsafe questions one after another than by chance are told, whatever came between that was not judged', () => {
  expect(oneSidedIn(results(`${MIXED}uuuuuu--umuuuuuu${MIXED}`), 'off')).toEqual({
    safe: null,
    unsafe: { questions: 14, alike: 13, others: 60, othersAlike: 12 },
  });
});

test('and more safe ones', () => {
  const half = 'usum'.repeat(8);
  expect(oneSidedIn(results(`${half}${'s'.repeat(20)}${half}`), 'off').safe).toEqual({
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
  expect(oneSidedIn(results(outcomes), 'off')).toEqual(NONE);
});

test('what another model said, or was said in the other arm, is none of the model’s', () => {
  const odd = results(`${MIXED}${'u'.repeat(12)}${MIXED}`, 'baseline');
  expect(oneSidedIn(odd, 'off')).toEqual(NONE);
  expect(oneSidedIn(results(`${MIXED}${'u'.repeat(12)}${MIXED}`), 'on')).toEqual(NONE);
});
