import type { EarlyStop } from './early-stop.ts';
import type { Connections } from './endpoint/connections.ts';
import type { Meter } from './endpoint/meter.ts';
import type { RunConfig } from './inputs.ts';
import type { Checked } from './judges/check.ts';
import type { PlantedFindings } from './judges/judge-planted.ts';
import type { Judge } from './judges/judgement.ts';
import type { HumanLabel } from './judges/labels.ts';
import type { LastLook } from './last-look.ts';
import type { Progress } from './progress.ts';
import type { Proof } from './proof.ts';
import type { Result } from './trials.ts';
import type { Watch } from './watch.ts';

/** What the supervision of a run is done with. */
export interface Supervision {
  readonly config: RunConfig;
  /** Questions of each scenario in the whole data set. */
  readonly population: ReadonlyMap<string, number>;
  readonly meter: Meter;
  readonly connections: Connections;
  readonly early: EarlyStop | null;
  readonly judge: Judge;
  readonly labels: readonly HumanLabel[];
  readonly proof: Proof;
  readonly lastLook: LastLook;
  /** Pairs to ask in all, and how many looks at the judge fall due in the course of them. */
  readonly pairs: number;
  readonly looks: number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly notice: (sentence: string) => void;
  readonly progress: (progress: Progress) => void;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly clock: () => number;
  /** Breaks off what is under way when the run cannot go on. */
  readonly end: () => void;
}

/** What a supervised run has come to. */
export interface Supervised extends Pick<Watch, 'gaveUp' | 'tell'> {
  /** In the order that the trials were begun in. */
  readonly results: readonly Result[];
  readonly planted: PlantedFindings;
  readonly labelled: Checked;
  /** Whether the run ended before the judge was asked about all that people have labelled. */
  readonly isMeasureCut: boolean;
}
