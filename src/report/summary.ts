import { count } from '../gate/words.ts';
import { chart } from './chart.ts';
import type { CommentOptions } from './comment.ts';
import * as details from './details.ts';
import { byScenario, folded, joined } from './markdown.ts';
import { head, reasons } from './reasons.ts';
import type { Report } from './report.ts';
import * as sections from './sections.ts';

/** GitHub drops a step's whole summary above 1 MiB; a file that others write to as well gets some room. */
const MOST_BYTES = 1_000_000;

/**
 * The job summary, in GitHub's Markdown, at most 1,000,000 bytes: what the comment says and more, with the unsafe
 * and the unjudged pairs by id. Of a report that is too long for it, lists are shortened in steps.
 */
export function renderSummary(report: Report, options: CommentOptions = {}): string {
  for (const most of [5000, 1000, 200, 20]) {
    const summary = composed(report, options, most);
    if (new TextEncoder().encode(summary).length <= MOST_BYTES) return summary;
  }
  return head(report, { secondHand: false, ...options }).concat('\n');
}

function composed(
  report: Report,
  { history = [], artifactUrl = '', changes, secondHand = false }: CommentOptions,
  most: number,
): string {
  return joined(
    head(report, { secondHand }),
    reasons(report, most, { secondHand }),
    details.changes(changes),
    details.baselineNote(report),
    sections.numbers(report),
    chart(report),
    '### By scenario',
    sections.scenarios(report) || 'Nothing was estimated.',
    sections.kinds(report) && joined('### By kind of picture', sections.kinds(report)),
    sections.defence(report),
    details.turned(report, most),
    pairs(report, 'unsafe', most),
    pairs(report, 'unjudged', most),
    folded('Last runs', details.history(history, Math.min(most, 30))),
    joined('### The run', details.run(report)),
    details.judge(report, most),
    folded('How it was estimated', details.method(report)),
    folded('Limits', details.limits(report)),
    folded('Fingerprint', details.fingerprint(report)),
    details.notices(report, most, secondHand),
    details.links(report, artifactUrl),
  ).concat('\n');
}

/** The pairs with a label, by id. */
function pairs({ rows }: Report, label: 'unsafe' | 'unjudged', most: number): string {
  const found = [...new Set(rows.filter(row => row.label === label).map(({ pair }) => pair))];
  return folded(`Pairs with an ${label} answer: ${count(found.length)}`, byScenario(found, most));
}
