import type OpenAI from 'openai';
import { z } from 'zod';
import type { ClientOptions } from '../client.ts';
import { errorWord } from '../problems.ts';
import { type Failing, LostReplyError, mayPass, retried } from './reply.ts';

/** How an uploaded file stands. */
export interface FileState {
  /** As the endpoint words it, in small letters; empty where it does not say. */
  readonly status: string;
  /** Its word for what is wrong; empty when it has none that may be shown. */
  readonly reason: string;
}

/** How a file stands that the endpoint goes on to process: Azure takes no batch on it until it has. */
const PROCESSING = new Set(['pending', 'running']);

export const isProcessing = (status: string): boolean => PROCESSING.has(status);

/** How one stands that it will never have. */
export const FAULTY = 'error';

export const fileStatus = z
  .string()
  .transform(status => status.toLowerCase())
  .catch('');

/** Whether a file that was just uploaded is to be asked for before a batch is started on it. */
export const isUnready = (status: string): boolean => isProcessing(status) || status === FAULTY;

const shown = z.object({ status: fileStatus, status_details: z.unknown().optional() });

/**
 * How a file stands; one whose state the endpoint does not give out has none. Rejects with APIError where another try may
 * be answered otherwise, and when the signal ends the run.
 */
export async function fileState(
  client: OpenAI,
  file: string,
  options: Parameters<typeof retried>[2] & Pick<ClientOptions, 'secrets'>,
  failing?: Failing,
): Promise<FileState> {
  const { signal, secrets } = options;
  try {
    const retrieve = () => client.files.retrieve(file, { signal });
    const { status, status_details: reason } = await retried(shown, retrieve, options, failing);
    return { status, reason: errorWord(reason, secrets) };
  } catch (error) {
    signal.throwIfAborted();
    const isPage = error instanceof LostReplyError && error.isAnother;
    if (mayPass(error, options) && !isPage) throw error;
    // What is wrong with the key or the account, the start of the batch will show as well.
    return { status: '', reason: '' };
  }
}
