import { chart } from './chart.ts';
import type { PullRequestChanges } from './details.ts';
import * as details from './details.ts';
import type { HistoryEntry } from './history.ts';
import { folded, joined } from './markdown.ts';
import { head, reasons } from './reasons.ts';
import type { Report } from './report.ts';
import * as sections from './sections.ts';

export interface CommentOptions {
  /** Of the publishing branch, the oldest first. */
  readonly history?: readonly HistoryEntry[];
  /** Where the run's artifacts, and with them the report's files, can be downloaded. */
  readonly artifactUrl?: string;
  /** Left out where no pull request was looked at. */
  readonly changes?: PullRequestChanges;
  /** Whether the report is somebody else's word: of another workflow's run. */
  readonly secondHand?: boolean;
}

/** GitHub takes 65,536; the rest is for the marker's line. */
const MOST_CHARACTERS = 64_000;

/** How much of what may grow is shown; each step down gives up more. */
interface Detail {
  readonly reasons: number;
  readonly notices: number;
  readonly turned: number;
  readonly history: number;
  readonly facts: boolean;
  readonly chart: boolean;
}

const STEPS: readonly Detail[] = [
  { reasons: 40, notices: 20, turned: 1000, history: 10, facts: true, chart: true },
  { reasons: 40, notices: 20, turned: 500, history: 10, facts: true, chart: true },
  { reasons: 40, notices: 20, turned: 200, history: 10, facts: true, chart: true },
  { reasons: 20, notices: 10, turned: 50, history: 5, facts: true, chart: true },
  { reasons: 10, notices: 5, turned: 20, history: 3, facts: false, chart: true },
  { reasons: 5, notices: 3, turned: 0, history: 0, facts: false, chart: false },
];

/**
 * The comment on a pull request, in GitHub's Markdown, at most 64,000 characters. Of a report that is too long for
 * it, detail is given up in steps; whatever is shown is whole.
 */
export function renderComment(report: Report, options: CommentOptions = {}): string {
  for (const [step, detail] of STEPS.entries()) {
    const comment = composed(report, options, detail, step > 0);
    if (comment.length <= MOST_CHARACTERS) return comment;
  }
  return joined(head(report, { secondHand: false, ...options }, 1000), CUT).concat('\n');
}

const CUT = '<sub>Some detail was left out here: the job summary and the report’s files have it.</sub>';

function composed(
  report: Report,
  { history = [], artifactUrl = '', changes, secondHand = false }: CommentOptions,
  detail: Detail,
  isCut: boolean,
): string {
  const facts = detail.facts
    ? joined(details.run(report), details.limits(report), details.method(report), details.fingerprint(report))
    : details.run(report);
  return joined(
    head(report, { secondHand }),
    reasons(report, detail.reasons, { secondHand }),
    details.changes(changes),
    details.baselineNote(report),
    sections.numbers(report),
    sections.scenarios(report),
    sections.kinds(report),
    detail.chart ? chart(report) : '',
    sections.defence(report),
    details.turned(report, detail.turned),
    folded('Last runs', details.history(history, detail.history)),
    folded('Cost, time, sample, limits and fingerprint', facts),
    details.notices(report, detail.notices, secondHand),
    isCut ? CUT : '',
    details.judge(report, detail.turned),
    details.links(report, artifactUrl),
  ).concat('\n');
}
