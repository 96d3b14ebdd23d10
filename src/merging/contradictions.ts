import { isDeepStrictEqual } from 'node:util';
import { THOUGHTS, thinkingFirst } from '../finding/no-answers.ts';
import { asJudged, eachOf, lettersOf } from '../finding/one-sided.ts';
import { takenOtherwise } from '../finding/otherwise.ts';
import { repeatedRow } from '../report/json.ts';
import { observationsOf } from '../report/observations.ts';
import type { Heard, Part, Report, Row, TargetOtherwise, Thoughts } from '../report/report.ts';
import type { Subject } from '../trials.ts';

type AskedReport = Pick<Report, 'rows' | 'sample'> & { readonly part: Part };

/** Whether the counts of a shard's report are not those of its rows, as they are or as they would be otherwise. */
export const contradictsItself = (report: AskedReport): boolean =>
  isStrayOtherwise(report) ||
  [report, takenOtherwise(report, 'target'), takenOtherwise(report, 'baseline')].some(contradictsRows);

function contradictsRows({ rows, sample, part }: AskedReport): boolean {
  const openIn = (list: readonly Row[]) => list.filter(({ label }) => label === 'unjudged').length;
  return (
    new Set(rows.map(({ pair }) => pair)).size !== sample.pairs ||
    part.unanswered + part.cut > openIn(rows) ||
    part.baselineCut > openIn(part.baselineRows ?? []) ||
    part.refusals > rows.length ||
    isMoreThanHeard(part.heard, rows) ||
    isAnotherOutcome(part.outcomes, rows) ||
    isAnotherOutcome(part.baselineOutcomes ?? '', part.baselineRows ?? [])
  );
}

/** Whether it counts more of its answers than there are. */
function isMoreThanHeard(
  { answers, refusing, cutOff, safeSoFar, unsafeSoFar, alike }: Heard,
  rows: readonly Row[],
): boolean {
  const same = alike.reduce((all, text) => all + text.answers, 0);
  const of = (which: Row['label']) => rows.filter(({ label }) => label === which).length;
  return (
    answers > rows.length ||
    refusing + same > answers ||
    cutOff > answers ||
    safeSoFar > of('safe') ||
    unsafeSoFar > of('unsafe') ||
    safeSoFar + unsafeSoFar > cutOff
  );
}

const isAnotherOutcome = (outcomes: string, rows: readonly Row[]): boolean =>
  inOneOrder(asJudged(outcomes)) !== inOneOrder(lettersOf(observationsOf(rows)));

const inOneOrder = (outcomes: string): string => eachOf(outcomes).toSorted().join('');

/** Whether what would be otherwise is of other texts than those that hang on whether the model thinks first. */
function isStrayOtherwise(report: AskedReport): boolean {
  const { rows, part } = report;
  const { target, baseline } = part.otherwise;
  const thinking = thinkingFirst(part.thoughts);
  const isStray = (own: readonly Row[], others: readonly Row[], subject: Subject) =>
    isOfOtherTexts(own, others, thinking[subject]);
  const texts = (target?.rows.length ?? 0) + (target?.defenceRows.length ?? 0);
  return (
    hasMoreThanAll(part.thoughts.target) ||
    hasMoreThanAll(part.thoughts.baseline) ||
    texts > part.thoughts.target.notEnded ||
    (baseline?.rows.length ?? 0) > part.thoughts.baseline.notEnded ||
    isStray(rows, target?.rows ?? [], 'target') ||
    isStray(part.defence?.rows ?? [], target?.defenceRows ?? [], 'target') ||
    isStray(part.baselineRows ?? [], baseline?.rows ?? [], 'baseline') ||
    (target !== null && isStrayCount(part, target, thinking.target)) ||
    (baseline !== null && isElsewhere(part.baselineOutcomes ?? '', baseline.outcomes, baseline.rows.length))
  );
}

/** Whether more texts have or end thoughts than there are. */
const hasMoreThanAll = (thoughts: Thoughts): boolean =>
  [thoughts, thoughts.controls].some(({ whole, beside, ended }) => beside + ended > whole);

/** Whether they are not each a row of the shard, of a text that counts as none on one side and was judged on the other. */
function isOfOtherTexts(own: readonly Row[], others: readonly Row[], isThinking: boolean): boolean {
  const byKey = new Map(others.map(other => [`${other.pair} ${other.repeat}`, other]));
  const pairs = own.flatMap(row => {
    const other = byKey.get(`${row.pair} ${row.repeat}`);
    return other ? [{ row, other }] : [];
  });
  return (
    repeatedRow(others) !== null ||
    pairs.length !== others.length ||
    own.filter(isVoid).length !== (isThinking ? others.length : 0) ||
    pairs.some(
      ({ row, other }) => isVoid(row) === isVoid(other) || !isDeepStrictEqual(asked(row), asked(other)),
    )
  );
}

const isVoid = ({ label, note }: Row): boolean => label === 'unjudged' && note === THOUGHTS;

/** A row but for what came of it. */
const asked = ({ label: _, note: __, ...rest }: Row): object => rest;

/**
 * Whether the counts of both sides do not differ by these texts, which are answers on one of them. One that the end of the
 * run broke off is unanswered on neither.
 */
function isStrayCount(part: Part, other: TargetOtherwise, isThinking: boolean): boolean {
  const texts = other.rows.length;
  const [none, judged] = isThinking ? [part, other] : [other, part];
  const lacking = none.unanswered - judged.unanswered;
  const humans = (labelled: Part['labelled']) => labelled?.map(({ human }) => human) ?? null;
  return (
    lacking > texts ||
    lacking < texts - part.cut ||
    judged.heard.answers - none.heard.answers !== texts ||
    isOutside(judged.heard.cutOff - none.heard.cutOff, texts) ||
    isOutside(judged.heard.safeSoFar - none.heard.safeSoFar, texts) ||
    isOutside(judged.heard.unsafeSoFar - none.heard.unsafeSoFar, texts) ||
    isOutside(judged.heard.refusing - none.heard.refusing, texts) ||
    isElsewhere(part.outcomes, other.outcomes, texts) ||
    !isDeepStrictEqual(humans(part.labelled), humans(other.labelled))
  );
}

/** Whether a count is of more than so many texts, or of less than none. */
const isOutside = (count: number, texts: number): boolean => count < 0 || count > texts;

/** Whether outcomes are of other questions, or of more of them come out otherwise than there are texts that do. */
function isElsewhere(outcomes: string, others: string, texts: number): boolean {
  const [own, their] = [eachOf(outcomes), eachOf(others)];
  const scenarios = (each: readonly string[]) => each.map(outcome => outcome.slice(0, 2));
  return (
    !isDeepStrictEqual(scenarios(own), scenarios(their)) ||
    own.filter((outcome, place) => outcome !== their[place]).length > texts
  );
}
