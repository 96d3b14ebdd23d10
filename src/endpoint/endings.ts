import type { Next } from './blame.ts';
import { createDismissals } from './dismissals.ts';
import type { Pacer } from './pacer.ts';
import { FatalEndpointError, passes, type Refusal, tooLongSentence } from './problems.ts';
import { createRejections } from './rejections.ts';
import type { Standing } from './standing.ts';

/** A request, as far as it tells what a refusal means for all. */
interface Refused {
  fatal(refusal: Refusal): string | undefined;
}

/** Ends the run, by FatalEndpointError, at what an endpoint would say to every other request as well. */
export interface Endings {
  /** A request was answered so; by what is `foreign` nobody has answered it. */
  answered(said: { readonly next: Next; readonly foreign?: string }): void;
  /** What a refusal means that another try would meet as well, where it seems to be everybody's. */
  rejected(exchange: Refused, refusal: Refusal): string | undefined;
  /**
   * Whether a request that began at `startedAt` (ms) is put once more at no cost.
   * @param asked how long the endpoint wants to be left alone (ms), which may be longer than a run waits
   */
  dismissed(exchange: object, refusal: Refusal, startedAt: number, asked: number): boolean;
  /** What waits for its turn is let in before the run has ended. */
  readonly isOver: boolean;
}

export function createEndings(
  {
    pacer,
    baseUrl,
    model,
    clock,
  }: {
    readonly pacer: Pacer;
    readonly baseUrl: string;
    readonly model: string;
    readonly clock: () => number;
  },
  standing: Standing,
): Endings {
  const rejections = createRejections(pacer.ceiling, standing);
  const dismissals = createDismissals();
  let isOver = false;
  const ending = (sentence: string): FatalEndpointError => {
    isOver = !standing.hasAnswered;
    return new FatalEndpointError(sentence, standing.hasAnswered);
  };
  return {
    answered({ next, foreign }) {
      if (foreign === undefined) rejections.answered();
      if (next === 'settle') dismissals.answered();
    },
    rejected(exchange, refusal) {
      const isAll = !passes(refusal) && rejections.areAll(refusal);
      const isTold = isAll || refusal.isAccounts || rejections.seemAll;
      const sentence = isTold ? exchange.fatal(refusal) : undefined;
      if (isAll && sentence !== undefined) throw ending(sentence);
      return sentence;
    },
    dismissed(exchange, refusal, startedAt, asked) {
      if (!passes(refusal)) return false;
      const seen = dismissals.seen(exchange, startedAt, clock(), asked);
      if (seen === 'all') throw ending(tooLongSentence(refusal, asked, baseUrl, model));
      return seen === 'for now';
    },
    get isOver() {
      return isOver;
    },
  };
}
