import { asGiven, count } from '../../gate/words.ts';
import type { Estimate, ScenarioEstimate } from '../../statistics/estimate.ts';
import { html } from '../escape.ts';
import type { Report, Row } from '../report.ts';
import {
  againstCeiling,
  bounds,
  certainty,
  changeSpread,
  given,
  NONE,
  points,
  rate,
  STANDINGS,
  titleOf,
} from '../words.ts';
import { axis, changeInterval, interval, scaleOf } from './marks.ts';
import { note, number, scrolling, sortable } from './parts.ts';

/** The HTML report's tables of scenarios and kinds. Every function gives finished HTML. */

type Estimated = NonNullable<Report['estimates']>;
type Compared = NonNullable<Report['comparison']>;

/** The sortable table of the scenarios, their intervals drawn on one scale. */
export function scenarios(report: Report): string {
  const { estimates, comparison, policy } = report;
  if (estimates === null) return '';
  const ceilings = Object.values(policy.maxAsrPerScenario);
  const held = ceilings.length > 0;
  const scale = scaleOf([
    ...estimates.byScenario.filter(each => each.rate !== null).map(each => each.worstUpper),
    ...ceilings.map(ceiling => ceiling / 100),
  ]);
  const most = Math.max(
    0.05,
    ...(comparison?.byScenario ?? []).flatMap(({ lower, upper }) => [-lower, upper]),
  );
  const head = [
    sortable('Scenario', false),
    sortable('ASR'),
    `<th scope="col" class="plot"><span class="hidden">Interval</span>${axis(scale)}</th>`,
    '<th scope="col" class="n">at least – at most</th>',
    sortable('unsafe of judged'),
    sortable('unjudged'),
    held ? sortable('ceiling') : '',
    comparison
      ? `${sortable('change, points')}<th scope="col"><span class="hidden">Change drawn</span></th>`
      : '',
  ].join('');
  const rows = estimates.byScenario.map(each => {
    const ceiling = againstCeiling(report, each);
    return [
      `<tr>${named(each.scenario)}`,
      number(rate(each.rate), each.rate),
      `<td class="plot">${interval(each, scale, ceiling?.ceiling ?? null, ceiling?.standing)}</td>`,
      `<td class="n">${bounds(each)}</td>`,
      counts(each),
      held ? ceilingCell(ceiling) : '',
      comparison ? change(comparison, each, most) : '',
      '</tr>',
    ].join('');
  });
  return `${note(legend(report, held))}<p class="hidden" role="status"></p>${scrolling(
    'Scenarios',
    `<table data-sortable><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  )}`;
}

function legend({ estimates, comparison }: Report, held: boolean): string {
  const certain = asGiven(estimates?.confidence ?? 0);
  const parts = [
    `Dot: the rate. Bar: from at least to at most, each with ${certain} confidence for that scenario by itself.`,
    held ? 'Broken line: its ceiling.' : '',
    comparison
      ? `▲ rose, ▼ fell: with ${certain} confidence for that scenario by itself; of 13 that did not change, one may well be marked by chance. · open: the data do not settle it.`
      : '',
  ];
  return parts.filter(part => part !== '').join(' ');
}

/** The number first, so that it can be found from a sentence and a file name. */
function named(scenario: string): string {
  const [, digits = '', words = scenario] = /^(\d\d) (.+)$/s.exec(titleOf(scenario)) ?? [];
  const shown = digits === '' ? html(words, 100) : `<span class="soft">${digits}</span> ${html(words, 100)}`;
  return `<th scope="row" data-value="${html(scenario, 100)}">${shown}</th>`;
}

const counts = ({ unsafe, safe, unjudged }: Estimate): string =>
  number(`${count(unsafe)} of ${count(unsafe + safe)}`, unsafe) + number(count(unjudged), unjudged);

const ceilingCell = (found: ReturnType<typeof againstCeiling>): string =>
  found
    ? `<td class="n ${found.standing}" data-value="${found.ceiling}">${given(found.ceiling)} %<span class="line">${STANDINGS[found.standing]}</span></td>`
    : number(NONE, null);

function change({ byScenario }: Compared, { scenario }: ScenarioEstimate, most: number): string {
  const found = byScenario.find(each => each.scenario === scenario);
  if (found === undefined) return `${number(NONE, null)}<td class="soft">not compared</td>`;
  const { mark } = certainty(found);
  const spread = changeSpread(found);
  return [
    `<td class="n" data-value="${found.increase}">${mark} ${points(found.increase)}<span class="line">${spread || NONE}</span></td>`,
    `<td class="moved">${changeInterval(found, most)}</td>`,
  ].join('');
}

/** The kinds of picture, where there are several: each with its interval, then scenario by scenario beside each other. */
export function kinds({ estimates, rows }: Report): string {
  if (estimates === null || estimates.byKind.length < 2) return '';
  const scale = scaleOf(estimates.byKind.map(each => (each.rate === null ? 0 : each.worstUpper)));
  const lines = estimates.byKind.map(
    each =>
      `<tr><th scope="row">${KINDS[each.kind] ?? ''} <code>${html(each.kind, 40)}</code></th><td class="n">${rate(each.rate)}</td><td class="plot">${interval(each, scale, null)}</td><td class="n">${bounds(each)}</td>${counts(each)}</tr>`,
  );
  const head = `<th scope="col">Kind</th><th scope="col" class="n">ASR</th><th scope="col" class="plot"><span class="hidden">Interval</span>${axis(scale)}</th>${['at least – at most', 'unsafe of judged', 'unjudged'].map(name => `<th scope="col" class="n">${name}</th>`).join('')}`;
  const table = `<table><thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>`;
  return scrolling('Kinds of picture', table) + matrix(estimates, rows);
}

const KINDS: Readonly<Record<string, string>> = {
  SD: 'Drawn picture',
  SD_TYPO: 'Drawn picture and type',
  TYPO: 'Type alone',
  TEXT: 'No picture',
};

/** Unsafe of judged answers for each scenario and kind, straight from the rows; the darker, the more of them. */
function matrix({ byKind, byScenario }: Estimated, rows: readonly Row[]): string {
  const groups = Map.groupBy(rows, ({ pair }) => pair.replace(/\/[^/]*\//, ' '));
  const names = byKind.map(({ kind }) => kind);
  const lines = byScenario.map(
    ({ scenario }) =>
      `<tr>${named(scenario)}${names.map(kind => heat(groups.get(`${scenario} ${kind}`) ?? [])).join('')}</tr>`,
  );
  const head = names.map(kind => `<th scope="col" class="n"><code>${html(kind, 40)}</code></th>`).join('');
  return `<h3>Kind by kind</h3>${note('Unsafe of the judged answers; the stronger the colour, the higher the share.')}${scrolling(
    'Kind by kind in each scenario',
    `<table class="matrix"><thead><tr><th scope="col">Scenario</th>${head}</tr></thead><tbody>${lines.join('')}</tbody></table>`,
  )}`;
}

function heat(rows: readonly Row[]): string {
  const unsafe = rows.filter(({ label }) => label === 'unsafe').length;
  const judged = rows.filter(({ label }) => label !== 'unjudged').length;
  if (judged === 0) return `<td class="n">${NONE}</td>`;
  const strength = Math.ceil((10 * unsafe) / judged);
  return `<td class="n heat-${strength}">${rate(unsafe / judged)}<span class="line">${count(unsafe)} of ${count(judged)}</span></td>`;
}
