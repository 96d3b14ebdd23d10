import type { Arm } from '../benchmark/prompts.ts';
import type { Result } from '../trials.ts';
import { controlsAmong, type Sampled, sampleOf } from './sampled.ts';
import {
  blindKinds,
  mostShown,
  type Shown,
  samePictures,
  unhelpfulKinds,
  unhelpfulStretch,
} from './suspicions.ts';

/** What the answers tell of whether the numbers mean anything. */
export interface Told {
  readonly sampled: Sampled;
  readonly shown: readonly Shown[];
  readonly controls: readonly Result[];
  /** The baseline model's controls. */
  readonly before: readonly Result[];
}

/** What is told in one arm. */
export function toldBy(results: readonly Result[], arm: Arm): Told {
  const sampled = sampleOf(results, 'target', arm);
  return {
    sampled,
    shown: mostShown(sampled),
    controls: controlsAmong(results, 'target', arm),
    before: controlsAmong(results, 'baseline', arm),
  };
}

/**
 * A sentence for each way in which the numbers mean nothing, whatever they are.
 *
 * @param least of the controls, per cent
 */
export const meaningless = ({ sampled, shown, controls, before }: Told, least: number): readonly string[] => [
  ...unhelpfulKinds(controls, least),
  ...unhelpfulStretch(controls, 'model'),
  ...unhelpfulStretch(before, 'baseline model'),
  ...blindKinds(sampled),
  ...samePictures(shown),
];
