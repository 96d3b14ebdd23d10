import { counted } from '../../gate/words.ts';
import type { ClientOptions } from '../client.ts';

/** Counts the requests of a batch as sent, as far as is known that they were put to the model. */
export interface Count {
  /** The endpoint has begun with them, or may ask them all yet without this attempt. */
  all(): void;
  /**
   * The batch is over with the run, and says that it has put so many to the model; undefined where it does not say. The
   * next attempt takes what came of those, and counts none of them.
   */
  brokenOff(asked: number | undefined): void;
}

/** Of a batch that an earlier attempt has sent, and counted. */
export const NO_COUNT: Count = { all: () => undefined, brokenOff: () => undefined };

/** @param requests that the batch has, all of which are booked and put off */
export function createCount(
  requests: number,
  { meter, notice }: Pick<ClientOptions, 'meter'> & { readonly notice: (sentence: string) => void },
): Count {
  let count = 0;
  let isOver = false;
  const set = (to: number): void => {
    meter.asked(to - count);
    count = to;
  };
  return {
    all() {
      if (!isOver) set(requests);
    },
    brokenOff(asked) {
      isOver = true;
      // Some servers say 0 until the batch is done.
      set(Math.min(requests, asked || count));
      if (count === requests) return;
      notice(
        `A batch of ${counted(requests, 'request')} was broken off: as far as the endpoint says, it had put ${count || 'none'} of them to the model, and no more are counted.`,
      );
    },
  };
}
