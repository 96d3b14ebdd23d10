import type { Journal } from './journal.ts';

/**
 * A run's own journal, of which all goes to one that all runs share as well, as it comes. What is found is its own
 * alone, so that a run never takes what another one's endpoints and judges did for what its own do.
 */
export const sharing = (own: Journal, shared: Journal): Journal => ({
  async find(key, schema) {
    const entry = await own.find(key, schema);
    // What the run has left when it did not share yet.
    if (entry !== undefined && shared.placeOf(key) === undefined) await shared.append(key, entry);
    return entry;
  },
  placeOf: own.placeOf,
  async append(key, entry) {
    await own.append(key, entry);
    await shared.append(key, entry);
  },
  async drop(keys) {
    await own.drop(keys);
    await shared.drop(keys);
  },
  async forget() {
    await own.forget();
    await shared.forget();
  },
  async close() {
    await own.close();
    await shared.close();
  },
  get found() {
    return own.found + shared.found;
  },
  get dropped() {
    return own.dropped + shared.dropped;
  },
});
