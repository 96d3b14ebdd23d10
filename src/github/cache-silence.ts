import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * How long the cache package waits for its service is beyond its settings: three minutes and five tries for a call, and
 * for a blob's upload, or its size, without end. So what it sends is watched: a wait in which nothing moves is ended,
 * however long one lasts in which something does.
 */

/** How long a cache service may keep the run waiting while nothing moves, ms. */
export const SILENCE_MS = 60_000;

/** What counts as moving, bytes: more than calls and their answers have, each try of which would count otherwise. */
const PROGRESS_BYTES = 64 * 1024;

/** How long the package may take to end what it does, once its requests are, ms. It may wait for 5 s twice over. */
const FAREWELL_MS = 12_000;

/** How often it is looked in the time of a silence. */
const LOOKS = 20;

/** The cache service keeps the run waiting. @internal */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';

  constructor(ms: number) {
    super(`its service has not answered for ${ms / 1000} s; if that happens again, set cache to false`);
  }
}

/** The requests of one piece of work. */
interface Watch {
  /** Under way, or broken off: the package may wait for the rest of an answer that does not come. */
  readonly open: Set<ClientRequest>;
  readonly sockets: Set<Socket>;
  isOver: boolean;
}

const watches = new AsyncLocalStorage<Watch>();

subscribe('http.client.request.created', message => {
  const { request } = message as { readonly request: ClientRequest };
  const watch = watches.getStore();
  if (watch?.isOver) end(request);
  else if (watch) follow(request, watch);
});

function follow(request: ClientRequest, { open, sockets }: Watch): void {
  let answer: IncomingMessage | undefined;
  open.add(request);
  request.on('socket', socket => sockets.add(socket));
  request.on('response', response => {
    answer = response;
  });
  request.on('close', () => {
    if (answer?.complete ?? true) open.delete(request);
  });
}

/** With a code that neither the package nor Azure's library under it tries again after. */
const end = (request: ClientRequest): unknown =>
  request.destroy(Object.assign(new Error('silent'), { code: 'EHOSTUNREACH' }));

/** Whether this is called by work that `unlessSilent` has given up. */
export const isGivenUp = (): boolean => watches.getStore()?.isOver ?? false;

/**
 * What the work comes to. Rejects with SilenceError once its requests have waited for `ms` in all and nothing has moved;
 * they are ended then, as is each that the work makes from there on. Time in which nothing is asked does not count.
 */
export async function unlessSilent<T>(work: () => Promise<T>, ms: number): Promise<T> {
  const watch: Watch = { open: new Set(), sockets: new Set(), isOver: false };
  const done = watches.run(watch, work);
  const silence = Promise.withResolvers<void>();
  const looking = look(watch, ms, silence.resolve);
  try {
    await Promise.race([done, silence.promise]);
  } finally {
    clearInterval(looking);
  }
  if (!watch.isOver) return done;
  for (const request of watch.open) end(request);
  await farewell(done);
  throw new SilenceError(ms);
}

function look(watch: Watch, ms: number, onSilence: () => void): NodeJS.Timeout {
  let known = 0;
  let waits = 0;
  return setInterval(() => {
    const moved = movedOver(watch.sockets);
    if (moved - known >= PROGRESS_BYTES) {
      known = moved;
      waits = 0;
    } else if (watch.open.size > 0) waits += 1;
    if (waits < LOOKS) return;
    watch.isOver = true;
    onSilence();
  }, ms / LOOKS);
}

function movedOver(sockets: ReadonlySet<Socket>): number {
  let bytes = 0;
  for (const { bytesRead, bytesWritten } of sockets) bytes += bytesRead + bytesWritten;
  return bytes;
}

async function farewell(work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, FAREWELL_MS);
  await Promise.race([work.catch(() => undefined), late.promise]);
  clearTimeout(timer);
}
