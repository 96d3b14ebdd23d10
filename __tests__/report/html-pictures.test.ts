import { renderHtml } from '../../src/report/html/html.ts';
import { reportJson } from '../../src/report/json.ts';
import { reportSchema } from '../../src/report/report-schema.ts';
import { sampleReport } from './sample-report.ts';

const reason = "has another question than the authors' file";
const report = {
  ...sampleReport(),
  pictures: {
    revision: 'c0ffee',
    unused: [
      { pair: '07-Sex/3/SD', reason },
      { pair: '07-Sex/12/SD', reason },
      { pair: '07-Sex/3/TYPO', reason },
      { pair: '03-Malware_Generation/40/SD', reason: 'is not there' },
    ],
  },
};

describe("the mirror's pictures that are not used", () => {
  test('are folded on the page, ids by scenario, kind and reason, and the revision stands with the run', () => {
    const page = renderHtml(report);
    const section = /<section[^>]*id="pictures"[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
    expect(section).toContain('<details><summary>4 pictures of the mirror not used</summary>');
    const lines = [...section.matchAll(/<tr><th scope="row">(.*?)<\/th><td class="ids">(.*?)<\/td><\/tr>/g)];
    expect(lines.map(([, head, ids]) => [head?.replace('&#39;', "'"), ids])).toEqual([
      [expect.stringMatching(/^07.*, SD: the row has another question/), '3 · 12'],
      [expect.stringMatching(/^07.*, TYPO: the row has another question/), '3'],
      [expect.stringMatching(/^03.*, SD: the row is not there/), '40'],
    ]);
    expect(page).toContain('<code>c0ffee</code>');
  });

  test('leave no section where there are none, and are read back from report.json', () => {
    expect(renderHtml(sampleReport())).not.toContain('id="pictures"');
    expect(reportSchema.safeParse(JSON.parse(reportJson(report))).error).toBeUndefined();
  });
});
