import type { Cell, Column, Line, SideBySide } from '../../comparing/side-by-side.ts';
import { count } from '../../gate/words.ts';
import { BOLD, DIM, fitted, hanging, type Paint, painter, wrapped } from '../terminal-text.ts';
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

export interface TextOptions {
  /** Columns of the terminal: models that do not fit go on below. */
  readonly width: number;
  /** Whether escape sequences for colour may be used. */
  readonly coloured: boolean;
  /** Whether there is a table for each kind of picture besides. */
  readonly byKind: boolean;
}

/** The margin and a line's name; and a model: 7 for the rate, 13 for the bounds, 6 for n, a blank and the mark. */
const NAME = 24;
const MODEL = 28;
/** Longer lines than this are hard to read. */
const LONGEST = 100;
const COLOURS = { higher: '31', lower: '32' } as const;

/** Models side by side for a terminal, of 80 columns at least. */
export function renderText(table: SideBySide, { width, coloured, byKind }: TextOptions): string {
  const paint = painter(coloured);
  const text = Math.min(width, LONGEST);
  const perTable = Math.max(1, Math.floor((width - NAME) / MODEL));
  const [whole, ...kinds] = table.blocks;
  const tables = [
    { title: '', lines: withKinds(whole?.lines ?? [], kindLines(table)) },
    ...(byKind ? kinds : []).map(({ kind, lines }) => ({ title: `${kind}`, lines: withKinds(lines, []) })),
  ];
  const parts = [
    table.columns.flatMap(column => named(column, text)),
    ...tables.flatMap(({ title, lines }) =>
      chunks(table.columns.length, perTable).map(places => [
        ...header(title, table.columns, places, paint),
        ...lines.map(line => (line === null ? '' : drawn(line, places, paint))),
      ]),
    ),
    against(table, paint),
    [heldAlike(table), ...legend(table)]
      .flatMap(each => hanging('·', each, text))
      .map(each => paint(DIM, each)),
  ];
  return `\n${parts.map(lines => lines.join('\n')).join('\n\n')}\n\n`;
}

/** Which model a letter stands for. */
function named(column: Column, text: number): readonly string[] {
  const facts = [
    `${column.model} at ${column.endpoint}`,
    `${askedIn(column)}, ${runOf(column)}`,
    column.path,
  ];
  return facts.flatMap((fact, n) =>
    wrapped(fact, text - 5).map((line, m) => `  ${n + m === 0 ? column.letter.padEnd(2) : '  '} ${line}`),
  );
}

/** The scenarios, the kinds and the wholes, with a blank line (null) between them. */
function withKinds(lines: readonly Line[], kinds: readonly Line[]): readonly (Line | null)[] {
  const groups = [
    lines.filter(({ isScenario }) => isScenario),
    kinds,
    lines.filter(({ isScenario }) => !isScenario),
  ].filter(group => group.length > 0);
  return groups.flatMap((group, n): readonly (Line | null)[] => (n === 0 ? group : [null, ...group]));
}

/** The places of the models that fit beside each other. */
const chunks = (models: number, most: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(models / most) }, (_, n) =>
    Array.from({ length: Math.min(most, models - n * most) }, (__, place) => n * most + place),
  );

function header(
  title: string,
  columns: readonly Column[],
  places: readonly number[],
  paint: Paint,
): readonly string[] {
  const models = places.map(place => {
    const { letter = '', model = '' } = columns[place] ?? {};
    return `   ${fitted(`${letter} ${model}`, MODEL - 3)}`;
  });
  const units = `${fitted('ASR', 7, 'right')}${fitted('at least–most', 14, 'right')}${fitted('n', 5, 'right')}  `;
  return [
    `  ${fitted(title, NAME - 2)}${paint(BOLD, models.join('').trimEnd())}`,
    paint(DIM, `${' '.repeat(NAME)}${units.repeat(places.length)}`.trimEnd()),
  ];
}

function drawn(line: Line, places: readonly number[], paint: Paint): string {
  const strong = (words: string) => (line.isWhole ? paint(BOLD, words) : words);
  const cells = places.flatMap(place => line.cells[place] ?? []);
  const shown = cells.map(cell => `${strong(numbersOf(cell))} ${marked(cell, paint)}`);
  return `  ${strong(fitted(nameOf(line), NAME - 2))}${shown.join('')}`.trimEnd();
}

const numbersOf = ({ estimate }: Cell): string =>
  `${fitted(bare(estimate), 7, 'right')}${fitted(bareBounds(estimate), 13, 'right')}${fitted(count(estimate.questions), 6, 'right')}`;

function marked(cell: Cell, paint: Paint): string {
  const settled = cell.difference?.settled ?? null;
  return settled === null ? ' ' : paint(COLOURS[settled], markOf(cell));
}

/** Each model's whole against the first's. */
function against({ columns, blocks }: SideBySide, paint: Paint): readonly string[] {
  const [first, ...others] = columns;
  const cells = blocks[0]?.lines.at(-1)?.cells ?? [];
  return others.flatMap((column, n) => {
    const cell = cells[n + 1];
    if (cell === undefined) return [];
    const { points, between, on, says } = differenceIn(cell);
    const settled = cell.difference?.settled ?? null;
    const shown = settled === null ? says : paint(COLOURS[settled], says);
    return `  ${column.letter} against ${first?.letter}: ${points} points${between && ` (${between})`}, ${shown}; ${on}`;
  });
}
