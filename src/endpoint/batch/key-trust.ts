import type { ClientOptions } from '../client.ts';
import { isOfKey, orFatal } from './handed.ts';

/** How often what the key is refused for is asked for again, in a row: a gateway may have several servers. */
const KEY_RETRIES = 3;

/** Whether what refuses the key is believed: not at once, where the endpoint has taken it before. */
export interface KeyTrust {
  /** The endpoint has taken the key. */
  taken(): void;
  /**
   * What the endpoint gives out by a name. Rejects with FatalEndpointError where no other try would do better. A refusal of
   * a key that has been taken comes as it is, so that it is asked for again after a pause, three times in a row.
   */
  given<T>(name: string, ask: () => Promise<T>): Promise<T>;
}

/** Trust in the key of one endpoint, which has taken it for nothing so far. */
export function createKeyTrust(
  options: Pick<ClientOptions, 'baseUrl' | 'model' | 'signal' | 'secrets'>,
): KeyTrust {
  /** Refusals in a row, by the name of what is asked for. */
  const refusals = new Map<string, number>();
  let isTaken = false;
  return {
    taken() {
      isTaken = true;
    },
    async given(name, ask) {
      try {
        const came = await ask();
        isTaken = true;
        refusals.delete(name);
        return came;
      } catch (error) {
        const before = refusals.get(name) ?? 0;
        if (!isTaken || !isOfKey(error) || before >= KEY_RETRIES) throw orFatal(error, options);
        refusals.set(name, before + 1);
        throw error;
      }
    },
  };
}
