import { OF_THE_REQUEST } from './rejections.ts';
import type { Standing } from './standing.ts';

/**
 * Waits with what the first refusal means where others are under way: one that is refused for what it asks has its word at
 * once, and those that are answered take longer.
 */
export interface FirstAnswers {
  /** Counts a request as under way until this has settled. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves for one that is under way when one is answered, or all of them have been refused so. */
  others(status: number): Promise<void>;
}

export function createFirstAnswers(standing: Pick<Standing, 'hasAnswered'>): FirstAnswers {
  const refused = new Set<() => void>();
  let underWay = 0;
  const look = (): void => {
    if (!standing.hasAnswered && refused.size < underWay) return;
    for (const tell of refused) tell();
    refused.clear();
  };
  return {
    async during(work) {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
        look();
      }
    },
    others(status) {
      if (standing.hasAnswered || !OF_THE_REQUEST.has(status)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      refused.add(resolve);
      look();
      return promise;
    },
  };
}
