import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import PQueue from 'p-queue';
import { messageOf } from '../common/fault.ts';
import { sha256Of } from '../common/hash.ts';
import { keepFile, removeStale } from '../common/keeping.ts';
import { MAX_PICTURE_BYTES } from './folder.ts';
import { passing } from './library.ts';
import { once } from './once.ts';
import type { NoPicture, Picture } from './picture.ts';

/** All that decides what a picture looks like: equal recipes share one picture. */
export type Recipe = Readonly<Record<string, string | number>>;

/** A picture's bytes with what they are, as the store gives and takes them. */
export interface StoredPicture extends Omit<Picture, 'origin'> {
  /** The commit that it was fetched from, where there is one: letters, digits, `.`, `_` and `-`. */
  readonly commit?: string;
}

/** Pictures on disk, found by what made them. Any number of processes may share one folder. */
export interface PictureStore {
  /** The picture of this recipe; undefined when there is none, or its file is damaged or not its own. */
  read(recipe: Recipe): Promise<StoredPicture | undefined>;
  /** What the file says of itself, its bytes unread: they may prove damaged. Undefined when there is no such file. */
  peek(recipe: Recipe): Promise<Omit<StoredPicture, 'bytes'> | undefined>;
  /** Keeps a picture. Rejects with one line that names the folder and says what to do when it cannot be written to. */
  write(recipe: Recipe, picture: StoredPicture): Promise<void>;
  /**
   * The picture of this recipe, made and kept when there is none; equal calls at one time share the work. A folder
   * that cannot be written to is told of once, and is no reason to stop.
   */
  through(recipe: Recipe, make: () => Promise<StoredPicture | NoPicture>): Promise<StoredPicture | NoPicture>;
}

/** Changes when the files' form does, so that old files are left alone. */
const FORM = 'mm-safetybench-picture-3';
const TYPES: ReadonlySet<string> = new Set<Picture['type']>(['image/jpeg', 'image/png', 'image/webp']);

/** As many as Node reads at once: with more open, the first would be whole no sooner than the last. */
const READS_AT_ONCE = 4;

/**
 * A store in the folder `root`, which is made when the first picture is kept. Every read checks the file
 * against the hash and the key that stand in it, so a damaged file, or a picture under another's name, is
 * never used. `warn` gets one line, once, when pictures cannot be kept there.
 */
export function openStore(root: string, warn: (line: string) => void): PictureStore {
  const underWay = new Map<string, Promise<StoredPicture | NoPicture>>();
  const reading = new PQueue({ concurrency: READS_AT_ONCE });
  const ready = once(() => removeStale(root));
  let warned = false;

  async function read(recipe: Recipe): Promise<StoredPicture | undefined> {
    await ready();
    return reading.add(() => readPicture(root, pictureKey(recipe)));
  }

  async function write(recipe: Recipe, picture: StoredPicture): Promise<void> {
    await ready();
    const key = pictureKey(recipe);
    const { sha256, type, look = NO_LOOK, commit } = picture;
    const said = [FORM, key, sha256, type, look, ...(commit === undefined ? [] : [commit])].join(' ');
    const head = Buffer.from(`${sealOf(said)} ${said}\n`);
    await keepFile(root, placeOf(key), Buffer.concat([head, picture.bytes]));
  }

  async function tryToWrite(recipe: Recipe, picture: StoredPicture): Promise<void> {
    try {
      await write(recipe, picture);
    } catch (error) {
      if (!warned) warn(`${messageOf(error)}; the run goes on without keeping its pictures`);
      warned = true;
    }
  }

  async function readOrMake(
    recipe: Recipe,
    make: () => Promise<StoredPicture | NoPicture>,
  ): Promise<StoredPicture | NoPicture> {
    const kept = await read(recipe);
    if (kept !== undefined) return kept;
    const made = await make();
    if (!('missing' in made)) await tryToWrite(recipe, made);
    return made;
  }

  return {
    read,
    peek: recipe => peekAt(root, pictureKey(recipe)),
    write,
    through(recipe, make) {
      const key = pictureKey(recipe);
      const shared = underWay.get(key);
      if (shared !== undefined) return shared;
      const work = readOrMake(recipe, make).finally(() => underWay.delete(key));
      underWay.set(key, work);
      return work;
    },
  };
}

/** A picture's key: the hash of its recipe, whatever the order of its parts. @internal */
export const pictureKey = (recipe: Recipe): string =>
  sha256Of(JSON.stringify([FORM, Object.entries(recipe).sort(([a], [b]) => (a < b ? -1 : 1))]));

/** Folders of at most a few dozen files: the key's first two digits. A key is hex, so no path leaves `root`. */
const placeOf = (key: string): string => path.join(key.slice(0, 2), `${key}.picture`);

async function readPicture(root: string, key: string): Promise<StoredPicture | undefined> {
  const data = await readFrom(root, key);
  const head = headOf(data, key);
  if (data === undefined || head === undefined) return undefined;
  const { length, ...said } = head;
  const bytes = data.subarray(length);
  return said.sha256 === sha256Of(bytes) ? { bytes: passing(bytes), ...said } : undefined;
}

async function peekAt(root: string, key: string): Promise<Omit<StoredPicture, 'bytes'> | undefined> {
  const start = await readFrom(root, key, LONGEST_HEAD + 2);
  const head = headOf(start, key);
  if (start === undefined || head === undefined || start.length <= head.length) return undefined;
  const { length: _, ...said } = head;
  return said;
}

const LONGEST_HEAD = 400;
/** In place of a look. */
const NO_LOOK = '-';

/**
 * A file begins with one line: its own seal, then its form, its key, the hash of what follows, the type, the look, the
 * commit if there is one.
 */
function headOf(
  data: Buffer | undefined,
  key: string,
): (Omit<StoredPicture, 'bytes'> & { readonly length: number }) | undefined {
  const end = data?.indexOf(0x0a) ?? -1;
  if (data === undefined || end < 0 || end > LONGEST_HEAD) return undefined;
  const line = data.toString('latin1', 0, end);
  const [seal = '', form, ownKey, hash = '', type = '', look = '', commit, ...more] = line.split(' ');
  if (seal !== sealOf(line.slice(seal.length + 1))) return undefined;
  if (form !== FORM || ownKey !== key || !isType(type) || more.length > 0) return undefined;
  if (!/^[0-9a-f]{64}$/.test(hash) || !(commit === undefined || isCommit(commit))) return undefined;
  if (look !== NO_LOOK && !isLook(look)) return undefined;
  return {
    ...{ sha256: hash, type, length: end + 1 },
    ...(look !== NO_LOOK && { look }),
    ...(commit !== undefined && { commit }),
  };
}

/** Shows that a line is as it was written. */
const sealOf = (line: string): string => sha256Of(line).slice(0, 16);

const isType = (word: string): word is Picture['type'] => TYPES.has(word);
const isLook = (word: string): boolean => /^[0-9a-f]{128}$/.test(word);
const isCommit = (word: string): boolean => /^[\w.-]{1,64}$/.test(word);

/**
 * The first `most` bytes of a plain file of a picture's size: no link is followed, and no pipe or device is waited for.
 * In one read, where the library's own for a whole file takes three turns of its threads.
 */
async function readFrom(root: string, key: string, most = MAX_PICTURE_BYTES): Promise<Buffer | undefined> {
  const file = path.join(root, placeOf(key));
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => undefined);
  try {
    const info = await handle?.stat();
    if (!handle || !info?.isFile() || info.size > MAX_PICTURE_BYTES) return undefined;
    const length = Math.min(info.size, most);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await handle?.close();
  }
}
