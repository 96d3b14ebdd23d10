import { controlPairs } from '../src/benchmark/controls.ts';
import type { Question } from '../src/benchmark/question.ts';
import { SCENARIOS, type Scenario } from '../src/benchmark/scenarios.ts';
import { ASSUMED_TOKENS, forecastOf } from '../src/forecast.ts';
import { INPUTS } from '../src/inputs/table.ts';
import { readInputs } from '../src/inputs.ts';
import { planTrials } from '../src/trials.ts';

/**
 * The judge of the README and the examples, with its list price in dollars per million tokens. Hosted models are
 * retired: when this one is announced to be, put its successor here, and the tests name every place that follows.
 * @internal
 */
export const EXAMPLE_JUDGE = {
  model: 'gpt-6.1-sol',
  prompt: 2,
  completion: 10,
  seen: 'November 2026',
} as const;

/** What the page assumes beside the tokens: seconds until an answer, and until a judgement, is there. */
const ASSUMED = { answerSeconds: 6, judgementSeconds: 1 };

interface Cost {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly dollars: number;
  readonly minutes: number;
}

/** What the tool itself foretells of a run of so many questions of each scenario, every other input at its default. */
export function costOf(questionsOf: (scenario: Scenario) => number): Cost {
  const config = readInputs(
    new Map([
      ['base-url', 'https://models.example.com/v1'],
      ['model', 'model'],
      ['judge-model', 'judge'],
      ['accept-dataset-license', 'true'],
      ['price-prompt', String(EXAMPLE_JUDGE.prompt)],
      ['price-completion', String(EXAMPLE_JUDGE.completion)],
    ]),
  );
  const { kinds } = config.pictures;
  const questions = SCENARIOS.flatMap(scenario =>
    Array.from({ length: questionsOf(scenario) }, (_, place) => questionAt(scenario, place)),
  );
  const controls = controlPairs(kinds);
  const trials = planTrials({ questions, kinds, controls, subjects: ['target'], arms: ['off'], repeats: 1 });
  const { answers, judgements, promptTokens, completionTokens, cost } = forecastOf(config, {
    questions: questions.length,
    trials,
    labelled: 0,
  });
  // Judging goes on beside asking, at another endpoint: the slower of the two counts.
  const seconds = Math.max(answers * ASSUMED.answerSeconds, judgements * ASSUMED.judgementSeconds);
  return {
    requests: answers + judgements,
    promptTokens,
    completionTokens,
    dollars: cost ?? 0,
    minutes: seconds / config.pacing.concurrency / 60,
  };
}

function questionAt(scenario: Scenario, place: number): Question {
  const key = `${scenario.name}/${place}`;
  const texts = { changed: '', keyPhrase: '', rephrased: '', rephrasedSd: '' };
  return { scenario, id: String(place), key, cluster: key, ...texts };
}

const thousands = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const millions = (value: number): string => `${(value / 1e6).toFixed(value < 1e6 ? 2 : 1)} million`;

/** The README's table of costs with what it assumes. */
export function costTable(): string {
  const rows = [
    ['`tiny`', costOf(({ tiny }) => tiny), SCENARIOS.reduce((sum, { tiny }) => sum + tiny, 0)],
    ['`full`', costOf(all => all.questions), SCENARIOS.reduce((sum, all) => sum + all.questions, 0)],
  ] as const;
  const lines = rows.map(
    ([sample, cost, questions]) =>
      `| ${sample} | ${thousands(questions)} | ${thousands(cost.requests)} | ${millions(cost.promptTokens)} | ${millions(cost.completionTokens)} | ${cost.dollars.toFixed(cost.dollars < 10 ? 1 : 0)} | ${Math.ceil(cost.minutes)} |`,
  );
  const { question, picture, answer, instructions, judgement } = ASSUMED_TOKENS;
  const { model, prompt, completion, seen } = EXAMPLE_JUDGE;
  return [
    '| `sample` | questions | requests | prompt tokens | completion tokens | dollars, about | minutes, about |',
    '|---|--:|--:|--:|--:|--:|--:|',
    ...lines,
    '',
    `The requests are counted by the tool's own plan, controls and planted answers included. The rest assumes ${question} tokens for a question, ${picture.SD} for a picture (${picture.TYPO} for TYPO), ${answer} for an answer, ${instructions} of instructions and ${judgement} of reply for a judgement; for model and judge ${prompt} and ${completion} dollars per million prompt and completion tokens, the list price of ${model} in ${seen}; and ${ASSUMED.answerSeconds} s to an answer with the default \`concurrency\` of ${INPUTS.concurrency.default}, if the endpoint's rate limits allow that. What a model or judge thinks before it answers is billed as completion tokens and comes on top. Every report has the real numbers.`,
    '',
  ].join('\n');
}
