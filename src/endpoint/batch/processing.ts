import { FatalEndpointError, shownUrl } from '../problems.ts';
import type { BatchApi } from './api.ts';
import { FAULTY, type FileState, isProcessing } from './file-state.ts';
import { type PollOptions, WINDOW } from './poll.ts';
import { createWaiting, type Waiting } from './waiting.ts';

export interface ProcessingOptions extends Omit<PollOptions, 'api'> {
  readonly api: Pick<BatchApi, 'file'>;
  readonly hasAnswered: () => boolean;
  /** Is told by which word the endpoint says that a file is not processed, each time that this lasts for no moment. */
  readonly lasts: (word: string) => void;
}

/** Between two looks (ms), growing by so much. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 10_000;
const GROWTH = 1.5;
/** What is said nothing of as long as it lasts no longer (ms). */
const MOMENT = 10_000;
const MINUTE = 60_000;
/** How long a file is waited for that the endpoint does not itself say to be in process (min). */
const PATIENCE = 30;

/**
 * Waits until a batch may be started on a file, time after time where it is refused since the file is not processed: each
 * time with the word by which the endpoint says so. Rejects with FatalEndpointError when the file cannot be processed, or
 * is not for as long as a batch is waited for, and when the signal ends the run.
 */
export function createProcessing(file: string, options: ProcessingOptions): (word: string) => Promise<void> {
  const { signal, sleep, clock, lasts } = options;
  const waiting = createWaiting(file, options);
  const giveUpAt = clock() + WINDOW;
  let wait = FIRST_WAIT / GROWTH;
  let waited = 0;
  /** How long the endpoint has not said that it goes on to process the file (ms). */
  let unsaid = 0;
  const isOver = (): boolean => unsaid >= PATIENCE * MINUTE;
  /** Goes on, or throws where it has lasted too long. */
  const goOn = (word: string): void => {
    if (isOver()) throw notWithin(`${PATIENCE} min`, word, options);
    if (clock() >= giveUpAt) throw notWithin(`${WINDOW / 60 / MINUTE} h`, word, options);
    if (waited >= MOMENT) lasts(word);
    wait = Math.min(LONGEST_WAIT, wait * GROWTH);
  };
  return async word => {
    for (let said = word; ; ) {
      goOn(said);
      await sleep(wait, signal);
      waited += wait;
      const state = await seen(file, waiting, wait, options);
      if (state?.status === FAULTY) throw faulty(state, options);
      if (state && isProcessing(state.status)) {
        said = state.status;
        unsaid = 0;
        continue;
      }
      unsaid += wait;
      // Of one that cannot be seen for so long, the start of the batch is to show how it stands.
      if (state || isOver()) return;
    }
  };
}

/** How a file stands; undefined where that cannot be seen now, after so long (ms). */
async function seen(
  file: string,
  waiting: Waiting,
  wait: number,
  { api }: ProcessingOptions,
): Promise<FileState | undefined> {
  try {
    const state = await api.file(file, waiting.failing);
    waiting.heard();
    return state;
  } catch (error) {
    waiting.failed(error, wait);
    return undefined;
  }
}

type Told = Pick<ProcessingOptions, 'baseUrl' | 'hasAnswered'>;

const notWithin = (time: string, word: string, { baseUrl, hasAnswered }: Told): FatalEndpointError =>
  new FatalEndpointError(
    `${shownUrl(baseUrl)} has not processed the file of a batch within ${time} (${word}): run again later, or set batch to false`,
    hasAnswered(),
  );

const faulty = ({ status, reason }: FileState, { baseUrl, hasAnswered }: Told): FatalEndpointError =>
  new FatalEndpointError(
    `${shownUrl(baseUrl)} could not process the file of a batch (${reason || status}): run again later, or set batch to false`,
    hasAnswered(),
  );
