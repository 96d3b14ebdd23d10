import { counted } from '../../gate/words.ts';
import { type Answer, noAnswer } from '../answer.ts';
import { createEnds } from '../body.ts';
import { type ClientOptions, isWorthAnother } from '../client.ts';
import { createDialectLearner, type Dialect } from '../dialect.ts';
import { errorWord, FatalEndpointError, rejectionSentence, shownUrl } from '../problems.ts';
import { createStanding, type Standing } from '../standing.ts';
import type { BatchState } from './api.ts';
import { type Complaint, notRun } from './complaint.ts';
import type { Live } from './entry.ts';
import type { Outcome } from './lines.ts';
import type { Gathered } from './poll.ts';

/**
 * What is to become of a request: `again` counts as a try, `anew` does not; `once-more` is a try that is to be the last
 * where it comes to the same. `too-much` and `sift` are of a batch that was not run: there was no room for it, or it
 * is to be found out which of its requests are to blame; `too-many` is one that has more than one batch may have.
 */
export interface Fate {
  readonly next: 'settle' | 'again' | 'once-more' | 'anew' | 'too-much' | 'too-many' | 'sift';
  readonly answer: Answer;
}

type Rejection = Extract<Outcome, { kind: 'rejected' }>;

/** What a batch came to as a whole. */
export interface Came {
  readonly state: BatchState;
  /** What its files hold. */
  readonly gathered: Gathered;
  /** Whether it has answered any of its requests. */
  readonly isAnswered: boolean;
  /** Whether it was completed without a word about any of its requests, or without an answer where a file is missing. */
  readonly isUnheard: boolean;
}

/** Reads what an endpoint says in batches, and learns from it how it wants to be asked. */
export interface BatchReader {
  readonly dialect: Dialect;
  readonly adaptations: readonly string[];
  readonly hasAnswered: () => boolean;
  /** Learns from what is said of a batch that was worded so, and not run. True when other words may have it run. */
  learn(complaint: Complaint, spoken: Dialect): boolean;
  /** Undefined for a rejection, which is judged when the whole batch is known. */
  fateOf(outcome: Outcome, live: Live): Fate | undefined;
  /**
   * Of a request that is rejected. Throws FatalEndpointError when rejections are all that the endpoint has ever said, or
   * say again and again that the account there is used up, beside no answer; those of a batch that could not be read
   * whole do not, if there are requests of which it says nothing.
   */
  rejected(rejection: Rejection, came: Came, live: Live): Fate;
  /** Whether nothing can ever be read of what the endpoint writes, as far as this batch shows. */
  isUnreadable(came: Came, live: Live): boolean;
  /**
   * Of a request that the batch says nothing about. Throws FatalEndpointError as `rejected` does, and where nothing can
   * be read of the batch.
   */
  silent(came: Came, live: Live): Fate;
}

type ReaderOptions = Pick<
  ClientOptions,
  'baseUrl' | 'model' | 'meter' | 'secrets' | 'standing' | 'learner' | 'heardBy'
>;

export function createBatchReader({
  baseUrl,
  model,
  meter,
  secrets,
  standing = createStanding(),
  learner = createDialectLearner(),
  heardBy,
}: ReaderOptions): BatchReader {
  const rejections = createRejecting({ baseUrl, model }, standing);
  const ends = createEnds();
  const isUnreadable: BatchReader['isUnreadable'] = (came, live) =>
    !live.earlier && !standing.hasAnswered && holdsNothing(came, live);
  /** Why the run ends with a batch; null where it does not. */
  const endOf = (came: Came, live: Live): string | null => {
    const { status, complaint } = came.state;
    if (isUnreadable(came, live)) return unreadable(baseUrl, secrets, came, live);
    return status === 'failed' && isOfAll(complaint, standing.hasAnswered)
      ? notRun(baseUrl, model, complaint)
      : null;
  };
  return {
    get dialect() {
      return learner.dialect;
    },
    get adaptations() {
      return learner.adaptations;
    },
    hasAnswered: () => standing.hasAnswered,
    learn: ({ parameters }, spoken) => learner.learn(parameters, spoken),
    fateOf(outcome, { spoken, earlier }) {
      if (outcome.kind === 'failed') return failedIn(outcome, earlier);
      if (outcome.kind === 'rejected') {
        return learner.learn(outcome.parameters, spoken) ? REWORDED : undefined;
      }
      rejections.answered();
      heardBy?.(outcome.servedBy);
      // The attempt that asked has counted the request: its tokens are that one's as well.
      if (!earlier) meter.spend(outcome.answer.usage);
      const answer = ends(outcome);
      return { next: isWorthAnother(answer) ? 'again' : 'settle', answer };
    },
    rejected: rejections.rejected,
    isUnreadable,
    silent(came, live) {
      const { status, complaint } = came.state;
      const answer = silence(came.state);
      // As long as it may still be answered, it is not asked a second time.
      if (live.earlier && status !== 'lost') return { next: 'anew', answer };
      const next = status === 'failed' ? OTHERWISE[complaint.about] : undefined;
      if (next) return { next, answer };
      const why = endOf(came, live);
      if (why !== null) throw new FatalEndpointError(why, standing.hasAnswered);
      if (came.isUnheard) return { next: 'once-more', answer };
      return { next: FINAL.has(status) ? 'settle' : 'again', answer };
    },
  };
}

/** Requests in a row, in batches without an answer, for which the account was used up: then it is no chance. */
const ENOUGH = 20;

/** Judges what is rejected by what else the endpoint has said. */
function createRejecting({ baseUrl, model }: Pick<ClientOptions, 'baseUrl' | 'model'>, standing: Standing) {
  let usedUp = 0;
  return {
    answered(): void {
      standing.answered();
      usedUp = 0;
    },
    rejected(rejection: Rejection, came: Came, { earlier, pending }: Live): Fate {
      const { isAccounts: isOfAccount } = rejection;
      const sentence = sentenceFor(rejection, baseUrl, model);
      const answer = noAnswer('rejected', isOfAccount ? sentence : statusIn(rejection));
      // What an earlier attempt was told may have been put right since.
      if (earlier) return { next: 'anew', answer };
      const mayBeAnswered = !came.gathered.isWhole && pending.size > 0;
      if (isOfAccount && !came.isAnswered && !mayBeAnswered) usedUp += 1;
      const isAll = !standing.hasAnswered && !mayBeAnswered;
      if (isAll || usedUp >= ENOUGH) throw new FatalEndpointError(sentence, standing.hasAnswered);
      return { next: standing.hasAnswered ? amidAnswers(rejection) : 'again', answer };
    },
  };
}

/** A gateway may have several accounts, of which one is used up. */
const amidAnswers = ({ isAccounts }: Rejection): Fate['next'] => (isAccounts ? 'once-more' : 'settle');

const statusIn = ({ status, code }: Rejection): string => `status ${status}${code && ` (${code})`}`;

const sentenceFor = ({ status, ...said }: Rejection, baseUrl: string, model: string): string =>
  status === null
    ? notRun(baseUrl, model, said)
    : rejectionSentence({ ...said, status, redirect: '' }, baseUrl, model);

/** What a batch of an earlier attempt was cancelled before is no try. */
const failedIn = ({ answer, wasAsked }: Extract<Outcome, { kind: 'failed' }>, earlier: boolean): Fate => ({
  next: earlier && !wasAsked ? 'anew' : 'again',
  answer,
});

const REWORDED: Fate = { next: 'anew', answer: noAnswer('rejected', 'worded otherwise') };

/** Whether a batch was completed, and there is nothing to read of what it came to. */
function holdsNothing({ gathered, isUnheard }: Came, { pending }: Live): boolean {
  // A file that is not given out may be given out another time.
  return isUnheard && (gathered.isGivenOut || [...pending.values()].some(({ isOnceMore }) => isOnceMore));
}

/** Whether no other batch would be run either: what is used up stays so, whoever has answered before. */
const isOfAll = ({ about, isAccounts }: Complaint, hasAnswered: boolean): boolean =>
  about === 'all' && (!hasAnswered || isAccounts);

/** How a batch stands whose requests are asked no more. */
const FINAL = new Set(['cancelled', 'lost']);

/** What may have a batch run that was not. */
const OTHERWISE = {
  queue: 'too-much',
  size: 'too-many',
  some: 'sift',
  all: undefined,
  fault: undefined,
} as const;

function unreadable(baseUrl: string, secrets: readonly string[], came: Came, { record }: Live): string {
  const place = errorWord(record.batch, secrets) || 'it';
  return `${shownUrl(baseUrl)} completed a batch of ${counted(record.ids.length, 'request')}, and ${lackIn(came)}: see what it wrote for ${place} there, or set batch to false`;
}

/**
 * What is said of a batch that says nothing about some of its requests, where they are asked again and may have been
 * asked before; else undefined.
 *
 * @param open how many are to be asked again
 * @param room how many may be
 */
export function silentNotice(came: Came, all: number, open: number, room: number): string | undefined {
  const { status } = came.state;
  const { isWhole, unasked } = came.gathered;
  if (open === 0) return undefined;
  if (status === 'gone') return goneNotice(all, open, room);
  // What a batch did not come to is free; one that lists what it did not come to says nothing of what is lost.
  if (status !== 'completed' && isWhole && unasked === 0) return undefined;
  const lacking = `The endpoint is done with a batch of ${counted(all, 'request')}, and ${lackIn(came)}: what it says nothing about`;
  return lostNotice(lacking, open, room);
}

export const goneNotice = (all: number, open: number, room: number): string =>
  lostNotice(
    `The endpoint no longer knows a batch of ${counted(all, 'request')}: what it had not given out`,
    open,
    room,
  );

const lostNotice = (lacking: string, open: number, room: number): string =>
  room > 0
    ? `${lacking} is asked again (${counted(Math.min(open, room), 'request')}), though it may be paid for.`
    : `${lacking} may be paid for, and max-requests leaves no room to ask it again (${counted(open, 'request')}).`;

/** What is wrong with the files of a batch that lack lines about its requests, as the end of a sentence. */
function lackIn({ state: { files }, gathered: { isWhole, isGivenOut, lines }, isUnheard }: Came): string {
  if (files.length === 0) return 'it names no file of what they came to';
  if (!isGivenOut || (!isWhole && lines > 0)) return 'its file was not given out whole';
  if (lines === 0) return 'no line of its file can be read';
  return isUnheard ? 'no line of its file is about one of them' : 'its file has no line about some of them';
}

function silence({ status, said, complaint: { code, about } }: BatchState): Answer {
  switch (status) {
    case 'expired':
      return noAnswer('timeout', 'its batch expired before it was asked');
    case 'cancelled':
      return noAnswer('rejected', 'its batch was cancelled at the endpoint');
    case 'lost':
      return noAnswer(
        'network',
        said === undefined
          ? 'the endpoint could no longer be asked about its batch, which is kept for the next attempt'
          : `its batch is kept for the next attempt, since ${said}`,
      );
    case 'gone':
      return noAnswer('server', 'the endpoint no longer knows its batch');
    case 'failed':
      return noAnswer(about === 'queue' ? 'rate-limit' : 'server', `its batch failed${code && ` (${code})`}`);
    default:
      return noAnswer('malformed', 'its batch has no line about it');
  }
}
