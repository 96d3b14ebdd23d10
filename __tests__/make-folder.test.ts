import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../src/common/make-folder.ts';

let home = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'folders-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

test('many that make folders under the same new one at once all get theirs', async () => {
  const names = Array.from({ length: 16 }, (_, n) => String(n).padStart(2, '0'));
  for (let round = 0; round < 100; round += 1) {
    const above = join(home, String(round), 'work', 'content');
    await Promise.all(
      names.flatMap(name => [above, join(above, name), join(above, name, 'pictures')].map(makeFolder)),
    );
    expect((await readdir(above)).toSorted()).toEqual(names);
  }
});

test('a folder that takes no other, and a file in the way, are told as the system tells them', async () => {
  await expect(makeFolder('/proc/mm-safetybench/content')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(makeFolder(join(import.meta.filename, 'content'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
