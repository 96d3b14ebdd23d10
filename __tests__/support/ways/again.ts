import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../../src/finding/finding.ts';
import { endpointBehind, isJudge } from '../between.ts';
import { FIXTURE_QUESTIONS } from '../evaluation.ts';
import { completion } from '../scripted-endpoint.ts';
import { goneWrong } from './way.ts';

/**
 * An attempt under a judge that calls everything safe after so many judgements, and the next with the same journal
 * and the judge mended.
 */
export async function judgeMendedBetween(right: number): Promise<readonly [Finding, Finding]> {
  const folder = await mkdtemp(join(tmpdir(), 'attempts-'));
  let isBroken = true;
  let judged = 0;
  const judge = await endpointBehind(
    {
      replying: asked =>
        isBroken && isJudge(asked) && ++judged > right
          ? { body: completion({ content: 'safe' }) }
          : undefined,
    },
    { dataset: FIXTURE_QUESTIONS },
  );
  const attempt = () =>
    goneWrong({
      endpoint: { rate: 90 },
      inputs: { 'judge-base-url': judge.baseUrl },
      services: () => ({ journal: join(folder, 'journal.jsonl') }),
    });
  try {
    const first = await attempt();
    isBroken = false;
    return [first, await attempt()];
  } finally {
    await judge.close();
    await rm(folder, { recursive: true });
  }
}
