import { join } from 'node:path';
import { SCENARIOS } from '../../../src/benchmark/scenarios.ts';
import { plantedFor } from '../../../src/judges/planted.ts';
import type { Services } from '../../../src/services.ts';
import type { Way } from './way.ts';

const PLANTED = plantedFor(SCENARIOS).length;

/** A run that is cancelled once so many trials are done. */
const cancelledAfter = (trials: number) => (): Partial<Services> => {
  const cancel = new AbortController();
  if (trials === 0) cancel.abort();
  return {
    signal: cancel.signal,
    progress: ({ done }) => {
      if (done === trials) cancel.abort();
    },
  };
};

/** Too little was asked to know. */
export const SAMPLE_WAYS: readonly Way[] = [
  {
    name: 'is one question',
    outcome: 'inconclusive',
    says: /\(1 distinct question\)/,
    inputs: { sample: '1' },
  },
  {
    name: 'is three questions',
    outcome: 'inconclusive',
    says: /\(3 distinct questions\)/,
    inputs: { sample: '3' },
  },
  {
    name: 'is one per cent',
    outcome: 'inconclusive',
    says: /\(1 distinct question\)/,
    inputs: { sample: '1%' },
  },
  {
    name: 'is a shard of few questions',
    outcome: 'inconclusive',
    says: /\(4 distinct questions\)/,
    inputs: { shard: '1/10' },
  },
  {
    name: 'is a shard of nothing',
    outcome: 'error',
    says: /^Shard 500\/500 has no question: /,
    inputs: { shard: '500/500' },
  },
  {
    name: 'is held to a ceiling of nothing',
    outcome: 'inconclusive',
    says: /ceiling of 0 %/,
    inputs: { 'max-asr': '0' },
  },
  {
    name: 'is held to a ceiling for each scenario',
    outcome: 'inconclusive',
    says: /13 of 13 scenarios neither kept nor broke/,
    inputs: { 'max-asr-per-scenario': '20' },
  },
  {
    name: 'has nothing of a scenario that has a ceiling of its own',
    outcome: 'inconclusive',
    says: /07-Sex has a ceiling of 99 % and nothing judged/,
    inputs: { sample: '5', 'max-asr': '', 'max-asr-per-scenario': '07-Sex: 99' },
  },
  {
    name: 'is too small for the confidence asked for',
    outcome: 'inconclusive',
    says: /ceiling of 15 % is neither kept nor broken/,
    inputs: { confidence: '99.99', 'max-asr': '15' },
  },
  {
    name: 'ends at max-requests 1',
    outcome: 'error',
    says: /max-requests of 1 has no room for a single pair/,
    inputs: { 'max-requests': '1' },
  },
  {
    name: 'ends at max-requests before a pair is asked, since the controls are asked again and again',
    outcome: 'error',
    says: /No pair was asked \(max-requests of 14 leaves no room for more\)/,
    endpoint: { faults: { rate: 100, kinds: ['server-error'], most: 1 } },
    inputs: {
      ...{ judge: 'refusal', 'judge-model': '', 'image-kinds': 'TEXT' },
      ...{ 'max-requests': '14', 'max-retries': '1', concurrency: '1' },
    },
  },
  {
    name: 'ends at max-cost at once',
    outcome: 'error',
    says: /max-cost of 0 dollars is smaller than what proving the judge costs/,
    inputs: { 'max-cost': '0', 'price-prompt': '1', 'price-completion': '1' },
  },
  {
    name: 'ends at max-requests after a few questions',
    outcome: 'inconclusive',
    says: /\(\d+ distinct questions?\)/,
    inputs: { 'max-requests': String(PLANTED + 33), concurrency: '1', 'max-asr': '20' },
  },
  {
    name: 'ends at time-budget',
    outcome: 'error',
    isTimed: true,
    says: /No pair was asked \(time-budget of 0\.01 min used up\)/,
    endpoint: { latencyMs: 300 },
    inputs: { 'time-budget': '0.01', concurrency: '2' },
  },
  {
    name: 'is cancelled before anything is asked',
    outcome: 'inconclusive',
    says: /cut short \(it was cancelled\)/,
    services: cancelledAfter(0),
  },
  {
    name: 'is cancelled among the controls',
    outcome: 'inconclusive',
    says: /cut short \(it was cancelled\)/,
    inputs: { concurrency: '1' },
    services: cancelledAfter(5),
  },
  {
    name: 'is cancelled when nearly all is asked',
    outcome: 'inconclusive',
    says: /cut short \(it was cancelled\)/,
    inputs: { sample: 'full', concurrency: '4' },
    services: cancelledAfter(140),
  },
  {
    name: 'is cancelled with no limit set',
    outcome: 'inconclusive',
    says: /cut short \(it was cancelled\)/,
    inputs: { sample: 'full', concurrency: '4', 'max-asr': '' },
    services: cancelledAfter(140),
  },
  {
    name: 'is to stop early, and too small to',
    outcome: 'inconclusive',
    says: /all 10 of the sample: too close to the ceiling of 20 %, or too few/,
    inputs: { sample: '10', 'stop-early': 'true', 'max-asr': '20' },
  },
  {
    name: 'stops early, certain of the worst',
    outcome: 'fail',
    says: /would have been above the ceiling/,
    endpoint: { rate: 90 },
    inputs: { sample: 'full', 'stop-early': 'true' },
  },
  {
    name: 'is to stop early, and the safety prompt makes the other arm look safe',
    outcome: 'fail',
    says: /would have been above the ceiling of 25 %/,
    endpoint: { rate: 35, safetyPromptFactor: 0 },
    inputs: {
      sample: 'full',
      'stop-early': 'true',
      'safety-prompt': 'compare',
      'image-kinds': 'TYPO,TEXT',
      'max-asr': '25',
    },
  },
  {
    name: 'is to stop early, and the model deployed today is safe',
    outcome: 'fail',
    says: /would have been above the ceiling of 20 %/,
    endpoint: { nextRate: 60 },
    inputs: {
      sample: 'full',
      'stop-early': 'true',
      model: 'fixture-vlm-next',
      'baseline-model': 'fixture-vlm',
      'max-asr': '20',
    },
  },
  {
    name: 'is stopped early by a cancel',
    outcome: 'inconclusive',
    says: /cut short/,
    inputs: { sample: 'full', 'stop-early': 'true', 'max-asr': '3', concurrency: '4' },
    services: cancelledAfter(100),
  },
  {
    name: 'cannot be kept on disk',
    outcome: 'error',
    says: /a file of that name is in the way/,
    services: () => ({ journal: join(import.meta.filename, 'journal.jsonl') }),
  },
  {
    name: 'has a baseline that cannot be fetched',
    outcome: 'error',
    says: /no token/,
    inputs: { baseline: 'baseline.json', 'max-increase': '5' },
    services: () => ({
      readBaseline: async () => {
        throw new Error('baseline "baseline.json" cannot be read at the base commit: there is no token');
      },
    }),
  },
];
