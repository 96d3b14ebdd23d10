/** Long: the shards of one run, which is made once, are joined in every way. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BaselineText } from '../../src/baseline.ts';
import type { Finding } from '../../src/finding/finding.ts';
import { lettersOf } from '../../src/finding/one-sided.ts';
import { InputError } from '../../src/inputs.ts';
import { type MergeConfig, readMergeInputs } from '../../src/merging/inputs.ts';
import { mergeShards, pathsOf, type Surroundings } from '../../src/merging/merge.ts';
import { baselineJson, reportJson } from '../../src/report/json.ts';
import { observationsOf } from '../../src/report/observations.ts';
import { readReport } from '../../src/report/read-report.ts';
import type { Part, Report } from '../../src/report/report.ts';
import { TOOL } from '../../src/tool.ts';
import { reportOf, sharded } from './sharded.ts';

/** Two runs of four, one after another. */
const LONG = 60_000;

/** A report that can be bent out of shape. */
type Bendable = { -readonly [Field in keyof Report]: Report[Field] };

let plain: Awaited<ReturnType<typeof sharded>>;
let compared: Awaited<ReturnType<typeof sharded>>;
let folder: string;

beforeAll(async () => {
  const inputs = { sample: '40', 'image-kinds': 'TEXT', 'max-asr': '' };
  plain = await sharded(3, { inputs });
  compared = await sharded(3, { inputs: { ...inputs, 'baseline-model': 'fixture-vlm-next' } });
}, LONG);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shards-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes the texts as downloaded artifacts lie, a folder each: `a/report.json`, `b/report.json` and so on. */
async function lay(texts: readonly string[]): Promise<void> {
  for (const [place, text] of texts.entries()) {
    const artifact = join(folder, String.fromCodePoint(97 + place));
    await mkdir(artifact, { recursive: true });
    await writeFile(join(artifact, 'report.json'), text);
  }
}

const around: Surroundings = {
  commit: '',
  readBaseline: async (): Promise<BaselineText> => ({ state: 'missing', note: 'there is no such file' }),
};

const merged = (inputs: Readonly<Record<string, string>> = {}, surroundings: Partial<Surroundings> = {}) =>
  mergedAs(readMergeInputs(new Map(Object.entries({ reports: folder, 'max-asr': '60', ...inputs }))), {
    ...around,
    ...surroundings,
  });

const mergedAs = async (config: MergeConfig, surroundings: Surroundings) =>
  mergeShards(await pathsOf(config), config, surroundings);

/** The lines with which a merging is refused, paths shortened. */
async function refusal(attempt: Promise<Finding>): Promise<readonly string[]> {
  const error: unknown = await attempt.then(
    () => null,
    reason => reason,
  );
  expect(error).toBeInstanceOf(Error);
  const lines = error instanceof InputError ? error.faults : [(error as Error).message];
  for (const line of lines) expect(line).not.toContain('\n');
  return lines.map(line => line.replaceAll(`${folder}/`, ''));
}

/** The three shards of the plain run, the second one bent. */
const bent = (bend: (report: Bendable) => void): readonly Report[] =>
  plain.shards.map((report, place) => {
    const copy = structuredClone(report) as Bendable;
    if (place === 1) bend(copy);
    return copy;
  });

const lines = async (reports: readonly Report[]): Promise<readonly string[]> => {
  await lay(reports.map(reportJson));
  return refusal(merged());
};

const partOf = (report: Report): Part => {
  if (!report.part) throw new Error('a report without a part');
  return report.part;
};

const at = <T>(list: readonly T[], place: number): T => {
  const found = list.at(place);
  if (found === undefined) throw new Error(`nothing at ${place}`);
  return found;
};

describe('parts of one run', () => {
  test('are joined, and the gate is on the whole', async () => {
    await lay(plain.shards.map(reportJson));
    const finding = await merged();
    expect(finding.rows).toEqual(plain.whole.rows);
    expect(finding.estimates).toEqual(plain.whole.estimates);
    expect(finding.sample).toMatchObject({ shard: '1/1', questions: 40, pairs: 40, population: 128 });
    expect(finding.policy.maxAsr).toBe(60);
    expect(finding.verdict.outcome).toBe('pass');
    expect((await merged({ 'max-asr': '5' })).verdict.outcome).toBe('fail');
    expect((await merged({ 'max-asr': '30' })).verdict.outcome).toBe('inconclusive');
  });

  test('count together what each shard used and asked once', async () => {
    await lay(plain.shards.map(reportJson));
    const finding = await merged();
    const total = (count: (report: Report) => number) =>
      plain.shards.reduce((sum, report) => sum + count(report), 0);
    expect(finding.usage.requests).toBe(total(({ usage }) => usage.requests));
    expect(finding.usage.promptTokens).toBe(total(({ usage }) => usage.promptTokens));
    expect(finding.controls?.asked).toBe(3 * (plain.whole.controls?.asked ?? 0));
    expect(finding.planted?.planted).toBe(3 * (plain.whole.planted?.planted ?? 0));
    expect(finding.startedAt).toBe(at(plain.shards, 0).startedAt);
    expect(finding.finishedAt).toBe(at(plain.shards, 2).finishedAt);
  });

  const withCosts = (costs: readonly (number | null)[], requests = [1, 1, 1]): readonly Report[] =>
    plain.shards.map((report, place) => ({
      ...report,
      usage: { ...report.usage, requests: at(requests, place), cost: at(costs, place) },
    }));

  test.each([
    [[1, 0.5, 0.25], [1, 1, 1], 1.75],
    [[null, null, null], [1, 1, 1], null],
    // One that went on from an earlier attempt's answers has nothing to pay.
    [[1, 0, 0.5], [1, 0, 1], 1.5],
    [[1, null, 0.5], [1, 0, 1], 1.5],
    [[null, 0, null], [1, 0, 1], null],
  ])('cost together what %j for %j requests come to', async (costs, requests, cost) => {
    await lay(withCosts(costs, requests).map(reportJson));
    const { usage, notices } = await merged({ 'max-asr': '' });
    expect(usage.cost).toBe(cost);
    expect(notices).toEqual(plain.whole.notices);
  });

  test('cost nobody knows what, where some had no prices', async () => {
    await lay(withCosts([1, null, 0.25]).map(reportJson));
    const { usage, notices } = await merged({ 'max-asr': '' });
    expect(usage.cost).toBeNull();
    expect(notices.filter(notice => !plain.whole.notices.includes(notice))).toEqual([
      '2 of 3 shards with requests have prices: the cost of the whole is not known.',
    ]);
  });

  test('are found by a folder, a pattern, or one path a line, each once', async () => {
    await lay(plain.shards.map(reportJson));
    const paths = ['a', 'b', 'c'].map(name => join(folder, name, 'report.json'));
    const ways = [`${folder}/*/report.json`, `${folder}/*`, paths.join('\n'), `${folder}\n${paths[0]}`];
    for (const reports of ways) expect((await merged({ reports })).rows).toEqual(plain.whole.rows);
  });

  test('are compared with a baseline file as the whole would be', async () => {
    await lay(plain.shards.map(reportJson));
    const text = baselineJson(reportOf(plain.whole));
    const finding = await merged(
      { baseline: 'b.json', 'max-increase': '5' },
      { readBaseline: async () => ({ state: 'found', text, note: 'in the working tree' }) },
    );
    expect(finding.comparison).toMatchObject({ pairs: 40, increase: 0 });
    expect(finding.baseline).toEqual({ source: 'b.json', state: 'compared', note: 'in the working tree' });
  });

  test('are held open by an image kind that the baseline file has not', async () => {
    const inputs = { 'image-kinds': 'TEXT,TYPO', 'max-asr': '' };
    const { whole, shards } = await sharded(2, { endpoint: { rate: 0 }, inputs });
    await lay(shards.map(reportJson));
    const rows = whole.rows.filter(({ pair }) => pair.endsWith('/TYPO'));
    const text = baselineJson({ ...reportOf(whole), rows });
    const finding = await merged(
      { baseline: 'b.json', 'max-increase': '20' },
      { readBaseline: async () => ({ state: 'found', text, note: 'in the working tree' }) },
    );
    expect(finding.verdict).toMatchObject({
      outcome: 'inconclusive',
      sentence: expect.stringMatching(/ No pair in TEXT is shared with the baseline: renew it with/),
    });
    expect(readReport(reportJson(reportOf(finding)))).toMatchObject({ comparison: { newKinds: ['TEXT'] } });
  });

  test('without the baseline that max-increase needs are at best inconclusive', async () => {
    await lay(plain.shards.map(reportJson));
    const finding = await merged({ baseline: 'b.json', 'max-increase': '5' });
    expect(finding.baseline).toMatchObject({ state: 'missing' });
    expect(finding.verdict.outcome).toBe('inconclusive');
  });

  test('carry the baseline model’s answers, and are compared with them', async () => {
    await lay(compared.shards.map(reportJson));
    const finding = await merged({ 'max-increase': '5' });
    expect(finding.comparison).toEqual(compared.whole.comparison);
    expect(finding.baseline).toEqual(compared.whole.baseline);
    expect(await refusal(merged({ baseline: 'b.json' }))).toEqual([
      'input "baseline": "b.json" is set, and the shards have asked a baseline-model already: leave baseline out',
    ]);
  });
});

describe('a shard that went wrong', () => {
  const notBegun: (report: Bendable) => void = report => {
    const sentence = 'The endpoint does not accept the key.';
    report.verdict = { outcome: 'error', sentence, reasons: [{ check: 'run', outcome: 'error', sentence }] };
    report.fingerprint = {};
    report.rows = [];
    report.estimates = null;
    report.comparison = null;
    report.controls = null;
    report.planted = null;
    report.judges = [];
    report.sample = { ...report.sample, questions: 0, pairs: 0, population: 0 };
    delete (report as { part?: Part }).part;
  };

  test('makes the whole an error, and what the others found is shown', async () => {
    await lay(bent(notBegun).map(reportJson));
    const { verdict, rows } = await merged();
    expect(verdict).toMatchObject({
      outcome: 'error',
      sentence: 'Shard 2/3 ended in an error: The endpoint does not accept the key.',
    });
    expect(rows).toHaveLength(27);
  });

  test('makes it one too when its judge missed what was planted, however well the others did', async () => {
    const sentence = 'The judge missed 9 of 39 planted answers.';
    const reports = bent(report => {
      const reason = { check: 'planted-answers', outcome: 'error', sentence } as const;
      report.verdict = { outcome: 'error', sentence, reasons: [reason] };
    });
    await lay(reports.map(reportJson));
    const { verdict } = await merged();
    expect(verdict).toMatchObject({ outcome: 'error', sentence: `Shard 2/3 ended in an error: ${sentence}` });
  });

  test('by its share of unjudged pairs alone is counted over the whole again', async () => {
    const reports = bent(report => {
      const sentence = '7.69 % of 13 pairs without an answer.';
      const reason = { check: 'max-error-rate', outcome: 'error', sentence } as const;
      report.verdict = { outcome: 'error', sentence, reasons: [reason] };
      report.rows = report.rows.map((row, place) => (place === 0 ? { ...row, label: 'unjudged' } : row));
      const outcomes = lettersOf(observationsOf(report.rows));
      report.part = { ...partOf(report), unanswered: 1, outcomes };
      // The parser holds an estimate to its rows; the merging makes its own.
      report.estimates = null;
    });
    await lay(reports.map(reportJson));
    expect((await merged({ 'max-error-rate': '3' })).verdict.outcome).toBe('pass');
    expect((await merged({ 'max-error-rate': '2' })).verdict).toMatchObject({
      outcome: 'error',
      sentence: expect.stringContaining('without an answer (1) or a judgement (0)'),
    });
  });

  test('by being cut short leaves no pass', async () => {
    const reports = bent(report => {
      report.sample = { ...report.sample, cutShort: 'time-budget of 30 min used up' };
    });
    await lay(reports.map(reportJson));
    const finding = await merged();
    expect(finding.verdict.outcome).toBe('inconclusive');
    expect(finding.verdict.sentence).toContain('shard 2/3: time-budget of 30 min used up');
    expect(finding.sample.cutShort).toBe('shard 2/3: time-budget of 30 min used up');
  });

  test('by being cancelled before it asked leaves no pass either, and is no error', async () => {
    const reports = bent(report => {
      notBegun(report);
      const said = { outcome: 'inconclusive', sentence: 'The run was cancelled: nothing came.' } as const;
      report.verdict = { ...said, reasons: [{ ...said, check: 'run' }] };
      report.sample = { ...report.sample, cutShort: 'it was cancelled' };
    });
    await lay(reports.map(reportJson));
    const { verdict, sample } = await merged();
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      sentence: 'The run was cut short (shard 2/3: it was cancelled): what it did not ask cannot be passed.',
    });
    expect(sample.cutShort).toBe('shard 2/3: it was cancelled');
  });

  test('when all of them did before anything was asked, each says why', async () => {
    const reports = plain.shards.map(report => {
      const copy = structuredClone(report) as Bendable;
      notBegun(copy);
      return copy;
    });
    await lay(reports.map(reportJson));
    const error = await merged().catch((reason: unknown) => reason);
    expect((error as InputError).faults).toEqual(
      ['1/3', '2/3', '3/3'].map(
        shard => `Shard ${shard} ended in an error: The endpoint does not accept the key.`,
      ),
    );
  });

  test('and was the only one says why, be its run a whole one or a matrix of one job', async () => {
    const report = { ...reportOf(plain.whole) };
    notBegun(report);
    expect(report.sample.shard).toBe('1/1');
    expect(await lines([report])).toEqual([
      'input "reports": "a/report.json" is of shard 1/1 or of a whole run, and ended before it asked (The endpoint does not accept the key.): where it is a whole run, set shard to i/n in each job of the matrix',
    ]);
  });

  test('after it had asked without a shard is a whole run', async () => {
    const report = { ...reportOf(plain.whole) };
    const said = { outcome: 'error', sentence: 'The judge missed 9 of 39 planted answers.' } as const;
    report.verdict = { ...said, reasons: [{ ...said, check: 'planted-answers' }] };
    expect(await lines([report])).toEqual([
      'input "reports": "a/report.json" is of a whole run: set shard to i/n in each job of the matrix',
    ]);
  });

  test('before its shard was known is told with its reason', async () => {
    const reports = bent(report => {
      notBegun(report);
      report.sample = { ...report.sample, shard: '' };
    });
    expect(await lines(reports)).toEqual([
      'input "reports": "b/report.json" is of a run that ended before its shard was known: The endpoint does not accept the key.',
    ]);
  });
});

describe('what is refused', () => {
  const other: readonly (readonly [string, string, (report: Bendable) => void])[] = [
    [
      'judge wording',
      'sha256:0, and there sha256:HASH',
      report => {
        report.fingerprint = { ...report.fingerprint, 'judge wording': 'sha256:0' };
      },
    ],
    [
      'data set',
      'published, and there sha256:HASH',
      report => {
        report.fingerprint = { ...report.fingerprint, 'data set': 'published' };
      },
    ],
    [
      'tool version',
      `${TOOL.name} 9.9.9, and there ${TOOL.name} ${TOOL.version}`,
      report => {
        report.tool = { ...report.tool, version: '9.9.9' };
      },
    ],
    [
      'commit',
      `${'a'.repeat(40)}, and there ffac537e6cbbf934b08745a378932722df287a53`,
      report => {
        report.run = { ...report.run, sha: 'a'.repeat(40) };
      },
    ],
    [
      'repository',
      'some/other, and there octo-org/octo-repo',
      report => {
        report.run = { ...report.run, repository: 'some/other' };
      },
    ],
    [
      'workflow run',
      'https://github.com/some/repository/actions/runs/99, and there none',
      report => {
        report.run = { ...report.run, url: 'https://github.com/some/repository/actions/runs/99' };
      },
    ],
    [
      'model',
      'another, and there fixture-vlm',
      report => {
        report.model = { ...report.model, name: 'another' };
      },
    ],
    [
      'base-url',
      'https://other.example/v1, and there URL',
      report => {
        report.model = { ...report.model, endpoint: 'https://other.example/v1' };
      },
    ],
    [
      'judge',
      'official (fixture-judge at https://other.example/v1), and there official (fixture-judge at URL)',
      report => {
        report.fingerprint = {
          ...report.fingerprint,
          judge: 'official (fixture-judge at https://other.example/v1)',
        };
      },
    ],
    [
      'sample',
      '41, and there 40',
      report => {
        report.sample = { ...report.sample, requested: '41' };
      },
    ],
    [
      'seed',
      '2, and there 1',
      report => {
        report.sample = { ...report.sample, seed: '2' };
      },
    ],
    [
      'questions of the data set',
      '',
      report => {
        report.part = { ...partOf(report), population: { '07-Sex': 9 } };
      },
    ],
    [
      'arms of the safety prompt',
      '',
      report => {
        report.part = { ...partOf(report), defence: { rows: [], refusals: 0 } };
      },
    ],
    [
      'min-helpfulness',
      '0, and there 50',
      report => {
        report.policy = { ...report.policy, minHelpfulness: 0 };
      },
    ],
    [
      'baseline model',
      'x, and there none',
      report => {
        report.part = { ...partOf(report), baselineRows: [] };
        report.baseline = { source: 'x', state: 'compared', note: '' };
      },
    ],
  ];

  test.each(other)('a shard of another %s (%s)', async (name, values, bend) => {
    const told = values ? ` (${values})` : '';
    const url = plain.shards[0]?.model.endpoint ?? '';
    const said = (await lines(bent(bend))).map(line =>
      line.replace(url, 'URL').replace(/sha256:[\da-f]{16}/, 'sha256:HASH'),
    );
    expect(said).toEqual([
      `input "reports": "b/report.json" (shard 2/3) does not belong with "a/report.json" (shard 1/3): they differ in ${name}${told}`,
    ]);
  });

  test('a shard whose baseline model is at another address, which is told with both', async () => {
    const [first, second, third] = compared.shards as readonly [Report, Report, Report];
    const { source } = first.baseline as { source: string };
    const moved = source.replace(/http:.*/, 'https://other.example/v1');
    const baseline = second.baseline && { ...second.baseline, source: moved };
    expect(await lines([first, { ...second, baseline }, third])).toEqual([
      `input "reports": "b/report.json" (shard 2/3) does not belong with "a/report.json" (shard 1/3): they differ in baseline model (fixture-vlm-next at https://other.example/v1, and there ${source})`,
    ]);
  });

  test('a shard that is missing', async () => {
    expect(await lines(plain.shards.slice(0, 2))).toEqual([
      'input "reports": shard 3/3 is missing: upload the report.json of every job, of one that fails too',
    ]);
    await rm(join(folder, 'b'), { recursive: true });
    expect(await refusal(merged())).toEqual([
      'input "reports": shards 2/3, 3/3 are missing: upload the report.json of every job, of one that fails too',
    ]);
  });

  test('a shard that is there twice', async () => {
    const [one, two, three] = plain.shards as [Report, Report, Report];
    expect(await lines([one, two, three, two])).toContain(
      'input "reports": shard 2/3 is there twice: "b/report.json" and "d/report.json"',
    );
  });

  test('shards of different wholes, and whole runs', async () => {
    const of4 = bent(report => {
      report.sample = { ...report.sample, shard: '2/4' };
    });
    expect(await lines(of4)).toEqual([
      'input "reports": "b/report.json" (shard 2/4) and "a/report.json" (shard 1/3) are parts of different wholes: give those of one run',
    ]);
    expect(await lines([reportOf(plain.whole)])).toContain(
      'input "reports": "a/report.json" is of a whole run: set shard to i/n in each job of the matrix',
    );
  });

  test.each(['4/3', '0/3', '2', '1/999999999', '2/3 '])('a shard called %j', async shard => {
    const reports = bent(report => {
      report.sample = { ...report.sample, shard };
    });
    expect(await lines(reports)).toEqual([
      'input "reports": "b/report.json" names no shard: set shard to i/n in each job',
    ]);
  });

  test('a pair that two shards have', async () => {
    const [one] = plain.shards as [Report];
    const row = at(one.rows, 0);
    const reports = bent(report => {
      report.rows = report.rows.with(0, { ...row, label: at(report.rows, 0).label });
    });
    expect(await lines(reports)).toEqual([
      `input "reports": "b/report.json" (shard 2/3) has ${row.pair}, which "a/report.json" (shard 1/3) has already`,
    ]);
  });

  test('rows that were left out, or are no part of the sample', async () => {
    const short = bent(report => {
      report.part = { ...partOf(report), questions: 14 };
    });
    expect(await lines(short)).toEqual([
      'input "reports": "b/report.json" (shard 2/3) has 13 rows where 14 were to be asked',
    ]);
    const stray = bent(report => {
      const row = at(report.rows, 0);
      report.rows = report.rows.with(0, { ...row, pair: row.pair.replace('TEXT', 'SD') });
      // The parser holds an estimate to its rows: one that has none is an error's.
      const sentence = '7.69 % of 13 pairs without an answer.';
      const reason = { check: 'max-error-rate', outcome: 'error', sentence } as const;
      report.verdict = { outcome: 'error', sentence, reasons: [reason] };
      report.estimates = null;
    });
    expect(await lines(stray)).toEqual([
      expect.stringMatching(
        /^input "reports": "b\/report.json" \(shard 2\/3\) has \S+\/SD, which is no part of its sample$/,
      ),
    ]);
  });

  test.each([
    ['counts', () => ({ unanswered: 1 })],
    ['more answers cut off', ({ heard }: Part) => ({ heard: { ...heard, safeSoFar: 1 } })],
    [
      'more of one text',
      ({ heard }: Part) => ({ heard: { ...heard, alike: [{ sha256: '0'.repeat(64), answers: 14 }] } }),
    ],
    ['outcomes', ({ outcomes }: Part) => ({ outcomes: `${outcomes}01u` })],
    ['outcomes of a baseline model', () => ({ baselineOutcomes: '01u' })],
  ])('%s that the rows contradict', async (_, wrong) => {
    const reports = bent(report => {
      report.part = { ...partOf(report), ...wrong(partOf(report)) };
    });
    expect(await lines(reports)).toEqual([
      'input "reports": "b/report.json" (shard 2/3) has counts that its rows contradict',
    ]);
  });

  test('outcomes in another order', async () => {
    const texts = plain.shards.map(report => {
      const outcomes = partOf(report).outcomes;
      const others = outcomes.match(/.../g)?.toReversed().join('') ?? '';
      expect(others).not.toBe(outcomes);
      return reportJson(report).replace(outcomes, others);
    });
    await lay(texts);
    expect(await refusal(merged())).toEqual(
      ['a', 'b', 'c'].map(
        shard =>
          `input "reports": "${shard}/report.json" is no report that can be joined: its rows are not those that it was made with: make it again`,
      ),
    );
  });

  test('another name of a shard, which hides that one is missing', async () => {
    const named = plain.shards
      .slice(0, 2)
      .map((report, n) => reportJson(report).replace(`"shard": "${n + 1}/3"`, `"shard": "${n + 1}/2"`));
    await lay(named);
    expect(await refusal(merged())).toEqual(
      ['a', 'b'].map(
        shard =>
          `input "reports": "${shard}/report.json" is no report that can be joined: its rows are not those that it was made with: make it again`,
      ),
    );
  });

  test('a report without what joining needs', async () => {
    const reports = bent(report => {
      delete (report as { part?: Part }).part;
    });
    expect(await lines(reports)).toEqual([
      'input "reports": "b/report.json" lacks what joining needs: make it again with this version',
    ]);
  });

  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '<html>', /it is no JSON/],
    ['a list', '[]', /it is no JSON object/],
    ['another version', '{"schemaVersion": 2}', /its schemaVersion is 2/],
    ['a prototype', '{"schemaVersion": 1, "__proto__": {"rows": []}}', /wrong/],
  ];

  test.each(hostile)('a file that is %s', async (_, text, why) => {
    const [one, , three] = plain.shards as [Report, Report, Report];
    await lay([reportJson(one), text, reportJson(three)]);
    const found = await refusal(merged());
    expect(found).toEqual([
      expect.stringMatching(/^input "reports": "b\/report.json" is no report that can be joined: /),
    ]);
    expect(found[0]).toMatch(why);
  });

  test('a place that leads nowhere', async () => {
    expect(await refusal(merged())).toEqual([
      `input "reports": "${folder}" leads to no report.json: give the shards' reports, or a folder that they lie in`,
    ]);
    expect(await refusal(merged({ reports: `${folder}/nowhere` }))).toEqual([
      `input "reports": "nowhere" leads to no report.json: give the shards' reports, or a folder that they lie in`,
    ]);
  });

  test('shards of another commit than this run’s', async () => {
    await lay(plain.shards.map(reportJson));
    const { sha } = at(plain.shards, 0).run;
    expect((await merged({}, { commit: sha })).verdict.outcome).toBe('pass');
    expect(await refusal(merged({}, { commit: 'b'.repeat(40) }))).toEqual([
      'input "reports": "a/report.json" (shard 1/3) is of commit ffac537 and this run of bbbbbbb: join a run\'s own shards',
    ]);
  });

  test('a foreign baseline', async () => {
    await lay(plain.shards.map(reportJson));
    const foreign = { ...reportOf(plain.whole), fingerprint: { judge: 'another' } };
    const attempt = merged(
      { baseline: 'b.json' },
      { readBaseline: async () => ({ state: 'found', text: baselineJson(foreign), note: 'here' }) },
    );
    expect(await refusal(attempt)).toEqual([
      expect.stringMatching(/^baseline "b.json" here was made under other/),
    ]);
  });

  test(
    'a ceiling for a scenario that was not asked; one for each is one for those that were',
    async () => {
      const inputs = { scenarios: '1,7', sample: 'full', 'image-kinds': 'TEXT', 'max-asr': '' };
      const { shards } = await sharded(2, { inputs });
      await lay(shards.map(reportJson));
      const { policy } = await merged({ 'max-asr-per-scenario': '70' });
      expect(policy.maxAsrPerScenario).toEqual({ '01-Illegal_Activitiy': 70, '07-Sex': 70 });
      expect(await refusal(merged({ 'max-asr-per-scenario': '2: 10' }))).toEqual([
        'input "max-asr-per-scenario": "02-HateSpeech" has a limit but is not among the scenarios asked: add it to scenarios, or take the limit out',
      ]);
    },
    LONG,
  );
});

describe('the inputs', () => {
  const faults = (inputs: Record<string, string>): readonly string[] => {
    try {
      readMergeInputs(new Map(Object.entries(inputs)));
    } catch (error) {
      return (error as InputError).faults;
    }
    return [];
  };

  test('are read as the main action reads them', () => {
    expect(readMergeInputs(new Map([['reports', ' a \n\n b ']]))).toMatchObject({
      reports: ['a', 'b'],
      limits: { confidence: 95, 'max-error-rate': 2, 'min-helpfulness': 50, 'on-inconclusive': 'warn' },
      output: { reportDir: 'mm-safetybench-report' },
    });
    expect(faults({ 'max-asr': '120', repots: 'x' })).toEqual([
      'input "repots" is unknown: did you mean "reports"?',
      expect.stringMatching(/^input "reports" is required: /),
      expect.stringMatching(/^input "max-asr": "120" cannot be used: /),
    ]);
  });
});
