import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mount = (folder: string, sizeKb: number) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', folder], { stdio: 'pipe' });
const unmount = (folder: string) => execFileSync('umount', ['-l', folder], { stdio: 'pipe' });

/** Why no disk of a given size can be had here; empty where it can. */
function reasonAgainst(): string {
  if (process.platform !== 'linux') return 'it takes Linux';
  if (process.getuid?.() !== 0) return 'it takes root';
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    mount(folder, 64);
    unmount(folder);
    return '';
  } catch {
    return 'no file system can be mounted here';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const reason = reasonAgainst();

/** A test that fills a disk; it is skipped, and its name says why, where none can be mounted. */
export const fullDisk = (name: string, run: () => Promise<void>, timeout?: number): void =>
  reason === '' ? test(name, run, timeout) : test.skip(`${name} (skipped: ${reason})`, run);

/** Runs `work` with the folder of a disk of its own, of so many kB. */
export async function withSmallDisk(sizeKb: number, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  mount(folder, sizeKb);
  try {
    await work(folder);
  } finally {
    unmount(folder);
    rmSync(folder, { recursive: true });
  }
}
