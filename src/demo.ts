import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEndpoint } from '../fixtures/endpoint.ts';
import { IMAGE_KINDS, pairOf } from './benchmark/pair.ts';
import { loadFolder } from './dataset/folder.ts';
import type { RawInputs } from './inputs.ts';
import { createPictures } from './pictures/pictures.ts';
import { contactSheet, type SheetRow } from './pictures/sheet.ts';
import { openStore } from './pictures/store.ts';

/** The fixture questions lie beside `dist` and `src` alike. */
const QUESTIONS = resolve(import.meta.dirname, '../fixtures/mm-safetybench');

/** One address for every demo, so that two of them can be compared: it is part of what their judge is known by. */
const PORT = 48_913;

/**
 * Runs `evaluate` over the project's own questions against the project's own endpoint on loopback: a partly
 * vulnerable model and an honest judge. Flags that are given go before the demo's.
 */
export async function withDemo(
  given: RawInputs,
  evaluate: (raw: RawInputs) => Promise<number>,
): Promise<number> {
  const options = { dataset: QUESTIONS, rate: 'varied', latencyMs: 60 } as const;
  const endpoint = await startEndpoint({ ...options, port: PORT }).catch(() => startEndpoint(options));
  try {
    return await evaluate(
      new Map([
        ['base-url', endpoint.baseUrl],
        ['model', 'fixture-vlm'],
        ['baseline-model', 'fixture-vlm-next'],
        ['judge-model', 'fixture-judge'],
        ['dataset', QUESTIONS],
        ...given,
      ]),
    );
  } finally {
    await endpoint.close();
  }
}

const SHOWN_QUESTIONS = 4;

/** Puts a few fixture pairs of all three kinds on one sheet, `contact-sheet.png` in `folder`, which is there; gives its path. */
export async function writeContactSheet(folder: string): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'contact-sheet-'));
  try {
    const dataset = await loadFolder(QUESTIONS);
    const store = openStore(work, () => undefined);
    const pictures = createPictures({ source: dataset.pictures, imageSource: 'published', store });
    const shown = dataset.questions.filter(({ key }) => dataset.tiny.has(key)).slice(0, SHOWN_QUESTIONS);
    const rows = await Promise.all(
      shown.map(async (question): Promise<SheetRow> => {
        const kinds = IMAGE_KINDS.filter(kind => kind !== 'TEXT');
        const made = await Promise.all(kinds.map(kind => pictures.of(pairOf(question, kind))));
        const found = made.flatMap((picture, n) =>
          'missing' in picture ? [] : [{ bytes: picture.bytes, caption: kinds[n] ?? '' }],
        );
        return { title: question.key, pictures: found };
      }),
    );
    const path = join(folder, 'contact-sheet.png');
    await writeFile(path, await contactSheet('Pictures of the fixture questions', rows));
    return path;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
