import { randomUUID } from 'node:crypto';
import { readdir, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, diskTrouble, WORK_FOLDER } from './fault.ts';
import { makeFolder } from './make-folder.ts';
import { writeWhole } from './write-whole.ts';

/** What a file meets that is to take a folder's place. */
const FOLDER_IN_THE_WAY: ReadonlySet<string> = new Set(['EISDIR', 'ENOTEMPTY']);

/** A temporary file this old was left by a process that was killed. */
const STALE_MS = 3_600_000;

/**
 * Writes a file below the folder `root`: beside its place, and moves it there, so that no reader, in this process or
 * another, ever meets half a file. Rejects with one line that names `root` and says what to do; nothing is left then.
 *
 * @param place relative to `root`
 */
export async function keepFile(root: string, place: string, bytes: Uint8Array): Promise<void> {
  const file = path.join(root, place);
  try {
    await ownFolder(root, path.dirname(file));
    await ownFolder(root, waitingFolder(root));
    const waiting = path.join(waitingFolder(root), `${path.basename(file)}.${randomUUID()}`);
    await writeWhole(file, bytes, waiting);
  } catch (error) {
    const place = FOLDER_IN_THE_WAY.has(codeOf(error)) ? `kept as ${file}` : `kept in ${root}`;
    throw new Error(`nothing can be ${place}: ${diskTrouble(error, WORK_FOLDER)}`);
  }
}

/** Makes a folder below `root`, unless a link of that name would lead out of it. */
async function ownFolder(root: string, folder: string): Promise<void> {
  await makeFolder(folder);
  const expected = path.join(await realpath(root), path.relative(root, folder));
  if ((await realpath(folder)) !== expected) throw new Error(`${folder} is a link`);
}

/** Where files wait until they are whole, or gone out; hidden, so that it is not kept between runs. */
export const waitingFolder = (root: string): string => path.join(root, '.waiting');

/** Removes what killed processes left. Never rejects. */
export async function removeStale(root: string): Promise<void> {
  const folder = waitingFolder(root);
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    const age = await stat(file).then(
      info => Date.now() - info.mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(file, { force: true }).catch(() => undefined);
  }
}
