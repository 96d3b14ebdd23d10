import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type Journal, openJournal } from '../../src/journal/journal.ts';
import { handOver } from '../../src/journal/shared.ts';
import { at, withScratch } from '../support/scratch.ts';
import { fullDisk, withSmallDisk } from '../support/small-disk.ts';

withScratch();

const text = z.object({ text: z.string() });
const keyOf = (n: number) => n.toString(16).padStart(64, '0');

/** A run's journal with so many entries, the keys of which begin at a number. */
async function ownOf(from: number, count: number): Promise<string> {
  const path = at(`own-${from}.jsonl`);
  const own = await openJournal(path, 'this');
  for (let n = from; n < from + count; n += 1) {
    await own.append(keyOf(n), { text: `entry ${n} – ü`.padEnd(500) });
  }
  await own.close();
  return path;
}

/** Which of the first so many keys a journal has an entry under. */
async function keysIn(journal: Journal, most: number): Promise<readonly number[]> {
  const found: number[] = [];
  for (let n = 0; n < most; n += 1) if (await journal.find(keyOf(n), text)) found.push(n);
  return found;
}

/** What lies in the shared journal, and that all of it can be read. */
async function shared(most: number): Promise<readonly number[]> {
  const journal = await openJournal(at('shared.jsonl'));
  const found = await keysIn(journal, most);
  expect(journal).toMatchObject({ found: found.length, dropped: 0 });
  await journal.close();
  return found;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

/** Some 600 bytes an entry. */
const lend = async (from: number, count: number, largest: number): Promise<void> =>
  handOver(await ownOf(from, count), at('shared.jsonl'), { largest });

describe('a shared journal that is larger than it may be', () => {
  test('is cut to the newest of what runs have lent, of each all or nothing, in its order', async () => {
    for (const from of [0, 10, 20, 30]) await lend(from, 10, 26 * 600);
    expect(await shared(40)).toEqual(range(20, 20));
    await lend(30, 10, 26 * 600);
    const journal = await openJournal(at('shared.jsonl'));
    expect(journal.placeOf(keyOf(30))).toBeGreaterThan(journal.placeOf(keyOf(20)) ?? 0);
    await journal.close();
    expect(await readdir(at('.'))).not.toContain('shared.jsonl.cut');
  });

  test('is left as it is up to there', async () => {
    for (const from of [0, 10]) await lend(from, 10, 26 * 600);
    const before = await readFile(at('shared.jsonl'));
    await lend(20, 1, 26 * 600);
    expect((await readFile(at('shared.jsonl'))).subarray(0, before.length)).toEqual(before);
  });

  test('has all of a run that is larger by itself, and as much of others', async () => {
    await lend(0, 10, 1000);
    await lend(10, 30, 1000);
    await lend(40, 300, 1000);
    expect(await shared(350)).toEqual(range(0, 340));
    await lend(340, 10, 1000);
    expect(await shared(350)).toEqual(range(340, 10));
  });

  test('of one that nothing marks, as runs of an earlier release have left it, the last run stays', async () => {
    await writeFile(at('shared.jsonl'), await readFile(await ownOf(0, 30)));
    await lend(30, 2, 6000);
    expect(await shared(32)).toEqual([30, 31]);
  });

  test('keeps what was forgotten forgotten, also for a run that had it open when it was cut', async () => {
    await lend(0, 10, 1e6);
    await lend(10, 10, 1e6);
    const open = await openJournal(at('shared.jsonl'), 'this', { signal: new AbortController().signal });
    await lend(20, 10, 26 * 600);
    expect(await keysIn(open, 30)).toEqual(range(0, 20));
    await open.drop([keyOf(3), keyOf(12)]);
    expect(await keysIn(open, 30)).toEqual(range(0, 20).filter(n => n !== 3 && n !== 12));
    await open.close();
    expect(await shared(30)).toEqual(range(10, 20).filter(n => n !== 12));
  });

  test('leaves no more behind than a process that was killed while it cut, and that for no longer than to the next', async () => {
    await writeFile(at('shared.jsonl.cut'), 'half of it');
    await writeFile(at('shared.jsonl.lock'), '2147483646');
    await lend(0, 2, 1e6);
    expect((await readdir(at('.'))).toSorted()).toEqual(['own-0.jsonl', 'shared.jsonl']);
  });

  fullDisk('stays whole where there is no room to make it anew, with what was lent', () =>
    withSmallDisk(64, async disk => {
      const path = join(disk, 'shared.jsonl');
      await handOver(await ownOf(0, 45), path, { largest: 1e6 });
      await handOver(await ownOf(45, 30), path, { largest: 1000 });
      const journal = await openJournal(path);
      expect(await keysIn(journal, 75)).toEqual(range(0, 75));
      await journal.close();
      expect(await readdir(disk)).toEqual(['shared.jsonl']);
    }),
  );

  test('is whole for whoever opens it while two processes lend and cut, and after one was killed', async () => {
    const [one, two] = [await ownOf(0, 40), await ownOf(40, 40)];
    await handOver(one, at('shared.jsonl'));
    const processes = [one, two].map(lendingOver);
    for (let round = 0; round < 100; round += 1) {
      const journal = await openJournal(at('shared.jsonl'), 'this', { signal: new AbortController().signal });
      expect([40, 80]).toContain((await keysIn(journal, 80)).length);
      expect(journal.dropped).toBe(0);
      await journal.close();
    }
    for (const each of processes) {
      each.kill('SIGKILL');
      await once(each, 'exit');
    }
    await handOver(two, at('shared.jsonl'), { largest: 1000 });
    const journal = await openJournal(at('shared.jsonl'));
    expect((await keysIn(journal, 80)).slice(-40)).toEqual(range(40, 40));
    await journal.close();
    const names = ['own-0.jsonl', 'own-40.jsonl', 'shared.jsonl'];
    expect((await readdir(at('.'))).toSorted()).toEqual(names);
  });
});

/** A process that lends a journal again and again. */
function lendingOver(from: string) {
  const module = new URL('../../src/journal/shared.ts', import.meta.url).href;
  const script = `import { handOver } from ${JSON.stringify(module)}; import { setTimeout } from 'node:timers/promises'; for (;; await setTimeout(15)) await handOver(...${JSON.stringify([from, at('shared.jsonl')])}, { largest: 60_000 });`;
  return spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    stdio: 'inherit',
  });
}

describe('while another process writes to a shared journal', () => {
  test('a run waits before it lends', async () => {
    await writeFile(at('shared.jsonl.lock'), String(process.ppid));
    const lent = lend(0, 3, 1e6);
    await setTimeout(200);
    expect(await readdir(at('.'))).not.toContain('shared.jsonl');
    await rm(at('shared.jsonl.lock'));
    await lent;
    expect(await shared(3)).toEqual(range(0, 3));
  });

  test('it does so for no longer than that takes', async () => {
    await writeFile(at('shared.jsonl.lock'), String(process.ppid));
    const earlier = new Date(Date.now() - 31_000);
    await utimes(at('shared.jsonl.lock'), earlier, earlier);
    await lend(0, 3, 1e6);
    expect(await shared(3)).toEqual(range(0, 3));
  });
});

test('nobody waits for another process once the run is cancelled', async () => {
  const own = await ownOf(0, 3);
  // A process that lives, and holds on.
  await writeFile(at('shared.jsonl.lock'), `${process.ppid}`);
  const signal = AbortSignal.timeout(100);
  const waiting = 'the run was cancelled while another one worked on the answers that they share';
  await expect(handOver(own, at('shared.jsonl'), { signal })).rejects.toThrow(waiting);
  await expect(openJournal(at('shared.jsonl'), 'this', { signal })).rejects.toThrow(waiting);
});
