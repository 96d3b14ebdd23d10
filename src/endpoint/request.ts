import { randomUUID } from 'node:crypto';
import type OpenAI from 'openai';
import type { ChatRequest } from './chat.ts';
import type { Dialect } from './dialect.ts';

/** A request that can be written down: its picture is a `data:` URL. */
export interface WrittenRequest extends Omit<ChatRequest, 'picture'> {
  readonly picture?: string;
}

export function written({ picture, ...request }: ChatRequest): WrittenRequest {
  return picture ? { ...request, picture: urlOf(picture, inBase64(picture.bytes)) } : request;
}

const urlOf = ({ type }: { readonly type: string }, data: string): string => `data:${type};base64,${data}`;

const inBase64 = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64');

/**
 * The same body in the bytes that are sent. The picture is laid in by itself: in a string of the whole it would be
 * copied several times, and strings that large have the engine collect all the others as often.
 */
export function encodedBodyOf(
  { picture, ...request }: ChatRequest,
  ...words: [model: string, dialect: Dialect, extraBody: Readonly<Record<string, unknown>> | undefined]
): Uint8Array {
  if (!picture) return Buffer.from(JSON.stringify(bodyOf(request, ...words)));
  const mark = randomUUID();
  const body = bodyOf({ ...request, picture: urlOf(picture, mark) }, ...words);
  const [before = '', after = ''] = JSON.stringify(body).split(mark);
  const data = inBase64(picture.bytes);
  const start = Buffer.byteLength(before);
  const bytes = Buffer.allocUnsafe(start + data.length + Buffer.byteLength(after));
  bytes.write(before);
  bytes.write(data, start, 'latin1');
  bytes.write(after, start + data.length);
  return bytes;
}

/** The body of a chat completion, in the endpoint's dialect. */
export function bodyOf(
  request: WrittenRequest,
  model: string,
  dialect: Dialect,
  extraBody: Readonly<Record<string, unknown>> = {},
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const content: OpenAI.ChatCompletionUserMessageParam['content'] = request.picture
    ? [
        { type: 'image_url', image_url: { url: request.picture } },
        { type: 'text', text: request.text },
      ]
    : request.text;
  return {
    ...extraBody,
    model,
    messages: [
      ...(request.system ? [{ role: 'system' as const, content: request.system }] : []),
      { role: 'user', content },
      ...(request.assistant === undefined
        ? []
        : [{ role: 'assistant' as const, content: request.assistant }]),
    ],
    [dialect.maxTokens]: request.maxTokens,
    ...(request.temperature !== undefined && dialect.temperature ? { temperature: request.temperature } : {}),
    ...(request.schema && dialect.schema
      ? { response_format: { type: 'json_schema', json_schema: { ...request.schema, strict: true } } }
      : {}),
  };
}
