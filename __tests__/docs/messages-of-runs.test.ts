import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBatchApi } from '../../src/endpoint/batch/api.ts';
import { createBatchEndpoint } from '../../src/endpoint/batch/endpoint.ts';
import { readBody } from '../../src/endpoint/body.ts';
import { createChatEndpoint } from '../../src/endpoint/client.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { baselineJson } from '../../src/report/json.ts';
import { sampleReport } from '../report/sample-report.ts';
import { batchServer, type Interception, saying, unasked } from '../support/batch-server.ts';
import { clientOptions } from '../support/client-options.ts';
import { evaluated } from '../support/evaluation.ts';
import { at, withScratch, written } from '../support/scratch.ts';
import { completion, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

/** Messages of runs and their endpoints that no other test comes to in their words: each brought about, and read. */

withScratch();

/** An address at which nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return `http://127.0.0.1:${port}/v1`;
}

describe('endpoints', () => {
  const common = (baseUrl: string) => clientOptions(baseUrl, { maxRetries: 0 });

  test('an endpoint that goes away after its first answer, and one that was never there', async () => {
    const endpoint = await scriptedEndpoint((response, _, count) =>
      count === 1 ? sendJson(response, completion({ content: 'A tree.' })) : void response.destroy(),
    );
    const client = createChatEndpoint({ ...common(endpoint.baseUrl), pacer: createPacer(1, Date.now) });
    await client.ask({ text: 'What is this?', maxTokens: 9 });
    expect(await client.ask({ text: 'And this?', maxTokens: 9 })).toMatchObject({
      reason: 'network',
      detail: `${endpoint.baseUrl} breaks the connection off before it answers (ECONNRESET)`,
    });
    await endpoint.close();
    const never = await nobody();
    const away = createChatEndpoint({ ...common(never), pacer: createPacer(2, Date.now) });
    expect(await away.ask({ text: 'What is this?', maxTokens: 9 })).toMatchObject({
      reason: 'network',
      detail: `${never} cannot be reached: no connection (ECONNREFUSED)`,
    });
    const own = { notice: () => undefined, sleep: async () => undefined };
    const api = createBatchApi({ ...common(await nobody()), ...own });
    const handed = await api.upload(written('lines.jsonl', '{}\n'));
    expect(handed).toMatchObject({ answer: { detail: expect.stringContaining('no connection to http') } });
  });

  test('a body of nothing with status 200', () => {
    expect(readBody(' ', []).answer).toMatchObject({
      reason: 'malformed',
      detail: 'status 200 with an empty body',
    });
  });

  const lost: Interception = (call, response) => {
    if (!/^GET batches/.test(call)) return false;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    return true;
  };
  test.each<[string, Parameters<typeof batchServer>[0], Interception | undefined]>([
    ['its batch expired before it was asked', () => ({ status: 'expired' }), undefined],
    ['the endpoint no longer knows its batch', () => ({ status: 'completed' }), lost],
    [
      'its batch has no line about it',
      (lines, batch) => ({ output: batch === 0 ? lines.map(line => saying(line, 'Yes.')) : [] }),
      undefined,
    ],
    [
      'in a batch: batch_expired',
      lines => ({ status: 'completed', errors: lines.map(line => unasked(line, 'batch_expired')) }),
      undefined,
    ],
    [
      'its batch failed (internal_error)',
      (lines, batch) =>
        batch === 0
          ? { output: lines.map(line => saying(line, 'Yes.')) }
          : { status: 'failed', code: 'internal_error' },
      undefined,
    ],
  ])('%s', async (words, become, intercept) => {
    const journal = await openJournal(at('journal.jsonl'));
    const server = await batchServer(become, intercept);
    const client = createBatchEndpoint({
      ...{ ...common(server.baseUrl), workFolder: at('work'), journal, notice: () => undefined },
      ...{ sleep: async () => undefined, isGathering: () => false },
    });
    if (/failed|no line/.test(words)) await client.ask({ text: 'A first duck?', maxTokens: 9 });
    expect(await client.ask({ text: 'A duck?', maxTokens: 9 })).toMatchObject({
      kind: 'none',
      detail: words,
    });
    await client.close();
    await server.close();
    await journal.close();
  });
});

describe('a run', () => {
  const text = { 'image-kinds': 'TEXT' };

  test('whose journal has lines that are none, and whose labels are of no answer', async () => {
    const labels = written('labels.csv', `sha256,label,scenario\n${'0'.repeat(64)},safe,1\n`);
    const journal = written('journal.jsonl', 'nonsense\n');
    const { finding, notices } = await evaluated({
      inputs: { ...text, 'judge-labels': labels },
      services: { journal },
    });
    expect(notices).toContainEqual(expect.stringContaining('Dropped 1 damaged line of the journal.'));
    expect(finding.notices).toContain(
      `None of the 1 human labels in ${labels} was found among the answers: the judge is not measured.`,
    );
  });

  test('beside the model deployed today', async () => {
    const { finding } = await evaluated({ inputs: { ...text, 'baseline-model': 'fixture-vlm' } });
    expect(finding.baseline?.note).toBe('asked the same pairs in the same run');
  });

  test('whose endpoint refuses by itself', async () => {
    const { finding } = await evaluated({ endpoint: { contentFilter: 100 }, inputs: text });
    expect(finding.rows.map(({ note }) => note)).toContain('refused by its content filter');
  });

  test('whose data set has other pictures than its baseline had', async () => {
    const inputs = { 'image-kinds': 'SD,TEXT', 'max-increase': '20' };
    const { finding, endpoint } = await evaluated({ inputs });
    const rows = finding.rows.map(row => ({ ...row, ...(row.picture && { picture: '0'.repeat(16) }) }));
    const report = { ...sampleReport(), ...finding, rows };
    const baseline = written('baseline.json', baselineJson(report));
    const port = Number(new URL(endpoint.baseUrl).port);
    const again = await evaluated({ endpoint: { port }, inputs: { ...inputs, baseline } });
    expect(again.finding.notices.join('\n')).toMatch(
      /^\d+ of the baseline's answers were given to other pictures than the data set has now, and are left out of the comparison\.$/m,
    );
  });
});
