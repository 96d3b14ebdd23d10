import { announce } from './announce.ts';
import { type BaselineText, type BaselineUse, useBaseline } from './baseline.ts';
import { controlPairs } from './benchmark/controls.ts';
import type { Arm } from './benchmark/prompts.ts';
import type { Conditions, TrialTexts } from './conduct.ts';
import type { Dataset } from './dataset/dataset.ts';
import { loadDataset } from './dataset/load.ts';
import { type Selection, selectQuestions } from './dataset/sample.ts';
import { createEarlyStop, type EarlyStop } from './early-stop.ts';
import { type Connections, createConnections } from './endpoint/connections.ts';
import { createMeter, type Meter } from './endpoint/meter.ts';
import { failureOf, type Spent, sentenceOf } from './failure.ts';
import { type Finding, type FindingParts, findingOf, fingerprintFor, gatedArm } from './finding.ts';
import { ASSUMED_TOKENS, isTooDearToProve, tooDearToProve } from './forecast.ts';
import type { Evidence } from './gate/evidence.ts';
import { counted } from './gate/words.ts';
import type { RunConfig } from './inputs.ts';
import { type Journal, openJournal } from './journal/journal.ts';
import { createJudgements, type Judgements } from './judgements.ts';
import { judgeLabelled } from './judges/check.ts';
import type { Judge } from './judges/judgement.ts';
import { createJudge } from './judges/judges.ts';
import { type HumanLabel, withQuestions } from './judges/labels.ts';
import { loadLabels } from './judges/load-labels.ts';
import { createPictures } from './pictures/pictures.ts';
import { openStore, type PictureStore } from './pictures/store.ts';
import type { Progress } from './progress.ts';
import { createProof, lastInTime, looksAmong } from './proof.ts';
import type { Fingerprint } from './report/report.ts';
import type { EarlyDecision } from './statistics/stopper.ts';
import { superviseAll } from './supervise.ts';
import { planTrials, type Trial, together } from './trials.ts';

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
  /** The text of the baseline file; called when one is set. */
  readonly readBaseline: (path: string) => Promise<BaselineText>;
  readonly notice: (sentence: string) => void;
  readonly progress: (progress: Progress) => void;
  readonly keepTexts?: (texts: TrialTexts) => Promise<void>;
}

/**
 * A whole evaluation, in its order. A run that cannot be made at all (a data set that cannot be used, an endpoint that
 * refuses from the first answer on) ends in the verdict `error` with one line, and with what it has spent.
 */
export async function evaluate(config: RunConfig, services: Services): Promise<Finding> {
  const startedAt = services.clock();
  const end = new AbortController();
  const signal = AbortSignal.any([services.signal, end.signal]);
  const meter = createMeter(budgetOf(config));
  const journal = await openJournal(services.journal);
  const connections = createConnections({
    ...services,
    ...{ config, meter, signal },
    batches: { ...services, journal },
  });
  try {
    const store = openStore(services.workFolder, services.notice);
    const dataset = await loadDataset(config.dataset, { ...services, store, signal });
    const { scenarios, sample, seed, shard } = config.selection;
    const selection = selectQuestions(dataset, sample, scenarios, seed, shard);
    const judge = await judgeOf(config, dataset, connections);
    const { labels: file } = config.judging;
    const labels = file ? withQuestions(await loadLabels(file), dataset.questions) : [];
    const trials = trialsOf(config, selection);
    announce(config, selection, trials, journal, services.notice);
    // What an earlier attempt was told of the planted answers costs nothing more.
    if (journal.found === 0 && isTooDearToProve(config)) throw new Error(tooDearToProve(config, null));

    const early = earlyStopOf(config, selection);
    const judgements = createJudgements(judge, journal, `${startedAt} after ${journal.found}`);
    const conditions = conditionsOf(config, {
      ...{ dataset, store, connections, judgements, journal, services },
      isStopped: () => meter.stopped !== null || signal.aborted,
    });
    await conditions.pictures.prepare(trials.filter(({ control }) => !control).map(({ pair }) => pair));
    const fingerprint = fingerprintFor(config, dataset, judge);
    const baseline = await baselineOf(config, services, fingerprint);
    const asking = { config, services, judge, judgements, labels, meter, connections, early, startedAt, end };
    const { dropped } = journal;
    const asked = await askAll(trials, conditions, asking);
    if (journal.dropped > dropped) {
      const entries = counted(journal.dropped - dropped, 'damaged entry', 'damaged entries');
      services.notice(`Asked again for ${entries} of the journal.`);
    }
    const parts = { config, dataset, selection, judge, meter, baseline, fingerprint, labels, ...asked };
    const heard = { otherNames: connections.otherNames(), givenUp: connections.givenUp() };
    return findingOf({ ...parts, ...heard, startedAt, finishedAt: services.clock() });
  } catch (error) {
    // What is still in flight belongs to a run that is over.
    end.abort();
    const told = services.signal.aborted ? `The run was cancelled: ${sentenceOf(error)}` : error;
    return failureOf(told, config, startedAt, services.clock(), spentBy(meter));
  } finally {
    await connections.close();
    await journal.close();
  }
}

interface Asking {
  readonly config: RunConfig;
  readonly services: Services;
  readonly judge: Judge;
  readonly judgements: Judgements;
  readonly labels: readonly HumanLabel[];
  readonly meter: Meter;
  readonly connections: Connections;
  readonly early: EarlyStop | null;
  readonly startedAt: number;
  readonly end: AbortController;
}

type Asked = Pick<FindingParts, 'results' | 'gaveUp' | 'planted' | 'labelled' | 'early' | 'cutShort'>;

/** Asks and judges all of it while the judge is proved, and says what ended it. */
async function askAll(
  trials: readonly Trial[],
  conditions: Conditions,
  { config, services, judge, judgements, labels, meter, connections, early, startedAt, end }: Asking,
): Promise<Asked> {
  const { isStopped } = conditions;
  const { scenarios } = config.selection;
  const pairs = trials.filter(({ control }) => !control).length;
  const proof = createProof(judge, judgements, {
    ...{ scenarios, isStopped },
    isJournalOwn: !config.cache.reuseResponses,
    pairsPerLook: pairs / looksAmong(pairs, config.budget.stopEarly),
  });
  const endAll = () => end.abort();
  let isLookedAt = false;
  const deadline = atDeadline(config, startedAt, services, async why => {
    isLookedAt = await lastInTime(proof, connections.pacerOf(config.judging));
    meter.stop(why);
    endAll();
  });
  const supervision = { ...services, config, meter, connections, early, proof, startedAt, end: endAll };
  try {
    const [labelled, { results, gaveUp, planted, isLookedAtLast }] = await together(
      [judgeLabelled(judge, labels), superviseAll(trials, conditions, supervision)],
      endAll,
    );
    const decision = early?.decision ?? null;
    const stop = stopReason(meter, services.signal, decision);
    if (gaveUp === null) {
      meter.resume();
      isLookedAt ||= isLookedAtLast || (await proof.last());
    }
    const isFit = isLookedAt || gaveUp !== null || stop?.by === 'signal';
    return {
      ...{ results, gaveUp, labelled },
      planted: { ...planted, again: proof.again, faults: [...planted.faults, ...proof.slips] },
      early: decision,
      cutShort: isFit ? stop : unlooked(stop?.why ?? String(meter.stopped)),
    };
  } finally {
    clearTimeout(deadline);
  }
}

function budgetOf({ budget }: RunConfig): Parameters<typeof createMeter>[0] {
  const { maxRequests, maxCost, pricePrompt: prompt, priceCompletion: completion } = budget;
  const { question, picture, answer } = ASSUMED_TOKENS;
  const assumed = { promptTokens: question + picture.SD, completionTokens: answer };
  const prices = prompt === null || completion === null ? null : { prompt, completion, assumed };
  return { maxRequests, maxCost, prices };
}

const spentBy = ({ requests, promptTokens, completionTokens, cost }: Meter): Spent => ({
  requests,
  promptTokens,
  completionTokens,
  cost,
});

/** Nothing shows that the judge still judged at the end: a run like that has passed nothing, as one cancelled. */
const unlooked = (why: string): Stop => ({
  by: 'signal',
  why: `${why}, before the judge could be looked at once more`,
});

/** What is still under way when the time is over is broken off. */
function atDeadline(
  { budget: { minutes } }: RunConfig,
  startedAt: number,
  { clock }: Pick<Services, 'clock'>,
  stop: (why: string) => Promise<void>,
): NodeJS.Timeout | undefined {
  if (minutes === null) return undefined;
  const left = startedAt + minutes * 60_000 - clock();
  return setTimeout(() => stop(`time-budget of ${minutes} min used up`).catch(() => undefined), left);
}

async function judgeOf({ judging }: RunConfig, dataset: Dataset, connections: Connections): Promise<Judge> {
  const templates = judging.judges.includes('official') ? await dataset.templates() : null;
  const endpoint = judging.model ? connections.chat(judging) : null;
  return createJudge({ names: judging.judges, templates, endpoint });
}

const armsOf = ({ asking }: RunConfig): readonly Arm[] =>
  asking.safetyPrompt === 'compare' ? ['off', 'on'] : [asking.safetyPrompt];

function trialsOf(config: RunConfig, { questions }: Selection): readonly Trial[] {
  return planTrials({
    questions,
    kinds: config.pictures.kinds,
    controls: config.policy.minHelpfulness > 0 ? controlPairs(config.pictures.kinds) : [],
    subjects: config.baseline.kind === 'model' ? ['target', 'baseline'] : ['target'],
    arms: armsOf(config),
    repeats: config.asking.repeats,
  });
}

/** What the run is compared with. A foreign or corrupt file ends the run here, before anything is spent. */
async function baselineOf(
  { baseline }: RunConfig,
  services: Services,
  fingerprint: Fingerprint,
): Promise<BaselineUse> {
  if (baseline.kind === 'none') return { kind: 'none' };
  if (baseline.kind === 'model') return { kind: 'model', ...baseline.access };
  return useBaseline(baseline.path, await services.readBaseline(baseline.path), fingerprint);
}

function earlyStopOf(config: RunConfig, { questions }: Selection): EarlyStop | null {
  const { budget, policy, pictures, asking } = config;
  if (!budget.stopEarly || policy.maxAsr === null) return null;
  return createEarlyStop(questions, gatedArm(config), {
    ceiling: policy.maxAsr / 100,
    confidence: policy.confidence / 100,
    answersPerQuestion: pictures.kinds.length * asking.repeats,
  });
}

interface Parts {
  readonly dataset: Dataset;
  readonly store: PictureStore;
  readonly connections: Connections;
  readonly judgements: Judgements;
  readonly journal: Journal;
  readonly isStopped: () => boolean;
  readonly services: Services;
}

function conditionsOf(config: RunConfig, parts: Parts): Conditions {
  const { dataset, store, connections, judgements, journal, isStopped, services } = parts;
  const { systemPrompt, maxTokens, temperature } = config.asking;
  const target = connections.target();
  const baseline = config.baseline.kind === 'model' ? connections.baseline(config.baseline.access) : target;
  const images = config.pictures.access.model ? connections.images(config.pictures.access) : undefined;
  const source = dataset.pictures;
  const imageSource = config.pictures.source;
  return {
    pictures: createPictures({ source, imageSource, store, ...(images && { images }) }),
    controlPictures: createPictures({ source, imageSource: 'generated', store }),
    endpoints: { target, baseline },
    judgements,
    journal,
    systemPrompt,
    maxTokens,
    temperature,
    requestSalt: JSON.stringify([config.target.extraBody, config.target.headers]),
    opening: connections.opening,
    judging: connections.judging,
    isStopped,
    ...(services.keepTexts && { keepTexts: services.keepTexts }),
  };
}

type Stop = NonNullable<Evidence['cutShort']>;

/** Why not all was asked; null when all was, or when the verdict was certain before. */
function stopReason(meter: Meter, signal: AbortSignal, early: EarlyDecision | null): Stop | null {
  if (signal.aborted) return { by: 'signal', why: 'it was cancelled' };
  if (meter.stopped === null || (early !== null && early.outcome !== 'undecided')) return null;
  return { by: 'budget', why: meter.stopped };
}
