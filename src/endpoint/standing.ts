import { z } from 'zod';
import type { Journal } from '../journal/journal.ts';
import { keyOf } from '../journal/key.ts';
import { remembered } from '../journal/remembered.ts';

/**
 * Whether an endpoint is known to answer. What it refuses then is the request's own fault, unless all are refused; before,
 * it may be everybody's.
 */
export interface Standing {
  readonly hasAnswered: boolean;
  /** A request was answered. */
  answered(): void;
}

export function createStanding(): Standing {
  let hasAnswered = false;
  return {
    get hasAnswered() {
      return hasAnswered;
    },
    answered() {
      hasAnswered = true;
    },
  };
}

/** A standing that an earlier attempt may have left. */
export interface KeptStanding extends Standing {
  /** True when an earlier attempt was answered. */
  readonly recalled: Promise<boolean>;
}

/**
 * A standing that is kept in the journal: of an attempt that goes on where another stopped, the first request may be the
 * one that is refused each time.
 *
 * @param asked what the endpoint is, and how it is asked: another way of asking may be refused to all
 */
export function keptStanding(
  journal: Pick<Journal, 'find' | 'append'>,
  ...asked: readonly unknown[]
): KeptStanding {
  const kept = remembered(journal, keyOf('answers', ...asked), z.literal(true));
  const standing = createStanding();
  const recalled = kept.recalled.then(isKept => {
    if (isKept) standing.answered();
    return isKept === true;
  });
  return {
    get hasAnswered() {
      return standing.hasAnswered;
    },
    answered() {
      if (standing.hasAnswered) return;
      standing.answered();
      kept.leave(true);
    },
    recalled,
  };
}
