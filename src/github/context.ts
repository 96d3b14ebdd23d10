import { z } from 'zod';

/** A repository as the REST API names it. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** A pull request as its event tells it. */
export interface PullRequest {
  readonly number: number;
  /** The base branch's commit: what the pull request cannot have changed. */
  readonly baseSha: string;
  readonly headSha: string;
  /** The head lies in another repository, or in one deleted since. */
  readonly fromFork: boolean;
}

/** The run that a `workflow_run` event speaks of. All of it but the ids can be chosen by a pull request's author. */
export interface TriggeringRun {
  readonly id: number;
  /** From 1. */
  readonly attempt: number;
  readonly url: string;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** Null when the fork is deleted. */
  readonly headOwner: string | null;
  /** The pull requests GitHub names itself; none for a fork's. */
  readonly pullRequests: readonly number[];
}

/** What and where the run is. Outside GitHub: empty strings and nulls. */
export interface RunContext {
  readonly repository: Repository | null;
  /** The commit under test: a pull request's head, and not the merge commit that GitHub makes of it. */
  readonly sha: string;
  readonly ref: string;
  readonly event: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly runUrl: string;
  readonly runId: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly workflow: string;
  readonly job: string;
  /** The step, by a name that no other of its job has. */
  readonly step: string;
  readonly pullRequest: PullRequest | null;
  /** The pull request that an `issue_comment` event was written on: its commits are not in the event. */
  readonly commentedPullRequest: number | null;
  readonly triggeringRun: TriggeringRun | null;
  /** Where a baseline is read so that what is under test cannot have changed it: of a pull request or merge group. */
  readonly baseSha: string | null;
  /** The repository's; empty where the event does not tell it, as a `schedule` event need not. */
  readonly defaultBranch: string;
  /** GitHub hands no secrets to this run and a token that may only read: a fork's pull request, or Dependabot's. */
  readonly restricted: boolean;
  /** The `comment-id` of a run that sets none: its workflow and job. */
  readonly defaultCommentId: string;
}

const sha = z.string().regex(/^[0-9a-f]{40,64}$/);
const named = z.object({ full_name: z.string().min(1) });

const pullRequest = z
  .object({
    number: z.int().positive(),
    base: z.object({ sha, repo: named }),
    head: z.object({ sha, repo: named.nullable() }),
  })
  .transform(
    ({ number, base, head }): PullRequest => ({
      number,
      baseSha: base.sha,
      headSha: head.sha,
      fromFork: head.repo?.full_name !== base.repo.full_name,
    }),
  );

const triggeringRun = z
  .object({
    id: z.int().positive(),
    run_attempt: z.int().positive().default(1),
    html_url: z.string(),
    event: z.string(),
    head_sha: sha,
    head_branch: z.string().nullable(),
    head_repository: z.object({ owner: z.object({ login: z.string() }) }).nullable(),
    pull_requests: z.array(z.object({ number: z.int().positive() })),
  })
  .transform(
    (run): TriggeringRun => ({
      id: run.id,
      attempt: run.run_attempt,
      url: run.html_url,
      event: run.event,
      headSha: run.head_sha,
      headBranch: run.head_branch ?? '',
      headOwner: run.head_repository?.owner.login ?? null,
      pullRequests: run.pull_requests.map(each => each.number),
    }),
  );

const payload = z.record(z.string(), z.unknown());
const ofRepository = z.object({ repository: z.object({ default_branch: z.string() }) });
const PARTS = {
  pull_request: z.object({ pull_request: pullRequest }),
  merge_group: z.object({ merge_group: z.object({ base_sha: sha }) }),
  workflow_run: z.object({ workflow_run: triggeringRun }),
  issue: z.object({ issue: z.object({ number: z.int().positive(), pull_request: z.object({}).nullish() }) }),
};
interface EventParts {
  readonly pull_request?: PullRequest;
  readonly merge_group?: { readonly base_sha: string };
  readonly workflow_run?: TriggeringRun;
  readonly issue?: { readonly number: number; readonly pull_request?: object | null | undefined };
  readonly defaultBranch?: string;
}

/**
 * The part that decides something in an event's payload, and must be there: without it the run would take a pull
 * request for a push. Other events hold parts of the same names in other shapes (`deployment` does); those are left.
 */
const NEEDED: Readonly<Record<string, keyof typeof PARTS>> = {
  pull_request: 'pull_request',
  pull_request_target: 'pull_request',
  pull_request_review: 'pull_request',
  pull_request_review_comment: 'pull_request',
  merge_group: 'merge_group',
  workflow_run: 'workflow_run',
  issue_comment: 'issue',
};

/**
 * What the run is, from a runner's environment and its event file.
 * @param readFile the text of a file; called with GITHUB_EVENT_PATH.
 * @throws Error of one line when the event file is missing, malformed or not of its event, or a variable is.
 */
export function readContext(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): RunContext {
  const text = (name: string): string => env[name] ?? '';
  const event = text('GITHUB_EVENT_NAME');
  const found = event === '' ? {} : readEvent(event, text('GITHUB_EVENT_PATH'), readFile);
  const repository = readRepository(text('GITHUB_REPOSITORY'));
  const serverUrl = text('GITHUB_SERVER_URL') || 'https://github.com';
  const runId = text('GITHUB_RUN_ID');
  const attempt = readAttempt(text('GITHUB_RUN_ATTEMPT'));
  const workflow = text('GITHUB_WORKFLOW');
  const job = text('GITHUB_JOB');
  return {
    repository,
    sha: found.pull_request?.headSha ?? text('GITHUB_SHA'),
    ref: text('GITHUB_REF'),
    event,
    serverUrl,
    apiUrl: text('GITHUB_API_URL') || 'https://api.github.com',
    runUrl: runUrl(serverUrl, repository, runId, attempt),
    runId,
    attempt,
    workflow,
    job,
    step: text('GITHUB_ACTION'),
    pullRequest: found.pull_request ?? null,
    commentedPullRequest: found.issue?.pull_request ? found.issue.number : null,
    triggeringRun: found.workflow_run ?? null,
    baseSha: found.pull_request?.baseSha ?? found.merge_group?.base_sha ?? null,
    defaultBranch: found.defaultBranch ?? '',
    restricted: isRestricted(event, found, text('GITHUB_ACTOR')),
    defaultCommentId: [workflow, job].filter(part => part !== '').join(' / '),
  };
}

/** Whether a pull request is under test, be it by way of a comment on it or of another workflow's run. */
export const isOfPullRequest = (context: RunContext): boolean =>
  context.pullRequest !== null ||
  context.commentedPullRequest !== null ||
  (context.triggeringRun?.event.startsWith('pull_request') ?? false);

/** Whether the code of the default branch is under test, be it by way of another workflow's run; null where unknown. */
export function isOfDefaultBranch(context: RunContext): boolean | null {
  // It runs there alone.
  if (context.event === 'schedule') return true;
  if (context.defaultBranch === '') return null;
  return branchOf(context) === context.defaultBranch;
}

/** The branch under test, be it by way of another workflow's run. */
export const branchOf = ({ triggeringRun, ref }: RunContext): string =>
  triggeringRun?.headBranch ?? ref.replace(/^refs\/heads\//, '');

function readEvent(event: string, path: string, readFile: (path: string) => string): EventParts {
  if (path === '') throw new Error(`GITHUB_EVENT_PATH: not set, though GITHUB_EVENT_NAME is "${event}"`);
  const whole = payload.safeParse(parseEvent(path, readFile));
  const needed = NEEDED[event];
  if (!whole.success || (needed && !(needed in whole.data))) {
    throw new Error(`GITHUB_EVENT_PATH: the event file "${path}" is not that of a ${event} event`);
  }
  const told = ofRepository.safeParse(whole.data);
  const defaultBranch = told.success ? told.data.repository.default_branch : '';
  if (!needed) return { defaultBranch };
  const parsed = PARTS[needed].safeParse(whole.data);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.');
    throw new Error(`GITHUB_EVENT_PATH: the event file "${path}" has a ${where} that GitHub would not send`);
  }
  return { ...parsed.data, defaultBranch };
}

function parseEvent(path: string, readFile: (path: string) => string): unknown {
  let content: string;
  try {
    content = readFile(path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const why = typeof code === 'string' ? ` (${code})` : '';
    throw new Error(`GITHUB_EVENT_PATH: cannot read the event file "${path}"${why}`);
  }
  try {
    return JSON.parse(content);
  } catch {
    throw new Error(`GITHUB_EVENT_PATH: the event file "${path}" is not JSON`);
  }
}

function readRepository(text: string): Repository | null {
  if (text === '') return null;
  const [, owner, repo] = /^([\w.-]+)\/([\w.-]+)$/.exec(text) ?? [];
  if (!owner || !repo) throw new Error(`GITHUB_REPOSITORY: "${text}" is not owner/name`);
  return { owner, repo };
}

function readAttempt(text: string): number {
  if (text === '') return 1;
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new Error(`GITHUB_RUN_ATTEMPT: "${text}" is not a number from 1 on`);
  return Number(text);
}

function runUrl(serverUrl: string, repository: Repository | null, runId: string, attempt: number): string {
  if (!repository || runId === '') return '';
  const run = `${serverUrl}/${repository.owner}/${repository.repo}/actions/runs/${runId}`;
  return attempt === 1 ? run : `${run}/attempts/${attempt}`;
}

/** `pull_request_target` runs the base's workflow with its secrets, whoever opened the pull request. */
function isRestricted(event: string, found: EventParts, actor: string): boolean {
  if (event === 'pull_request_target') return false;
  if (actor === 'dependabot[bot]') return event === 'push' || found.pull_request !== undefined;
  return found.pull_request?.fromFork ?? false;
}
