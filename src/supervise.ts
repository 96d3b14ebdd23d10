import { type Conditions, conduct } from './conduct.ts';
import type { EarlyStop } from './early-stop.ts';
import type { Connections } from './endpoint/connections.ts';
import type { Meter } from './endpoint/meter.ts';
import { gatedArm } from './finding.ts';
import type { RunConfig } from './inputs.ts';
import type { PlantedFindings } from './judges/planted.ts';
import type { Progress } from './progress.ts';
import { looksAmong, type Proof } from './proof.ts';
import { inOrder, spread, type Trial, together } from './trials.ts';
import { createWatch, type Watch } from './watch.ts';

export interface Supervision {
  readonly config: RunConfig;
  readonly meter: Meter;
  readonly connections: Connections;
  readonly early: EarlyStop | null;
  readonly proof: Proof;
  readonly notice: (sentence: string) => void;
  readonly progress: (progress: Progress) => void;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Breaks off what is under way when the run cannot go on. */
  readonly end: () => void;
}

/** Begun trials for each request in flight: while some are judged, others keep the endpoint busy. */
const TRIALS_PER_REQUEST = 3;

/** Time-outs after which an endpoint that has answered before is silent and not slow. */
const SILENT_TIMEOUTS = 3;

/**
 * Pairs that may be lost before `max-error-rate` is out of reach. A shard's are counted with the others' first, and a
 * batch answers all at once.
 */
function spareOf(config: RunConfig, trials: readonly Trial[]): number {
  const { batch, selection, policy } = config;
  const arm = gatedArm(config);
  if (batch || selection.shard.of > 1) return Number.POSITIVE_INFINITY;
  const pairs = trials.filter(
    trial => !trial.control && trial.subject === 'target' && trial.arm === arm,
  ).length;
  return (pairs * policy.maxErrorRate) / 100;
}

export interface Supervised extends Pick<Watch, 'results' | 'gaveUp'> {
  readonly planted: PlantedFindings;
  /** Whether the judge was looked at once more while it judged the last answers. */
  readonly isLookedAtLast: boolean;
}

/**
 * Conducts all trials while the judge is proved: before them, some times among them, and when the last answers are
 * in. An early stop is taken when all planted answers and all controls have come to their ends: what it leaves out
 * are pairs alone.
 */
export async function superviseAll(
  trials: readonly Trial[],
  conditions: Conditions,
  { config, meter, connections, early, proof, notice, progress, clock, end }: Supervision,
): Promise<Supervised> {
  const arm = gatedArm(config);
  const { concurrency } = config.pacing;
  const watch = createWatch({
    planned: trials.length,
    arm,
    meter,
    minHelpfulness: config.policy.minHelpfulness / 100,
    controls: trials.filter(trial => trial.control && trial.arm === arm).length,
    patience: Math.max(20, 2 * concurrency),
    spare: spareOf(config, trials),
    silence: SILENT_TIMEOUTS * config.pacing.timeoutSeconds * 1000,
    clock,
    pacer: connections.pacerOf(config.target),
    early,
    progress,
  });

  let checksOpen = 1 + trials.filter(({ control }) => control).length;
  const checked = () => {
    checksOpen -= 1;
    stopWhenCertain();
  };
  const stopWhenCertain = () => {
    if (watch.isCertain && checksOpen === 0) meter.stop('the verdict is certain');
  };

  const unheard = new Set(trials);
  let last: Promise<void> | undefined;
  const isHeard = (trial: Trial) => {
    if (!unheard.delete(trial) || unheard.size > 0 || conditions.isStopped()) return;
    last = proof.again();
    last.catch(end);
  };

  const one = async (trial: Trial): Promise<void> => {
    if (conditions.isStopped()) return;
    if (trial.control || !watch.isCertain) {
      const result = await conduct(trial, conditions, heard => {
        watch.heard(heard);
        isHeard(heard);
      });
      watch.take(result);
    }
    isHeard(trial);
    if (trial.control) checked();
    else stopWhenCertain();
  };

  const works = withLooks(trials, one, proof.again);
  // A batch takes all requests before it answers the first.
  const open = config.batch ? works.length : TRIALS_PER_REQUEST * concurrency;
  const [planted] = await together(
    [proof.first().finally(checked), inOrder(works, open, work => work(), end)],
    end,
  );
  await last;
  const kept = watch.results.filter(({ isKept }) => isKept).length;
  if (kept > 0) notice(`Resumed ${kept} answers of an earlier attempt.`);
  const { results, gaveUp } = watch;
  return { results, gaveUp, planted, isLookedAtLast: last !== undefined };
}

/** The trials as works, and among the pairs, at even distances, the looks at the judge. */
function withLooks(
  trials: readonly Trial[],
  one: (trial: Trial) => Promise<void>,
  again: () => Promise<void>,
): readonly (() => Promise<void>)[] {
  const pairs = trials.filter(({ control }) => !control).length;
  return spread(
    trials.map(trial => () => one(trial)),
    Array.from({ length: looksAmong(pairs) }, () => again),
  );
}
