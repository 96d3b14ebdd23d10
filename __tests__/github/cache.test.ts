/** Long: one cache service serves all of it, and starting it takes seconds. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { accessOf, type CachedFolder, type Restored } from '../../src/github/cache.ts';
import { packOf } from '../support/cache-packs.ts';
import { type CacheService, startCacheService } from '../support/cache-service.ts';
import { type CacheTask, cacheJob } from '../support/cache-steps.ts';

const run = promisify(execFile);

let service: CacheService;
let root: string;

beforeAll(async () => {
  service = await startCacheService();
});
afterAll(() => service.close());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cache-test-'));
  service.calls.length = 0;
  service.readOnly = false;
  for (const name of ['temp', 'workspace', 'outside']) await mkdir(join(root, name));
});
afterEach(() => rm(root, { recursive: true, force: true }));

interface Outcome {
  readonly key?: string;
  readonly isRefused?: true;
  readonly notices: readonly string[];
  readonly log: string;
}

/** Runs one step as a runner does: its own process, the runner's variables. */
const job = (
  task: CacheTask,
  cached: CachedFolder,
  { restored, env = {} }: { restored?: Restored; env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> =>
  cacheJob(task, cached, restored ? [JSON.stringify(restored)] : [], { root, url: service.url, env });

let keys = 0;
/** A folder whose keys no other test has. */
const folderAt = (folder: string, ...parts: string[]): CachedFolder => ({
  name: 'pictures',
  folder: join(root, folder),
  parts: [`test${keys}`, ...parts],
});
beforeEach(() => {
  keys += 1;
});

async function fill(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** What lies below a folder: links and pipes too, but not folders. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of entries.filter(each => !each.isDirectory())) {
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = entry.isFile() ? await readFile(path, 'utf8') : 'no plain file';
  }
  return files;
}

const nothingLeft = async () =>
  expect([await contentOf(join(root, 'temp')), await contentOf(join(root, 'workspace'))]).toEqual([{}, {}]);

const FILES = { 'aa/one': 'the first', 'bb/two': 'the second', three: '' };

describe('from run to run', () => {
  test('the first run saves, the second restores and does not save again', async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    expect((await job('restore', folderAt('first'))).key).toBeUndefined();
    const saved = await job('save', first);
    expect(saved.notices).toEqual([]);
    expect(saved.key).toMatch(/^mm-safetybench-gate-pictures-1-test\d+-[0-9a-f]{32}$/);
    expect(service.keys()).toContain(saved.key);

    const second = folderAt('second');
    const restored = await job('restore', second);
    expect(restored).toMatchObject({ key: saved.key, notices: [] });
    expect(await contentOf(second.folder)).toEqual(FILES);

    service.calls.length = 0;
    const again = await job('save', second, { restored: { key: restored.key } });
    expect(again.key).toBe(saved.key);
    expect(service.calls).toEqual([]);
    await nothingLeft();
  });

  test('what one runner saved another restores, whose folders lie elsewhere', async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    const { key } = await job('save', first);
    for (const name of ['temp', 'workspace']) await mkdir(join(root, 'outside', name));
    const env = {
      RUNNER_TEMP: join(root, 'outside/temp'),
      GITHUB_WORKSPACE: join(root, 'outside/workspace'),
      HOME: join(root, 'outside'),
    };
    const second = folderAt('second');
    expect((await job('restore', second, { env })).key).toBe(key);
    expect(await contentOf(second.folder)).toEqual(FILES);
    await fill(second.folder, { four: 'one more' });
    const more = await job('save', second, { restored: { key }, env });
    expect((await job('restore', folderAt('third'))).key).toBe(more.key);
    expect(await contentOf(join(root, 'outside'))).toEqual({});
    await nothingLeft();
  });

  test('content that grew is saved under a key of its own, and the newest is restored', async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    const small = await job('save', first);
    await fill(first.folder, { 'cc/four': 'one more' });
    const large = await job('save', first, { restored: { key: small.key } });
    expect(large.key).not.toBe(small.key);
    expect((await job('restore', folderAt('second'))).key).toBe(large.key);
    expect(await contentOf(join(root, 'second'))).toEqual({ ...FILES, 'cc/four': 'one more' });
  });

  test('a cache of the same set comes before one that shares only the first parts', async () => {
    await fill(join(root, 'tiny'), { tiny: 'tiny' });
    await fill(join(root, 'full'), { full: 'full' });
    const tiny = await job('save', folderAt('tiny', 'tiny'));
    const full = await job('save', folderAt('full', 'full'));
    expect((await job('restore', folderAt('a', 'tiny'))).key).toBe(tiny.key);
    expect((await job('restore', folderAt('b', 'other'))).key).toBe(full.key);
    expect(await contentOf(join(root, 'b'))).toEqual({ full: 'full' });
  });

  test('what lies in the folder already stays', async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    await job('save', first);
    await fill(join(root, 'second'), { 'aa/one': 'its own' });
    await job('restore', folderAt('second'));
    expect(await contentOf(join(root, 'second'))).toEqual({ ...FILES, 'aa/one': 'its own' });
  });

  test('links and hidden files are not saved, and an empty folder not at all', async () => {
    const first = folderAt('first');
    await fill(first.folder, { ...FILES, '.half': 'hidden' });
    await fill(join(root, 'outside'), { secret: 'a key' });
    await symlink(join(root, 'outside'), join(first.folder, 'link'));
    await symlink(join(root, 'outside', 'secret'), join(first.folder, 'secret'));
    await job('save', first);
    await job('restore', folderAt('second'));
    expect(await contentOf(join(root, 'second'))).toEqual(FILES);
    service.calls.length = 0;
    expect((await job('save', folderAt('nowhere'))).key).toBeUndefined();
    expect(service.calls).toEqual([]);
  });
});

describe('archives that someone else made', () => {
  /** Saves FILES, puts `archive` under their key, restores into `victim`. */
  async function restorePoisoned(archive: Uint8Array): Promise<Outcome> {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    const { key = '' } = await job('save', first);
    await service.replace(key, archive);
    return job('restore', folderAt('victim'));
  }

  /** An archive as tar makes it of these names, seen from `folder`. */
  async function tarOf(folder: string, names: readonly string[]): Promise<Uint8Array> {
    const path = join(root, 'poison.tzst');
    await run('tar', ['--posix', '-cPf', path, '-C', folder, '--use-compress-program', 'zstd', ...names]);
    const archive = await readFile(path);
    await rm(path);
    return archive;
  }

  async function archiveOf(pack: string): Promise<Uint8Array> {
    await fill(join(root, 'made'), { pack });
    const archive = await tarOf(join(root, 'made'), ['pack']);
    await rm(join(root, 'made'), { recursive: true });
    return archive;
  }

  const untouched = async () => {
    expect(existsSync(join(root, 'victim'))).toBe(false);
    expect(await contentOf(join(root, 'outside'))).toEqual({});
    expect((await readdir(root)).sort()).toEqual(['first', 'outside', 'temp', 'workspace']);
    await nothingLeft();
  };

  test('paths that leave the folder, roots, links, pipes: nothing of it is written anywhere', async () => {
    const made = join(root, 'made', 'deep');
    await fill(made, { inside: 'inside' });
    await fill(join(root, 'made'), { above: 'above' });
    await fill(join(root, 'outside'), { target: 'evil' });
    await symlink(join(root, 'outside'), join(made, 'link'));
    await run('mkfifo', [join(made, 'pipe')]);
    const archive = await tarOf(made, [
      'inside',
      '../above',
      join(root, 'outside', 'target'),
      'link',
      'pipe',
    ]);
    await rm(join(root, 'made'), { recursive: true });
    await rm(join(root, 'outside', 'target'));
    const outcome = await restorePoisoned(archive);
    expect(outcome.key).toBeUndefined();
    expect(outcome.log).toContain('Failed to restore');
    await untouched();
  });

  test('one file alone under a path that leaves the folder is written nowhere, and is no pack', async () => {
    await fill(join(root, 'outside'), { target: 'evil' });
    const archive = await tarOf(root, [join(root, 'outside', 'target')]);
    await rm(join(root, 'outside', 'target'));
    const outcome = await restorePoisoned(archive);
    expect(outcome.key).toBeUndefined();
    expect(outcome.notices).toEqual([
      'The cache was not restored: it is not a pack of this action. The run goes on without it.',
    ]);
    await untouched();
  });

  test('a pack whose list leads out of the folder is refused as a whole', async () => {
    const pack = packOf([
      { path: 'aa/one', text: 'fine' },
      { path: '../outside/target', text: 'evil' },
    ]);
    const outcome = await restorePoisoned(await archiveOf(pack));
    expect(outcome.key).toBeUndefined();
    expect(outcome.notices).toEqual([expect.stringMatching(/file 1 of its list has a path that leaves/)]);
    expect(outcome.notices[0]).not.toContain('target');
    await untouched();
  });

  test('an archive that is no archive is nothing found', async () => {
    const outcome = await restorePoisoned(Buffer.from('no archive'));
    expect(outcome.key).toBeUndefined();
    await untouched();
  });

  test('other content under a right key is refused, whatever hashes it has itself', async () => {
    const outcome = await restorePoisoned(await archiveOf(packOf([{ path: 'aa/one', text: 'fine' }])));
    expect(outcome.notices).toEqual([
      'The cache was not restored: its content is not what its key says. The run goes on without it.',
    ]);
    await untouched();
  });

  test.each([
    ['damaged', async () => Buffer.from('no archive')],
    ['of other content', () => archiveOf(packOf([{ path: 'aa/one', text: 'fine' }]))],
  ])('one that is %s is healed by the run that found it', async (_, make) => {
    const { isRefused, key } = await restorePoisoned(await make());
    expect({ isRefused, key }).toEqual({ isRefused: true, key: undefined });
    const victim = folderAt('victim');
    await fill(victim.folder, FILES);
    const env = { GITHUB_RUN_ID: '77', GITHUB_RUN_ATTEMPT: '1' };
    const saved = await job('save', victim, { env, restored: { isRefused } });
    expect(saved.key).toMatch(/-test\d+-run-77-1-[0-9a-f]{32}$/);
    const later = folderAt('later');
    expect(await job('restore', later)).toMatchObject({ key: saved.key, notices: [] });
    expect(await contentOf(later.folder)).toEqual(FILES);
    service.calls.length = 0;
    expect((await job('save', later, { restored: { key: saved.key } })).key).toBe(saved.key);
    expect(service.calls).toEqual([]);
  });
});

describe('a key that is taken', () => {
  const env = { GITHUB_RUN_ID: '88', GITHUB_RUN_ATTEMPT: '2' };
  let key: string;
  beforeEach(async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    ({ key = '' } = await job('save', first));
    service.calls.length = 0;
  });

  test('by a job that ended while it saved: the content lies under the key of the run, and later runs find it', async () => {
    service.unfinish(key);
    const saved = await job('save', folderAt('first'), { env });
    expect(saved.key).toMatch(/-test\d+-run-88-2-[0-9a-f]{32}$/);
    expect(saved.notices).toEqual([]);
    const later = folderAt('later');
    expect(await job('restore', later)).toMatchObject({ key: saved.key, notices: [] });
    expect(await contentOf(later.folder)).toEqual(FILES);
    service.calls.length = 0;
    expect((await job('save', later, { restored: { key: saved.key ?? '' } })).key).toBe(saved.key);
    expect(service.calls).toEqual([]);
    await nothingLeft();
  });

  test('by one that has saved: not a second time', async () => {
    const saved = await job('save', folderAt('first'), { env });
    expect(saved.key).toBe(key);
    expect(service.calls).toEqual(['CreateCacheEntry', 'GetCacheEntryDownloadURL']);
  });

  test('by one that nobody may look at: not a second time', async () => {
    const writeOnly = { ...env, ACTIONS_CACHE_MODE: 'write-only' };
    expect((await job('save', folderAt('first'), { env: writeOnly })).key).toBeUndefined();
    expect(service.calls).toEqual(['CreateCacheEntry']);
  });
});

describe('where there is no cache to use', () => {
  test('no service: one notice, and the run goes on', async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    for (const task of ['restore', 'save'] as const) {
      const outcome = await job(task, first, { env: { ACTIONS_RESULTS_URL: '' } });
      expect(outcome.key).toBeUndefined();
      expect(outcome.notices).toEqual([
        'The cache is off: there is no cache service. The run goes on without it.',
      ]);
    }
    expect(service.calls).toEqual([]);
  });

  test('no folder for what is under way', async () => {
    const outcome = await job('restore', folderAt('first'), { env: { RUNNER_TEMP: '' } });
    expect(outcome.notices).toEqual([
      'The cache is off: RUNNER_TEMP is not set. The run goes on without it.',
    ]);
  });

  test('a token that may not read or write: nothing found, nothing saved', async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    service.readOnly = true;
    const outcome = await job('twice', first);
    expect(outcome).toMatchObject({ notices: [] });
    expect(outcome.key).toBeUndefined();
    // Told once, by the cache package.
    expect(outcome.log.match(/^::warning::.*/gm)).toEqual([expect.stringContaining('cache write denied')]);
    expect(service.calls).toEqual(['GetCacheEntryDownloadURL', 'CreateCacheEntry']);
    expect(service.keys().filter(key => key.includes(first.parts[0] ?? ''))).toEqual([]);
    await nothingLeft();
  });

  test('a token that is read-only by ACTIONS_CACHE_MODE restores and does not save', async () => {
    const first = folderAt('first');
    await fill(first.folder, FILES);
    const { key } = await job('save', first);
    service.calls.length = 0;
    const env = { ACTIONS_CACHE_MODE: 'read' };
    expect((await job('restore', folderAt('second'), { env })).key).toBe(key);
    await fill(join(root, 'second'), { more: 'more' });
    expect((await job('save', folderAt('second'), { env, restored: { key } })).key).toBeUndefined();
    expect(service.calls).toEqual(['GetCacheEntryDownloadURL']);
  });

  test('a service that failed to restore is asked no more, and told of once', async () => {
    let calls = 0;
    const broken = createServer((_, response) => {
      calls += 1;
      response.writeHead(403).end('{}');
    });
    await new Promise<void>(resolve => broken.listen(0, '127.0.0.1', resolve));
    const { port } = broken.address() as { port: number };
    const env = { ACTIONS_RESULTS_URL: `http://127.0.0.1:${port}/` };
    const first = folderAt('first');
    await fill(first.folder, FILES);
    const outcome = await job('both', first, { env });
    broken.close();
    expect(outcome).toMatchObject({
      notices: ['The cache was not restored: the cache service fails. The run goes on without it.'],
    });
    expect({ calls, key: outcome.key }).toEqual({ calls: 1, key: undefined });
  });

  test('a service that answers with nonsense costs the run nothing but the cache', async () => {
    const broken = createServer((_, response) => response.writeHead(400).end('{}'));
    await new Promise<void>(resolve => broken.listen(0, '127.0.0.1', resolve));
    const { port } = broken.address() as { port: number };
    const env = { ACTIONS_RESULTS_URL: `http://127.0.0.1:${port}/` };
    const first = folderAt('first');
    await fill(first.folder, FILES);
    const restored = await job('restore', first, { env });
    const saved = await job('twice', first, { env: { ...env, ACTIONS_CACHE_MODE: 'write-only' } });
    broken.close();
    expect([restored.key, saved.key]).toEqual([undefined, undefined]);
    expect(saved.notices).toEqual([
      'The cache was not saved: the cache service fails. The run goes on without it.',
    ]);
    expect(await contentOf(first.folder)).toEqual(FILES);
    await nothingLeft();
  });

  test('a machine without GNU tar: off, since its tar would write where the archive says', async () => {
    const bin = join(root, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'tar'), '#!/bin/sh\necho "bsdtar 3.7.2"\n', { mode: 0o755 });
    const outcome = await job('restore', folderAt('first'), {
      env: { PATH: `${bin}:${process.env['PATH']}` },
    });
    expect(outcome.notices).toEqual([
      'The cache is off: it needs GNU tar, which is not here. The run goes on without it.',
    ]);
  });

  test.each([
    [{ GITHUB_EVENT_NAME: 'pull_request' }, true, true, undefined],
    [{ GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main' }, true, true, undefined],
    [{ GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/tags/v1' }, false, false, 'it is not used for tags'],
    [{ GITHUB_EVENT_NAME: 'pull_request_target' }, false, false, 'it is not used for pull_request_target'],
    [{ GITHUB_EVENT_NAME: 'workflow_run' }, false, false, 'it is not used for workflow_run'],
    [{ GITHUB_EVENT_NAME: 'issue_comment' }, false, false, 'it is not used for issue_comment'],
    [{ GITHUB_EVENT_NAME: 'release' }, false, false, 'it is not used for release'],
    [{ ACTIONS_CACHE_MODE: 'none' }, false, false, "the run's token may not use it"],
    [{ ACTIONS_CACHE_MODE: ' Read ' }, true, false, undefined],
    [{ ACTIONS_CACHE_MODE: 'write-only' }, false, true, undefined],
    [{ ACTIONS_CACHE_MODE: 'write' }, true, true, undefined],
    [
      { ACTIONS_CACHE_MODE: 'write', GITHUB_EVENT_NAME: 'workflow_run' },
      false,
      false,
      'it is not used for workflow_run',
    ],
  ])('%j', (environment, restore, save, fault) => {
    expect(accessOf(environment)).toEqual({ restore, save, ...(fault && { fault }) });
  });
});
