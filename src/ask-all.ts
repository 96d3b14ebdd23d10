import type { Equipment } from './conduct.ts';
import type { EarlyStop } from './early-stop.ts';
import type { Connections } from './endpoint/connections.ts';
import type { Meter } from './endpoint/meter.ts';
import type { FindingParts } from './finding/finding.ts';
import type { Evidence } from './gate/evidence.ts';
import type { RunConfig } from './inputs.ts';
import type { Judge } from './judges/judgement.ts';
import type { HumanLabel } from './judges/labels.ts';
import { createLastLook } from './last-look.ts';
import { createProof, looksAmong } from './proof.ts';
import type { Services } from './services.ts';
import type { EarlyDecision } from './statistics/stopper.ts';
import { superviseAll } from './supervise.ts';
import type { Trial } from './trials.ts';

export interface AskAllOptions {
  readonly config: RunConfig;
  readonly services: Services;
  readonly judge: Judge;
  readonly labels: readonly HumanLabel[];
  readonly meter: Meter;
  readonly connections: Connections;
  readonly early: EarlyStop | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Breaks off what is under way. */
  readonly end: () => void;
}

/** What came of it, as far as a finding is made of that. */
type Asked = Pick<FindingParts, 'results' | 'gaveUp' | 'planted' | 'labelled' | 'early' | 'cutShort'>;

/** Asks and judges all of it while the judge is proved, and says what ended it. */
export async function askAll(
  trials: readonly Trial[],
  equipment: Equipment,
  options: AskAllOptions,
): Promise<Asked> {
  const { config, services, judge, labels, meter, connections, early, startedAt, end } = options;
  const { judgements, isStopped } = equipment;
  const pairs = trials.filter(({ control }) => !control).length;
  const looks = looksAmong(pairs, config.budget.stopEarly);
  const proof = createProof(judge, judgements, {
    scenarios: config.selection.scenarios,
    isStopped,
    isJournalOwn: !config.cache.reuseResponses,
    pairsPerLook: pairs / looks,
    random: services.random,
  });
  const lastLook = createLastLook(trials, { proof, judgements, isStopped, end });
  const deadline = atDeadline(config, startedAt, services.clock, async why => {
    await lastLook.inTime(connections.pacerOf(config.judging));
    meter.stop(why);
    end();
  });
  const { notice, progress, clock } = services;
  const asking = { config, judge, labels, meter, connections, early, startedAt };
  try {
    const supervision = { ...asking, proof, lastLook, pairs, looks, notice, progress, clock, end };
    const { results, gaveUp, planted, labelled, isMeasureCut } = await superviseAll(
      trials,
      equipment,
      supervision,
    );
    const decision = early?.decision ?? null;
    const stop = stopReason(meter, services.signal, decision);
    const stopped = meter.stopped;
    if (gaveUp === null) {
      meter.resume();
      await lastLook.atEnd();
    }
    const open = stillOpen({ isPlantedOpen: planted.isOpen, isMeasureCut, isLooked: lastLook.isTaken });
    const isSettled = open === null || gaveUp !== null;
    const why = stop?.why ?? String(meter.stopped ?? stopped);
    const { planted: given, missed, faults } = planted;
    return {
      results,
      gaveUp,
      planted: { planted: given, missed, again: proof.again, faults: [...faults, ...proof.slips] },
      labelled,
      early: decision,
      cutShort: isSettled ? stop : unsettled(why, open, services.signal),
    };
  } finally {
    clearTimeout(deadline);
  }
}

/** What is still under way when the time is over is broken off. */
export function atDeadline(
  { budget: { minutes } }: RunConfig,
  startedAt: number,
  clock: Services['clock'],
  stop: (why: string) => Promise<void>,
): NodeJS.Timeout | undefined {
  if (minutes === null) return undefined;
  const left = startedAt + minutes * 60_000 - clock();
  return setTimeout(() => stop(`time-budget of ${minutes} min used up`).catch(() => undefined), left);
}

type Stop = NonNullable<Evidence['cutShort']>;

const CANCELLED: Stop = { by: 'signal', why: 'it was cancelled' };

/** Why not all was asked; null when all was, or when the verdict was certain before. */
function stopReason(meter: Meter, signal: AbortSignal, early: EarlyDecision | null): Stop | null {
  if (signal.aborted) return CANCELLED;
  if (meter.stopped === null || (early !== null && early.outcome !== 'undecided')) return null;
  return { by: 'budget', why: meter.stopped };
}

/** What the run ended before that shows whether the judge judges; null when nothing is open. */
function stillOpen(so: {
  readonly isPlantedOpen: true | undefined;
  readonly isMeasureCut: boolean;
  readonly isLooked: boolean;
}): string | null {
  if (so.isPlantedOpen) return 'the judge could be given again the planted answers that it had missed';
  if (so.isMeasureCut) return 'the judge was asked about all answers with human labels';
  return so.isLooked ? null : 'the judge could be looked at once more';
}

/**
 * Nothing shows that the judge judges, to the end: a run like that has passed nothing, as one cancelled, which it may
 * have been in its last look.
 */
const unsettled = (why: string, open: string, signal: AbortSignal): Stop =>
  signal.aborted ? CANCELLED : { by: 'signal', why: `${why}, before ${open}` };
