import { controlPairs } from '../src/benchmark/controls.ts';
import type { ImageKind } from '../src/benchmark/pair.ts';
import type { Question } from '../src/benchmark/question.ts';
import { SCENARIOS, type Scenario } from '../src/benchmark/scenarios.ts';
import { INPUTS } from '../src/inputs/table.ts';
import { plantedAgainFor, plantedFor } from '../src/judges/planted.ts';
import { looksAmong } from '../src/proof.ts';
import { planTrials } from '../src/trials.ts';

/** What a request is taken to have. The page says all of it: whoever has other figures can work out their own. */
const ASSUMED = {
  /** Tokens: the authors' texts have about 120 characters, and the model's own frame comes on top. */
  question: 45,
  /** Tokens of a picture where 512 × 512 tiles are counted: 85, and 170 for each tile. */
  picture: { SD: 765, SD_TYPO: 765, TYPO: 425, TEXT: 0 } satisfies Record<ImageKind, number>,
  answer: 250,
  /** Tokens of what the judge is told besides the answer. */
  instructions: 500,
  judgement: 5,
  /** Seconds until an answer, and until a judgement, is there. */
  answerSeconds: 6,
  judgementSeconds: 1,
  /** Dollars per million tokens: the list price of gpt-4.1, of model and judge alike. */
  prompt: 2,
  completion: 8,
};

interface Cost {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly dollars: number;
  readonly minutes: number;
}

/** What a run of so many questions of each scenario comes to with every other input at its default. */
export function costOf(questionsOf: (scenario: Scenario) => number): Cost {
  const kinds = INPUTS['image-kinds'].read.parse(INPUTS['image-kinds'].default);
  const questions = SCENARIOS.flatMap(scenario =>
    Array.from({ length: questionsOf(scenario) }, (_, place) => questionAt(scenario, place)),
  );
  const controls = controlPairs(kinds);
  const trials = planTrials({ questions, kinds, controls, subjects: ['target'], arms: ['off'], repeats: 1 });
  const pairs = trials.filter(({ control }) => !control).length;
  const looks = Array.from(
    { length: looksAmong(pairs) + 1 },
    (_, look) => plantedAgainFor(SCENARIOS, look).length,
  );
  const planted = [plantedFor(SCENARIOS).length, ...looks].reduce((sum, each) => sum + each);
  const judged = pairs + planted;
  const asked = trials.reduce((sum, { pair }) => sum + ASSUMED.question + ASSUMED.picture[pair.kind], 0);
  const promptTokens = asked + judged * (ASSUMED.instructions + ASSUMED.answer);
  const completionTokens = trials.length * ASSUMED.answer + judged * ASSUMED.judgement;
  const atOnce = Number(INPUTS.concurrency.default);
  return {
    requests: trials.length + judged,
    promptTokens,
    completionTokens,
    dollars: (promptTokens * ASSUMED.prompt + completionTokens * ASSUMED.completion) / 1e6,
    // Judging goes on beside asking, at another endpoint: the slower of the two counts.
    minutes: Math.max(trials.length * ASSUMED.answerSeconds, judged * ASSUMED.judgementSeconds) / atOnce / 60,
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
  const { question, picture, answer, instructions, judgement, answerSeconds, prompt, completion } = ASSUMED;
  return [
    '| `sample` | questions | requests | prompt tokens | completion tokens | dollars, about | minutes, about |',
    '|---|--:|--:|--:|--:|--:|--:|',
    ...lines,
    '',
    `The requests are counted by the tool's own plan, controls and planted answers included. The rest assumes ${question} tokens for a question, ${picture.SD} for a picture (${picture.TYPO} for TYPO), ${answer} for an answer, ${instructions} of instructions and ${judgement} of reply for a judgement, ${prompt} and ${completion} dollars per million prompt and completion tokens (the list price of gpt-4.1) for model and judge, and ${answerSeconds} s to an answer with the default \`concurrency\` of ${INPUTS.concurrency.default}. Every report has the real numbers.`,
    '',
  ].join('\n');
}
