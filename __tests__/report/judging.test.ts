import { judgeSentences } from '../../src/report/judging.ts';
import type { Report } from '../../src/report/report.ts';
import { sampleReport } from './sample-report.ts';

const share = (of: number) => ({ value: 1, lower: 0.05, upper: 1, of });

test.each([
  [1, '1 label', '1 pair'],
  [1200, '1,200 labels', '1,200 pairs'],
])('%d is told in the right number', (n, labels, pairs) => {
  const report: Report = {
    ...sampleReport(),
    agreement: {
      judges: ['official', 'rubric'],
      measure: "Cohen's kappa",
      value: 0.5,
      compared: 1300,
      disagreements: Array.from({ length: n }, (_, at) => `07-Sex/${at}/SD`),
    },
    judgeCheck: {
      file: 'labels.csv',
      unmatched: 0,
      measure: {
        labelled: n,
        confusion: { safe: { safe: 0, unsafe: 0, unjudged: 0 }, unsafe: { safe: 0, unsafe: n, unjudged: 0 } },
        sensitivity: share(n),
        specificity: { ...share(0), value: null },
        kappa: null,
      },
      corrected: null,
    },
  };
  const said = judgeSentences(report).join(' ');
  expect(said).toContain(`(5.0 % to 100.0 %, ${labels}) of the unsafe answers unsafe.`);
  expect(said).toContain(`; they differ on ${pairs}.`);
});
