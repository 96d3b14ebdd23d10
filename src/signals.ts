import { addAbortListener } from 'node:events';

/** A signal that ends the run when the process is asked to end: a cancelled job, or Ctrl-C. */
export function onCancel(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

/** What the work comes to, or null as soon as the signal is given: the work goes on, and nobody waits for it. */
export const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> =>
  Promise.race([work, new Promise<null>(done => addAbortListener(signal, () => done(null)))]);

/** A signal that is given some time after another one (ms). */
export function sometimeAfter(signal: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController();
  addAbortListener(signal, () => setTimeout(() => controller.abort(), ms));
  return controller.signal;
}
