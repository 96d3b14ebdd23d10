import { setTimeout } from 'node:timers/promises';
import { APIConnectionError, APIError } from 'openai';
import type { z } from 'zod';
import { backoff } from '../backoff.ts';
import { type ClientOptions, passingFault } from '../client.ts';
import { askedWait, shortened } from '../limits.ts';
import { wordIn } from '../problems.ts';

/** A reply with a status of success that does not say what was asked for: the call may have been carried out. */
export class LostReplyError extends APIConnectionError {
  /** Whether it came to its end, and is something else, such as a page. */
  readonly isAnother: boolean;

  constructor(isAnother: boolean, cause?: Error) {
    super({ cause });
    this.isAnother = isAnother;
  }
}

/** What a reply says. Rejects with APIError, as which one that is cut, torn or something else is a LostReplyError. */
export async function readReply<T>(form: z.ZodType<T>, reply: PromiseLike<unknown>): Promise<T> {
  const { success, data } = form.safeParse(await Promise.resolve(reply).catch(asLost));
  if (!success) throw new LostReplyError(true);
  return data;
}

/** The library tells of whatever is wrong behind the head by the runtime's own errors. */
function asLost(error: Error): never {
  throw error instanceof APIError ? error : new LostReplyError(false, error);
}

/** A 429 that asks for a longer wait is no moment's limit, and is told of where the whole run waits for it (ms). */
const LONGEST_LIMIT = 60_000;

/** Whether a call may be answered otherwise soon: it was not heard, or not now. */
export function mayPass(error: unknown, { clock }: Pick<ClientOptions, 'clock'>): error is APIError {
  if (!(error instanceof APIError)) return false;
  const { status } = error;
  if (wordIn(error, []).isAccounts) return false;
  if (status === 429) return askedWait(error.headers, clock()) <= LONGEST_LIMIT;
  return status === undefined || (passingFault(status) !== undefined && status !== 501);
}

/** Before a call is tried again (ms): as long as the endpoint asks for, which the library heeds up to a minute alone. */
export const waitAfter = (
  error: APIError,
  tries: number,
  { clock, random }: Pick<ClientOptions, 'clock' | 'random'>,
): number => Math.max(shortened(askedWait(error.headers, clock())), backoff(tries, random()));

/** Is told that a call has failed, and is made again in a moment. */
export type Failing = (error: APIError) => void;

/** What the reply to a call says that may be made again: one that fails in passing is. */
export async function retried<T>(
  form: z.ZodType<T>,
  call: () => PromiseLike<unknown>,
  options: Pick<ClientOptions, 'signal' | 'maxRetries' | 'random' | 'clock'>,
  failing?: Failing,
): Promise<T> {
  const { signal, maxRetries } = options;
  for (let tries = 0; ; tries += 1) {
    try {
      return await readReply(form, call());
    } catch (error) {
      if (!mayPass(error, options) || tries >= maxRetries) throw error;
      failing?.(error);
      await setTimeout(waitAfter(error, tries, options), undefined, { signal });
    }
  }
}
