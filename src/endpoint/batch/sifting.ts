import PQueue from 'p-queue';
import { counted } from '../../gate/words.ts';
import { noAnswer } from '../answer.ts';
import { FatalEndpointError } from '../problems.ts';
import type { Complaint } from './complaint.ts';
import type { Entry } from './entry.ts';

/** A batch that the endpoint does not run because of what is in it. */
export interface Unfit {
  /** In the order of their lines; undefined is one that it has answered all the same. */
  readonly entries: readonly (Entry | undefined)[];
  readonly complaint: Complaint;
  /** What is said of it where it is all that the endpoint ever says. */
  readonly sentence: string;
}

export interface SiftingOptions {
  readonly notice: (sentence: string) => void;
  /** Begins work that nobody awaits. */
  readonly begin: (work: () => Promise<void>) => void;
  /** Sends requests as a batch of their own; `running` is told when the endpoint has begun with it. */
  readonly send: (entries: readonly Entry[], running: () => void) => Promise<void>;
  /** Whether the endpoint has run any batch of this attempt. */
  readonly hasRun: () => boolean;
  readonly hasAnswered: () => boolean;
}

export interface Sifting {
  /**
   * Finds the requests because of which a batch is not run, and leaves them out: those whose lines the endpoint names,
   * or, where it names none, those that are left when the batch is halved again and again. They are no answer; the
   * others, which were never asked, are handed in again. Throws FatalEndpointError where each is refused.
   */
  sift(unfit: Unfit): void;
  /** Throws what ended the run, where nothing is to be handed in any more. */
  throwIfOver(): void;
}

/** Batches in a row from which only the named lines are left out: an endpoint may name one at a time. */
const MOST_ROUNDS = 6;

/** Requests that are refused alone, where no batch was ever run, until it is no request's own fault. */
const ENOUGH = 3;
/** The same of an endpoint that has answered an earlier attempt, which may have left no others. */
const ENOUGH_OF_KNOWN = 20;

export function createSifting(options: SiftingOptions): Sifting {
  const { notice, hasRun, hasAnswered } = options;
  const send = createSieve(options, () => throwIfOver());
  let refusedAlone = 0;
  /** Whether it named them, of what was told: some name one at a time. */
  const told = new Set<boolean>();
  let over: FatalEndpointError | undefined;

  /** Whether the endpoint has refused so many requests, and run none, that it refuses all of them. */
  const refusesAll = (): boolean => !hasRun() && refusedAlone >= (hasAnswered() ? ENOUGH_OF_KNOWN : ENOUGH);

  const tell = (all: number, isNamed: boolean, code: string): void => {
    if (told.has(isNamed)) return;
    told.add(isNamed);
    const what = `The endpoint did not run a batch of ${counted(all, 'request')}${code && ` (${code})`}`;
    notice(
      isNamed
        ? `${what}, and names those that it does not take: they are left out, and are no answer. The others are handed in again, as often as it names some.`
        : `${what}, and does not say because of which: handed in again in halves, until it is found.`,
    );
  };

  const handInAgain = (rest: readonly Entry[], isNamed: boolean): void => {
    const isInOne = isNamed && rest.every(({ sifted }) => sifted <= MOST_ROUNDS);
    const half = isInOne ? rest.length : Math.ceil(rest.length / 2);
    for (const part of [rest.slice(0, half), rest.slice(half)]) if (part.length > 0) send(part);
  };

  const throwIfOver = (): void => {
    if (over) throw over;
  };

  return {
    throwIfOver,
    sift({ entries, complaint: { code, lines }, sentence }) {
      const all = entries.flatMap((entry, n) =>
        entry ? [{ entry: { ...entry, sifted: entry.sifted + 1 }, word: lines.get(n + 1) }] : [],
      );
      const isAlone = all.length === 1;
      const named = all.filter(({ word }) => isAlone || word !== undefined);
      const rest = isAlone ? [] : all.filter(({ word }) => word === undefined).map(({ entry }) => entry);
      if (rest.length === 0) refusedAlone += named.length;
      if (refusesAll() && !hasAnswered()) {
        over = new FatalEndpointError(sentence);
        throw over;
      }
      const isGivenUp = refusesAll();
      for (const { entry, word = code } of isGivenUp ? all : named) entry.settle(leftOut(word));
      if (isGivenUp || rest.length === 0) return;
      const isNamed = named.length > 0;
      tell(all.length, isNamed, code);
      handInAgain(rest, isNamed);
    },
  };
}

/** Batches at once with which the endpoint has not begun. */
const AT_ONCE = 4;

/** Sends parts of a batch that was not run: the small ones first, since they soon tell where the fault is. */
function createSieve({ begin, send }: SiftingOptions, throwIfOver: () => void) {
  const sieve = new PQueue({ concurrency: AT_ONCE });
  const sent = async (entries: readonly Entry[], running: () => void): Promise<void> => {
    try {
      throwIfOver();
      await send(entries, running);
    } finally {
      running();
    }
  };
  return (entries: readonly Entry[]): void =>
    begin(() =>
      // One that is run leaves its place: it may take a day.
      sieve.add(() => new Promise<void>(leave => begin(() => sent(entries, leave))), {
        priority: -entries.length,
      }),
    );
}

const leftOut = (word: string) =>
  noAnswer('rejected', `the endpoint runs no batch with this request in it${word && ` (${word})`}`);
