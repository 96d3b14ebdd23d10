import { shownUrl } from '../endpoint/problems.ts';
import type { RunConfig } from '../inputs.ts';
import type { Report } from '../report/report.ts';

/** What a report says of a run by its configuration, whatever came of it. */
export interface Configured {
  readonly model: Report['model'];
  readonly chosen: Pick<Report['sample'], 'requested' | 'seed' | 'shard' | 'scenarios' | 'kinds'>;
}

export const configuredIn = ({ target, selection, pictures }: RunConfig): Configured => ({
  model: { name: target.model, endpoint: shownUrl(target.baseUrl) },
  chosen: {
    requested: selection.requested,
    seed: selection.seed,
    shard: `${selection.shard.index}/${selection.shard.of}`,
    scenarios: selection.scenarios.map(({ name }) => name),
    kinds: pictures.kinds,
  },
});

/** Of a run whose inputs could not be read. */
export const NOTHING_CONFIGURED: Configured = {
  model: { name: '', endpoint: '' },
  chosen: { requested: '', seed: '', shard: '', scenarios: [], kinds: [] },
};
