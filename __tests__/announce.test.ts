import { evaluated } from './support/evaluation.ts';

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
  // 124 × (45 + 4 × 250) + 62 × 425 + 140 × (500 + 250 + 4 × 5) = 263,730 millionths
  expect(cost).toBe('0.26');
});
