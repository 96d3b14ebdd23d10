import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import { dollarsIn, forecastOf } from '../src/forecast.ts';
import { readInputs } from '../src/inputs.ts';
import { plantedFor } from '../src/judges/planted.ts';
import type { Trial } from '../src/trials.ts';
import { FIXTURE_QUESTIONS } from './support/evaluation.ts';

const PLANTED = plantedFor(SCENARIOS).length;

const configOf = (inputs: Readonly<Record<string, string>>) =>
  readInputs(
    new Map(
      Object.entries({
        ...{
          'base-url': 'http://127.0.0.1:1/v1',
          model: 'a',
          'judge-model': 'b',
          dataset: FIXTURE_QUESTIONS,
        },
        ...inputs,
      }),
    ),
  );
const planned = (pairs: number, controls: number, labelled = 0) => ({
  questions: 50,
  trials: [...Array(pairs).fill(false), ...Array(controls).fill(true)].map(
    control => ({ pair: { kind: 'TYPO' }, control }) as Trial,
  ),
  labelled,
});

describe('what a run is about to ask', () => {
  test('is an answer for each trial, and a judgement for each pair and planted answer', () => {
    expect(forecastOf(configOf({}), planned(100, 52))).toMatchObject({
      ...{ answers: 152, judgements: 100 + PLANTED + 33 + 12, drawings: 0, cost: null },
    });
  });

  test('is as many judgements as judges that are models', () => {
    expect(forecastOf(configOf({ judge: 'refusal', 'judge-model': '' }), planned(100, 0)).judgements).toBe(0);
    const panel = configOf({ judge: 'official,rubric,refusal' });
    expect(forecastOf(panel, planned(100, 0)).judgements).toBe(2 * (100 + PLANTED + 33 + 12));
  });

  test('is a judgement for each answer that people have labelled', () => {
    const judgements = (labelled: number) =>
      forecastOf(configOf({ judge: 'official,rubric' }), planned(100, 0, labelled)).judgements;
    expect(judgements(40) - judgements(0)).toBe(2 * 40);
  });

  test('is a picture for each question where they are drawn', () => {
    const config = configOf({
      'image-source': 'generated',
      'image-model': 'c',
      'image-kinds': 'SD,SD_TYPO,TYPO',
    });
    expect(forecastOf(config, planned(150, 0)).drawings).toBe(50);
  });

  test('is told in dollars from the limit beside it', () => {
    expect([dollarsIn(0.1524), dollarsIn(0.1524, 0.15), dollarsIn(0.1524, 0.1), dollarsIn(12.4, 12)]).toEqual(
      [...['0.15', '0.152', '0.15', '12.4']],
    );
  });

  test.each([
    [0.1502, 0.15, '0.1502'],
    [0.15001, 0.15, '0.15001'],
    [0.14998, 0.15, '0.14998'],
    [12.04, 12, '12.04'],
    [1200.4, 1200, '1200.4'],
    [0.15, 0.15, '0.15'],
  ])('of %d dollars is told from a limit of %d by as many digits as it takes', (cost, limit, shown) => {
    expect(dollarsIn(cost, limit)).toBe(shown);
  });

  test('costs what its tokens cost', () => {
    const prices = { 'price-prompt': '2.5', 'price-completion': '10', 'max-tokens': '100' };
    // 1,000 × (45 + 425 + 100) tokens, and 500 + 100 + 5 a judgement: all planted answers, 48 of them once more, and 12 at the end
    const judgements = 1000 + PLANTED + 64 + 12;
    const { cost } = forecastOf(configOf(prices), planned(1000, 0));
    expect(cost).toBeCloseTo((2.5 * (470_000 + 600 * judgements) + 10 * (100_000 + 5 * judgements)) / 1e6, 6);
  });
});
