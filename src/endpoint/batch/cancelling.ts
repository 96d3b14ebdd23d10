import { setTimeout } from 'node:timers/promises';
import { counted } from '../../gate/words.ts';
import { errorWord } from '../problems.ts';
import type { BatchApi, BatchState } from './api.ts';
import type { Count } from './count.ts';
import { CANCELLING, hasBegun, isHeard, type PollOptions } from './poll.ts';
import type { OpenRecord } from './record.ts';

/** How long a run that ends waits for a batch to be cancelled: a cancelled job has seconds (ms). */
const CANCELLED_WITHIN = 2500;
/** Before an endpoint that has not cancelled it is asked again (ms): a glance at the batch takes no longer. */
const CANCEL_PAUSE = 1000;

/**
 * Cancels a batch of a run that ends. Its file goes with it; where it goes on, it needs that. What it has answered so
 * far stays, and stays known, for the next attempt of the run. Never rejects.
 */
export async function cancelled(
  { batch, file, ids }: OpenRecord,
  count: Count,
  { api, notice, secrets }: { readonly api: BatchApi } & Pick<PollOptions, 'notice' | 'secrets'>,
): Promise<void> {
  const tried = async (): Promise<Pick<BatchState, 'asked'> | undefined> => {
    const cancelling = await api.cancel(batch);
    if (cancelling) return cancelling;
    const pause = setTimeout(CANCEL_PAUSE);
    const state = await api.glance(batch);
    if (state && hasBegun(state)) count.all();
    // What has ended cannot be cancelled, and neither can what is cancelled already.
    if (state && (isHeard(state) || state.status === CANCELLING)) return state;
    await pause;
    return api.cancel(batch);
  };
  const end = await Promise.race([tried(), setTimeout(CANCELLED_WITHIN, undefined, { ref: false })]);
  if (end) {
    count.brokenOff(end.asked);
    return api.remove(file);
  }
  count.all();
  notice(
    `A batch of ${counted(ids.length, 'request')} could not be cancelled: it may still be running at the endpoint, and be charged for. Look there for ${errorWord(batch, secrets) || 'it'}.`,
  );
}
