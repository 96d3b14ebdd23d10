import { z } from 'zod';
import { parseJson } from '../../common/json.ts';
import { type Answer, filtered, noAnswer } from '../answer.ts';
import { isUsedUp, type Reading, readBody, USED_UP_ERROR } from '../body.ts';
import { LARGEST_BODY, passingFault } from '../client.ts';
import { withError } from '../detail.ts';
import { parametersIn } from '../objections.ts';
import { errorWord, isFiltered, wordIn } from '../problems.ts';

/** What the endpoint said to one request of a batch. */
export type Outcome =
  | ({ readonly kind: 'answered' } & Reading)
  /** Not said by the model, which may not have been asked: another try may do better. */
  | { readonly kind: 'failed'; readonly answer: Answer; readonly wasAsked: boolean }
  /** It would be the same again, in the same words; `parameters` are what it objects to. */
  | {
      readonly kind: 'rejected';
      /** Null where it was not asked. */
      readonly status: number | null;
      readonly code: string;
      /** Whether the account there may ask nothing more. */
      readonly isAccounts: boolean;
      readonly parameters: readonly string[];
    };

export interface BatchLine {
  readonly id: string;
  readonly outcome: Outcome;
}

const words = z
  .object({ code: z.unknown(), type: z.unknown(), param: z.unknown(), message: z.unknown() })
  .partial();

/** Some gateways write the number as text. */
const statusCode = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

const line = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: statusCode, body: z.unknown() }).nullish(),
  error: words.nullish(),
});

const errorBody = z.object({ error: words.loose() });

/** What some write before the first line of a file. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/** Whether a text is a line of a batch's file, though it may say nothing: a page in place of the file has none. */
export const isLine = (text: string): boolean => formed.safeParse(lineIn(text)).success;

const formed = z.union([
  z.object({ custom_id: z.string() }),
  z.object({ response: z.object({ status_code: statusCode }) }),
]);

const lineIn = (text: string): unknown => parseJson(text.replace(BYTE_ORDER_MARK, ''));

/** Reads one line of a batch's output or error file; undefined when it is none, or says nothing. */
export function readLine(text: string, secrets: readonly string[]): BatchLine | undefined {
  const parsed = line.safeParse(lineIn(text));
  if (!parsed.success) return undefined;
  const { custom_id: id, response, error } = parsed.data;
  if (!response) return error ? { id, outcome: unasked(error, secrets) } : undefined;
  const { status_code: status, body } = response;
  if (status !== 200) return { id, outcome: refused(status, body, secrets) };
  const reading = readBody(typeof body === 'string' ? body : JSON.stringify(body ?? ''), secrets);
  if (isUsedUp(reading)) return { id, outcome: refused(status, { error: USED_UP_ERROR }, secrets) };
  return { id, outcome: { kind: 'answered', ...reading } };
}

const wordOr = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** An error without a response: `batch_expired`, `batch_cancelled`, `request_timeout` in OpenAI's words. */
function unasked(error: z.output<typeof words>, secrets: readonly string[]): Outcome {
  const { code } = error;
  if (isFiltered({ status: 400, code: wordOr(code), error: undefined })) return FILTERED;
  const said = wordIn(error, secrets);
  if (said.isAccounts) return { kind: 'rejected', status: null, ...said, parameters: [] };
  const word = errorWord(code, secrets) || 'no response';
  const late = code === 'request_timeout' || code === 'batch_expired';
  const answer = noAnswer(late ? 'timeout' : 'server', `in a batch: ${word}`);
  return { kind: 'failed', answer, wasAsked: false };
}

/** Whether a request was not put to the model. */
export const isUnasked = (outcome: Outcome): boolean =>
  outcome.kind === 'failed' ? !outcome.wasAsked : outcome.kind === 'rejected' && outcome.status === null;

const FILTERED: Outcome = { kind: 'answered', answer: filtered(), servedBy: '', isEndTold: false };

function refused(status: number, body: unknown, secrets: readonly string[]): Outcome {
  const error = errorBody.safeParse(withError(typeof body === 'string' ? parseJson(body) : body)).data?.error;
  if (isFiltered({ status, code: wordOr(error?.code), error })) return FILTERED;
  const said = wordIn(error ?? {}, secrets, status);
  const passing = said.isAccounts ? undefined : passingFault(status);
  if (passing) return { kind: 'failed', answer: passing, wasAsked: true };
  return { kind: 'rejected', status, ...said, parameters: error ? parametersIn(status, error) : [] };
}

const LINE_BREAK = 10;

/**
 * The lines of a stream of bytes, one in memory at a time. Only a line feed ends a line: what else Unicode counts
 * as a line's end may stand in an answer. One that is larger than any answer that is read is left out.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  let size = 0;
  const hold = (piece: Buffer): void => {
    size += piece.length;
    if (size <= LARGEST_BODY) pieces.push(piece);
    else pieces = [];
  };
  const whole = (): string | undefined => {
    const text = size > LARGEST_BODY ? undefined : Buffer.concat(pieces).toString('utf8');
    pieces = [];
    size = 0;
    return text;
  };
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = rest.indexOf(LINE_BREAK); at >= 0; at = rest.indexOf(LINE_BREAK)) {
      hold(rest.subarray(0, at));
      const text = whole();
      if (text !== undefined) yield text;
      rest = rest.subarray(at + 1);
    }
    hold(rest);
  }
  const last = whole();
  if (last) yield last;
}
