import { type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { codeOf } from '../common/fault.ts';

/** Lets go of what was locked. Never rejects: a lock that stays is its dead process's. */
export type Unlock = () => Promise<void>;

/**
 * Takes a lock that one process holds at a time: a file with the process's number in it, and where the system tells
 * it, when that process began. One that a killed process left is taken over. Null where another process holds it; rejects with the system's fault where it cannot be written.
 */
export async function lock(path: string): Promise<Unlock | null> {
  if (!((await taken(path)) || ((await isLeft(path)) && (await taken(path))))) return null;
  return () => rm(path, { force: true }).catch(() => undefined);
}

async function taken(path: string): Promise<boolean> {
  const holder = `${process.pid} ${await beginOf(process.pid)}`.trim();
  const file = await made(path);
  if (file === null) return false;
  try {
    await file.writeFile(holder);
    return true;
  } catch (error) {
    // Where the disk is full, a file without a number would pass for another process's.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/** The lock's file, made anew; null where it is there. */
async function made(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    // Windows says EPERM of a file that is just being removed.
    if (codeOf(error) === 'EEXIST' || (process.platform === 'win32' && codeOf(error) === 'EPERM'))
      return null;
    throw error;
  }
}

/** A process writes its number at once after it has made the file, which is empty until then (ms). */
const WRITTEN_AFTER = 5000;

/** Whether the process that holds a lock is no more; the lock is taken away then. */
async function isLeft(path: string): Promise<boolean> {
  const [written, made] = await Promise.all([
    readFile(path, 'utf8').catch(() => ''),
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  ]);
  const [, number = '', begin = ''] = /^(\d+) ?(.*)$/.exec(written) ?? [];
  const holder = Number(number);
  // After a new start of the machine, or in another container, the number is another process's.
  const isOld = made < Date.now() - uptime() * 1000 || holder === process.pid;
  const isBeingTaken = written === '' && Date.now() - made < WRITTEN_AFTER;
  if (!isOld && (holder > 0 ? await isAlive(holder, begin) : isBeingTaken)) return false;
  await rm(path, { force: true });
  return true;
}

/** Whether the process is there that has begun then; any of that number that has not ended where it is not known when. */
async function isAlive(pid: number, begin: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  const found = await beginOf(pid);
  return found !== ENDED && (found === '' || begin === '' || found === begin);
}

/** The twentieth field after a process's name, in ticks since the machine was started (proc_pid_stat(5)). */
const BEGIN = 19;

/** What stands for a process that has ended and whose parent has not asked how: in a container nobody may ever ask. */
const ENDED = 'ended';

/** When a process began, as a word that no other process of its number has; empty where the system does not tell. */
async function beginOf(pid: number): Promise<string> {
  try {
    const started = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const told = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and brackets.
    const fields = told.slice(told.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? ENDED : `${started.trim()} ${fields[BEGIN]}`;
  } catch {
    return '';
  }
}
