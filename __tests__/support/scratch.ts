import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

let home = '';

/** Gives each test of the file a folder of its own, which goes with it. */
export function withScratch(): void {
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'scratch-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));
}

/** The path of a name in the test's folder. */
export const at = (name: string): string => path.join(home, name);

/** Writes a file into the test's folder and gives its path. */
export function written(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}
