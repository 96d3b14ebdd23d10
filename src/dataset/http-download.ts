import { HttpFault, type HttpOptions, RANGELESS, type Reply, request, withRetries } from './http.ts';

/** A file at a URL, and what its answers have told of it. */
export interface Remote {
  /** As it was given; the only URL that errors name, for a redirect's may hold a signature. */
  readonly url: string;
  readonly options: HttpOptions;
  /** Where the redirects led last time: asked directly, until it no longer answers. */
  resolved?: URL | undefined;
  /** In bytes. */
  size?: number | undefined;
  etag?: string | undefined;
  commit?: string | undefined;
}

/** Takes the bytes of a download as they come. */
export interface Sink {
  write(chunk: Uint8Array): Promise<void> | void;
  /** Forgets what was written: the download begins anew. */
  restart(): Promise<void> | void;
}

/** The server sent the whole file although a range was asked for, or knows no ranges. */
export class RangeIgnored extends Error {
  override readonly name = 'RangeIgnored';
}

/**
 * Asks for a remote file, at the address that its redirects led to last time or from the start.
 * `range` is the value of the Range header.
 */
export async function ask(remote: Remote, range?: string): Promise<Reply> {
  const own = new URL(remote.url);
  const headers = range ? { range } : {};
  const { resolved } = remote;
  const reply = await request(resolved ?? own, own.origin, headers, remote.options).catch(error => {
    // A signed address runs out: the next try goes through the front door again.
    remote.resolved = undefined;
    if (resolved && error instanceof HttpFault && !error.again) {
      throw new HttpFault(error.message, true);
    }
    throw error;
  });
  if (reply.url.href !== own.href) remote.resolved = reply.url;
  remote.commit ??= reply.commit;
  return reply;
}

/**
 * Downloads bytes `start` to `end` (exclusive), in one piece or several: what broke off goes on where it stopped.
 * Throws RangeIgnored when the server knows no ranges, DatasetError when it cannot be had.
 */
export async function fetchRange(remote: Remote, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let got = 0;
  await withRetries(remote.url, remote.options, async () => {
    const from = start + got;
    const reply = await ask(remote, `bytes=${from}-${end - 1}`);
    checkRange(remote, reply, from, end);
    for await (const chunk of reply.body) got = append(bytes, got, chunk);
    if (got < bytes.length) throw new HttpFault('breaks off before its end', true);
  });
  return bytes;
}

/** The whole body of an answer that promises `length` bytes. */
export async function bytesOf(reply: Reply, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let got = 0;
  for await (const chunk of reply.body) got = append(bytes, got, chunk);
  if (got < length) throw new HttpFault('breaks off before its end', true);
  return bytes;
}

function append(bytes: Uint8Array, got: number, chunk: Uint8Array): number {
  if (got + chunk.length > bytes.length) throw new HttpFault('sends more bytes than asked for', true);
  bytes.set(chunk, got);
  return got + chunk.length;
}

function checkRange(remote: Remote, reply: Reply, from: number, end: number): void {
  const fault = rangeFault(remote, reply, from, end);
  if (!fault) return;
  reply.discard();
  throw fault;
}

function rangeFault(remote: Remote, reply: Reply, from: number, end: number): Error | undefined {
  if (reply.status === 200 || RANGELESS.includes(reply.status)) return new RangeIgnored();
  const range = contentRange(reply);
  if (!range || reply.status !== 206) {
    return new HttpFault(`answers ${reply.status} without the range asked for`, true);
  }
  if (range.size !== remote.size || etagOf(reply) !== remote.etag) {
    return new HttpFault('was changed while it was read: run again', false);
  }
  if (range.start !== from || range.end > end) {
    return new HttpFault('answers with another range than asked for', true);
  }
  return undefined;
}

/** `Content-Range: bytes first-last/size`, the end exclusive; undefined if it is not that. */
export function contentRange({ headers }: Reply): { start: number; end: number; size: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(headers.get('content-range') ?? '');
  if (!match) return undefined;
  const [start = 0, last = 0, size = 0] = match.slice(1).map(Number);
  return start <= last && last < size ? { start, end: last + 1, size } : undefined;
}

/** A strong ETag: only that promises the same bytes (RFC 9110, 8.8.3). */
export function etagOf({ headers }: Reply): string | undefined {
  const etag = headers.get('etag') ?? undefined;
  return etag?.startsWith('"') ? etag : undefined;
}

/**
 * Downloads a whole file of at most `most` bytes into `sink`. What breaks off goes on where it stopped if the
 * server speaks ranges and the file is the same by its ETag, and begins anew if not.
 */
export async function fetchWhole(remote: Remote, sink: Sink, most: number): Promise<void> {
  let got = 0;
  let etag: string | undefined;
  await withRetries(remote.url, remote.options, async () => {
    const reply = await ask(remote, got > 0 && etag ? `bytes=${got}-` : undefined);
    const goesOn = reply.status === 206 && contentRange(reply)?.start === got && etagOf(reply) === etag;
    if (!goesOn) {
      got = 0;
      etag = undefined;
      if (reply.status !== 200) {
        reply.discard();
        throw new HttpFault(`answers ${reply.status} to a request for the whole file`, true);
      }
      etag = etagOf(reply);
      await sink.restart();
    }
    for await (const chunk of reply.body) {
      got += chunk.length;
      if (got > most)
        throw new HttpFault(`is larger than ${most} bytes: check ${remote.options.input}`, false);
      await sink.write(chunk);
    }
  });
}

/** As fetchWhole, into memory. */
export async function fetchBytes(remote: Remote, most: number): Promise<Uint8Array> {
  let chunks: Uint8Array[] = [];
  const sink: Sink = {
    write: chunk => void chunks.push(chunk),
    restart: () => {
      chunks = [];
    },
  };
  await fetchWhole(remote, sink, most);
  return Buffer.concat(chunks);
}
