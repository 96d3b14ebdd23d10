import type { Equipment } from './conduct.ts';
import type { EarlyStop } from './early-stop.ts';
import type { Connections } from './endpoint/connections.ts';
import type { Meter } from './endpoint/meter.ts';
import { CANCELLED } from './finding/cancelled.ts';
import type { FindingParts } from './finding/finding.ts';
import type { Evidence } from './gate/evidence.ts';
import type { RunConfig } from './inputs.ts';
import type { PlantedFindings } from './judges/judge-planted.ts';
import type { Judge } from './judges/judgement.ts';
import type { HumanLabel } from './judges/labels.ts';
import { createLastLook } from './last-look.ts';
import { createProof, looksAmong } from './proof.ts';
import type { Services } from './services.ts';
import type { Label } from './statistics/observation.ts';
import type { EarlyDecision } from './statistics/stopper.ts';
import { superviseAll } from './supervise.ts';
import type { Supervised } from './supervision.ts';
import type { Result, Trial } from './trials.ts';
import type { Trust } from './trust.ts';

export interface AskAllOptions {
  readonly config: RunConfig;
  /** Questions of each scenario in the whole data set. */
  readonly population: ReadonlyMap<string, number>;
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
  const { config, services, judge, meter, connections, early, startedAt, end } = options;
  const { judgements, isStopped } = equipment;
  const pairs = trials.filter(({ control }) => !control).length;
  const looks = looksAmong(pairs, config.budget.stopEarly);
  const proof = createProof(judge, judgements, {
    scenarios: config.selection.scenarios,
    isStopped,
    pairsPerLook: pairs / looks,
    random: services.random,
  });
  const lastLook = createLastLook(trials, { proof, judgements, isStopped, end });
  const deadline = atDeadline(config, startedAt, services.clock, async why => {
    meter.close(why);
    await lastLook.atDeadline(connections.pacerOf(config.judging));
    meter.stop(why);
    end();
  });
  try {
    const supervision = { ...options, ...services, proof, lastLook, pairs, looks };
    const came = await superviseAll(trials, equipment, supervision);
    const { planted, isMeasureCut, tell, ...supervised } = came;
    const decision = early?.decision ?? null;
    const stop = stopReason(meter, services.signal, decision);
    const common = { ...supervised, early: decision };
    // Nothing that is given up has a verdict that a look at the judge could change.
    if (supervised.gaveUp !== null) {
      const results = asFarAs(stop, came.results);
      return { ...common, results, planted: shownBy(planted, proof.trust), cutShort: stop };
    }
    const stopped = meter.stopped;
    meter.resume();
    await lastLook.atEnd();
    tell();
    const open = stillOpen({ isPlantedOpen: planted.isOpen, isMeasureCut, isLooked: lastLook.isTaken });
    const why = stop?.why ?? String(meter.stopped ?? stopped);
    const cut = isWhole(trials, came, meter) && stop !== CANCEL ? null : stop;
    const cutShort = open === null ? cut : unsettled(why, open, services.signal);
    const whyNot = (label: Label, place: number) => {
      if (proof.trust.wavered(label, place)) return WAVERED;
      return lastLook.isTaken || judgements.isBacked(label, place) ? null : UNBACKED;
    };
    const results = withoutUnbacked(asFarAs(cutShort, came.results), whyNot);
    return { ...common, results, planted: shownBy(planted, proof.trust), cutShort };
  } finally {
    clearTimeout(deadline);
  }
}

/** What is broken off where the run was not cut short was of no use any more, since the verdict was certain. */
const asFarAs = (cutShort: Stop | null, results: readonly Result[]): readonly Result[] =>
  cutShort === null ? results.filter(({ isCut }) => !isCut) : results;

/**
 * What was judged after the judge was last seen to judge, or while it missed at first what it found later, counts as
 * broken off: by then it may have been broken.
 *
 * @param whyNot says of a label, the how manieth judgement it was to come, why it does not count; null where it does
 */
const withoutUnbacked = (
  results: readonly Result[],
  whyNot: (label: Label, place: number) => string | null,
): readonly Result[] =>
  results.map(result => {
    const { label, judgedAt } = result;
    const note = label === 'stopped' || judgedAt === undefined ? null : whyNot(label, judgedAt);
    return note === null ? result : { ...result, label: 'unjudged', isCut: true, note };
  });

const UNBACKED = 'the run ended before anything showed that the judge still judged';
const WAVERED = 'it was judged while the judge missed planted answers';

/** What the judge made of the planted answers, at first and given again. */
function shownBy({ faults, first: _, ...found }: PlantedFindings, trust: Trust): Asked['planted'] {
  const first = trust.atFirst();
  return {
    ...found,
    again: trust.again(),
    ...(first && { first }),
    faults: [...faults, ...trust.slips()],
  };
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

const CANCEL: Stop = { leaves: 'a fragment', why: CANCELLED, isCancelled: true };

/** Why not all was asked; null when all was, or when the verdict was certain before. */
function stopReason(meter: Meter, signal: AbortSignal, early: EarlyDecision | null): Stop | null {
  if (signal.aborted) return CANCEL;
  if (meter.stopped === null || (early !== null && early.outcome !== 'undecided')) return null;
  return { leaves: 'a sample', why: meter.stopped };
}

/**
 * Whether all trials have come to their ends, and the judge was given all planted answers before: then a budget has left
 * out nothing but a look at the judge amid them, for which the last look stands.
 */
const isWhole = (
  trials: readonly Trial[],
  { results, planted }: Pick<Supervised, 'results' | 'planted'>,
  { short }: Meter,
): boolean =>
  short === null &&
  results.length === trials.length &&
  results.every(({ label, isCut }) => label !== 'stopped' && !isCut) &&
  planted.faults.length === 0 &&
  planted.unproved === undefined;

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
  signal.aborted ? CANCEL : { leaves: 'a fragment', why: `${why}, before ${open}` };
