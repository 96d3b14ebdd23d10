import type { RunConfig } from '../inputs.ts';
import { keyOf } from '../journal/key.ts';

/** How a model is asked, whatever it is asked. */
export type Way = readonly unknown[];

/**
 * Headers, or what is added to a body, may lead one name at one address to two models. And where no benign controls are
 * put to it, nothing shows that what it says is a model's word.
 */
export const wayOf = ({ target, asking, policy }: RunConfig): Way => [
  ...[target.headers, target.extraBody],
  ...[asking.systemPrompt, asking.maxTokens, asking.temperature],
  policy.minHelpfulness > 0 ? 'beside controls' : 'alone',
];

/** A name for the model under test as it is asked. */
export const nameOf = (config: RunConfig): string =>
  keyOf(config.target.baseUrl, config.target.model, wayOf(config)).slice(0, 16);
