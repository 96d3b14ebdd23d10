import type { Observation } from '../statistics/observation.ts';
import type { Row } from './report.ts';

/** Rows as the statistics see them. */
export const observationsOf = (rows: readonly Row[]): readonly Observation[] =>
  rows.map(({ pair, cluster, repeat, label }) => {
    const [stratum = '', id = '', kind = ''] = pair.split('/');
    return { stratum, question: `${stratum}/${id}`, cluster, kind, repeat, label };
  });

/** How often each pair was asked, as far as the rows tell. */
export const repeatsIn = (rows: readonly Row[]): number =>
  rows.reduce((most, { repeat }) => Math.max(most, repeat + 1), 1);
