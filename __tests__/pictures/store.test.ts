import { execFile } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { sha256Of } from '../../src/common/hash.ts';
import { openStore, type PictureStore, pictureKey, type StoredPicture } from '../../src/pictures/store.ts';
import { fullDisk, withSmallDisk } from '../support/small-disk.ts';

const run = promisify(execFile);
const writer = path.resolve('__tests__/pictures/store-writer.ts');
const newFolder = () => mkdtemp(path.join(tmpdir(), 'store-'));
const fileOf = (root: string, key: string) => path.join(root, key.slice(0, 2), `${key}.picture`);
const picture = (text: string): StoredPicture => {
  const bytes = Buffer.from(text);
  return { bytes, type: 'image/png', sha256: sha256Of(bytes) };
};
const linux = process.platform === 'linux' ? test : test.skip;
const neverWarned = (line: string) => {
  throw new Error(line);
};

/** A maker that counts how often it was asked. */
function counting(text: string) {
  const maker = { made: 0, make: async () => picture(text) };
  const { make } = maker;
  maker.make = async () => {
    maker.made += 1;
    return make();
  };
  return maker;
}

describe('keeping', () => {
  test('what was kept is read again, also by a store opened later', async () => {
    const root = await newFolder();
    const maker = counting('tea');
    await openStore(root, neverWarned).through({ origin: 'typeset', phrase: 'tea' }, maker.make);
    const later = await openStore(root, neverWarned).through(
      { phrase: 'tea', origin: 'typeset' },
      maker.make,
    );
    expect(later).toEqual(picture('tea'));
    expect(maker.made).toBe(1);
  });

  test('another recipe is another picture', async () => {
    const store = openStore(await newFolder(), neverWarned);
    await store.write({ model: 'a', prompt: 'bc' }, picture('one'));
    expect(await store.read({ model: 'ab', prompt: 'c' })).toBeUndefined();
    expect(await store.read({ model: 'a', prompt: 'bc', size: 1 })).toBeUndefined();
  });

  test('equal calls at one time make one picture', async () => {
    const store = openStore(await newFolder(), neverWarned);
    const maker = counting('shared');
    const got = await Promise.all(
      Array.from({ length: 20 }, () => store.through({ phrase: 'x' }, maker.make)),
    );
    expect(maker.made).toBe(1);
    expect(new Set(got)).toEqual(new Set([picture('shared')]));
  });

  test('a failure is not kept, and the next call tries again', async () => {
    const store = openStore(await newFolder(), neverWarned);
    const maker = counting('late');
    await expect(store.through({ n: 1 }, () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    );
    expect(await store.through({ n: 1 }, async () => ({ missing: 'refused' }))).toEqual({
      missing: 'refused',
    });
    expect(await store.through({ n: 1 }, maker.make)).toEqual(picture('late'));
  });

  test('names in a recipe cannot lead out of the folder', async () => {
    const root = await newFolder();
    await openStore(root, neverWarned).write({ phrase: '../../../outside', '/etc': '/etc' }, picture('in'));
    const files = await readdir(root, { recursive: true });
    expect(files.filter(name => name.endsWith('.picture'))).toEqual([
      expect.stringMatching(/^[0-9a-f]{2}.[0-9a-f]{64}\.picture$/),
    ]);
  });
});

describe('what is not taken', () => {
  const recipe = { phrase: 'bread' };
  const key = pictureKey(recipe);

  async function spoilt(spoil: (file: string, root: string) => Promise<void>) {
    const root = await newFolder();
    const store = openStore(root, neverWarned);
    await store.write(recipe, picture('a loaf of bread'));
    await store.write({ phrase: 'cake' }, picture('a cake'));
    await spoil(fileOf(root, key), root);
    const maker = counting('bread made again');
    const taken = await store.read(recipe);
    const again = await store.through(recipe, maker.make);
    const kept = await store.read(recipe);
    return { taken, made: maker.made, again, kept };
  }
  const madeAgain = {
    taken: undefined,
    made: 1,
    again: picture('bread made again'),
    kept: picture('bread made again'),
  };

  test.each<[string, (file: string, root: string) => Promise<void>]>([
    ['one that was cut short', async file => truncate(file, (await readFile(file)).length - 3)],
    ['an empty one', file => truncate(file, 0)],
    [
      'one with a changed byte',
      async file => {
        const data = await readFile(file);
        data[data.length - 1] = 0;
        await writeFile(file, data);
      },
    ],
    [
      'another picture under this one’s name',
      (file, root) => rename(fileOf(root, pictureKey({ phrase: 'cake' })), file),
    ],
    [
      'one that claims a type that is no picture',
      async file => {
        const text = (await readFile(file, 'latin1')).replace('image/png', 'text/html');
        await writeFile(file, text, 'latin1');
      },
    ],
    [
      'one of another type than it was kept with',
      async file => {
        const text = (await readFile(file, 'latin1')).replace('image/png', 'image/webp');
        await writeFile(file, text, 'latin1');
      },
    ],
    [
      'a link',
      async (file, root) => {
        await rename(file, path.join(root, 'elsewhere'));
        await symlink(path.join(root, 'elsewhere'), file);
      },
    ],
  ])('%s is made again and kept', async (_, spoil) => {
    expect(await spoilt(spoil)).toEqual(madeAgain);
  });

  test('a folder that is a link out of the store is not written through', async () => {
    const root = await newFolder();
    const outside = await newFolder();
    await symlink(outside, path.join(root, key.slice(0, 2)));
    await expect(openStore(root, neverWarned).write(recipe, picture('bread'))).rejects.toThrow('is a link');
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('several processes and bad places', () => {
  test('processes that fill one folder at once all find sound pictures', async () => {
    const root = await newFolder();
    const runs = await Promise.all([1, 2, 3].map(() => run(process.execPath, [writer, root])));
    for (const { stdout } of runs) expect(stdout).toMatch(/^made \d+\n$/);
    const { stdout } = await run(process.execPath, [writer, root]);
    expect(stdout).toBe('made 0\n');
    expect(await readdir(path.join(root, '.waiting'))).toEqual([]);
  });

  test.each<[string, (store: PictureStore) => Promise<unknown>]>([
    ['keeps', store => store.write({ a: 1 }, picture('x'))],
    ['reads', store => store.read({ a: 1 })],
  ])('what a killed process left is removed by one that %s, after an hour and not before', async (_, use) => {
    const root = await newFolder();
    await mkdir(path.join(root, '.waiting'));
    const [old, young] = ['old', 'young'].map(name => path.join(root, '.waiting', name)) as [string, string];
    await writeFile(old, 'half');
    await writeFile(young, 'half');
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    await utimes(old, twoHoursAgo, twoHoursAgo);
    await use(openStore(root, neverWarned));
    expect(await readdir(path.join(root, '.waiting'))).toEqual(['young']);
  });

  test('a place that cannot be a folder is told of once, and pictures are made all the same', async () => {
    const file = path.join(await newFolder(), 'file');
    await writeFile(file, '');
    const lines: string[] = [];
    const store = openStore(file, line => lines.push(line));
    for (const phrase of ['a', 'b', 'c']) {
      expect(await store.through({ phrase }, async () => picture(phrase))).toEqual(picture(phrase));
    }
    expect(lines).toEqual([
      `nothing can be kept in ${file}: a file of that name is in the way; move it, or name another folder by RUNNER_TEMP or, at a terminal, XDG_CACHE_HOME; the run goes on without keeping its pictures`,
    ]);
  });

  test('a folder where a picture should be is named', async () => {
    const root = await newFolder();
    const file = fileOf(root, pictureKey({ a: 1 }));
    await mkdir(path.join(file, 'inside'), { recursive: true });
    await expect(openStore(root, neverWarned).write({ a: 1 }, picture('x'))).rejects.toThrow(
      `nothing can be kept as ${file}: a folder of that name is in the way; move it, or name another folder by RUNNER_TEMP`,
    );
  });

  // /sys takes no new folders, from root neither.
  linux('a folder without write permission is named', async () => {
    await expect(openStore('/sys/pictures', neverWarned).write({ a: 1 }, picture('x'))).rejects.toThrow(
      'nothing can be kept in /sys/pictures: no permission to write there; allow it, or name another folder by RUNNER_TEMP',
    );
  });

  fullDisk('a full disk is told of once, and leaves nothing half-written', async () => {
    await withSmallDisk(64, async root => {
      const lines: string[] = [];
      const store = openStore(root, line => lines.push(line));
      const large: StoredPicture = { bytes: Buffer.alloc(100_000), type: 'image/jpeg', sha256: '0' };
      for (const phrase of ['a', 'b']) await store.through({ phrase }, async () => large);
      expect(lines).toEqual([
        `nothing can be kept in ${root}: the disk is full; free space, or name another folder by RUNNER_TEMP or, at a terminal, XDG_CACHE_HOME; the run goes on without keeping its pictures`,
      ]);
      const left = await readdir(root, { recursive: true, withFileTypes: true });
      expect(left.filter(entry => entry.isFile())).toEqual([]);
    });
  });

  // 16 blocks of 1 KiB at most in a file: writing 50,000 bytes breaks off half-way, as on a full disk.
  linux('a write that breaks off leaves nothing half-written', async () => {
    const root = await newFolder();
    const limited = 'trap "" XFSZ; ulimit -f 16; exec "$0" "$@"';
    const { stdout } = await run('bash', ['-c', limited, process.execPath, writer, root]);
    expect(stdout).toMatch(
      /^warned: nothing can be kept in [^\n]+: a file would grow past the limit there; raise the limit, or name another folder by RUNNER_TEMP or, at a terminal, XDG_CACHE_HOME; the run goes on without keeping its pictures\nmade 40\n$/,
    );
    const left = await readdir(root, { recursive: true, withFileTypes: true });
    expect(left.filter(entry => entry.isFile())).toEqual([]);
  });
});
