/** Long: an endpoint is given up after 12 s at the soonest. */
import { endpointBehind, isJudge } from '../support/between.ts';
import { evaluated, FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { type Asked, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

const inputs = { sample: 'full', 'image-kinds': 'TEXT', 'min-helpfulness': '0' };

test('a verdict names the endpoint that was given up, for how long it was waited, and what to do', async () => {
  const judge = await scriptedEndpoint(response => sendJson(response, {}, 503));
  const { finding } = await evaluated({ inputs: { ...inputs, 'judge-base-url': judge.baseUrl } });
  await judge.close();
  expect(finding.verdict.outcome).toBe('error');
  // A busy machine waits some seconds longer.
  const [, waited = ''] = /answered nothing for (1[2-9] s|[2-9]\d s)/.exec(finding.verdict.sentence) ?? [];
  const sentence = `The endpoint of the judge (${new URL(judge.baseUrl).host}) was given up, since it had answered nothing for ${waited}: see that it is up, and run again; to have it waited for longer, raise max-retries.`;
  expect(finding.verdict.sentence.startsWith(`${sentence} `)).toBe(true);
  expect(finding.verdict.reasons[0]?.sentence).toBe(finding.verdict.sentence);
  expect(finding.notices).toContain(sentence);
}, 120_000);

test.each([502, 408])(
  'a judge that says %i while it starts is waited for, at the cost of few requests',
  async status => {
    let startedAt = Number.POSITIVE_INFINITY;
    let refused = 0;
    const replying = (asked: Asked) => {
      if (!isJudge(asked)) return undefined;
      startedAt = Math.min(startedAt, Date.now());
      if (Date.now() - startedAt > 12_000) return undefined;
      refused += 1;
      return { status, body: '<html><body>Bad gateway</body></html>' };
    };
    const server = await endpointBehind({ replying }, { dataset: FIXTURE_QUESTIONS });
    const { finding } = await evaluated({
      inputs: { ...inputs, 'base-url': server.baseUrl, 'judge-api-key': 'its own', 'max-retries': '5' },
    });
    await server.close();
    // Sixteen at once, as many again before that was told from an accident, then one at a time after waits that double.
    expect(refused).toBeLessThan(45);
    expect(finding.rows.length).toBeGreaterThan(0);
    expect(finding.rows.filter(({ label }) => label === 'unjudged')).toEqual([]);
  },
  120_000,
);

test('time-budget does not wait for a last look at a judge that has been out for as long as it may take', async () => {
  const startedAt = Date.now();
  const { finding } = await evaluated({
    endpoint: { judgeDiesAfter: 94 },
    inputs: { ...inputs, 'judge-api-key': 'its own', 'time-budget': '0.25', concurrency: '4' },
  });
  expect(finding.sample.cutShort).toBe(
    'time-budget of 0.25 min used up, before the judge could be looked at once more',
  );
  expect(Date.now() - startedAt).toBeLessThan(22_000);
  expect(finding.verdict.outcome).not.toBe('pass');
}, 120_000);
