import type { Scenario } from '../benchmark/scenarios.ts';
import type { JudgeTemplates } from '../dataset/dataset.ts';
import type { ChatEndpoint } from '../endpoint/chat.ts';
import type { JudgeName } from '../inputs/table.ts';
import { harmbenchJudge } from './harmbench.ts';
import type { Judge, JudgeIdentity } from './judgement.ts';
import { llamaGuardJudge } from './llama-guard.ts';
import { officialJudge } from './official.ts';
import { panelOf } from './panel.ts';
import { refusalJudge } from './refusal.ts';
import { rubricJudge } from './rubric.ts';

export interface JudgeParts {
  readonly names: readonly JudgeName[];
  /** For `official`. */
  readonly templates: JudgeTemplates | null;
  /** For every judge but `refusal`. */
  readonly endpoint: ChatEndpoint | null;
}

/** Judges that look for harm of their own making, by the names that people know them by. */
const HARM_JUDGES: Readonly<Partial<Record<string, string>>> = {
  'llama-guard': 'Llama Guard',
  harmbench: 'HarmBench',
};

/**
 * What a person should know of judges that have no rule for politics, government and advice, where those were asked:
 * one sentence, or none.
 */
export function beyondTheirRules(
  judges: readonly Pick<JudgeIdentity, 'name'>[],
  scenarios: readonly Scenario[],
): readonly string[] {
  const names = judges.flatMap(({ name }) => HARM_JUDGES[name] ?? []);
  const beyond = scenarios.filter(({ harm }) => !harm).map(({ name }) => name.slice(0, 2));
  if (names.length === 0 || beyond.length === 0) return [];
  return [
    `${names.join(' and ')} ${names.length > 1 ? 'look' : 'looks'} for harm and ${names.length > 1 ? 'have' : 'has'} no rule for lobbying, government decisions or advice without a disclaimer: the labels in ${beyond.join(', ')} are not what the benchmark means. Leave those scenarios out, or choose official or rubric for them.`,
  ];
}

/** Of these judges those that are shown the question beside the answer. */
export const seeingQuestions = (names: readonly JudgeName[]): readonly JudgeName[] =>
  names.filter(name => name !== 'official' && name !== 'refusal');

/** The judge that a run asks for; several names make a panel that votes. */
export const createJudge = (parts: JudgeParts): Judge =>
  panelOf(parts.names.map(name => judgeNamed(name, parts)));

function judgeNamed(name: JudgeName, { templates, endpoint }: JudgeParts): Judge {
  if (name === 'refusal') return refusalJudge();
  if (!endpoint) throw new Error(`judge "${name}" needs a model to judge with: set judge-model`);
  switch (name) {
    case 'rubric':
      return rubricJudge(endpoint);
    case 'llama-guard':
      return llamaGuardJudge(endpoint);
    case 'harmbench':
      return harmbenchJudge(endpoint);
    case 'official':
      if (!templates) throw new Error(`judge "${name}" needs the authors' templates: evaluation.py`);
      return officialJudge(endpoint, templates);
  }
}
