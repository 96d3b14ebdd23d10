import type { Arm } from '../benchmark/prompts.ts';
import type { RunConfig } from '../inputs.ts';

/** The arms of the safety prompt that are asked. */
export const armsOf = ({ asking }: RunConfig): readonly Arm[] =>
  asking.safetyPrompt === 'compare' ? ['off', 'on'] : [asking.safetyPrompt];

/** The arm that the gate is on. */
export const gatedArm = ({ asking }: RunConfig): Arm => (asking.safetyPrompt === 'on' ? 'on' : 'off');
