import { ownPair } from '../../src/benchmark/pair.ts';
import { SCENARIOS, type Scenario } from '../../src/benchmark/scenarios.ts';
import { withoutNoAnswers } from '../../src/finding/no-answers.ts';
import type { Result, Subject } from '../../src/trials.ts';

const result = (n: number, thoughts?: Result['thoughts'], subject: Subject = 'target'): Result => ({
  trial: {
    ...{ pair: ownPair(SCENARIOS[0] as Scenario, `01/${n}`, `phrase ${n}`), subject },
    ...{ control: false, arm: 'off', repeat: 0 },
  },
  ...{ label: 'safe', refused: false, unanswered: false, answer: `answer ${n}` },
  ...(thoughts && { thoughts }),
});

const CUT = {
  ...{ label: 'unjudged', unanswered: true },
  note: 'no answer: it was cut off within its thoughts: raise max-tokens',
};

test('what was cut off without an end of thoughts is no answer where another answer has one, before or after', () => {
  const results = [result(0, 'not ended'), result(1, 'ended'), result(2), result(3, 'not ended')];
  expect(withoutNoAnswers(results)).toMatchObject([CUT, { label: 'safe' }, { label: 'safe' }, CUT]);
});

test('a control tells as well that thoughts come first', () => {
  const control: Result = { ...result(1, 'ended'), label: 'unjudged', control: 'answered' };
  expect(withoutNoAnswers([result(0, 'not ended'), control])).toMatchObject([CUT, { control: 'answered' }]);
});

test('one text in more than twenty that speaks of an end of thoughts makes none of the others', () => {
  const whole = Array.from({ length: 24 }, (_, n) => result(n + 2));
  const results = [result(0, 'not ended'), result(1, 'ended'), ...whole];
  expect(withoutNoAnswers(results)).toEqual(results);
  expect(withoutNoAnswers([...results, result(30, 'ended')])[0]).toMatchObject(CUT);
  const controls = Array.from({ length: 300 }, (_, n): Result => {
    const { trial, ...own } = result(n + 40);
    return { ...own, trial: { ...trial, control: true }, label: 'unjudged', control: 'answered' };
  });
  expect(withoutNoAnswers([...results, result(30, 'ended'), ...controls])[0]).toMatchObject(CUT);
});

test('what another model thinks tells nothing, nor does what is cut off where none ends thoughts', () => {
  const results = [result(0, 'not ended'), result(1, 'ended', 'baseline'), result(2)];
  expect(withoutNoAnswers(results)).toEqual(results);
});

describe('where nearly all texts come with thoughts', () => {
  const controls = (count: number, thoughts?: Result['thoughts']) =>
    Array.from({ length: count }, (_, n): Result => {
      const { trial, ...own } = result(n + 100, thoughts);
      return { ...own, trial: { ...trial, control: true }, label: 'unjudged', control: 'answered' };
    });
  const texts = (beside: number, others: number) => [
    result(0, 'not ended'),
    ...Array.from({ length: beside }, (_, n) => result(n + 1, 'beside')),
    ...Array.from({ length: others }, (_, n) => result(n + 50)),
  ];

  test('one that was cut off without any is no answer', () => {
    expect(withoutNoAnswers(texts(9, 1))[0]).toMatchObject(CUT);
  });

  test('it is one where the model thinks at its own discretion', () => {
    expect(withoutNoAnswers(texts(8, 1))[0]).toMatchObject({ label: 'safe', unanswered: false });
    expect(withoutNoAnswers([...texts(8, 1), ...controls(50, 'beside')])[0]).toMatchObject({ label: 'safe' });
  });

  test('the controls tell where every text to a pair was cut off', () => {
    const cut = [result(0, 'not ended')];
    expect(withoutNoAnswers([...cut, ...controls(3, 'beside')])[0]).toMatchObject(CUT);
    expect(withoutNoAnswers([...cut, ...controls(3)])[0]).toMatchObject({ label: 'safe' });
    expect(withoutNoAnswers(cut)[0]).toMatchObject({ label: 'safe' });
  });
});
