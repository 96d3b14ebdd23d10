import { setTimeout } from 'node:timers/promises';
import PQueue from 'p-queue';
import { wayOf } from '../inputs/way.ts';
import type { ModelAccess, RunConfig } from '../inputs.ts';
import {
  type BatchEndpoint,
  type BatchOptions,
  createBatchEndpoint,
  takeAwayBatches,
} from './batch/endpoint.ts';
import type { ChatEndpoint } from './chat.ts';
import { type ClientOptions, createChatEndpoint } from './client.ts';
import { createDialectLearner, type DialectLearner, keptLearner } from './dialect.ts';
import { givenUpIn, limitedBy, slowedIn } from './hindrances.ts';
import { createImageEndpoint, type ImageEndpoint } from './images.ts';
import type { Meter } from './meter.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { createStanding, keptStanding, type Standing } from './standing.ts';
import { createTurns } from './turns.ts';

export interface ConnectionOptions {
  readonly config: RunConfig;
  readonly meter: Meter;
  readonly signal: AbortSignal;
  readonly clock: () => number;
  readonly random: () => number;
  /** Tells a person of what slows the run down. */
  readonly notice: (sentence: string) => void;
  /** Where a run keeps what goes on after it. Without it all is asked one by one, and nothing is known before. */
  readonly kept?: Pick<BatchOptions, 'workFolder' | 'journal'>;
}

/** Makes a run's endpoints. Those with the same host and key share one pacer, since they share one limit. */
export interface Connections {
  readonly target: () => ChatEndpoint;
  /** The model that the target is compared with: in batches as the target is, where it is at the same endpoint. */
  readonly baseline: (access: ModelAccess) => ChatEndpoint;
  readonly judge: (access: ModelAccess) => ChatEndpoint;
  readonly images: (access: ModelAccess) => ImageEndpoint;
  readonly pacerOf: (access: ModelAccess) => Pacer;
  /** The names that the target's endpoint gave for the model, other than the one asked for; none from batches. */
  readonly otherNames: () => readonly string[];
  /** A sentence for each model whose endpoint made the run word its requests otherwise. */
  readonly rewordings: () => readonly string[];
  /** A sentence for each endpoint that has been given up after an outage, with whose it is. */
  readonly givenUp: () => readonly string[];
  /** A sentence for each endpoint that slowed the run down, with whose it is. */
  readonly slowed: () => readonly string[];
  /** Resolves when an endpoint has taken a batch; null where none are sent. */
  readonly taken: Promise<void> | null;
  /** Makes a request ready and puts it. In batches all requests are open at once, and few are made ready at once. */
  readonly inOpeningTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /**
   * Has an answer judged, after the answers that have come in meanwhile. Those of a batch come all at once, and what is
   * asked of the judge meanwhile is to come between.
   */
  readonly inJudgingTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /**
   * Resolves when all is known that an earlier attempt has left: which endpoints have answered it, how they want requests
   * worded, and what its batches have answered, where none are asked any more. To be awaited before anything is asked.
   */
  readonly caughtUp: () => Promise<void>;
  /** Ends all waiting, but for what batches leave behind to be taken away. To be called when the run is over. */
  readonly close: () => Promise<void>;
}

type Added = Partial<RunConfig['target'] & Pick<ClientOptions, 'heardBy' | 'learner'>>;

const JUDGE_CHECK = 'that it is a chat model, and one that the judge is made for';

/** A gateway may name as many as it likes. */
const MOST_NAMES = 5;

/** Whether two names are of two models: a snapshot's date behind a name, or an owner before it, makes no other. */
function isOther(served: string, asked: string): boolean {
  const [one, two] = [served.toLowerCase(), asked.toLowerCase()];
  return served !== '' && !one.includes(two) && !two.includes(one);
}

/** How long an endpoint is waited for that refuses everybody, for each of `max-retries` (ms). */
const PATIENCE = 60_000;

/** The pacers of a run, each for all that goes to one host with one key. */
function createPacers({ config, clock, random, notice }: ConnectionOptions) {
  const pacers = new Map<string, Pacer>();
  const { concurrency, judgeConcurrency, maxRetries } = config.pacing;
  const waiting = { patience: maxRetries * PATIENCE, random };
  const ceilings = new Map([
    [limitedBy(config.judging), judgeConcurrency],
    [limitedBy(config.target), concurrency],
  ]);
  return {
    of(access: ModelAccess): Pacer {
      const limited = limitedBy(access);
      const tell = (what: string) => notice(`${new URL(access.baseUrl).host}: ${what}.`);
      const ceiling = ceilings.get(limited) ?? concurrency;
      const pacer = pacers.get(limited) ?? createPacer(ceiling, clock, tell, waiting);
      pacers.set(limited, pacer);
      return pacer;
    },
    get all(): ReadonlyMap<string, Pacer> {
      return pacers;
    },
    end() {
      for (const pacer of pacers.values()) pacer.end();
    },
  };
}

/** How a run asks: what is known of an endpoint holds for that alone. */
const waysOf = (config: RunConfig): readonly unknown[] => [
  wayOf(config),
  config.judging.judges,
  config.batch,
];

/** Remembers what the endpoints of models made the run word otherwise; kept in its journal, where there is one. */
function createRewordings({ config, kept }: ConnectionOptions) {
  const endpoints = new Map<string, ChatEndpoint>();
  const recalled: Promise<void>[] = [];
  const learnerOf = (whose: string, { baseUrl, model }: ModelAccess): DialectLearner => {
    if (!kept) return createDialectLearner();
    const learner = keptLearner(kept.journal, whose, baseUrl, model, ...waysOf(config));
    recalled.push(learner.recalled);
    return learner;
  };
  return {
    of(whose: string, access: ModelAccess, made: (learner: DialectLearner) => ChatEndpoint): ChatEndpoint {
      const endpoint = made(learnerOf(whose, access));
      endpoints.set(whose, endpoint);
      return endpoint;
    },
    all: (): readonly string[] =>
      [...endpoints].flatMap(([whose, { adaptations }]) =>
        adaptations.length > 0
          ? [
              `The endpoint of ${whose} does not take requests as they are usually worded: it was asked with ${adaptations.join(', and with ')}.`,
            ]
          : [],
      ),
    async recalled(): Promise<void> {
      await Promise.all(recalled);
    },
  };
}

/** What is known of the endpoints of a run; kept in its journal, where there is one. */
function createStandings({ config, kept }: ConnectionOptions, pacerOf: Connections['pacerOf']) {
  const standings = new Map<string, Standing>();
  const recalled: Promise<void>[] = [];
  const made = (access: ModelAccess): Standing => {
    if (!kept) return createStanding();
    const standing = keptStanding(kept.journal, access.baseUrl, access.model, ...waysOf(config));
    recalled.push(standing.recalled.then(isKept => (isKept ? pacerOf(access).known() : undefined)));
    return standing;
  };
  return {
    of(access: ModelAccess): Standing {
      const name = `${access.baseUrl}\n${access.model}`;
      const standing = standings.get(name) ?? made(access);
      standings.set(name, standing);
      return standing;
    },
    async recalled(): Promise<void> {
      await Promise.all(recalled);
    },
  };
}

type Common = Omit<ClientOptions, 'headers' | 'extraBody' | 'heardBy'>;

const sleep = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal });

/** How the models of a run are asked: in batches, where it says so, or one by one. */
function createAsking(options: ConnectionOptions, common: (access: ModelAccess) => Common) {
  const { config, notice, kept } = options;
  const { answering } = options.meter;
  const batching = config.batch ? kept : undefined;
  const left = config.batch ? undefined : kept;
  const opened: BatchEndpoint[] = [];
  const takingAway: Promise<void>[] = [];
  const first = Promise.withResolvers<void>();
  const ready = new PQueue({ concurrency: config.pacing.concurrency });
  const inTurn = createTurns();
  const judged = new PQueue({ concurrency: 2 * config.pacing.judgeConcurrency });
  const oneByOne = (access: ModelAccess, added: Added = {}): ChatEndpoint =>
    createChatEndpoint({ ...common(access), meter: answering, ...added });
  return {
    oneByOne,
    taken: batching ? first.promise : null,
    ask(access: ModelAccess, added: Added = {}): ChatEndpoint {
      if (left) {
        const away = takeAwayBatches({
          ...common(access),
          ...left,
          ...added,
          meter: answering,
          notice,
          sleep,
        });
        // That the journal takes nothing is the run's to tell.
        takingAway.push(away.catch(() => undefined));
      }
      if (!batching) return oneByOne(access, added);
      const endpoint = createBatchEndpoint({
        ...batching,
        ...common(access),
        meter: answering,
        notice,
        ...added,
        sleep,
        isGathering: () => ready.size + ready.pending > 0,
        taken: first.resolve,
        isBesideOthers: () => opened.some(each => each.isUnderWay()),
      });
      opened.push(endpoint);
      return endpoint;
    },
    inOpeningTurn: <T>(work: () => Promise<T>): Promise<T> => (batching ? ready.add(work) : work()),
    inJudgingTurn: <T>(work: () => Promise<T>): Promise<T> => (batching ? judged.add(work) : inTurn(work)),
    async takenAway(): Promise<void> {
      await Promise.all(takingAway);
    },
    async close(): Promise<void> {
      await Promise.all([...opened.map(each => each.close()), ...takingAway]);
    },
  };
}

export function createConnections(options: ConnectionOptions): Connections {
  const { config, clock } = options;
  const pacers = createPacers(options);
  const standings = createStandings(options, pacers.of);
  const common = (access: ModelAccess): Common => ({
    ...access,
    timeout: config.pacing.timeoutSeconds * 1000,
    maxRetries: config.pacing.maxRetries,
    pacer: pacers.of(access),
    standing: standings.of(access),
    meter: options.meter,
    signal: options.signal,
    secrets: config.secrets,
    clock,
    random: options.random,
  });
  const { headers, extraBody, model } = config.target;
  const names = new Set<string>();
  const heardBy = (served: string) => {
    if (names.size < MOST_NAMES && isOther(served, model)) names.add(served);
  };
  const rewordings = createRewordings(options);
  const { ask, oneByOne, taken, inOpeningTurn, inJudgingTurn, takenAway, close } = createAsking(
    options,
    common,
  );
  const isTargets = ({ baseUrl, apiKey }: ModelAccess): boolean =>
    baseUrl === config.target.baseUrl && apiKey === config.target.apiKey;
  return {
    target: () =>
      rewordings.of('the model', config.target, learner =>
        ask(config.target, { headers, extraBody, heardBy, learner }),
      ),
    otherNames: () => [...names],
    rewordings: rewordings.all,
    givenUp: () => givenUpIn(config, pacers.all),
    slowed: () => slowedIn(config, pacers.all),
    // Headers may be what leads one name to another model; what the body asks for is how all of them are to answer.
    baseline: access =>
      rewordings.of('the baseline model', access, learner =>
        (isTargets(access) ? ask : oneByOne)(access, { extraBody, learner }),
      ),
    judge: access =>
      rewordings.of('the judge', access, learner =>
        createChatEndpoint({ ...common(access), check: JUDGE_CHECK, learner }),
      ),
    images: access => createImageEndpoint({ ...common(access), meter: options.meter.drawing }),
    pacerOf: pacers.of,
    taken,
    inOpeningTurn,
    inJudgingTurn,
    caughtUp: async () => {
      await Promise.all([standings.recalled(), rewordings.recalled(), takenAway()]);
    },
    close: async () => {
      pacers.end();
      await close();
    },
  };
}
