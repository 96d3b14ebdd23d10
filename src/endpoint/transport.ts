import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { type Duplex, Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** A body is longer than any that is read. */
export class TooLargeError extends Error {
  readonly code = 'TOO_LARGE';
}

/** A body has begun and not come to its end. */
class CutOffError extends Error {
  readonly code = 'CUT_OFF';
}

/** The code of what the end of the run has kept from leaving. */
export const UNSENT = 'UNSENT';

class UnsentError extends Error {
  readonly code = UNSENT;
}

export interface TransportOptions {
  /** Bytes: a whole body up to here is read before the response is handed on. Without it the body is a stream. */
  readonly largestBody?: number;
  /** Breaks off every request, and lets none begin. */
  readonly ends?: AbortSignal;
}

/**
 * What the library sends by in place of `fetch`, which takes five times the CPU: the runtime's own agent, that keeps
 * connections alive, and goes through a proxy where NODE_USE_ENV_PROXY says so, as `fetch` does. It follows no
 * redirect: a question turned into a GET elsewhere has no answer, and the key belongs to one address.
 */
export function createTransport({ largestBody, ends }: TransportOptions): typeof fetch {
  const underWay = new Set<ClientRequest>();
  ends?.addEventListener('abort', () => {
    for (const request of underWay) {
      request.destroy(isOnItsWay(request) ? new Error(ENDED) : new UnsentError(ENDED));
    }
  });
  const send = async (url: URL, init: RequestInit): Promise<Response> => {
    if (ends?.aborted) throw new UnsentError(ENDED);
    const request = begin(url, init);
    underWay.add(request);
    request.once('close', () => underWay.delete(request));
    // After what has come in meanwhile: a process that was busy finds its time-outs before the answers.
    const breakOff = () => setImmediate(() => request.destroy(new BrokenOffError()));
    init.signal?.addEventListener('abort', breakOff, { once: true });
    const message = await headOf(request);
    if (largestBody !== undefined) {
      const whole: AsLookedAt = new WholeResponse(message, await bodyOf(message, largestBody));
      return whole as Response;
    }
    const { statusCode: status = 0, statusMessage: statusText = '' } = message;
    const headers = headersOf(message);
    return new Response(BODILESS.has(status) ? null : streamOf(message), { status, statusText, headers });
  };
  return (input, init = {}) =>
    send(new URL(String(input)), init).catch(fault => {
      throw init.signal?.aborted ? new BrokenOffError() : recast(fault);
    });
}

const ENDED = 'the run has ended';

/** Whether there is a connection to send it by: it is written to at once. */
const isOnItsWay = ({ socket }: ClientRequest): boolean =>
  socket !== null && !socket.connecting && !('secureConnecting' in socket && socket.secureConnecting);

/** The library knows its own time-out by this name. */
class BrokenOffError extends Error {
  override readonly name = 'AbortError';
}

/** The library knows faults by the class Error, and leaves out the codes of those that another realm made. */
const recast = (fault: unknown): Error =>
  fault instanceof Error ? fault : new Error(String(fault), { cause: fault });

/** What the library, and whoever has the response of it, looks at where the body is no stream. */
type AsLookedAt = Pick<Response, 'ok' | 'status' | 'headers' | 'url' | 'body' | 'text'>;

/**
 * A response whose body has been read. The runtime's own makes a stream of the bytes and reads that, which takes ten times
 * as long, and a good part of what an answer takes in all.
 */
class WholeResponse implements AsLookedAt {
  readonly url = '';
  readonly body = null;
  readonly status: number;
  readonly headers: Headers;
  readonly #text: string;

  constructor(message: IncomingMessage, bytes: Uint8Array) {
    this.status = message.statusCode ?? 0;
    this.headers = headersOf(message);
    this.#text = new TextDecoder().decode(bytes);
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  async text(): Promise<string> {
    return this.#text;
  }
}

/** Statuses whose responses have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

function begin(url: URL, { method = 'GET', headers, body }: RequestInit): ClientRequest {
  const send = url.protocol === 'https:' ? overHttps : overHttp;
  const sent = headers instanceof Headers ? headers : new Headers(headers);
  const request = send(url, { method, headers: Object.fromEntries(sent) });
  if (body instanceof Blob) upload(request, body);
  else request.end(body);
  return request;
}

/** A file goes out piece by piece, as far as the endpoint reads it: it may answer before. */
function upload(request: ClientRequest, body: Blob): void {
  request.setHeader('content-length', body.size);
  const pieces = Readable.fromWeb(body.stream() as WebStream);
  pieces.on('error', fault => request.destroy(fault)).pipe(request);
  request.once('response', response => {
    if (request.writableFinished) return;
    // Else its end ends the request, whose connection is kept, and takes what comes next for the rest of the body.
    pieces.unpipe(request).destroy();
    response.once('close', () => request.destroy());
  });
  request.once('close', () => pieces.destroy());
}

const headOf = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    // Not `once`: a connection that breaks after the head is the body's fault, and must not end the process.
    request.on('error', reject).on('response', resolve);
  });

const DECODERS: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Nothing asks for a compressed body; a proxy on the way may send one all the same. */
function decoded(message: IncomingMessage): Readable {
  const decoder = DECODERS[message.headers['content-encoding'] ?? '']?.();
  if (!decoder) return message;
  message.on('error', fault => decoder.destroy(fault));
  return message.pipe(decoder);
}

const streamOf = (message: IncomingMessage): ReadableStream =>
  Readable.toWeb(decoded(message)) as ReadableStream;

const bodyOf = (message: IncomingMessage, most: number): Promise<Buffer<ArrayBuffer>> =>
  readWhole(decoded(message), most).catch(fault => {
    throw fault instanceof TooLargeError ? fault : new CutOffError('cut off', { cause: fault });
  });

/** Reads a body to its end, or up to `most` bytes: then it rejects with TooLargeError. */
export async function readWhole(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  most: number,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > most) throw new TooLargeError(`more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] as string, rawHeaders[at + 1] as string);
  }
  return headers;
}

/** The code of whatever broke a connection off, by the shape of its causes: they are of several classes. */
export function networkCode(error: unknown): string {
  for (let cause = error; typeof cause === 'object' && cause !== null; ) {
    const { code, cause: next } = cause as { code?: unknown; cause?: unknown };
    if (typeof code === 'string') return code;
    cause = next;
  }
  return 'broken off';
}
