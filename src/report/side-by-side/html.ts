import type { Block, Cell, Line, SideBySide } from '../../comparing/side-by-side.ts';
import { count, counted } from '../../gate/words.ts';
import { html } from '../escape.ts';
import { axis, changeInterval, interval, type Scale, scaleOf } from '../html/marks.ts';
import { page } from '../html/page.ts';
import { facts, note, scrolling, section } from '../html/parts.ts';
import type { Report } from '../report.ts';
import { rate } from '../words.ts';
import { askedIn, bareBounds, differenceIn, kindLines, legend, markOf, nameOf, runOf } from './words.ts';

/** Models side by side on one page that asks nobody for anything. */
export function renderSideBySide(table: SideBySide, tool: Report['tool']): string {
  const heading = `${counted(table.columns.length, 'model')} side by side`;
  const [whole, ...kinds] = table.blocks;
  const scale = scaleOf(
    table.blocks.flatMap(({ lines }) =>
      lines.flatMap(({ cells }) =>
        cells.map(({ estimate }) => (estimate.rate === null ? 0 : estimate.worstUpper)),
      ),
    ),
  );
  const main = [
    section('models', 'The models', models(table)),
    whole && section('scenarios', 'By scenario', legendOf(table) + rates(table, whole.lines, scale)),
    section('kinds', 'By kind of picture', ofKinds(table, kinds, scale)),
    section('shared', 'What all of them share', shared(table)),
  ];
  return page({
    title: `MM-SafetyBench: ${heading}`,
    eyebrow: 'MM-SafetyBench',
    heading,
    meta: html(table.columns.map(({ letter, model }) => `${letter} ${model}`).join(' · '), 400),
    main: main.join('\n'),
    skip: ['scenarios', 'To the table'],
    tool,
  });
}

const legendOf = (table: SideBySide): string =>
  legend(table)
    .map(each => note(html(each)))
    .join('');

function models({ columns, blocks }: SideBySide): string {
  const cells = blocks[0]?.lines.at(-1)?.cells ?? [];
  const differences = cells.flatMap(({ difference }) => difference ?? []);
  const most = Math.max(0.05, ...differences.flatMap(({ lower, upper }) => [-lower, upper]));
  const rows = columns.map(
    (column, n) =>
      `<tr><th scope="row">${column.letter}</th><td>${html(column.model, 200)}<span class="line">${html(column.endpoint, 200)}</span></td><td>${html(askedIn(column))}<span class="line">${html(runOf(column), 400)}</span></td>${difference(cells[n], n, most)}</tr>`,
  );
  const head = `<th scope="col"><span class="hidden">Letter</span></th><th scope="col">Model</th><th scope="col">Asked</th><th scope="col" class="n">Against ${columns[0]?.letter}, points</th><th scope="col"><span class="hidden">Difference drawn</span></th>`;
  return scrolling('Models', `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`);
}

function difference(cell: Cell | undefined, place: number, most: number): string {
  if (cell === undefined || place === 0) return '<td></td><td></td>';
  const { points, between, on, says } = differenceIn(cell);
  const drawing = cell.difference ? changeInterval(cell.difference, most) : '';
  return `<td class="n">${points}${between && ` (${between})`}<span class="line">${says}; ${on}</span></td><td class="moved">${drawing}</td>`;
}

/** The kinds below each other, and each by scenario where somebody opens it. */
function ofKinds(table: SideBySide, kinds: readonly Block[], scale: Scale): string {
  if (kinds.length === 0) return '';
  const each = kinds.map(
    ({ kind, lines }) =>
      `<details><summary>${html(kind ?? '', 40)} alone</summary>${rates(table, lines, scale)}</details>`,
  );
  return rates(table, kindLines(table), scale) + each.join('');
}

/** A model in a column, a line in a row: the rate with its mark, drawn, with its bounds and n. */
function rates({ columns }: SideBySide, lines: readonly Line[], scale: Scale): string {
  const heads = columns.map(
    ({ letter, model }) => `<th scope="col" class="side">${letter} ${html(model, 40)}${axis(scale)}</th>`,
  );
  const rows = lines.map(
    line =>
      `<tr${line.isWhole ? ' class="whole"' : ''}><th scope="row">${html(nameOf(line), 100)}</th>${cellsOf(line, scale)}</tr>`,
  );
  return scrolling(
    'Attack success rates',
    `<table><thead><tr><th scope="col"><span class="hidden">Line</span></th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}

const cellsOf = ({ cells }: Line, scale: Scale): string =>
  cells
    .map(cell => {
      const { estimate } = cell;
      const mark = markOf(cell);
      return `<td class="side"><div class="told"><span><b>${rate(estimate.rate)}</b>${mark && ` ${mark}`}</span><span class="soft">${bareBounds(estimate)}, n ${count(estimate.questions)}</span></div>${interval(estimate, scale, null)}</td>`;
    })
    .join('');

const shared = ({ shared: fields }: SideBySide): string =>
  facts(
    'What all of them share',
    Object.entries(fields).map(([name, value]) => [name, `<code>${html(value, 2000)}</code>`]),
  );
