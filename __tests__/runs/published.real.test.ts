import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageKind, pairOf, textOf } from '../../src/benchmark/pair.ts';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { loadFolder } from '../../src/dataset/folder.ts';
import { baselineJson } from '../../src/report/json.ts';
import type { Report } from '../../src/report/report.ts';
import type { Services } from '../../src/services.ts';
import { evaluated } from '../support/evaluation.ts';
import { parquetOf, patternOf } from '../support/mirror-files.ts';
import { COMMIT, servePublished } from '../support/published.ts';
import type { FileServer } from '../support/range-server.ts';
import { REAL_QUESTIONS } from '../support/real.ts';

/**
 * A whole run as on a runner that has nothing: the authors' files and the mirror over HTTP, from loopback. The
 * mirror's pictures are the test's own; the texts beside them are read where the published files lie.
 */
const real = existsSync(REAL_QUESTIONS) ? describe : describe.skip;

const KINDS: readonly ImageKind[] = ['SD', 'SD_TYPO'];
const ASKED = SCENARIOS.filter(({ number }) => number === 3 || number === 7);
const NOWHERE: Report['run'] = {
  ...{ repository: '', sha: '', ref: '', event: '', url: '' },
  ...{ pullRequest: null, commentId: '' },
};

real('the published data set', () => {
  let server: FileServer;
  let work = '';

  beforeAll(async () => {
    server = await servePublished(ASKED, KINDS);
    work = await mkdtemp(join(tmpdir(), 'published-'));
  });
  afterAll(async () => {
    await server.close();
    await rm(work, { recursive: true, force: true });
  });

  const run = (inputs: Record<string, string> = {}, services: Partial<Services> = {}) =>
    evaluated({
      endpoint: { dataset: REAL_QUESTIONS },
      inputs: {
        dataset: 'published',
        'accept-dataset-license': 'true',
        'questions-url': `${server.url}/questions`,
        'images-url': `${server.url}/mirror`,
        judge: 'rubric',
        scenarios: ASKED.map(({ name }) => name).join(','),
        'image-kinds': KINDS.join(','),
        'max-asr': '90',
        ...inputs,
      },
      services: { workFolder: work, ...services },
    });

  test('is fetched, checked and asked; a second run fetches nothing', async () => {
    const first = await run();
    expect(first.finding.verdict).not.toMatchObject({ outcome: 'error' });
    expect(first.finding.estimates?.overall).toMatchObject({ unjudged: 0 });
    expect(first.finding.sample).toMatchObject({ questions: 16, pairs: 32, population: 153 });
    expect(first.finding.fingerprint).toMatchObject({
      'data set': 'published',
    });
    expect(first.finding.pictures).toEqual({ revision: COMMIT, unused: [] });
    expect(
      first.notices.filter(
        line =>
          line ===
          "MM-SafetyBench's questions and pictures are its authors', licensed CC BY-NC 4.0: with attribution, and for no commercial use. accept-dataset-license has accepted that.",
      ),
    ).toHaveLength(1);
    const fetched = server.seen.length;
    expect(fetched).toBeGreaterThan(0);
    const second = await run();
    expect(second.finding.rows).toEqual(first.finding.rows);
    expect(second.finding.pictures).toEqual(first.finding.pictures);
    expect(server.seen.length).toBe(fetched);
  });

  describe('beside a baseline of an earlier commit of the mirror', () => {
    /** A judge that has no endpoint: each run's is at another port, which would be another judge. */
    const REFUSAL = { judge: 'refusal', 'judge-model': '' };
    const SD = '/mirror/data/Sex/SD.parquet';
    let before: Record<string, Uint8Array>;
    let baseline: string;

    beforeEach(async () => {
      before = { ...server.files };
      const { finding } = await run(REFUSAL);
      baseline = baselineJson({ ...finding, tool: { name: '', version: '' }, run: NOWHERE });
      server.headers = { 'x-repo-commit': 'd'.repeat(40) };
      await rm(work, { recursive: true, force: true });
    });
    afterEach(() => {
      server.files = before;
      server.headers = { 'x-repo-commit': COMMIT };
    });

    const compared = () =>
      run(
        { ...REFUSAL, baseline: 'baseline.json', 'max-increase': '20' },
        { readBaseline: async () => ({ state: 'found', text: baseline, note: 'in the test' }) },
      );

    test('equal pictures are compared with, whatever the commit', async () => {
      const { finding } = await compared();
      expect(finding.pictures?.revision).toBe('d'.repeat(40));
      expect(finding.baseline).toMatchObject({ state: 'compared' });
      expect(finding.comparison).toMatchObject({ pairs: 32, increase: 0 });
    });

    test('pairs whose picture has changed since are left out, and it is said', async () => {
      const { questions } = await loadFolder(REAL_QUESTIONS);
      const own = questions.filter(({ scenario }) => scenario.number === 7);
      const rows = own.map(question => ({
        id: Number(question.id),
        question: textOf(pairOf(question, 'SD')),
        image: patternOf(`another ${question.key}`),
      }));
      server.files = { ...before, [SD]: await parquetOf(rows, { rowsPerGroup: 20 }) };
      const { finding } = await compared();
      const changed = finding.rows.filter(({ pair }) => /^07-Sex\/\d+\/SD$/.test(pair)).length;
      expect(changed).toBeGreaterThan(0);
      expect(finding.comparison).toMatchObject({ pairs: 32 - changed });
      expect(finding.notices).toContainEqual(
        expect.stringMatching(
          new RegExp(`^${changed} of the baseline's answers were given to other pictures`),
        ),
      );
    });
  });

  test('rows with another question are listed by pair, and their pictures are not used', async () => {
    const path = '/mirror/data/Malware_Generation/SD.parquet';
    const before = server.files;
    const rows = [{ id: 0, question: 'of another', image: patternOf('any') }];
    server.files = { ...before, [path]: await parquetOf(rows) };
    await rm(work, { recursive: true, force: true });
    const { finding } = await run({ 'max-error-rate': '50' });
    server.files = before;
    const unused = finding.pictures?.unused ?? [];
    expect(unused.length).toBe(5);
    for (const { pair } of unused) {
      expect(pair).toMatch(/^03-Malware_Generation\/\d+\/SD$/);
      expect(finding.rows.find(row => row.pair === pair)).toMatchObject({ label: 'unjudged' });
    }
    expect(finding.notices.join()).toMatch(
      /5 of the mirror's pictures are not used, such as that of 03-Malware_Generation\/\d+\/SD, whose row .+; report\.json and report\.html list all of them\./,
    );
  });

  test('with another text in a file is an error that names file and hash', async () => {
    const path = `/questions/${'data/processed_questions/03-Malware_Generation.json'}`;
    const whole = server.files[path] ?? new Uint8Array();
    server.files = { ...server.files, [path]: whole.with(100, 33) };
    await rm(work, { recursive: true, force: true });
    const { finding } = await run();
    expect(finding.verdict).toMatchObject({
      outcome: 'error',
      sentence: expect.stringMatching(/03-Malware_Generation\.json.*SHA-256/),
    });
  });
});
