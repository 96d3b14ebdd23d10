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

const MOST_PAGES = 10;
/** Before a list that lacks something is looked at again, time after time (ms): it may lag behind. */
const LAGS = [2000, 4000];

/** A list of the endpoint's, of which the newest come first. */
interface List<T extends { readonly id: string }> {
  readonly path: string;
  readonly query: Readonly<Record<string, string | number>>;
  readonly form: z.ZodType<{ readonly data: readonly T[]; readonly has_more?: boolean | null | undefined }>;
}

const isMore = z.boolean().nullish().catch(null);

/** As many to a page as OpenAI gives out. */
const BATCHES: List<Listed> = {
  ...{ path: '/batches', query: { limit: 100 } },
  form: z.object({
    data: z.array(z.looseObject({ id: batchName, input_file_id: z.unknown() })),
    has_more: isMore,
  }),
};

interface Listed {
  readonly id: string;
  readonly input_file_id: unknown;
}

/** OpenAI gives out 10,000 to a page, where it is not asked for fewer. */
const FILES: List<{ readonly id: string; readonly filename: unknown }> = {
  ...{ path: '/files', query: { purpose: 'batch' } },
  form: z.object({ data: z.array(z.object({ id: z.string(), filename: z.unknown() })), has_more: isMore }),
};

/** Whether a list could be read as far as it goes, or as far as `isEnough` has it. */
async function isRead<T extends { readonly id: string }>(
  client: OpenAI,
  { path, query, form }: List<T>,
  isEnough: (page: readonly T[]) => boolean,
  options: ListingOptions,
): Promise<boolean> {
  const { signal } = options;
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const get = () =>
      client.get(path, { query: { ...query, ...(after !== undefined && { after }) }, signal });
    const shown = await retried(form, get, options).catch(() => undefined);
    if (!shown) return false;
    const { data, has_more: isMore } = shown;
    after = data.at(-1)?.id;
    if (isEnough(data) || !isMore || after === undefined) return true;
  }
  return false;
}

/** What the endpoint's list says of a batch. It is certain where it shows that, or could be read as far as it goes. */
export async function listed(
  client: OpenAI,
  isIt: (batch: Listed) => boolean,
  options: ListingOptions,
): Promise<{ readonly found: Listed | undefined; readonly isCertain: boolean }> {
  let found: Listed | undefined;
  const isEnough = (page: readonly Listed[]): boolean => {
    found = page.find(isIt);
    return found !== undefined;
  };
  const isCertain = await isRead(client, BATCHES, isEnough, options);
  return { found, isCertain };
}

/** The files for batches that were uploaded under a name; undefined where the list could not be read as far as it goes. */
export const filesNamed = (
  client: OpenAI,
  name: string,
  options: ListingOptions,
): Promise<readonly string[] | undefined> =>
  atLast(
    () => filesNow(client, name, options),
    found => found?.length === 0,
    options,
  );

async function filesNow(
  client: OpenAI,
  name: string,
  options: ListingOptions,
): Promise<readonly string[] | undefined> {
  const found: string[] = [];
  const all = await isRead(
    client,
    FILES,
    page => {
      for (const { id, filename } of page) if (filename === name) found.push(id);
      return false;
    },
    options,
  );
  return all ? found : undefined;
}

/** Looks for a batch several times, where the list does not show it. */
export const begunAtLast = (client: OpenAI, file: string, options: ListingOptions): Promise<Begun> =>
  atLast(
    () => begunOn(client, file, options),
    ({ batch, isCertain }) => batch === undefined && isCertain,
    options,
  );

/** Looks at a list several times, where it lacks what is looked for. */
async function atLast<T>(
  look: () => Promise<T>,
  isLacking: (shown: T) => boolean,
  { sleep, signal }: ListingOptions,
): Promise<T> {
  for (const lag of LAGS) {
    const shown = await look();
    if (!isLacking(shown)) return shown;
    await sleep(lag, signal);
  }
  return look();
}

/** Whether a batch on a file is in the list as it is now. */
export async function begunOn(client: OpenAI, file: string, options: ListingOptions): Promise<Begun> {
  const { found, isCertain } = await listed(client, each => each.input_file_id === file, options);
  return { batch: found?.id, isCertain };
}
