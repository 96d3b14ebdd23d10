import { APIError } from 'openai';
import type { ClientOptions } from '../client.ts';
import { accountAdvice, errorWord, FatalEndpointError, refusalOf, saidBy, shownUrl } from '../problems.ts';
import { isOfKey } from './handed.ts';
import { LostReplyError } from './reply.ts';

export interface WaitingOptions
  extends Pick<ClientOptions, 'baseUrl' | 'model' | 'maxRetries' | 'secrets' | 'signal' | 'clock'> {
  readonly notice: (sentence: string) => void;
}

/** Bears what fails of asking for a batch or a file of one, which may be paid for, until it is no moment's any more. */
export interface Waiting {
  /** It was there. */
  heard(): void;
  /** It was there in a list alone: what asked for it by itself has failed. */
  listed(error: APIError): void;
  /** What asked for it has failed, and asks again by itself in a moment. */
  readonly failing: (error: unknown) => void;
  /**
   * What asked for it so long (ms) after it had failed before has failed. What is said, once it is to be given up.
   * Throws FatalEndpointError where the key is taken no longer, and when the signal has ended the run.
   */
  failed(error: unknown, waited: number): string | undefined;
}

const MINUTE = 60_000;
/** What is said nothing of as long as it fails no longer (ms), or no more often in a row. */
const MOMENT = 10_000;
const FEW = 3;
/** How long a failure that may pass is borne (min): it is counted by those who ask. */
const LONGEST = 30;

/** @param name what is asked for, as the endpoint calls it */
export function createWaiting(name: string, options: WaitingOptions): Waiting {
  const { signal, clock, notice } = options;
  /** Calls in a row, those that were made again by themselves among them. */
  let failures = 0;
  let since = 0;
  let waited: number | undefined;
  let isTold = false;
  const troubleIn = (error: unknown): Trouble =>
    troubleOf(error, errorWord(name, options.secrets) || 'a batch', options);
  /** Counts a failure, and tells of the first that is no moment's. */
  const failed = (sentence: string): void => {
    if (failures === 0) since = clock();
    failures += 1;
    if (isTold || (failures < FEW && clock() - since < MOMENT)) return;
    isTold = true;
    notice(sentence);
  };
  const failing = (error: unknown): Trouble => {
    const trouble = troubleIn(error);
    failed(`${trouble.said}. It is asked again, up to ${trouble.patience} min.`);
    return trouble;
  };
  return {
    heard() {
      failures = 0;
      waited = undefined;
    },
    listed(error) {
      waited = undefined;
      failed(`${troubleIn(error).said}, though its list shows it: how it stands is taken from there.`);
    },
    failing,
    failed(error, wait) {
      signal.throwIfAborted();
      if (error instanceof FatalEndpointError) throw error;
      // Of these there are few, the last of which ends the run.
      if (isOfKey(error)) return undefined;
      waited = waited === undefined ? 0 : waited + wait;
      const { said, lasts, patience } = failing(error);
      return lasts && waited >= patience * MINUTE ? said : undefined;
    },
  };
}

interface Trouble {
  /** A sentence without its end. */
  readonly said: string;
  /** Whether no short wait ends it. */
  readonly lasts: boolean;
  /** How long it is borne (min). */
  readonly patience: number;
}

function troubleOf(error: unknown, name: string, options: WaitingOptions): Trouble {
  const { baseUrl, model } = options;
  const url = shownUrl(baseUrl);
  const passing = { lasts: false, patience: LONGEST };
  // As long as any other endpoint is waited for that has answered.
  const lasting = { lasts: true, patience: Math.max(1, options.maxRetries) };
  if (error instanceof LostReplyError && error.isAnother) {
    return {
      said: `${url} answers what asks for ${name} with something else, such as a web page`,
      ...lasting,
    };
  }
  if (!(error instanceof APIError) || error.status === undefined) {
    return { said: `${url} gives no answer to what asks for ${name}`, ...passing };
  }
  const refusal = refusalOf(error, options);
  const said = `${saidBy(baseUrl, refusal)} to what asks for ${name}`;
  if (!refusal.isAccounts) return { said, ...passing };
  return { said: `${said}: ${accountAdvice(refusal, model)}`, ...lasting };
}
