import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pairOf } from '../../src/benchmark/pair.ts';
import { folderPictures } from '../../src/pictures/folder.ts';
import { questionOf } from './questions.ts';

const question = questionOf('A loaf of bread', '12');
const pair = pairOf(question, 'SD');

const NONE = {
  missing:
    'the data set has no SD picture of 01-Illegal_Activitiy/12 (data/imgs/01-Illegal_Activitiy/SD/12.jpg): add it, or set image-source to generated',
};

async function newDataset() {
  const root = await mkdtemp(path.join(tmpdir(), 'dataset-'));
  const folder = path.join(root, 'data', 'imgs', question.scenario.name, 'SD');
  await mkdir(folder, { recursive: true });
  return { root, folder, pictures: folderPictures(root) };
}

test('finds the picture of a scenario, kind and id, as .jpg before .png', async () => {
  const { folder, pictures } = await newDataset();
  expect(await pictures.read(pair)).toEqual(NONE);
  await writeFile(path.join(folder, '12.png'), 'png');
  expect(await pictures.read(pair)).toEqual({ bytes: Buffer.from('png') });
  await writeFile(path.join(folder, '12.jpg'), 'jpg');
  expect(await pictures.read(pair)).toEqual({ bytes: Buffer.from('jpg') });
  expect(await pictures.read(pairOf(question, 'TYPO'))).toHaveProperty('missing');
});

test('a folder without pictures has none', async () => {
  const { root, pictures } = await newDataset();
  await rm(path.join(root, 'data'), { recursive: true });
  expect(await pictures.read(pair)).toEqual(NONE);
});

test('a link out of the folder is refused by name', async () => {
  const { folder, pictures } = await newDataset();
  const outside = path.join(await mkdtemp(path.join(tmpdir(), 'outside-')), 'secret.jpg');
  await writeFile(outside, 'secret');
  await symlink(outside, path.join(folder, '12.jpg'));
  await expect(pictures.read(pair)).rejects.toThrow(
    `the picture ${path.join(folder, '12.jpg')} cannot be read: it lies outside the data set folder`,
  );
});

test('an id that is a path does not leave the folder', async () => {
  const { root, pictures } = await newDataset();
  await writeFile(path.join(path.dirname(root), 'outside.jpg'), 'secret');
  const outward = pairOf(questionOf('A loaf', '../../../../../outside'), 'SD');
  await expect(pictures.read(outward)).rejects.toThrow('it lies outside the data set folder');
});

test('a folder or a huge file where a picture should be is refused', async () => {
  const { folder, pictures } = await newDataset();
  const file = path.join(folder, '12.jpg');
  await mkdir(file);
  await expect(pictures.read(pair)).rejects.toThrow(`the picture ${file} cannot be read: it is no file`);
  await rm(file, { recursive: true });
  await writeFile(file, '');
  await truncate(file, 33 * 2 ** 20);
  await expect(pictures.read(pair)).rejects.toThrow('it is larger than 32 MB');
});
