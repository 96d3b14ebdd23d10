import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { askedWait } from '../endpoint/limits.ts';
import { DatasetError } from './dataset.ts';

/** How files are fetched, and what an error calls the setting behind the URL. */
export interface HttpOptions {
  /** The input that gave the URL: `questions-url` or `images-url`. */
  readonly input: string;
  /** Bearer key, sent to the URL's own origin and never to a host that it redirects to. */
  readonly token?: string | undefined;
  /** Whether `dataset-token` is for this URL's host: a URL of another gets none, and no advice to give one. */
  readonly takesToken: boolean;
  /** Seconds in which a server must send LEAST_RATE bytes each, or the request is given up. */
  readonly timeout: number;
  /** Tries after the first. */
  readonly retries: number;
  /** Waits between two tries, in ms. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Where a file lies for a while that the server sends only as a whole. */
  readonly tempFolder: string;
  /** Ends all requests, without another try. */
  readonly signal?: AbortSignal | undefined;
}

export const HTTP_DEFAULTS: Omit<HttpOptions, 'input'> = {
  takesToken: true,
  timeout: 30,
  retries: 5,
  sleep: ms => pause(ms),
  tempFolder: tmpdir(),
};

/** An answer whose body is still to be read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Where the redirects ended. */
  readonly url: URL;
  /** `x-repo-commit` of whichever hop gave it: the mirror does, the host it redirects to does not. */
  readonly commit: string | undefined;
  /** `x-linked-etag`, likewise. */
  readonly linkedEtag: string | undefined;
  /** Rejects with HttpFault when it breaks off or stalls. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body up. */
  discard(): void;
}

/** A try that failed; `again` says whether another one may do better. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault';
  readonly again: boolean;
  /** How long the server asks to be left alone, in ms. */
  readonly wait: number;
  /** Whether it says that it is asked too often. */
  readonly isTooOften: boolean;

  constructor(message: string, again: boolean, wait = 0, isTooOften = false) {
    super(message);
    this.again = again;
    this.wait = wait;
    this.isTooOften = isTooOften;
  }
}

/** Bytes per second: far below any line that a benchmark is fetched over. */
const LEAST_RATE = 1024;

const TAKEN = [200, 206, 416];
const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;
/** Answers of a server that cannot do ranges, to a request for one. */
export const RANGELESS = [405, 501];
/** Answers that a later try may well not get: time-outs, too many requests, trouble at the server. */
const PASSING = [408, 425, 429, 500, 502, 503, 504, 520, 522, 524];
/** However long a server asks to be left alone, it is asked again after this (ms). */
const LONGEST_WAIT = 60_000;

/**
 * Sends one GET and follows its redirects by hand, so that the key stays with `origin`.
 * Resolves with any answer of 200, 206 or 416, and to a request for a range with RANGELESS ones; throws HttpFault for
 * every other one.
 */
export async function request(
  start: URL,
  origin: string,
  headers: Readonly<Record<string, string>>,
  options: HttpOptions,
): Promise<Reply> {
  const idle = idleTimer(options);
  try {
    let told: Told = {};
    let url = start;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const response = await send(
        url,
        url.origin === origin ? options.token : undefined,
        headers,
        idle,
      ).catch(error => unreached(error, options));
      idle.heard();
      told = { ...toldBy(response.headers), ...told };
      if (!REDIRECTS.includes(response.status)) {
        const isTaken =
          TAKEN.includes(response.status) || ('range' in headers && RANGELESS.includes(response.status));
        if (!isTaken) throw await statusFault(response, options);
        return replyOf(response, url, told, idle);
      }
      await response.body?.cancel();
      url = redirectOf(url, response.headers, options);
    }
    throw new HttpFault(`redirects more than ${MOST_REDIRECTS} times: check ${options.input}`, false);
  } catch (error) {
    idle.stop();
    throw idle.fault() ?? error;
  }
}

interface IdleTimer {
  readonly signal: AbortSignal;
  /** The server has answered. */
  heard(): void;
  took(bytes: number): void;
  stop(): void;
  /** Why the request was ended from this side, if it was. */
  fault(): Error | undefined;
}

function idleTimer({ timeout, signal }: HttpOptions): IdleTimer {
  const controller = new AbortController();
  const combined = signal ? AbortSignal.any([signal, controller.signal]) : controller.signal;
  const timer = setTimeout(() => controller.abort(), timeout * 1000);
  const least = LEAST_RATE * timeout;
  let taken = 0;
  return {
    signal: combined,
    heard: () => timer.refresh(),
    took(bytes) {
      taken += bytes;
      if (taken < least) return;
      taken = 0;
      timer.refresh();
    },
    stop: () => clearTimeout(timer),
    fault() {
      if (signal?.aborted) return new HttpFault('was given up because the run ended', false);
      if (controller.signal.aborted) {
        const sent = taken === 0 ? 'nothing' : `fewer than ${LEAST_RATE} bytes per second`;
        return new HttpFault(`sent ${sent} for ${timeout} s`, true);
      }
      return undefined;
    },
  };
}

function send(
  url: URL,
  token: string | undefined,
  headers: Readonly<Record<string, string>>,
  idle: IdleTimer,
): Promise<Response> {
  return fetch(url, {
    redirect: 'manual',
    signal: idle.signal,
    // Compressed bodies would make ranges and lengths speak of other bytes than the file's.
    headers: {
      ...headers,
      'accept-encoding': 'identity',
      ...(token && { authorization: `Bearer ${token}` }),
    },
  });
}

function unreached(error: unknown, { input }: HttpOptions): never {
  const fault = connectionFault(error);
  if (fault === 'bad port') {
    throw new HttpFault(`has a port that is kept from HTTP: check ${input}`, false);
  }
  throw new HttpFault(`cannot be reached (${fault})`, true);
}

/** The system's word for a failed connection (`ENOTFOUND`, `ECONNREFUSED`), which fetch hides in the cause. */
function connectionFault(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  return String(cause?.code ?? cause?.message ?? 'connection failed');
}

/** What a hop tells of the file that it leads to. */
interface Told {
  readonly commit?: string;
  readonly linkedEtag?: string;
}

function toldBy(headers: Headers): Told {
  const commit = headers.get('x-repo-commit') ?? '';
  const linkedEtag = headers.get('x-linked-etag');
  return { ...(/^[\w.-]{1,64}$/.test(commit) && { commit }), ...(linkedEtag && { linkedEtag }) };
}

function redirectOf(from: URL, headers: Headers, { input }: HttpOptions): URL {
  const target = URL.parse(headers.get('location') ?? '', from);
  if (!target || !/^https?:$/.test(target.protocol)) {
    throw new HttpFault(`redirects to something that is no http(s) URL: check ${input}`, false);
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new HttpFault(
      `redirects from https to plain http, which is not followed: set ${input} to the final address`,
      false,
    );
  }
  return target;
}

function replyOf(response: Response, url: URL, told: Told, idle: IdleTimer): Reply {
  const discard = () => {
    idle.stop();
    response.body?.cancel().catch(() => undefined);
  };
  const { status, headers } = response;
  const { commit, linkedEtag } = told;
  return { status, headers, url, commit, linkedEtag, discard, body: bodyOf(response, idle) };
}

async function* bodyOf(response: Response, idle: IdleTimer): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) {
      idle.took(chunk.length);
      yield chunk;
    }
  } catch {
    throw idle.fault() ?? new HttpFault('breaks off before its end', true);
  } finally {
    idle.stop();
  }
}

async function statusFault({ status, headers, body }: Response, options: HttpOptions): Promise<HttpFault> {
  await body?.cancel().catch(() => undefined);
  const { input } = options;
  if (status === 401 || status === 403) {
    return new HttpFault(`answers ${status}: ${keyAdvice(options)}`, false);
  }
  if (status === 404 || status === 410) return new HttpFault(`answers ${status}: check ${input}`, false);
  const again = PASSING.includes(status);
  return new HttpFault(
    again ? `answers ${status}` : `answers ${status}: check ${input}`,
    again,
    Math.min(askedWait(headers, Date.now()), LONGEST_WAIT),
    status === 429,
  );
}

function keyAdvice({ input, token, takesToken }: HttpOptions): string {
  if (!takesToken) {
    return `dataset-token is sent to the host of images-url alone; name a ${input} that needs no key, or one on that host`;
  }
  return token
    ? 'check that dataset-token is valid for it'
    : "give a key in dataset-token if it needs one, and accept the data set's licence on its page if it asks for that";
}

/**
 * Tries `attempt` until it works, waiting 0.5 s, 1 s, 2 s, … or as long as the server asks.
 * Throws DatasetError that names the URL and says what to do.
 */
export async function withRetries<T>(
  url: string,
  options: HttpOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      if (!error.again || tries > options.retries) throw finalError(url, options, error, tries);
      await options.sleep(Math.max(error.wait, 500 * 2 ** (tries - 1)));
    }
  }
}

function finalError(url: string, { input }: HttpOptions, fault: HttpFault, tries: number): DatasetError {
  if (!fault.again) return new DatasetError(`${url} ${fault.message}`);
  const after = `after ${tries} ${tries === 1 ? 'try' : 'tries'}`;
  const way = fault.isTooOften
    ? `it is asked too often, so run later, or set ${input} to a copy of your own`
    : `check ${input} and the network`;
  return new DatasetError(`${url} ${fault.message}, ${after}: ${way}`);
}
