import { setTimeout } from 'node:timers/promises';
import { APIConnectionError, APIError } from 'openai';
import type { z } from 'zod';
import { backoff } from '../backoff.ts';
import type { ClientOptions } from '../client.ts';

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

/** What a call's reply says: one that is lost is tried again as a connection that breaks is by the library. */
export async function retried<T>(
  form: z.ZodType<T>,
  call: () => PromiseLike<unknown>,
  { signal, maxRetries, random }: Pick<ClientOptions, 'signal' | 'maxRetries' | 'random'>,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await readReply(form, call());
    } catch (error) {
      if (!(error instanceof LostReplyError) || tries >= maxRetries) throw error;
      await setTimeout(backoff(tries, random()), undefined, { signal });
    }
  }
}
