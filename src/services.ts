import type { BaselineText } from './baseline.ts';
import type { TrialTexts } from './conduct.ts';
import type { Progress } from './progress.ts';

/** What a run needs of the world around it. */
export interface Services {
  /** Ends the run at once, cleanly. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Keeps pictures and downloads between runs. */
  readonly workFolder: string;
  /** Path of the file that keeps every answer as it comes. */
  readonly journal: string;
  /** Path of the one that all runs share, where this one takes from it and gives to it (`reuse-responses`). */
  readonly shared?: string;
  /** The text of the baseline file; called when one is set. */
  readonly readBaseline: (path: string) => Promise<BaselineText>;
  /** Tells what a person should know. */
  readonly notice: (sentence: string) => void;
  /** Tells what is about to be asked; a notice as well where it is not told otherwise. */
  readonly say?: (sentence: string) => void;
  readonly progress: (progress: Progress) => void;
  readonly keepTexts?: (texts: TrialTexts) => Promise<void>;
}
