import type { Question } from '../benchmark/question.ts';
import type { Scenario } from '../benchmark/scenarios.ts';
import { sha256Of } from '../common/hash.ts';
import { type Dataset, DatasetError } from './dataset.ts';

/** How much of the benchmark is asked: the authors' list, all, a number of questions, or a share of them. */
export type SampleSize =
  | { readonly kind: 'tiny' }
  | { readonly kind: 'full' }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

export interface ShardPlace {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

export interface Selection {
  /** In the frozen order: any beginning of it is spread evenly over the scenarios. */
  readonly questions: readonly Question[];
  /** For each chosen scenario, its questions in the whole data set. */
  readonly population: ReadonlyMap<string, number>;
}

/**
 * Chooses the questions of a run. The same data, scenarios and seed give the same order everywhere, and a larger
 * sample contains the smaller. Throws DatasetError when more questions are asked for than there are.
 */
export function selectQuestions(
  dataset: Pick<Dataset, 'questions' | 'tiny'>,
  size: SampleSize,
  scenarios: readonly Scenario[],
  seed: string,
  shard: ShardPlace,
): Selection {
  const chosen = new Set(scenarios.map(({ name }) => name));
  const frame = dataset.questions.filter(({ scenario }) => chosen.has(scenario.name));
  const sample =
    size.kind === 'tiny'
      ? frozenOrder(
          frame.filter(({ key }) => dataset.tiny.has(key)),
          seed,
        )
      : frozenOrder(frame, seed).slice(0, countOf(size, frame.length));
  return {
    questions: sample.filter((_, position) => position % shard.of === shard.index - 1),
    population: populationOf(frame),
  };
}

function countOf(size: Exclude<SampleSize, { kind: 'tiny' }>, available: number): number {
  if (size.kind === 'full') return available;
  if (size.kind === 'percent') return Math.max(1, Math.round((available * size.percent) / 100));
  if (size.count > available) {
    throw new DatasetError(
      `sample "${size.count}" is more than the ${available} questions of the chosen scenarios: use "full" or a smaller number`,
    );
  }
  return size.count;
}

function populationOf(questions: readonly Question[]): ReadonlyMap<string, number> {
  const byScenario = Map.groupBy(questions, ({ scenario }) => scenario.name);
  return new Map([...byScenario].map(([name, own]) => [name, own.length]));
}

/**
 * One fixed order of all questions. Within a scenario they lie in the order of SHA-256(seed, key), which is random
 * and the same on every platform. Across scenarios each place goes to the scenario that is furthest behind its
 * exact share: largest remainder, one question at a time. Largest remainder anew for each size is not nested (it
 * takes a question back at 45 of the 1,680 sizes, the Alabama paradox); this order is, gives each scenario its
 * share to within one question at every size, and the authors' own counts at 168.
 */
function frozenOrder(questions: readonly Question[], seed: string): Question[] {
  const queues = new Map<string, Question[]>();
  for (const question of shuffled(questions, seed)) {
    const queue = queues.get(question.scenario.name) ?? [];
    queue.push(question);
    queues.set(question.scenario.name, queue);
  }
  const strata = [...queues.values()].map(queue => ({ queue, taken: 0 }));
  const total = questions.length;
  return questions.map((_, position) => {
    // Whole numbers, so that no platform rounds differently: (share owed − taken) × total.
    const behind = ({ queue, taken }: (typeof strata)[number]) =>
      (position + 1) * queue.length - taken * total;
    const next = strata.reduce((best, each) => (behind(each) > behind(best) ? each : best));
    return next.queue[next.taken++] as Question;
  });
}

function shuffled(questions: readonly Question[], seed: string): Question[] {
  const rank = (question: Question) => sha256Of(`${seed}\n${question.key}`);
  return questions
    .map(question => ({ question, rank: rank(question) }))
    .sort((a, b) => a.question.scenario.number - b.question.scenario.number || (a.rank < b.rank ? -1 : 1))
    .map(({ question }) => question);
}
