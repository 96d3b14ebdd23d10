import { isGivenUp } from './cache-silence.ts';

/**
 * What the cache package makes of its failures: it keeps them to itself and only tells the log of them, in the words
 * of the service's newer protocol or of its older one. So the log is listened to.
 */

const TOLD = /Failed to (?:restore|save|reserve cache)|^::(?:warning|error)::/;

/**
 * Does the work, and gives what the package told the log of failures meanwhile. What it tells of work that was given up
 * stays out of the log: whoever gave it up tells why.
 */
export async function overheard<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly told: string }> {
  const { stdout } = process;
  const { write } = stdout;
  let told = '';
  stdout.write = ((...args: Parameters<typeof write>) => {
    const text = String(args[0]);
    if (isGivenUp()) return true;
    if (TOLD.test(text)) told += text;
    return write.apply(stdout, args);
  }) as typeof write;
  try {
    return { result: await work(), told };
  } finally {
    stdout.write = write;
  }
}

/** Why nothing was restored, if that is a failure. */
export const restoreFailure = (told: string): string =>
  /^::(?:warning|error)::Failed to restore: (.*)/m.exec(told)?.[1] ?? '';

/** Whether the service gave no proper answer to what was to be restored. */
export const isServiceFailure = (failure: string): boolean =>
  /^Failed to GetCacheEntryDownloadURL|responded with 5\d\d/.test(failure);

/**
 * Why nothing was saved: the key is another's (`taken`), the service takes nothing from this run, of which the package
 * has warned (`denied`), it gave no proper answer, which the package takes for a key that is another's
 * (`unanswered`), or something else that the package has warned of (`failed`).
 */
export function saveFailure(told: string): 'taken' | 'denied' | 'unanswered' | 'failed' {
  if (/cache write denied|^::warning::Cache reservation failed(?!.*exist)/m.test(told)) return 'denied';
  if (/Failed to CreateCacheEntry: (?!.*\(409\))/.test(told)) return 'unanswered';
  return /Unable to reserve cache/.test(told) ? 'taken' : 'failed';
}
