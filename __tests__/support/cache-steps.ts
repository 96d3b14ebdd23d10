import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CachedFolder } from '../../src/github/cache.ts';

const run = promisify(execFile);
const JOB = join(import.meta.dirname, 'cache-job.ts');

/** The variables by which a runner tells a step of its cache service, and a service of which ref the run is. */
export const cacheVariables = (url: string, ref = 'main') => ({
  ACTIONS_CACHE_SERVICE_V2: 'true',
  ACTIONS_RESULTS_URL: url,
  ACTIONS_RUNTIME_TOKEN: `runtime-token of ${ref}`,
});

/** The inputs of a run whose pictures are all made at the stand-in. */
export const drawingInputs = (baseUrl: string, dataset: string) => ({
  'base-url': baseUrl,
  model: 'fixture-vlm',
  judge: 'refusal',
  dataset,
  'image-source': 'generated',
  'image-base-url': baseUrl,
  'image-model': 'fixture-image',
  'min-helpfulness': '0',
});

export type CacheTask = 'restore' | 'save' | 'both' | 'twice';

/**
 * Runs `cache-job` as a runner runs a step: its own process, the runner's variables. What came of it, with its log.
 * @param words what the job is told behind the folder
 */
export async function cacheJob<Outcome extends { readonly log: string }>(
  task: CacheTask,
  cached: CachedFolder,
  words: readonly string[],
  { root, url, env }: { readonly root: string; readonly url: string; readonly env: NodeJS.ProcessEnv },
): Promise<Outcome> {
  const { stdout } = await run(
    process.execPath,
    ['--no-warnings', JOB, task, JSON.stringify(cached), ...words],
    {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        ...cacheVariables(url),
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_WORKSPACE: join(root, 'workspace'),
        RUNNER_TEMP: join(root, 'temp'),
        ...env,
      },
    },
  );
  return { ...JSON.parse(stdout.trim().split('\n').at(-1) ?? ''), log: stdout };
}
