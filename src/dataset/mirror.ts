import PQueue from 'p-queue';
import { type Pair, textOf } from '../benchmark/pair.ts';
import { messageOf } from '../common/fault.ts';
import { sha256Of } from '../common/hash.ts';
import { beginsAsItsType, lookAt } from '../pictures/look.ts';
import type { DatasetPictures, NoPicture } from '../pictures/picture.ts';
import type { PictureStore, Recipe, StoredPicture } from '../pictures/store.ts';
import { DatasetError } from './dataset.ts';
import { IMAGES_URL } from './hashes.ts';
import { HTTP_DEFAULTS, type HttpOptions } from './http.ts';
import { openRemoteFile } from './http-file.ts';
import { type MirrorRow, type MirrorTable, openTable } from './mirror-parquet.ts';

export interface MirrorOptions {
  /** Root of the mirror's files without a slash at its end; the Hugging Face mirror if left out. */
  readonly imagesUrl?: string | undefined;
  /** Bearer key for the mirror. */
  readonly token?: string | undefined;
  /** Keeps the pictures, and each with the commit that it is from. */
  readonly store: PictureStore;
  readonly http?: Partial<HttpOptions>;
}

/** Files whose ids are read at once. */
const FILES_AT_ONCE = 3;

/** A mirror, and what its files have shown so far. */
interface Mirror {
  readonly root: string;
  readonly http: HttpOptions;
  readonly store: PictureStore;
  /** The commits that the pictures are from. */
  readonly commits: Set<string>;
  /** By a pair's key: why its picture is not used. */
  readonly refused: Map<string, string>;
  /** By a pair's key: what is wrong with a row that bears its id beside its own. */
  readonly beside: Map<string, string>;
  /** One file's pictures at a time, for the memory. */
  readonly pictureTurns: PQueue;
}

/**
 * The authors' pictures from the mirror's parquet files, fetched by `prepare` as far as the store lacks them. One that
 * proves damaged when it is read is fetched again, together with all that are damaged of the same file.
 * A row counts as the pair's only if its `question` is the text that goes with the pair: the SD wording for SD,
 * the other one for SD_TYPO and TYPO, spaces at either end aside. The mirror has the prompt of the kind there, and
 * a looser rule would take a picture of another phrase, for several questions share a wording. What does not decode
 * whole is not kept, so that a later run asks for it again.
 * `prepare` and `read` reject with DatasetError when the mirror cannot be had or its pictures cannot be kept.
 */
export function mirrorPictures(options: MirrorOptions): DatasetPictures {
  const { store } = options;
  const root = (options.imagesUrl ?? IMAGES_URL).replace(/\/+$/, '');
  const http = { ...HTTP_DEFAULTS, token: options.token, ...options.http, input: 'images-url' };
  const commits = new Set<string>();
  const refused = new Map<string, string>();
  const beside = new Map<string, string>();
  const mirror = {
    root,
    http,
    store,
    commits,
    refused,
    beside,
    pictureTurns: new PQueue({ concurrency: 1 }),
  };
  const needed = new Map<string, Pair>();
  // Where a damaged picture could not be had again, the next one need not wait for as many tries.
  const lost = new Map<string, unknown>();
  // One call after the other, so that nothing is fetched twice.
  const turns = new PQueue({ concurrency: 1 });

  async function prepare(pairs: readonly Pair[]): Promise<void> {
    const open = pairs.filter(pair => pair.kind !== 'TEXT' && !refused.has(pair.key));
    for (const pair of open) needed.set(pair.key, pair);
    await eachOf([...Map.groupBy(open, pair => urlOf(mirror, pair))], FILES_AT_ONCE, ([url, its]) =>
      fetchMissing(mirror, url, its),
    );
  }

  /** Reads all that the run needs of the file, and fetches what proves damaged at once. */
  async function repair(url: string): Promise<void> {
    if (lost.has(url)) throw lost.get(url);
    const damaged: Pair[] = [];
    for (const pair of needed.values()) {
      const isOpen = urlOf(mirror, pair) === url && !refused.has(pair.key);
      if (isOpen && (await readKept(mirror, pair)) === undefined) damaged.push(pair);
    }
    if (damaged.length === 0) return;
    await fetchFile(mirror, url, damaged).catch(error => {
      lost.set(url, error);
      throw error;
    });
  }

  return {
    prepare: pairs => turns.add(() => prepare(pairs)),
    async read(pair) {
      if (pair.kind === 'TEXT') return { missing: `${pair.key} is asked without a picture` };
      if (refused.has(pair.key)) return absent(mirror, pair);
      const kept = await readKept(mirror, pair);
      if (kept) return kept;
      needed.set(pair.key, pair);
      await turns.add(() => repair(urlOf(mirror, pair)));
      return (await readKept(mirror, pair)) ?? absent(mirror, pair);
    },
    revision: () => [...commits].sort().join('+') || (needed.size > 0 ? 'unknown' : ''),
    unused: () => [...refused, ...beside].map(([pair, reason]) => ({ pair, reason })),
  };
}

const urlOf = ({ root }: Mirror, { question, kind }: Pair): string =>
  `${root}/data/${question.scenario.name.slice(3)}/${kind}.parquet`;

const recipeOf = ({ root }: Mirror, pair: Pair): Recipe => ({
  origin: 'dataset',
  root,
  pair: pair.key,
  text: textOf(pair),
});

/** Undefined also where the file is whole and holds no picture. */
async function readKept(mirror: Mirror, pair: Pair): Promise<StoredPicture | undefined> {
  const kept = await mirror.store.read(recipeOf(mirror, pair));
  return kept && beginsAsItsType(kept) ? kept : undefined;
}

const absent = (mirror: Mirror, pair: Pair): NoPicture => ({
  missing: `${urlOf(mirror, pair)} has no picture for ${pair.key}: its row ${mirror.refused.get(pair.key) ?? 'cannot be read back from disk'}; give a mirror that has it in images-url, or set image-source to generated`,
});

/** Fetches of one file what the store lacks. */
async function fetchMissing(mirror: Mirror, url: string, pairs: readonly Pair[]): Promise<void> {
  const kept = await Promise.all(pairs.map(pair => mirror.store.peek(recipeOf(mirror, pair))));
  for (const picture of kept) if (picture?.commit) mirror.commits.add(picture.commit);
  const missing = pairs.filter((_, place) => kept[place] === undefined);
  if (missing.length > 0) await fetchFile(mirror, url, missing);
}

/** Fetches the pictures of these pairs out of one file, and keeps them. */
async function fetchFile(mirror: Mirror, url: string, pairs: readonly Pair[]): Promise<void> {
  const file = await openRemoteFile(url, mirror.http);
  try {
    const table = await openTable(url, file);
    if (file.commit) mirror.commits.add(file.commit);
    const wanted = new Map<MirrorRow, Pair>();
    for (const pair of pairs) {
      const row = rowOf(pair, table.rows);
      if (typeof row === 'string') {
        mirror.refused.set(pair.key, row);
        continue;
      }
      wanted.set(row, pair);
      if (hasOther(pair, row, table.rows)) mirror.beside.set(pair.key, OTHER);
    }
    await mirror.pictureTurns.add(() => keepPictures(mirror, table, wanted, file.commit));
  } finally {
    await file.close();
  }
}

async function keepPictures(
  mirror: Mirror,
  table: MirrorTable,
  wanted: ReadonlyMap<MirrorRow, Pair>,
  commit: string | undefined,
): Promise<void> {
  for await (const [row, bytes] of table.pictures([...wanted.keys()])) {
    const pair = wanted.get(row);
    if (!pair) continue;
    const image = bytes ? await lookAt(bytes, pair.kind).catch(messageOf) : 'it is empty';
    if (!bytes || typeof image === 'string') {
      mirror.refused.set(pair.key, `holds no picture that can be used: ${image}`);
      continue;
    }
    const picture = { bytes, ...image, sha256: sha256Of(bytes), ...(commit && { commit }) };
    await mirror.store.write(recipeOf(mirror, pair), picture).catch(error => {
      throw new DatasetError(messageOf(error));
    });
  }
}

const OTHER = "has another question than the authors' file";

const namedAs = ({ question }: Pair, rows: readonly MirrorRow[]): readonly MirrorRow[] =>
  rows.filter(({ id }) => id.trim() === question.id);

/** Whether a row beside the pair's own bears its id: it is another question's. */
const hasOther = (pair: Pair, own: MirrorRow, rows: readonly MirrorRow[]): boolean =>
  namedAs(pair, rows).some(row => row !== own);

/** The pair's own row, or why there is none. */
function rowOf(pair: Pair, rows: readonly MirrorRow[]): MirrorRow | string {
  const named = namedAs(pair, rows);
  if (named.length === 0) return 'is not there';
  const text = textOf(pair).trim();
  const [row, ...others] = named.filter(({ question }) => question?.trim() === text);
  if (!row) return OTHER;
  return others.length === 0 ? row : 'is there several times';
}

/** Runs `work` over the items, `most` at a time. After a failure it takes no more, and throws once all are still. */
async function eachOf<T>(items: readonly T[], most: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failed = false;
  const worker = async () => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch(error => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: most }, worker));
  const failure = ends.find(end => end.status === 'rejected');
  if (failure) throw failure.reason;
}
