import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { notInGit } from '../../scripts/folders.ts';

let root = '';
const git = (...args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
const put = (name: string): void => writeFileSync(path.join(root, name), name);

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'checkout-'));
  mkdirSync(path.join(root, 'dist'));
  put('dist/index.js');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('names the files of dist that a commit of tracked files would leave out, and those that are gone', () => {
  git('init', '--quiet');
  writeFileSync(path.join(root, '.gitignore'), '*.log\n');
  put('dist/1.index.js');
  git('add', '-A');
  expect(notInGit(root, 'dist')).toEqual([]);

  rmSync(path.join(root, 'dist/1.index.js'));
  put('dist/2.index.js');
  put('dist/ignored.log');
  put('elsewhere.js');
  expect(notInGit(root, 'dist')).toEqual(['dist/1.index.js', 'dist/2.index.js', 'dist/ignored.log']);

  git('add', '-A', 'dist');
  expect(notInGit(root, 'dist')).toEqual(['dist/ignored.log']);
});

test('says nothing of a folder that is no checkout, as one from an archive', () => {
  expect(notInGit(root, 'dist')).toEqual([]);
});
