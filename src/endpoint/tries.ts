import { setTimeout } from 'node:timers/promises';
import { APIConnectionTimeoutError, APIError } from 'openai';
import { backoff } from './backoff.ts';
import { createBlame, isOverload, type Next } from './blame.ts';
import { createEndings } from './endings.ts';
import { createFirstAnswers } from './first-answers.ts';
import { createFruitless } from './fruitless.ts';
import { askedWait } from './limits.ts';
import type { Account } from './meter.ts';
import type { Sent } from './pace.ts';
import type { Pacer } from './pacer.ts';
import { type Fault, passes, type Refusal, refusalOf } from './problems.ts';
import { createSilence, type Silence } from './silence.ts';
import { createStanding, type Standing } from './standing.ts';
import { networkCode, UNSENT } from './transport.ts';
import { createWaiting } from './waiting.ts';

/** How one endpoint is tried. */
export interface TryOptions {
  readonly baseUrl: string;
  readonly model: string;
  /** Empty sends no key. */
  readonly apiKey: string;
  /** For one try, from sending to the last byte (ms). */
  readonly timeout: number;
  /** Tries after the first. */
  readonly maxRetries: number;
  readonly pacer: Pacer;
  /** What is known of the endpoint already; without it nothing is. */
  readonly standing?: Standing;
  readonly meter: Account;
  /** Ends every request at once. */
  readonly signal: AbortSignal;
  /** Words that must not be shown, whatever the endpoint says. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to 1, for the jitter of retries. */
  readonly random: () => number;
}

/** What the endpoint said. `again`: another try may do better. `anew`: other words may, and it counts as no try. */
export interface Said<T> {
  readonly value: T;
  readonly next: Next;
  /** What came, where it is nothing that the endpoint would say: another server may answer there. */
  readonly foreign?: string;
}

/** One request, as its tries see it. */
export interface Exchange<T> {
  /** Sends it once. Rejects as the library does. */
  send(): Promise<Said<T> & { readonly headers: Headers }>;
  /** What a status that is an error says all the same; undefined when it is a fault. */
  heard(error: APIError): Said<T> | undefined;
  failed(fault: Fault): T;
  /** The sentence for a fault that no other request would escape; undefined when another may. */
  fatal(refusal: Refusal): string | undefined;
}

export interface Tries {
  /** Rejects only with FatalEndpointError. */
  put<T>(exchange: Exchange<T>): Promise<T>;
}

/** A request that failed by itself waits no longer than this once others go well (ms). */
const LONG_ENOUGH = 2000;
const STOPPED: Fault = { kind: 'stopped' };
const CUT: Fault = { kind: 'cut' };

/** A request's turn, and what it comes to when the run ends before it. What has waited before goes first. */
interface Turn {
  readonly priority: number;
  readonly ended: Fault;
}
const FIRST: Turn = { priority: 0, ended: STOPPED };
const AGAIN: Turn = { priority: 1, ended: CUT };
/** Others tell more: whether they are refused as well, for what may be about one request. */
const AFTER_OTHERS: Turn = { priority: 0, ended: CUT };
/** Of each rank. */
const PRIORITIES = 2;

/** Sends requests once, and says what each came to. Rejects only with FatalEndpointError. */
function createAttempt(options: TryOptions, standing: Standing, silence: Silence) {
  const { pacer, meter, signal, clock } = options;
  const endings = createEndings(options, standing);
  const blame = createBlame(pacer, standing);
  const firstAnswers = createFirstAnswers(standing);

  const barred = ({ ended }: Turn): Fault | undefined =>
    blame.verdict ?? (endings.isOver || meter.stopped !== null ? ended : undefined);

  const attempt = async <T>(exchange: Exchange<T>, turn: Turn): Promise<Came<T>> => {
    const before = barred(turn) ?? (meter.book() ? undefined : turn.ended);
    return before ? failed(exchange, before) : firstAnswers.during(() => send(exchange, turn));
  };

  const send = async <T>(exchange: Exchange<T>, { ended }: Turn): Promise<Came<T>> => {
    const sent = pacer.sends();
    try {
      const said = await meter.during(() => exchange.send());
      silence.broken();
      endings.answered(said);
      pacer.holdBack(askedWait(said.headers, clock()));
      return { ...said, ...(blame.answered(exchange, said, sent) && { free: AFTER_OTHERS }) };
    } catch (error) {
      if (signal.aborted) return failed(exchange, unsent(error, meter) ? ended : CUT);
      return error instanceof APIError && error.status !== undefined
        ? await refused(exchange, error, sent)
        : unanswered(exchange, error, sent);
    }
  };

  const unanswered = <T>(exchange: Exchange<T>, error: unknown, sent: Sent): Came<T> => {
    const isLate = error instanceof APIConnectionTimeoutError;
    if (isLate) pacer.timedOut(sent);
    silence.kept();
    const fault: Fault = isLate ? { kind: 'timeout' } : { kind: 'network', code: networkCode(error) };
    const isEverybodys = blame.isEverybodys(exchange, fault, sent);
    return { ...failed(exchange, fault), ...(isEverybodys && { free: AGAIN }) };
  };

  const refused = async <T>(exchange: Exchange<T>, error: APIError, sent: Sent): Promise<Came<T>> => {
    silence.broken();
    const said = exchange.heard(error);
    if (said?.next === 'settle') endings.answered(said);
    if (said) return said;
    const fault: Extract<Fault, { kind: 'status' }> = { kind: 'status', ...refusalOf(error, options) };
    const asked = fault.isAccounts ? 0 : askedWait(error.headers, clock());
    if (isOverload(fault)) pacer.overloaded(sent, asked > 0);
    pacer.holdBack(asked);
    const isForNow = endings.dismissed(exchange, fault, sent.at, asked);
    await firstAnswers.others(fault.status);
    if (signal.aborted) return failed(exchange, CUT);
    const sentence = endings.rejected(exchange, fault);
    const isEverybodys = blame.isEverybodys(exchange, fault, sent, asked);
    const free = isForNow || fault.status === 500 ? AFTER_OTHERS : AGAIN;
    return { ...failed(exchange, { ...fault, sentence }), ...((isEverybodys || isForNow) && { free }) };
  };

  return { attempt, barred };
}

/** Whether the end of the run has kept a request back, which is no more counted then. */
function unsent(error: unknown, meter: Account): boolean {
  if (networkCode(error) !== UNSENT) return false;
  meter.putOff(1);
  return true;
}

/**
 * Tries each request of an endpoint as often as it is worth: paced with all others of its host, counted on the
 * meter, and again after what passes. The whole run ends, with one sentence, at what would be the same for every
 * request when the endpoint has answered none (401, 404, a redirect) or takes the key no longer, and at an endpoint's silence.
 */
export function createTries(options: TryOptions): Tries {
  const { pacer, meter, signal, standing = createStanding() } = options;
  const silence = createSilence({ ...options, standing, enough: pacer.ceiling });
  const fruitless = createFruitless({ ...options, standing, ceiling: pacer.ceiling });
  const { attempt, barred } = createAttempt(options, standing, silence);

  const waiting = createWaiting(meter);

  const inTurn = async <T>(exchange: Exchange<T>, turn: Turn, rank: number): Promise<Came<T>> => {
    const before = barred(turn);
    if (before) return failed(exchange, before);
    let attempted: Promise<Came<T>> | undefined;
    const place = waiting.take(() => failed(exchange, turn.ended));
    const put = (): Promise<Came<T>> => {
      const left = place.leave();
      attempted = left ? Promise.resolve(left) : attempt(exchange, turn);
      return attempted;
    };
    try {
      const priority = PRIORITIES * rank + turn.priority;
      return await Promise.race([pacer.run(put, { signal, priority }), place.gone]);
    } catch (error) {
      // The end of the run takes it out of the queue before what is broken off is known.
      if (signal.aborted) return attempted ?? failed(exchange, turn.ended);
      throw error;
    } finally {
      place.leave();
    }
  };

  const rest = createRest(options);

  return {
    async put(exchange) {
      let turn = FIRST;
      const { rank } = meter;
      let before = options.clock();
      for (let tries = 0, timeouts = 0; ; ) {
        const since = before;
        before = options.clock();
        const came = await inTurn(exchange, turn, rank);
        const { fault, free } = came;
        const again = came.next === 'anew' ? turn : free;
        turn = again ?? AGAIN;
        if (again) {
          meter.fail();
          continue;
        }
        if (fault?.kind === 'timeout') timeouts += 1;
        const isLast = isSettled(came, tries, options, pacer.isWellSince(since));
        silence.judge(fault, timeouts, isLast);
        fruitless.judge(came.foreign, isLast);
        if (isLast) return came.value;
        tries += 1;
        meter.fail();
        await rest(tries, fault);
      }
    },
  };
}

/** Ends as well when the run does: the next turn says so. */
const sleep = (ms: number, ends: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal: ends }).catch(() => undefined);

/** The back-off after so many tries, shorter where others go well, or this one is refused by chance. */
function createRest({ pacer, meter, signal, clock, random }: TryOptions) {
  return async (tries: number, fault: Fault | undefined): Promise<void> => {
    if (meter.stopped !== null) return;
    const failedAt = clock();
    const jitter = random();
    const whole = backoff(tries, jitter);
    const least = Math.min(whole, jitter * LONG_ENOUGH);
    const woken = new AbortController();
    const wake = () => woken.abort();
    const ends = AbortSignal.any([signal, woken.signal]);
    void meter.nextStop.then(wake);
    await sleep(least, ends);
    if (whole === least || ends.aborted || mayBeChance(fault, tries, pacer)) return;
    void pacer.wellAfter(failedAt).then(wake);
    await sleep(whole - least, ends);
  };
}

/** What one try came to. */
interface Came<T> extends Said<T> {
  readonly fault?: Fault;
  /** Its next turn, where the endpoint is away for all, or that is still to be seen: it counts as no try. */
  readonly free?: Turn;
}

function failed<T>(exchange: Exchange<T>, fault: Fault): Came<T> {
  // Amid answers, what one account says may not be what the next does: a gateway may have several.
  const isWorthAnother =
    fault.kind === 'status'
      ? passes(fault) || fault.isAccounts
      : fault.kind !== 'stopped' && fault.kind !== 'cut';
  return { value: exchange.failed(fault), next: isWorthAnother ? 'again' : 'settle', fault };
}

/** Whether what came is not asked for again, after so many tries before. */
const isSettled = (
  { next, fault }: Came<unknown>,
  tries: number,
  options: TryOptions,
  isAmidAnswers: boolean,
): boolean =>
  next === 'settle' || tries >= mostRetries(fault, options, isAmidAnswers) || options.pacer.isGivenUp;

/** Of an account that is used up for some requests alone; more would make the end of one that is for all a long wait. */
const ACCOUNT_RETRIES = 3;

/** Whether chance may put so many refusals in a row, of an endpoint that refuses one request as well as another. */
const mayBeChance = (fault: Fault | undefined, tries: number, pacer: Pacer): boolean =>
  fault?.kind === 'status' && isOverload(fault) && tries < pacer.byChance();

/** How many times as often a request is tried that is refused while others are answered: so a limit does by itself. */
const AMID_ANSWERS = 2;

/**
 * Tries after the first of a request that came to this fault. What an endpoint refuses by a limit, or at random, one
 * request as well as another, was not put to the model, and is tried more often, and as often as chance alone may refuse it.
 */
function mostRetries(
  fault: Fault | undefined,
  { maxRetries, pacer }: TryOptions,
  isAmidAnswers: boolean,
): number {
  if (fault?.kind !== 'status' || maxRetries === 0) return maxRetries;
  if (fault.isAccounts) return Math.min(maxRetries, ACCOUNT_RETRIES);
  if (!isOverload(fault)) return maxRetries;
  return Math.max(maxRetries * (isAmidAnswers ? AMID_ANSWERS : 1), pacer.byChance());
}
