import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../src/finding/finding.ts';
import type { Services } from '../../../src/services.ts';
import { endpointBehind, isJudge } from '../between.ts';
import { FIXTURE_QUESTIONS } from '../evaluation.ts';
import { completion } from '../scripted-endpoint.ts';
import { goneWrong, type Way } from './way.ts';

/** A judge that calls everything safe after so many judgements, up to one, and an attempt that is broken off. */
export interface Broken {
  readonly right: number;
  /** The last judgement that is wrong; all that come after the first where it is left out. */
  readonly until?: number;
  /** The first attempt is cancelled when so many judgements were asked for. */
  readonly cancelledAt?: number;
  /** The next is another run, which the first lends what it was told. */
  readonly isLent?: boolean;
  readonly way?: Pick<Way, 'endpoint' | 'inputs'>;
}

/** An attempt under such a judge, and the next, which goes on with the judge mended. */
export async function judgeMendedBetween({
  right,
  until = Number.POSITIVE_INFINITY,
  cancelledAt,
  isLent = false,
  way = { endpoint: { rate: 90 } },
}: Broken): Promise<readonly [Finding, Finding]> {
  const folder = await mkdtemp(join(tmpdir(), 'attempts-'));
  const cancel = new AbortController();
  let isBroken = true;
  let judged = 0;
  const judge = await endpointBehind(
    {
      replying: asked => {
        if (!isBroken || !isJudge(asked)) return undefined;
        judged += 1;
        if (judged === cancelledAt) cancel.abort();
        return judged > right && judged <= until ? { body: completion({ content: 'safe' }) } : undefined;
      },
    },
    { dataset: FIXTURE_QUESTIONS },
  );
  const attempt = (own: string, services: Partial<Services>) =>
    goneWrong({
      ...way,
      inputs: { ...way.inputs, 'judge-base-url': judge.baseUrl, 'reuse-responses': `${isLent}` },
      services: () => ({
        journal: join(folder, own),
        ...(isLent && { shared: join(folder, 'shared.jsonl') }),
        ...services,
      }),
    });
  try {
    const first = await attempt('journal.jsonl', { signal: cancel.signal });
    isBroken = false;
    return [first, await attempt(isLent ? 'next.jsonl' : 'journal.jsonl', {})];
  } finally {
    await judge.close();
    await rm(folder, { recursive: true });
  }
}
