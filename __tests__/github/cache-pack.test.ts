import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listFolder, PackError, unpack, writePack } from '../../src/github/cache-pack.ts';
import { packOf } from '../support/cache-packs.ts';

let root: string;
let folder: string;
let pack: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cache-pack-'));
  folder = join(root, 'folder');
  pack = join(root, 'pack');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const all = () => true;

async function fill(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

describe('packing', () => {
  test('a folder comes back as it was, also files beyond a megabyte and empty ones', async () => {
    const large = Buffer.alloc(2_500_000, 'large');
    await fill({ 'a/b/c': 'deep', empty: '', large });
    const files = await listFolder(folder, all);
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ['a/b/c', 4],
      ['empty', 0],
      ['large', 2_500_000],
    ]);
    await writePack(folder, files, pack);
    let found: unknown;
    await unpack(pack, join(root, 'copy'), all, listed => {
      found = listed;
      return true;
    });
    expect(found).toEqual(files);
    expect(await listFolder(join(root, 'copy'), all)).toEqual(files);
    expect(await readFile(join(root, 'copy', 'large'))).toEqual(large);
    expect((await readdir(root)).sort()).toEqual(['copy', 'folder', 'pack']);
  });

  test('links, hidden files and what does not belong are left out; no folder holds no files', async () => {
    await fill({ kept: 'kept', '.hidden': 'hidden', 'half.part': 'half', 'sub/kept': 'kept' });
    await symlink(join(folder, 'sub'), join(folder, 'linked'));
    await symlink(join(folder, 'kept'), join(folder, 'link'));
    const files = await listFolder(folder, path => !path.endsWith('.part'));
    expect(files.map(({ path }) => path)).toEqual(['kept', 'sub/kept']);
    expect(await listFolder(join(root, 'nowhere'), all)).toEqual([]);
  });

  test.each(['another text', 'longer than it was'])(
    'a file that changed to «%s» is not packed',
    async text => {
      await fill({ one: 'the same tex' });
      const files = await listFolder(folder, all);
      await fill({ one: text });
      await expect(writePack(folder, files, pack)).rejects.toThrow('a file changed while it was packed');
    },
  );

  test('what lies in the folder stays as it is', async () => {
    await fill({ one: 'its own' });
    await writeFile(
      pack,
      packOf([
        { path: 'one', text: 'from the pack' },
        { path: 'two', text: 'new' },
      ]),
    );
    await unpack(pack, folder, all, () => true);
    expect(await readFile(join(folder, 'one'), 'utf8')).toBe('its own');
    expect(await readFile(join(folder, 'two'), 'utf8')).toBe('new');
  });
});

describe('a pack that is not as it should be is refused as a whole', () => {
  const good = { path: 'aa/one', text: 'fine' };
  const wrong = (path: string) => ({ path, text: 'evil' });
  const leaves = (place: number) =>
    `file ${place} of its list has a path that leaves the folder, or no proper size or hash`;

  test.each([
    ['a path that leaves the folder', packOf([good, wrong('../target')]), leaves(1)],
    ['a hidden way out', packOf([good, wrong('aa/../../target')]), leaves(1)],
    ['a root', packOf([wrong('/tmp/target')]), leaves(0)],
    ['a drive', packOf([wrong('C:\\target')]), leaves(0)],
    ['a hidden file', packOf([wrong('.target')]), leaves(0)],
    ['a NUL', packOf([wrong('target\0')]), leaves(0)],
    ['a line break', packOf([wrong('target\n')]), leaves(0)],
    ['a hash that is none', packOf([{ ...good, sha256: 'x' }]), leaves(0)],
    ['a file twice', packOf([good, good]), 'it lists a file twice'],
    [
      'a file that does not belong',
      packOf([good, wrong('target.part')]),
      'file 1 of its list does not belong into the folder',
    ],
    [
      'another content',
      packOf([good, { ...wrong('two'), sha256: 'a'.repeat(64) }]),
      'one of its files is not what its hash says',
    ],
    ['too little', packOf([good]).slice(0, -1), 'it is cut short'],
    ['too much', packOf([good], 'more'), 'it holds more than it lists'],
    [
      'a list that is none',
      'mm-safetybench-gate cache 1\n{"path":"a"}\n',
      'its list of files is not as it should be',
    ],
    ['a list with more in it', 'mm-safetybench-gate cache 1\n[{"path":"a","mode":511}]\n', leaves(0)],
    ['no JSON', 'mm-safetybench-gate cache 1\n[\n', 'its list of files is not JSON'],
    ['a list without an end', 'mm-safetybench-gate cache 1\n[', 'its list of files has no end'],
    ['another file', '\x7fELF', 'it is not a pack of this action'],
    ['nothing', '', 'it is not a pack of this action'],
  ])('%s', async (_, content, reason) => {
    await writeFile(pack, content);
    await expect(
      unpack(
        pack,
        folder,
        path => !path.endsWith('.part'),
        () => true,
      ),
    ).rejects.toThrow(new PackError(reason));
    expect(await readdir(root)).toEqual(['pack']);
  });
});
