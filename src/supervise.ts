import { type Allowance, createAllowance } from './allowance.ts';
import { conduct, type Equipment, type Told } from './conduct.ts';
import type { EarlyStop } from './early-stop.ts';
import { createEnding } from './ending.ts';
import type { Connections } from './endpoint/connections.ts';
import { rolesIn } from './endpoint/hindrances.ts';
import type { Meter } from './endpoint/meter.ts';
import { FatalEndpointError } from './endpoint/problems.ts';
import { enoughInARow } from './endpoint/rejections.ts';
import { assumedCosts, judgementsOf, lookNeed, needOf, tooDearToProve } from './forecast.ts';
import { counted } from './gate/words.ts';
import { createHeadStart } from './head-start.ts';
import { inOrder, together } from './in-order.ts';
import { gatedArm } from './inputs/arms.ts';
import type { RunConfig } from './inputs.ts';
import { type Checked, judgeLabelled } from './judges/check.ts';
import { type Judge, unjudged } from './judges/judgement.ts';
import type { HumanLabel } from './judges/labels.ts';
import { type PlantedFindings, plantedFor } from './judges/planted.ts';
import type { LastLook } from './last-look.ts';
import { createLook } from './looks.ts';
import type { Going, Progress } from './progress.ts';
import type { LetIn, Proof } from './proof.ts';
import type { Result, Trial } from './trials.ts';
import { createWatch, type Watch, type WatchOptions } from './watch.ts';

/** What the supervision of a run is done with. */
export interface Supervision {
  readonly config: RunConfig;
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

/** Begun trials for each request in flight: while some are judged, others keep the endpoint busy. */
const TRIALS_PER_REQUEST = 4;

export interface Supervised extends Pick<Watch, 'gaveUp'> {
  /** In the order that the trials were begun in. */
  readonly results: readonly Result[];
  readonly planted: PlantedFindings;
  readonly labelled: Checked;
  /** Whether the run ended before the judge was asked about all that people have labelled. */
  readonly isMeasureCut: boolean;
}

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
  const look = createLook(withinBudget(allowance, config, true), supervision);
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
    const isBegun = isWanted && (await allowance.begin(trial, needOf(config, trial)));
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
  const usedUp = allowance.usedUp ?? meter.short;
  if (usedUp !== null) meter.stop(usedUp);
  const results = controls.numbered(inOrderOf(trials, watch.results));
  const kept = results.filter(({ isKept }) => isKept).length;
  if (kept > 0) notice(`Resumed ${counted(kept, 'answer')} of an earlier attempt.`);
  return { results, gaveUp: watch.gaveUp, planted, ...labelled };
}

/** Time between two tellings of where the run stands, where nothing comes in (ms). */
const TELL_EVERY = 1000;

async function whileTelling<T>(tell: () => void, work: () => Promise<T>): Promise<T> {
  const telling = setInterval(tell, TELL_EVERY).unref();
  try {
    return await work();
  } finally {
    clearInterval(telling);
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

/** Gives the judge the planted answers `after` that, as far as `max-cost` allows, and gives up where it does not. */
async function proveWithin(
  allowance: Allowance,
  watch: Watch,
  after: Promise<void>,
  { config, meter, proof }: Supervision,
): Promise<PlantedFindings> {
  const all = {};
  allowance.hold(all, judgementsOf(config, plantedFor(config.selection.scenarios).length));
  const letIn: LetIn = async judging => {
    const turn = {};
    if (await allowance.beginHeld(all, turn, judgementsOf(config, 1))) {
      return judging().finally(() => allowance.end(turn));
    }
    watch.giveUp(tooDearToProve(config, meter.each.judgement));
    return null;
  };
  const letInMore: LetIn = judging => {
    // All that it held is begun by now, and what holds nothing must not be waited for.
    allowance.end(all);
    return withinBudget(allowance, config)(judging);
  };
  await after;
  return proof.first(letIn, letInMore).finally(() => allowance.end(all));
}

/** Has one more judged as far as the budget allows; null when it does not. */
const withinBudget =
  (allowance: Allowance, config: RunConfig, isOfBegun = false) =>
  async <T>(judging: () => Promise<T>): Promise<T | null> => {
    const turn = {};
    if (!(await allowance.begin(turn, judgementsOf(config, 1), isOfBegun))) return null;
    return judging().finally(() => allowance.end(turn));
  };

/** Asks the judge about what people have labelled, as far as the budget allows. */
async function measureWithin(
  allowance: Allowance,
  { isStopped }: Equipment,
  { config, judge, labels }: Supervision,
): Promise<Pick<Supervised, 'labelled' | 'isMeasureCut'>> {
  const letIn = withinBudget(allowance, config);
  let isMeasureCut = false;
  const within: Judge = {
    ...judge,
    async judge(pair, text) {
      const said = await letIn(() => judge.judge(pair, text));
      if (said === null || (said.label === 'unjudged' && isStopped())) isMeasureCut = true;
      return said ?? unjudged('not asked');
    },
  };
  const labelled = await judgeLabelled(within, labels);
  return { labelled, isMeasureCut };
}

function watchOver(trials: readonly Trial[], supervision: Supervision): Watch {
  const { config, meter, early, proof, progress, clock } = supervision;
  const arm = gatedArm(config);
  const { concurrency, judgeConcurrency, timeoutSeconds } = config.pacing;
  return createWatch({
    planned: trials.length,
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
    proof,
    going: goingOf(supervision),
    early,
    progress,
  });
}

/** A trial waits for each of the endpoints that it needs. */
function goingOf({ config, meter, connections, startedAt, clock }: Supervision): () => Going {
  const { minutes, maxRequests } = config.budget;
  const target = connections.pacerOf(config.target);
  const pacers = rolesIn(config).map(([, access]) => connections.pacerOf(access));
  return () => ({
    limit: config.batch ? null : target.limit,
    wait: Math.max(...pacers.map(({ wait }) => wait())) / 1000,
    isAway: pacers.some(({ isAway }) => isAway),
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

const allowanceFor = ({ config, meter, startedAt, clock }: Supervision): Allowance =>
  createAllowance({
    budget: config.budget,
    meter,
    aside: lookNeed(config),
    assumed: assumedCosts(config),
    startedAt,
    clock,
  });
