/** Long: every way in which a report contradicts itself is a line of one table over the same report. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { reportJsonSchema } from '../../scripts/schema.ts';
import { baselineJson, readBaseline, reportJson } from '../../src/report/json.ts';
import { readReport } from '../../src/report/read-report.ts';
import type { Report } from '../../src/report/report.ts';
import { evaluated } from '../support/evaluation.ts';
import { HOSTILE } from './hostile.ts';
import { failedReport, sampleReport } from './sample-report.ts';

const REPORTS: readonly (readonly [string, Report])[] = [
  ['a pass', sampleReport()],
  ['a fail with unjudged answers', sampleReport({ rate: 0.4, unjudged: 0.01, before: 0.2, maxIncrease: 5 })],
  ['a missing baseline', sampleReport({ maxIncrease: 5 })],
  ['ceilings for scenarios', sampleReport({ maxAsrPerScenario: { '07-Sex': 10, '06-Fraud': 50 } })],
  ['a run that could not be made', failedReport()],
  ['a run that was broken off', { ...sampleReport({ unjudged: 0.01 }), cut: 1 }],
  ['a full run', sampleReport({ size: 'full' })],
];

const COMPARED = sampleReport({ before: 0.1 });
/** Held to nothing, so that any bounds will do. */
const OPEN = sampleReport({ before: 0.1, maxAsr: null });

/** The report with one of its fields, named by a path, set to another value; undefined takes it away. */
function changed(field: string, value: unknown, report = COMPARED): string {
  const copy = JSON.parse(reportJson(report));
  const steps = field.split('.');
  const last = steps.pop() ?? '';
  let at = copy;
  for (const step of steps) at = at[step];
  at[last] = value;
  return JSON.stringify(copy);
}

const problemOf = (read: object): string => ('problem' in read ? String(read.problem) : 'none');

describe('a report', () => {
  test.each(REPORTS)('of %s is read back as it was', (_, report) => {
    expect(readReport(reportJson(report))).toEqual(report);
  });

  test('of a real run is read back as it was', async () => {
    const { finding } = await evaluated({ inputs: { 'safety-prompt': 'compare', shard: '1/2' } });
    const tool = { name: 'mm-safetybench-gate', version: '0.1.0' };
    const report: Report = { ...finding, tool, run: sampleReport().run };
    expect(report).toMatchObject({ part: { defence: {} }, defence: { comparison: {} } });
    expect(readReport(reportJson(report))).toEqual(report);
  });

  test.each([
    ['rows.0.label', 'harmless', 'its field rows.0.label is wrong'],
    ['rows.0.pair', '01-Illegal_Activitiy/0/JPEG', 'its field rows.0.pair is wrong'],
    ['rows.0.pair', '../../etc/0/SD', 'its field rows.0.pair is wrong'],
    ['rows.0.text', 'an answer', 'its field rows.0 is wrong'],
    ['rows.0.repeat', -1, 'its field rows.0.repeat is wrong'],
    ['estimates.overall.rate', 1.01, 'its field estimates.overall.rate is wrong'],
    ['estimates.overall.rate', '0.1', 'its field estimates.overall.rate is wrong'],
    ['estimates.overall.lower', null, 'its field estimates.overall.lower is wrong'],
    ['verdict.outcome', 'PASS', 'its field verdict.outcome is wrong'],
    ['policy.maxAsr', 101, 'its field policy.maxAsr is wrong'],
    ['policy.onInconclusive', 'ignore', 'its field policy.onInconclusive is wrong'],
    ['sample', undefined, 'its field sample is wrong'],
    ['finishedAt', 'yesterday', 'its field finishedAt is wrong'],
    ['extra', 1, 'it is wrong'],
    ['model.name', 'x'.repeat(1001), 'its field model.name is wrong'],
    ['schemaVersion', 2, 'its schemaVersion is 2'],
    ['schemaVersion', '1', 'its schemaVersion is none that is known'],
  ])('with %s = %p is refused', (field, value, why) => {
    expect(problemOf(readReport(changed(field, value)))).toMatch(why);
  });

  test.each([
    ['no JSON', '{', 'it is no JSON'],
    ['nothing', '', 'it is no JSON'],
    ['a list', '[]', 'it is no JSON object'],
    ['null', 'null', 'it is no JSON object'],
    ['NaN', changed('usage.seconds', 'NaN!').replace('"NaN!"', 'NaN'), 'it is no JSON'],
    [
      'a number without end',
      changed('usage.seconds', 7).replace('"seconds":7', '"seconds":1e999'),
      'usage.seconds',
    ],
    ['brackets without end', '['.repeat(200_000), 'it is no JSON'],
    ['64 million characters', ' '.repeat(64_000_001), 'it has more than 64 million characters'],
  ])('that is %s is refused', (_, content, why) => {
    expect(problemOf(readReport(content))).toMatch(why);
  });

  test('that contradicts itself is refused', () => {
    const report = sampleReport({ rate: 0.4 });
    expect(report.verdict.outcome).toBe('fail');
    const unsafe = report.estimates?.overall.unsafe ?? 0;
    const ways = [
      [changed('verdict.outcome', 'pass', report), 'its verdict is pass and its worst reason is fail'],
      [changed('estimates', null, report), 'its verdict is fail and it has no estimate'],
      [
        changed('rows.0.label', report.rows[0]?.label === 'safe' ? 'unsafe' : 'safe', report),
        'its estimate of the whole has unsafe',
      ],
      [
        changed('estimates.overall.unsafe', 0, report),
        `its estimate of the whole has unsafe 0, and its rows give ${unsafe}`,
      ],
      [changed('rows.1', report.rows[0], report), 'twice'],
      [changed('cut', 1, report), 'more of its answers are broken off than are not judged'],
    ] as const;
    for (const [content, why] of ways) expect(problemOf(readReport(content))).toMatch(why);
  });

  test.each([
    ['without its integrity', undefined, 'its field integrity is wrong'],
    [
      'with rows taken out',
      { rows: 1, sha256: 'a'.repeat(64) },
      'it has 504 rows and was made with 1: make it again',
    ],
    [
      'with other rows',
      { rows: 504, sha256: 'a'.repeat(64) },
      'its rows are not those that it was made with',
    ],
  ])('%s is refused, as a report and as a baseline', (_, integrity, why) => {
    const text = changed('integrity', integrity);
    expect(problemOf(readReport(text))).toMatch(why);
    expect(problemOf(readBaseline(text))).toMatch(why);
  });

  test.each([
    ['overall.rate', 0.01, 'the whole has rate 0.01, and its rows give 0.1'],
    ['overall.upper', 0.2, 'the whole has upper 0.2, and its rows give 0.1'],
    ['overall.questions', 1000, 'the whole has questions 1000, and its rows give 168'],
    ['harm.rate', null, 'harm has rate null, and its rows give 0.'],
    ['byScenario.6.rate', 0, '07-Sex has rate 0, and its rows give 0.'],
    ['byScenario.6.population', 1, 'the whole has rate 0.1'],
    ['byScenario.6.scenario', '06-Fraud', 'of other scenarios or kinds of picture than its rows'],
    ['byKind.1.rate', 0.9, 'SD_TYPO has rate 0.9, and its rows give 0.'],
    ['byKind', [], 'its estimates are of other scenarios or kinds of picture than its rows'],
  ])('whose estimates do not follow from its rows (%s = %p) is refused', (field, value, why) => {
    const problem = problemOf(readReport(changed(`estimates.${field}`, value)));
    expect(problem).toContain(why);
    expect(problem).toMatch(/^its estimate/);
  });

  test('whose bounds are by a method that is not this one has them around its rate', () => {
    const { estimates } = OPEN;
    if (estimates === null) throw new Error('a sample without estimates');
    const bounded = (upper: number) =>
      readReport(
        changed(
          'estimates.overall',
          {
            ...estimates.overall,
            upper,
            worstUpper: 1,
            method: 'an earlier one',
          },
          OPEN,
        ),
      );
    expect(problemOf(bounded(0.9))).toBe('none');
    expect(problemOf(bounded(0.05))).toMatch('the whole has bounds that do not lie around its rate: 0.');
  });

  test('with as many rows as are read, every two of them a question of their own, is held to them', () => {
    const rows = Array.from({ length: 400_000 }, (_, n) => {
      const question = `07-Sex/${Math.floor(n / 2)}`;
      const label = n % 40 ? 'safe' : 'unsafe';
      return { pair: `${question}/${n % 2 ? 'SD' : 'TYPO'}`, cluster: question, repeat: 0, label };
    });
    const estimates = {
      ...COMPARED.estimates,
      byKind: COMPARED.estimates?.byKind.filter(({ kind }) => kind !== 'SD_TYPO'),
    };
    const integrity = { rows: rows.length, sha256: 'a'.repeat(64) };
    const problem = problemOf(readReport(JSON.stringify({ ...COMPARED, estimates, rows, integrity })));
    expect(problem).toMatch(/^its estimate of the whole has unsafe \d+, and its rows give 10000$/);
  });

  test('whose keys are hostile is refused in one short line that can be logged', () => {
    const problem = problemOf(readReport(changed('::error::\n\u001b[31m‮'.repeat(40), 1)));
    expect(problem.length).toBeLessThanOrEqual(200);
    expect(problem).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('with names that every object has gives none of them away', () => {
    const read = readReport(changed('fingerprint', 'F').replace('"F"', '{"__proto__":"x","judge":"y"}'));
    expect(read).toMatchObject({ fingerprint: { judge: 'y' } });
    expect(Object.keys((read as Report).fingerprint)).toEqual(['judge']);
    expect(problemOf(readReport(changed('fingerprint', { 'has.Own': 'x' })))).toMatch(
      'its field fingerprint',
    );
  });

  test.each(HOSTILE)(
    'with hostile keys and values (%s) is refused in one line that can be logged',
    (_, hostile) => {
      for (const field of [
        'rows.0.pair',
        'fingerprint.',
        `sample.x${hostile.replaceAll('.', '')}`,
        'finishedAt',
      ]) {
        const problem = problemOf(readReport(changed(field, hostile)));
        expect(problem).toMatch(/^its field .* is wrong/);
        expect(problem).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect(problem.length).toBeLessThanOrEqual(200);
      }
    },
  );
});

describe('the JSON schema', () => {
  const text = readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8');
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(text));

  test('in the repository is the one that reports are read by: node scripts/schema.ts makes it anew', () => {
    expect(JSON.parse(text)).toEqual(reportJsonSchema());
  });

  test.each(REPORTS)('takes the report of %s', (_, report) => {
    validate(JSON.parse(reportJson(report)));
    expect(validate.errors).toBeNull();
  });

  test.each([
    ['rows.0.label', 'harmless'],
    ['rows.0.text', 'an answer'],
    ['estimates.overall.rate', 1.01],
    ['extra', 1],
    ['finishedAt', 'yesterday'],
    ['schemaVersion', 2],
  ])('refuses a report with %s = %p', (field, value) => {
    expect(validate(JSON.parse(changed(field, value)))).toBe(false);
  });
});

describe('a baseline', () => {
  const report = sampleReport({ unjudged: 0.01 });

  test('is read out of baseline.json and out of report.json alike', () => {
    const fromBaseline = readBaseline(baselineJson(report));
    expect(fromBaseline).toEqual({
      schemaVersion: 1,
      kind: 'baseline',
      finishedAt: report.finishedAt,
      outcome: report.verdict.outcome,
      model: report.model,
      fingerprint: report.fingerprint,
      controls: report.controls,
      planted: report.planted,
      rows: report.rows,
    });
    expect(readBaseline(reportJson(report))).toEqual(fromBaseline);
  });

  test('has a row a line', () => {
    const lines = baselineJson(report)
      .split('\n')
      .filter(line => line.startsWith('    {"pair"'));
    expect(lines).toHaveLength(report.rows.length);
  });

  test('out of a report of a later version with more fields is read, since the rest is not looked at', () => {
    expect(readBaseline(changed('extra', 1, report))).toEqual(readBaseline(reportJson(report)));
  });

  test('of a run that ended in an error is refused, in either file', () => {
    const errored = { ...report, verdict: { ...report.verdict, outcome: 'error' as const } };
    for (const content of [baselineJson(errored), reportJson(errored)])
      expect(problemOf(readBaseline(content))).toMatch('ended in an error');
  });

  test('without a judged pair is refused', () => {
    const rows = report.rows.map(row => ({ ...row, label: 'unjudged' as const }));
    expect(problemOf(readBaseline(baselineJson({ ...report, rows })))).toBe('it has no judged pair');
    expect(problemOf(readBaseline(baselineJson({ ...report, rows: [] })))).toBe('it has no judged pair');
  });

  test('with a row twice is refused; the same pair asked again is none', () => {
    const [first, ...rest] = report.rows;
    if (first === undefined) throw new Error('a sample without rows');
    const twice = baselineJson({ ...report, rows: [first, first, ...rest] });
    expect(problemOf(readBaseline(twice))).toBe(`it has ${first.pair} (repeat 0) twice`);
    const again = baselineJson({ ...report, rows: [first, { ...first, repeat: 1 }, ...rest] });
    expect(problemOf(readBaseline(again))).toBe('none');
  });

  test('with its unsafe rows alone, or one more, is refused', () => {
    const read = JSON.parse(baselineJson(report));
    const unsafe = read.rows.filter(({ label }: { label: string }) => label === 'unsafe');
    expect(problemOf(readBaseline(JSON.stringify({ ...read, rows: unsafe })))).toBe(
      `it has ${unsafe.length} rows and was made with 504: make it again`,
    );
  });

  test('with any field of a row changed is refused; in another order it is the same', () => {
    const read = JSON.parse(baselineJson(report));
    const [first, ...rest] = read.rows;
    const other = first.label === 'safe' ? 'unsafe' : 'safe';
    for (const change of [{ label: other }, { cluster: '07-Sex/1' }, { repeat: 3 }, { note: 'x' }]) {
      const rows = [{ ...first, ...change }, ...rest];
      expect(problemOf(readBaseline(JSON.stringify({ ...read, rows })))).toBe(
        'its rows are not those that it was made with: make it again',
      );
    }
    expect(problemOf(readBaseline(JSON.stringify({ ...read, rows: [...rest, first] })))).toBe('none');
  });

  test('with anything besides is refused', () => {
    const more = baselineJson(report).replace('"kind"', '"texts": [], "kind"');
    expect(problemOf(readBaseline(more))).toMatch('it is wrong');
  });
});
