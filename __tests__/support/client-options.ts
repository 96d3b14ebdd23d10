import type { ClientOptions } from '../../src/endpoint/client.ts';
import { createMeter } from '../../src/endpoint/meter.ts';
import { createPacer } from '../../src/endpoint/pacer.ts';

/** What a client of an endpoint on loopback is made with: no key, no budget, no end, and retries that come at once. */
export const clientOptions = (baseUrl: string, more: Partial<ClientOptions> = {}): ClientOptions => ({
  ...{ baseUrl, model: 'some-vlm', apiKey: '', timeout: 5000, maxRetries: 3, secrets: [] },
  pacer: createPacer(8, Date.now),
  meter: createMeter({ maxRequests: null, maxCost: null, prices: null }),
  signal: new AbortController().signal,
  clock: Date.now,
  random: () => 0,
  ...more,
});
