import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseAction } from '../../scripts/docs-tables.ts';

/** A job on a runner: its folders, the event that started it, and what it may reach. */
export interface Job {
  /** The folder of the action: action.yml with dist beside it. */
  readonly action: string;
  /** An empty folder of the job's own. */
  readonly home: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly payload: unknown };
  /** Added to, or instead of, what the runner sets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly door?: 'main' | 'post';
  /** Ends the step at once, as a runner whose patience with a cancelled one has run out; `post` comes all the same. */
  readonly kill?: AbortSignal;
  /** Asks the step to end, as a runner does when its job is cancelled. */
  readonly cancel?: AbortSignal;
}

/** What a runner has in hand when the step is over. */
export interface Step {
  readonly status: number | null;
  /** Standard output and standard error, as they came. */
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly workspace: string;
  /** What `post` finds in its environment. */
  readonly state: Readonly<Record<string, string>>;
}

/**
 * Runs one step as GitHub's runner does: action.yml says which file, every input is there with its default,
 * and nothing of this process's environment gets through but the way to find programs.
 */
export async function runStep(job: Job): Promise<Step> {
  const action = parseAction(await readFile(path.join(job.action, 'action.yml'), 'utf8'));
  const at = (name: string) => path.join(job.home, name);
  const workspace = at('workspace');
  await mkdir(workspace, { recursive: true });
  await mkdir(at('temp'), { recursive: true });
  const files = {
    GITHUB_OUTPUT: at('output'),
    GITHUB_STEP_SUMMARY: at('summary'),
    GITHUB_STATE: at('state'),
  };
  for (const file of Object.values(files)) await writeFile(file, '');
  await writeFile(at('event.json'), JSON.stringify(job.event?.payload ?? {}));
  const script = path.join(job.action, action.runs[job.door ?? 'main'] ?? '');
  const { status, log } = await output(
    script,
    workspace,
    {
      PATH: process.env['PATH'] ?? '',
      HOME: job.home,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: job.event?.name ?? 'workflow_dispatch',
      GITHUB_EVENT_PATH: at('event.json'),
      GITHUB_JOB: 'gate',
      GITHUB_WORKFLOW: 'safety',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REPOSITORY: 'octo-org/octo-repo',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_RUN_ID: '1',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_SHA: 'ffac537e6cbbf934b08745a378932722df287a53',
      GITHUB_WORKSPACE: workspace,
      RUNNER_OS: 'Linux',
      RUNNER_TEMP: at('temp'),
      ...files,
      ...inputsAsEnvironment(action.inputs, job.inputs),
      ...job.env,
    },
    job,
  );
  return {
    status,
    log,
    workspace,
    outputs: parseOutputs(await readFile(files.GITHUB_OUTPUT, 'utf8')),
    summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8'),
    state: Object.fromEntries(
      Object.entries(parseOutputs(await readFile(files.GITHUB_STATE, 'utf8'))).map(([name, value]) => [
        `STATE_${name}`,
        value,
      ]),
    ),
  };
}

function inputsAsEnvironment(
  known: Readonly<Record<string, { readonly default?: string }>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const defaults = Object.entries(known).map(([name, each]) => [name, each.default ?? '']);
  const inputs = { ...Object.fromEntries(defaults), 'github-token': '', ...given } as Record<string, string>;
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}

/** `name<<delimiter`, the value's lines, `delimiter`: as @actions/core writes them. */
function parseOutputs(text: string): Record<string, string> {
  const blocks = text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n?^\2$/gm);
  return Object.fromEntries([...blocks].map(([, name = '', , value = '']) => [name, value]));
}

function output(
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
  { kill, cancel }: Pick<Job, 'kill' | 'cancel'>,
): Promise<{ status: number | null; log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    kill?.addEventListener('abort', () => child.kill('SIGKILL'));
    cancel?.addEventListener('abort', () => child.kill('SIGINT'));
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    child.on('error', reject);
    child.on('close', status => resolve({ status, log }));
  });
}
