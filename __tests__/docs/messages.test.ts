import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder } from '../../scripts/folders.ts';
import { steady } from '../support/steady.ts';
import { type Node, nodesOf, piecesOf, ROOT, type Source, sourcesUnder } from '../support/syntax.ts';

/**
 * Every sentence that the code may say to a person is shown by some test: all that is constant in it stands, in its
 * order, in one text of a test or in one snapshot. A sentence is any text of three words or more.
 */

/** Files whose texts are no messages: what a model is asked or has said, pages and their parts. */
const NO_MESSAGES = [
  /^src\/benchmark\/(?:controls|prompts)\.ts$/,
  /^src\/judges\/(?:planted-texts|planted-languages|planted-refusals|harmbench|llama-guard|rubric|refusal)\.ts$/,
  /^src\/dataset\/authors\.ts$/,
  // What action.yml says: agreement.test.ts holds the two together.
  /^src\/inputs\/meanings\.ts$/,
  // The renderers' own tests read the whole pages.
  /^src\/report\/(?!(?:held-to-rows|read-report|json|junit|report-schema)\.ts)[\w/-]+\.ts$/,
];

/** Sentences that no test shows, by a part of them, each with the reason. */
const UNSHOWN: Readonly<Record<string, string>> = {
  'cannot be read back from disk': 'a disk that loses what was just written cannot be made here',
  'could not be read back from disk': 'a disk that loses what was just written cannot be made here',
  'px, more than any picture here':
    'the library says it first, in other words: this holds where it should not',
  ', not JPEG, PNG or WebP': 'the library is let read no other: this holds where it did',
  'Pictures of the fixture questions': 'a title that is drawn',
  'has a cubic curve': 'the shipped font has none',
  'unsupported image format': "the library's words, which are looked for and not said",
  'it has more than': "the library's words on too many pixels, looked for and not said",
  'Nothing was found to decide on.': 'every way to decide finds something: this holds where none did',
  'the event names no pull request': 'a context is not made without one: this holds where it were',
  '(a secondary rate limit)': 'for the library that waits; people read what comes of it',
  'The time for GitHub is used up': 'the reason of a signal; people read what comes of it',
  'the published templates': 'the name of a wording, not a sentence',
  'the published data set at': 'it takes the published questions, which are not in the repository',
};

/** Stands where a value is put in. Numbers are all the same here. */
const HOLE = '\u0001';

interface Message {
  readonly at: string;
  readonly pieces: readonly string[];
}

/** Lines may be broken anywhere, and a sentence may begin anywhere. */
const inLine = (text: string): string => steady(text).replace(/\s+/g, ' ').toLowerCase();

const messagesIn = ({ file, nodes }: Source): readonly Message[] =>
  nodes.flatMap(node => {
    const pieces = piecesOf(node);
    if (pieces === null || !isSentence(pieces.join(HOLE))) return [];
    const told = pieces.map(piece => inLine(piece).trim()).filter(piece => /\p{L}/u.test(piece));
    return [{ at: `${file}:${node.line}`, pieces: told }];
  });

const isSentence = (text: string): boolean =>
  (text.match(/(?<![\w-])\p{L}{2,}(?=$|[\s.,:;?!)])/gu)?.length ?? 0) >= 3 && /\p{Ll} \p{Ll}/u.test(text);

const isIn = (pieces: readonly string[], text: string): boolean => {
  let place = 0;
  return pieces.every(piece => {
    const found = text.indexOf(piece, place);
    place = found + piece.length;
    return found >= 0;
  });
};

const messages = sourcesUnder('src')
  .filter(({ file }) => !NO_MESSAGES.some(pattern => pattern.test(file)))
  .flatMap(messagesIn);

/** What a text, or the pattern of one, has in a test. */
function shownIn(node: Node): readonly string[] {
  if (node.type === 'BinaryExpression' && node['operator'] === '+') {
    return [[node['left'], node['right']].flatMap(side => shownIn(side as Node)).join('')];
  }
  if (node.type !== 'RegExpLiteral') return [piecesOf(node)?.join(HOLE) ?? ''];
  return [String(node['pattern']).replace(/\\([^\w])/g, '$1')];
}

const own = '__tests__/docs/messages.test.ts';
const snapshots = filesUnder(path.join(ROOT, '__tests__')).filter(name => name.endsWith('.snap'));
const shown = [
  ...sourcesUnder('__tests__').flatMap(({ file, nodes }) => (file === own ? [] : nodes)),
  ...snapshots.flatMap(name => nodesOf(readFileSync(path.join(ROOT, '__tests__', name), 'utf8'))),
]
  .flatMap(shownIn)
  .filter(text => text.includes(' '))
  .map(inLine);
const isShown = ({ pieces }: Message): boolean => shown.some(text => isIn(pieces, text));
const isExcepted = ({ pieces }: Message): boolean =>
  Object.keys(UNSHOWN).some(known => pieces.some(piece => piece.includes(inLine(known))));

test('the messages are found: more than 500 of them, however they are made', () => {
  expect(messages.length).toBeGreaterThan(500);
  for (const known of [
    'needs prices to count with: set price-prompt and price-completion',
    'give a whole number from 0 to 0',
    'a page of html or xml',
    'the counts of planted answers contradict each other:',
  ]) {
    expect(
      messages.filter(({ pieces }) => pieces.some(piece => piece.endsWith(known))).length,
    ).toBeGreaterThan(0);
  }
});

test('a sentence is shown by one text that has all of it, and by no other', () => {
  expect(isIn(['it has', 'answers of', 'left'], 'it has 3 answers of 7 left')).toBe(true);
  expect(isIn(['it has', 'answers of', 'left'], 'it has 3 answers of 7')).toBe(false);
  expect(isIn(['it has', 'answers of'], 'answers of what it has')).toBe(false);
});

test('every message is shown by a test', () => {
  const unshown = messages.filter(message => !isExcepted(message) && !isShown(message));
  expect(unshown.map(({ at, pieces }) => `${at} ${pieces.join(' … ')}`)).toEqual([]);
});

test('no exception is left that is none any more', () => {
  const idle = Object.keys(UNSHOWN).filter(
    known =>
      !messages.some(
        message => message.pieces.some(piece => piece.includes(inLine(known))) && !isShown(message),
      ),
  );
  expect(idle).toEqual([]);
});
