import { controlPairs } from '../../src/benchmark/controls.ts';
import { type ImageKind, ownPair, type Pair } from '../../src/benchmark/pair.ts';
import { SCENARIOS, type Scenario } from '../../src/benchmark/scenarios.ts';
import { areInDoubt, mayBeLent } from '../../src/finding/doubt.ts';
import { readInputs } from '../../src/inputs.ts';
import type { Result, Subject, Trial } from '../../src/trials.ts';

const CONTROLS = controlPairs(['TYPO', 'TEXT']);
const OF_ONE_KIND = controlPairs(['TEXT']);
const ONE_TEXT = 'f'.repeat(64);

const trial = (pair: Pair, subject: Subject, control: boolean): Trial => ({
  ...{ pair, subject, control, arm: 'off', repeat: 0 },
});

/** Controls as they were asked: `+` answered helpfully, `-` refused, `1` with one text for all, `0` without any answer. */
const controls = (outcomes: string, subject: Subject = 'target', of = CONTROLS): Result[] =>
  [...outcomes].map((outcome, n) => ({
    trial: trial(of[n] as Pair, subject, true),
    label: 'unjudged',
    control: outcome === '+' ? 'answered' : outcome === '-' ? 'refused' : 'unanswered',
    refused: false,
    unanswered: outcome === '0',
    ...(outcome === '1' && { answer: ONE_TEXT }),
  }));

/** Pairs: `s` judged safe, `1` with that one text, `b` who says that there is no picture, `0` without an answer. */
const pairs = (outcomes: string, kind: ImageKind = 'TEXT', subject: Subject = 'target'): Result[] =>
  [...outcomes].map((outcome, n) => {
    const own = ownPair(SCENARIOS[0] as Scenario, `01/${n}`, `phrase ${n}`);
    const hash = n.toString(16).padStart(16, '0');
    return {
      trial: trial({ ...own, kind, key: `01/${n}/${kind}` }, subject, false),
      label: outcome === '0' ? 'unjudged' : 'safe',
      refused: false,
      unanswered: outcome === '0',
      ...(outcome !== '0' && { answer: outcome === '1' ? ONE_TEXT : `answer ${n}` }),
      ...(outcome === 'b' && { says: 'no picture' }),
      ...(kind !== 'TEXT' && outcome !== '0' && { picture: { hash, isDatasets: false } }),
    };
  });

const all = (outcome: string, count: number) => outcome.repeat(count);

function doubted(results: readonly Result[], outcome: 'error' | 'fail' = 'error'): boolean {
  const inputs = { 'base-url': 'http://127.0.0.1/v1', model: 'some-vlm', dataset: '.' };
  const config = readInputs(new Map(Object.entries({ ...inputs, judge: 'refusal', 'max-error-rate': '5' })));
  return areInDoubt({ config, results }, { verdict: { outcome, sentence: '', reasons: [] } });
}

const SOUND = controls(all('+', 52));

describe('an error for what was answered puts the answers in doubt', () => {
  test.each<[string, readonly Result[]]>([
    [
      'too few controls answered helpfully',
      [...controls(all('-', 10), 'target', OF_ONE_KIND), ...pairs('ssss')],
    ],
    [
      'too few of those that got an answer',
      controls(`${all('-', 6)}++++${all('0', 10)}`, 'target', OF_ONE_KIND),
    ],
    [
      'all of those with pictures refused',
      controls([...CONTROLS].map(({ kind }) => (kind === 'TEXT' ? '+' : '-')).join('')),
    ],
    ['a model limited half-way', controls(`${all('+', 40)}${all('-', 12)}`)],
    [
      'a baseline model limited half-way',
      [...SOUND, ...controls(`${all('+', 40)}${all('-', 12)}`, 'baseline')],
    ],
    ['a model that sees no pictures', [...SOUND, ...pairs(all('b', 12), 'SD')]],
    [
      'one picture for many phrases',
      [
        ...SOUND,
        ...pairs(all('s', 12), 'SD').map(result => ({ ...result, picture: { hash: '0', isDatasets: true } })),
      ],
    ],
    [
      'one text that answers nothing',
      [...controls(`${all('+', 50)}11`), ...pairs(`${all('s', 90)}${all('1', 10)}`)],
    ],
    [
      'one text of a baseline model',
      [...SOUND, ...controls(`${all('+', 50)}11`, 'baseline'), ...pairs(all('1', 10), 'TEXT', 'baseline')],
    ],
  ])('%s', (_, results) => {
    expect(doubted(results)).toBe(true);
    expect(doubted(results, 'fail')).toBe(false);
  });
});

describe('an error for what a run lacks puts nothing in doubt', () => {
  test.each<[string, readonly Result[]]>([
    ['nothing was asked', []],
    ['no control got an answer', [...controls(all('0', 10)), ...pairs(all('s', 20))]],
    [
      'those with pictures got none',
      controls([...CONTROLS].map(({ kind }) => (kind === 'TEXT' ? '+' : '0')).join('')),
    ],
    ['controls in a row got none', controls(`${all('+', 30)}${all('0', 22)}`)],
    ['pairs got none', [...SOUND, ...pairs(`${all('s', 10)}${all('0', 90)}`)]],
    [
      'pairs got none, and few one text',
      [...controls(`${all('+', 50)}11`), ...pairs(`${all('s', 66)}${all('1', 4)}${all('0', 30)}`)],
    ],
    [
      'answers were not judged',
      [...SOUND, ...pairs(all('s', 20), 'SD').map(result => ({ ...result, label: 'unjudged' as const }))],
    ],
  ])('where %s', (_, results) => {
    expect(doubted(results)).toBe(false);
  });
});

const NONE = { planted: 0, missed: 0 };
const GIVEN = { safe: NONE, unsafe: NONE, safeAmid: NONE, unsafeAmid: NONE };

describe('other runs may take what was answered and judged', () => {
  const config = readInputs(
    new Map(
      Object.entries({
        'base-url': 'http://127.0.0.1/v1',
        model: 'some-vlm',
        dataset: '.',
        judge: 'refusal',
      }),
    ),
  );
  const lent = (outcomes: string, wavered?: ['safe'], subject: Subject = 'target') => {
    const planted = { planted: 85, missed: 12, faults: [], again: GIVEN, ...(wavered && { wavered }) };
    const results = pairs(outcomes.replaceAll('u', 's'), 'TEXT', subject).map(
      (result, n): Result => (outcomes[n] === 'u' ? { ...result, label: 'unsafe' } : result),
    );
    return mayBeLent({ config, results, planted });
  };

  test('where the questions came out in an order of chance, and not where many in a row came out one way', () => {
    const sound = 'sussssussu'.repeat(4);
    expect(lent(sound)).toBe(true);
    expect(lent(`${sound}${all('u', 14)}${sound}`)).toBe(false);
    expect(lent(`${sound}${all('u', 14)}${sound}`, undefined, 'baseline')).toBe(false);
    expect(lent(`${'usuusuuusu'.repeat(4)}${all('s', 18)}${'usuusuuusu'.repeat(4)}`)).toBe(false);
  });

  test('and not where the judge missed at first what it found later', () => {
    expect(lent('sussssussu'.repeat(4), ['safe'])).toBe(false);
  });
});
