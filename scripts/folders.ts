import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The files under a folder, as sorted relative paths with forward slashes. */
export function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(path.join(folder, name)).isFile())
    .map(name => name.replaceAll(path.sep, '/'))
    .sort();
}

/** The bytes of all files under a folder. */
export function sizeOf(folder: string): number {
  return filesUnder(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);
}

/** In which files two folders differ, a line each, sorted; empty when they hold the same bytes. */
export function differences(wanted: string, found: string): readonly string[] {
  const left = new Set(filesUnder(wanted));
  const right = new Set(filesUnder(found));
  const all = [...new Set([...left, ...right])].sort();
  return all.flatMap(name => {
    if (!right.has(name)) return [`${name} is missing`];
    if (!left.has(name)) return [`${name} should not be there`];
    const same = readFileSync(path.join(wanted, name)).equals(readFileSync(path.join(found, name)));
    return same ? [] : [`${name} differs`];
  });
}

/**
 * What `git commit -a` would get wrong of a folder: its files that git does not track, ignored ones too, and those that
 * git tracks and the folder has not. Empty where `root` is no checkout of its own. Throws when git cannot say.
 */
export function notInGit(root: string, folder: string): readonly string[] {
  if (!existsSync(path.join(root, '.git'))) return [];
  const args = ['ls-files', '--others', '--deleted', '-z', '--', folder];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  return [...new Set(listed.split('\0'))].filter(name => name !== '').sort();
}
