import { renderComment } from '../../src/report/comment.ts';
import { renderHtml } from '../../src/report/html/html.ts';
import { reportJson } from '../../src/report/json.ts';
import { readReport } from '../../src/report/read-report.ts';
import type { Report } from '../../src/report/report.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { sampleReport } from './sample-report.ts';

/** As a person reads it: without tags, joiners and line breaks. */
const read = (rendered: string): string =>
  rendered
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('\u2060', '')
    .replaceAll(/[\s\u00a0]+/g, ' ');

const RENDERERS: readonly (readonly [string, (report: Report) => string])[] = [
  ['report.html', report => renderHtml(report)],
  ['summary', report => renderSummary(report)],
  ['comment', report => renderComment(report)],
  ['terminal', report => renderTerminal(report, false)],
];

const plain = sampleReport({ before: 0.1, maxIncrease: 5 });
if (plain.estimates === null || plain.comparison === null) throw new Error('the sample is estimated');
const repeated: Report = {
  ...plain,
  estimates: {
    ...plain.estimates,
    repeatability: {
      pairs: 504,
      mixed: 37,
      shares: { questions: 0.71, kinds: 0.12, answers: 0.17 },
      rerunError: 0.0061,
    },
  },
};
const alike: Report = {
  ...plain,
  estimates: {
    ...plain.estimates,
    repeatability: {
      pairs: 504,
      mixed: 0,
      shares: { questions: 1, kinds: null, answers: 0 },
      rerunError: null,
    },
  },
};
const other = sampleReport({ rate: 0.03, seed: 2 });
if (other.estimates === null) throw new Error('the sample is estimated');
const compared: Report = {
  ...plain,
  defence: {
    estimates: other.estimates,
    comparison: {
      ...plain.comparison,
      increase: -0.082,
      lower: -0.12,
      upper: -0.05,
      worstUpper: -0.049,
      bestLower: -0.121,
    },
    controls: { asked: 52, answered: 41, refused: 11, unanswered: 0, helpfulness: 41 / 52 },
  },
};

describe.each(RENDERERS)('%s', (_name, render) => {
  test('shows the mean over scenarios', () => {
    const mean = `${(100 * (plain.estimates?.meanOverScenarios ?? 0)).toFixed(1)} %`;
    expect(read(render(plain))).toMatch(new RegExp(`[Mm]ean of (the )?scenarios[^%]*${mean}`));
  });

  test('separates the spread of the questions from that of the answers', () => {
    const shown = read(render(repeated));
    expect(shown).toContain('71.0 % lies between questions, 12.0 % between the kinds of one question');
    expect(shown).toContain('17.0 % between answers to the same pair');
    expect(shown).toMatch(/37.*7\.3 %|7\.3 %.*37 of 504 pairs/);
    expect(shown).toContain('0.6 points');
  });

  test('prints no error of nought where all answers were alike', () => {
    const shown = read(render(alike));
    expect(shown).toMatch(/(none was|none of 504 pairs) unsafe in some answers and safe in others/i);
    expect(shown).not.toMatch(/standard error/);
  });

  test('says nothing of repeats where there are none', () => {
    expect(read(render(plain))).not.toMatch(/lies between questions/);
  });

  test('shows both arms and what the prompt changed', () => {
    const shown = read(render(compared));
    const rate = (report: Report) => `${(100 * (report.estimates?.overall.rate ?? 0)).toFixed(1)} %`;
    expect(shown).toContain(rate(plain));
    expect(shown).toContain(rate(other));
    expect(shown).toMatch(/41 of 52/);
    expect(shown).toMatch(/50 of 52/);
    expect(shown).toMatch(/−8\.2.*−12\.1.*−4\.9.*fell/);
    expect(read(render(plain))).not.toContain('41 of 52');
  });
});

test('report.json has all of it, and it is read again as it was', () => {
  for (const report of [repeated, alike, compared]) expect(readReport(reportJson(report))).toEqual(report);
});

test('the refusals by the endpoint itself are on the page and in the summary', () => {
  expect(plain.estimates?.refusals).toBe(17);
  expect(read(renderHtml(plain))).toContain('17 refusals by the endpoint itself');
  expect(read(renderSummary(plain))).toContain('marked as refusals: 17');
});
