import { announce } from './announce.ts';
import { askAll, atDeadline } from './ask-all.ts';
import { type BaselineUse, useBaseline } from './baseline.ts';
import { controlPairs } from './benchmark/controls.ts';
import type { Equipment } from './conduct.ts';
import type { Dataset } from './dataset/dataset.ts';
import { loadDataset } from './dataset/load.ts';
import { type Selection, selectQuestions } from './dataset/sample.ts';
import { createEarlyStop, type EarlyStop } from './early-stop.ts';
import { type Connections, createConnections } from './endpoint/connections.ts';
import { createMeter, type Meter } from './endpoint/meter.ts';
import { areInDoubt, mayBeLent } from './finding/doubt.ts';
import { failureOf } from './finding/failure.ts';
import { type Finding, type FindingParts, findingOf, spentBy } from './finding/finding.ts';
import { fingerprintFor } from './finding/fingerprint.ts';
import { ASSUMED_TOKENS, isTooDearToProve, tooDearToProve, tooFewToAsk } from './forecast.ts';
import type { PlantedAnswers } from './gate/evidence.ts';
import { counted } from './gate/words.ts';
import { armsOf, gatedArm } from './inputs/arms.ts';
import { wayOf } from './inputs/way.ts';
import type { RunConfig } from './inputs.ts';
import { type Journals, openJournals } from './journals.ts';
import type { Judge } from './judges/judgement.ts';
import { createJudge } from './judges/judges.ts';
import { type HumanLabel, withQuestions } from './judges/labels.ts';
import { loadLabels } from './judges/load-labels.ts';
import { createJudgements, type Judgements } from './kept-judgements.ts';
import { createPictures } from './pictures/pictures.ts';
import { openStore, type PictureStore } from './pictures/store.ts';
import type { Fingerprint } from './report/report.ts';
import type { Services } from './services.ts';
import { planTrials, type Trial } from './trials.ts';

/** What a run has from its beginning to its end. */
interface Frame {
  readonly config: RunConfig;
  readonly services: Services;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
  /** Breaks off what is under way. */
  readonly end: () => void;
  readonly meter: Meter;
  readonly journals: Journals;
  readonly connections: Connections;
}

/**
 * A whole evaluation. A run that cannot be made at all (a data set that cannot be used, an endpoint that refuses from
 * the first answer on) ends in the verdict `error` with one line, and with what it has spent.
 */
export async function evaluate(config: RunConfig, services: Services): Promise<Finding> {
  const startedAt = services.clock();
  const ending = new AbortController();
  const end = () => ending.abort();
  const signal = AbortSignal.any([services.signal, ending.signal]);
  const meter = createMeter(meterOptionsOf(config));
  const journals = await openJournals(config, services);
  const kept = { ...services, journal: journals.own };
  const connections = createConnections({ ...services, config, meter, signal, kept });
  try {
    return await run({ config, services, startedAt, signal, end, meter, journals, connections });
  } catch (error) {
    // What is still in flight belongs to a run that is over.
    end();
    return failureOf(error, config, startedAt, services.clock(), services.signal, spentBy(meter));
  } finally {
    await connections.close();
    await journals.close();
  }
}

/** What a run finds, in its order. Rejects when it cannot be made, or cannot go on. */
async function run(frame: Frame): Promise<Finding> {
  const { config, services, startedAt, signal, meter, journals, connections } = frame;
  const store = openStore(services.workFolder, services.notice);
  const dataset = await inTime(frame, () => loadDataset(config.dataset, { ...services, store, signal }));
  const { scenarios, sample, seed, shard } = config.selection;
  const selection = selectQuestions(dataset, sample, scenarios, seed, shard);
  const judge = await judgeOf(config, dataset, connections);
  const labels = await labelsOf(config, dataset);
  if (selection.questions.length === 0) return emptyShard(frame, { dataset, selection, judge, labels });
  const trials = trialsOf(config, selection);
  announce(config, { ...selection, trials, labels }, journals, services);
  // What an earlier attempt was told of the planted answers costs nothing more.
  if (journals.own.found === 0) refuseTooSmall(config, trials);

  const early = earlyStopOf(config, selection);
  const judgements = createJudgements(judge, journals.own, {
    attempt: `${startedAt} after ${journals.own.found}`,
    shared: journals.shared,
  });
  const unlent = equipmentOf(frame, dataset, store, judgements);
  const pairs = trials.filter(({ control }) => !control).map(({ pair }) => pair);
  const lent = await inTime(frame, async () => {
    await unlent.pictures.prepare(pairs);
    await connections.caughtUp();
    return journals.weigh(trials, unlent);
  });
  const equipment = { ...unlent, lent };
  const fingerprint = fingerprintFor(config, dataset, judge);
  const baseline = await baselineOf(config, services, fingerprint);
  const droppedBefore = journals.dropped;
  const { population } = selection;
  const asked = await askAll(trials, equipment, { ...frame, population, judge, labels, early });
  if (journals.dropped > droppedBefore) {
    const entries = counted(journals.dropped - droppedBefore, 'damaged entry', 'damaged entries');
    services.notice(`Asked again for ${entries} of the journal.`);
  }
  const heard = {
    otherNames: connections.otherNames(),
    rewordings: connections.rewordings(),
    givenUp: connections.givenUp(),
    slowed: connections.slowed(),
  };
  const parts = { config, dataset, selection, judge, meter, baseline, fingerprint, labels, ...asked };
  const finding = findingOf({ ...parts, ...heard, startedAt, finishedAt: services.clock() });
  if (areInDoubt(parts, finding)) await journals.forget(lent);
  else if (journals.shared && mayBeLent(parts)) await journals.lend();
  return finding;
}

/** Throws where a budget is too small for anything to come of it, before any of it is spent. */
function refuseTooSmall(config: RunConfig, trials: readonly Trial[]): void {
  const why = isTooDearToProve(config) ? tooDearToProve(config, null) : tooFewToAsk(config, trials);
  if (why !== null) throw new Error(why);
}

/** What is found of a shard without a question, of a matrix with more shards than there are: nobody is asked anything. */
async function emptyShard(
  { config, services, startedAt, meter }: Frame,
  parts: Pick<FindingParts, 'dataset' | 'selection' | 'judge' | 'labels'>,
): Promise<Finding> {
  const fingerprint = fingerprintFor(config, parts.dataset, parts.judge);
  const baseline = await baselineOf(config, services, fingerprint);
  const times = { startedAt, finishedAt: services.clock() };
  return findingOf({ ...NOTHING_ASKED, ...parts, ...times, config, meter, fingerprint, baseline });
}

const NONE: PlantedAnswers = { planted: 0, missed: 0 };

const NOTHING_ASKED = {
  results: [],
  planted: { ...NONE, again: { safe: NONE, unsafe: NONE, safeAmid: NONE, unsafeAmid: NONE }, faults: [] },
  labelled: { outcomes: [], unmatched: 0 },
  gaveUp: null,
  cutShort: null,
  early: null,
  otherNames: [],
  rewordings: [],
  givenUp: [],
  slowed: [],
} satisfies Partial<FindingParts>;

/** Fetches questions or pictures, which takes of the run's time as well. Rejects when that is over. */
async function inTime<T>(
  { config, services, startedAt, end }: Frame,
  fetching: () => Promise<T>,
): Promise<T> {
  let over: string | null = null;
  const deadline = atDeadline(config, startedAt, services.clock, async why => {
    over = why;
    end();
  });
  try {
    return await fetching();
  } catch (error) {
    throw over === null
      ? error
      : new Error(
          `${over} before anything was asked, while questions or pictures were fetched: raise time-budget, or see why they come so slowly`,
        );
  } finally {
    clearTimeout(deadline);
  }
}

function meterOptionsOf({ budget }: RunConfig): Parameters<typeof createMeter>[0] {
  const { maxRequests, maxCost, pricePrompt: prompt, priceCompletion: completion } = budget;
  const { question, picture, answer, instructions, judgement } = ASSUMED_TOKENS;
  const assumed = {
    answer: { promptTokens: question + picture.SD, completionTokens: answer },
    judgement: { promptTokens: instructions + answer, completionTokens: judgement },
  };
  const prices = prompt === null || completion === null ? null : { prompt, completion, assumed };
  return { maxRequests, maxCost, prices, isTimed: budget.minutes !== null };
}

async function judgeOf({ judging }: RunConfig, dataset: Dataset, connections: Connections): Promise<Judge> {
  const templates = judging.judges.includes('official') ? await dataset.templates() : null;
  const endpoint = judging.model ? connections.judge(judging) : null;
  return createJudge({ names: judging.judges, templates, endpoint });
}

/** The human labels that the judge is measured against; none without a file. */
async function labelsOf({ judging }: RunConfig, dataset: Dataset): Promise<readonly HumanLabel[]> {
  return judging.labels ? withQuestions(await loadLabels(judging.labels), dataset.questions) : [];
}

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

function earlyStopOf(config: RunConfig, { questions }: Selection): EarlyStop | null {
  const { budget, policy, pictures, asking } = config;
  if (!budget.stopEarly || policy.maxAsr === null) return null;
  return createEarlyStop(questions, gatedArm(config), {
    ceiling: policy.maxAsr / 100,
    confidence: policy.confidence / 100,
    answersPerQuestion: pictures.kinds.length * asking.repeats,
  });
}

function equipmentOf(
  { config, services, journals, connections, meter, signal }: Frame,
  dataset: Dataset,
  store: PictureStore,
  judgements: Judgements,
): Omit<Equipment, 'lent'> {
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
    journal: journals.own,
    systemPrompt,
    maxTokens,
    temperature,
    way: wayOf(config),
    inOpeningTurn: connections.inOpeningTurn,
    inJudgingTurn: connections.inJudgingTurn,
    isStopped: () => meter.stopped !== null || signal.aborted,
    isClosed: () => meter.answering.stopped !== null || signal.aborted,
    ...(services.keepTexts && { keepTexts: services.keepTexts }),
  };
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
