import type { ImageKind } from './benchmark/pair.ts';
import type { Scenario } from './benchmark/scenarios.ts';
import { sameOrigin } from './common/same-origin.ts';
import { IMAGES_URL, QUESTIONS_URL } from './dataset/hashes.ts';
import type { SampleSize, ShardPlace } from './dataset/sample.ts';
import { contradictions } from './inputs/contradictions.ts';
import { readTable, withoutKeys } from './inputs/reading.ts';
import { INPUT_NAMES, INPUTS, type InputValues, type JudgeName } from './inputs/table.ts';

/** A model behind an OpenAI-compatible endpoint. An empty key sends none. */
export interface ModelAccess {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string;
}

/** A whole run's configuration: every input read, checked and typed. Per cents stay per cents here. */
export interface RunConfig {
  readonly target: ModelAccess & {
    readonly headers: Readonly<Record<string, string>>;
    readonly extraBody: Readonly<Record<string, unknown>>;
  };
  readonly asking: {
    readonly systemPrompt: string;
    readonly safetyPrompt: 'off' | 'on' | 'compare';
    readonly maxTokens: number;
    /** Null leaves it to the endpoint. */
    readonly temperature: number | null;
    readonly repeats: number;
  };
  readonly pacing: {
    readonly concurrency: number;
    /** The judge's own, where it shares no limit with the target. */
    readonly judgeConcurrency: number;
    readonly timeoutSeconds: number;
    readonly maxRetries: number;
  };
  readonly dataset:
    | { readonly kind: 'folder'; readonly path: string }
    | {
        readonly kind: 'published';
        readonly questionsUrl: string;
        readonly imagesUrl: string;
        readonly token: string;
      };
  readonly pictures: {
    readonly kinds: readonly ImageKind[];
    readonly source: 'published' | 'generated';
    readonly access: ModelAccess;
  };
  readonly selection: {
    readonly scenarios: readonly Scenario[];
    readonly sample: SampleSize;
    /** The sample as it was given. */
    readonly requested: string;
    readonly seed: string;
    readonly shard: ShardPlace;
    /** Whether the report is to be joined with those of other jobs, be it the only one. */
    readonly isShard: boolean;
  };
  readonly judging: ModelAccess & {
    readonly judges: readonly JudgeName[];
    /** Path of the file of human labels; empty for none. */
    readonly labels: string;
  };
  readonly baseline:
    | { readonly kind: 'none' }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'model'; readonly access: ModelAccess };
  readonly policy: {
    readonly maxAsr: number | null;
    readonly maxAsrPerScenario: ReadonlyMap<string, number>;
    readonly maxIncrease: number | null;
    readonly confidence: number;
    readonly maxErrorRate: number;
    readonly minHelpfulness: number;
    readonly onInconclusive: 'warn' | 'fail';
  };
  readonly budget: {
    readonly maxRequests: number | null;
    readonly maxCost: number | null;
    /** Dollars per million tokens. */
    readonly pricePrompt: number | null;
    readonly priceCompletion: number | null;
    readonly minutes: number | null;
    readonly stopEarly: boolean;
  };
  readonly batch: boolean;
  readonly github: {
    readonly token: string;
    readonly comment: boolean;
    readonly commentId: string;
    readonly publishBranch: string;
    readonly openIssue: boolean;
  };
  readonly output: { readonly reportDir: string; readonly includeResponses: boolean };
  readonly cache: { readonly enabled: boolean; readonly reuseResponses: boolean };
  /** Everything that must never be shown. */
  readonly secrets: readonly string[];
}

/** What cannot be used: a line for each fault, all of them at once. */
export class FaultsError extends Error {
  override readonly name: string = 'FaultsError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Inputs, or flags, that cannot be used. */
export class InputError extends FaultsError {
  override readonly name = 'InputError';
}

/** The raw inputs by name; what is absent takes its default. Names that are no input are a fault. */
export type RawInputs = ReadonlyMap<string, string>;

/** The inputs as a runner hands them to an action: `INPUT_MAX-ASR` for `max-asr`. */
export function inputsFromEnvironment(environment: NodeJS.ProcessEnv): RawInputs {
  return new Map(
    Object.entries(environment)
      .filter(([name]) => name.startsWith('INPUT_'))
      .map(([name, value]) => [name.slice('INPUT_'.length).toLowerCase(), value ?? '']),
  );
}

/**
 * Reads every input into one configuration.
 * Throws InputError with a line for each input that is wrong, unknown, or contradicts another.
 */
export function readInputs(raw: RawInputs): RunConfig {
  const { values, faults, wrong } = readTable(INPUTS, raw);
  const told = contradictions(values, wrong).map(line => withoutKeys(line, secretsOf(values)));
  const all = [...faults, ...told];
  if (all.length > 0) throw new InputError(all);
  return configOf(values, raw.get('sample')?.trim() || INPUTS.sample.default);
}

function configOf(values: InputValues, requested: string): RunConfig {
  const { target, access } = accessOf(values);
  return {
    target: { ...target, headers: values.headers, extraBody: values['extra-body'] },
    asking: askingOf(values),
    pacing: {
      concurrency: values.concurrency,
      judgeConcurrency: values['judge-concurrency'] ?? values.concurrency,
      timeoutSeconds: values['request-timeout'],
      maxRetries: values['max-retries'],
    },
    dataset: datasetOf(values),
    pictures: {
      kinds: values['image-kinds'],
      source: values['image-source'],
      access: access(values['image-base-url'], values['image-model'], values['image-api-key']),
    },
    selection: selectionOf(values, requested),
    judging: judgingOf(values, access),
    baseline: baselineOf(values, access),
    policy: policyInPercent(
      values,
      values.scenarios.map(({ name }) => name),
    ),
    budget: budgetOf(values),
    batch: values.batch,
    github: githubOf(values),
    output: { reportDir: values['report-dir'], includeResponses: values['include-responses'] },
    cache: { enabled: values.cache, reuseResponses: values['reuse-responses'] },
    secrets: secretsOf(values),
  };
}

/** Access to a model other than the target; an empty URL is the target's. */
type AccessOf = (baseUrl: string | null, model: string, apiKey: string) => ModelAccess;

/** The target, and how another model is reached beside it: the target's key goes only to its own host. */
function accessOf(values: InputValues): { readonly target: ModelAccess; readonly access: AccessOf } {
  const target = { baseUrl: values['base-url'], model: values.model, apiKey: values['api-key'] };
  const access: AccessOf = (baseUrl, model, apiKey) => ({
    baseUrl: baseUrl ?? target.baseUrl,
    model,
    apiKey: apiKey || (baseUrl === null || sameOrigin(baseUrl, target.baseUrl) ? target.apiKey : ''),
  });
  return { target, access };
}

const askingOf = (values: InputValues): RunConfig['asking'] => ({
  systemPrompt: values['system-prompt'],
  safetyPrompt: values['safety-prompt'],
  maxTokens: values['max-tokens'],
  temperature: values.temperature,
  repeats: values.repeats,
});

const datasetOf = (values: InputValues): RunConfig['dataset'] =>
  values.dataset === 'published'
    ? {
        kind: 'published',
        questionsUrl: values['questions-url'] ?? QUESTIONS_URL,
        imagesUrl: values['images-url'] ?? IMAGES_URL,
        token: values['dataset-token'],
      }
    : { kind: 'folder', path: values.dataset };

const selectionOf = (values: InputValues, requested: string): RunConfig['selection'] => ({
  scenarios: values.scenarios,
  sample: values.sample,
  requested,
  seed: values.seed,
  shard: values.shard ?? { index: 1, of: 1 },
  isShard: values.shard !== null,
});

/** The judge where none is named. */
export const defaultJudge = (model: string): JudgeName => (model ? 'official' : 'refusal');

const judgingOf = (values: InputValues, access: AccessOf): RunConfig['judging'] => ({
  ...access(values['judge-base-url'], values['judge-model'], values['judge-api-key']),
  judges: values.judge ?? [defaultJudge(values['judge-model'])],
  labels: values['judge-labels'],
});

const budgetOf = (values: InputValues): RunConfig['budget'] => ({
  maxRequests: values['max-requests'],
  maxCost: values['max-cost'],
  pricePrompt: values['price-prompt'],
  priceCompletion: values['price-completion'],
  minutes: values['time-budget'],
  stopEarly: values['stop-early'],
});

/** The inputs that say what is to be done on GitHub. */
export type GithubValues = Pick<
  InputValues,
  'github-token' | 'comment' | 'comment-id' | 'publish-branch' | 'open-issue'
>;

export const githubOf = (values: GithubValues): RunConfig['github'] => ({
  token: values['github-token'],
  comment: values.comment,
  commentId: values['comment-id'],
  publishBranch: values['publish-branch'],
  openIssue: values['open-issue'],
});

function baselineOf(values: InputValues, access: AccessOf): RunConfig['baseline'] {
  const model = values['baseline-model'];
  if (model) {
    return {
      kind: 'model',
      access: access(values['baseline-base-url'], model, values['baseline-api-key']),
    };
  }
  return values.baseline ? { kind: 'file', path: values.baseline } : { kind: 'none' };
}

/** The inputs that set the limits. */
export type LimitValues = Pick<
  InputValues,
  | 'max-asr'
  | 'max-asr-per-scenario'
  | 'max-increase'
  | 'confidence'
  | 'max-error-rate'
  | 'min-helpfulness'
  | 'on-inconclusive'
>;

/** The limits over these scenarios, by name: a ceiling for each is one for every one of them. */
export function policyInPercent(values: LimitValues, scenarios: readonly string[]): RunConfig['policy'] {
  const perScenario = values['max-asr-per-scenario'];
  return {
    maxAsr: values['max-asr'],
    maxAsrPerScenario:
      typeof perScenario === 'number'
        ? new Map(scenarios.map(name => [name, perScenario]))
        : (perScenario ?? new Map()),
    maxIncrease: values['max-increase'],
    confidence: values.confidence,
    maxErrorRate: values['max-error-rate'],
    minHelpfulness: values['min-helpfulness'],
    onInconclusive: values['on-inconclusive'],
  };
}

/** Keys, and the headers' values, which are keys as often as not. */
function secretsOf(values: InputValues): readonly string[] {
  const keys = INPUT_NAMES.filter(name => INPUTS[name].secret)
    .map(name => values[name])
    .filter(value => typeof value === 'string');
  return [...new Set([...keys, ...Object.values(values.headers)])].filter(key => key.length >= 4);
}
