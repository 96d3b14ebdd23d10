import { appendFileSync } from 'node:fs';
import * as core from '@actions/core';
import { messageOf } from '../common/fault.ts';
import { INPUTS } from '../inputs/table.ts';
import type { RawInputs, RunConfig } from '../inputs.ts';
import { exitStatusOf, outputsOf } from '../outputs.ts';
import type { CommentOptions } from '../report/comment.ts';
import { plain } from '../report/escape.ts';
import type { HistoryEntry } from '../report/history.ts';
import type { HtmlOptions } from '../report/html/html.ts';
import type { Report } from '../report/report.ts';
import { renderSummary } from '../report/summary.ts';
import { renderTerminal } from '../report/terminal.ts';
import { eachCheckFirst } from '../report/words.ts';
import { claimFolder, keepRun } from '../report-folder.ts';
import { sometimeAfter, unlessAborted } from '../signals.ts';
import { annotate } from './annotations.ts';
import { connect } from './client.ts';
import { branchOf, isOfDefaultBranch, isOfPullRequest, type RunContext } from './context.ts';
import type { Stamp } from './marker.ts';
import { GitHubProblem } from './problem.ts';
import { keepIssue, type Place, pastRuns, publishRun } from './publishing.ts';
import { changesOf, commentOn } from './report-comment.ts';

/** Where a report is to go, of the configuration of either action. */
export interface Delivery {
  readonly github: RunConfig['github'];
  readonly output: Pick<RunConfig['output'], 'reportDir'>;
  /** Path of the baseline file; empty for none. */
  readonly baselinePath: string;
}

/** Keeps these out of the log from here on. */
export function maskSecrets(secrets: readonly string[]): void {
  // A short line, such as the brace that opens a JSON object, would blot out every one like it.
  const lines = secrets.flatMap(secret => secret.split('\n')).map(line => line.trim());
  for (const line of lines) if (line.length >= 4) core.setSecret(line);
}

/** Where the run is, for its report. Null for what could not be read. */
export function runOf(
  context: RunContext | null,
  config: { readonly github: Pick<Delivery['github'], 'commentId'> } | null,
): Report['run'] {
  const { repository } = context ?? {};
  return {
    repository: repository ? `${repository.owner}/${repository.repo}` : '',
    sha: context?.sha ?? '',
    ref: context?.ref ?? '',
    event: context?.event ?? '',
    url: context?.runUrl ?? '',
    pullRequest: context?.pullRequest?.number ?? null,
    commentId: config?.github.commentId || (context?.defaultCommentId ?? ''),
  };
}

/** What GitHub may take to tell the last runs, ms. */
const PAST_MS = 20_000;

/**
 * The last runs on the publishing branch, the oldest first; none where there is no branch, or it cannot be read.
 * Never rejects. A door calls it before it asks anything, so that no report waits for GitHub.
 */
export async function lastRuns(
  { github }: { readonly github: Pick<Delivery['github'], 'token' | 'publishBranch'> },
  context: RunContext,
): Promise<readonly HistoryEntry[]> {
  const { publishBranch, token } = github;
  const { repository: repo, apiUrl } = context;
  if (!publishBranch || !token || !repo) return [];
  try {
    return await pastRuns(publishBranch, {
      octokit: await connect({ token, apiUrl, totalMs: PAST_MS }),
      repo,
    });
  } catch (error) {
    core.info(plain(`The last runs are not shown: ${messageOf(error)}`));
    return [];
  }
}

/**
 * What GitHub tells that is shown beside a report: the last runs, and what the pull request changes. Never rejects. A
 * door calls it before it asks anything, as it does `lastRuns`.
 */
export async function lookUp(
  { github, baselinePath }: Delivery,
  context: RunContext,
): Promise<Pick<CommentOptions, 'history' | 'changes'>> {
  const { token, comment } = github;
  const { repository: repo, pullRequest, apiUrl, event } = context;
  const history = lastRuns({ github }, context);
  // Without a comment the token need not be allowed to read pull requests.
  if (!comment || !token || !repo || !pullRequest) return { history: await history };
  const place = connect({ token, apiUrl, totalMs: PAST_MS }).then(octokit => ({ octokit, repo }));
  const changes = await changesOf(baselinePath, pullRequest.number, place);
  // It runs the base's workflow.
  const isOwnWorkflow = event !== 'pull_request_target';
  return {
    history: await history,
    changes: isOwnWorkflow ? changes : { ...changes, workflows: 'unchanged' },
  };
}

/** Shown beside what a report says. */
type Beside = Pick<HtmlOptions, 'history' | 'texts'> & Pick<CommentOptions, 'changes'>;

/** What a cancelled run may take to tell GitHub, ms from the cancel: its runner ends it some seconds later. */
const LAST_WORDS_MS = 4000;

/**
 * Files, summary and outputs first, then the comment; none of them can change the verdict. Gives the exit status, which
 * is 1 for a cancelled run. GitHub is not waited for when the run is cancelled.
 */
export async function deliver(
  made: Report,
  config: Delivery | null,
  context: RunContext | null,
  raw: RawInputs,
  beside: Beside = {},
  cancel: AbortSignal = new AbortController().signal,
): Promise<0 | 1> {
  const late = sometimeAfter(cancel, LAST_WORDS_MS);
  const options = { ...beside, artifactUrl: artifactsOf(context?.runUrl ?? '') };
  const folder = config?.output.reportDir ?? (raw.get('report-dir')?.trim() || INPUTS['report-dir'].default);
  // Inputs that could not be read have claimed no folder; that it cannot be written to is told by the report.
  if (config === null) await claimFolder(folder).catch(() => undefined);
  const { report, files, isCancelled } = await keepRun(cancel, made, folder, options);
  core.info(renderTerminal(report, false));
  writeSummary(renderSummary(report, options));
  const isHandedOn = handOn(outputsOf(report, files));
  const url = await unlessAborted(commented(report, config, context, options), late);
  const isUrlHandedOn = isHandedOn && handOn({ 'comment-url': url ?? '' });
  if (!late.aborted) await unlessAborted(published(report, config, context, options), late);
  if (late.aborted) core.warning(NOT_AWAITED);
  annotate(
    eachCheckFirst(report.verdict.reasons)
      .filter(({ outcome }) => outcome !== 'pass')
      .map(({ outcome, sentence }) => ({
        level: outcome === 'inconclusive' ? 'warning' : 'error',
        title: `MM-SafetyBench: ${outcome}`,
        message: sentence,
      })),
  );
  // What else than GitHub's own cancel may end a step would leave it green.
  if (isCancelled && report.verdict.outcome === 'inconclusive') core.error(CANCELLED_IS_1);
  return isUrlHandedOn && !isCancelled ? exitStatusOf(report) : 1;
}

const CANCELLED_IS_1 =
  'The run was cancelled: its step fails, whatever on-inconclusive says. Run it again to have a verdict.';

const NOT_AWAITED =
  'The run was cancelled and GitHub took too long: comment, branch and issue may be as they were.';

/** Of a run that is still under way GitHub has no artifact to name yet: its page lists them once they are there. */
const artifactsOf = (runUrl: string): string => runUrl && `${runUrl}#artifacts`;

/** Adds to the job summary. That it cannot be written changes no verdict. */
export function writeSummary(markdown: string): void {
  const path = process.env['GITHUB_STEP_SUMMARY'];
  if (!path) return;
  try {
    appendFileSync(path, markdown);
  } catch (error) {
    core.warning(`The job summary could not be written: ${messageOf(error)}`);
  }
}

/** Sets the step's outputs; false, with a line that says so, where the runner's file for them cannot be written. */
function handOn(outputs: Readonly<Record<string, string>>): boolean {
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
    return true;
  } catch (error) {
    core.error(`The outputs could not be handed on, nor the verdict with them: ${messageOf(error)}`);
    return false;
  }
}

const NO_COMMENT = (event: string): string =>
  `No comment was written: under ${event} this action writes none. The publish action comments a finished report.json there.`;

/** The comment's URL; empty where there is none. That it failed is a warning and changes no verdict. */
async function commented(
  report: Report,
  config: Delivery | null,
  context: RunContext | null,
  options: CommentOptions,
): Promise<string> {
  if (!config?.github.comment || !context?.repository) return '';
  if (!context.pullRequest) {
    if (isOfPullRequest(context)) core.info(NO_COMMENT(context.event));
    return '';
  }
  if (!config.github.token) {
    core.warning('No comment was written: set github-token, or set comment to false.');
    return '';
  }
  try {
    const octokit = await connect({ token: config.github.token, apiUrl: context.apiUrl });
    const place = { octokit, repo: context.repository };
    const on = { number: context.pullRequest.number, stamp: stampOf(report, context) };
    const { url, isAnothers } = await commentOn(report, place, on, options);
    if (isAnothers) core.notice(ANOTHERS(url));
    return url;
  } catch (error) {
    core.warning(`The comment was not written: ${plain(messageOf(error))}${readOnly(error, context)}`);
    return '';
  }
}

/** Said where a run finds its word overtaken. */
export const ANOTHERS = (url: string): string =>
  plain(`No comment was written: that of a newer run or commit stands (${url}).`);

/** By which later runs know what this one wrote. */
export const stampOf = (
  { finishedAt, run }: Report,
  { runId, attempt }: Pick<RunContext, 'runId' | 'attempt'>,
): Stamp => ({ run: Number(/^\d{1,15}$/.exec(runId)?.[0] ?? 0), attempt, commit: run.sha, finishedAt });

/** A token that cannot be given the permission. */
const readOnly = (error: unknown, { restricted }: RunContext): string =>
  restricted && error instanceof GitHubProblem && error.kind === 'forbidden'
    ? '. The token of a run for a fork or for Dependabot may only read: docs/forks.md'
    : '';

/** The publishing branch and the issue, for runs that are no pull request. A fault is a warning. */
async function published(
  report: Report,
  config: Delivery | null,
  context: RunContext | null,
  options: CommentOptions,
): Promise<void> {
  const { publishBranch = '', openIssue = false, token } = config?.github ?? {};
  if (!token || !context?.repository || context.baseSha || context.restricted) return;
  if (isOfPullRequest(context)) return;
  const { repository: repo, apiUrl } = context;
  const attempting = async (what: string, work: (place: Place) => Promise<void>) => {
    try {
      await work({ octokit: await connect({ token, apiUrl }), repo });
    } catch (error) {
      core.warning(`${what}: ${plain(messageOf(error))}`);
    }
  };
  let later: readonly HistoryEntry[] = [];
  if (publishBranch && isToPublish(publishBranch, context)) {
    await attempting('The run was not published', async place => {
      later = await publishRun(report, publishBranch, context.attempt, place);
      if (later.length > 0) core.info(LATE(later.at(-1)?.url ?? ''));
    });
  }
  if (openIssue) {
    await attempting('The issue was not kept', async place => {
      const spoken = { ...place, stamp: stampOf(report, context), later };
      if (await keepIssue(report, spoken, options)) core.info(ISSUE_LATE);
    });
  }
}

const LATE = (url: string): string =>
  plain(
    `A run that finished later was published before this one (${url}): the history has both, badge and page are the later one's.`,
  );
const ISSUE_LATE = 'The issue is left as it is: a run that finished later has had its word.';

/** Only runs of the default branch are published, and to another; says so of one that is not. */
function isToPublish(publishBranch: string, context: RunContext): boolean {
  const isOfDefault = isOfDefaultBranch(context);
  if (!isOfDefault) {
    const why = isOfDefault === null ? 'the event does not name it' : `this is one of ${context.ref}`;
    core.info(plain(`The run was not published: only runs of the default branch are, and ${why}.`));
    return false;
  }
  if (publishBranch !== branchOf(context)) return true;
  core.warning(
    plain(
      `The run was not published: publish-branch names the default branch "${publishBranch}", which is for your own files; name another branch, such as mm-safetybench.`,
    ),
  );
  return false;
}
