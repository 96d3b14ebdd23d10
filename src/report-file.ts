import { readFile, stat } from 'node:fs/promises';
import { readReport } from './report/read-report.ts';
import type { Report } from './report/report.ts';

/** Larger than any report that is read: what lies there is something else. */
const MAX_BYTES = 128_000_000;

/** Reads a `report.json`, which anybody may have written. What is wrong with it is one line without a full stop. */
export async function readReportFile(path: string): Promise<Report | { readonly problem: string }> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return { problem: 'it is no file' };
    if (found.size > MAX_BYTES) return { problem: `it has more than ${MAX_BYTES / 1e6} MB` };
    return readReport(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: `it cannot be read (${code})` };
  }
}
