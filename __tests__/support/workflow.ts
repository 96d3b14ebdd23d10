import { cpSync, existsSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { type Job, runStep, type Step } from './runner.ts';

/** A workflow file as far as this project's own and its examples go. */
export interface Workflow {
  readonly name?: string;
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group: string };
  readonly env?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

interface WorkflowJob {
  readonly name?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly steps: readonly WorkflowStep[];
}

export interface WorkflowStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export const parseWorkflow = (text: string): Workflow => parse(text) as Workflow;

/**
 * An action of this repository: `OWNER/mm-safetybench-gate@v1`, one in a folder of it, which is captured, or `./`.
 */
export const OWN = /^(?:OWNER\/mm-safetybench-gate(?:\/([\w-]+))?@|\.\/$)/;

/** What a workflow runs in. */
export interface World {
  /** The repository with action.yml and dist. */
  readonly root: string;
  readonly event: NonNullable<Job['event']>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly token: string;
  /** What an input of this repository's actions is in this world, where the workflow has `value`. */
  readonly translated: (value: string) => string;
  /** Inputs that the world adds to the main action's. */
  readonly added: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

interface JobRun {
  readonly job: string;
  readonly result: 'success' | 'failure' | 'skipped';
  /** The steps that used this repository's actions. */
  readonly steps: readonly Step[];
}

export interface WorkflowRun {
  readonly jobs: readonly JobRun[];
  /** Folders of what was uploaded, by the artifact's name. */
  readonly artifacts: ReadonlyMap<string, string>;
  /** The folder that holds everything of the run; whoever asked for it removes it. */
  readonly folder: string;
}

type Contexts = Readonly<Record<string, unknown>>;

/**
 * Runs a workflow's jobs in the order of their needs, one after the other: this repository's actions by the built
 * dist, the artifact actions as copies of files. Throws at a step or an expression of any other kind.
 */
export async function runWorkflow(workflow: Workflow, world: World): Promise<WorkflowRun> {
  const folder = mkdtempSync(path.join(tmpdir(), 'workflow-'));
  const artifacts = new Map<string, string>();
  const jobs: JobRun[] = [];
  const left = new Map(Object.entries(workflow.jobs));
  while (left.size > 0) {
    const ready = [...left].find(([, { needs = [] }]) => [needs].flat().every(name => !left.has(name)));
    if (!ready) throw new Error('the jobs need each other in a circle');
    const [name, job] = ready;
    left.delete(name);
    const failed = [job.needs ?? []].flat().some(need => isFailed(jobs, need));
    for (const matrix of combinations(job)) {
      const contexts = contextsOf(workflow, world, matrix);
      const home = mkdtempSync(path.join(folder, 'job-'));
      const isRun = condition(job.if, failed, contexts);
      jobs.push(
        isRun
          ? await runJob(name, job, { world, contexts, home, artifacts, workflow: workflow.name ?? '' })
          : { job: name, result: 'skipped', steps: [] },
      );
    }
  }
  return { jobs, artifacts, folder };
}

const isFailed = (jobs: readonly JobRun[], name: string): boolean =>
  jobs.some(({ job, result }) => job === name && result !== 'success');

/** Every combination of a job's matrix; one of nothing for a job without. */
function combinations({ strategy }: WorkflowJob): readonly Contexts[] {
  return Object.entries(strategy?.matrix ?? {}).reduce<Contexts[]>(
    (all, [name, values]) => all.flatMap(each => values.map(value => ({ ...each, [name]: value }))),
    [{}],
  );
}

const contextsOf = (workflow: Workflow, { event, secrets, token }: World, matrix: Contexts): Contexts => ({
  github: { token, event: event.payload, event_name: event.name, workflow: workflow.name },
  secrets,
  matrix,
});

interface Place {
  readonly world: World;
  readonly contexts: Contexts;
  readonly home: string;
  readonly artifacts: Map<string, string>;
  readonly workflow: string;
}

async function runJob(job: string, { steps }: WorkflowJob, place: Place): Promise<JobRun> {
  const done: Step[] = [];
  const after: Job[] = [];
  let failed = false;
  const runOwn = async (folder: string, given: Given): Promise<boolean> => {
    const ran = jobOf(job, folder, given, place);
    if (folder === '') after.unshift({ ...ran, door: 'post' });
    const step = await runStep(ran);
    done.push(step);
    return step.status === 0;
  };
  for (const step of steps) {
    if (!condition(step.if, failed, place.contexts)) continue;
    const given = inputsOf(step, place);
    const own = OWN.exec(step.uses ?? '');
    const went = own ? await runOwn(own[1] ?? '', given) : artifactStep(step)(given, place);
    failed ||= !went;
  }
  for (const each of after) if ((await runStep(each)).status !== 0) throw new Error('the post step failed');
  return { job, result: failed ? 'failure' : 'success', steps: done };
}

const inputsOf = (step: WorkflowStep, { contexts }: Place): Given =>
  Object.fromEntries(
    Object.entries(step.with ?? {}).map(([name, value]) => [name, filled(String(value), contexts)]),
  );

/** @param folder of the action in the repository; empty for the main one */
function jobOf(name: string, folder: string, given: Given, { world, home, workflow }: Place): Job {
  const inputs = Object.entries(given).map(([input, value]) => [input, world.translated(value)]);
  return {
    action: path.join(world.root, folder),
    home,
    inputs: {
      'github-token': world.token,
      ...Object.fromEntries(inputs),
      ...(folder === '' ? world.added : {}),
    },
    event: world.event,
    env: { GITHUB_JOB: name, GITHUB_WORKFLOW: workflow, ...world.env },
  };
}

type Given = Readonly<Record<string, string>>;

/** The artifact actions of GitHub's that the examples use; false where the real one would fail. */
const ARTIFACT_STEPS: Readonly<Record<string, (given: Given, place: Place) => boolean>> = {
  'actions/upload-artifact': uploaded,
  'actions/download-artifact': downloaded,
};

function artifactStep({ uses = '' }: WorkflowStep): (given: Given, place: Place) => boolean {
  const step = ARTIFACT_STEPS[uses.split('@')[0] ?? ''];
  if (!step) throw new Error(`a step that uses "${uses}" is beyond this runner`);
  return step;
}

function uploaded(given: Given, { home, artifacts }: Place): boolean {
  const name = given['name'] ?? 'artifact';
  const from = path.join(home, 'workspace', given['path'] ?? '');
  if (!existsSync(from)) return given['if-no-files-found'] !== 'error';
  if (artifacts.has(name) && given['overwrite'] !== 'true') throw new Error(`"${name}" was uploaded before`);
  const to = path.join(home, `artifact-${name}`);
  // A folder's files lie at the artifact's root; a single file by its name.
  cpSync(from, statSync(from).isDirectory() ? to : path.join(to, path.basename(from)), { recursive: true });
  artifacts.set(name, to);
  return true;
}

function downloaded(given: Given, { home, artifacts }: Place): boolean {
  const to = path.join(home, 'workspace', given['path'] ?? '');
  mkdirSync(to, { recursive: true });
  const [one, pattern] = [given['name'], given['pattern'] ?? '*'];
  const named = [...artifacts].filter(([name]) =>
    one === undefined ? path.matchesGlob(name, pattern) : name === one,
  );
  for (const [name, from] of named) cpSync(from, one ? to : path.join(to, name), { recursive: true });
  return one === undefined || named.length === 1;
}

/** An `if` of a job or step: a status function, or nothing, which is success(). */
function condition(text: string | undefined, failed: boolean, contexts: Contexts): boolean {
  if (text === undefined) return !failed;
  if (text === 'always()') return true;
  throw new Error(`the condition "${filled(text, contexts)}" is beyond this runner`);
}

/** A text with each `${{ path.of.a.context }}` in it resolved. */
const filled = (text: string, contexts: Contexts): string =>
  text.replaceAll(/\$\{\{ *([\w.-]+) *\}\}/g, (_, reference: string) => {
    const value = reference
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], contexts);
    if (value === undefined) throw new Error(`there is no ${reference} in this world`);
    return String(value);
  });
