import { passing } from '../pictures/library.ts';
import { HttpFault, type HttpOptions, RANGELESS, type Reply, request, withRetries } from './http.ts';
import { canGoOn, contentRange, isSame, joined, type Version, versionOf } from './http-version.ts';

/** A file at a URL, and what its answers have told of it. */
export interface Remote {
  /** As it was given; the only URL that errors name, for a redirect's may hold a signature. */
  readonly url: string;
  readonly options: HttpOptions;
  /** Where the redirects led last time: asked directly, until it no longer answers. */
  resolved?: URL | undefined;
  /** What the way there told, which its end does not repeat. */
  told?: Pick<Version, 'commit' | 'linkedEtag'> | undefined;
  /** Of the bytes that are in use already: all others must be of it. */
  version?: Version | undefined;
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
  const before = resolved ? remote.told : undefined;
  remote.told = {
    commit: reply.commit ?? before?.commit,
    linkedEtag: reply.linkedEtag ?? before?.linkedEtag,
  };
  return { ...reply, ...remote.told };
}

/** Takes bytes into use. Throws HttpFault where they are of another version than those that are in use already. */
export function takeAs(remote: Remote, version: Version): void {
  checkVersion(remote, version);
  remote.version = joined(remote.version ?? {}, version);
}

function checkVersion(remote: Remote, version: Version): void {
  if (remote.version && !isSame(remote.version, version)) throw changed();
}

export const changed = (): HttpFault => new HttpFault('was changed while it was read: run again', false);

/**
 * Downloads bytes `start` to `end` (exclusive), in one piece or several: what broke off goes on where it stopped, if
 * the ETag shows that it is the same file still, and begins anew if not; then what comes twice must be the same.
 * Throws RangeIgnored when the server knows no ranges, DatasetError when it cannot be had.
 */
export async function fetchRange(remote: Remote, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  let got = 0;
  // What came in earlier tries: where they began anew, the same must come again.
  let known = 0;
  await withRetries(remote.url, remote.options, async () => {
    known = Math.max(known, got);
    if (!canGoOn(remote.version ?? {})) got = 0;
    const from = start + got;
    const reply = await ask(remote, `bytes=${from}-${end - 1}`);
    checkRange(remote, reply, from, end);
    for await (const chunk of reply.body) {
      if (!isRepeated(chunk, bytes.subarray(got, known))) throw changed();
      got = append(bytes, got, passing(chunk));
    }
    if (got < bytes.length) throw new HttpFault('breaks off before its end', true);
  });
  return bytes;
}

function isRepeated(chunk: Uint8Array, before: Uint8Array): boolean {
  const length = Math.min(chunk.length, before.length);
  return Buffer.compare(chunk.subarray(0, length), before.subarray(0, length)) === 0;
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
  try {
    if (reply.status === 200 || RANGELESS.includes(reply.status)) throw new RangeIgnored();
    const range = contentRange(reply);
    if (!range || reply.status !== 206) {
      throw new HttpFault(`answers ${reply.status} without the range asked for`, true);
    }
    takeAs(remote, versionOf(reply));
    if (range.start !== from || range.end > end) {
      throw new HttpFault('answers with another range than asked for', true);
    }
  } catch (error) {
    reply.discard();
    throw error;
  }
}

/**
 * Downloads a whole file of at most `most` bytes into `sink`. What breaks off goes on where it stopped if the
 * server speaks ranges and the file is the same by its ETag, and begins anew if not. Throws DatasetError also where
 * it is another version than the pieces that were fetched before.
 */
export async function fetchWhole(remote: Remote, sink: Sink, most: number): Promise<void> {
  let got = 0;
  let version: Version = {};
  await withRetries(remote.url, remote.options, async () => {
    const reply = await ask(remote, got > 0 && canGoOn(version) ? `bytes=${got}-` : undefined);
    if (!goesOn(reply, got, version)) {
      got = 0;
      version = wholeVersion(remote, reply);
      await sink.restart();
    }
    for await (const chunk of reply.body) {
      got += chunk.length;
      if (got > most)
        throw new HttpFault(`is larger than ${most} bytes: check ${remote.options.input}`, false);
      await sink.write(chunk);
    }
    if (got < (version.size ?? 0)) throw new HttpFault('breaks off before its end', true);
    takeAs(remote, { ...version, size: got });
  });
}

function wholeVersion(remote: Remote, reply: Reply): Version {
  try {
    if (reply.status !== 200) {
      throw new HttpFault(`answers ${reply.status} to a request for the whole file`, true);
    }
    const version = versionOf(reply);
    checkVersion(remote, version);
    return version;
  } catch (error) {
    reply.discard();
    throw error;
  }
}

const goesOn = (reply: Reply, got: number, version: Version): boolean =>
  reply.status === 206 &&
  contentRange(reply)?.start === got &&
  canGoOn(version) &&
  isSame(version, versionOf(reply));

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
