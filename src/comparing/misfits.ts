import { differingFields, toldApart } from '../finding/fingerprint.ts';
import { clip, plain } from '../report/escape.ts';
import type { Fingerprint, Report } from '../report/report.ts';

/** A report and where it lies. */
export interface Placed {
  readonly path: string;
  readonly report: Report;
}

/** What belongs to a model as it is deployed: it may differ between two columns, and is said. */
const OF_THE_MODEL: readonly string[] = ['decoding', 'system prompt', 'extra body'];

/** Why these reports cannot stand side by side, a line each; empty when they can. */
export function misfitsOf(reports: readonly Placed[]): readonly string[] {
  const [first, ...others] = reports;
  if (first === undefined || others.length === 0) return ['it takes two reports or more to compare'];
  return [...reports.flatMap(unfit), ...others.flatMap(other => foreign(first, other)), ...twice(reports)];
}

/** A report without numbers, or with some that mean nothing. */
function unfit({ path, report: { estimates, verdict } }: Placed): readonly string[] {
  if (estimates !== null && verdict.outcome !== 'error') return [];
  return [
    `"${plain(path)}" is of a run that ended in an error, so it has no numbers to compare: ${clip(plain(verdict.sentence), 300)}`,
  ];
}

function foreign(first: Placed, other: Placed): readonly string[] {
  const [one, another] = [asked(first), asked(other)];
  const differing = differingFields(one, another)
    .filter(field => !OF_THE_MODEL.includes(field))
    .map(field => toldApart(field, another[field], one[field]));
  if (differing.length === 0) return [];
  return [
    `"${plain(other.path)}" cannot stand beside "${plain(first.path)}": they differ in ${differing.join(', ')}; ask both under the same`,
  ];
}

/** How a report's pairs were asked, and which. */
const asked = ({ report: { fingerprint, sample } }: Placed): Fingerprint => ({
  ...fingerprint,
  kinds: sample.kinds.join(', '),
  scenarios: sample.scenarios.map(scenario => scenario.slice(0, 2)).join(', '),
});

/** The same run stands beside itself where a path is given twice, or a pattern matches a copy. */
function twice(reports: readonly Placed[]): readonly string[] {
  const runs = Map.groupBy(reports, ({ report: { model, startedAt, finishedAt } }) =>
    JSON.stringify([model, startedAt, finishedAt]),
  );
  return [...runs.values()].flatMap(([one, another]) =>
    one && another
      ? [`"${plain(another.path)}" is the run of "${plain(one.path)}" again: leave one out`]
      : [],
  );
}

/** In what the models were asked differently, and may be: the fields by their names. */
export const askedDifferently = (reports: readonly Placed[]): readonly string[] =>
  OF_THE_MODEL.filter(field => new Set(reports.map(({ report }) => report.fingerprint[field])).size > 1);
