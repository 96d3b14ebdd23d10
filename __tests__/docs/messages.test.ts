import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder } from '../../scripts/folders.ts';

/**
 * Every sentence in which the code tells a person what is wrong is shown by some test: a piece of it that is long
 * enough to be no chance stands in one. The sentences are found by how they are made, and by the advice they give.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Where an error, an answer that is none, or a refusal is made, up to the end of what it is made of. */
const MADE =
  /\b(?:new \w*(?:Error|Fault|Problem)|noAnswer|unjudged|refusal|core\.(?:warning|error))\(([\s\S]{1,600}?)\)(?:[;,:]|\n)/g;
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|"((?:[^"\\\n]|\\.)*)"/g;
/** Words after which a person is told what to do. */
const ADVICE =
  /input "|(?:: |; |, )(?:give|set|use|check|make|raise|name|leave|add|keep|run|upload|join|take|fetch|choose|see) /;

/** Pieces of a sentence this long are no chance (characters); a shorter sentence has to be there whole. */
const TELLING = 16;

/** Files whose texts are no messages: what a model is asked, or said to have answered. */
const TEXTS = ['benchmark/controls.ts', 'judges/planted-texts.ts', 'judges/rubric.ts', 'judges/harmbench.ts'];

/** Sentences that no test shows, by their beginning, each with the reason. */
const UNSHOWN: Readonly<Record<string, string>> = {
  'could not be read back from disk': 'a disk that loses what was just written cannot be made here',
  'px, more than any picture here':
    'the library says it first, in other words: this holds where it should not',
  'GitHub lists the folder only in part': 'it takes a folder of 100,000 files, which the stand-in has not',
};

interface Message {
  readonly file: string;
  readonly line: number;
  /** What stands between the values that are put in. */
  readonly pieces: readonly string[];
}

const literalsIn = (text: string): readonly string[] =>
  [...text.matchAll(LITERAL)].map(([, one, two, three]) =>
    (one ?? two ?? three ?? '').replaceAll("\\'", "'"),
  );

const piecesOf = (literal: string): readonly string[] =>
  literal
    .replace(/\$\{[^}]*$/, '')
    .split(/\$\{[^}]*\}+/)
    .map(piece => piece.trim())
    // A word with hyphens is a reason's name, for the code.
    .filter(piece => piece.length >= 8 && !/^[a-z-]+$/.test(piece));

function messagesIn(file: string): readonly Message[] {
  const text = readFileSync(path.join(ROOT, 'src', file), 'utf8');
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  const made = [...text.matchAll(MADE)].map(({ 1: inside = '', index }) => ({
    file,
    line: lineAt(index),
    pieces: literalsIn(inside).flatMap(piecesOf),
  }));
  const advised = [...text.matchAll(LITERAL)]
    .filter(([literal]) => ADVICE.test(literal))
    .map(({ 0: literal, index }) => ({
      file,
      line: lineAt(index),
      pieces: literalsIn(literal).flatMap(piecesOf),
    }));
  return [...made, ...advised].filter(({ pieces }) => pieces.length > 0);
}

/** Whether a piece, or enough of it, stands in a text. */
function isIn(piece: string, text: string): boolean {
  if (piece.length <= TELLING) return text.includes(piece);
  return Array.from({ length: piece.length - TELLING + 1 }, (_, at) => piece.slice(at, at + TELLING)).some(
    window => text.includes(window),
  );
}

const sources = filesUnder(path.join(ROOT, 'src')).filter(
  name => name.endsWith('.ts') && !TEXTS.includes(name),
);
const messages = sources.flatMap(messagesIn);
const tests = filesUnder(path.join(ROOT, '__tests__'))
  .filter(name => name.endsWith('.ts') && name !== 'docs/messages.test.ts')
  .map(name => readFileSync(path.join(ROOT, '__tests__', name), 'utf8').replaceAll("\\'", "'"))
  .join('\n');

const isExcepted = ({ pieces }: Message): boolean =>
  Object.keys(UNSHOWN).some(known => pieces.some(piece => piece.startsWith(known)));

test('the messages are found: more than 200 of them, the best known among them', () => {
  expect(messages.length).toBeGreaterThan(200);
  const all = messages.flatMap(({ pieces }) => pieces);
  expect(
    all.some(piece => piece.endsWith('needs prices to count with: set price-prompt and price-completion')),
  ).toBe(true);
  expect(all.some(piece => piece.includes('it stopped for length before any text'))).toBe(true);
  expect(isIn('a sentence that no test has in it, ever', tests.replaceAll(/\s/g, '_'))).toBe(false);
});

test('every message is shown by a test', () => {
  const unshown = messages.filter(
    message => !isExcepted(message) && !message.pieces.some(piece => isIn(piece, tests)),
  );
  expect(unshown.map(({ file, line, pieces }) => `${file}:${line} ${pieces.join(' … ')}`)).toEqual([]);
});

test('no exception is left that is none any more', () => {
  const idle = Object.keys(UNSHOWN).filter(
    known => !messages.some(({ pieces }) => pieces.some(piece => piece.startsWith(known))),
  );
  expect(idle).toEqual([]);
});
