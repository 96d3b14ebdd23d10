import PQueue from 'p-queue';
import { counted } from '../../gate/words.ts';
import type { Dialect } from '../dialect.ts';
import { FatalEndpointError } from '../problems.ts';
import type { Complaint } from './complaint.ts';
import type { Entry } from './entry.ts';
import { createNaming, giveUp, type Sieve, type Suspect } from './naming.ts';
import type { BatchReader } from './reading.ts';

/** A batch that the endpoint does not run because of what is in it. */
export interface Unfit {
  /** In the order of their lines; undefined is one that it has answered all the same. */
  readonly entries: readonly (Entry | undefined)[];
  /** How they were worded. */
  readonly spoken: Dialect;
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
  /** Takes requests that are to be handed in again in other words. */
  readonly again: (entries: readonly Entry[]) => void;
  /** Whether the endpoint has run any batch of this attempt. */
  readonly hasRun: () => boolean;
  readonly reader: Pick<BatchReader, 'learn' | 'hasAnswered'>;
}

export interface Sifting {
  /**
   * Hands all in again where the endpoint wants them worded otherwise. Else it finds the requests because of which the
   * batch is not run, and leaves them out: those whose lines the endpoint names, or, where it names none or wrong ones,
   * those that are left when the batch is halved again and again; where it may be all of them, a few are handed in alone
   * first. They are no answer; the others, which were never asked, are handed in again. Throws FatalEndpointError where
   * each is refused.
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
/** In a batch of no more requests than that, the halves soon show it as well. */
const SMALL = 12;

export function createSifting(options: SiftingOptions): Sifting {
  const { again, hasRun, reader } = options;
  const send = createSieve(options, () => alone.throwIfOver());
  const naming = createNaming(options.begin, send);
  const tell = createTelling(options.notice);
  const alone = createAlone(options, naming);

  /** Hands in what is not named, once it is known or likely that the right ones are. */
  const handInAgain = (suspects: readonly Suspect[], rest: readonly Entry[], isNamed: boolean): void => {
    const isInOne = isNamed && rest.length > 0 && rest.every(({ sifted }) => sifted <= MOST_ROUNDS);
    const isDoubtful = suspects.length > 0 && !naming.isRight;
    if (isInOne) naming.sendWithout(suspects, rest);
    else if (isDoubtful) naming.lookInto(suspects, () => inHalves(rest, send));
    else {
      giveUp(suspects);
      inHalves(rest, send);
    }
  };

  return {
    throwIfOver: alone.throwIfOver,
    sift({ entries, spoken, complaint, sentence }) {
      if (reader.learn(complaint, spoken)) return again(entries.filter(entry => entry !== undefined));
      const all = placed(entries, complaint, naming.isRight === false);
      const before = naming.heldFor(all.map(({ entry }) => entry));
      const { suspects, rest } = parted(all, complaint.code);
      if (rest.length === 0) alone.refused(suspects);
      if (alone.areAll(sentence)) {
        giveUp([...all.map(({ entry, word = complaint.code }) => ({ entry, word })), ...before]);
        return;
      }
      if (rest.length === 0) {
        giveUp(suspects);
        handInAgain(before, [], false);
        return;
      }
      if (complaint.parameters.length > 0 && !hasRun() && all.length > ENOUGH) {
        const entries = [...before, ...all].map(({ entry }) => entry);
        fewFirst(entries, send, others => send(others));
        return;
      }
      const isNamed = suspects.length > 0;
      tell(all.length, isNamed, complaint.code);
      const then = (others: readonly Entry[]) => handInAgain([...before, ...suspects], others, isNamed);
      if (alone.areToShow(rest, isNamed && before.length === 0)) fewFirst(rest, send, then);
      else then(rest);
    },
  };
}

/** Counts the requests that are refused with no other beside them, which may show that all are. */
function createAlone(
  { hasRun, reader }: SiftingOptions,
  { isProbe }: Pick<ReturnType<typeof createNaming>, 'isProbe'>,
) {
  let count = 0;
  let areTried = false;
  let over: FatalEndpointError | undefined;
  const throwIfOver = (): void => {
    if (over) throw over;
  };
  return {
    throwIfOver,
    /** Those that are handed in alone to see about their names say nothing of others. */
    refused(refused: readonly Suspect[]): void {
      count += refused.filter(({ entry }) => !isProbe(entry)).length;
    },
    /**
     * Whether the endpoint has refused so many, and run none, that it refuses all of them. Throws FatalEndpointError with
     * the sentence where it has never answered.
     */
    areAll(sentence: string): boolean {
      const isKnown = reader.hasAnswered();
      const areAll = !hasRun() && count >= (isKnown ? ENOUGH_OF_KNOWN : ENOUGH);
      if (areAll && !isKnown) over = new FatalEndpointError(sentence);
      throwIfOver();
      return areAll;
    },
    /** Whether a few of a batch are to show it, which they are to once: not where to leave out the others may be the cure. */
    areToShow({ length }: readonly Entry[], mayBeCure: boolean): boolean {
      if (areTried || mayBeCure || length <= SMALL || hasRun() || reader.hasAnswered()) return false;
      areTried = true;
      return true;
    },
  };
}

/** Sends a few alone, from all over a batch, where what is said of it may be of all its requests; then come the others. */
function fewFirst(entries: readonly Entry[], send: Sieve, then: (others: readonly Entry[]) => void): void {
  const few = new Set(
    Array.from({ length: ENOUGH }, (_, n) => entries[Math.floor((n * (entries.length - 1)) / (ENOUGH - 1))]),
  );
  const others = entries.filter(entry => !few.has(entry));
  let waitsFor = ENOUGH;
  const told = (): void => {
    waitsFor -= 1;
    if (waitsFor === 0) then(others);
  };
  for (const entry of entries.filter(each => few.has(each))) {
    let isOpen = true;
    const close = (): void => {
      if (isOpen) told();
      isOpen = false;
    };
    send([entry], close, close);
  }
}

function inHalves(entries: readonly Entry[], send: Sieve): void {
  const half = Math.ceil(entries.length / 2);
  for (const part of [entries.slice(0, half), entries.slice(half)]) if (part.length > 0) send(part);
}

/** The requests of a batch, each with what the endpoint says is wrong with it: by its name, or else by its line. */
function placed(entries: Unfit['entries'], { lines, ids }: Complaint, isMisled: boolean) {
  const isById = entries.some(entry => entry && ids.has(entry.id));
  const wordOf = ({ id }: Entry, place: number): string | undefined =>
    isById ? ids.get(id) : isMisled ? undefined : lines.get(place);
  return entries.flatMap((entry, n) =>
    entry ? [{ entry: { ...entry, sifted: entry.sifted + 1 }, word: wordOf(entry, n + 1) }] : [],
  );
}

/** Those of a batch that the endpoint names, or the only one, and the others. */
function parted(all: ReturnType<typeof placed>, code: string) {
  const isBlamed = (word: string | undefined): boolean => all.length === 1 || word !== undefined;
  const suspects = all
    .filter(({ word }) => isBlamed(word))
    .map(({ entry, word = code }): Suspect => ({ entry, word }));
  return { suspects, rest: all.filter(({ word }) => !isBlamed(word)).map(({ entry }) => entry) };
}

/** Tells once of requests that are named, and once of some that are not: some endpoints name one at a time. */
function createTelling(notice: SiftingOptions['notice']) {
  const told = new Set<boolean>();
  return (all: number, isNamed: boolean, code: string): void => {
    if (told.has(isNamed)) return;
    told.add(isNamed);
    const what = `The endpoint did not run a batch of ${counted(all, 'request')}${code && ` (${code})`}`;
    notice(
      isNamed
        ? `${what}, and names those that it does not take: they are left out, and are no answer. The others are handed in again, as often as it names some.`
        : `${what}, and does not say because of which: handed in again in parts, until it is found.`,
    );
  };
}

/** Batches at once with which the endpoint has not begun. */
const AT_ONCE = 4;

/** Sends parts of a batch that was not run: the small ones first, since they soon tell where the fault is. */
function createSieve({ begin, send }: SiftingOptions, throwIfOver: () => void): Sieve {
  const sieve = new PQueue({ concurrency: AT_ONCE });
  return (entries, begun = () => undefined, over = () => undefined) => {
    const sent = async (leave: () => void): Promise<void> => {
      try {
        throwIfOver();
        await send(entries, () => {
          begun();
          leave();
        });
      } finally {
        over();
        leave();
      }
    };
    begin(() =>
      // One that is run leaves its place: it may take a day.
      sieve.add(() => new Promise<void>(leave => begin(() => sent(leave))), { priority: -entries.length }),
    );
  };
}
