import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import type { ImageKind } from '../../src/benchmark/pair.ts';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { type CacheService, startCacheService } from '../support/cache-service.ts';
import { cacheVariables } from '../support/cache-steps.ts';
import { servePublished } from '../support/published.ts';
import type { FileServer } from '../support/range-server.ts';
import { REAL_QUESTIONS } from '../support/real.ts';
import { runStep, type Step } from '../support/runner.ts';

/**
 * The built action on two machines that share a cache service alone: the real @actions/cache, blobs in Azurite, and
 * the authors' files and the mirror's on a server that counts what it is asked for.
 */
const real = existsSync(REAL_QUESTIONS) ? describe : describe.skip;

const ROOT = path.resolve(import.meta.dirname, '../..');
const ASKED = SCENARIOS.filter(({ number }) => number === 7);
const KINDS: readonly ImageKind[] = ['SD', 'TYPO'];

real('the published data set behind the cache', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'cached-published-'));
  let cache: CacheService;
  let endpoint: Endpoint;
  let server: FileServer;

  beforeAll(async () => {
    cache = await startCacheService();
    endpoint = await startEndpoint({ dataset: REAL_QUESTIONS });
    server = await servePublished(ASKED, KINDS);
  }, 60_000);
  afterAll(async () => {
    await Promise.all([server.close(), endpoint.close(), cache.close()]);
    rmSync(home, { recursive: true, force: true });
  });

  const step = (runId: string): Promise<Step> =>
    runStep({
      action: ROOT,
      home,
      inputs: {
        ...{ 'base-url': endpoint.baseUrl, model: 'fixture-vlm', judge: 'refusal', 'min-helpfulness': '0' },
        ...{ dataset: 'published', 'accept-dataset-license': 'true' },
        ...{ 'questions-url': `${server.url}/questions`, 'images-url': `${server.url}/mirror` },
        ...{ scenarios: '7', 'image-kinds': KINDS.join(',') },
      },
      env: { GITHUB_RUN_ID: runId, ...cacheVariables(cache.url) },
    });

  test('is fetched once: another machine with its cache fetches nothing', async () => {
    const first = await step('1');
    expect(first.outputs).toMatchObject({ verdict: 'pass', unjudged: '0' });
    expect(server.seen.length).toBeGreaterThan(KINDS.length);

    rmSync(path.join(home, 'temp'), { recursive: true, force: true });
    server.seen.length = 0;
    const second = await step('2');
    expect(second.outputs).toMatchObject({ verdict: 'pass', unjudged: '0', pairs: first.outputs['pairs'] });
    expect(server.seen).toEqual([]);
  }, 60_000);
});
