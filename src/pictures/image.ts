import type { Sharp } from 'sharp';
import { messageOf } from '../common/fault.ts';
import { type Canvas, canvasOf } from './canvas.ts';
import { inTurn, library, tracked } from './library.ts';
import type { Picture } from './picture.ts';

/**
 * Far above any picture of the benchmark (1024 × 1474), far below what would fill the memory.
 * @internal
 */
export const MAX_PIXELS = 4096 * 4096;

/** Nothing but these three formats is ever decoded: a picture comes from outside. */
const TYPES: Readonly<Record<string, Picture['type']>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

/** Colour profiles are ignored, as Pillow does. */
const READING = { limitInputPixels: MAX_PIXELS, ignoreIcc: true };
/** Pillow's defaults, with which the authors saved: quality 75, 4:2:0, the standard Huffman tables. */
const PILLOW_JPEG = { quality: 75, chromaSubsampling: '4:2:0', optimiseCoding: false };

/** Bytes are no whole picture of a format that is read here. The message says what is wrong with them. */
export class BrokenPictureError extends Error {}

/** What a picture's bytes are. Sizes in px. */
export interface Image {
  readonly type: Picture['type'];
  readonly width: number;
  readonly height: number;
  /** All of it, averaged and squeezed into 64 × 64 px. */
  readonly thumbnail: Canvas<3>;
}

/** Encodes as the authors saved. */
export const encodeJpeg = async (canvas: Canvas): Promise<Uint8Array> =>
  tracked(await (await raw(canvas)).jpeg(PILLOW_JPEG).toBuffer());

/** A lossless picture, for people to look at. */
export const encodePng = async (canvas: Canvas): Promise<Uint8Array> =>
  tracked(await (await raw(canvas)).png({ compressionLevel: 9 }).toBuffer());

const raw = async ({ pixels, width, height, channels }: Canvas): Promise<Sharp> =>
  (await library())(tracked(pixels), { raw: { width, height, channels } });

/**
 * Decodes a whole picture once and says what it is. Rejects with BrokenPictureError, one line that says what is wrong
 * with the bytes: no picture, another format, more than MAX_PIXELS, cut short or damaged.
 */
export const inspect = (bytes: Uint8Array): Promise<Image> =>
  inTurn(async () => {
    const { space, ...header } = await headerOf(bytes);
    // Shrinking while it is decoded is the cheapest way of reading all of it.
    const whole = (await open(bytes)).removeAlpha().toColourspace('srgb');
    const small = whole.resize({ width: 64, height: 64, fit: 'fill', kernel: 'linear' });
    const thumbnail = await decoded(small);
    // Its decoder makes do without.
    if (
      header.type === 'image/png' &&
      !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('IEND')
    ) {
      throw new BrokenPictureError('it is damaged or cut short (its end is missing)');
    }
    return { ...header, thumbnail };
  });

/**
 * The pixels of a picture as RGB, as Pillow pastes them: transparency and colour profiles are ignored. With
 * `within`, scaled to fit into that many px. Rejects as `inspect` does.
 */
export async function decode(
  bytes: Uint8Array,
  within?: { readonly width: number; readonly height: number },
): Promise<Canvas<3>> {
  await headerOf(bytes);
  const whole = (await open(bytes)).removeAlpha().toColourspace('srgb');
  return decoded(within === undefined ? whole : whole.resize({ ...within, fit: 'inside' }));
}

/** Lays a picture onto a canvas with its upper left corner at the column `x` and row `y`; it must fit. */
export function paste(canvas: Canvas<3>, picture: Canvas<3>, x: number, y: number): void {
  for (let row = 0; row < picture.height; row += 1) {
    const from = row * picture.width * 3;
    const line = picture.pixels.subarray(from, from + picture.width * 3);
    canvas.pixels.set(line, ((y + row) * canvas.width + x) * 3);
  }
}

/**
 * The authors' SD_TYPO (`vertical_concat`): SD above, TYPO below, the width the larger one, black where
 * neither covers it. Takes the bytes of two pictures and gives those of a JPEG; rejects as `inspect` does.
 */
export const composeSdTypo = (sd: Uint8Array, typo: Uint8Array): Promise<Uint8Array> =>
  inTurn(async () => {
    const [above, below] = await Promise.all([headerOf(sd), headerOf(typo)]);
    const width = Math.max(above.width, below.width);
    const height = above.height + below.height;
    const isJoined = above.height >= below.height && above.space !== 'cmyk' && below.space !== 'cmyk';
    return (isJoined ? join : overlay)(sd, typo, width, height);
  });

/**
 * Streams both through libvips, which gives each the height of the taller: right if that is the upper one. It knows no
 * black of printing inks to put beside them.
 */
async function join(
  above: Uint8Array,
  below: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const sharp = await library();
  const both = sharp([above, below], { ...READING, join: { across: 1, background: 'black' } });
  const bytes = await both
    .removeAlpha()
    .toColourspace('srgb')
    .extract({ left: 0, top: 0, width, height })
    .jpeg(PILLOW_JPEG)
    .toBuffer()
    .catch((error: unknown) => damaged(error));
  return tracked(bytes);
}

/** The same for any heights and colours, through the pixels of both. */
async function overlay(sd: Uint8Array, typo: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const [above, below] = [await decode(sd), await decode(typo)];
  const canvas = canvasOf(width, height, 0);
  paste(canvas, above, 0, 0);
  paste(canvas, below, 0, above.height);
  return encodeJpeg(canvas);
}

const open = async (bytes: Uint8Array): Promise<Sharp> => (await library())(tracked(bytes), READING);

/** `space`: what its colours are made of, such as `srgb` or `cmyk`. */
async function headerOf(bytes: Uint8Array): Promise<Omit<Image, 'thumbnail'> & { readonly space: string }> {
  if (bytes.length === 0) throw new BrokenPictureError('it is empty');
  const image = await open(bytes);
  const { format, width, height, space } = await image.metadata().catch((error: unknown) => damaged(error));
  const type = TYPES[format];
  if (type === undefined) throw new BrokenPictureError(`it is ${format}, not JPEG, PNG or WebP`);
  if (width * height > MAX_PIXELS)
    throw new BrokenPictureError(`it is ${width} × ${height} px, more than any picture here`);
  return { type, width, height, space };
}

async function decoded(image: Sharp): Promise<Canvas<3>> {
  const { data, info } = await image
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => damaged(error));
  return { width: info.width, height: info.height, channels: 3, pixels: tracked(data) };
}

/** libvips' words for what is wrong, in one line: they tell of the file's format and never quote the file. */
function damaged(error: unknown): never {
  const words = messageOf(error);
  if (words.includes('unsupported image format'))
    throw new BrokenPictureError('it is no JPEG, PNG or WebP picture');
  if (words.includes('pixel limit')) throw new BrokenPictureError(`it has more than ${MAX_PIXELS} pixels`);
  throw new BrokenPictureError(`it is damaged or cut short (${words.slice(0, 120)})`);
}
