import type { getOctokit } from '@actions/github';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { GitHubProblem, IN_BETWEEN } from './problem.ts';

export type Octokit = ReturnType<typeof getOctokit>;
type Plugin = NonNullable<Parameters<typeof getOctokit>[2]>;
type Limiter = NonNullable<NonNullable<Parameters<typeof throttling>[1]['throttle']>['write']>;

export interface Connection {
  readonly token: string;
  /** `https://api.github.com`, or `https://HOST/api/v3` of an own server: GITHUB_API_URL. */
  readonly apiUrl: string;
  /** The longest that one try of a request may take, ms. */
  readonly timeoutMs?: number;
  /** The longest that all requests of this client may take together, their waits and retries included, ms. */
  readonly totalMs?: number;
  /** How long a second of waiting lasts, ms. Tests shorten it. */
  readonly secondMs?: number;
}

/**
 * A client that retries what may pass (5xx, a broken connection), waits as long as GitHub asks when it limits, and
 * gives up rather than hold the job: past `totalMs` every request fails with a GitHubProblem `timed-out`.
 * Loaded on call, for `@actions/github` reads the event file as it loads and dies of a malformed one without a
 * word: `readContext` has then said what is wrong.
 */
export async function connect({
  token,
  apiUrl,
  timeoutMs = 30_000,
  totalMs = 180_000,
  secondMs = 1000,
}: Connection): Promise<Octokit> {
  const { getOctokit } = await import('@actions/github');
  const budget = { leftMs: totalMs };
  const mayWait = (seconds: number, { request }: { request?: Marks }, _: unknown, tries: number): boolean =>
    tries < 3 && performance.now() + seconds * secondMs < (request?.deadline ?? 0);
  const options = {
    baseUrl: apiUrl.replace(/\/+$/, ''),
    userAgent: 'mm-safetybench-gate',
    log: QUIET,
    retry: { doNotRetry: [400, 401, 403, 404, 409, 410, 413, 422, 429, 451], retryAfterBaseValue: secondMs },
    throttle: {
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
      retryAfterBaseValue: secondMs,
      write: paced(secondMs),
      notifications: paced(3 * secondMs),
    },
  };
  // The first plugin lies innermost, about each try; the last outermost, about a request with all its tries.
  return getOctokit(token, options, eachTry(timeoutMs), retry, throttling, altogether(budget));
}

/** Octokit speaks through the console otherwise, and a proxy's answer could then speak in the log. */
const QUIET = { debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {}

/** GitHub asks for a second between writes, and more between those that notify; one limiter for each client. */
function paced(everyMs: number): Limiter {
  let next = 0;
  const schedule = async (_: unknown, work: () => Promise<void>): Promise<void> => {
    const now = performance.now();
    const start = Math.max(now, next);
    next = start + everyMs;
    await sleep(start - now);
    return work();
  };
  return { key: () => ({ schedule }) } as unknown as Limiter;
}

const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** The wrappers share one options object: what one puts into `request`, the others and the fetch find there. */
interface Marks {
  signal?: AbortSignal;
  /** Aborted when the time of all tries is up. */
  over?: AbortSignal;
  /** When that is, by performance.now(). */
  deadline?: number;
  retries?: number;
}

const eachTry =
  (timeoutMs: number): Plugin =>
  octokit => {
    octokit.hook.wrap('request', async (request, options) => {
      const marks: Marks = options.request;
      const timeout = AbortSignal.timeout(timeoutMs);
      marks.signal = marks.over ? AbortSignal.any([marks.over, timeout]) : timeout;
      try {
        return answered(await request(options));
      } catch (error) {
        if (marks.over?.aborted) marks.retries = 0;
        throw asLimit(error);
      }
    });
    return {};
  };

/** GitHub answers in JSON; an empty answer or a page comes from something in between, and means nothing. */
function answered<T extends { readonly status: number; readonly data: unknown }>(response: T): T {
  const { status, data } = response;
  const isJson = typeof data === 'object' && data !== null && !(data instanceof ArrayBuffer);
  if (isJson || status === 204) return response;
  throw new GitHubProblem('unavailable', `GitHub answered ${status} without JSON: ${IN_BETWEEN}`, status);
}

/** A limit that names its wait but not its kind is honoured like a secondary one: the plugin goes by the words. */
function asLimit(error: unknown): unknown {
  const { status, message, response } = error as {
    status?: number;
    message: string;
    response?: { headers: Record<string, string> };
  };
  const unnamed = status === 429 && response?.headers['retry-after'] && !/secondary rate/i.test(message);
  if (unnamed) (error as Error).message = `${message} (a secondary rate limit)`;
  return error;
}

/** Takes the time of each request off the budget, and ends the one that would overrun it. */
const altogether =
  (budget: { leftMs: number }): Plugin =>
  octokit => {
    octokit.hook.wrap('request', async (request, options) => {
      const tooLong = new GitHubProblem('timed-out', 'GitHub took too long; run the job again later');
      if (budget.leftMs <= 0) throw tooLong;
      const started = performance.now();
      const over = new AbortController();
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(tooLong);
        over.abort(new DOMException('The time for GitHub is used up', 'TimeoutError'));
      }, budget.leftMs);
      try {
        const deadline = started + budget.leftMs;
        options.request = { ...options.request, over: over.signal, deadline };
        return await Promise.race([request(options), late.promise]);
      } finally {
        clearTimeout(timer);
        budget.leftMs -= performance.now() - started;
      }
    });
    return {};
  };
