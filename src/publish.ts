import { readFileSync } from 'node:fs';
import * as core from '@actions/core';
import { messageOf } from './common/fault.ts';
import { artifactsUrl } from './github/artifacts.ts';
import { connect, type Octokit } from './github/client.ts';
import { type PullRequest, type RunContext, readContext } from './github/context.ts';
import { ANOTHERS, lastRuns, maskSecrets, runOf, stampOf, writeSummary } from './github/delivery.ts';
import { AHEAD } from './github/marker.ts';
import { GitHubProblem } from './github/problem.ts';
import { pullRequestOf, readPullRequest } from './github/pull-request.ts';
import { changesOf, commentOn } from './github/report-comment.ts';
import { filled } from './inputs/fields.ts';
import { readTable, secretsAmong } from './inputs/reading.ts';
import { INPUTS, input } from './inputs/table.ts';
import { InputError, inputsFromEnvironment } from './inputs.ts';
import { plain, text } from './report/escape.ts';
import type { Report } from './report/report.ts';
import { renderSummary } from './report/summary.ts';
import { readReportFile } from './report-file.ts';

/** Every input of publish/action.yml, in its order. */
export const PUBLISH_INPUTS = {
  report: input('', filled, 'give the path of a finished report.json'),
  'github-token': INPUTS['github-token'],
  'comment-id': INPUTS['comment-id'],
  'publish-branch': INPUTS['publish-branch'],
};

/** The door of publish/action.yml: comments a finished report that another workflow made, and does nothing else. */
export async function main(): Promise<void> {
  try {
    await published();
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind === 'outdated') overtaken(error);
    else failed(error);
  }
  process.exit();
}

/** Nobody has done anything wrong: there is nothing left to comment. The outputs stay empty, so nothing takes it for a pass. */
function overtaken({ message }: GitHubProblem): void {
  const line = `Nothing was published, for the pull request has moved on or is closed: ${message}`;
  core.notice(plain(line));
  summariseWhy([line]);
}

function failed(error: unknown): void {
  const lines = error instanceof InputError ? error.faults : [messageOf(error)];
  for (const line of lines) core.error(plain(line));
  summariseWhy(lines);
  process.exitCode = 1;
}

const summariseWhy = (lines: readonly string[]): void =>
  writeSummary(
    `## MM-SafetyBench: no report was published\n\n${lines.map(line => `- ${text(line)}`).join('\n')}\n`,
  );

async function published(): Promise<void> {
  const raw = inputsFromEnvironment(process.env);
  maskSecrets(secretsAmong(PUBLISH_INPUTS, raw));
  const { values, faults } = readTable(PUBLISH_INPUTS, raw);
  if (faults.length > 0) throw new InputError(faults);
  const {
    report: path,
    'github-token': token,
    'comment-id': commentId,
    'publish-branch': publishBranch,
  } = values;
  if (!token)
    throw new InputError(['input "github-token" is required: give a token that may write comments']);
  const context = readContext(process.env, file => readFileSync(file, 'utf8'));
  const { repository: repo, apiUrl } = context;
  if (!repo) throw new Error('GITHUB_REPOSITORY is not set: run this as a step on GitHub');
  const github = { token, commentId, publishBranch };
  const octokit = await connect({ token, apiUrl });
  const pullRequest = await commentedOn(context, octokit);
  const report: Report = {
    ...(await reportIn(path)),
    // What the report says of where it ran is its author's word; this is GitHub's.
    run: {
      ...runOf(context, { github }),
      url: context.triggeringRun?.url ?? context.runUrl,
      sha: pullRequest.headSha,
      pullRequest: pullRequest.number,
    },
  };
  const { triggeringRun } = context;
  const artifactUrl = triggeringRun ? await artifactsUrl({ octokit, repo }, triggeringRun) : '';
  const history = await lastRuns({ github }, context);
  const changes = await changesOf('', pullRequest.number, Promise.resolve({ octokit, repo }));
  const options = { artifactUrl, history, changes, secondHand: true };
  writeSummary(renderSummary(report, options));
  const run = triggeringRun ? { runId: String(triggeringRun.id), attempt: triggeringRun.attempt } : context;
  const on = { number: pullRequest.number, stamp: stampOf({ ...report, finishedAt: notAhead(report) }, run) };
  const { url, isAnothers } = await commentOn(report, { octokit, repo }, on, options);
  if (isAnothers) core.notice(ANOTHERS(url));
  core.setOutput('verdict', report.verdict.outcome);
  core.setOutput('comment-url', url);
}

async function reportIn(named: string): Promise<Report> {
  const read = await readReportFile(named);
  const problem = 'report' in read ? fromTheFuture(read.report) : read.problem;
  if ('report' in read && problem === null) return read.report;
  throw new Error(
    `input "report": "${read.path}" cannot be used: ${problem}; give the path of a finished report.json`,
  );
}

/** A report from days to come would keep every later one out. */
const fromTheFuture = ({ finishedAt }: Report): string | null =>
  Date.parse(finishedAt) > Date.now() + AHEAD ? 'it says that it was finished in days to come' : null;

/** Its own word for when it was finished, which must not outlast a run that comes later. */
const notAhead = ({ finishedAt }: Report): string =>
  new Date(Math.min(Date.parse(finishedAt), Date.now())).toISOString();

/** The pull request that the event speaks of, on GitHub's word alone. */
async function commentedOn(context: RunContext, octokit: Octokit): Promise<PullRequest> {
  const { repository: repo, pullRequest, triggeringRun, commentedPullRequest } = context;
  if (pullRequest) return pullRequest;
  if (repo && triggeringRun) return pullRequestOf({ octokit, repo }, triggeringRun);
  if (repo && commentedPullRequest) return readPullRequest({ octokit, repo }, commentedPullRequest);
  throw new Error(
    `a ${context.event || 'local'} run has no pull request: use workflow_run or pull_request_target`,
  );
}
