import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder } from '../../scripts/folders.ts';

/** Holds the sources to the directions of the house, by their import lines. */

const SRC = path.resolve(import.meta.dirname, '../../src');
const DOORS = ['action.ts', 'merge.ts', 'publish.ts', 'cli.ts'];
const PURE = ['benchmark', 'statistics', 'gate', 'report'];
/** Folders whose files do one thing, and know nothing of the run around it. */
const LOW = [
  'benchmark',
  'dataset',
  'pictures',
  'endpoint',
  'judges',
  'journal',
  'statistics',
  'gate',
  'report',
];
/** Packages for development that work without being named. */
const UNNAMED: Readonly<Record<string, string>> = {
  '@swc/core': 'what @swc/jest compiles with',
  '@types/jest': 'types of the global names of the tests',
  '@types/node': 'types of Node',
  '@types/opentype.js': 'types of opentype.js',
};
/** Built-in modules that touch nothing outside the process. */
const HARMLESS = ['node:crypto', 'node:path', 'node:util'];

interface Import {
  readonly file: string;
  /** A file under src, or a package or built-in module. */
  readonly of: string;
  readonly isType: boolean;
}

const files = filesUnder(SRC).filter(name => name.endsWith('.ts'));
const imports = files.flatMap(importsOf);

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  const still = /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
  const later = /\bimport\((type\s)?'([^']+)'\)/g;
  return [...text.matchAll(still), ...text.matchAll(later)].map(([, type, name = '']) => ({
    file,
    of: name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name,
    isType: type !== undefined,
  }));
}

const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const shown = (each: Import): string => `${each.file} imports ${each.of}`;

test('the import lines are read: every file is named by another one, or is a door', () => {
  const named = new Set(imports.map(each => each.of));
  expect(files.filter(file => !named.has(file) && !DOORS.includes(file))).toEqual([]);
});

test('benchmark, statistics, gate and report import nothing that does input or output', () => {
  const impure = imports
    .filter(each => PURE.includes(folderOf(each.file)) && !each.isType)
    .filter(each => (files.includes(each.of) ? !PURE.includes(folderOf(each.of)) : isImpure(each.of)));
  expect(impure.map(shown)).toEqual([]);
});

const isImpure = (name: string): boolean => name !== 'zod' && !HARMLESS.includes(name);

test('github is imported only by the doors', () => {
  const strangers = imports
    .filter(each => folderOf(each.of) === 'github' && files.includes(each.of))
    .filter(each => folderOf(each.file) !== 'github' && !DOORS.includes(each.file));
  expect(strangers.map(shown)).toEqual([]);
});

test('no door is imported', () => {
  expect(imports.filter(each => DOORS.includes(each.of)).map(shown)).toEqual([]);
});

test('no imports go in a circle', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, above: readonly string[]): void => {
    if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' → '));
    if (above.includes(file) || done.has(file)) return;
    for (const each of imports) if (each.file === file) walk(each.of, [...above, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

test('no file has more than 300 lines', () => {
  const long = files.filter(file => readFileSync(path.join(SRC, file), 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
});

test('every export is used: by another file, or in its own', () => {
  const users = ['src', 'scripts', 'bench', 'fixtures'].flatMap(folder =>
    sourcesOf(path.resolve(SRC, '..', folder)),
  );
  const declared = /^export\s+(?:async\s+)?(?:const|function\*?|class|interface|type)\s+(\w+)/gm;
  const dead = files
    .filter(file => !DOORS.includes(file))
    .flatMap(file => {
      const names = readFileSync(path.join(SRC, file), 'utf8').matchAll(declared);
      return [...names].map(([, name = '']) => ({ file, name }));
    })
    .filter(({ name }) => users.reduce((sum, text) => sum + timesNamed(name, text), 0) < 2);
  expect(dead).toEqual([]);
});

const sourcesOf = (folder: string): readonly string[] =>
  filesUnder(folder)
    .filter(name => name.endsWith('.ts'))
    .map(name => readFileSync(path.join(folder, name), 'utf8'));

const timesNamed = (name: string, text: string): number =>
  text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;

test('no folder is imported by one that it imports itself: a circle of folders is one of the house, types aside', () => {
  const between = imports
    .filter(each => !each.isType && files.includes(each.of))
    .map(each => [folderOf(each.file), folderOf(each.of)] as const)
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
  const upwards = imports
    .filter(each => !each.isType && files.includes(each.of) && !shared.includes(each.of))
    .filter(({ file, of }) => LOW.includes(folderOf(file)) && folderOf(of) === '');
  expect(upwards.map(shown)).toEqual([]);
});

test('an export is used outside its file', () => {
  const users = ['src', 'scripts', 'bench', 'fixtures', '__tests__'].flatMap(folder =>
    filesUnder(path.resolve(SRC, '..', folder))
      .filter(name => name.endsWith('.ts'))
      .map(name => path.resolve(SRC, '..', folder, name)),
  );
  const texts = new Map(users.map(file => [file, readFileSync(file, 'utf8')]));
  const values = /^export\s+(?:async\s+)?(?:const|function\*?|class)\s+(\w+)/gm;
  const idle = files
    .filter(file => !DOORS.includes(file))
    .flatMap(file => {
      const own = path.join(SRC, file);
      const names = [...(texts.get(own) ?? '').matchAll(values)].map(([, name = '']) => name);
      return names
        .filter(name => ![...texts].some(([other, text]) => other !== own && timesNamed(name, text) > 0))
        .map(name => `${file}: ${name}`);
    });
  expect(idle).toEqual([]);
});

test('every package that is imported is listed, and every listed one is used', () => {
  const read = (name: string): string => readFileSync(path.resolve(SRC, '..', name), 'utf8');
  // All of them are for development: dist carries what runs.
  const listed = Object.keys(JSON.parse(read('package.json')).devDependencies);
  const packages = imports
    .map(({ of }) => of)
    .filter(of => !of.startsWith('node:') && !of.startsWith('..') && !files.includes(of))
    .map(of => /^(?:@[^/]+\/)?[^/]+/.exec(of)?.[0] ?? of);
  expect([...new Set(packages)].filter(name => !listed.includes(name))).toEqual([]);
  const named = ['src', 'scripts', 'bench', 'fixtures', '__tests__']
    .flatMap(folder => sourcesOf(path.resolve(SRC, '..', folder)))
    .concat(
      read('package.json').split('"devDependencies"')[0] ?? '',
      read('jest.config.js'),
      read('biome.json'),
    )
    .join('\n');
  expect(listed.filter(name => !named.includes(name) && !(name in UNNAMED))).toEqual([]);
});
