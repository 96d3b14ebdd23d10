import { conduct, type Equipment, type Told } from './conduct.ts';
import { createEnding } from './ending.ts';
import { rolesIn } from './endpoint/hindrances.ts';
import { FatalEndpointError } from './endpoint/problems.ts';
import { enoughInARow } from './endpoint/rejections.ts';
import { needOf } from './forecast.ts';
import { counted } from './gate/words.ts';
import { createHeadStart } from './head-start.ts';
import { inOrder, together } from './in-order.ts';
import { gatedArm } from './inputs/arms.ts';
import type { RunConfig } from './inputs.ts';
import { createLook } from './looks.ts';
import type { Going } from './progress.ts';
import type { Supervised, Supervision } from './supervision.ts';
import type { Result, Trial } from './trials.ts';
import { createWatch, type Watch, type WatchOptions } from './watch.ts';
import { allowanceFor, measureWithin, proveWithin, setAsideIn } from './within-budget.ts';

/** Begun trials for each request in flight: while some are judged, others keep the endpoint busy. */
const TRIALS_PER_REQUEST = 4;

/**
 * Conducts all trials while the judge is proved: before them, all along among them, and when the last answers are
 * in. An early stop is taken when all planted answers, those with human labels and all controls have come to their
 * ends: what it leaves out are pairs alone. A budget ends the run by beginning no more, so that what is begun comes to its end.
 */
export async function superviseAll(
  trials: readonly Trial[],
  equipment: Equipment,
  supervision: Supervision,
): Promise<Supervised> {
  const { config, meter, connections, lastLook, notice, end } = supervision;
  const watch = watchOver(trials, supervision);
  const allowance = allowanceFor(supervision);
  meter.leaveRoom(() => allowance.committed);
  const ending = createEnding(trials, watch, meter, lastLook);
  const look = createLook(setAsideIn(allowance), supervision);
  const headStart = createHeadStart(Math.min(trials.length, config.pacing.concurrency), connections.taken);

  const controls = createControlOrder(headStart.gone);
  const told: Told = {
    put: controls.put,
    heard(trial) {
      headStart.known();
      watch.heard(trial);
      allowance.left(trial, { ...needOf(config, trial), drawings: 0, answers: 0 });
    },
    toJudge: lastLook.toJudge,
    asked: look.beside,
  };
  const asked = async (trial: Trial): Promise<void> => {
    if (equipment.isStopped()) return;
    const isWanted = trial.control || !watch.isCertain;
    const isBegun = isWanted && (await allowance.begin(trial, needOf(config, trial), !trial.control));
    if (isBegun) watch.take(await conduct(trial, equipment, told).finally(() => allowance.end(trial)));
    headStart.gone(trial);
    lastLook.toJudge(trial);
    ending.over(trial);
    if (isBegun && !trial.control) await look.over(trial);
  };
  const one = (trial: Trial): Promise<void> => asked(trial).catch(refusedBy(watch));
  const first = async () =>
    proveWithin(allowance, watch, headStart.over, supervision).finally(ending.checked);
  const measured = async () => {
    await headStart.over;
    return measureWithin(allowance, equipment, supervision).finally(ending.checked);
  };

  // A batch takes all requests before it answers the first.
  const open = config.batch ? trials.length : TRIALS_PER_REQUEST * config.pacing.concurrency;
  const all = async () => {
    // The planted answers have a part of the budget kept for them before a trial takes of it.
    const proving = first();
    const asking = inOrder(trials, open, one, end).finally(headStart.known);
    const ended = await together([proving, asking, measured()], end);
    await lastLook.settled();
    return ended;
  };
  const [planted, , labelled] = await whileTelling(watch.tell, all);
  const usedUp = meter.closed ?? allowance.usedUp ?? meter.short;
  if (usedUp !== null) meter.stop(usedUp);
  const results = controls.numbered(inOrderOf(trials, watch.results));
  const kept = results.filter(({ isKept }) => isKept);
  if (kept.length > 0) notice(`Resumed ${counted(kept.length, 'answer')} of ${whoseAre(kept)}.`);
  return { results, gaveUp: watch.gaveUp, tell: watch.tell, planted, ...labelled };
}

function whoseAre(kept: readonly Result[]): string {
  const lent = kept.filter(({ isLent }) => isLent).length;
  if (lent === 0) return 'an earlier attempt';
  return lent === kept.length ? 'other runs' : 'an earlier attempt and of other runs';
}

/** Time between two tellings of where the run stands, where nothing comes in (ms). */
const TELL_EVERY = 1000;

async function whileTelling<T>(tell: () => void, work: () => Promise<T>): Promise<T> {
  const telling = setInterval(tell, TELL_EVERY).unref();
  try {
    return await work();
  } finally {
    clearInterval(telling);
    // What ends a run may come to its count last.
    tell();
  }
}

/** In which order the controls were put. */
function createControlOrder(gone: Told['put']) {
  const places = new Map<Trial, number>();
  return {
    put(trial: Trial): void {
      if (trial.control) places.set(trial, places.size);
      gone(trial);
    },
    numbered: (results: readonly Result[]): readonly Result[] =>
      results.map(result => {
        const put = places.get(result.trial);
        return put === undefined ? result : { ...result, put };
      }),
  };
}

/** Those that are begun together end in any order. */
function inOrderOf(trials: readonly Trial[], results: readonly Result[]): readonly Result[] {
  const byTrial = new Map(results.map(result => [result.trial, result]));
  return trials.map(trial => byTrial.get(trial)).filter(result => result !== undefined);
}

/** What an endpoint refuses half-way, a key that was revoked, leaves what it has said in the report. */
const refusedBy =
  (watch: Watch) =>
  (error: unknown): void => {
    if (!(error instanceof FatalEndpointError && error.isHalfWay)) throw error;
    watch.giveUp(error.message);
  };

function watchOver(trials: readonly Trial[], supervision: Supervision): Watch {
  const { config, population, meter, early, proof, progress, clock } = supervision;
  const arm = gatedArm(config);
  const { concurrency, judgeConcurrency, timeoutSeconds } = config.pacing;
  return createWatch({
    planned: trials.length,
    population,
    arm,
    meter,
    minHelpfulness: config.policy.minHelpfulness / 100,
    controls: trials.filter(
      ({ control, subject, arm: its }) => control && subject === 'target' && its === arm,
    ).length,
    patience: enoughInARow(Math.max(concurrency, judgeConcurrency)),
    spare: spareOf(config, trials),
    silence: SILENT_TIMEOUTS * timeoutSeconds * 1000,
    clock,
    trust: proof.trust,
    going: goingOf(supervision),
    early,
    progress,
  });
}

/** An endpoint that is away for less answers all the same, at the rate that it allows (ms). */
const LONG_AWAY = 4000;

/** A trial waits for each of the endpoints that it needs. */
function goingOf({ config, meter, connections, startedAt, clock }: Supervision): () => Going {
  const { minutes, maxRequests } = config.budget;
  const target = connections.pacerOf(config.target);
  const pacers = rolesIn(config).map(([, access]) => connections.pacerOf(access));
  return () => ({
    limit: config.batch ? null : target.limit,
    wait: Math.max(...pacers.map(({ wait }) => wait())) / 1000,
    isAway: pacers.some(({ awayFor }) => awayFor() >= LONG_AWAY),
    timeLeft: minutes === null ? null : Math.max(0, minutes * 60 - (clock() - startedAt) / 1000),
    requestsLeft: maxRequests === null ? null : Math.max(0, maxRequests - meter.requests),
  });
}

/** Time-outs after which an endpoint that has answered before is silent and not slow. */
const SILENT_TIMEOUTS = 3;

/**
 * Pairs that may be lost before `max-error-rate` is out of reach. A shard's are counted with the others' first, and a
 * batch answers all at once.
 */
function spareOf(config: RunConfig, trials: readonly Trial[]): WatchOptions['spare'] {
  const { batch, selection, policy } = config;
  const arm = gatedArm(config);
  const any = Number.POSITIVE_INFINITY;
  if (batch || selection.shard.of > 1) return { target: any, baseline: any };
  const pairs = trials.filter(
    trial => !trial.control && trial.subject === 'target' && trial.arm === arm,
  ).length;
  const spare = (pairs * policy.maxErrorRate) / 100;
  // What a baseline model lacks is an error only where a limit hangs on it.
  return { target: spare, baseline: policy.maxIncrease === null ? any : spare };
}
