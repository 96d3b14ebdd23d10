import type { Cell, Line, SideBySide } from '../../comparing/side-by-side.ts';
import { count, counted } from '../../gate/words.ts';
import { code, text } from '../escape.ts';
import { bullets, folded, joined, type MarkdownColumn, table as tableOf } from '../markdown.ts';
import {
  askedIn,
  bare,
  bareBounds,
  differenceIn,
  heldAlike,
  kindLines,
  legend,
  markOf,
  nameOf,
  runOf,
} from './words.ts';

/** Models side by side in GitHub's Markdown: the whole open, kind by kind folded. */
export function renderMarkdown(table: SideBySide): string {
  const [whole, ...kinds] = table.blocks;
  return joined(
    `## MM-SafetyBench: ${counted(table.columns.length, 'model')} side by side`,
    models(table),
    rates(table, whole?.lines ?? []),
    rates(table, kindLines(table), 'Kind of picture'),
    ...kinds.map(({ kind, lines }) => folded(`${kind} alone`, rates(table, lines))),
    bullets([heldAlike(table), ...legend(table)].map(each => text(each))),
  ).concat('\n');
}

const right = (heading: string): MarkdownColumn => [heading, 'right'];

/** What each letter stands for, and how each model's whole differs from the first one's. */
function models({ columns, blocks }: SideBySide): string {
  const cells = blocks[0]?.lines.at(-1)?.cells ?? [];
  const rows = columns.map((column, n) => [
    `**${column.letter}**`,
    `${code(column.model, 100)} at ${code(column.endpoint, 200)}`,
    text(askedIn(column)),
    text(runOf(column), 300),
    n === 0 ? '' : differenceOf(cells[n]),
  ]);
  return tableOf([[''], ['Model'], ['Asked'], ['Run'], [`Against ${columns[0]?.letter}, points`]], rows);
}

function differenceOf(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  const { points, between, on, says } = differenceIn(cell);
  return `${points}${between && ` (${between})`}, ${says}; ${on}`;
}

function rates({ columns }: SideBySide, lines: readonly Line[], heading = 'Scenario'): string {
  const heads = columns.map(({ letter, model }) => right(`${letter} ${code(model, 40)}`));
  const rows = lines.map(line => {
    const name = text(nameOf(line), 60).replaceAll(' ', '\u00a0');
    return [line.isWhole ? `**${name}**` : name, ...line.cells.map(cellOf)];
  });
  return tableOf([[heading], ...heads], rows);
}

function cellOf(cell: Cell): string {
  const { estimate } = cell;
  const mark = markOf(cell);
  return `${mark && `${mark}\u00a0`}**${bare(estimate)}**<br><sub>${bareBounds(estimate)}, n\u00a0${count(estimate.questions)}</sub>`;
}
