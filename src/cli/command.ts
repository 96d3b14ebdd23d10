import type { Given, Grammar } from './flags.ts';

/** The world as a command at a terminal meets it. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  readonly out: NodeJS.WriteStream;
  /** Where progress and faults go, so that what is asked for can be piped on. */
  readonly err: NodeJS.WriteStream;
  /** Is given when the process is asked to end. */
  readonly cancel: AbortSignal;
}

export interface Command extends Grammar {
  /** What it does, in a line of the overview. */
  readonly purpose: string;
  /** How it is called, a line each, without the program's name. */
  readonly usage: readonly string[];
  /** Flags that it sets to something else than its fellows do, where they are left out. */
  readonly presets?: Readonly<Record<string, string>>;
  /** Ends by itself when the process is asked to end; the others are ended at once. */
  readonly heedsCancel?: true;
  /** Does it, and gives the exit status. Throws InputError for what it cannot be called with. */
  readonly run: (given: Given, terminal: Terminal) => Promise<number>;
}
