import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSpool } from '../../src/endpoint/batch/spool.ts';
import { at, withScratch } from '../support/scratch.ts';

withScratch();

test('requests lie under no name, so that a process that is killed leaves none of them', async () => {
  const spool = openSpool(at('work'));
  const request = { text: 'A duck?', maxTokens: 64, picture: 'data:image/png;base64,AAAA' };
  const span = spool.add(request);
  expect(await readdir(spool.folder)).toEqual([]);
  expect(await spool.get(span)).toEqual(request);
  spool.remove();
  expect(await readdir(at('work'))).toEqual([]);
});

test('what was left days ago is removed, and nothing else', async () => {
  const daysAgo = new Date(Date.now() - 4 * 24 * 3_600_000);
  for (const name of ['batch-left', 'batch-running', 'other']) {
    await mkdir(join(at('work'), name), { recursive: true });
    await writeFile(join(at('work'), name, 'a.jsonl'), 'x');
    if (name !== 'batch-running') await utimes(join(at('work'), name), daysAgo, daysAgo);
  }
  const spool = openSpool(at('work'));
  spool.remove();
  expect((await readdir(at('work'))).sort()).toEqual(['batch-running', 'other']);
});
