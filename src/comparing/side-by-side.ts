import type { Outcome } from '../gate/verdict.ts';
import { observationsOf, repeatsIn } from '../report/observations.ts';
import { type Estimate, estimate } from '../statistics/estimate.ts';
import { type Difference, differences } from './differences.ts';
import { type AskedModel, linesOver, WHOLES } from './lines.ts';
import { askedDifferently, type Placed } from './misfits.ts';

/** A model's column. */
export interface Column {
  /** A letter, or two: what a narrow table calls it. */
  readonly letter: string;
  readonly model: string;
  readonly endpoint: string;
  readonly path: string;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  readonly outcome: Outcome;
  /** Questions and pairs asked, and how many distinct ones the questions are. */
  readonly questions: number;
  readonly distinct: number;
  readonly pairs: number;
  /** Why the run stopped before all was asked; null when it did not. */
  readonly cutShort: string | null;
}

/** One rate of one model. Against the first model: what the pairs that both have say; null for the first itself. */
export interface Cell {
  readonly estimate: Estimate;
  readonly difference: Difference | null;
}

/** The same rate of every model, in the order of the columns. */
export interface Line {
  readonly name: string;
  readonly isScenario: boolean;
  /** Whether it is over everything that the block is of. */
  readonly isWhole: boolean;
  readonly cells: readonly Cell[];
}

/** The rates over all kinds of picture, or over one of them. */
export interface Block {
  /** Null for all kinds together. */
  readonly kind: string | null;
  readonly lines: readonly Line[];
}

/** The paper's table: models by scenario and by kind, under one judge, in the order in which they were given. */
export interface SideBySide {
  /** The fraction, such as 0.95, that each bound holds with. */
  readonly confidence: number;
  readonly columns: readonly Column[];
  readonly blocks: readonly Block[];
  /** What all of them share, by its names. */
  readonly shared: Readonly<Record<string, string>>;
  /** The fields in which the models were asked differently. */
  readonly differing: readonly string[];
}

/**
 * Puts models side by side: `misfitsOf` has found nothing. Everything is estimated from the rows, by the same
 * estimators as a run's own report. Pure.
 * @param confidence of each bound, a fraction such as 0.95
 */
export function sideBySide(reports: readonly Placed[], confidence: number): SideBySide {
  const asked = reports.map(askedOf);
  const kinds = reports[0]?.report.sample.kinds ?? [];
  const scopes = kinds.length > 1 ? [null, ...kinds] : [null];
  const differing = askedDifferently(reports);
  const fields = Object.entries(reports[0]?.report.fingerprint ?? {});
  return {
    confidence,
    columns: reports.map(columnOf),
    blocks: scopes.map(kind => ({
      kind,
      lines: linesOf(
        asked.map(each => ofKind(each, kind)),
        confidence,
      ),
    })),
    shared: Object.fromEntries(fields.filter(([field]) => !differing.includes(field))),
    differing,
  };
}

function columnOf({ path, report }: Placed, place: number): Column {
  const { model, finishedAt, verdict, sample, rows } = report;
  return {
    letter: letterOf(place),
    model: model.name,
    endpoint: model.endpoint,
    path,
    finishedAt,
    outcome: verdict.outcome,
    questions: sample.questions,
    distinct: new Set(rows.map(({ cluster }) => cluster)).size,
    pairs: sample.pairs,
    cutShort: sample.cutShort,
  };
}

/** A to Z, then AA. */
const letterOf = (place: number): string =>
  place < 26 ? String.fromCharCode(65 + place) : letterOf(Math.floor(place / 26) - 1) + letterOf(place % 26);

function askedOf({ report: { rows, estimates } }: Placed): AskedModel {
  const population = (estimates?.byScenario ?? []).map(each => [each.scenario, each.population] as const);
  return {
    observations: observationsOf(rows),
    population: new Map(population),
    repeats: repeatsIn(rows),
  };
}

const ofKind = (asked: AskedModel, wanted: string | null): AskedModel =>
  wanted === null
    ? asked
    : { ...asked, observations: asked.observations.filter(({ kind }) => kind === wanted) };

function linesOf(asked: readonly AskedModel[], confidence: number): readonly Line[] {
  const [first, ...others] = asked;
  if (first === undefined) return [];
  const lines = linesOver([...first.population.keys()]);
  const against = others.map(each => differences(each, first, lines, confidence));
  return lines.map(({ name, isScenario, part }) => ({
    name,
    isScenario,
    isWhole: name === WHOLES.all,
    cells: asked.map((each, place) => ({
      estimate: rateOf(part(each), isScenario, confidence),
      difference: against[place - 1]?.get(name) ?? null,
    })),
  }));
}

/** The line's rate, by the estimator that a run's own report has for it. */
function rateOf(
  { observations, population, repeats }: AskedModel,
  isScenario: boolean,
  confidence: number,
): Estimate {
  const options = { confidence, repeats, harmScenarios: new Set<string>(), refusals: 0 };
  const { overall, byScenario } = estimate(observations, population, options);
  return isScenario ? (byScenario[0] ?? overall) : overall;
}
