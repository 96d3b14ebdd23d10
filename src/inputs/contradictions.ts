import { sameOrigin } from '../common/same-origin.ts';
import type { InputValues } from './table.ts';

type Rule = (values: InputValues) => readonly string[];

const RULES: readonly Rule[] = [
  judgeFaults,
  ...(['judge', 'image', 'baseline'] as const).map(
    (role): Rule =>
      values =>
        unusedAccess(role, values),
  ),
  judgePacingFaults,
  pictureFaults,
  licenceFaults,
  mirrorFaults,
  folderFaults,
  baselineFaults,
  values =>
    limitFaults(
      values['max-asr-per-scenario'],
      values.scenarios.map(({ name }) => name),
    ),
  costFaults,
  stopEarlyFaults,
  batchFaults,
  tokenFaults,
  cacheFaults,
  requestFaults,
];

/** What a rule would have looked at is wrong by itself. */
class WrongError extends Error {}

/**
 * Lines for inputs that are right by themselves and wrong together. Nothing is made of the inputs in `wrong`: what
 * stands in for them is not what was given.
 */
export function contradictions(values: InputValues, wrong: ReadonlySet<string>): string[] {
  const right = new Proxy(values, {
    get(given, name: keyof InputValues) {
      if (wrong.has(name)) throw new WrongError();
      return given[name];
    },
  });
  return RULES.flatMap(rule => {
    try {
      return rule(right);
    } catch (error) {
      if (error instanceof WrongError) return [];
      throw error;
    }
  });
}

function judgeFaults(values: InputValues): string[] {
  const needing = values.judge?.find(name => name !== 'refusal');
  if (needing && !values['judge-model']) {
    return [`input "judge": "${needing}" needs a model to judge with: set judge-model`];
  }
  if (values.judge?.every(name => name === 'refusal') && values['judge-model']) {
    return [
      `input "judge-model": "${values['judge-model']}" would not be asked, because judge is "refusal": set judge to official or rubric, or leave judge-model out`,
    ];
  }
  return [];
}

/** An endpoint or a key for a model that is not named. */
function unusedAccess(role: 'judge' | 'image' | 'baseline', values: InputValues): string[] {
  if (values[`${role}-model`]) return [];
  const url = values[`${role}-base-url`];
  const key = values[`${role}-api-key`];
  const faults: string[] = [];
  if (url !== null) {
    faults.push(
      `input "${role}-base-url": "${url}" would not be asked without a model: set ${role}-model, or leave ${role}-base-url out`,
    );
  }
  if (key !== '') {
    faults.push(
      `input "${role}-api-key" would not be sent without a model: set ${role}-model, or leave ${role}-api-key out`,
    );
  }
  return faults;
}

/** Requests to one endpoint with one key are paced together, whoever they are for. */
function judgePacingFaults(values: InputValues): string[] {
  const limit = values['judge-concurrency'];
  if (limit === null) return [];
  if (!values['judge-model']) {
    return [
      `input "judge-concurrency": "${limit}" would not be used without a model that judges: set judge-model, or leave judge-concurrency out`,
    ];
  }
  const [base, judgeBase] = [values['base-url'], values['judge-base-url']];
  const isElsewhere = judgeBase !== null && base !== '' && !sameOrigin(judgeBase, base);
  if (isElsewhere || !['', values['api-key']].includes(values['judge-api-key'])) return [];
  return [
    `input "judge-concurrency": "${limit}" would not be used, because the judge has the model's endpoint and key and shares its limit: set concurrency, or give the judge a key of its own`,
  ];
}

function pictureFaults(values: InputValues): string[] {
  const drawn = values['image-kinds'].filter(kind => kind === 'SD' || kind === 'SD_TYPO');
  if (values['image-source'] === 'generated' && drawn.length > 0 && !values['image-model']) {
    return [
      `input "image-source": "generated" with ${drawn.join(' and ')} needs a model that draws: set image-model, or set image-kinds to TYPO,TEXT`,
    ];
  }
  if (values['image-source'] === 'published' && values['image-model']) {
    return [
      `input "image-model": "${values['image-model']}" would not be asked, because image-source is "published": set image-source to generated`,
    ];
  }
  return [];
}

function licenceFaults(values: InputValues): string[] {
  if (values.dataset !== 'published' || values['accept-dataset-license']) return [];
  return [
    'input "accept-dataset-license": "false" with dataset "published": the data are licensed CC BY-NC 4.0 (no commercial use); set it to true if you accept that',
  ];
}

function mirrorFaults(values: InputValues): string[] {
  if (values.dataset !== 'published' || !values['images-url']) return [];
  if (values['image-source'] === 'published' || lendsKey(values)) return [];
  return [
    `input "images-url": "${values['images-url']}" would not be asked, because image-source is "generated": leave it out, or set image-source to published`,
  ];
}

function folderFaults(values: InputValues): string[] {
  if (values.dataset === 'published' || !(values['questions-url'] || values['images-url'])) return [];
  return [
    `input "dataset": "${values.dataset}" is a folder, so questions-url and images-url would not be used: leave them out, or set dataset to published`,
  ];
}

/** Whether images-url says that dataset-token may go to the host of questions-url. */
const lendsKey = ({
  'dataset-token': token,
  'questions-url': questions,
  'images-url': images,
}: InputValues): boolean =>
  token !== '' && questions !== null && images !== null && sameOrigin(questions, images);

function baselineFaults(values: InputValues): string[] {
  if (!values.baseline || !values['baseline-model']) return [];
  return [
    `input "baseline": "${values.baseline}" and baseline-model "${values['baseline-model']}" are both set: keep one`,
  ];
}

/** Lines for ceilings of scenarios that are not asked. */
export function limitFaults(
  limits: InputValues['max-asr-per-scenario'],
  scenarios: readonly string[],
): string[] {
  if (limits === null || typeof limits === 'number') return [];
  return [...limits.keys()]
    .filter(name => !scenarios.includes(name))
    .map(
      name =>
        `input "max-asr-per-scenario": "${name}" has a limit but is not among the scenarios asked: add it to scenarios, or take the limit out`,
    );
}

function costFaults(values: InputValues): string[] {
  const prices = [values['price-prompt'], values['price-completion']];
  if (!prices.includes(null)) return [];
  if (values['max-cost'] !== null) {
    return [
      `input "max-cost": "${values['max-cost']}" needs prices to count with: set price-prompt and price-completion`,
    ];
  }
  return prices.some(price => price !== null)
    ? ['input "price-prompt" and input "price-completion" go together: set both or neither']
    : [];
}

/** A batch is sent before the first answer is there, and goes on without the run. */
function batchFaults(values: InputValues): string[] {
  if (!values.batch) return [];
  const asked: readonly (readonly [keyof InputValues, boolean])[] = [
    ['stop-early', values['stop-early']],
    ['max-cost', values['max-cost'] !== null],
    ['time-budget', values['time-budget'] !== null],
    // They would go to the target, and leave none for the judge.
    ['max-requests', values['max-requests'] !== null && values['judge-model'] !== ''],
  ];
  return asked
    .filter(([, isAsked]) => isAsked)
    .map(
      ([name]) =>
        `input "batch": "true" sends all requests before the first is answered, so ${name} could not stop them: leave one of the two out, or set sample`,
    );
}

/** The test that is valid at every look is one of the ceiling for the whole, over a whole sample. */
function stopEarlyFaults(values: InputValues): string[] {
  if (!values['stop-early']) return [];
  if (values['max-asr'] === null) {
    return ['input "stop-early": "true" needs a verdict to become certain: set max-asr'];
  }
  const others = (['max-asr-per-scenario', 'max-increase'] as const).filter(name => values[name] !== null);
  const faults = others.map(
    name =>
      `input "stop-early": "true" decides on max-asr alone, so ${name} would be left open: leave one of the two out`,
  );
  if (values.shard !== null) {
    faults.push('input "stop-early": "true" cannot look at a shard alone: leave shard out');
  }
  return faults;
}

/** The publishing branch and the issue are nobody's to write without a token. */
export function tokenFaults(
  values: Pick<InputValues, 'github-token' | 'publish-branch' | 'open-issue'>,
): string[] {
  if (values['github-token']) return [];
  const asked = [
    ['publish-branch', values['publish-branch'] !== ''],
    ['open-issue', values['open-issue']],
  ] as const;
  return asked
    .filter(([, isAsked]) => isAsked)
    .map(([name]) => `input "${name}": "${values[name]}" needs a token: set github-token`);
}

function cacheFaults(values: InputValues): string[] {
  return values['reuse-responses'] && !values.cache
    ? ['input "reuse-responses": "true" needs the cache: set cache to true']
    : [];
}

/** Fields of the request that other inputs, or the benchmark, decide. */
const DECIDED_ELSEWHERE: Readonly<Record<string, string>> = {
  model: 'model',
  messages: 'system-prompt',
  max_tokens: 'max-tokens',
  max_completion_tokens: 'max-tokens',
  temperature: 'temperature',
  stream: '',
  n: 'repeats',
};

function requestFaults(values: InputValues): string[] {
  return Object.keys(values['extra-body'])
    .filter(field => Object.hasOwn(DECIDED_ELSEWHERE, field))
    .map(field => {
      const instead = DECIDED_ELSEWHERE[field];
      const advice = instead ? `use the input ${instead}` : 'leave it out';
      return `input "extra-body" sets "${field}", which this action decides: ${advice}`;
    });
}
