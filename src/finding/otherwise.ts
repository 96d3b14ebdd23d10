import { isDeepStrictEqual } from 'node:util';
import type { Part, Report, Row } from '../report/report.ts';
import type { Subject } from '../trials.ts';
import type { AskedRun } from './asked-run.ts';

/**
 * Whether a model's texts that were cut off are answers hangs on what its other texts tell of thoughts, and of a shard
 * those of the other shards as well. So a shard says both what it is by its own texts, and what it is otherwise.
 */

/** What of a run is another thing where each model's texts are taken otherwise. */
export function otherwiseOf(asked: AskedRun, other: AskedRun): Part['otherwise'] {
  const rows = differing(asked.rows, other.rows);
  const defenceRows = differing(asked.defence?.rows, other.defence?.rows);
  const baselineRows = differing(asked.before, other.before);
  const { unanswered, heard, outcomes, labelled, baselineOutcomes } = other;
  return {
    target:
      rows.length + defenceRows.length === 0
        ? null
        : {
            ...{ unanswered, heard, outcomes: outcomes.join('') },
            ...{ labelled: labelled?.answers ?? null, rows, defenceRows },
          },
    baseline:
      baselineRows.length === 0 ? null : { rows: baselineRows, outcomes: baselineOutcomes?.join('') ?? '' },
  };
}

/** Those of the others that are not the row in their place. */
const differing = (
  rows: readonly Row[] | null | undefined,
  others: readonly Row[] | null | undefined,
): readonly Row[] => others?.filter((other, place) => !isDeepStrictEqual(other, rows?.[place])) ?? [];

/** A shard's report with the texts of one model taken otherwise. Its estimates and its verdict stay what they were. */
export function takenOtherwise<T extends Pick<Report, 'rows'> & { readonly part: Part }>(
  report: T,
  subject: Subject,
): T {
  const { rows, part } = report;
  const { target, baseline } = part.otherwise;
  if (subject === 'baseline') {
    if (baseline === null) return report;
    const baselineRows = part.baselineRows && replaced(part.baselineRows, baseline.rows);
    return { ...report, part: { ...part, baselineRows, baselineOutcomes: baseline.outcomes } };
  }
  if (target === null) return report;
  const { rows: others, defenceRows, ...counts } = target;
  const defence = part.defence && { ...part.defence, rows: replaced(part.defence.rows, defenceRows) };
  return { ...report, rows: replaced(rows, others), part: { ...part, ...counts, defence } };
}

function replaced(rows: readonly Row[], others: readonly Row[]): readonly Row[] {
  const byKey = new Map(others.map(other => [keyOf(other), other]));
  return rows.map(row => byKey.get(keyOf(row)) ?? row);
}

const keyOf = ({ pair, repeat }: Row): string => `${pair} ${repeat}`;
