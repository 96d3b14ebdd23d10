import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server saw of one request, and the body bytes that it meant to send for it. */
interface Seen {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  readonly status: number;
  readonly bytes: number;
}

/** Answers a request in a way of its own; false leaves it to the server. `nth` counts from 1. */
export type Intercept = (request: IncomingMessage, response: ServerResponse, nth: number) => boolean;

export interface FileServer {
  readonly url: string;
  readonly seen: Seen[];
  /** Replaced at will while it runs. */
  files: Readonly<Record<string, Uint8Array>>;
  intercept: Intercept | undefined;
  /** False: answers 200 with the whole file, whatever range was asked for. */
  ranges: boolean;
  /** Sent with every file. */
  headers: Record<string, string>;
  close(): Promise<void>;
}

/** Serves files by path on loopback, with ranges as RFC 9110 has them. */
export async function serveFiles(files: Readonly<Record<string, Uint8Array>> = {}): Promise<FileServer> {
  let count = 0;
  const server = createServer((request, response) => {
    const { url: path = '', headers } = request;
    const log = (status: number, bytes: number) =>
      self.seen.push({
        path,
        range: headers.range,
        authorization: headers.authorization,
        status,
        bytes,
      });
    count += 1;
    if (self.intercept?.(request, response, count)) {
      log(response.statusCode, 0);
      return;
    }
    const file = self.files[path];
    if (!file) {
      log(404, 0);
      response.writeHead(404).end('no such file');
      return;
    }
    const range = self.ranges ? rangeOf(headers.range, file.length) : undefined;
    const part = range ? file.subarray(range.start, range.end) : file;
    log(range ? 206 : 200, part.length);
    response
      .writeHead(range ? 206 : 200, {
        etag: `"${file.length}"`,
        ...self.headers,
        'content-length': part.length,
        ...(range && { 'content-range': `bytes ${range.start}-${range.end - 1}/${file.length}` }),
      })
      .end(part);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const self: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    files,
    intercept: undefined,
    ranges: true,
    headers: {},
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return self;
}

/** `bytes=a-b`, `bytes=a-` or `bytes=-n` over a file of `size` bytes; the end exclusive. */
export function rangeOf(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return { start: Math.max(0, size - Number(last)), end: size };
  return { start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) };
}

/** Sends the right headers for the range, half of its bytes, and then closes the connection. */
export function breakOff(request: IncomingMessage, response: ServerResponse, file: Uint8Array): boolean {
  const { start, end } = rangeOf(request.headers.range, file.length) ?? { start: 0, end: file.length };
  const ranged = request.headers.range !== undefined;
  response.writeHead(ranged ? 206 : 200, {
    etag: `"${file.length}"`,
    'content-length': end - start,
    ...(ranged && { 'content-range': `bytes ${start}-${end - 1}/${file.length}` }),
  });
  response.write(file.subarray(start, start + Math.ceil((end - start) / 2)), () => {
    // Only after the client has had the time to take what was sent.
    setTimeout(() => response.destroy(), 50);
  });
  return true;
}
