import type { Finding } from './finding/finding.ts';
import { INPUTS, type InputName } from './inputs/table.ts';
import type { RawInputs } from './inputs.ts';

/** What answers and judgements hang on, and which there are: a run is gone on with whatever else is changed. */
const MAKING: readonly InputName[] = [
  'base-url',
  'model',
  'headers',
  'extra-body',
  'system-prompt',
  'safety-prompt',
  'max-tokens',
  'temperature',
  'dataset',
  'questions-url',
  'images-url',
  'image-kinds',
  'image-source',
  'image-base-url',
  'image-model',
  'scenarios',
  'sample',
  'seed',
  'shard',
  'repeats',
  'judge',
  'judge-base-url',
  'judge-model',
  'baseline-model',
  'baseline-base-url',
];

/** The same for all runs that ask the same, whatever their limits. */
export const madeOf = (raw: RawInputs): readonly string[] =>
  MAKING.map(name => raw.get(name)?.trim() || INPUTS[name].default);

/** The name of the journal that all runs share which reuse answers, beside those of the runs themselves. */
export const SHARED_JOURNAL = 'shared.jsonl';

/**
 * Whether a run went wrong, so that it is gone on with where it was. One that came to a verdict, be it by a budget or
 * early, is over: what asks the same asks anew, for behind a name there may be another model by then.
 */
export const isLacking = ({ verdict }: Finding): boolean => verdict.outcome === 'error';
