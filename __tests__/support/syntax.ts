import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { filesUnder } from '../../scripts/folders.ts';

/** The project's own sources as syntax trees: what the tests that hold the house together look at. */

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** A part of a tree, by swc's names. */
export interface Node {
  readonly type: string;
  readonly line: number;
  /** The line that it ends in. */
  readonly last: number;
  readonly [field: string]: unknown;
}

export interface Source {
  /** Relative to the project's root. */
  readonly file: string;
  readonly lines: readonly string[];
  readonly nodes: readonly Node[];
}

const known = new Map<string, readonly Source[]>();

/** The TypeScript files under a folder of the project. */
export function sourcesUnder(folder: string): readonly Source[] {
  const sources =
    known.get(folder) ??
    filesUnder(path.join(ROOT, folder))
      .filter(name => name.endsWith('.ts'))
      .map(name => sourceOf(`${folder}/${name}`));
  known.set(folder, sources);
  return sources;
}

function sourceOf(file: string): Source {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  return { file, lines: text.split('\n'), nodes: nodesOf(text) };
}

/** All parts of the tree of a text in TypeScript, from above to below. */
export function nodesOf(text: string): readonly Node[] {
  // A statement in front of everything has the place that swc counts from: in bytes, over all that it reads.
  const tree = parseSync(`;${text}`, { syntax: 'typescript', target: 'es2024' });
  const bytes = Buffer.from(text);
  const breaks = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at);
  const lineAt = (place: number) => 1 + countBelow(breaks, place - tree.span.start - 1);
  const nodes: Node[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && 'span' in value) {
      const { start, end } = value.span as typeof tree.span;
      Object.assign(value, { line: lineAt(start), last: lineAt(end - 1) });
      nodes.push(value as unknown as Node);
    }
    Object.values(value).forEach(walk);
  };
  walk(tree.body);
  return nodes;
}

/** How many of sorted numbers lie below one. */
function countBelow(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What stands between the values that are put into a text; null for a part of a tree that is no text. */
export function piecesOf(node: Node): readonly string[] | null {
  if (node.type === 'StringLiteral') return [String(node['value'])];
  if (node.type !== 'TemplateLiteral' || !Array.isArray(node['quasis'])) return null;
  return node['quasis'].map(({ cooked, raw }) => String(cooked ?? raw));
}
