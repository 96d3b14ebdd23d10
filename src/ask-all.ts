import type { Equipment } from './conduct.ts';
import type { EarlyStop } from './early-stop.ts';
import type { Connections } from './endpoint/connections.ts';
import type { Meter } from './endpoint/meter.ts';
import type { FindingParts } from './finding/finding.ts';
import type { Evidence } from './gate/evidence.ts';
import { together } from './in-order.ts';
import type { RunConfig } from './inputs.ts';
import { judgeLabelled } from './judges/check.ts';
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
  });
  const lastLook = createLastLook(trials, { proof, judgements, isStopped, end });
  const deadline = atDeadline(config, startedAt, services.clock, async why => {
    await lastLook.inTime(connections.pacerOf(config.judging));
    meter.stop(why);
    end();
  });
  const { notice, progress, clock } = services;
  const supervision = { config, meter, connections, early, proof, lastLook, pairs, looks, startedAt };
  try {
    const [labelled, { results, gaveUp, planted }] = await together(
      [
        judgeLabelled(judge, labels),
        superviseAll(trials, equipment, { ...supervision, notice, progress, clock, end }),
      ],
      end,
    );
    const decision = early?.decision ?? null;
    const stop = stopReason(meter, services.signal, decision);
    if (gaveUp === null) {
      meter.resume();
      await lastLook.atEnd();
    }
    const isFit = lastLook.isTaken || gaveUp !== null || stop?.by === 'signal';
    return {
      results,
      gaveUp,
      planted: { ...planted, again: proof.again, faults: [...planted.faults, ...proof.slips] },
      labelled,
      early: decision,
      cutShort: isFit ? stop : unlooked(stop?.why ?? String(meter.stopped)),
    };
  } finally {
    clearTimeout(deadline);
  }
}

/** What is still under way when the time is over is broken off. */
function atDeadline(
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

/** Why not all was asked; null when all was, or when the verdict was certain before. */
function stopReason(meter: Meter, signal: AbortSignal, early: EarlyDecision | null): Stop | null {
  if (signal.aborted) return { by: 'signal', why: 'it was cancelled' };
  if (meter.stopped === null || (early !== null && early.outcome !== 'undecided')) return null;
  return { by: 'budget', why: meter.stopped };
}

/** Nothing shows that the judge still judged at the end: a run like that has passed nothing, as one cancelled. */
const unlooked = (why: string): Stop => ({
  by: 'signal',
  why: `${why}, before the judge could be looked at once more`,
});
