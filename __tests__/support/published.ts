import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageKind, pairOf, textOf } from '../../src/benchmark/pair.ts';
import { SCENARIOS, type Scenario } from '../../src/benchmark/scenarios.ts';
import { questionFileOf, TINY_LIST } from '../../src/dataset/authors.ts';
import { loadFolder } from '../../src/dataset/folder.ts';
import { parquetOf, patternOf } from './mirror-files.ts';
import { type FileServer, serveFiles } from './range-server.ts';
import { REAL_QUESTIONS } from './real.ts';

/** The commit that the mirror says it is at. */
export const COMMIT = 'c0ffee0000000000000000000000000000000000';

/**
 * The authors' files below `/questions` and the mirror's of these scenarios and kinds below `/mirror`. Its pictures are
 * the tests' own; the texts beside them are read where the published files lie.
 */
export async function servePublished(
  scenarios: readonly Scenario[],
  kinds: readonly ImageKind[],
): Promise<FileServer> {
  const files: Record<string, Uint8Array> = {};
  for (const path of [...SCENARIOS.map(questionFileOf), TINY_LIST]) {
    files[`/questions/${path}`] = await readFile(join(REAL_QUESTIONS, path));
  }
  const { questions } = await loadFolder(REAL_QUESTIONS);
  for (const scenario of scenarios) {
    const own = questions.filter(question => question.scenario === scenario);
    for (const kind of kinds) {
      const rows = own.map(question => ({
        id: Number(question.id),
        question: textOf(pairOf(question, kind)),
        image: patternOf(`${kind} ${question.key}`),
      }));
      files[`/mirror/data/${scenario.name.slice(3)}/${kind}.parquet`] = await parquetOf(rows, {
        rowsPerGroup: 20,
      });
    }
  }
  const server = await serveFiles(files);
  server.headers = { 'x-repo-commit': COMMIT };
  return server;
}
