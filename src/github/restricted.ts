import type { Finding } from '../finding.ts';
import type { RawInputs } from '../inputs.ts';
import type { RunContext } from './context.ts';

/** The inputs that are made from secrets as a rule. */
const KEYS = ['api-key', 'judge-api-key'];

/**
 * Says first of a run that GitHub hands no secrets to, and that ended in an error with a key missing, what kind of run
 * it is and what to do. An endpoint that needs no key answers such a run as any other: its verdict stands as it is.
 */
export function tellRestricted(finding: Finding, context: RunContext | null, raw: RawInputs): Finding {
  const keyless = KEYS.filter(name => !raw.get(name)?.trim());
  if (!context?.restricted || finding.verdict.outcome !== 'error' || keyless.length === 0) return finding;
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
