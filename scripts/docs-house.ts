import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesUnder } from './folders.ts';

const SRC = path.resolve(import.meta.dirname, '../src');
const DOORS = ['action.ts', 'merge.ts', 'publish.ts', 'cli.ts'];

/** In the order of a run, which is the order that the house is read in. */
const PARTS: readonly (readonly [string, string])[] = [
  ['doors', 'doors: action, merge, publish, cli'],
  ['inputs', 'inputs: strings to one RunConfig'],
  ['run', 'run: evaluate.ts and what stands beside it'],
  ['finding', 'finding: results to a verdict with its numbers'],
  ['merging', 'merging: shards to one report'],
  ['comparing', 'comparing: models side by side'],
  ['judge-check', 'judge-check: a judge against people, without a run'],
  ['benchmark', 'benchmark: what MM-SafetyBench is'],
  ['dataset', 'dataset: questions and pictures, samples'],
  ['pictures', 'pictures: set, composed, drawn, kept'],
  ['endpoint', 'endpoint: pacing, retries, what is an answer'],
  ['judges', 'judges: one each, the panel, their measure'],
  ['journal', 'journal: every answer on disk'],
  ['common', 'common: words for faults, hashes, JSON'],
  ['statistics', 'statistics: pure functions on numbers'],
  ['gate', 'gate: estimates to a verdict'],
  ['report', 'report: one value, many renderers'],
  ['github', 'github: comment, files, branch, issue, cache'],
];
const NAMES = PARTS.map(([name]) => name);

const partOf = (file: string): string => {
  const folder = file.split('/')[0] ?? '';
  // The terminal's door has a folder of its own beside it.
  if (DOORS.includes(file) || folder === 'cli') return 'doors';
  if (file === 'inputs.ts') return 'inputs';
  if (!file.includes('/')) return 'run';
  if (!NAMES.includes(folder))
    throw new Error(`src/${folder} has no place in the picture of the house: give it one`);
  return folder;
};

/** Which parts of the house a part imports, types aside. */
function directions(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map(NAMES.map(name => [name, new Set<string>()]));
  for (const file of filesUnder(SRC).filter(name => name.endsWith('.ts'))) {
    const text = readFileSync(path.join(SRC, file), 'utf8');
    for (const [, names = '', from = ''] of text.matchAll(
      /^import\s+(?!type\s)([^'";]*?)\s+from\s+'(\.[^']+)'/gm,
    )) {
      // A line of types alone inside the braces is one for the checker.
      const isTypes =
        names.startsWith('{') &&
        names
          .slice(1, -1)
          .split(',')
          .every(each => /^\s*(type\s.*)?$/.test(each));
      const target = path.posix.join(path.posix.dirname(file), from);
      // The demo's endpoint lies outside.
      if (target.startsWith('..')) continue;
      const to = partOf(target);
      if (!isTypes && to !== partOf(file)) found.get(partOf(file))?.add(to);
    }
  }
  return found;
}

/** Without the arrows that a longer way says already: the picture is to be read. */
function reduced(all: ReadonlyMap<string, ReadonlySet<string>>): readonly (readonly [string, string])[] {
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(all.get(from) ?? [])].some(next => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return NAMES.flatMap(from =>
    NAMES.filter(to => all.get(from)?.has(to))
      .filter(to => ![...(all.get(from) ?? [])].some(over => over !== to && reaches(over, to)))
      .map(to => [from, to] as const),
  );
}

/** The house as a Mermaid diagram, from its import lines. */
export function houseDiagram(): string {
  return [
    '```mermaid',
    'flowchart TD',
    ...PARTS.map(([name, title]) => `  ${name}["${title}"]`),
    ...reduced(directions()).map(([from, to]) => `  ${from} --> ${to}`),
    '```',
    '',
  ].join('\n');
}
