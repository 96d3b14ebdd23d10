/** Long: runs that end by their time, and what is asked when it is over. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Between, endpointBehind, isJudge } from '../support/between.ts';
import { evaluated, FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import type { Asked } from '../support/scripted-endpoint.ts';

/** Takes so many in a second, and so many at once. */
function bucket(perSecond: number, burst: number): () => boolean {
  let left = burst;
  let last = Date.now();
  return () => {
    left = Math.min(burst, left + ((Date.now() - last) / 1000) * perSecond);
    last = Date.now();
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

/** A run of so many seconds, and how many that are no judgements were asked for a second and a half after that. */
async function runOf(
  seconds: number,
  { waiting, ...between }: Between,
  inputs: Readonly<Record<string, string>>,
) {
  const over = Date.now() + seconds * 1000;
  let late = 0;
  const noting = async (asked: Asked, count: number) => {
    if (!isJudge(asked) && Date.now() > over + 1500) late += 1;
    await waiting?.(asked, count);
  };
  const endpoint = { dataset: FIXTURE_QUESTIONS, rate: 0, latencyMs: 50 };
  const behind = await endpointBehind({ ...between, waiting: noting }, endpoint);
  const { finding } = await evaluated({
    inputs: {
      ...{ 'base-url': behind.baseUrl, sample: 'full', 'min-helpfulness': '0', 'max-retries': '3' },
      ...{ 'time-budget': String(seconds / 60), 'max-asr': '99', ...inputs },
    },
  }).finally(behind.close);
  return { finding, late };
}

test('a judge that takes few in a second is looked at once more, and the model of its endpoint is asked no more', async () => {
  const mayBe = bucket(12, 5);
  const replying: Between['replying'] = asked =>
    isJudge(asked) && !mayBe() ? { status: 429, body: { error: { message: 'slow down' } } } : undefined;
  const { finding, late } = await runOf(15, { replying }, { 'image-kinds': 'TYPO,TEXT' });
  expect(finding.sample.cutShort).not.toContain('before the judge could be looked at once more');
  expect(finding.verdict.outcome).toBe('pass');
  // A busy machine may send one late.
  expect(late).toBeLessThan(4);
}, 120_000);

test('a picture that is still to be drawn then is drawn no more, and counts as none that is missing', async () => {
  const over = Date.now() + 6000;
  let drawnLate = 0;
  const drawing = async () => {
    if (Date.now() > over + 1500) drawnLate += 1;
    await pause(1500, undefined, { ref: false });
  };
  // The last look is to take its time.
  const judging = async (asked: Asked) => {
    if (isJudge(asked) && Date.now() > over) await pause(500, undefined, { ref: false });
  };
  const painter = await endpointBehind({ waiting: drawing }, { dataset: FIXTURE_QUESTIONS });
  const inputs = {
    ...{ 'image-kinds': 'SD', 'image-source': 'generated', 'image-model': 'fixture-image' },
    ...{ 'image-base-url': painter.baseUrl, concurrency: '4' },
  };
  const { finding, late } = await runOf(6, { waiting: judging }, inputs).finally(painter.close);
  expect(finding.rows.length).toBeGreaterThan(0);
  expect(finding.rows.filter(({ note }) => note?.startsWith('no picture'))).toEqual([]);
  expect(late + drawnLate).toBeLessThan(4);
}, 120_000);
