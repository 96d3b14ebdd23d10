import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { openJournal } from '../../src/journal/journal.ts';
import { fullDisk, withSmallDisk } from '../support/small-disk.ts';

const text = z.object({ text: z.string() });
const keyOf = (n: number) => n.toString(16).padStart(64, '0');
let folder = '';
let path = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'deep', 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

async function filled(count: number, by?: string): Promise<void> {
  const journal = await openJournal(path, by);
  await Promise.all(
    Array.from({ length: count }, (_, n) => journal.append(keyOf(n), { text: `entry ${n} – ü\n` })),
  );
  await journal.close();
}

test('what was appended is found, in the same run and the next', async () => {
  const journal = await openJournal(path);
  expect(journal.found).toBe(0);
  await journal.append(keyOf(1), { text: 'one' });
  expect(await journal.find(keyOf(1), text)).toEqual({ text: 'one' });
  await journal.close();

  const next = await openJournal(path);
  expect(next).toMatchObject({ found: 1, dropped: 0 });
  expect(await next.find(keyOf(1), text)).toEqual({ text: 'one' });
  expect(await next.find(keyOf(2), text)).toBeUndefined();
  await next.close();
});

test('entries written at once do not mix', async () => {
  await filled(500);
  const journal = await openJournal(path);
  expect(journal).toMatchObject({ found: 500, dropped: 0 });
  for (const n of [0, 1, 250, 499]) {
    expect(await journal.find(keyOf(n), text)).toEqual({ text: `entry ${n} – ü\n` });
  }
  await journal.close();
});

test('a torn last line is dropped, and what follows begins on its own line', async () => {
  await filled(2);
  await appendFile(path, `{"key":"${keyOf(7)}","entry":{"te`);
  const journal = await openJournal(path);
  expect(journal).toMatchObject({ found: 2, dropped: 1 });
  await journal.append(keyOf(8), { text: 'after' });
  await journal.close();
  expect((await readFile(path, 'utf8')).trimEnd().split('\n')).toHaveLength(3);
  const next = await openJournal(path);
  expect(next).toMatchObject({ found: 3, dropped: 0 });
  expect(await next.find(keyOf(8), text)).toEqual({ text: 'after' });
  await next.close();
});

test('any number of zeros at its end are one line that is dropped, before the time-out', async () => {
  await filled(2);
  const whole = await readFile(path);
  await truncate(path, 300_000_000);
  const journal = await openJournal(path);
  expect(journal).toMatchObject({ found: 2, dropped: 1 });
  expect(await readFile(path)).toEqual(whole);
  await journal.append(keyOf(8), { text: 'after' });
  expect(await journal.find(keyOf(8), text)).toEqual({ text: 'after' });
  await journal.close();
});

test('a line of many chunks is found, and what follows it', async () => {
  const long = { text: 'x\u0001'.repeat(1_000_000) };
  const journal = await openJournal(path);
  await journal.append(keyOf(1), long);
  await journal.append(keyOf(2), { text: 'two' });
  await journal.close();
  const next = await openJournal(path);
  expect(next).toMatchObject({ found: 2, dropped: 0 });
  expect(await next.find(keyOf(1), text)).toEqual(long);
  expect(await next.find(keyOf(2), text)).toEqual({ text: 'two' });
  await next.close();
});

test('what one process appends while another opens the journal stays', async () => {
  await filled(500);
  const one = await openJournal(path);
  let count = 500;
  for (let round = 0; round < 12; round += 1) {
    let isOpen = false;
    const opening = openJournal(path).finally(() => {
      isOpen = true;
    });
    while (!isOpen) {
      await one.append(keyOf(count), { text: `${count}` });
      count += 1;
      await setImmediate();
    }
    await (await opening).close();
  }
  await one.close();
  const all = await openJournal(path);
  expect(all).toMatchObject({ found: count, dropped: 0 });
  await all.close();
});

test('lines that are none, and entries of another shape, are dropped and counted', async () => {
  await filled(1);
  const good = await readFile(path, 'utf8');
  const lines = [
    'nonsense',
    '{"key":"short","entry":{}}',
    `{"key":"${keyOf(3)}","entry":{},"more":1}`,
    'null',
    `{"key":"${keyOf(4)}","entry":{"text":5}}`,
  ];
  await writeFile(path, `${lines.join('\n')}\n${good}`);
  const journal = await openJournal(path);
  expect(journal).toMatchObject({ found: 2, dropped: 4 });
  expect(await journal.find(keyOf(0), text)).toEqual({ text: 'entry 0 – ü\n' });
  for (const _ of [1, 2]) expect(await journal.find(keyOf(4), text)).toBeUndefined();
  expect(journal.dropped).toBe(5);
  await journal.close();
});

test('a journal in which nothing ever was leaves no file, one in which something was does', async () => {
  await filled(0);
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
  await filled(1);
  await filled(0);
  expect(await readdir(join(folder, 'deep'))).toEqual(['journal.jsonl']);
});

describe('what is forgotten', () => {
  test('is all of what answered, whichever process asked; what others answered stays, but for what was found', async () => {
    await filled(3, 'another');
    const killed = await openJournal(path, 'this');
    await killed.append(keyOf(10), { text: 'of an attempt that was killed' });
    await killed.close();
    const journal = await openJournal(path, 'this');
    expect(await journal.find(keyOf(0), text)).toBeDefined();
    await journal.append(keyOf(11), { text: 'appended' });
    await journal.forget();
    for (const n of [0, 10, 11]) expect(await journal.find(keyOf(n), text)).toBeUndefined();
    expect(await journal.find(keyOf(1), text)).toEqual({ text: 'entry 1 – ü\n' });
    await journal.append(keyOf(12), { text: 'after' });
    await journal.close();

    const next = await openJournal(path, 'this');
    expect(next).toMatchObject({ found: 3, dropped: 0 });
    for (const n of [0, 10, 11]) expect(await next.find(keyOf(n), text)).toBeUndefined();
    for (const n of [1, 2, 12]) expect(await next.find(keyOf(n), text)).toBeDefined();
    await next.close();
  });

  test('leaves an empty file where nothing else is, also behind a line that another process has written', async () => {
    await filled(2);
    const journal = await openJournal(path);
    const other = await openJournal(path);
    await journal.forget();
    await journal.append(keyOf(5), { text: 'after' });
    expect(await journal.find(keyOf(5), text)).toEqual({ text: 'after' });
    await journal.forget();
    await journal.close();
    expect(await readFile(path, 'utf8')).toBe('');
    await other.close();
    await filled(1);
    const before = await openJournal(path, 'this');
    const beside = await openJournal(path, 'another');
    await before.append(keyOf(6), { text: 'six' });
    await beside.append(keyOf(7), { text: 'seven' });
    await before.find(keyOf(0), text);
    await before.forget();
    await before.close();
    await beside.close();
    const next = await openJournal(path);
    expect(next).toMatchObject({ found: 1, dropped: 0 });
    expect(await next.find(keyOf(7), text)).toEqual({ text: 'seven' });
    await next.close();
  });

  test('is all of it or nothing, where the process was killed as it forgot', async () => {
    await filled(1, 'another');
    await filled(40, 'this');
    const before = (await readFile(path)).length;
    const journal = await openJournal(path, 'this');
    await filled(1, 'another');
    await journal.forget();
    await journal.close();
    const after = await readFile(path);
    await writeFile(path, after.subarray(0, after.length - 1));
    const torn = await openJournal(path, 'this');
    expect(torn).toMatchObject({ found: 40, dropped: 1 });
    expect(before).toBeLessThan(after.length);
    await torn.close();
    await writeFile(path, after);
    const whole = await openJournal(path, 'this');
    expect(whole).toMatchObject({ found: 1, dropped: 0 });
    await whole.close();
  });
});

fullDisk('a full disk is said in one line, and costs no entry but the one it had no room for', async () => {
  await withSmallDisk(64, async disk => {
    path = join(disk, 'answers', 'journal.jsonl');
    const journal = await openJournal(path);
    await journal.append(keyOf(1), { text: 'before' });
    await expect(journal.append(keyOf(2), { text: 'x'.repeat(100_000) })).rejects.toThrow(
      `the folder "${join(disk, 'answers')}" takes no more answers: the disk is full; free space, or name another folder by RUNNER_TEMP or, at a terminal, XDG_CACHE_HOME. What was answered so far is kept, and the next run goes on from there`,
    );
    expect(await journal.find(keyOf(1), text)).toEqual({ text: 'before' });
    execFileSync('mount', ['-o', 'remount,size=1m', disk]);
    await journal.append(keyOf(3), { text: 'after' });
    expect(await journal.find(keyOf(3), text)).toEqual({ text: 'after' });
    await journal.close();

    const next = await openJournal(path);
    expect(next).toMatchObject({ found: 2, dropped: 1 });
    expect(await next.find(keyOf(1), text)).toEqual({ text: 'before' });
    expect(await next.find(keyOf(3), text)).toEqual({ text: 'after' });
    await next.close();
  });
});

fullDisk(
  'a read-only file system is said, where making the folder is answered with another fault',
  async () => {
    await withSmallDisk(64, async disk => {
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await expect(openJournal(join(disk, 'one', 'two', 'journal.jsonl'))).rejects.toThrow(
        `the folder "${join(disk, 'one', 'two')}" for answers cannot be used: the file system is read-only; make it writable, or name another folder by RUNNER_TEMP`,
      );
    });
  },
);
