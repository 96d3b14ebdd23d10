import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, lstat, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

/**
 * A folder as one file: a line that says what this is, a line of JSON that lists the files, and then their bytes
 * one after the other. The runner's cache keeps folders as tar archives, and unpacks them with names as they
 * stand, also such as lead out of the folder; a single file of a known format leaves no name to be trusted.
 */
const MAGIC = 'mm-safetybench-gate cache 1\n';
const PIECE = 1024 ** 2;
const LONGEST_LIST = 64 * 1024 ** 2;
/** Bytes that a pack may have, and files. */
export const LARGEST_PACK = 8 * 1024 ** 3;
const MOST_FILES = 200_000;

/** Plain names below the folder: no `..`, no root, no drive, nothing hidden. */
const PATH = /^[A-Za-z0-9_][\w.-]{0,127}(\/[A-Za-z0-9_][\w.-]{0,127}){0,7}$/;

const LIST = z
  .array(
    z.strictObject({
      path: z.string().regex(PATH),
      size: z.int().min(0).max(LARGEST_PACK),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  )
  .max(MOST_FILES);

/** One file of a folder: its path with `/`, its size in bytes, its SHA-256 in hex. */
export type PackedFile = z.output<typeof LIST>[number];

/** A pack that is not what this project writes. Its message quotes nothing of the pack. @internal */
export class PackError extends Error {
  override readonly name = 'PackError';
}

/** Whether a file belongs into the cache, by its path below the folder with `/`. */
export type Includes = (path: string) => boolean;

/** The folder's plain files in the order of their paths; none if there is no folder. */
export async function listFolder(folder: string, includes: Includes): Promise<PackedFile[]> {
  const files: PackedFile[] = [];
  for (const path of (await pathsIn(folder, '')).sort()) {
    if (!PATH.test(path) || !includes(path)) continue;
    const { size } = await stat(join(folder, path));
    files.push({ path, size, sha256: await hashOf(join(folder, path)) });
  }
  return files;
}

/** Links are not followed: they would take files from somewhere else into the cache. */
async function pathsIn(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  const paths = await Promise.all(
    entries.map(async entry => {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) return pathsIn(folder, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return paths.flat();
}

/** Writes the pack of these files to `target`. Rejects when one of them is no longer as it was listed. */
export async function writePack(folder: string, files: readonly PackedFile[], target: string): Promise<void> {
  await using pack = await open(target, 'wx');
  await pack.writeFile(`${MAGIC}${JSON.stringify(files)}\n`);
  for (const file of files) {
    const hash = createHash('sha256');
    for await (const piece of piecesOf(join(folder, file.path))) {
      hash.update(piece);
      await pack.writeFile(piece);
    }
    if (hash.digest('hex') !== file.sha256) throw new PackError('a file changed while it was packed');
  }
}

/**
 * Unpacks `source` into `folder`: every file is checked before the first is put in place, and what lies in the
 * folder already stays as it is. Throws PackError for a pack that is not wholly as it should be, and then changes
 * nothing; also when `isWhole` says that these are not the files which should be there.
 */
export async function unpack(
  source: string,
  folder: string,
  includes: Includes,
  isWhole: (files: readonly PackedFile[]) => boolean,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  // Beside the folder, so that each file is put in place by a rename.
  const staging = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    const files = await unpackTo(source, staging, includes);
    if (!isWhole(files)) throw new PackError('its content is not what its key says');
    for (const [index, { path }] of files.entries()) {
      const target = join(folder, path);
      if (await lstat(target).catch(() => undefined)) continue;
      await mkdir(dirname(target), { recursive: true });
      await rename(join(staging, String(index)), target);
    }
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Puts the checked content of each file under its place in the list, so that no name of the pack is used. */
async function unpackTo(source: string, staging: string, includes: Includes): Promise<PackedFile[]> {
  await using pack = await open(source);
  const { size: total } = await pack.stat();
  const { files, end } = await readList(pack);
  checkList(files, includes);
  let at = end;
  for (const [index, file] of files.entries()) {
    if (at + file.size > total) throw new PackError('it is cut short');
    await copyPart(pack, at, file, join(staging, String(index)));
    at += file.size;
  }
  if (at !== total) throw new PackError('it holds more than it lists');
  return files;
}

async function readList(pack: FileHandle): Promise<{ files: PackedFile[]; end: number }> {
  const magic = Buffer.alloc(MAGIC.length);
  await pack.read(magic, 0, magic.length, 0);
  if (magic.toString('latin1') !== MAGIC) throw new PackError('it is not a pack of this action');
  const pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    const { buffer, bytesRead } = await pack.read(Buffer.alloc(PIECE), 0, PIECE, MAGIC.length + length);
    const line = buffer.subarray(0, bytesRead);
    const stop = line.indexOf('\n');
    pieces.push(stop < 0 ? line : line.subarray(0, stop));
    length += stop < 0 ? line.length : stop;
    if (stop >= 0) break;
    if (bytesRead === 0 || length > LONGEST_LIST) throw new PackError('its list of files has no end');
  }
  return { files: parseList(Buffer.concat(pieces).toString()), end: MAGIC.length + length + 1 };
}

function parseList(text: string): PackedFile[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new PackError('its list of files is not JSON');
  }
  const checked = LIST.safeParse(list);
  if (checked.success) return checked.data;
  const place = checked.error.issues[0]?.path[0];
  throw new PackError(
    place === undefined
      ? 'its list of files is not as it should be'
      : `file ${String(place)} of its list has a path that leaves the folder, or no proper size or hash`,
  );
}

function checkList(files: readonly PackedFile[], includes: Includes): void {
  if (new Set(files.map(({ path }) => path)).size < files.length)
    throw new PackError('it lists a file twice');
  const odd = files.findIndex(({ path }) => !includes(path));
  if (odd >= 0) throw new PackError(`file ${odd} of its list does not belong into the folder`);
}

async function copyPart(pack: FileHandle, start: number, file: PackedFile, target: string): Promise<void> {
  await using out = await open(target, 'wx');
  const hash = createHash('sha256');
  for (let done = 0; done < file.size; ) {
    const length = Math.min(PIECE, file.size - done);
    const { buffer, bytesRead } = await pack.read(Buffer.alloc(length), 0, length, start + done);
    if (bytesRead === 0) throw new PackError('it is cut short');
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await out.writeFile(piece);
    done += bytesRead;
  }
  if (hash.digest('hex') !== file.sha256) throw new PackError('one of its files is not what its hash says');
}

async function hashOf(path: string): Promise<string> {
  const hash: Hash = createHash('sha256');
  for await (const piece of piecesOf(path)) hash.update(piece);
  return hash.digest('hex');
}

async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE), 0, PIECE, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
