import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file, whole or not at all. Rejects with the system's fault, and leaves nothing behind.
 *
 * @param waiting where it lies until it is whole; nothing is there yet
 */
export async function writeWhole(path: string, bytes: Uint8Array, waiting: string): Promise<void> {
  try {
    await writeFile(waiting, bytes, { flag: 'wx' });
    await rename(waiting, path);
  } catch (error) {
    await rm(waiting, { force: true });
    throw error;
  }
}
