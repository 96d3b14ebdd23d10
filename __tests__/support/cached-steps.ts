import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../fixtures/endpoint.ts';
import { type CacheService, startCacheService } from './cache-service.ts';
import { cacheVariables } from './cache-steps.ts';
import { type Job, runStep, type Step } from './runner.ts';

const ROOT = resolve(import.meta.dirname, '../..');
export const DATASET = join(ROOT, 'fixtures/mm-safetybench');

/**
 * A runner for steps of the built action, with a home, a cache service and a model: there before the tests of a file, and
 * gone after them.
 */
export function withCachedSteps(onRequest: NonNullable<EndpointOptions['onRequest']>) {
  let service: CacheService;
  let endpoint: Endpoint;
  const home = mkdtempSync(join(tmpdir(), 'cached-steps-'));
  beforeAll(async () => {
    service = await startCacheService();
    endpoint = await startEndpoint({ dataset: DATASET, onRequest });
  }, 60_000);
  afterAll(async () => {
    await endpoint.close();
    await service.close();
    rmSync(home, { recursive: true, force: true });
  });
  return {
    home,
    get service(): CacheService {
      return service;
    },
    get baseUrl(): string {
      return endpoint.baseUrl;
    },
    /** A step on a machine that has nothing of earlier runs but what the cache service gives it. */
    step: (runId: string, inputs: Job['inputs'], more: Partial<Job>): Promise<Step> =>
      runStep({
        action: ROOT,
        home,
        ...more,
        inputs: { ...inputs, ...more.inputs },
        env: { GITHUB_RUN_ID: runId, ...cacheVariables(service.url), ...more.env },
      }),
    newMachine: (of = home): void => rmSync(join(of, 'temp'), { recursive: true, force: true }),
  };
}
