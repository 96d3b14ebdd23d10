import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEndpoint } from '../../../fixtures/endpoint.ts';
import { atTerminal, type Said } from '../at-terminal.ts';
import { FIXTURE_QUESTIONS } from '../evaluation.ts';

/** A run that passes, through the terminal's door in a process of its own; beside `reportDir` there is a `file`. */
export async function runAtTerminal(
  reportDir: string,
  interrupted: { readonly latencyMs?: number; readonly interruptAt?: string } = {},
): Promise<Said> {
  const { latencyMs = 0, interruptAt } = interrupted;
  const folder = await mkdtemp(join(tmpdir(), 'terminal-'));
  await writeFile(join(folder, 'file'), '');
  const endpoint = await startEndpoint({ dataset: FIXTURE_QUESTIONS, rate: 0, latencyMs });
  const inputs = {
    'base-url': endpoint.baseUrl,
    model: 'fixture-vlm',
    'judge-model': 'fixture-judge',
    dataset: FIXTURE_QUESTIONS,
    'image-kinds': 'TEXT',
    'max-asr': '40',
    'report-dir': reportDir,
  };
  const args = ['run', ...Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value])];
  try {
    return await atTerminal({ args, folder, ...(interruptAt && { interruptAt }) });
  } finally {
    await endpoint.close();
    await rm(folder, { recursive: true });
  }
}
