import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../common/fault.ts';
import { folderPictures } from '../pictures/folder.ts';
import { loadAuthors } from './authors.ts';
import { type Dataset, DatasetError } from './dataset.ts';

/**
 * Loads the data set from a folder laid out like the authors' repository.
 * Throws DatasetError when the folder or one of its files cannot be used.
 */
export async function loadFolder(folder: string): Promise<Dataset> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new DatasetError(
      `dataset "${folder}" is not a folder: give one laid out like the authors' repository, or "published"`,
    );
  }
  const read = async (path: string): Promise<Uint8Array> => {
    try {
      return await readFile(join(folder, path));
    } catch (error) {
      const code = codeOf(error);
      throw new DatasetError(
        code === 'ENOENT'
          ? `${path} is missing in dataset folder "${folder}": add it as the authors' repository has it, or give another folder`
          : `${path} cannot be read (${code}) in dataset folder "${folder}": let it be read, or give another folder`,
      );
    }
  };
  return loadAuthors(read, folder, folderPictures(folder));
}
