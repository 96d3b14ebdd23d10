import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from './common/fault.ts';
import type { Report } from './report/report.ts';

/** Larger than any report that is read: what lies there is something else. */
const MAX_BYTES = 128_000_000;

interface Unread {
  readonly path: string;
  /** One line without a full stop. */
  readonly problem: string;
}

/** Reads a `report.json`, which anybody may have written; of a folder, the one in it. `path` is where it lies. */
export async function readReportFile(
  name: string,
): Promise<{ readonly path: string; readonly report: Report } | Unread> {
  const { path, ...read } = await readReportText(name);
  if ('problem' in read) return { path, problem: read.problem };
  // Most commands read none, and its schema takes its time to be built.
  const { readReport } = await import('./report/read-report.ts');
  const report = readReport(read.text);
  return 'problem' in report ? { path, problem: report.problem } : { path, report };
}

/** The text of a `report.json`, or of a `baseline.json` that is named, whatever it says. */
export async function readReportText(
  name: string,
): Promise<{ readonly path: string; readonly text: string } | Unread> {
  let path = name;
  try {
    if ((await stat(path)).isDirectory()) path = join(name, 'report.json');
    const found = await stat(path);
    if (!found.isFile()) return { path, problem: 'it is no file' };
    if (found.size > MAX_BYTES) return { path, problem: `it has more than ${MAX_BYTES / 1e6} MB` };
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    return { path, problem: `it cannot be read (${codeOf(error)})` };
  }
}
