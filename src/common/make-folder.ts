import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './fault.ts';

/**
 * Makes a folder and those above it, one after the other: of Node's `recursive` no answer ever comes where a folder
 * takes no other, as `/proc` does. Rejects with the system's fault.
 */
export async function makeFolder(folder: string): Promise<void> {
  const above = path.dirname(path.resolve(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    if (await isFolder(folder)) return;
    if (codeOf(error) !== 'ENOENT' || (await isFolder(above))) throw error;
    await makeFolder(above);
    await makeFolder(folder);
  }
}

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    found => found.isDirectory(),
    () => false,
  );
