import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openSpool } from '../../src/endpoint/batch/spool.ts';
import { at, withScratch } from '../support/scratch.ts';

withScratch();

test('requests lie under no name, so that a process that is killed leaves none of them', async () => {
  const spool = openSpool(at('work'));
  const request = { text: 'A duck?', maxTokens: 64, picture: 'data:image/png;base64,AAAA' };
  const span = spool.add(request);
  expect(await readdir(await spool.folder())).toEqual([]);
  expect(await spool.get(span)).toEqual(request);
  spool.close();
});

test('the requests that a killed process was handing in are removed by one that hands some in an hour later', async () => {
  const spool = openSpool(at('work'));
  const folder = await spool.folder();
  const hoursAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const name of ['left', 'running']) await writeFile(join(folder, name), 'x');
  await mkdir(at('work/other'));
  await utimes(join(folder, 'left'), hoursAgo, hoursAgo);
  await spool.folder();
  expect(await readdir(folder)).toEqual(['running']);
  expect((await readdir(at('work'))).sort()).toEqual(['.waiting', 'other']);
  spool.close();
});
