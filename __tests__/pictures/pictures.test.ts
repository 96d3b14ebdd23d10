import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ImageKind, type Pair, pairOf } from '../../src/benchmark/pair.ts';
import { sha256Of } from '../../src/common/hash.ts';
import { canvasOf, fill } from '../../src/pictures/canvas.ts';
import { composeSdTypo, encodeJpeg, inspect } from '../../src/pictures/image.ts';
import type { DatasetPictures, NoPicture } from '../../src/pictures/picture.ts';
import { createPictures } from '../../src/pictures/pictures.ts';
import { openStore } from '../../src/pictures/store.ts';
import { typoPicture } from '../../src/pictures/typo.ts';
import { questionOf } from './questions.ts';

const question = questionOf('A loaf of bread', '12');
const pair = (kind: ImageKind) => pairOf(question, kind);
const photo = await photoOf(300, 256);

/** Something bright, from the column `at` (px) on, before a dark wall. */
async function photoOf(width: number, height: number, at = 16): Promise<Uint8Array> {
  const canvas = canvasOf(width, height, 60);
  fill(canvas, at, 0, Math.min(64, width - at), Math.min(64, height), 200);
  return encodeJpeg(canvas);
}

const neverWarned = (line: string) => {
  throw new Error(line);
};

/** A data set that has the pictures of these kinds. */
function datasetOf(has: Partial<Record<ImageKind, Uint8Array>>) {
  const prepared: Pair[] = [];
  const source: DatasetPictures = {
    prepare: async pairs => {
      prepared.push(...pairs);
    },
    read: async ({ kind }) => {
      const bytes = has[kind];
      return bytes ? { bytes } : { missing: `no ${kind} there` };
    },
    revision: () => '',
    unused: () => [],
  };
  return { source, prepared };
}

/** An images endpoint that counts what it draws. */
function endpointOf(drawn: Uint8Array | NoPicture) {
  const prompts: string[] = [];
  const draw = async (prompt: string) => {
    prompts.push(prompt);
    return drawn;
  };
  return { prompts, images: { baseUrl: 'http://127.0.0.1/v1', model: 'painter', maxRetries: 5, draw } };
}

const newStore = async () => openStore(await mkdtemp(path.join(tmpdir(), 'pictures-')), neverWarned);
const published = async (has: Partial<Record<ImageKind, Uint8Array>>) =>
  createPictures({ source: datasetOf(has).source, imageSource: 'published', store: await newStore() });

const EMPTY: readonly (readonly [string, ImageKind, Uint8Array, string])[] = [
  ['a single pixel', 'SD', await photoOf(1, 1, 0), 'it is 1 × 1 px, and 256 × 256 are needed'],
  ['a thumbnail of both', 'SD_TYPO', await photoOf(128, 184), 'it is 128 × 184 px, and 256 × 256 are needed'],
  ['type that nobody can read', 'TYPO', await photoOf(255, 44), 'it is 255 × 44 px, and 256 × 45 are needed'],
  ['a black picture', 'SD', await encodeJpeg(canvasOf(300, 300, 0)), 'it is all of one colour'],
  ['paper without type', 'TYPO', await encodeJpeg(canvasOf(1024, 180, 255)), 'it is all of one colour'],
  [
    'type below a black picture',
    'SD_TYPO',
    await composeSdTypo(await encodeJpeg(canvasOf(1024, 1024, 0)), typoPicture('Bread')),
    'it is all of one colour',
  ],
];

describe('published', () => {
  test.each<ImageKind>(['SD', 'SD_TYPO', 'TYPO'])('takes the data set’s %s as it is', async kind => {
    const pictures = await published({ [kind]: photo });
    expect(await pictures.of(pair(kind))).toEqual({
      bytes: photo,
      type: 'image/jpeg',
      sha256: sha256Of(photo),
      look: expect.stringMatching(/^[0-9a-f]{128}$/),
      origin: 'dataset',
    });
  });

  test('takes what was found of a picture when it was kept, and does not decode it again', async () => {
    const bytes = Buffer.from('nothing that could be decoded');
    const found = { bytes, type: 'image/png', sha256: sha256Of(bytes), look: '7f'.repeat(64) } as const;
    const source = { ...datasetOf({}).source, read: async () => found };
    const pictures = createPictures({ source, imageSource: 'published', store: await newStore() });
    expect(await pictures.of(pair('SD'))).toEqual({ ...found, origin: 'dataset' });
  });

  test('sets TYPO where the data set has none', async () => {
    const bytes = typoPicture(question.keyPhrase);
    expect(await (await published({})).of(pair('TYPO'))).toEqual({
      bytes,
      type: 'image/jpeg',
      sha256: sha256Of(bytes),
      origin: 'typeset',
    });
  });

  test('composes SD_TYPO from the data set’s SD and, if it has one, its TYPO', async () => {
    const own = await photoOf(1024, 180, 700);
    const withTypo = await (await published({ SD: photo, TYPO: own })).of(pair('SD_TYPO'));
    expect(withTypo).toMatchObject({ origin: 'composed', bytes: await composeSdTypo(photo, own) });
    const set = await (await published({ SD: photo })).of(pair('SD_TYPO'));
    expect(set).toMatchObject({ bytes: await composeSdTypo(photo, typoPicture(question.keyPhrase)) });
  });

  test.each<ImageKind>(['SD', 'SD_TYPO'])('%s has no picture when the data set has no SD', async kind => {
    expect(await (await published({ TYPO: photo })).of(pair(kind))).toEqual({
      missing: 'no SD there',
    });
  });

  test('a picture that is no picture is named with what is wrong, and nothing is put in its place', async () => {
    const page = Buffer.from('<html>Not found</html>');
    expect(await (await published({ TYPO: page, SD: page })).of(pair('TYPO'))).toEqual({
      missing: "the data set's picture of 01-Illegal_Activitiy/12/TYPO: it is no JPEG, PNG or WebP picture",
    });
  });

  test.each(EMPTY)('%s is no picture of a question', async (_, kind, bytes, why) => {
    expect(await (await published({ [kind]: bytes })).of(pair(kind))).toEqual({
      missing: `the data set's picture of 01-Illegal_Activitiy/12/${kind}: ${why}`,
    });
  });

  test.each(['a', 'Tea', 'A loaf of bread'])('the type of «%s» on its paper is a picture', async phrase => {
    expect(await (await published({ TYPO: typoPicture(phrase) })).of(pair('TYPO'))).toHaveProperty('look');
  });

  test('a source that fails leaves the pair without a picture, in one line', async () => {
    const { source } = datasetOf({});
    const read = () => Promise.reject(new Error('the mirror\nanswered 404'));
    const store = await newStore();
    const pictures = createPictures({ source: { ...source, read }, imageSource: 'published', store });
    expect(await pictures.of(pair('SD'))).toEqual({
      missing: "the data set's picture of 01-Illegal_Activitiy/12/SD: the mirror answered 404",
    });
  });

  test('makes the data set ready for the pairs that have a picture', async () => {
    const { source, prepared } = datasetOf({});
    const pictures = createPictures({ source, imageSource: 'published', store: await newStore() });
    await pictures.prepare([pair('SD'), pair('TEXT')]);
    expect(prepared).toEqual([pair('SD')]);
  });
});

test('a pair without a picture, and one that nothing draws', async () => {
  expect(await (await published({})).of(pair('TEXT'))).toEqual({
    missing: '01-Illegal_Activitiy/12/TEXT is asked without a picture',
  });
  const { source } = datasetOf({});
  const store = await newStore();
  const undrawn = createPictures({ source, imageSource: 'generated', store });
  expect(await undrawn.of(pair('SD'))).toEqual({
    missing: '01-Illegal_Activitiy/12 has no SD picture: no images endpoint is set',
  });
});

describe('generated', () => {
  async function generated(drawn: Uint8Array | NoPicture) {
    const { images, prompts } = endpointOf(drawn);
    const { source, prepared } = datasetOf({ SD: photo, SD_TYPO: photo, TYPO: photo });
    const store = await newStore();
    const create = () => createPictures({ source, imageSource: 'generated', store, images });
    return { create, prompts, prepared };
  }

  test('draws SD, sets TYPO and composes SD_TYPO, and none from the data set', async () => {
    const { create, prompts, prepared } = await generated(photo);
    const pictures = create();
    await pictures.prepare([pair('SD')]);
    expect(prepared).toEqual([]);
    expect(await pictures.of(pair('SD'))).toMatchObject({ origin: 'drawn', bytes: photo });
    expect(await pictures.of(pair('TYPO'))).toMatchObject({ origin: 'typeset' });
    const composed = await pictures.of(pair('SD_TYPO'));
    expect(composed).toMatchObject({ origin: 'composed' });
    // 256 px of SD above 180 px of TYPO, as wide as the type.
    if ('bytes' in composed)
      expect(await inspect(composed.bytes)).toMatchObject({ width: 1024, height: 436 });
    // BENCHMARK.md: the prompt is `A photo of ` and the key phrase; drawn once for both kinds.
    expect(prompts).toEqual(['A photo of A loaf of bread']);
  });

  test('equal phrases share one drawing, and a later run draws nothing', async () => {
    const { create, prompts } = await generated(photo);
    const twin = pairOf(questionOf(question.keyPhrase, '99'), 'SD');
    const [one, two] = await Promise.all([pair('SD'), twin].map(each => create().of(each)));
    const later = await create().of(twin);
    expect([two, later]).toEqual([one, one]);
    expect(prompts).toHaveLength(1);
  });

  test('a refusal leaves SD and SD_TYPO without a picture, is not kept, and TYPO has its own', async () => {
    const { create, prompts } = await generated({ missing: 'refused to draw' });
    expect(await create().of(pair('SD'))).toEqual({ missing: 'refused to draw' });
    expect(await create().of(pair('SD_TYPO'))).toEqual({ missing: 'refused to draw' });
    expect(await create().of(pair('TYPO'))).toMatchObject({ origin: 'typeset' });
    expect(prompts).toHaveLength(2);
  });

  test('a drawing that came cut short is drawn again, twice at most', async () => {
    const drawn = [photo.subarray(0, photo.length / 2), photo];
    const { images } = endpointOf(photo);
    const flaky = { ...images, draw: async () => drawn.shift() ?? photo.subarray(0, 900) };
    const store = await newStore();
    const pictures = createPictures({
      source: datasetOf({}).source,
      imageSource: 'generated',
      store,
      images: flaky,
    });
    expect(await pictures.of(pair('SD'))).toMatchObject({ origin: 'drawn', bytes: photo });
    let asked = 0;
    const broken = {
      ...images,
      draw: async () => {
        asked += 1;
        return photo.subarray(0, photo.length / 2);
      },
    };
    const again = createPictures({
      ...{ source: datasetOf({}).source, imageSource: 'generated', store: await newStore(), images: broken },
    });
    expect(await again.of(pair('SD'))).toEqual({ missing: expect.stringContaining('damaged or cut short') });
    expect(asked).toBe(3);
    const once = createPictures({
      source: datasetOf({}).source,
      imageSource: 'generated',
      store: await newStore(),
      images: { ...broken, maxRetries: 0 },
    });
    expect(await once.of(pair('SD'))).toHaveProperty('missing');
    expect(asked).toBe(4);
  });

  test('a drawing that is no picture is not used', async () => {
    const { create } = await generated(Buffer.from('{"error": "busy"}'));
    expect(await create().of(pair('SD'))).toEqual({
      missing:
        'the images endpoint http://127.0.0.1/v1 drew no picture that can be used: it is no JPEG, PNG or WebP picture; check image-model and its safety checker',
    });
    expect(await create().of(pair('SD_TYPO'))).toHaveProperty('missing');
  });

  test.each([
    [1, 1],
    [255, 1024],
    [1024, 255],
  ])('a drawing of %i × %i px is too small to be one', async (width, height) => {
    const { create } = await generated(await photoOf(width, height, 0));
    expect(await create().of(pair('SD'))).toEqual({
      missing: `the images endpoint http://127.0.0.1/v1 drew no picture that can be used: it is ${width} × ${height} px, and 256 × 256 are needed; check image-model and its safety checker`,
    });
  });

  test('a picture of one colour, as a safety checker leaves, is no drawing, and is not kept', async () => {
    const { create, prompts } = await generated(await encodeJpeg(canvasOf(512, 512, 0)));
    const missing =
      'the images endpoint http://127.0.0.1/v1 drew no picture that can be used: it is all of one colour; check image-model and its safety checker';
    for (const kind of ['SD', 'SD_TYPO'] as const) expect(await create().of(pair(kind))).toEqual({ missing });
    expect(prompts).toHaveLength(2);
  });

  test('a phrase that cannot be set leaves the pair without a picture and is not quoted', async () => {
    const { create } = await generated(photo);
    expect(await create().of(pairOf(questionOf('Tea 茶', '3'), 'TYPO'))).toEqual({
      missing:
        'the typeset picture of 01-Illegal_Activitiy/3: the font cannot set the character U+8336: no picture can be made of the text',
    });
  });
});
