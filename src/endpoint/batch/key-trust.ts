import type { ClientOptions } from '../client.ts';
import { isOfKey, orFatal } from './handed.ts';

/** Times that what a refusal of the key has kept from us is asked for again: a gateway may have several servers. */
const KEY_RETRIES = 3;

/** Whether what refuses the key is believed: not at once, where the endpoint has taken it before. */
export interface KeyTrust {
  /** The endpoint has taken the key, as it gave out what has that name, or else took something in. */
  taken(name?: string): void;
  /**
   * What is to be thrown where asking for what has that name has failed: FatalEndpointError where no other try would do
   * better. A refusal of the key comes back as it is, so that it is asked for again after a pause, three times in a row.
   */
  failed(name: string, error: unknown): unknown;
}

/** Trust in the key of one endpoint, which has taken it for nothing so far. */
export function createKeyTrust(
  options: Pick<ClientOptions, 'baseUrl' | 'model' | 'signal' | 'secrets'>,
): KeyTrust {
  /** Refusals in a row, by the name of what is asked for. */
  const refusals = new Map<string, number>();
  let isTaken = false;
  return {
    taken(name = '') {
      isTaken = true;
      refusals.delete(name);
    },
    failed(name, error) {
      const before = refusals.get(name) ?? 0;
      if (!isTaken || !isOfKey(error) || before >= KEY_RETRIES) return orFatal(error, options);
      refusals.set(name, before + 1);
      return error;
    },
  };
}
