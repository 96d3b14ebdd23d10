import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Pair } from '../benchmark/pair.ts';
import { codeOf, messageOf } from '../common/fault.ts';
import type { DatasetPictures } from './picture.ts';

/** The authors' pictures are under 1 MB; no file this large is read. */
export const MAX_PICTURE_BYTES = 32 * 2 ** 20;

/**
 * The pictures of a data set folder: `data/imgs/{scenario}/{SD|SD_TYPO|TYPO}/{id}.jpg`, or `.png`. `read`
 * tells where there is no such file, and rejects with one line that names the file when it cannot
 * be read, is larger than 32 MB, or lies outside the folder (a link, an id that is a path).
 */
export function folderPictures(root: string): DatasetPictures {
  // Most data sets have no folder of TYPO: one look tells that for all of its pictures.
  const folders = new Map<string, Promise<boolean>>();
  const isThere = (folder: string): Promise<boolean> => {
    const found = folders.get(folder) ?? stat(path.join(root, folder)).then(...FOUND_OR_MISSING);
    folders.set(folder, found);
    return found;
  };
  return {
    prepare: async () => {},
    revision: () => '',
    unused: () => [],
    async read({ question, kind }: Pair) {
      const folder = `data/imgs/${question.scenario.name}/${kind}`;
      const place = `${folder}/${question.id}`;
      const bytes = (await isThere(folder))
        ? ((await readInside(root, `${place}.jpg`)) ?? (await readInside(root, `${place}.png`)))
        : undefined;
      const missing = `the data set has no ${kind} picture of ${question.key} (${place}.jpg): add it, or set image-source to generated`;
      return bytes ? { bytes } : { missing };
    },
  };
}

const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Whatever else is wrong with a folder is told where its first picture is read. */
const FOUND_OR_MISSING = [() => true, (error: unknown) => !MISSING.has(codeOf(error))] as const;

async function readInside(root: string, place: string): Promise<Uint8Array | undefined> {
  const file = path.join(root, place);
  try {
    const real = await realpath(file);
    if (!isInside(await realpath(root), real)) throw new Error('it lies outside the data set folder');
    const info = await stat(real);
    if (!info.isFile()) throw new Error('it is no file');
    if (info.size > MAX_PICTURE_BYTES) throw new Error('it is larger than 32 MB');
    return await readFile(real);
  } catch (error) {
    if (MISSING.has(codeOf(error))) return undefined;
    throw new Error(`the picture ${file} cannot be read: ${messageOf(error)}`);
  }
}

function isInside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
