import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { ActionFile } from './docs-tables.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** The file that has the descriptions of action.yml's inputs in it: at a terminal there is no action.yml. */
export const MEANINGS_FILE = 'src/inputs/meanings.ts';

/** What stands in that file, as the formatter writes it. */
export function meaningsModule({ inputs }: ActionFile): string {
  const meanings = Object.entries(inputs).map(([name, { description }]) => [name, description.trim()]);
  const source = `/** What each input means: made from action.yml by \`npm run docs\`. */
export const MEANINGS: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(meanings))};
`;
  const biome = path.join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const format = [biome, 'format', `--stdin-file-path=${MEANINGS_FILE}`];
  return execFileSync(process.execPath, format, { cwd: ROOT, input: source, encoding: 'utf8' });
}
