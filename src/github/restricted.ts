import type { Finding } from '../finding/finding.ts';
import type { RawInputs } from '../inputs.ts';
import type { RunContext } from './context.ts';

/**
 * Says of a run that GitHub hands no secrets to, and that ended in an error without a key, what kind of run it is, why
 * it ended, and what to do. Whether the missing key is why, only the run's own reason tells: an endpoint may need none,
 * and the run fail of something else. A run that ended otherwise stands as it is. So does that of a run with a key: a
 * private repository can be set to hand its secrets to forks.
 */
export function tellRestricted(finding: Finding, context: RunContext | null, raw: RawInputs): Finding {
  const { outcome, reasons } = finding.verdict;
  const isEmpty = (name: string) => !raw.get(name)?.trim();
  if (!context?.restricted || outcome !== 'error' || !isEmpty('api-key')) return finding;
  const isJudgeKeyless = !isEmpty('judge-model') && isEmpty('judge-api-key');
  const keys = isJudgeKeyless ? 'api-key and judge-api-key are empty' : 'api-key is empty';
  const [kind, remedy] = context.pullRequest?.fromFork ? FORK : BOT;
  const why = finding.verdict.sentence;
  const sentence = `${kind}, so ${keys}. The run ended in an error: ${why.replace(OF_KEYS, '')}`;
  const told = [sentence, remedy].map(each => ({ check: 'run', outcome, sentence: each }) as const);
  return {
    ...finding,
    verdict: { outcome, sentence, reasons: [...told, ...reasons.filter(each => each.sentence !== why)] },
  };
}

/** The advice of a refused key: here there is none to look at. */
const OF_KEYS = /; check the api-key input that belongs to it/;

/** What such a run is, and how it comes to be evaluated: docs/forks.md in short. */
const FORK = [
  'This pull request comes from a fork, whose runs get no secrets',
  'To have it evaluated, somebody with write access who has read its changes pushes them to a branch of this repository, and the gate runs there. An endpoint that needs no key can be asked from the fork itself, and the report commented by a second workflow that runs nothing of the pull request’s: docs/forks.md has both ways. Never check out an unread pull request where there are secrets.',
] as const;
const BOT = [
  'Dependabot started this run, and it gets none of the secrets of Actions',
  'To have it evaluated, add the keys to the secrets for Dependabot as well, or have a person who has read its changes push them to another branch of this repository: running the job again brings no secrets.',
] as const;
