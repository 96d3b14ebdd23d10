import { plain } from './escape.ts';

/** Text in a terminal's columns. */

/** Parameters of an escape sequence (ECMA-48, SGR). */
export const BOLD = '1';
export const DIM = '2';

/** Puts a line into a colour, or leaves it as it is. */
export type Paint = (codes: string, line: string) => string;

export const painter =
  (coloured: boolean): Paint =>
  (codes, line) =>
    coloured ? `\u001b[${codes}m${line}\u001b[0m` : line;

/** A sentence that hangs behind its mark, for so many columns in all. */
export const hanging = (mark: string, sentence: string, columns = 80): readonly string[] =>
  wrapped(sentence, columns - 4).map((each, n) => `  ${n === 0 ? mark : ' '} ${each}`);

/** What a terminal draws two columns wide (Unicode's East Asian Width W and F, and emoji; Annex 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

const MARK = /\p{M}/u;

const letterWidth = (letter: string): number => (MARK.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1);

/** Columns that text without control characters takes. @internal */
export const width = (text: string): number =>
  [...text].reduce((sum, letter) => sum + letterWidth(letter), 0);

/** Text without anything invisible in exactly so many columns; what was cut off is shown by an ellipsis. */
export function fitted(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const line = plain(text);
  const shown = width(line) <= columns ? line : `${beginning(line, columns - 1)}…`;
  const blank = ' '.repeat(Math.max(0, columns - width(shown)));
  return side === 'left' ? `${shown}${blank}` : `${blank}${shown}`;
}

/** As much of the beginning as fits into so many columns. */
function beginning(text: string, columns: number): string {
  let taken = 0;
  let end = 0;
  for (const letter of text) {
    taken += letterWidth(letter);
    if (taken > columns) break;
    end += letter.length;
  }
  return text.slice(0, end);
}

/** Sentences are shortened to this; a report has them whole. */
const LONGEST = 2000;

/** Lines of at most so many columns, broken between words, or within one that is too long for a line. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of splitWords(plain(text), columns)) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

function splitWords(text: string, columns: number): readonly string[] {
  const whole = text.length > LONGEST ? `${beginning(text, LONGEST)}…` : text;
  return whole
    .split(' ')
    .filter(word => word !== '')
    .flatMap(word => pieces(word, columns));
}

function pieces(word: string, columns: number): readonly string[] {
  const all: string[] = [];
  for (let rest = word; rest !== ''; ) {
    const piece = beginning(rest, columns) || [...rest].slice(0, 1).join('');
    all.push(piece);
    rest = rest.slice(piece.length);
  }
  return all;
}
