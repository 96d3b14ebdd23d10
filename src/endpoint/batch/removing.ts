import { setTimeout } from 'node:timers/promises';
import type OpenAI from 'openai';
import { APIError } from 'openai';
import { z } from 'zod';
import { parseJson } from '../../common/json.ts';
import type { ClientOptions } from '../client.ts';
import { errorWord } from '../problems.ts';

export interface RemovingOptions extends Pick<ClientOptions, 'clock' | 'secrets'> {
  readonly notice: (sentence: string) => void;
}

/** Before a file is removed again, time after time (ms). */
const PAUSES = [200, 500, 1000];
/** No try is begun later than this: a cancelled job has seconds (ms). */
const LAST_TRY = 2000;
/** For one try, to the last byte of what is answered (ms). */
const TIMEOUT = 1500;

/** Removes a file from the endpoint in some tries, and tells of one that stays. Never rejects. */
export async function removed(
  client: OpenAI,
  file: string,
  { clock, notice, secrets }: RemovingOptions,
): Promise<void> {
  const endsAt = clock() + LAST_TRY;
  if (await isGone(client, file)) return;
  for (const pause of PAUSES) {
    await setTimeout(pause);
    if (clock() > endsAt) break;
    if (await isGone(client, file)) return;
  }
  notice(
    `The endpoint did not delete the file ${errorWord(file, secrets) || 'of a batch'}, which holds questions or answers: delete it there.`,
  );
}

/** Asks once for a file to be deleted. Whether it is not there any more. */
async function isGone(client: OpenAI, file: string): Promise<boolean> {
  const call = { timeout: TIMEOUT, maxRetries: 0, signal: AbortSignal.timeout(TIMEOUT) };
  try {
    const response = await client.files.delete(file, call).asResponse();
    return saysSo(await response.text());
  } catch (error) {
    return error instanceof APIError && error.status === 404;
  }
}

/** What says, with a status of success, that a file is not deleted; a page, which is no JSON, says nothing of it. */
const denial = z.union([
  z.object({ deleted: z.literal(false) }),
  z.object({ error: z.union([z.looseObject({}), z.string()]) }),
]);

/** Whether the answer to a deletion, with a status of success, is that of one: some servers write nothing, or other fields. */
function saysSo(body: string): boolean {
  if (body.trim() === '') return true;
  const said = z.looseObject({}).safeParse(parseJson(body));
  return said.success && !denial.safeParse(said.data).success;
}
