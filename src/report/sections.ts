import { HARM_NUMBERS } from '../benchmark/scenarios.ts';
import { asGiven, count, counted } from '../gate/words.ts';
import type { Estimate, ScenarioEstimate } from '../statistics/estimate.ts';
import { code, text } from './escape.ts';
import { joined, type MarkdownColumn, table } from './markdown.ts';
import type { Report } from './report.ts';
import {
  againstCeiling,
  bounds,
  certainty,
  changeSpread,
  given,
  helpfulnessStanding,
  NONE,
  points,
  rate,
  STANDINGS,
  standing,
  titleOf,
  unjudgedOf,
} from './words.ts';

/** The parts that the comment and the job summary are put together from, in Markdown. */

const right = (heading: string): MarkdownColumn => [heading, 'right'];

const AGAINST = [[''], right('found'), right('at least'), right('at most'), right('limit'), ['']] as const;

/** Everything that a limit can be set for, with its bounds and how it stands to it. */
export function numbers(report: Report): string {
  const { estimates, comparison, policy, baseline } = report;
  if (estimates === null) return '';
  const { overall, harm } = estimates;
  const rows = [
    ['**Attack success rate**', ...spread(overall), limit(policy.maxAsr, ' %'), standing(report, 'max-asr')],
    ...(harm && harm.questions < overall.questions
      ? [[`${HARM_NUMBERS} alone`, ...spread(harm), '', '']]
      : []),
    ...(estimates.byScenario.length > 1
      ? [
          [
            'Mean of the scenarios’ rates, as the paper averages',
            rate(estimates.meanOverScenarios),
            '',
            '',
            '',
            '',
          ],
        ]
      : []),
    ...(comparison
      ? [
          [`Baseline ${code(baseline?.source ?? '', 80)}`, rate(comparison.baselineRate), '', '', '', ''],
          [
            '**Change**, points',
            ...[comparison.increase, comparison.bestLower, comparison.worstUpper].map(points),
            limit(policy.maxIncrease, ''),
            standing(report, 'max-increase'),
          ],
        ]
      : []),
    ...helpfulness(report),
    unjudgedRow(report, overall),
  ].map(([name = '', ...cells]) => [name, ...cells.map(unbroken)]);
  return joined(table(AGAINST, rows), caption(report, overall));
}

/** Benign questions that were answered. */
function helpfulness(report: Report): readonly (readonly string[])[] {
  const { controls, policy } = report;
  if (controls === null) return [];
  const asked = policy.minHelpfulness > 0 ? `≥ ${given(policy.minHelpfulness)} %` : '';
  const state = asked && helpfulnessStanding(report);
  return [
    [
      `Benign controls answered helpfully (${controls.answered} of ${controls.asked})`,
      rate(controls.helpfulness),
      '',
      '',
      asked,
      state,
    ],
  ];
}

function unjudgedRow(report: Report, overall: Estimate): readonly string[] {
  const { counts, share, standing: kept } = unjudgedOf(report, overall);
  return [`Answers not judged (${counts})`, share, '', '', limit(report.policy.maxErrorRate, ' %'), kept];
}

function caption({ estimates }: Report, overall: Estimate): string {
  const certain = `Each bound holds by itself with ${asGiven(estimates?.confidence ?? 0)} confidence.`;
  const judged =
    overall.unjudged > 0 && overall.rate !== null
      ? ` Unjudged answers count against the model and for it; over the judged alone ${rate(overall.lower)} and ${rate(overall.upper)}.`
      : '';
  return `<sub>${certain}${judged} ${tally(overall)}</sub>`;
}

/** The arm with the safety prompt beside the gated one, where both were asked. */
export function defence({ defence: arm, estimates: gated, controls: without }: Report): string {
  if (arm === undefined) return '';
  const { estimates, comparison, controls } = arm;
  const rows = [
    ['With the safety prompt (shown, not gated)', ...spread(estimates.overall), ''],
    ...(gated ? [['Without it', ...spread(gated.overall), '']] : []),
    ...(comparison
      ? [
          [
            'Change by it, points',
            ...[comparison.increase, comparison.bestLower, comparison.worstUpper].map(points),
            certainty(comparison).word,
          ],
        ]
      : []),
  ];
  const columns = [[''], right('ASR'), right('at least'), right('at most'), ['']] as const;
  const answered = (of: Report['controls']) => (of ? `${count(of.answered)} of ${count(of.asked)}` : NONE);
  const helped = controls
    ? ` Benign controls answered helpfully with it: ${answered(controls)}; without it: ${answered(without)}.`
    : '';
  return joined(table(columns, rows), `With the safety prompt: ${tally(estimates.overall)}${helped}`);
}

const spread = ({ rate: known, bestLower, worstUpper }: Estimate): readonly string[] =>
  known === null ? [NONE, NONE, NONE] : [rate(known), rate(bestLower), rate(worstUpper)];

const limit = (value: number | null, unit: string): string =>
  value === null ? '' : `≤ ${given(value)}${unit}`;

/** What was counted, the unjudged always among it. */
const tally = ({ unsafe, safe, unjudged, questions }: Estimate): string =>
  `${counted(unsafe, 'answer')} unsafe, ${count(safe)} safe, ${count(unjudged)} unjudged, on ${counted(questions, 'distinct question')}.`;

/** The 13 scenarios, or those of them that were asked. */
export function scenarios(report: Report): string {
  const { estimates, comparison, policy } = report;
  if (estimates === null) return '';
  const held = Object.keys(policy.maxAsrPerScenario).length > 0;
  const columns: readonly MarkdownColumn[] = [
    ['Scenario'],
    ...COUNTED,
    ...(held ? [right('ceiling')] : []),
    ...(comparison ? [right('change, points')] : []),
  ];
  const rows = estimates.byScenario.map(each => [
    scenarioCell(each.scenario),
    ...counts(each),
    ...(held ? [ceilingOf(report, each)] : []),
    ...(comparison ? [changeOf(comparison, each.scenario)] : []),
  ]);
  return joined(table(columns, rows), legend(report));
}

/** On one line where there is room. */
const scenarioCell = (name: string): string => text(titleOf(name), 60).replaceAll(' ', '\u00a0');

const COUNTED: readonly MarkdownColumn[] = [
  right('ASR'),
  right('at least – at most'),
  right('unsafe of judged'),
  right('not judged'),
];

/** Cells that are not broken over lines where there is room to scroll. */
const unbroken = (cell: string): string => cell.replaceAll(' ', '\u00a0').replaceAll('–', '\u2060–\u2060');

const counts = (each: Estimate): readonly string[] =>
  [
    rate(each.rate),
    bounds(each),
    `${count(each.unsafe)}/${count(each.unsafe + each.safe)}`,
    count(each.unjudged),
  ].map(unbroken);

function ceilingOf(report: Report, each: ScenarioEstimate): string {
  const found = againstCeiling(report, each);
  return found ? unbroken(`${STANDINGS[found.standing].charAt(0)} ${given(found.ceiling)} %`) : '';
}

function changeOf({ byScenario }: NonNullable<Report['comparison']>, name: string): string {
  const found = byScenario.find(({ scenario }) => scenario === name);
  if (found === undefined) return unbroken('not compared');
  const spread = changeSpread(found);
  const change = unbroken(`${certainty(found).mark} ${points(found.increase)}`);
  return spread === '' ? change : `${change}<br><sub>${unbroken(spread)}</sub>`;
}

function legend({ comparison, estimates, policy }: Report): string {
  const bounded = `Bounds: ${asGiven(estimates?.confidence ?? 0)} confidence each, for the scenario by itself.`;
  const marks =
    ' ▲ rose and ▼ fell, each with that confidence by itself: of 13 scenarios that did not change, one may well be marked by chance. · is not settled.';
  const held = Object.keys(policy.maxAsrPerScenario).length > 0;
  const ceilings = ` Ceiling: ${Object.values(STANDINGS).join(', ')}.`;
  return `<sub>${bounded}${held ? ceilings : ''}${comparison ? marks : ''}</sub>`;
}

export function kinds({ estimates }: Report): string {
  if (estimates === null) return '';
  return table(
    [['Kind of picture'], ...COUNTED],
    estimates.byKind.map(each => [code(each.kind), ...counts(each)]),
  );
}
