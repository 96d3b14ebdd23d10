import { forecastOf } from '../src/announce.ts';
import { readInputs } from '../src/inputs.ts';
import type { Trial } from '../src/trials.ts';
import { evaluated, FIXTURE_QUESTIONS } from './support/evaluation.ts';

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
const trials = (pairs: number, controls: number): Trial[] =>
  [...Array(pairs).fill(false), ...Array(controls).fill(true)].map(control => ({ control }) as Trial);

describe('what a run is about to ask', () => {
  test('is an answer for each trial, and a judgement for each pair and planted answer', () => {
    expect(forecastOf(configOf({}), 50, trials(100, 52))).toEqual({
      ...{ answers: 152, judgements: 163, drawings: 0, cost: null },
    });
  });

  test('is as many judgements as judges that are models', () => {
    expect(forecastOf(configOf({ judge: 'refusal', 'judge-model': '' }), 50, trials(100, 0)).judgements).toBe(
      0,
    );
    const panel = configOf({ judge: 'official,rubric,refusal' });
    expect(forecastOf(panel, 50, trials(100, 0)).judgements).toBe(2 * 163);
  });

  test('is a picture for each question where they are drawn', () => {
    const config = configOf({
      'image-source': 'generated',
      'image-model': 'c',
      'image-kinds': 'SD,SD_TYPO,TYPO',
    });
    expect(forecastOf(config, 50, trials(150, 0)).drawings).toBe(50);
  });

  test('costs what its tokens cost', () => {
    const prices = { 'price-prompt': '2.5', 'price-completion': '10', 'max-tokens': '100' };
    // 1,000 × (1,100 + 100) and 1,087 × (900 + 60) tokens: 39 planted answers, and 12 of them four times more
    const { cost } = forecastOf(configOf(prices), 500, trials(1000, 0));
    expect(cost).toBeCloseTo((2.5 * (1_100_000 + 978_300) + 10 * (100_000 + 65_220)) / 1e6, 6);
  });
});

test('it is said before the first request, and near what is asked then', async () => {
  let asked = 0;
  const notices: string[] = [];
  const { endpoint } = await evaluated({
    endpoint: {
      onRequest: () => {
        asked += 1;
      },
    },
    inputs: { 'price-prompt': '1', 'price-completion': '4' },
    services: { notice: sentence => notices.push(`after ${asked}: ${sentence}`) },
  });
  const [, requests, cost] =
    /^after 0: Asking 36 of 128 questions \(TYPO, TEXT\): about (\d+) requests \(\d+ answers, \d+ judgements\), about ([\d.]+) dollars\.$/.exec(
      notices[0] ?? '',
    ) ?? [];
  expect(Number(requests)).toBe(endpoint.counts().requests);
  // 124 × (1,100 + 4 × 300) + 123 × (900 + 4 × 60) = 425,420 millionths
  expect(cost).toBe('0.43');
});
