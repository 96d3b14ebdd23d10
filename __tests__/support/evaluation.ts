import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../fixtures/endpoint.ts';
import { readLocalBaseline } from '../../src/baseline.ts';
import { evaluate } from '../../src/evaluate.ts';
import { failureOf } from '../../src/finding/failure.ts';
import type { Finding } from '../../src/finding/finding.ts';
import { type RunConfig, readInputs } from '../../src/inputs.ts';
import type { Services } from '../../src/services.ts';

export const FIXTURE_QUESTIONS = resolve(import.meta.dirname, '../../fixtures/mm-safetybench');

export interface Evaluated {
  readonly finding: Finding;
  readonly endpoint: Endpoint;
  readonly notices: readonly string[];
}

export interface EvaluationOptions {
  readonly endpoint?: EndpointOptions;
  /** Added to, or instead of, the inputs of a small run over the fixture questions. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly services?: Partial<Services>;
}

/**
 * A whole evaluation in this process, over real HTTP against the fixture endpoint, with what went wrong reported as
 * the doors report it. The endpoint is closed, and what it counted can still be read.
 */
export async function evaluated({
  endpoint: behaviour = {},
  inputs = {},
  services = {},
}: EvaluationOptions = {}): Promise<Evaluated> {
  const endpoint = await startEndpoint({ dataset: FIXTURE_QUESTIONS, ...behaviour });
  const workFolder = await mkdtemp(join(tmpdir(), 'evaluation-'));
  const notices: string[] = [];
  const startedAt = Date.now();
  let config: RunConfig | null = null;
  try {
    config = readInputs(
      new Map(
        Object.entries({
          'base-url': endpoint.baseUrl,
          model: 'fixture-vlm',
          'judge-model': 'fixture-judge',
          dataset: FIXTURE_QUESTIONS,
          'image-kinds': 'TYPO,TEXT',
          'max-asr': '60',
          'request-timeout': '60',
          'max-retries': '1',
          ...inputs,
        }),
      ),
    );
    const finding = await evaluate(config, {
      signal: new AbortController().signal,
      clock: Date.now,
      random: () => 0,
      workFolder,
      journal: join(workFolder, 'journal.jsonl'),
      readBaseline: readLocalBaseline,
      notice: sentence => notices.push(sentence),
      progress: () => undefined,
      ...services,
    });
    return { finding, endpoint, notices };
  } catch (error) {
    return { finding: failureOf(error, config, startedAt, Date.now()), endpoint, notices };
  } finally {
    await endpoint.close();
    await rm(workFolder, { recursive: true, force: true });
  }
}
