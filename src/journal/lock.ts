import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { codeOf } from '../common/fault.ts';

/** Lets go of what was locked. Never rejects: a lock that stays is its dead process's. */
export type Unlock = () => Promise<void>;

/**
 * Takes a lock that one process holds at a time: a file with the process's number in it. One that a killed process
 * left is taken over. Null where another process holds it; rejects with the system's fault where it cannot be written.
 */
export async function lock(path: string): Promise<Unlock | null> {
  if (!((await taken(path)) || ((await isLeft(path)) && (await taken(path))))) return null;
  return () => rm(path, { force: true }).catch(() => undefined);
}

async function taken(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    // Windows says EPERM of a file that is just being removed.
    if (codeOf(error) === 'EEXIST' || (process.platform === 'win32' && codeOf(error) === 'EPERM'))
      return false;
    throw error;
  }
}

/** A process writes its number at once after it has made the file (ms). */
const WRITTEN_AFTER = 5000;

/** Whether the process that holds a lock is no more; the lock is taken away then. */
async function isLeft(path: string): Promise<boolean> {
  const [holder, made] = await Promise.all([
    readFile(path, 'utf8').then(Number, () => 0),
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  ]);
  // After a new start of the machine, or in another container, the number is another process's.
  const isOld = made < Date.now() - uptime() * 1000 || holder === process.pid;
  if (!isOld && (holder > 0 ? isAlive(holder) : Date.now() - made < WRITTEN_AFTER)) return false;
  await rm(path, { force: true });
  return true;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
