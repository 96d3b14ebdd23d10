import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndpointOptions } from '../../../fixtures/endpoint.ts';
import type { Finding } from '../../../src/finding/finding.ts';
import type { Outcome } from '../../../src/gate/verdict.ts';
import type { Services } from '../../../src/services.ts';
import { type Between, endpointBehind } from '../between.ts';
import { evaluated, FIXTURE_QUESTIONS } from '../evaluation.ts';

/** A way for a run to go wrong, what must come of it, and words of the sentence that tells a person why. */
export interface Way {
  readonly name: string;
  readonly outcome: Exclude<Outcome, 'pass'>;
  readonly says: RegExp;
  /** Set where the words hang on how fast the machine is. */
  readonly isTimed?: true;
  readonly endpoint?: EndpointOptions;
  readonly between?: Between | undefined;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly services?: () => Partial<Services>;
  /** Writes what the run needs into a folder of its own, and gives the inputs that name it. */
  readonly prepare?: (folder: string) => Promise<Readonly<Record<string, string>>>;
}

/** A run that passes by a wide margin: nothing is unsafe, and 40 % would be allowed. */
const INPUTS = {
  'image-kinds': 'TEXT',
  'max-asr': '40',
  'request-timeout': '60',
  'max-retries': '0',
};
const MODEL: EndpointOptions = { rate: 0 };

/** The run that passes, with this going wrong. */
export async function goneWrong({
  endpoint,
  between,
  inputs,
  services,
  prepare,
}: Partial<Way>): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'way-'));
  const model = { ...MODEL, ...endpoint };
  const behind = between && (await endpointBehind(between, { dataset: FIXTURE_QUESTIONS, ...model }));
  try {
    const { finding } = await evaluated({
      endpoint: model,
      inputs: {
        ...INPUTS,
        ...(behind && { 'base-url': behind.baseUrl }),
        ...inputs,
        ...(await prepare?.(folder)),
      },
      ...(services && { services: services() }),
    });
    return finding;
  } finally {
    await behind?.close();
    await rm(folder, { recursive: true, force: true });
  }
}
