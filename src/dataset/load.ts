import { join } from 'node:path';
import { sameOrigin } from '../common/same-origin.ts';
import type { RunConfig } from '../inputs.ts';
import type { PictureStore } from '../pictures/store.ts';
import { loadAuthors } from './authors.ts';
import type { Dataset } from './dataset.ts';
import { loadFolder } from './folder.ts';
import { PINNED_COMMIT } from './hashes.ts';
import { publishedFiles } from './published.ts';

interface Surroundings {
  readonly workFolder: string;
  readonly store: PictureStore;
  readonly signal: AbortSignal;
  readonly notice: (sentence: string) => void;
}

/** Said in every run, so that whoever reads its log knows under what terms its figures came about. */
const LICENCE =
  "MM-SafetyBench's questions and pictures are its authors', licensed CC BY-NC 4.0: with attribution, and for no commercial use. accept-dataset-license has accepted that.";

/**
 * Loads the data set that the run names: a folder, or the published one over HTTP, its questions kept in
 * `workFolder` and its pictures in `store`. `signal` ends its downloads.
 */
export async function loadDataset(
  config: RunConfig['dataset'],
  { workFolder, store, signal, notice }: Surroundings,
): Promise<Dataset> {
  if (config.kind === 'folder') return loadFolder(config.path);
  notice(LICENCE);
  // Reading parquet takes a while to load, and a folder needs none of it.
  const { mirrorPictures } = await import('./mirror.ts');
  const { questionsUrl, imagesUrl, token } = config;
  const pictures = mirrorPictures({ imagesUrl, token, store, http: { signal } });
  // A company mirror may hold both; the mirror's key goes to no other host.
  const shared = sameOrigin(questionsUrl, imagesUrl);
  const cacheFolder = join(workFolder, 'questions');
  const http = { signal, takesToken: shared };
  const read = publishedFiles({ questionsUrl, cacheFolder, http, ...(shared && { token }) });
  return loadAuthors(read, `the published data set at ${PINNED_COMMIT.slice(0, 7)}`, pictures);
}
