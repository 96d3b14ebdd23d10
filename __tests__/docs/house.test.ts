import path from 'node:path';
import { type Node, type Source, sourcesUnder } from '../support/syntax.ts';

/** Holds the sources to the house: its directions, what the pure parts may touch, and how long a file and a function are. */

const DOORS = ['action.ts', 'merge.ts', 'publish.ts', 'cli.ts'];
/** Folders without input and output, and what else of the house each of them imports. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  benchmark: [],
  statistics: [],
  gate: ['statistics'],
  report: ['benchmark', 'statistics', 'gate'],
};
/** Folders whose files do one thing, and know nothing of the run around it. */
const LOW = [
  ...Object.keys(PURE),
  'common',
  'dataset',
  'pictures',
  'endpoint',
  'judges',
  'journal',
  'finding',
];
/** What comes from outside a pure function: the clock, chance, the network and the process, by their global names. */
const OUTSIDE = [
  ...['fetch', 'process', 'performance', 'crypto', 'console', 'globalThis', 'require', 'WebSocket'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
];
/** What a pure folder may have from elsewhere. */
const HARMLESS = ['zod', 'node:crypto', 'node:path', 'node:util'];
/** A screen, in lines. */
const SCREEN = 60;
interface Import {
  readonly file: string;
  /** A file under src, a package or built-in module, or null where it is worked out while running. */
  readonly of: string | null;
  readonly isType: boolean;
}

const sources = sourcesUnder('src').map(source => ({ ...source, file: source.file.slice('src/'.length) }));
const files = sources.map(({ file }) => file);
const imports = sources.flatMap(importsOf);

function importsOf({ file, nodes }: Source): readonly Import[] {
  return nodes.flatMap(node => {
    const from = sourceOf(node);
    if (from === undefined) return [];
    const name = (from as Node | null)?.['value'];
    const isLocal = typeof name === 'string' && name.startsWith('.');
    const of = isLocal ? path.posix.join(path.posix.dirname(file), name) : name;
    const isType = node['typeOnly'] === true || node.type === 'TsImportType';
    return [{ file, of: typeof of === 'string' ? of : null, isType }];
  });
}

/** What a part of a tree imports; undefined when it imports nothing, null when that is no plain text. */
function sourceOf(node: Node): unknown {
  if (node.type === 'TsImportType') return node['argument'];
  if (node.type.startsWith('Import') || node.type.startsWith('Export')) return node['source'] ?? undefined;
  if (node.type !== 'CallExpression' || (node['callee'] as Node).type !== 'Import') return undefined;
  const [{ expression } = { expression: null }] = node['arguments'] as { expression: Node }[];
  return expression?.type === 'StringLiteral' ? expression : null;
}

const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const isOurs = (of: string | null): of is string => of !== null && files.includes(of);
const shown = (each: Import): string => `${each.file} imports ${each.of}`;

test('the imports are read: every file is named by another one, or is a door', () => {
  const named = new Set(imports.map(each => each.of));
  expect(files.filter(file => !named.has(file) && !DOORS.includes(file))).toEqual([]);
});

test('every import says plainly what it imports', () => {
  expect(imports.filter(({ of }) => of === null).map(shown)).toEqual([]);
});

describe.each(Object.entries(PURE))('%s', (folder, below) => {
  const own = sources.filter(({ file }) => folderOf(file) === folder);

  test('imports nothing that does input or output, and of the house only what is below it', () => {
    const strangers = imports
      .filter(each => folderOf(each.file) === folder && !each.isType)
      .filter(({ of }) =>
        isOurs(of) ? ![folder, ...below].includes(folderOf(of)) : !HARMLESS.includes(of ?? ''),
      );
    expect(own.length).toBeGreaterThan(2);
    expect(strangers.map(shown)).toEqual([]);
  });

  test('takes time, chance and the network as parameters', () => {
    expect(own.flatMap(outsideIn)).toEqual([]);
  });
});

test('what a pure folder may not touch is found', () => {
  const found = sources.filter(({ file }) => !(folderOf(file) in PURE)).flatMap(outsideIn);
  for (const name of ['fetch', 'process', 'Date.now', 'setTimeout', 'randomUUID']) {
    expect(found.some(each => each.endsWith(` ${name}`))).toBe(true);
  }
});

function outsideIn({ file, nodes }: Source): readonly string[] {
  // A field may have any name.
  const fields = new Set(
    nodes.flatMap(node => [node['property'], node['key'], node.type === 'Parameter' ? node['pat'] : null]),
  );
  return nodes.flatMap(node => {
    const name = outsideName(node);
    return name === null || fields.has(node) ? [] : [`${file}:${node.line} ${name}`];
  });
}

function outsideName(node: Node): string | null {
  const text = (part: unknown): string => String((part as Node | undefined)?.['value']);
  switch (node.type) {
    case 'Identifier':
      return OUTSIDE.includes(text(node)) ? text(node) : null;
    case 'ImportSpecifier':
      return /^random/.test(text(node['local'])) && !/random(?:32)?$/.test(text(node['local']))
        ? text(node['local'])
        : null;
    case 'MemberExpression': {
      const name = `${text(node['object'])}.${text(node['property'])}`;
      return ['Date.now', 'Math.random'].includes(name) ? name : null;
    }
    case 'NewExpression':
      return text(node['callee']) === 'Date' && !(node['arguments'] as Node[] | undefined)?.length
        ? 'new Date()'
        : null;
    default:
      return null;
  }
}

test('github is imported only by the doors', () => {
  const strangers = imports
    .filter(({ of }) => isOurs(of) && folderOf(of) === 'github')
    .filter(each => folderOf(each.file) !== 'github' && !DOORS.includes(each.file));
  expect(strangers.map(shown)).toEqual([]);
});

test('no door is imported', () => {
  expect(imports.filter(({ of }) => of !== null && DOORS.includes(of)).map(shown)).toEqual([]);
});

test('no imports go in a circle', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, above: readonly string[]): void => {
    if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' → '));
    if (above.includes(file) || done.has(file)) return;
    for (const each of imports) if (each.file === file && isOurs(each.of)) walk(each.of, [...above, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

test('no folder is imported by one that it imports itself: a circle of folders is one of the house, types aside', () => {
  const between = imports
    .flatMap(({ file, of, isType }) =>
      isType || !isOurs(of) ? [] : [[folderOf(file), folderOf(of)] as const],
    )
    .filter(([from, to]) => from !== '' && to !== '' && from !== to);
  const reaches = (from: string, to: string, seen: readonly string[] = []): boolean =>
    between.some(
      ([one, other]) =>
        one === from && (other === to || (!seen.includes(other) && reaches(other, to, [...seen, other]))),
    );
  const folders = [...new Set(between.flat())];
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter(folder => reaches(folder, folder))).toEqual([]);
});

test('what the run is made of imports none of the files that conduct it', () => {
  // inputs.ts is the one configuration; these two are words that every part shares.
  const shared = ['inputs.ts', 'tool.ts', 'progress.ts'];
  const upwards = imports.filter(
    ({ file, of, isType }) =>
      !isType && isOurs(of) && !shared.includes(of) && LOW.includes(folderOf(file)) && folderOf(of) === '',
  );
  expect(upwards.map(shown)).toEqual([]);
});

const everything = ['src', 'scripts', 'bench', 'fixtures', '__tests__'].flatMap(sourcesUnder);

test('a file with more than 300 lines gives its reason in its first line', () => {
  // The last line ends with a break.
  const long = everything.filter(({ lines }) => lines.length > 301);
  expect(
    long.filter(({ lines }) => !/^\/\*\* Long: .{20,} \*\/$/.test(lines[0] ?? '')).map(({ file }) => file),
  ).toEqual([]);
});

/** Functions with their lines, those inside them counted as well. */
const functions = ['src', 'scripts', 'bench', 'fixtures'].flatMap(sourcesUnder).flatMap(({ file, nodes }) =>
  nodes
    .filter(({ type }) =>
      /^(?:Function|ArrowFunction)(?:Declaration|Expression)$|^ClassMethod$|^MethodProperty$/.test(type),
    )
    .map(node => {
      const name = (node['identifier'] ?? node['key']) as Node | undefined;
      return { name: `${file} ${name?.['value'] ?? `line ${node.line}`}`, lines: node.last - node.line + 1 };
    }),
);

test('a function fits a screen', () => {
  expect(functions.length).toBeGreaterThan(1000);
  expect(functions.filter(({ lines }) => lines > SCREEN)).toEqual([]);
});
