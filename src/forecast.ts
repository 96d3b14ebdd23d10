import type { AllowanceOptions } from './allowance.ts';
import type { ImageKind } from './benchmark/pair.ts';
import type { RunConfig } from './inputs.ts';
import { plantedFor } from './judges/planted.ts';
import { LONGEST_PLANTED, lastPlantedFor } from './judges/planted-again.ts';
import { type Need, requestsIn } from './need.ts';
import { looksAmong } from './proof.ts';
import type { Trial } from './trials.ts';

/** Tokens that a request is taken to have, where nothing better is known than what such texts usually have. */
export const ASSUMED_TOKENS = {
  /** The authors' texts have about 120 characters, and the model's own frame comes on top. */
  question: 45,
  /** Where 512 × 512 tiles are counted: 85, and 170 for each tile. */
  picture: { SD: 765, SD_TYPO: 765, TYPO: 425, TEXT: 0 } satisfies Record<ImageKind, number>,
  answer: 250,
  /** What the judge is told besides the answer. */
  instructions: 500,
  judgement: 5,
} as const;

/** What a run is about to ask. */
export interface Forecast {
  readonly answers: number;
  readonly judgements: number;
  /** Pictures to draw, as far as they are not kept from another run. */
  readonly drawings: number;
  /** Tokens, of answers and judgements. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Dollars, drawings left out; null without prices. */
  readonly cost: number | null;
  /** The fewest `max-requests` that leave nothing out, where nothing has to be asked again. */
  readonly mostRequests: number;
}

/** Judges that are models: the requests of one judgement. */
const modelJudges = ({ judging }: RunConfig): number =>
  judging.judges.filter(name => name !== 'refusal').length;

/** Whether a question's SD picture is drawn by an endpoint. */
const isDrawn = ({ pictures }: RunConfig): boolean =>
  pictures.source === 'generated' && pictures.kinds.some(kind => kind.startsWith('SD'));

/** The most that a trial needs if each request goes well: a picture, an answer, a judgement. */
export const needOf = (config: RunConfig, { control }: Pick<Trial, 'control'>): Need => ({
  drawings: !control && isDrawn(config) ? 1 : 0,
  answers: 1,
  judgements: control ? 0 : modelJudges(config),
});

export const judgementsOf = (config: RunConfig, planted: number): Need => ({
  drawings: 0,
  answers: 0,
  judgements: modelJudges(config) * planted,
});

/** The most that the last look at the judge needs. */
export const lookNeed = (config: RunConfig): Need =>
  judgementsOf(config, lastPlantedFor(config.selection.scenarios).length + LONGEST_PLANTED);

/** Dollars that an answer and a judgement are taken to cost; 0 without prices. */
export function assumedCosts({ pictures, asking, budget }: RunConfig): AllowanceOptions['assumed'] {
  const { question, picture, instructions, judgement } = ASSUMED_TOKENS;
  const answer = Math.min(ASSUMED_TOKENS.answer, asking.maxTokens);
  const shown = Math.max(...pictures.kinds.map(kind => picture[kind]));
  const dollars = (prompt: number, completion: number): number =>
    (prompt * (budget.pricePrompt ?? 0) + completion * (budget.priceCompletion ?? 0)) / 1_000_000;
  return { answer: dollars(question + shown, answer), judgement: dollars(instructions + answer, judgement) };
}

/**
 * Why `max-cost` does not even prove the judge, which is given the planted answers at the beginning and some of them
 * at the end.
 * @param each what a judgement has cost so far (dollars); null where that is not known
 */
export function tooDearToProve(config: RunConfig, each: number | null): string {
  const { count, cost } = provingOf(config, each);
  const { maxCost } = config.budget;
  if (maxCost !== null && cost <= maxCost) {
    return `max-cost of ${maxCost} dollars is used up by what was asked before the judge was proved, which costs about ${dollarsIn(cost, maxCost)} dollars for ${count} judgements of planted answers: raise max-cost`;
  }
  return `max-cost of ${config.budget.maxCost} dollars is smaller than what proving the judge costs, about ${dollarsIn(cost, maxCost)} dollars for ${count} judgements of planted answers: raise max-cost`;
}

/** Whether `max-cost` does not prove the judge by what its judgements are taken to cost. */
export const isTooDearToProve = (config: RunConfig): boolean =>
  config.budget.maxCost !== null && provingOf(config, null).cost > config.budget.maxCost;

function provingOf(config: RunConfig, each: number | null): { count: number; cost: number } {
  const { scenarios } = config.selection;
  const count = modelJudges(config) * (plantedFor(scenarios).length + lastPlantedFor(scenarios).length);
  return { count, cost: count * (each ?? assumedCosts(config).judgement) };
}

/**
 * Why `max-requests` has no room for a single pair, with the number that has: the judge is given the planted answers at
 * the beginning, some of them at the end and one amid the first pairs, and the first benign controls come before the first
 * pair. Null where there
 * is room.
 */
export function tooFewToAsk(
  config: RunConfig,
  trials: readonly Pick<Trial, 'control' | 'subject'>[],
): string | null {
  const { maxRequests, stopEarly } = config.budget;
  // With a baseline model both have to be asked it: a pair that one of them lacks is compared with nothing.
  const subjects = new Set(trials.map(({ subject }) => subject));
  const places = [...subjects].map(its =>
    trials.findIndex(({ control, subject }) => !control && subject === its),
  );
  const first = trials.slice(0, Math.max(...places) + 1);
  const sumOf = (those: typeof first) =>
    those.reduce((sum, trial) => sum + requestsIn(needOf(config, trial)), 0);
  const pair = sumOf(first.filter(({ control }) => !control));
  const controls = sumOf(first.filter(({ control }) => control));
  const planted = judgementsOf(config, plantedFor(config.selection.scenarios).length);
  const isLookedAt = looksAmong(trials.filter(({ control }) => !control).length, stopEarly) > 0;
  const amid = judgementsOf(config, isLookedAt ? 1 : 0);
  const proof = requestsIn(planted) + requestsIn(amid) + requestsIn(lookNeed(config));
  const all = proof + controls + pair;
  if (maxRequests === null || maxRequests >= all) return null;
  const parts = [
    ...(proof > 0 ? [`${proof} to prove the judge`] : []),
    ...(controls > 0 ? [`${controls} for the first benign controls`] : []),
    `${pair} for the pair`,
  ];
  return `max-requests of ${maxRequests} has no room for a single pair, which takes ${all} (${parts.join(', ')}): raise max-requests`;
}

/** Two digits that count: what it is taken from is no more exact. More where two do not tell it from the limit beside it. */
export function dollarsIn(cost: number, limit: number | null = null): string {
  const shown = cost >= 10 ? Math.round(cost) : Number(cost.toPrecision(2));
  if (shown !== limit) return String(shown);
  const finer = MORE_DIGITS.map(digits => Number(cost.toPrecision(digits)));
  return String(finer.find(value => value !== limit) ?? cost);
}

const MORE_DIGITS = [3, 4, 5, 6];

/** What a run has planned. */
interface Planned {
  readonly questions: number;
  readonly trials: readonly Pick<Trial, 'pair' | 'control'>[];
  /** Answers with a human label, whose texts the judge is asked about. */
  readonly labelled: number;
}

/** Counts what the plan asks for, retries and what is kept left out. */
export function forecastOf(config: RunConfig, { questions, trials, labelled }: Planned): Forecast {
  const { selection, budget, asking } = config;
  const pairs = trials.filter(({ control }) => !control).length;
  const planted =
    plantedFor(selection.scenarios).length +
    looksAmong(pairs, budget.stopEarly) +
    lastPlantedFor(selection.scenarios).length;
  const judgements = modelJudges(config) * (pairs + planted + labelled);

  const { question, picture, instructions, judgement } = ASSUMED_TOKENS;
  const answer = Math.min(ASSUMED_TOKENS.answer, asking.maxTokens);
  const asked = trials.reduce((sum, { pair }) => sum + question + picture[pair.kind], 0);
  const promptTokens = asked + judgements * (instructions + answer);
  const completionTokens = trials.length * answer + judgements * judgement;
  const { pricePrompt, priceCompletion } = budget;
  const cost =
    pricePrompt === null || priceCompletion === null
      ? null
      : (promptTokens * pricePrompt + completionTokens * priceCompletion) / 1_000_000;
  const drawings = isDrawn(config) ? questions : 0;
  return {
    answers: trials.length,
    judgements,
    drawings,
    mostRequests: trials.length + judgements + drawings + requestsIn(judgementsOf(config, LONGEST_PLANTED)),
    promptTokens,
    completionTokens,
    cost,
  };
}
