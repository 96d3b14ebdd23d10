import type OpenAI from 'openai';
import { z } from 'zod';
import type { ClientOptions } from '../client.ts';
import { batchName } from './record.ts';
import { retried } from './reply.ts';

export interface ListingOptions extends Pick<ClientOptions, 'signal' | 'maxRetries' | 'random' | 'clock'> {
  /** Rejects when the signal ends the run. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Whether a batch was started on a file. */
export interface Begun {
  readonly batch: string | undefined;
  /** Whether the endpoint's list of its batches could be read as far as it goes. */
  readonly isCertain: boolean;
}

/** Batches of one page of the list: as many as OpenAI gives out. The newest come first. */
const PAGE = 100;
const MOST_PAGES = 10;
/** Before a list that lacks a batch is looked at again, time after time (ms): it may lag behind. */
const LAGS = [2000, 4000];

const batches = z.object({
  data: z.array(z.looseObject({ id: batchName, input_file_id: z.unknown() })),
  has_more: z.boolean().nullish().catch(null),
});

type Listed = z.output<typeof batches>['data'][number];

/** What the endpoint's list says of a batch. It is certain where it shows that, or could be read as far as it goes. */
export async function listed(
  client: OpenAI,
  isIt: (batch: Listed) => boolean,
  options: ListingOptions,
): Promise<{ readonly found: Listed | undefined; readonly isCertain: boolean }> {
  const { signal } = options;
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { limit: PAGE, ...(after !== undefined && { after }) };
    const get = () => client.get('/batches', { query, signal });
    const shown = await retried(batches, get, options).catch(() => undefined);
    if (!shown) break;
    const { data, has_more: isMore } = shown;
    const found = data.find(isIt);
    after = data.at(-1)?.id;
    if (found !== undefined || !isMore || after === undefined) return { found, isCertain: true };
  }
  return { found: undefined, isCertain: false };
}

/** Looks for a batch several times, where the list does not show it. */
export async function begunAtLast(client: OpenAI, file: string, options: ListingOptions): Promise<Begun> {
  for (const lag of LAGS) {
    const found = await begunOn(client, file, options);
    if (found.batch !== undefined || !found.isCertain) return found;
    await options.sleep(lag, options.signal);
  }
  return begunOn(client, file, options);
}

/** Whether a batch on a file is in the list as it is now. */
export async function begunOn(client: OpenAI, file: string, options: ListingOptions): Promise<Begun> {
  const { found, isCertain } = await listed(client, each => each.input_file_id === file, options);
  return { batch: found?.id, isCertain };
}
