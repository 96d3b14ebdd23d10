import { z } from 'zod';
import { parametersIn } from '../objections.ts';
import { ACCOUNT_ADVICE, errorWord, shownUrl, wordIn } from '../problems.ts';

/** Why an endpoint does not run the requests of a file. */
export interface Complaint {
  /** Its word for it; empty when it has none that may be shown. */
  readonly code: string;
  /**
   * What it is about: the endpoint's `queue`, which is full; `size`, that one batch has too many requests; `all`
   * there, whatever they are; a `fault` of the endpoint's own; or `some` requests, as far as one can tell.
   */
  readonly about: 'queue' | 'size' | 'all' | 'fault' | 'some';
  /** The most requests that one batch may have, where it is about that and says so. */
  readonly most: number | undefined;
  /** Whether the account there may ask nothing more. */
  readonly isAccounts: boolean;
  /** By line of the file, from 1: its word for what is wrong there. */
  readonly lines: ReadonlyMap<number, string>;
  /** The same by the name of the request within the batch. */
  readonly ids: ReadonlyMap<string, string>;
  /** Those that it objects to, of what all requests have and can be worded otherwise. */
  readonly parameters: readonly string[];
}

const complaint = z
  .object({
    code: z.unknown(),
    type: z.unknown(),
    param: z.unknown(),
    message: z.unknown(),
    line: z.unknown(),
    custom_id: z.unknown(),
  })
  .partial();

/** Some servers list in one error all that is wrong. */
const list = z.object({ misfits: z.array(z.unknown()) });

/** What OpenAI and Azure say when no more tokens may be queued. */
const FULL = new Set(['token_limit_exceeded', 'enqueued_token_limit_exceeded']);

/** What they say when no more requests may be in one batch. */
const TOO_MANY = new Set(['request_limit_exceeded', 'too_many_tasks']);
const TOO_MANY_IN_WORDS = /\brequests per batch\b/i;
const MOST = /\b(?:limit|max(?:imum)?)(?: number)?(?: of)?:? (\d{1,3}(?:,\d{3})+|\d+)\b/i;

/** What they say of a file that they cannot make out, in whole or in a line. */
const ILLEGIBLE = new Set([
  ...['invalid_json_line', 'invalid_request', 'missing_required_parameter', 'empty_batch'],
  ...['invalid_method', 'invalid_url', 'url_mismatch', 'duplicate_custom_id', 'empty_file'],
]);

/** What they say of what is the same in all lines. */
const OF_ALL = new Set([
  ...['model_not_found', 'model_not_supported', 'unsupported_model', 'invalid_model', 'mismatched_model'],
  ...['invalid_method', 'invalid_url', 'url_mismatch', 'invalid_endpoint', 'unsupported_endpoint'],
  ...['empty_batch', 'empty_file', 'DeploymentNotFound'],
]);

/** What OpenAI says of it in words, whatever the code. */
const FULL_IN_WORDS = /\benqueued token limit\b/i;

const OWN_FAULT = new Set(['server_error', 'internal_error', 'internal_server_error']);

/** Reads the errors of a batch, or the one that an endpoint answers in place of a file or a batch, as they came. */
export function readComplaint(errors: readonly unknown[], secrets: readonly string[]): Complaint {
  const each = errors.flatMap(error => list.safeParse(error).data?.misfits ?? [error]);
  const read = each.map(error => complaint.safeParse(error).data ?? {});
  const codes = read.map(({ code, type }) => errorWord(code ?? type, secrets));
  const lines = new Map<number, string>();
  const ids = new Map<string, string>();
  for (const [n, { line, message, param, custom_id: id }] of read.entries()) {
    const place = lineIn(line, message);
    const words = [codes[n], errorWord(param, secrets)].filter(Boolean).join(', ');
    if (place !== undefined && !lines.has(place)) lines.set(place, words);
    for (const name of `${id} ${message}`.match(NAME) ?? []) if (!ids.has(name)) ids.set(name, words);
  }
  const messages = read.map(({ message }) => `${message}`);
  const parameters = read.flatMap(error => parametersIn(400, error));
  const isAccounts = read.some(error => wordIn(error, secrets).isAccounts);
  const about = amountIn(codes, messages) ?? aboutOf(codes, isAccounts);
  const most = about === 'size' ? mostIn(messages) : undefined;
  return { code: codes[0] ?? '', about, most, isAccounts, lines, ids, parameters };
}

/** Which limit of how much the endpoint takes is met, by its codes or by its words. */
function amountIn(codes: readonly string[], messages: readonly string[]): 'queue' | 'size' | undefined {
  const says = (words: RegExp): boolean => messages.some(message => words.test(message));
  if (says(FULL_IN_WORDS)) return 'queue';
  if (says(TOO_MANY_IN_WORDS) || codes.some(code => TOO_MANY.has(code))) return 'size';
  return codes.some(code => FULL.has(code)) ? 'queue' : undefined;
}

function mostIn(messages: readonly string[]): number | undefined {
  const named = messages.map(message => MOST.exec(message)?.[1]).find(number => number !== undefined);
  return named === undefined ? undefined : Number(named.replaceAll(',', ''));
}

function aboutOf(codes: readonly string[], isAccounts: boolean): Complaint['about'] {
  if (isAccounts || codes.some(code => OF_ALL.has(code))) return 'all';
  return codes.some(code => OWN_FAULT.has(code)) ? 'fault' : 'some';
}

/** What a request is called within a batch: by its key, or a UUID. */
const NAME = /\b(?:[\da-f]{64}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\b/g;

/** A line of the file; what is said of a line and a column is a place within one. */
const NAMED_LINE = /\bline(?:\.|:? #?)(\d+)\b(?!,? column)/i;

function lineIn(line: unknown, message: unknown): number | undefined {
  const told =
    typeof line === 'number' || typeof line === 'string' ? line : NAMED_LINE.exec(`${message}`)?.[1];
  const number = Number(told ?? 0);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

/** Words for what a file holds. */
const CONTENTS =
  /\b(?:lines?|files?|jsonl?|images?|pictures?|contents?|prompts?|messages|body|bodies|custom id)\b/i;

/** Whether an error that an endpoint answers in place of a batch is about what the file holds. */
export function blamesContents(error: unknown): boolean {
  const { code, param, message } = complaint.safeParse(error).data ?? {};
  return CONTENTS.test([code, param, message].join(' ').replaceAll('_', ' '));
}

/** Words for a file that no batch can be started on yet; of one that cannot be processed others say something else. */
const UNREADY = new RegExp(
  [
    /(?:\bnot|n't) (?:(?:yet|been|fully|in|an?|the) )*["'`]?(?:processed|ready)\b/,
    /\bstill (?:being |in )?["'`]?(?:pending|process|running)/,
    /\b(?:status|state)\b(?: of| is|:|=)* ?["'`]?(?:pending|running)\b/,
    /\b(?:must be|until)\b.*\bprocessed\b/,
  ]
    .map(({ source }) => `\\bfiles?\\b.*${source}`)
    .join('|'),
  'is',
);

/** Whether an error that an endpoint answers in place of a batch says that its file is not processed yet. */
export function isOfUnready(error: unknown): boolean {
  const { line, message } = complaint.safeParse(error).data ?? {};
  return UNREADY.test(`${message}`) && lineIn(line, message) === undefined;
}

/** The sentence for a batch that the endpoint did not run, where it would run no other one either. */
export function notRun(
  baseUrl: string,
  model: string,
  { code, isAccounts, parameters }: Pick<Complaint, 'code' | 'isAccounts' | 'parameters'>,
): string {
  const said = `${shownUrl(baseUrl)} did not run the batch${code && ` (${code})`}`;
  if (isAccounts) return `${said}: ${ACCOUNT_ADVICE}`;
  if (parameters.length > 0) {
    return `${said}: it objects to ${parameters.join(' and ')}, as well where the request is worded otherwise; set batch to false`;
  }
  return ILLEGIBLE.has(code)
    ? `${said}: it does not read the file of requests as OpenAI's Batch API has it; set batch to false`
    : `${said}: check that "${model}" may be asked in batches there, or set batch to false`;
}
