import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import { sha256Of } from '../common/hash.ts';
import { isServiceFailure, overheard, restoreFailure, saveFailure } from './cache-log.ts';
import { type Includes, LARGEST_PACK, listFolder, type PackedFile, unpack, writePack } from './cache-pack.ts';
import { SILENCE_MS, SilenceError, unlessSilent } from './cache-silence.ts';

/** A folder that is kept between runs. */
export interface CachedFolder {
  /** What it holds, in letters: `pictures`, `answers`. Part of the key. */
  readonly name: string;
  readonly folder: string;
  /**
   * What the content depends on, the most important first. A run restores the newest cache with all of the parts,
   * else the newest with all but the last, and so on.
   */
  readonly parts: readonly string[];
  /** Where set, what is restored is the first of these parts, each of them whole, and nothing else. */
  readonly oneOf?: readonly (readonly string[])[];
  /** Which files belong into it, by their path below the folder with `/`; all if left out. */
  readonly includes?: Includes;
}

export interface RunCache {
  /**
   * Fills the folder, next to what is in it already. The content is as someone saved it: its reader must check it.
   * Never rejects.
   */
  restore(cached: CachedFolder): Promise<Restored>;
  /**
   * Keeps the folder, unless its content is what `restore` found. Where that found an archive which cannot be used, it
   * is kept under a key of this run: the content's own may be the archive's, and no key is written twice. So it is
   * where the content's own key is taken and nothing lies under it, as a job leaves it that ends while it saves.
   * Resolves with the key that the content lies under, undefined if under none. Never rejects.
   */
  save(cached: CachedFolder, restored: Restored): Promise<string | undefined>;
  /** Whether the cache service has failed: nothing more is asked of it. */
  isDown(): boolean;
}

/** What there was of an earlier run. @internal */
export interface Restored {
  /** The key that the content lies under; left out where nothing was found. */
  readonly key?: string | undefined;
  /** Set where an archive was found that cannot be used. */
  readonly isRefused?: true | undefined;
}

/** The runner's environment variables. @internal */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens the cache service of the run. Where it cannot be used, `notice` is told why in one line, and `restore` and
 * `save` do nothing. Both use `process.env`, as the cache package does. The service may keep the run waiting for
 * `silenceMs` while nothing moves; then it counts as failed.
 */
export async function openCache(notice: (line: string) => void, silenceMs = SILENCE_MS): Promise<RunCache> {
  const access = accessOf(process.env);
  const fault = access.fault ?? (await serviceFault());
  if (fault) {
    notice(`The cache is off: ${fault}. The run goes on without it.`);
    return { restore: async () => ({}), save: async () => undefined, isDown: () => false };
  }
  let isDown = false;
  const guarded = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return isDown ? otherwise : await inTurn(work);
    } catch (error) {
      isDown ||= error instanceof ServiceError || error instanceof SilenceError;
      if (error instanceof ServiceError && error.isTold) return otherwise;
      notice(`The cache was not ${what}: ${reasonOf(error)}. The run goes on without it.`);
      return otherwise;
    }
  };
  return {
    restore: async cached =>
      access.restore ? guarded('restored', () => restoreFolder(cached, silenceMs, notice), {}) : {},
    save: async (cached, restored) =>
      access.save
        ? guarded('saved', () => saveFolder(cached, restored, { access, silenceMs }), undefined)
        : undefined,
    isDown: () => isDown,
  };
}

/** What the run may do with the cache; `fault` says why nothing. @internal */
export interface CacheAccess {
  readonly restore: boolean;
  readonly save: boolean;
  readonly fault?: string;
}

/**
 * Events that run with the base repository's rights on what others can bring about, or whose caches nobody else
 * may read: for them the cache is neither read nor written.
 */
const CLOSED_EVENTS = ['pull_request_target', 'workflow_run', 'issue_comment', 'release'];

/** Decides by the event and by the mode of the run's cache token (`ACTIONS_CACHE_MODE`). @internal */
export function accessOf(environment: Environment): CacheAccess {
  const event = environment['GITHUB_EVENT_NAME'] ?? '';
  const off = (fault: string): CacheAccess => ({ restore: false, save: false, fault });
  if (CLOSED_EVENTS.includes(event)) return off(`it is not used for ${event}`);
  if (event === 'push' && environment['GITHUB_REF']?.startsWith('refs/tags/')) {
    return off('it is not used for tags');
  }
  switch (environment['ACTIONS_CACHE_MODE']?.trim().toLowerCase()) {
    case 'none':
      return off("the run's token may not use it");
    case 'read':
      return { restore: true, save: false };
    case 'write-only':
      return { restore: false, save: true };
    default:
      return { restore: true, save: true };
  }
}

async function serviceFault(): Promise<string | undefined> {
  if (!isFeatureAvailable()) return 'there is no cache service';
  if (!process.env['RUNNER_TEMP']) return 'RUNNER_TEMP is not set';
  return (await hasGnuTar()) ? undefined : 'it needs GNU tar, which is not here';
}

/** Whether the cache package will find GNU tar, the only one that can be told where to put what it unpacks. */
async function hasGnuTar(): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const name = process.platform === 'darwin' ? 'gtar' : 'tar';
  const version = await promisify(execFile)(name, ['--version']).catch(() => undefined);
  return version?.stdout.includes('GNU tar') ?? false;
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time: restoring changes the environment that every child process gets. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  return mine;
}

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code ?? message ?? 'unknown failure').split('\n', 1)[0] ?? '';
};

/** The cache service gives no proper answer, after all tries, or takes nothing. */
class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** Whether the cache package has warned of it. */
  readonly isTold: boolean;

  constructor(isTold = false) {
    super('the cache service fails');
    this.isTold = isTold;
  }
}

async function restoreFolder(
  cached: CachedFolder,
  silenceMs: number,
  notice: (line: string) => void,
): Promise<Restored> {
  const prefixes = prefixesOf(cached);
  const [first = ''] = prefixes;
  return withScratch(async scratch => {
    const pack = join(scratch, 'pack');
    const { result: key, told } = await overheard(() =>
      withEnvironment({ RUNNER_TEMP: scratch, ...tarInto(pack) }, () =>
        unlessSilent(() => restoreCache([nameOf(cached)], first, prefixes), silenceMs),
      ),
    );
    const failure = restoreFailure(told);
    if (isServiceFailure(failure)) throw new ServiceError();
    if (failure) return { isRefused: true };
    if (!key || !(await stat(pack).catch(() => undefined))) return {};
    try {
      await unpack(pack, cached.folder, cached.includes ?? (() => true), files =>
        key.endsWith(`-${digestOf(files)}`),
      );
      return { key };
    } catch (error) {
      notice(`The cache was not restored: ${reasonOf(error)}. The run goes on without it.`);
      return { isRefused: true };
    }
  });
}

async function saveFolder(
  cached: CachedFolder,
  restored: Restored,
  { access, silenceMs }: { readonly access: CacheAccess; readonly silenceMs: number },
): Promise<string | undefined> {
  const files = await listFolder(cached.folder, cached.includes ?? (() => true));
  if (files.length === 0) return undefined;
  const [prefix = ''] = prefixesOf(cached);
  const end = `-${digestOf(files)}`;
  if (restored.key?.startsWith(prefix) && restored.key.endsWith(end)) return restored.key;
  const shared = prefix + end.slice(1);
  const own = `${prefix}run-${process.env['GITHUB_RUN_ID']}-${process.env['GITHUB_RUN_ATTEMPT']}${end}`;
  const name = nameOf(cached);
  const pack = join(tempFolder(), name.slice('~/'.length));
  return withScratch(async scratch => {
    try {
      await rm(pack, { force: true });
      await writePack(cached.folder, files, pack);
      return await withEnvironment({ RUNNER_TEMP: scratch, HOME: tempFolder() }, () => {
        if (restored.isRefused) return savePack(name, [own], silenceMs);
        // Without a look at what a key holds, each run would save the same once more.
        return savePack(name, access.restore ? [shared, own] : [shared], silenceMs);
      });
    } finally {
      await rm(pack, { force: true });
    }
  });
}

/** Saves under the first of the keys that is free, or finds it saved under one; resolves with that key. */
async function savePack(
  pack: string,
  [key, ...others]: readonly string[],
  silenceMs: number,
): Promise<string | undefined> {
  if (key === undefined) return undefined;
  const { result: id, told } = await overheard(() => unlessSilent(() => saveCache([pack], key), silenceMs));
  if (id >= 0) return key;
  const failure = saveFailure(told);
  if (failure === 'denied' || failure === 'unanswered') throw new ServiceError(failure === 'denied');
  if (failure === 'failed' || others.length === 0) return undefined;
  const lookUp = () => restoreCache([pack], key, [], { lookupOnly: true });
  const { result: found } = await overheard(() => unlessSilent(lookUp, silenceMs));
  return found === key ? key : savePack(pack, others, silenceMs);
}

/**
 * The cache package unpacks archives with `tar -P`, which writes wherever the archive's names and links lead. GNU
 * tar's own variable for options keeps it from writing anything: the archive's first file goes to `pack`, a second
 * one is an error, and links, folders and devices are passed over.
 */
const tarInto = (pack: string): Record<string, string> => ({
  TAR_OPTIONS: `--to-command='set -C; head -c ${LARGEST_PACK} > "$MM_SAFETYBENCH_GATE_PACK"'`,
  MM_SAFETYBENCH_GATE_PACK: pack,
});

async function withEnvironment<T>(settings: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(settings).map(name => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** A folder for the work, which also takes what the cache package leaves behind. */
async function withScratch<T>(work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tempFolder(), 'mm-safetybench-gate-'));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const tempFolder = (): string => process.env['RUNNER_TEMP'] ?? '';

/**
 * The same in each run, for the cache service finds an archive only by the path it was made from, as that is given: several
 * runners on one machine have folders of their own. While it is saved, `~` is the folder for temporary files.
 */
const nameOf = ({ name }: CachedFolder): string => `~/mm-safetybench-gate-${name}.pack`;

/** What the keys of the folder begin with: all its parts, all but the last, and so on to none. */
function prefixesOf({ name, parts, oneOf }: CachedFolder): string[] {
  const clean = [`mm-safetybench-gate-${name}-1`, ...parts];
  return oneOf
    ? oneOf.map(each => prefixOf([clean[0] as string, ...each]))
    : clean.map((_, index) => prefixOf(clean.slice(0, clean.length - index)));
}

const prefixOf = (parts: readonly string[]): string =>
  `${parts.map(part => part.replace(/[^\w.-]+/g, '_').slice(0, 80)).join('-')}-`;

/** Ends each key, so that a key stands for its content and the same content is not saved again. */
const digestOf = (files: readonly PackedFile[]): string => sha256Of(JSON.stringify(files)).slice(0, 32);
