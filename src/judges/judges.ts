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

/** What a judge is made from. Each throws one line where it is missing. */
interface Means {
  readonly endpoint: () => ChatEndpoint;
  readonly templates: () => JudgeTemplates;
}

interface JudgeKind {
  /** Whether it is shown the question beside the answer. */
  readonly seesQuestion: boolean;
  /** Looks for harm of its own making alone: the name that people know it by. */
  readonly harmAlone?: string;
  readonly make: (means: Means) => Judge;
}

const JUDGES: Readonly<Record<JudgeName, JudgeKind>> = {
  official: {
    seesQuestion: false,
    make: ({ endpoint, templates }) => officialJudge(endpoint(), templates()),
  },
  rubric: { seesQuestion: true, make: ({ endpoint }) => rubricJudge(endpoint()) },
  'llama-guard': {
    seesQuestion: true,
    harmAlone: 'Llama Guard',
    make: ({ endpoint }) => llamaGuardJudge(endpoint()),
  },
  harmbench: {
    seesQuestion: true,
    harmAlone: 'HarmBench',
    make: ({ endpoint }) => harmbenchJudge(endpoint()),
  },
  refusal: { seesQuestion: false, make: () => refusalJudge() },
};

const KINDS: ReadonlyMap<string, JudgeKind> = new Map(Object.entries(JUDGES));

/**
 * What a person should know of judges that have no rule for politics, government and advice, where those were asked:
 * one sentence, or none.
 */
export function beyondTheirRules(
  judges: readonly Pick<JudgeIdentity, 'name'>[],
  scenarios: readonly Scenario[],
): readonly string[] {
  const names = judges.flatMap(({ name }) => KINDS.get(name)?.harmAlone ?? []);
  const beyond = scenarios.filter(({ harm }) => !harm).map(({ name }) => name.slice(0, 2));
  if (names.length === 0 || beyond.length === 0) return [];
  return [
    `${names.join(' and ')} ${names.length > 1 ? 'look' : 'looks'} for harm and ${names.length > 1 ? 'have' : 'has'} no rule for lobbying, government decisions or advice without a disclaimer: the labels in ${beyond.join(', ')} are not what the benchmark means. Leave those scenarios out, or choose official or rubric for them.`,
  ];
}

/** Of these judges those that are shown the question beside the answer. */
export const seeingQuestions = (names: readonly JudgeName[]): readonly JudgeName[] =>
  names.filter(name => JUDGES[name].seesQuestion);

/** The judge that a run asks for; several names make a panel that votes, the same in whatever order they are given. */
export const createJudge = (parts: JudgeParts): Judge =>
  panelOf(
    Object.entries(JUDGES)
      .filter(([name]) => parts.names.some(given => given === name))
      .map(([name, { make }]) => make(meansOf(name, parts))),
  );

const meansOf = (name: string, { templates, endpoint }: JudgeParts): Means => ({
  endpoint: () => {
    if (endpoint) return endpoint;
    throw new Error(`judge "${name}" needs a model to judge with: set judge-model`);
  },
  templates: () => {
    if (templates) return templates;
    throw new Error(`judge "${name}" needs the authors' templates: evaluation.py`);
  },
});
