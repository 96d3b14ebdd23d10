import { count } from '../gate/words.ts';
import { text } from './escape.ts';
import { titleOf } from './words.ts';

/** A column's heading and to which side its cells lean. */
export type MarkdownColumn = readonly [heading: string, side?: 'right'];

/** A table of Markdown that is already escaped; empty without rows. */
export function table(columns: readonly MarkdownColumn[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(([heading]) => heading)),
    `|${columns.map(([, side]) => (side ? '---:' : '---')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

/** A part that is folded until somebody opens it; empty without a body. */
export const folded = (title: string, body: string): string =>
  body === ''
    ? ''
    : `<details>\n<summary>${title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</summary>\n\n${body}\n\n</details>`;

/** Parts one below the other, those that are empty left out. */
export const joined = (...parts: readonly string[]): string => parts.filter(part => part !== '').join('\n\n');

export const bullets = (sentences: readonly string[]): string =>
  sentences.map(sentence => `- ${sentence}`).join('\n');

/** Pairs `{scenario}/{id}/{kind}` with the ids of a scenario in one row, at most so many of all. */
export function byScenario(pairs: readonly string[], most: number): string {
  const groups = Map.groupBy(pairs.slice(0, most), pair => pair.split('/')[0] ?? '');
  const rows = [...groups].map(([scenario, own]) => [
    text(titleOf(scenario), 60).replaceAll(' ', '\u00a0'),
    own.map(pair => text(pair.split('/').slice(1).join('\u00a0'), 60)).join(', '),
  ]);
  const rest = pairs.length - most;
  return joined(
    table([['Scenario'], ['Questions and kinds']], rows),
    rest > 0 ? `and ${count(rest)} more in \`report.json\`` : '',
  );
}

/** Somebody else's sentence: nothing but words, between quotation marks, and not too many of them. */
export const inQuotes = (sentence: string): string => `“${text(sentence, 300)}”`;

/** Sentences as bullets, at most so many of them. */
export function sentences(
  all: readonly string[],
  most: number,
  shownAs: (sentence: string) => string = text,
): string {
  const shown = all.slice(0, most).map(each => shownAs(each));
  const rest = all.length - shown.length;
  return bullets(rest > 0 ? [...shown, `and ${count(rest)} more`] : shown);
}
