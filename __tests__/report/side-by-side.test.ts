import { type SideBySide, sideBySide } from '../../src/comparing/side-by-side.ts';
import { renderMarkdown } from '../../src/report/side-by-side/markdown.ts';
import { renderText } from '../../src/report/side-by-side/text.ts';
import { width } from '../../src/report/terminal-text.ts';
import { placed } from '../comparing/placed.ts';
import { HOSTILE } from './hostile.ts';
import { decoded, faultsOf, foreignTags, withoutCode } from './markdown-shape.ts';

const TABLE = sideBySide(
  [
    placed('first', { rate: 0.25, unjudged: 0.01 }),
    placed('second', { rate: 0.12, seed: 2 }),
    placed('third', { rate: 0.24, seed: 3 }),
  ],
  0.95,
);

const text = (table: SideBySide, columns: number, more: { coloured?: boolean; byKind?: boolean } = {}) =>
  renderText(table, { width: columns, coloured: false, byKind: false, ...more });

/** A table in which every string that comes from outside is `words`. */
const hostile = (words: string): SideBySide => ({
  ...TABLE,
  columns: TABLE.columns.map(column => ({
    ...column,
    model: words,
    endpoint: words,
    path: words,
    finishedAt: words,
    cutShort: words,
  })),
  shared: { judge: words, 'data set': words, 'safety prompt': words },
});

describe('as text', () => {
  test.each([80, 120, 200])('no line is wider than %i columns, whatever is in it', columns => {
    const tables = [TABLE, ...HOSTILE.map(([, words]) => hostile(words))];
    const lines = tables.flatMap(table => text(table, columns, { byKind: true }).split('\n'));
    expect(lines.filter(line => width(line) > columns)).toEqual([]);
  });

  test('a line has the rate, its bounds, n and the mark of each model', () => {
    const all = text(TABLE, 120)
      .split('\n')
      .find(line => line.startsWith('  all '));
    const [first, second, third] = TABLE.blocks[0]?.lines.at(-1)?.cells ?? [];
    expect([first, second, third].map(cell => cell?.difference?.settled)).toEqual([undefined, 'lower', null]);
    expect(all).toMatch(
      /^ {2}all +\d\d\.\d +\d\d\.\d–\d\d\.\d +168 +\d\d\.\d +\d\.\d–\d\d\.\d +168 ▼ +\d\d\.\d /,
    );
    expect(all).not.toMatch(/[▼▲].*[▼▲]/);
  });

  test('models that do not fit beside each other go on below', () => {
    const heads = (columns: number) =>
      text(TABLE, columns)
        .split('\n')
        .filter(line => /^ {25,}[A-C] /.test(line))
        .map(line => line.trim().split(/ {3,}/));
    expect(heads(120)).toEqual([['A first', 'B second', 'C third']]);
    expect(heads(80)).toEqual([['A first', 'B second'], ['C third']]);
  });

  test('every kind has a table of its own where that is asked for', () => {
    const titled = (shown: string) =>
      shown.split('\n').filter(line => /^ {2}(?:SD|SD_TYPO|TYPO) +A /.test(line));
    expect(titled(text(TABLE, 120))).toEqual([]);
    expect(titled(text(TABLE, 120, { byKind: true }))).toHaveLength(3);
  });

  test('says who is compared with whom, and what no mark means', () => {
    const shown = text(TABLE, 80).replaceAll(/\n +/g, ' ');
    expect(shown).toMatch(
      /B against A: −\d+\.\d points \(−\d+\.\d to −\d+\.\d\), ▼ lower; 168 shared questions/,
    );
    expect(shown).toMatch(/C against A: [−+]?\d+\.\d points \([^)]+\), · open; 168 shared questions/);
    expect(shown).toContain('which of two rates is the larger says nothing then');
  });

  test('colour changes nothing but the colour', () => {
    const coloured = text(TABLE, 120, { coloured: true });
    expect(coloured).toContain('\u001b[32m▼');
    expect(coloured.replaceAll(/\u001b\[[\d;]*m/g, '')).toBe(text(TABLE, 120));
  });

  test.each(HOSTILE)('%s acts in no terminal', (_aim, words) => {
    const shown = text(hostile(words), 80);
    expect(shown).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
    expect(shown).not.toMatch(/::|##\[/);
  });
});

describe('as Markdown', () => {
  const markdown = renderMarkdown(TABLE);

  test('has its tables whole: the models, the scenarios, the kinds, and each kind folded', () => {
    expect(faultsOf(markdown)).toEqual([]);
    expect(markdown.match(/^\|[-:|]+\|$/gm)).toHaveLength(6);
    expect(markdown.match(/^<summary>.*<\/summary>$/gm)).toEqual(
      ['SD', 'SD_TYPO', 'TYPO'].map(kind => `<summary>${kind} alone</summary>`),
    );
  });

  test('a cell has the mark, the rate, its bounds and n', () => {
    expect(markdown).toMatch(
      /^\| \*\*all\*\* \| \*\*\d\d\.\d\*\*<br><sub>\d\d\.\d–\d\d\.\d, n\u00a0168<\/sub> \| ▼\u00a0\*\*/m,
    );
  });

  test.each(HOSTILE)('%s does nothing', (_aim, words) => {
    const shown = renderMarkdown(hostile(words));
    expect(faultsOf(shown)).toEqual([]);
    expect(foreignTags(shown.replaceAll('<br>', ''))).toEqual([]);
    expect(decoded(withoutCode(shown))).not.toMatch(/(?<![\w`])@\w|(?<!\w)#\d|https?:\/\//);
  });
});
