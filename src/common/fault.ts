/** The code of a system's fault, such as ENOENT; empty when it has none. Looks at the shape, not the class. */
export function codeOf(fault: unknown): string {
  const { code } = (fault ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** What a fault says in one line for a person, whatever was thrown. */
export function messageOf(fault: unknown): string {
  const { message } = (fault ?? {}) as { message?: unknown };
  const words = typeof message === 'string' ? message : String(fault);
  return words.replace(/\s+/g, ' ').trim() || 'an error without a message';
}

/** By the system's code: why something cannot be written, and what to do. */
const DISK: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  EACCES: ['no permission to write there', 'allow it'],
  EPERM: ['no permission to write there', 'allow it'],
  EROFS: ['the file system is read-only', 'make it writable'],
  ENOSPC: ['the disk is full', 'free space'],
  EDQUOT: ['the disk is full', 'free space'],
  EFBIG: ['a file would grow past the limit there', 'raise the limit'],
  ENOTDIR: ['a file of that name is in the way', 'move it'],
  EEXIST: ['a file of that name is in the way', 'move it'],
  EISDIR: ['a folder of that name is in the way', 'move it'],
  ENOTEMPTY: ['a folder of that name is in the way', 'move it'],
  ENOENT: ['it is not there', 'make it'],
};

/** Where a run keeps what it works with, as a person names another place for it. */
export const WORK_FOLDER = 'name another folder by RUNNER_TEMP or, at a terminal, XDG_CACHE_HOME';

/**
 * Why a folder cannot be written to and what to do, after its name and a colon.
 *
 * @param orElse what to do otherwise: how another folder is named
 */
export function diskTrouble(fault: unknown, orElse: string): string {
  const [why, remedy] = DISK[codeOf(fault)] ?? [messageOf(fault), 'make it writable'];
  return `${why}; ${remedy}, or ${orElse}`;
}
