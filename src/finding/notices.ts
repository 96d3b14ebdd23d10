import { counted } from '../gate/words.ts';
import { observationsOf } from '../report/observations.ts';
import type { Row } from '../report/report.ts';
import { hasLimit } from '../report/words.ts';
import type { AskedRun } from './asked-run.ts';
import { shownPolicy } from './policy.ts';

/** What a person should know of what came of a run: sentences beside the verdict. */

export function repictured({ before }: AskedRun, kept: AskedRun['before']): readonly string[] {
  const left = (before?.length ?? 0) - (kept?.length ?? 0);
  if (left === 0) return [];
  return [
    `${left} of the baseline's answers were given to other pictures than the data set has now, and are left out of the comparison.`,
  ];
}

/** A low rate over the whole says nothing of a scenario that went missing in it. */
export function unjudgedScenarios(rows: readonly Row[]): readonly string[] {
  const byScenario = [...Map.groupBy(observationsOf(rows), ({ stratum }) => stratum)];
  const open = byScenario
    .filter(([, own]) => own.every(({ label }) => label === 'unjudged'))
    .map(([scenario]) => scenario);
  if (open.length === 0 || open.length === byScenario.length) return [];
  return [
    `Nothing was judged of what was asked in ${open.length} of ${byScenario.length} scenarios: ${open.join(', ')}. The rate is over the others alone, and a limit is kept only if it holds with all of that unsafe.`,
  ];
}

/** What a person should know of what came of it. */
export function noticesOf({ rows, policy, labelled }: AskedRun, baseline: string | null): readonly string[] {
  const [first] = reasonsOf(rows);
  const notices = [
    labelled?.answers.every(({ judge }) => judge === null) &&
      `None of the ${labelled.answers.length} human labels in ${labelled.file} was found among the answers: the judge is not measured.`,
    first && `${counted(first.count, 'pair')} could not be judged because of: ${first.reason}.`,
    baseline,
    !hasLimit(shownPolicy(policy)) && 'No limit is set, so this run reports and does not gate.',
  ];
  return notices.filter(notice => typeof notice === 'string');
}

/**
 * The reasons for which pairs were left unjudged, the most frequent first, each with its count.
 * @internal
 */
export function reasonsOf(
  rows: readonly Row[],
): readonly { readonly reason: string; readonly count: number }[] {
  const open = rows.filter(({ label }) => label === 'unjudged');
  // A reason names its pair's file or key, so that the same reason of many pairs is told by its kind.
  const kinds = Map.groupBy(open, ({ note = 'no reason given' }) =>
    note.replace(/\d\d-[A-Za-z_]+\/[\w/]+/g, '…'),
  );
  return [...kinds].map(([reason, own]) => ({ reason, count: own.length })).sort((a, b) => b.count - a.count);
}
