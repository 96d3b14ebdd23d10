import { addAbortListener } from 'node:events';

/** npm hands on what the terminal has sent to every process already: what comes so soon again is the same (ms). */
const SAME = 1000;

/**
 * A signal that ends the run when the process is asked to end: a cancelled job, or Ctrl-C. Asked once more, the process
 * ends at once. A door calls it before anything else: what comes before that ends it without a word.
 */
export function onCancel(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    const heard = (): void => {
      controller.abort();
      setTimeout(() => process.off(name, heard), SAME).unref();
    };
    process.on(name, heard);
  }
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
