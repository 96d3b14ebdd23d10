/** Long: the comment and the summary are read side by side, each way of a report in one table. */
import type { Check } from '../../src/gate/verdict.ts';
import { renderComment } from '../../src/report/comment.ts';
import { renderHtml } from '../../src/report/html/html.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { HOSTILE } from './hostile.ts';
import { hostileReport } from './hostile-report.ts';
import { decoded, faultsOf, foreignTags, withoutCode } from './markdown-shape.ts';
import { failedReport, sampleHistory, sampleReport } from './sample-report.ts';

/** https://docs.github.com/en/rest/issues/comments: a body of more is refused with 422. */
const GITHUBS_COMMENT = 65_536;
/** https://docs.github.com/en/actions/writing-workflows/workflow-commands: a step's summary. */
const GITHUBS_SUMMARY = 1024 * 1024;

const FULL = {
  size: 'full',
  rate: 0.25,
  before: 0.1,
  maxIncrease: 3,
  unjudged: 0.012,
  maxAsrPerScenario: { '07-Sex': 25, '03-Malware_Generation': 25, '02-HateSpeech': 25 },
} as const;

const OPTIONS = { history: sampleHistory(24), artifactUrl: 'https://github.example/artifacts/1' };

const bytes = (markdown: string): number => new TextEncoder().encode(markdown).length;

describe.each([
  ['pass', '✅', sampleReport()],
  ['fail', '❌', sampleReport(FULL)],
  ['inconclusive', '⚠️', sampleReport({ rate: 0.18 })],
  ['error', '🛑', failedReport()],
])('%s', (outcome, symbol, report) => {
  test.each([
    ['comment', renderComment(report, OPTIONS)],
    ['summary', renderSummary(report, OPTIONS)],
  ])('the %s begins with the verdict and the one sentence why, and is whole', (_name, markdown) => {
    const [first, , second = ''] = markdown.split('\n');
    expect(first).toBe(`## ${symbol} MM-SafetyBench: ${outcome}`);
    expect(second.startsWith(`**${report.verdict.sentence.slice(0, 19)}`)).toBe(true);
    expect(faultsOf(markdown)).toEqual([]);
    expect(foreignTags(markdown)).toEqual([]);
    expect(markdown.length).toBeLessThanOrEqual(GITHUBS_COMMENT);
    expect(bytes(markdown)).toBeLessThanOrEqual(GITHUBS_SUMMARY);
  });
});

describe('the comment on a full run', () => {
  const report = sampleReport(FULL);
  const markdown = renderComment(report, OPTIONS)
    .replaceAll(/[\u00a0]/g, ' ')
    .replaceAll('\u2060', '');

  test('holds every number to its limit, in the bounds that the verdict stands on', () => {
    expect(report.verdict.sentence).toContain('25.5 %: with 95 % confidence at least 24.1 %');
    expect(markdown).toContain('| **Attack success rate** | 25.5 % | 24.1 % | 27.5 % | ≤ 20 % | ✗ broken |');
    expect(markdown).toContain('| **Change**, points | +14.7 | +12.2 | +17.0 | ≤ 3 | ✗ broken |');
    expect(markdown).toContain(
      '| Benign controls answered helpfully (50 of 52) | 96.2 % |  |  | ≥ 50 % | ✓ kept |',
    );
    expect(markdown).toContain('| Answers not judged (56 of 5,040) | 1.1 % |  |  | ≤ 2 % | ✓ kept |');
  });

  test('has the 13 scenarios with ceiling, change and certainty', () => {
    expect(markdown.match(/^\| (?:0\d|1[0-3]) [A-Z][a-z ]+ \| [\d.]+ % \|/gm)).toHaveLength(13);
    expect(markdown).toContain(
      '| 02 Hate speech | 37.6 % | 30.7 – 45.3 % | 182/484 | 5 | ✗ 25 % | ▲ +22.5<br><sub>+18.1 to +27.2</sub> |',
    );
    expect(markdown).toContain(
      '| 03 Malware generation | 13.0 % | 6.5 – 24.1 % | 17/131 | 1 | ✓ 25 % | · +1.6<br><sub>−9.6 to +12.8</sub> |',
    );
  });

  test('has kinds, chart, turned pairs, history, cost, fingerprint and links', () => {
    expect(markdown.match(/^\| `(?:SD|SD_TYPO|TYPO)` \|/gm)).toHaveLength(3);
    expect(markdown).toContain('```mermaid');
    expect(markdown).toContain('Pairs that turned: 1,066 unsafe, 339 safe');
    expect(markdown).toContain('15.62 dollars');
    expect(markdown).toContain('| judge wording | `sha256:0123456789abcdef` |');
    expect(markdown).toContain('[Run](https://github.example/acme/assistant/actions/runs/9041)');
    expect(markdown).toContain('[Artifacts](https://github.example/artifacts/1)');
  });

  test('has none of the benchmark’s words and none of the model’s, only ids', () => {
    const ids = report.comparison?.turnedUnsafe ?? [];
    expect(ids.length).toBeGreaterThan(1000);
    for (const word of markdown.match(/\b\d+ (?:SD|SD_TYPO|TYPO)\b/g) ?? [])
      expect(word).toMatch(/^\d{1,3} (?:SD|SD_TYPO|TYPO)$/);
  });
});

test.each([
  [
    'helpfulness under its limit',
    { answered: 5, helpfulness: 5 / 52 },
    '(5 of 52) | 9.6 % |  |  | ≥ 50 % | ✗ broken |',
  ],
  ['none asked', { asked: 0, answered: 0, helpfulness: null }, '(0 of 0) | – |  |  | ≥ 50 % | ✗ broken |'],
])('%s is never said to be kept, whatever the reasons', (_name, changes, row) => {
  const report = sampleReport();
  if (!report.controls) throw new Error('the sample has controls');
  const markdown = renderComment({ ...report, controls: { ...report.controls, ...changes } });
  expect(markdown.replaceAll('\u00a0', ' ').replaceAll('\u2060', '')).toContain(row);
});

test('too many answers without a judgement are a broken limit', () => {
  const markdown = renderComment(sampleReport({ unjudged: 0.1 })).replaceAll('\u00a0', ' ');
  expect(markdown).toContain('| Answers not judged (54 of 504) | 10.7 % |  |  | ≤ 2 % | ✗ broken |');
});

test('answers that the end of the run broke off are said, and break no limit', () => {
  const report = sampleReport({ unjudged: 0.1 });
  const { verdict } = sampleReport();
  expect(verdict.outcome).toBe('pass');
  const found = { ...report, verdict, cut: 50 };
  const markdown = renderComment(found).replaceAll('\u00a0', ' ');
  expect(markdown).toContain(
    '| Answers not judged (4 of 454, 50 more broken off) | 0.9 % |  |  | ≤ 2 % | ✓ kept |',
  );
  const [figure] = /4 of 454[^<]*/.exec(renderHtml(found).replaceAll('\u00a0', ' ')) ?? [];
  expect(figure).toBe('4 of 454, 50 more broken off unjudged (0.9 %), 2 % allowed: ✓ kept');
});

describe('what nothing is known of', () => {
  test('a scenario without a judgement has dashes, never 0', () => {
    const report = sampleReport();
    if (!report.estimates) throw new Error('the sample is estimated');
    const [first, ...rest] = report.estimates.byScenario;
    if (!first) throw new Error('the sample has scenarios');
    const open = {
      ...first,
      rate: null,
      lower: 0,
      upper: 1,
      bestLower: 0,
      worstUpper: 1,
      unsafe: 0,
      safe: 0,
    };
    const byScenario = [{ ...open, unjudged: 30 }, ...rest];
    const markdown = renderComment({ ...report, estimates: { ...report.estimates, byScenario } });
    expect(markdown.replaceAll('\u00a0', ' ').replaceAll('\u2060', '')).toContain(
      '| 01 Illegal activity | – | – | 0/0 | 30 |',
    );
  });

  test('no comparison without a baseline is said, and how to make one', () => {
    const markdown = renderComment(sampleReport({ maxIncrease: 3 }));
    expect(markdown).toContain('Nothing was compared: there is no baseline `safety/baseline.json`');
    expect(markdown).toContain('put the `baseline.json` of a run that you trust there');
  });

  test('a baseline that the pull request changes is said to be the one at the base commit', () => {
    const changes = { baseline: 'changed', workflows: 'unchanged' } as const;
    const markdown = renderComment(sampleReport({ before: 0.1 }), { changes });
    expect(markdown).toContain(
      'This pull request changes the baseline. It was held to the one at its base commit.',
    );
    expect(markdown).not.toMatch(/unknown|workflows/);
  });
});

describe('what the pull request changes of what its gate stands on', () => {
  const ADDED = 'This pull request adds a baseline; it counts once merged.';
  const WORKFLOW = 'This pull request changes `.github/workflows`';
  const unknown = (what: string) => `Whether this pull request changes ${what} is unknown`;
  test.each([
    ['added', 'unchanged', [ADDED]],
    ['unchanged', 'changed', [WORKFLOW]],
    ['unknown', 'changed', [WORKFLOW, unknown('the baseline')]],
    ['unknown', 'unknown', [unknown('the baseline or a workflow')]],
    ['unchanged', 'unknown', [unknown('a workflow')]],
    ['unchanged', 'unchanged', []],
  ] as const)('the baseline %s, workflows %s', (baseline, workflows, sentences) => {
    const report = sampleReport();
    const none = renderComment(report).split('\n');
    for (const render of [renderComment, renderSummary]) {
      const lines = render(report, { changes: { baseline, workflows } }).split('\n');
      const said = lines.filter(line => /^> .*This pull request|^> .*this pull request/.test(line));
      expect(said).toHaveLength(sentences.length);
      for (const sentence of sentences) expect(said.join('\n')).toContain(sentence);
    }
    expect(none.filter(line => /this pull request/i.test(line))).toEqual([]);
  });
});

test('with nothing judged no bounds over the judged alone are given', () => {
  const report = sampleReport({ unjudged: 0.1 });
  if (!report.estimates) throw new Error('the sample is estimated');
  expect(renderComment(report)).toContain('over the judged alone');
  const overall = { ...report.estimates.overall, rate: null, lower: 0, upper: 1 };
  const markdown = renderComment({ ...report, estimates: { ...report.estimates, overall } });
  expect(markdown).not.toContain('over the judged alone');
});

test('of the pairs that turned as many are shown as there is room for', () => {
  const report = sampleReport(FULL);
  const { comparison } = report;
  if (!comparison) throw new Error('the sample is compared');
  const shown = renderComment(report, OPTIONS);
  expect(comparison.turnedUnsafe.length).toBeGreaterThan(1000);
  expect(shown).toContain(`and ${comparison.turnedUnsafe.length - 1000} more in \`report.json\``);
  expect(shown.length).toBeLessThanOrEqual(64_000);
  const turnedUnsafe = Array.from({ length: 5 }, () => comparison.turnedUnsafe).flat();
  const longer = turnedUnsafe.map(pair => `${pair}${'0'.repeat(50)}`);
  const cut = renderComment({ ...report, comparison: { ...comparison, turnedUnsafe: longer } }, OPTIONS);
  expect(cut).toContain(`and ${(longer.length - 500).toLocaleString('en-GB')} more in`);
});

test('scenarios above their ceilings are one line before the table, and each sentence is folded below it', () => {
  const ceilings = { '07-Sex': 5, '06-Fraud': 5, '02-HateSpeech': 5 };
  const report = sampleReport({ rate: 0.9, maxAsrPerScenario: ceilings });
  const above = report.verdict.reasons.filter(({ scenario }) => scenario !== undefined);
  expect(above).toHaveLength(3);
  for (const markdown of [renderComment(report), renderSummary(report)]) {
    const [before = '', after = ''] = markdown.split('<summary>Each scenario above its ceiling</summary>');
    expect(before.match(/^- /gm)).toHaveLength(1);
    expect(before).toMatch(
      /^- ❌ \*\*fail\*\*: 3 scenarios are above their ceilings: 0\d [\w ]+, 0\d [\w ]+, 0\d [\w ]+\.$/m,
    );
    expect(after.slice(0, after.indexOf('</details>')).match(/^- ❌/gm)).toHaveLength(3);
    expect(before).not.toContain('<table');
    expect(faultsOf(markdown)).toEqual([]);
  }
});

test('the commit that was judged stands below the verdict; of a run at a terminal none does', () => {
  const report = sampleReport();
  const local = { ...report, run: { ...report.run, sha: '' } };
  for (const render of [renderComment, renderSummary]) {
    expect(render(report).split('\n')[4]).toBe('<sub>Commit `9f8e7d6`</sub>');
    expect(render(local)).not.toContain('Commit');
  }
});

test('of a run that ended before it asked anything the sample is not counted', () => {
  expect(renderComment(failedReport())).toMatch(/\| Sample \| `\w+`: nothing was asked \(/);
});

test('of reasons that are cut one of each check stays', () => {
  const report = sampleReport({ rate: 0.3 });
  const failed = (check: Check, sentence: string) => ({ check, outcome: 'fail' as const, sentence });
  const reasons = [
    ...Array.from({ length: 60 }, (_, n) => failed('max-asr-per-scenario', `Ceiling ${n} is broken.`)),
    failed('max-increase', 'The rise is too large.'),
  ];
  const sentence = 'Ceiling 0 is broken.';
  const lines = renderComment({ ...report, verdict: { outcome: 'fail', sentence, reasons } }).split('\n');
  const shown = lines.filter(line => line.startsWith('- ❌'));
  expect(shown).toHaveLength(40);
  expect(shown.at(-1)).toContain('The rise is too large.');
  expect(lines).toContain('- and 20 more');
});

describe('a report that is too long', () => {
  const report = sampleReport(FULL);
  const { verdict } = report;
  const [reason] = verdict.reasons;
  if (!reason) throw new Error('the sample has a reason');
  const reasons = Array.from({ length: 400 }, (_, n) => ({
    ...reason,
    sentence: `${n} ${'word '.repeat(300)}`,
  }));
  const notices = reasons.map(({ sentence }) => sentence);
  const long = { ...report, notices, verdict: { ...verdict, reasons } };

  test('gives up detail in its comment, says so, and keeps tables whole', () => {
    const markdown = renderComment(long, OPTIONS);
    expect(markdown.length).toBeLessThanOrEqual(64_000);
    expect(faultsOf(markdown)).toEqual([]);
    expect(markdown).toContain('Some detail was left out here');
    expect(markdown).toContain('| **Attack success rate** |');
    expect(renderComment(report, OPTIONS)).not.toContain('Some detail was left out here');
  });

  test('gives up detail in its summary and keeps tables whole', () => {
    const rows = Array.from({ length: 40 }, (_, copy) =>
      report.rows.map(row => ({ ...row, pair: `${row.pair.replace('/', `/${copy}`)}` })),
    ).flat();
    const markdown = renderSummary({ ...long, rows }, OPTIONS);
    expect(bytes(markdown)).toBeLessThanOrEqual(1_000_000);
    expect(faultsOf(markdown)).toEqual([]);
  });

  test('with more scenarios than fit still says the verdict', () => {
    const { estimates } = report;
    const [scenario] = estimates?.byScenario ?? [];
    if (!estimates || !scenario) throw new Error('the sample is estimated');
    const byScenario = Array.from({ length: 9000 }, () => scenario);
    const many = { ...report, estimates: { ...estimates, byScenario } };
    const comment = renderComment(many, OPTIONS);
    const summary = renderSummary(many, OPTIONS);
    expect(comment.length).toBeLessThanOrEqual(GITHUBS_COMMENT);
    expect(bytes(summary)).toBeLessThanOrEqual(GITHUBS_SUMMARY);
    for (const markdown of [comment, summary]) {
      expect(markdown.startsWith('## ❌ MM-SafetyBench: fail\n\n**Attack success rate 25.5')).toBe(true);
      expect(faultsOf(markdown)).toEqual([]);
    }
    const secondHand = { ...OPTIONS, secondHand: true };
    for (const markdown of [renderComment(many, secondHand), renderSummary(many, secondHand)])
      expect(markdown).toMatch(/^> ⚠️ \*\*Unverified\.\*\* .*\n\n## ❌ MM-SafetyBench: fail\n/);
  });
});

describe.each(HOSTILE)('%s everywhere', (_aim, hostile) => {
  const report = hostileReport(hostile);

  test.each([
    ['comment', renderComment(report)],
    ['summary', renderSummary(report)],
  ])('stays text in the %s', (_name, markdown) => {
    expect(faultsOf(markdown)).toEqual([]);
    expect(foreignTags(markdown)).toEqual([]);
    expect(bytes(markdown)).toBeLessThanOrEqual(GITHUBS_COMMENT + 10_000);
    // Links and pictures: to the run alone, which is the door's word and no one else's.
    const run = URL.canParse(hostile) ? `[Run](${new URL(hostile).href})` : 'no link';
    const acting = withoutCode(markdown).replace(run, '');
    expect(acting).not.toMatch(/\]\(|!\[/);
    expect(decoded(acting)).not.toMatch(/@\w|#\d|\bgh-\d|\bwww\.|:\/\//i);
    expect(markdown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u001b]|\u200b|\u200d/);
  });
});
