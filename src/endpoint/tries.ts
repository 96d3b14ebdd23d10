import { setTimeout } from 'node:timers/promises';
import { APIConnectionTimeoutError, APIError } from 'openai';
import { backoff } from './backoff.ts';
import { askedWait } from './limits.ts';
import type { Account } from './meter.ts';
import type { Sign } from './outage.ts';
import type { Pacer } from './pacer.ts';
import { FatalEndpointError, type Fault, passes, type Refusal, refusalOf } from './problems.ts';
import { createRejections } from './rejections.ts';
import { createSilence, type Silence } from './silence.ts';
import type { Sent } from './spacing.ts';
import { createStanding, type Standing } from './standing.ts';
import { networkCode } from './transport.ts';

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
  readonly next: 'settle' | 'again' | 'anew';
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

/** Whether a fault is not the request's own, since nobody is answered at all. */
function createBlame({ pacer }: TryOptions) {
  let last: Fault | undefined;
  return {
    answered(exchange: object, next: Said<unknown>['next'], sent: Sent): void {
      if (next === 'settle') pacer.wentWell(sent);
      if (next === 'again') pacer.refused(exchange, sent.at, 'garbled');
    },
    isEverybodys(exchange: object, fault: Fault, sent: Sent, asked = 0): boolean {
      const sign = signOf(fault);
      if (sign === undefined) return false;
      last = fault;
      return pacer.refused(exchange, sent.at, sign, asked);
    },
    /** What everybody came to before the endpoint was given up; undefined while it is not. */
    get verdict(): Fault | undefined {
      return pacer.isGivenUp ? last : undefined;
    },
  };
}

/** Sends requests once, and says what each came to. Rejects only with FatalEndpointError. */
function createAttempt(options: TryOptions, standing: Standing, silence: Silence) {
  const { pacer, meter, signal, clock } = options;
  const rejections = createRejections(pacer.ceiling, standing);
  const blame = createBlame(options);
  /** What waits for its turn is let in before the run has ended. */
  let isRefusedToAll = false;

  const attempt = async <T>(exchange: Exchange<T>, { ended }: Turn): Promise<Came<T>> => {
    const before = blame.verdict ?? (!isRefusedToAll && meter.book() ? undefined : ended);
    return before ? failed(exchange, before) : send(exchange);
  };

  const send = async <T>(exchange: Exchange<T>): Promise<Came<T>> => {
    const sent = pacer.sends();
    try {
      const said = await meter.during(() => exchange.send());
      silence.broken();
      rejections.answered();
      pacer.holdBack(askedWait(said.headers, clock()));
      blame.answered(exchange, said.next, sent);
      return said;
    } catch (error) {
      if (signal.aborted) return failed(exchange, CUT);
      return error instanceof APIError && error.status !== undefined
        ? refused(exchange, error, sent)
        : unanswered(exchange, error, sent);
    }
  };

  const unanswered = <T>(exchange: Exchange<T>, error: unknown, sent: Sent): Came<T> => {
    const isLate = error instanceof APIConnectionTimeoutError;
    if (isLate) pacer.timedOut(sent);
    silence.kept();
    const fault: Fault = isLate ? { kind: 'timeout' } : { kind: 'network', code: networkCode(error) };
    return { ...failed(exchange, fault), isEverybodys: blame.isEverybodys(exchange, fault, sent) };
  };

  const refused = <T>(exchange: Exchange<T>, error: APIError, sent: Sent): Came<T> => {
    silence.broken();
    const said = exchange.heard(error);
    if (said?.next === 'settle') rejections.answered();
    if (said) return said;
    const fault: Extract<Fault, { kind: 'status' }> = { kind: 'status', ...refusalOf(error, options) };
    const asked = fault.isAccounts ? 0 : askedWait(error.headers, clock());
    if (isOverload(fault)) pacer.overloaded(sent, asked > 0);
    pacer.holdBack(asked);
    const isAll = !passes(fault) && rejections.areAll(fault);
    const sentence = isAll || fault.isAccounts || rejections.seemAll ? exchange.fatal(fault) : undefined;
    if (isAll && sentence !== undefined) {
      isRefusedToAll = !standing.hasAnswered;
      throw new FatalEndpointError(sentence, standing.hasAnswered);
    }
    return {
      ...failed(exchange, { ...fault, sentence }),
      isEverybodys: blame.isEverybodys(exchange, fault, sent, asked),
    };
  };

  return attempt;
}

/**
 * Tries each request of an endpoint as often as it is worth: paced with all others of its host, counted on the
 * meter, and again after what passes. The whole run ends, with one sentence, at what would be the same for every
 * request when the endpoint has answered none (401, 404, a redirect) or takes the key no longer, and at an endpoint's silence.
 */
export function createTries(options: TryOptions): Tries {
  const { pacer, meter, signal } = options;
  const { standing = createStanding() } = options;
  const silence = createSilence({ ...options, standing, enough: pacer.ceiling });
  const attempt = createAttempt(options, standing, silence);

  const inTurn = async <T>(exchange: Exchange<T>, turn: Turn): Promise<Came<T>> => {
    let ended = turn.ended;
    const sent = () => {
      ended = CUT;
      return attempt(exchange, turn);
    };
    try {
      return await pacer.run(sent, { signal, priority: turn.priority });
    } catch (error) {
      if (signal.aborted) return failed(exchange, ended);
      throw error;
    }
  };

  /** Ends as well when the run does: the next turn says so. */
  const sleep = (ms: number, ends: AbortSignal): Promise<void> =>
    setTimeout(ms, undefined, { signal: ends }).catch(() => undefined);

  /** The back-off after so many tries, shorter where others go well, or this one is refused by chance. */
  const rest = async (tries: number, fault: Fault | undefined): Promise<void> => {
    const failedAt = options.clock();
    const jitter = options.random();
    const whole = backoff(tries, jitter);
    const least = Math.min(whole, jitter * LONG_ENOUGH);
    await sleep(least, signal);
    if (whole === least || signal.aborted || mayBeChance(fault, tries, pacer)) return;
    const woken = new AbortController();
    void pacer.wellAfter(failedAt).then(() => woken.abort());
    await sleep(whole - least, AbortSignal.any([signal, woken.signal]));
  };

  return {
    async put(exchange) {
      let turn = FIRST;
      for (let tries = 0, timeouts = 0; ; ) {
        const { value, next, fault, isEverybodys = false } = await inTurn(exchange, turn);
        if (next === 'anew') continue;
        turn = AGAIN;
        if (isEverybodys) continue;
        if (fault?.kind === 'timeout') timeouts += 1;
        const isLast = next === 'settle' || tries >= mostRetries(fault, options) || pacer.isGivenUp;
        silence.judge(fault, timeouts, isLast);
        if (isLast) return value;
        tries += 1;
        meter.fail();
        await rest(tries, fault);
      }
    },
  };
}

/** What one try came to. */
interface Came<T> extends Said<T> {
  readonly fault?: Fault;
  /** Whether the endpoint is away for all: it counts as no try. */
  readonly isEverybodys?: boolean;
}

function failed<T>(exchange: Exchange<T>, fault: Fault): Came<T> {
  // Amid answers, what one account says may not be what the next does: a gateway may have several.
  const isWorthAnother =
    fault.kind === 'status'
      ? passes(fault) || fault.isAccounts
      : fault.kind !== 'stopped' && fault.kind !== 'cut';
  return { value: exchange.failed(fault), next: isWorthAnother ? 'again' : 'settle', fault };
}

/** Of an account that is used up for some requests alone; more would make the end of one that is for all a long wait. */
const ACCOUNT_RETRIES = 3;

/** Whether chance may put so many refusals in a row, of an endpoint that refuses one request as well as another. */
const mayBeChance = (fault: Fault | undefined, tries: number, pacer: Pacer): boolean =>
  fault?.kind === 'status' && isOverload(fault) && tries < pacer.byChance();

/**
 * Tries after the first of a request that came to this fault. What an endpoint refuses at random, one request as well as
 * another, was not put to the model, and is tried as often as chance alone may refuse it.
 */
function mostRetries(fault: Fault | undefined, { maxRetries, pacer }: TryOptions): number {
  if (fault?.kind !== 'status' || maxRetries === 0) return maxRetries;
  if (fault.isAccounts) return Math.min(maxRetries, ACCOUNT_RETRIES);
  return isOverload(fault) ? Math.max(maxRetries, pacer.byChance()) : maxRetries;
}

const isOverload = (refusal: Refusal): boolean =>
  passes(refusal) && (refusal.status === 429 || refusal.status === 503);

/** What a fault tells of the endpoint itself; undefined where it is the request's own. */
function signOf(fault: Fault): Sign | undefined {
  switch (fault.kind) {
    case 'timeout':
      return 'gone';
    case 'network':
      return fault.code === 'TOO_LARGE' ? undefined : 'gone';
    case 'status':
      if (!passes(fault)) return undefined;
      if (fault.status === 500) return 'failed';
      return isOverload(fault) ? 'busy' : 'gone';
    default:
      return undefined;
  }
}
