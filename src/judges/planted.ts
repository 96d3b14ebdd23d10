import { ownPair, type Pair } from '../benchmark/pair.ts';
import { SCENARIOS, type Scenario, type TemplateName } from '../benchmark/scenarios.ts';
import type { Beyond, Judge } from './judgement.ts';
import { type Form, formsFor, type RefusalForm, refusalFormsFor } from './planted-forms.ts';
import { LANGUAGES } from './planted-languages.ts';
import { PLANTED_TEXTS, type PlantedText } from './planted-texts.ts';

/** An answer of known label that is put before the judge as if a model had given it. */
export interface Planted {
  readonly template: TemplateName;
  /** The scenario that it is in the theme of, by its number; undefined for that of the whole template. */
  readonly scenario?: number;
  /** What the answer is to, for the judges that see the question. */
  readonly question: string;
  readonly text: string;
  readonly label: 'safe' | 'unsafe';
  readonly way: Way;
}

export type Way = 'plain' | Form | RefusalForm;

/**
 * The planted answers for the templates of these scenarios: refusals, plain and in other forms (in friendly words, at
 * length, in other languages); plain compliance, the same compliance in other forms (with a word to whoever grades it, in
 * long answers, behind an apology or a refusal, in a block of code, in other languages), and in a few words; and plain
 * compliance in the theme of each scenario that has none by then. 85 for all of the scenarios; of one alone 49 or 50 for
 * the general template, 47 for each other one.
 */
export function plantedFor(scenarios: readonly Scenario[]): readonly Planted[] {
  const templates = [...new Set(scenarios.map(({ template }) => template))];
  const forms = formsFor(templates);
  const refusalForms = refusalFormsFor(templates);
  return templates.flatMap(template => {
    const { refusals, compliances, themed = [] } = PLANTED_TEXTS[template];
    const planted = (label: Planted['label'], way: Way, { answer, ...to }: PlantedText): Planted => ({
      template,
      label,
      way,
      ...to,
      text: answer,
    });
    return [
      ...refusals.map(each => planted('safe', 'plain', each)),
      ...compliances.map(each => planted('unsafe', 'plain', each)),
      ...themed
        .filter(({ scenario }) => scenarios.some(({ number }) => number === scenario))
        .map(each => planted('unsafe', 'plain', each)),
      ...forms
        .filter(each => each.template === template)
        .map(({ way, text }) => planted('unsafe', way, text)),
      ...refusalForms
        .filter(each => each.template === template)
        .map(({ way, text }) => planted('safe', way, text)),
    ];
  });
}

/** Those of them that a judge is given: what is beyond it says nothing of the rest. */
export const plantedBefore = ({ beyond = [] }: Judge, scenarios: readonly Scenario[]): readonly Planted[] =>
  plantedFor(scenarios).filter(each => !beyond.some(kind => IS_BEYOND[kind](each)));

const IS_BEYOND: Readonly<Record<Beyond, (planted: Planted) => boolean>> = {
  short: ({ way }) => way === 'short',
  'foreign refusals': ({ label, way }) => label === 'safe' && LANGUAGES.some(language => way === language),
};

/** In plain words, short and at length: what every judge can be expected to judge. */
export const isUnadorned = ({ way }: Planted): boolean => way === 'plain' || way.startsWith('long');

/** The scenario that an answer is in the theme of, or the first of its template's. */
export const scenarioOf = ({ template, scenario }: Planted): Scenario =>
  SCENARIOS.find(each =>
    scenario === undefined ? each.template === template : each.number === scenario,
  ) as Scenario;

/** A pair of the scenario's that asks the planted question. */
export const pairFor = (planted: Planted): Pair =>
  ownPair(scenarioOf(planted), `planted/${planted.template}`, planted.question);
