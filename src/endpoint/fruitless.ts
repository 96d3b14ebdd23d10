import { FatalEndpointError, unansweredSentence } from './problems.ts';
import type { Standing } from './standing.ts';

/** Requests without an answer after all their tries, that are no accident any more; fewer where fewer may be in flight. */
const LOST = 8;
const FEWEST = 3;

/**
 * Gives up an endpoint that responds and has never answered, but sent web pages, or what else is no answer, until several
 * requests had no tries left. So one that shows a page while it starts has as long as the tries of any request, and the
 * pauses that are made between them.
 */
export interface Fruitless {
  /** Throws FatalEndpointError when a try that came to this shows that going on is of no use. */
  judge(foreign: string | undefined, isLast: boolean): void;
}

export function createFruitless({
  baseUrl,
  model,
  ceiling,
  standing,
}: {
  readonly baseUrl: string;
  readonly model: string;
  /** Requests that may be in flight. */
  readonly ceiling: number;
  readonly standing: Pick<Standing, 'hasAnswered'>;
}): Fruitless {
  const enough = Math.min(LOST, Math.max(FEWEST, ceiling));
  let tries = 0;
  let lost = 0;
  return {
    judge(foreign, isLast) {
      if (foreign === undefined || standing.hasAnswered) return;
      tries += 1;
      if (isLast) lost += 1;
      // By then another endpoint of the run may have answered much.
      if (lost >= enough)
        throw new FatalEndpointError(unansweredSentence(tries, foreign, baseUrl, model), true);
    },
  };
}
