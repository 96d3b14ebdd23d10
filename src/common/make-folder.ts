import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from './fault.ts';

/**
 * Makes a folder and those above it, one after the other: of Node's `recursive` no answer ever comes where a folder
 * takes no other, as `/proc` does. Others may make the same ones meanwhile. Rejects with the system's fault.
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await makeLast(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await makeFolder(path.dirname(path.resolve(folder)));
    await makeLast(folder);
  }
}

async function makeLast(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(await isFolder(folder))) throw error;
  }
}

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    found => found.isDirectory(),
    () => false,
  );
