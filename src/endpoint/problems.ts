import type { APIError } from 'openai';
import { z } from 'zod';
import { timeOf } from './limits.ts';
import { namedBy, type Objection } from './objections.ts';

/** The endpoint cannot be used at all: ends the whole run. The message is one sentence for a person. */
export class FatalEndpointError extends Error {
  override readonly name = 'FatalEndpointError';

  /** Whether it or another has answered before, so that there is something to report. */
  readonly isHalfWay: boolean;

  constructor(message: string, isHalfWay = false) {
    super(message);
    this.isHalfWay = isHalfWay;
  }
}

/** A URL without what may be secret in it: user, password, query. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

/** A response whose status is no success. */
export interface Refusal {
  readonly status: number;
  /**
   * The endpoint's own error code, or type, when it is a plain word, and the parameter that it names; empty when it has
   * neither. Its message may echo a key.
   */
  readonly code: string;
  /** Of a redirect: the origin that it leads to, in words where that says nothing. Empty for every other status. */
  readonly redirect: string;
  /** Whether the account there may ask nothing more. */
  readonly isAccounts: boolean;
}

/** Why a try brought nothing. `stopped`: nothing was sent. `cut`: the run ended when it was. */
export type Fault =
  | { readonly kind: 'stopped' | 'cut' | 'timeout' }
  | { readonly kind: 'network'; readonly code: string }
  /** Status 200 with what no such endpoint would say, in words such as `status 200 with an empty body`. */
  | { readonly kind: 'foreign'; readonly what: string }
  | (Refusal & {
      readonly kind: 'status';
      /** What it means, where it seems to be what every request meets. */
      readonly sentence?: string | undefined;
    });

/** What stands in an error of the library's that may be shown. */
export function refusalOf(
  { status = 0, code, type, param, headers, message }: APIError,
  { baseUrl, secrets }: { readonly baseUrl: string; readonly secrets: readonly string[] },
): Refusal {
  const redirect = status >= 300 && status < 400 ? placeOf(headers?.get('location'), baseUrl) : '';
  return { status, redirect, ...wordIn({ code, type, param, message }, secrets, status) };
}

/**
 * The endpoint's word for an error, with the parameter of ours that it names, and whether it is one of its account.
 * @param status what came with it: without one, a number for a code says as much
 */
export function wordIn(
  { type, ...objection }: Objection & { readonly type?: unknown },
  secrets: readonly string[],
  status: unknown = objection.code,
): Pick<Refusal, 'code' | 'isAccounts'> {
  const { code, message } = objection;
  // A gateway's code may be no more than the status.
  const ofAccount = [code, type].find(isAccounts);
  return {
    code: [errorWord(ofAccount ?? code ?? type, secrets), ...namedBy(objection)].filter(Boolean).join(', '),
    isAccounts:
      status === UNPAID ||
      USED_UP.test(`${message}`) ||
      (ofAccount !== undefined && !(ofAccount === 'insufficient_quota' && ALIBABAS.test(`${message}`))),
  };
}

/** Nothing but the origin: a sign-in page's address holds keys and tokens. */
function placeOf(location: string | null | undefined, baseUrl: string): string {
  if (!location || !URL.canParse(location, baseUrl)) return 'elsewhere';
  const { origin, hostname } = new URL(location, baseUrl);
  if (hostname === '') return 'elsewhere';
  return origin === new URL(baseUrl).origin ? 'another path there' : origin;
}

/** Bodies that begin and are of no use; every other code is of what did not come to a response. */
const BROKEN: Readonly<Record<string, string>> = {
  CUT_OFF: 'breaks its answers off before their end',
  TOO_LARGE: 'answers with more than is read of an answer',
};

/** Codes of a connection that was made, and ended without a response. */
export const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE']);

/** The code of what is answered to TLS by no TLS. */
const NO_TLS = 'EPROTO';

/** What is wrong with an endpoint whose responses do not come, after its name. */
export function networkWords(code: string): string {
  if (RESET.has(code)) return `breaks the connection off before it answers (${code})`;
  const hint = code === NO_TLS ? ', as where a server speaks http and not https' : '';
  return BROKEN[code] ?? `cannot be reached: no connection (${code})${hint}`;
}

/** How OpenAI, Azure and Alibaba name a content filter that has refused. */
const FILTER_CODES: ReadonlySet<unknown> = new Set([
  'content_filter',
  'contentFilter',
  'content_policy_violation',
  'ResponsibleAIPolicyViolation',
  'moderation_blocked',
  'data_inspection_failed',
]);

/** OpenAI's models that think refuse a question by a code that may say as well that the request is malformed. */
const FLAGGED = /\bflagged\b.*\bpolicy\b/s;

const filterError = z.object({
  message: z.string().catch(''),
  innererror: z.object({ code: z.unknown() }).nullish().catch(null),
});

/**
 * Whether a content filter has refused on the model's behalf, by an error of status 400 or 403 in place of an answer.
 * @param error the body's `error`, as it came
 */
export function isFiltered({ status, code, error }: Pick<APIError, 'status' | 'code' | 'error'>): boolean {
  if (status !== 400 && status !== 403) return false;
  const said = filterError.safeParse(error).data;
  if (code === 'invalid_prompt') return FLAGGED.test(said?.message ?? '');
  return FILTER_CODES.has(code) || FILTER_CODES.has(said?.innererror?.code);
}

const coded = z.object({ code: z.unknown() });

/** Whether an error that stands beside an answer, with status 200, is a content filter's. */
export function isFilter(error: unknown): boolean {
  const code = coded.safeParse(error).data?.code;
  return isFiltered({ status: 400, code: typeof code === 'string' ? code : null, error: Object(error) });
}

/** What a server that is made for something else says of our method, where it does not say 405. */
const NOT_IMPLEMENTED = 501;

/** Whether another try may not meet this status. */
export const isPassing = (status: number): boolean =>
  (status >= 500 && status !== NOT_IMPLEMENTED) || [408, 409, 425, 429].includes(status);

/** Whether another try may not meet this refusal: an account whose credit is used up may as well say 429. */
export const passes = ({ status, isAccounts }: Refusal): boolean => isPassing(status) && !isAccounts;

/** What the endpoint said, such as `https://host/v1 answered 401 (invalid_api_key)`. */
export const saidBy = (baseUrl: string, { status, code, redirect }: Refusal): string =>
  `${shownUrl(baseUrl)} answered ${status}${redirect ? `, a redirect to ${redirect}` : ''}${code && ` (${code})`}`;

/**
 * What a refused request means and what to do about it, in one sentence.
 *
 * @param check what to look at where the status says no more than that it is refused
 */
export function rejectionSentence(
  refusal: Refusal,
  baseUrl: string,
  model: string,
  check = 'max-tokens, temperature, extra-body, and that the model takes pictures',
): string {
  const said = saidBy(baseUrl, refusal);
  if (refusal.redirect) return `${said}: ${REDIRECT_ADVICE}`;
  if (refusal.isAccounts) return `${said}: ${accountAdvice(refusal, model)}`;
  switch (refusal.status) {
    case 401:
      return `${said}: it does not accept the key for "${model}"; check the api-key input that belongs to it`;
    case 403:
      return `${said}: the key may not use "${model}"; check the key's permissions at the endpoint`;
    case 404:
      return `${said}: it has no chat completions or no model "${model}" there; check the base URL (most end in /v1) and the model's name`;
    case 405:
    case NOT_IMPLEMENTED:
      return `${said}: it takes no questions there; check the base URL for "${model}" (most end in /v1)`;
    case 413:
      return `${said}: the request is too large for it; raise the limit of the server or proxy before "${model}"`;
    case 415:
      return `${said}: it takes no JSON; check the server or proxy before "${model}"`;
    default:
      return `${said}: it rejects the request for "${model}"; check ${check}`;
  }
}

/** What it means that an endpoint asks for so long a wait (ms) of one request after the other, and what to do about it. */
export const tooLongSentence = (refusal: Refusal, asked: number, baseUrl: string, model: string): string =>
  `${saidBy(baseUrl, refusal)}, and asks to wait for ${timeOf(asked)}, longer than a run waits: its limit for "${model}" is used up for that time; run again when it is over, which asks nothing anew that was answered, or raise that limit there`;

/** What it means that an endpoint has answered none of so many requests, but by what is foreign, and what to do about it. */
export const unansweredSentence = (tries: number, last: string, baseUrl: string, model: string): string =>
  `${shownUrl(baseUrl)} has answered none of ${tries} requests, the last one by ${last}; check the base URL for "${model}" (most end in /v1), and that it is up`;

/** The status for an account that is to pay first, whatever else is said. */
const UNPAID = 402;

/** What is said of an account that may ask nothing more, by status 400, 403 or 429. */
const ACCOUNT_CODES: ReadonlySet<unknown> = new Set([
  // OpenAI and Azure.
  ...['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'],
  // Anthropic, Moonshot, Volcengine.
  ...['billing_error', 'exceeded_current_quota_error', 'AccountOverdueError'],
  // Alibaba.
  ...['Arrearage', 'PrepaidBillOverdue', 'PostpaidBillOverdue', 'AllocationQuota.FreeTierOnly'],
  // Gateways: LiteLLM, One API.
  ...['budget_exceeded', 'insufficient_user_quota'],
]);

/** What is said of one in words alone, beside a code for whatever is wrong: by Anthropic, xAI, Fireworks and Z.ai. */
const USED_UP = new RegExp(
  [
    'credit balance is too low to access',
    'used all available credits or reached its monthly spending limit',
    'suspended, possibly due to reaching the monthly spending limit',
    'Insufficient balance or no resource package',
    '余额不足或无可用资源包',
  ].join('|'),
);

/** Alibaba says `insufficient_quota` of its limit on tokens a minute as well, and links to its own pages there. */
const ALIBABAS = /\b(?:aliyun|alibabacloud|qwencloud)\b|\ballocated quota\b/i;

/** Whether an endpoint's code says that the account there may ask nothing more: no waiting ends that. */
const isAccounts = (code: unknown): boolean => ACCOUNT_CODES.has(code);

export const ACCOUNT_ADVICE =
  'the limit or the credit of its account there is used up; raise it, or wait until it is renewed';

/** What to do about a refusal that is the account's. */
export const accountAdvice = ({ status }: Pick<Refusal, 'status'>, model: string): string =>
  status === UNPAID
    ? `it wants to be paid before it answers for "${model}"; check the credit of its account there`
    : ACCOUNT_ADVICE;

/** What to do about a redirect, which is never followed: the key and the questions are for one address. */
export const REDIRECT_ADVICE = 'no redirect is followed; set its base URL to the final address';

const TOKEN = /^[\w.:-]{1,64}$/;

/** The endpoint's error code, type or parameter, when it is a plain word and holds none of the secrets. */
export function errorWord(value: unknown, secrets: readonly string[]): string {
  return typeof value === 'string' && TOKEN.test(value) && !holdsOne(value, secrets) ? value : '';
}

/** Whether one of the secrets is in a text. */
export const holdsOne = (text: string, secrets: readonly string[]): boolean =>
  secrets.some(secret => secret !== '' && text.includes(secret));
