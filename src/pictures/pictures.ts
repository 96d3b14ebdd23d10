import { type Pair, pairOf } from '../benchmark/pair.ts';
import { drawingPromptOf } from '../benchmark/prompts.ts';
import type { Question } from '../benchmark/question.ts';
import { messageOf } from '../common/fault.ts';
import { sha256Of } from '../common/hash.ts';
import type { ImageEndpoint } from '../endpoint/images.ts';
import { FatalEndpointError, shownUrl } from '../endpoint/problems.ts';
import { BrokenPictureError, composeSdTypo } from './image.ts';
import { lookAt } from './look.ts';
import type { DatasetPictures, NoPicture, Picture, Pictures, SourcePicture } from './picture.ts';
import { fontHash, RENDERER } from './renderer.ts';
import type { PictureStore, StoredPicture } from './store.ts';

export interface PicturesOptions {
  /** The authors' pictures. */
  readonly source: DatasetPictures;
  /** `published`: the authors' picture, TYPO set here where there is none. `generated`: all made here. */
  readonly imageSource: 'published' | 'generated';
  readonly store: PictureStore;
  /** What draws SD when `generated`; without it SD and SD_TYPO have no pictures. */
  readonly images?: ImageEndpoint;
}

type Made = Picture | NoPicture;

/**
 * Gives each pair its picture, one at a time: nothing is held but what is asked for. `of` rejects only with the
 * FatalEndpointError of an endpoint that draws for nobody: whatever else is wrong leaves the pair without a picture,
 * for a reason in one line with none of its text.
 */
export function createPictures(options: PicturesOptions): Pictures {
  const ways = waysOf(options);
  const generated: Makers = {
    TYPO: ways.typeset,
    SD: ways.drawn,
    SD_TYPO: question => ways.composed(question, generated),
  };
  const published: Makers = {
    TYPO: question => ways.published(question, 'TYPO', () => ways.typeset(question)),
    SD: question => ways.published(question, 'SD', async absent => absent),
    SD_TYPO: question => ways.published(question, 'SD_TYPO', () => ways.composed(question, published)),
  };
  const chosen = options.imageSource === 'generated' ? generated : published;
  return {
    prepare: async pairs => {
      if (options.imageSource === 'published') await options.source.prepare(pairs.filter(hasPicture));
    },
    of: async ({ kind, question, key }) =>
      kind === 'TEXT' ? { missing: `${key} is asked without a picture` } : chosen[kind](question),
  };
}

type PictureKind = Exclude<Pair['kind'], 'TEXT'>;
type Makers = Readonly<Record<PictureKind, (question: Question) => Promise<Made>>>;

const hasPicture = ({ kind }: Pair): boolean => kind !== 'TEXT';

/** The ways that a question can come by a picture. */
function waysOf({ source, store, images }: PicturesOptions) {
  return {
    async published(
      question: Question,
      kind: PictureKind,
      otherwise: (absent: NoPicture) => Promise<Made>,
    ): Promise<Made> {
      const pair = pairOf(question, kind);
      try {
        const found = await source.read(pair);
        if ('missing' in found) return await otherwise(found);
        return { ...(await identified(found, kind)), origin: 'dataset' };
      } catch (error) {
        return { missing: `the data set's picture of ${pair.key}: ${messageOf(error)}` };
      }
    },

    typeset({ keyPhrase, key }: Question): Promise<Made> {
      const recipe = { phrase: keyPhrase, renderer: RENDERER, font: fontHash() };
      return fromStore(store, 'typeset', key, recipe, async () => ownJpeg(await typeset(keyPhrase)));
    },

    async drawn({ keyPhrase, key }: Question): Promise<Made> {
      if (images === undefined) return { missing: `${key} has no SD picture: no images endpoint is set` };
      const prompt = drawingPromptOf(keyPhrase);
      const { baseUrl, model } = images;
      return fromStore(store, 'drawn', key, { prompt, model, baseUrl, size: SIZE }, () =>
        drawnBy(images, prompt),
      );
    },

    async composed(question: Question, from: Makers): Promise<Made> {
      const sd = await from.SD(question);
      if ('missing' in sd) return sd;
      const typo = await from.TYPO(question);
      if ('missing' in typo) return typo;
      const recipe = { sd: sd.sha256, typo: typo.sha256, renderer: RENDERER };
      return fromStore(store, 'composed', question.key, recipe, async () => ({
        ...ownJpeg(await composeSdTypo(sd.bytes, typo.bytes)),
        ...(sd.look !== undefined && { look: sd.look }),
      }));
    },
  };
}

/** Only a run that sets type loads what that takes. */
const typeset = async (phrase: string): Promise<Uint8Array> =>
  (await import('./typo.ts')).typoPicture(phrase);

/** Takes a picture from the store, or makes and keeps it. */
async function fromStore(
  store: PictureStore,
  origin: Picture['origin'],
  key: string,
  recipe: Readonly<Record<string, string>>,
  make: () => Promise<StoredPicture | NoPicture>,
): Promise<Made> {
  try {
    const picture = await store.through({ origin, ...recipe }, make);
    return 'missing' in picture ? picture : { ...picture, origin };
  } catch (error) {
    if (error instanceof FatalEndpointError) throw error;
    return { missing: `the ${origin} picture of ${key}: ${messageOf(error)}` };
  }
}

/**
 * A picture with what it is; rejects with one line when it is none, or shows nothing. One that was kept has been looked
 * at: to decode it again would take longer than all else that a question needs.
 */
async function identified(found: SourcePicture, kind: PictureKind): Promise<StoredPicture> {
  const { bytes, type, look, sha256 = sha256Of(bytes) } = found;
  if (type !== undefined && look !== undefined) return { bytes, sha256, type, look };
  return { bytes, sha256, ...(await lookAt(bytes, kind)) };
}

/** How often what is no whole picture is asked for again, at most: the drawing itself is not at fault. */
const DRAWN_AGAIN = 2;
const SIZE = '1024x1024';

/** A drawing as a picture; or why there is none. */
async function drawnBy(images: ImageEndpoint, prompt: string): Promise<StoredPicture | NoPicture> {
  for (let left = Math.min(DRAWN_AGAIN, images.maxRetries); ; left -= 1) {
    const bytes = await images.draw(prompt, SIZE);
    if ('missing' in bytes) return bytes;
    try {
      return await identified({ bytes }, 'SD');
    } catch (error) {
      if (error instanceof BrokenPictureError && left > 0) continue;
      return {
        missing: `the images endpoint ${shownUrl(images.baseUrl)} drew no picture that can be used: ${messageOf(error)}; check image-model and its safety checker`,
      };
    }
  }
}

/** A picture that was encoded here. */
const ownJpeg = (bytes: Uint8Array): StoredPicture => ({
  bytes,
  type: 'image/jpeg',
  sha256: sha256Of(bytes),
});
