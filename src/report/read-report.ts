import { WORST_FIRST } from '../gate/verdict.ts';
import { strayReason } from './held-to-limits.ts';
import { strayEstimate } from './held-to-rows.ts';
import { damage, parsed, problemOf, repeatedRow } from './json.ts';
import type { Report } from './report.ts';
import { reportSchema } from './report-schema.ts';

/**
 * Reads a report out of the text of a `report.json`, which anybody may have written. What is not exactly one, or
 * contradicts itself, is a problem: one line without a full stop. That a report has the right shape and adds up does
 * not vouch for who wrote it.
 */
export function readReport(text: string): Report | { readonly problem: string } {
  const value = parsed(text);
  if (typeof value === 'string') return { problem: value };
  const read = reportSchema.safeParse(value);
  if (!read.success) return { problem: problemOf(read.error, value) };
  const { integrity, ...report } = read.data;
  const problem = repeatedRow(report.rows) ?? contradiction(report) ?? damage(report, integrity);
  return problem === null ? report : { problem };
}

/** A clock that is put right during a run goes back by less, ms. */
const CLOCK = 24 * 3600 * 1000;

function contradiction(report: Report): string | null {
  const { verdict, estimates, rows, sample, cut = 0, startedAt, finishedAt } = report;
  const worst = WORST_FIRST.find(each => verdict.reasons.some(({ outcome }) => outcome === each));
  if (verdict.outcome !== worst) return `its verdict is ${verdict.outcome} and its worst reason is ${worst}`;
  if (Date.parse(finishedAt) < Date.parse(startedAt) - CLOCK) return 'it was finished before it was started';
  if (estimates === null) {
    const mayLackIt = verdict.outcome === 'error' || (verdict.outcome === 'inconclusive' && sample.cutShort);
    return mayLackIt ? null : `its verdict is ${verdict.outcome} and it has no estimate`;
  }
  if (cut > estimates.overall.unjudged) return 'more of its answers are broken off than are not judged';
  return strayEstimate(estimates, rows) ?? strayReason(report, estimates);
}
