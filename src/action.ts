import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as core from '@actions/core';
import { sha256Of } from './common/hash.ts';
import { steadyClock } from './common/steady-clock.ts';
import { evaluate } from './evaluate.ts';
import { failureOf } from './finding/failure.ts';
import type { Finding } from './finding/finding.ts';
import { beFrugal } from './frugal.ts';
import { readBaselineFor } from './github/baseline.ts';
import { type RunContext, readContext } from './github/context.ts';
import { type Delivery, deliver, lookUp, maskSecrets, runOf } from './github/delivery.ts';
import { type Keeper, type KeptFolder, restoreKept, saveLeftKept } from './github/kept.ts';
import { tellRestricted } from './github/restricted.ts';
import { isLacking, madeOf, SHARED_JOURNAL } from './going-on.ts';
import { secretsAmong } from './inputs/reading.ts';
import { INPUTS } from './inputs/table.ts';
import { inputsFromEnvironment, type RawInputs, type RunConfig, readInputs } from './inputs.ts';
import { createProgressPrinter } from './progress-printer.ts';
import { plain } from './report/escape.ts';
import type { Report } from './report/report.ts';
import { clearFolder } from './report-folder.ts';
import { createResponses, type Responses } from './responses.ts';
import type { Services } from './services.ts';
import { onCancel, unlessAborted } from './signals.ts';
import { TOOL } from './tool.ts';

/**
 * The action's door: evaluates, reports whatever came of it, and only then fails. A silent cache service is waited for
 * as `openCache` says.
 */
export async function main(cancel = onCancel(), cacheSilenceMs?: number): Promise<void> {
  beFrugal();
  const startedAt = Date.now();
  const raw = inputsFromEnvironment(process.env);
  maskSecrets(secretsAmong(INPUTS, raw));
  let config: RunConfig | null = null;
  let context: RunContext | null = null;
  let responses: Responses | null = null;
  let beside: ReturnType<typeof lookUp> | undefined;
  let places: Places | null = null;
  let keeper: Keeper | null = null;
  let finding: Finding;
  try {
    context = readContext(process.env, path => readFileSync(path, 'utf8'));
    config = readInputs(raw);
    maskSecrets(config.secrets);
    await clearFolder(config.output.reportDir);
    if (config.output.includeResponses) responses = createResponses(config.output.reportDir);
    beside = lookUp(deliveryOf(config), context);
    // Restoring changes RUNNER_TEMP for as long as it takes.
    places = placesOf(config, context, raw);
    keeper = await unlessAborted(restored(config, context, places, cacheSilenceMs), cancel);
    finding = await evaluateInJob(config, context, places, { responses, cancel });
  } catch (error) {
    finding = failureOf(error, config, startedAt, Date.now(), cancel);
  }
  const report: Report = {
    ...tellRestricted(finding, context, raw),
    tool: TOOL,
    run: runOf(context, config),
  };
  const shown = {
    ...(beside && (await unlessAborted(beside, cancel))),
    ...(responses && { texts: responses.shown }),
  };
  process.exitCode = await deliver(report, config && deliveryOf(config), context, raw, shown, cancel);
  const isOver = !cancel.aborted && !isLacking(finding);
  if (places && context && isOver) await forgetAnswers(places, context);
  // A runner gives a cancelled step seconds, and then comes `post`, which saves the same.
  if (keeper && !cancel.aborted) await unlessAborted(keeper.save(), cancel);
  // Connections that are kept alive must not keep the job.
  process.exit();
}

function deliveryOf({ baseline, github, output }: RunConfig): Delivery {
  return { github, output, baselinePath: baseline.kind === 'file' ? baseline.path : '' };
}

/** GitHub runs this after the job's steps, whatever became of them. */
export async function post(cacheSilenceMs?: number): Promise<void> {
  await saveLeftKept(notice, cacheSilenceMs);
  // Connections to a service that keeps silent must not keep the job either.
  process.exit();
}

const notice = (sentence: string): void => core.info(plain(sentence));

/** Where a run keeps what it works with. */
type Places = Pick<Services, 'workFolder' | 'journal' | 'shared'>;

const placesOf = (config: RunConfig, context: RunContext, raw: RawInputs): Places => ({
  workFolder: contentFolder(),
  journal: join(answersFolder(), journalName(config, context, raw)),
  ...(config.cache.reuseResponses && { shared: join(answersFolder(), SHARED_JOURNAL) }),
});

async function restored(
  config: RunConfig,
  context: RunContext,
  { journal, shared }: Places,
  cacheSilenceMs?: number,
): Promise<Keeper | null> {
  if (!config.cache.enabled) return null;
  const kept = [contentOf(config), answersOf(context, basename(journal)), ...sharedAnswers(shared)];
  return restoreKept(kept, notice, cacheSilenceMs);
}

async function evaluateInJob(
  config: RunConfig,
  context: RunContext,
  places: Places,
  { responses, cancel }: { readonly responses: Responses | null; readonly cancel: AbortSignal },
): Promise<Finding> {
  const clock = steadyClock();
  const printer = createProgressPrinter(process.stdout, clock);
  core.startGroup('Asking and judging');
  try {
    return await evaluate(config, {
      ...places,
      signal: cancel,
      clock,
      random: Math.random,
      readBaseline: path => readBaselineFor(path, context, config.github),
      notice: sentence => core.notice(plain(sentence)),
      say: notice,
      progress: printer.update,
      ...(responses && { keepTexts: responses.keep }),
    });
  } finally {
    printer.end();
    core.endGroup();
  }
}

const runnerFolder = (): string => join(process.env['RUNNER_TEMP'] || tmpdir(), TOOL.name);
const contentFolder = (): string => join(runnerFolder(), 'content');
const answersFolder = (): string => join(runnerFolder(), 'answers');

/** Pictures and downloads: what they depend on, the most important first. */
function contentOf({ dataset, pictures, selection }: RunConfig): KeptFolder {
  const parts = [dataset.kind, pictures.source, selection.requested, selection.seed];
  return { name: 'content', folder: contentFolder(), parts, restore: 'nearest' };
}

/** Answers of the last attempt that left any. */
function answersOf({ attempt }: RunContext, only: string): KeptFolder {
  const kept = { name: 'answers', folder: answersFolder(), only };
  const of = (n: number) => [`${only}-${n}`];
  const before = Array.from({ length: Math.min(attempt - 1, MOST_ATTEMPTS) }, (_, n) => of(attempt - 1 - n));
  return { ...kept, parts: of(attempt), ...(before.length > 0 && { restore: before }) };
}

/** Answers of every run, where `reuse-responses` says so: none of an attempt's, which a branch may have and hide them. */
const sharedAnswers = (shared: Places['shared']): readonly KeptFolder[] =>
  shared === undefined
    ? []
    : [
        {
          name: 'answers',
          folder: answersFolder(),
          only: SHARED_JOURNAL,
          parts: [SHARED_JOURNAL],
          restore: [[SHARED_JOURNAL]],
        },
      ];

/** The cache service takes ten keys at once, and the first is named twice. */
const MOST_ATTEMPTS = 9;

/**
 * What asks the same again after a run that is over, in another step or attempt, asks it anew. An empty journal, kept
 * as this attempt's, goes before what attempts before it have left.
 */
async function forgetAnswers({ journal }: Places, { attempt }: RunContext): Promise<void> {
  await (attempt > 1 ? writeFile(journal, '') : rm(journal, { force: true })).catch(() => undefined);
}

/**
 * Of the attempts of one step of a run, and of nothing else: the jobs of a matrix have one name, and differ in what
 * they ask.
 */
function journalName({ github }: RunConfig, context: RunContext, raw: RawInputs): string {
  const { runId, workflow, job, step } = context;
  const parts = [runId, workflow, job, step, github.commentId, madeOf(raw)];
  return `${sha256Of(JSON.stringify(parts)).slice(0, 32)}.jsonl`;
}
