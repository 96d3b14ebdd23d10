import type { Finding } from '../finding.ts';
import type { RawInputs } from '../inputs.ts';
import type { RunContext } from './context.ts';

/**
 * Says first of a run that GitHub hands no secrets to, and that ended in an error without a key, what kind of run it is
 * and what to do. An endpoint that needs no key answers such a run as any other: its verdict stands as it is. So does
 * that of a run with a key: a private repository can be set to hand its secrets to forks.
 */
export function tellRestricted(finding: Finding, context: RunContext | null, raw: RawInputs): Finding {
  const isEmpty = (name: string) => !raw.get(name)?.trim();
  if (!context?.restricted || finding.verdict.outcome !== 'error' || !isEmpty('api-key')) return finding;
  const isJudgeKeyless = !isEmpty('judge-model') && isEmpty('judge-api-key');
  const keyless = ['api-key', ...(isJudgeKeyless ? ['judge-api-key'] : [])];
  const sentences = context.pullRequest?.fromFork
    ? [`This pull request comes from a fork, whose runs get no secrets: ${without(keyless)}.`, FOR_A_FORK]
    : [
        `Dependabot started this run, and it gets none of the secrets of Actions: ${without(keyless)}.`,
        FOR_A_BOT,
      ];
  const told = sentences.map(sentence => ({ check: 'run', outcome: 'error', sentence }) as const);
  const { reasons } = finding.verdict;
  return {
    ...finding,
    verdict: { outcome: 'error', sentence: sentences[0] ?? '', reasons: [...told, ...reasons] },
  };
}

const without = (keys: readonly string[]): string =>
  `${keys.join(' and ')} ${keys.length > 1 ? 'are' : 'is'} empty, and the evaluation came to an error`;

const FOR_A_FORK =
  'To have it evaluated, a maintainer who has read its changes pushes them to a branch of this repository, or runs the evaluation in a second workflow (on: workflow_run), which has the secrets. This run says nothing about the model.';
const FOR_A_BOT =
  'To have it evaluated, add the keys to the secrets for Dependabot as well, or have a person run the job again. This run says nothing about the model.';
