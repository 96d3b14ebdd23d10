import { ownPair, type Pair } from '../benchmark/pair.ts';
import { SCENARIOS, type Scenario } from '../benchmark/scenarios.ts';
import type { Label } from '../statistics/observation.ts';
import type { Judge } from './judgement.ts';
import type { HumanLabel } from './labels.ts';
import type { LabelledAnswer } from './measure.ts';

/** Labels set beside a judge's. */
export interface Checked {
  readonly outcomes: readonly LabelledAnswer[];
  /** Human labels that nothing of the judge's stands beside. */
  readonly unmatched: number;
}

/**
 * Asks the judge about each labelled answer whose text the file has. Without a scenario an answer is judged by the
 * general template. Rejects only with the judge's FatalEndpointError.
 */
export async function judgeLabelled(judge: Judge, labels: readonly HumanLabel[]): Promise<Checked> {
  const outcomes = await Promise.all(
    labels.flatMap(label => {
      const { answer } = label;
      if (answer === null) return [];
      return [judge.judge(pairFor(label), answer).then(said => ({ human: label.label, judge: said.label }))];
    }),
  );
  return { outcomes, unmatched: labels.length - outcomes.length };
}

const GENERAL = SCENARIOS[0] as Scenario;

const pairFor = ({ scenario, question }: HumanLabel): Pair =>
  ownPair(scenario ?? GENERAL, 'labelled/answer', question ?? 'The question is not known.');

/** One answer that a run judged. */
export interface JudgedAnswer {
  /** Scenario's name. */
  readonly scenario: string;
  readonly sha256: string;
  readonly label: Label;
}

/**
 * What this run's judge made of each labelled answer, found by its hash: the same text is the same answer, as it was
 * judged first. Null for an answer that nobody gave, and for a label that names a pair alone, which is another run's.
 */
export function judgedAs(
  labels: readonly HumanLabel[],
  answers: readonly JudgedAnswer[],
): readonly (Label | null)[] {
  const inScenario = firstOf(answers.map(each => [`${each.scenario} ${each.sha256}`, each.label]));
  const anywhere = firstOf(answers.map(each => [each.sha256, each.label]));
  return labels.map(({ sha256, scenario }) => {
    if (sha256 === null) return null;
    return (scenario ? inScenario.get(`${scenario.name} ${sha256}`) : anywhere.get(sha256)) ?? null;
  });
}

/** Sets the labels beside an earlier report's rows, by pair. Where a pair was asked several times, the first counts. */
export function matchRows(
  labels: readonly HumanLabel[],
  rows: readonly { readonly pair: string; readonly label: Label }[],
): Checked {
  const judged = firstOf(rows.map(({ pair, label }) => [pair, label]));
  const outcomes = labels.flatMap(({ label, pair }) => {
    const judge = pair === null ? undefined : judged.get(pair);
    return judge === undefined ? [] : [{ human: label, judge }];
  });
  return { outcomes, unmatched: labels.length - outcomes.length };
}

/** Of several entries with one key the first. */
const firstOf = (entries: readonly (readonly [string, Label])[]): ReadonlyMap<string, Label> =>
  new Map(entries.toReversed());
