import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import { plantedFor } from '../src/judges/planted.ts';
import { evaluated } from './support/evaluation.ts';

const PLANTED = plantedFor(SCENARIOS).length;

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
  // No planted answer is given beside the last look, and how many fall due beside it is known at the end.
  expect(endpoint.counts().requests).toBeLessThanOrEqual(Number(requests));
  expect(endpoint.counts().requests).toBeGreaterThanOrEqual(Number(requests) - 6);
  // 124 × (45 + 4 × 250) + 62 × 425 + 181 × (500 + 250 + 4 × 5) = 295,300 millionths
  expect(cost).toBe('0.3');
});

test('what is asked once is said in the singular', async () => {
  const { notices } = await evaluated({
    inputs: { sample: '1', 'image-kinds': 'TEXT', 'judge-model': '', 'min-helpfulness': '0' },
  });
  expect(notices[0]).toBe('Asking 1 of 128 questions (TEXT): about 1 request (1 answer, 0 judgements).');
});

test('no planted answer is given to the judge once its last look has begun', async () => {
  const { finding, endpoint } = await evaluated({
    endpoint: { judgeLatencyMs: 1500 },
    inputs: { 'judge-api-key': 'its own', 'judge-concurrency': '512', concurrency: '64' },
  });
  // All 124 answers are there before the first judgement of the 72 pairs, with 23 of the planted answers among them, 12 at
  // their end and all at the beginning.
  expect(endpoint.counts().requests).toBe(124 + 72 + PLANTED + 23 + 12);
  expect(finding.planted).toMatchObject({ planted: PLANTED, missed: 0 });
});

test('max-requests that may leave something out is told of before, with the fewest that leave nothing out', async () => {
  const notices: string[] = [];
  const run = async (most: number) =>
    evaluated({
      inputs: { 'max-requests': String(most) },
      services: { notice: sentence => notices.push(sentence) },
    });
  const less = await run(200);
  expect(less.finding.sample.cutShort).toBe('max-requests of 200 leaves no room for more');
  const [, all] =
    /^max-requests of 200 may leave some of it out: (\d+) asks all of it, where nothing has to be asked again\.$/.exec(
      notices[1] ?? '',
    ) ?? [];
  notices.length = 0;
  const whole = await run(Number(all));
  expect(whole.finding.sample).toMatchObject({ cutShort: null, pairs: 72 });
  expect(notices).toHaveLength(1);
});
