import { once } from 'node:events';
import { createServer, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** A server between the cache's links and its blobs. */
export interface Detour {
  readonly url: string;
  /** A link that leads here instead. */
  readonly of: (link: string) => string;
  close(): void;
}

/** Answers as the listener does: not at all, say. */
export async function startDetour(listener: RequestListener): Promise<Detour> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    of: link => url + link.slice(new URL(link).origin.length + 1),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Lets everything through to the origin of the blobs, `piece` bytes every `ms` each way. */
export function slowly(origin: () => string, piece: number, ms: number): RequestListener {
  async function* throttled(source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      yield chunk;
      await pause((chunk.length / piece) * ms);
    }
  }
  return (asked, answer) => {
    const { method, headers, url = '' } = asked;
    const onward = request(new URL(url, origin()), { method, headers }, found => {
      answer.writeHead(found.statusCode ?? 500, found.headers);
      pipeline(found, throttled, answer).catch(() => answer.destroy());
    });
    onward.on('error', () => answer.destroy());
    pipeline(asked, throttled, onward).catch(() => onward.destroy());
  };
}
