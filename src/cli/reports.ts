import { FaultsError } from '../inputs.ts';
import { plain } from '../report/escape.ts';
import type { Report } from '../report/report.ts';
import { readReportFile } from '../report-file.ts';

/** A report that was named, and where it lies. */
export interface NamedReport {
  readonly path: string;
  readonly report: Report;
}

/** Reads the reports that were named; of a folder, the `report.json` in it. Rejects with a FaultsError. */
export async function readReports(names: readonly string[]): Promise<readonly NamedReport[]> {
  const read = await Promise.all(names.map(readNamed));
  const faults = read.flatMap(each => ('fault' in each ? [each.fault] : []));
  if (faults.length > 0) throw new FaultsError(faults);
  return read.filter(each => 'report' in each);
}

async function readNamed(name: string): Promise<NamedReport | { readonly fault: string }> {
  const read = await readReportFile(name);
  return 'problem' in read
    ? { fault: `"${plain(read.path)}" is no report that can be used: ${read.problem}` }
    : read;
}
