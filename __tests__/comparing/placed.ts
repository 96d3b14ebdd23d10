import type { Placed } from '../../src/comparing/misfits.ts';
import type { Report } from '../../src/report/report.ts';
import { sampleReport } from '../report/sample-report.ts';

/** A model's report as `compare` finds it; no two of them are the same run. */
export function placed(
  name: string,
  sample: Parameters<typeof sampleReport>[0] = {},
  changes: Partial<Report> = {},
): Placed {
  const report = sampleReport(sample);
  return {
    path: `${name}/report.json`,
    report: { ...report, model: { ...report.model, name }, ...changes },
  };
}
