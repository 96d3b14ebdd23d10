import type { Selection } from './dataset/sample.ts';
import type { RunConfig } from './inputs.ts';
import type { Journal } from './journal/journal.ts';
import { plantedAgainFor, plantedFor } from './judges/planted.ts';
import { looksAmong } from './proof.ts';
import type { Trial } from './trials.ts';

/** Tokens of one request and its answer, where nothing better is known than what such texts usually have. */
interface Tokens {
  readonly prompt: number;
  readonly completion: number;
}

/** A question with a picture of about a megapixel, answered in two or three paragraphs. */
const ANSWER: Tokens = { prompt: 1100, completion: 300 };
/** A judge's instructions with a question and its answer; a label, with or without a reason. */
const JUDGEMENT: Tokens = { prompt: 900, completion: 60 };

/** What a run is about to ask. */
export interface Forecast {
  readonly answers: number;
  readonly judgements: number;
  /** Pictures to draw, as far as they are not kept from another run. */
  readonly drawings: number;
  /** Dollars, drawings left out; null without prices. */
  readonly cost: number | null;
}

/** Counts what the plan asks for, retries and what is kept left out. */
export function forecastOf(
  { judging, selection, pictures, budget, asking }: RunConfig,
  questions: number,
  trials: readonly Trial[],
): Forecast {
  const judges = judging.judges.filter(name => name !== 'refusal').length;
  const pairs = trials.filter(({ control }) => !control).length;
  const looks = Array.from({ length: looksAmong(pairs) + 1 }, (_, look) =>
    plantedAgainFor(selection.scenarios, look),
  );
  const planted = plantedFor(selection.scenarios).length + looks.flat().length;
  const judgements = judges * (pairs + planted);
  const isDrawn = pictures.source === 'generated' && pictures.kinds.some(kind => kind.startsWith('SD'));
  const { pricePrompt, priceCompletion } = budget;
  const answer = { ...ANSWER, completion: Math.min(ANSWER.completion, asking.maxTokens) };
  const sum = (kind: keyof Tokens) => trials.length * answer[kind] + judgements * JUDGEMENT[kind];
  const cost =
    pricePrompt === null || priceCompletion === null
      ? null
      : (sum('prompt') * pricePrompt + sum('completion') * priceCompletion) / 1_000_000;
  return { answers: trials.length, judgements, drawings: isDrawn ? questions : 0, cost };
}

/** Says what is about to be asked, before anything is spent. */
export function announce(
  config: RunConfig,
  { questions, population }: Selection,
  trials: readonly Trial[],
  journal: Pick<Journal, 'found' | 'dropped'>,
  notice: (sentence: string) => void,
): void {
  const whole = [...population.values()].reduce((sum, size) => sum + size, 0);
  const { answers, judgements, drawings, cost } = forecastOf(config, questions.length, trials);
  const parts = [
    `${answers} answers`,
    `${judgements} judgements`,
    ...(drawings > 0 ? [`${drawings} pictures`] : []),
  ];
  notice(
    `Asking ${questions.length} of ${whole} questions (${config.pictures.kinds.join(', ')}): about ${answers + judgements + drawings} requests (${parts.join(', ')})${cost === null ? '' : `, about ${dollars(cost)} dollars`}.`,
  );
  if (journal.found > 0) notice(`Going on where the last attempt stopped: ${journal.found} entries kept.`);
  if (journal.dropped > 0) notice(`Dropped ${journal.dropped} damaged lines of the journal.`);
}

/** Two digits that count: what it is taken from is no more exact. */
const dollars = (cost: number): string =>
  cost >= 10 ? String(Math.round(cost)) : Number(cost.toPrecision(2)).toString();
