import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own, so small that it can be filled. */
export interface SmallDisk {
  readonly folder: string;
  remove(): void;
}

/** Mounts a disk of so many kilobytes in memory; says in a line why it cannot, where it cannot. */
export function smallDisk(kilobytes: number): SmallDisk | string {
  if (process.platform !== 'linux') return `no disk can be mounted on ${process.platform}`;
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  if (mounted.status === 0) {
    const remove = () => {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    };
    return { folder, remove };
  }
  rmSync(folder, { recursive: true });
  return `no disk can be mounted without being root: ${String(mounted.stderr ?? mounted.error).trim()}`;
}
