import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { lock } from '../../src/journal/lock.ts';
import { at, withScratch } from '../support/scratch.ts';
import { fullDisk, withSmallDisk } from '../support/small-disk.ts';

withScratch();

/** Another process that tries to take the lock. */
function elsewhere(path: string): string {
  const module = JSON.stringify(new URL('../../src/journal/lock.ts', import.meta.url).href);
  const script = `import { lock } from ${module}; process.stdout.write(String(await lock(${JSON.stringify(path)}) !== null));`;
  return spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], {
    encoding: 'utf8',
  }).stdout;
}

test('a lock is held by one process until it lets go', async () => {
  const path = at('held.lock');
  const unlock = await lock(path);
  expect(unlock).not.toBeNull();
  expect(elsewhere(path)).toBe('false');
  await unlock?.();
  expect(elsewhere(path)).toBe('true');
});

test('a lock that a process left which is no more is taken over', async () => {
  const path = at('left.lock');
  expect(elsewhere(path)).toBe('true');
  expect(await readFile(path, 'utf8')).toMatch(/^\d+( [\da-f-]{36} \d+)?$/);
  expect(await lock(path)).not.toBeNull();
});

(existsSync('/proc/self/stat') ? test : test.skip)(
  'one whose number another process has by now is taken over',
  async () => {
    const path = at('another.lock');
    expect(elsewhere(path)).toBe('true');
    const [, ...begin] = (await readFile(path, 'utf8')).split(' ');
    expect(begin).toHaveLength(2);
    await writeFile(path, String(process.ppid));
    expect(await lock(path)).toBeNull();
    await writeFile(path, [process.ppid, ...begin].join(' '));
    expect(await lock(path)).not.toBeNull();
  },
);

(existsSync('/proc/self/stat') ? test : test.skip)(
  'one of a process that has ended and that nobody asks after is taken over',
  async () => {
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [number] = await once(parent.stdout, 'data');
    const child = Number(number);
    const stateOf = () => / ([A-Z]) /.exec(readFileSync(`/proc/${child}/stat`, 'utf8'))?.[1];
    while (stateOf() !== 'Z') await setTimeout(5);
    const path = at('unreaped.lock');
    await writeFile(path, String(child));
    expect(await lock(path)).not.toBeNull();
    parent.kill();
  },
);

test('one without a number is held for the moment that writing it takes, and no longer', async () => {
  const path = at('empty.lock');
  await writeFile(path, '');
  expect(await lock(path)).toBeNull();
  const earlier = new Date(Date.now() - 10_000);
  await utimes(path, earlier, earlier);
  expect(await lock(path)).not.toBeNull();
});

fullDisk('one that a full disk does not take leaves no file behind', () =>
  withSmallDisk(64, async folder => {
    const filler = `${folder}/filler`;
    writeFileSync(filler, '');
    expect(() => {
      for (;;) appendFileSync(filler, Buffer.alloc(4096));
    }).toThrow('ENOSPC');
    await expect(lock(`${folder}/full.lock`)).rejects.toThrow('ENOSPC');
    expect(readdirSync(folder)).toEqual(['filler']);
  }),
);

test('one with something else in it than a process writes is nobody’s', async () => {
  const path = at('garbage.lock');
  await writeFile(path, 'garbage');
  expect(await lock(path)).not.toBeNull();
});

test('one from before the machine was started is nobody’s, whatever process has the number now', async () => {
  const path = at('before.lock');
  await writeFile(path, String(process.ppid));
  expect(await lock(path)).toBeNull();
  await utimes(path, new Date(0), new Date(0));
  expect(await lock(path)).not.toBeNull();
});
