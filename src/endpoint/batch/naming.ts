import { noAnswer } from '../answer.ts';
import type { Entry } from './entry.ts';

/** A request that an endpoint names as not fit for a batch, and its word for what is wrong with it. */
export interface Suspect {
  readonly entry: Entry;
  readonly word: string;
}

/** Sends requests as a batch of their own. `begun` is told when the endpoint has begun with it, `over` at its end. */
export type Sieve = (entries: readonly Entry[], begun?: () => void, over?: () => void) => void;

/** Requests that are handed in alone, of those that were named, to see whether the endpoint names the right ones. */
const PROBES = 3;

/** That no batch is run with a request in it. */
export function giveUp(suspects: readonly Suspect[]): void {
  for (const { entry, word } of suspects) {
    entry.settle(
      noAnswer('rejected', `the endpoint runs no batch with this request in it${word && ` (${word})`}`),
    );
  }
}

/**
 * Holds the requests that an endpoint names until it has shown whether it names the right ones: one may count its lines
 * from 0, or speak of lines of something else.
 */
export function createNaming(begin: (work: () => Promise<void>) => void, send: Sieve) {
  let isRight: boolean | undefined;
  /** What was left out of a batch that is under way, by the first request of that. */
  const held = new Map<string, readonly Suspect[]>();
  const probes = new Set<string>();

  const isRun = ({ entry }: Suspect): Promise<boolean> =>
    new Promise(resolve => {
      probes.add(entry.id);
      send(
        [entry],
        () => resolve(true),
        () => resolve(false),
      );
    });

  return {
    /** Undefined as long as that has not been looked into. */
    get isRight() {
      return isRight;
    },
    isProbe: ({ id }: Entry): boolean => probes.has(id),
    /** Lets go of what was left out of a batch, which was not run all the same. */
    heldFor([first]: readonly Entry[]): readonly Suspect[] {
      const suspects = held.get(first?.id ?? '') ?? [];
      held.delete(first?.id ?? '');
      return suspects;
    },
    /** Sends a batch without the suspects, which are no answer once it is run. */
    sendWithout(suspects: readonly Suspect[], rest: readonly Entry[]): void {
      const key = rest[0]?.id ?? '';
      const close = (): void => {
        if (held.get(key) !== suspects) return;
        held.delete(key);
        giveUp(suspects);
      };
      held.set(key, suspects);
      send(rest, close, close);
    },
    /** Hands in some suspects alone, since to leave them out was no cure. If one is run, none was rightly named. */
    lookInto(suspects: readonly Suspect[], then: () => void): void {
      begin(async () => {
        const run = await Promise.all(suspects.slice(0, PROBES).map(isRun));
        isRight = isRight !== false && !run.includes(true);
        const others = suspects.slice(PROBES);
        if (isRight) giveUp(others);
        else if (others.length > 0) send(others.map(({ entry }) => entry));
        then();
      });
    },
  };
}
