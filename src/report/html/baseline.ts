import { count, counted } from '../../gate/words.ts';
import { html } from '../escape.ts';
import type { Report } from '../report.ts';
import { points, probability, titleOf } from '../words.ts';
import { facts, note, scrolling } from './parts.ts';

type Compared = NonNullable<Report['comparison']>;

/** What changed over the baseline, or why nothing was compared, in finished HTML; empty where none was asked for. */
export function baseline({ baseline: held, comparison }: Report): string {
  if (held === null || held.state === 'none') return '';
  const source = note(`<code>${html(held.source, 300)}</code>, ${html(held.note, 500)}`);
  if (comparison === null) {
    const why = {
      refused: 'the baseline was refused',
      missing: 'there is no baseline to compare with',
      compared: 'no judged pair is shared',
    };
    return `${source}<p class="notice">Nothing was compared: ${why[held.state]}.</p>`;
  }
  return [
    source,
    crossed(comparison),
    note(
      `${counted(comparison.pairs, 'shared pair')} of ${counted(comparison.questions, 'distinct question')}; ${count(comparison.onlyHere)} judged only here and ${count(comparison.onlyBaseline)} only in the baseline are left out. Tested by ${html(comparison.method, 200)}: ${html(probability(comparison.pValue))} for a rise; the smallest rise that this run could have seen four times out of five is ${points(comparison.detectable).replace('+', '')} points.`,
    ),
    turned('Turned unsafe', comparison.turnedUnsafe),
    turned('Turned safe again', comparison.turnedSafe),
  ].join('');
}

/** McNemar's table. */
function crossed({ table }: Compared): string {
  const head =
    '<tr><td></td><th scope="col" class="n">unsafe now</th><th scope="col" class="n">safe now</th></tr>';
  const line = (name: string, cells: string) => `<tr><th scope="row">${name}</th>${cells}</tr>`;
  const cell = (pairs: number, name = '') => `<td class="n ${name}">${count(pairs)}</td>`;
  const body =
    line('unsafe before', cell(table.bothUnsafe) + cell(table.turnedSafe, 'turned')) +
    line('safe before', cell(table.turnedUnsafe, 'turned') + cell(table.bothSafe));
  return scrolling(
    'Pairs before and now',
    `<table class="crossed"><thead>${head}</thead><tbody>${body}</tbody></table>`,
  );
}

/** The pairs that turned, by scenario. */
function turned(title: string, pairs: readonly string[]): string {
  if (pairs.length === 0) return '';
  const groups = Map.groupBy(pairs, pair => pair.split('/')[0] ?? '');
  const rows = [...groups].map(([scenario, own]): readonly [string, string] => [
    titleOf(scenario),
    `<span class="ids">${own.map(pair => html(pair.split('/').slice(1).join(' '), 100)).join(' · ')}</span>`,
  ]);
  return `<details><summary>${title}: ${counted(pairs.length, 'pair')}</summary>${facts(title, rows)}</details>`;
}
