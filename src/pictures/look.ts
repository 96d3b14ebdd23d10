import type { ImageKind } from '../benchmark/pair.ts';
import type { Canvas } from './canvas.ts';
import { type Image, inspect } from './image.ts';
import type { Picture } from './picture.ts';

/** Cells on a side. */
const CELLS = 8;

/**
 * Width and height in px: what is smaller shows nothing, and nothing would be measured with it. A quarter of what the
 * authors' pictures have: 1024 × 1024 drawn, one line of type on 1024 × 180.
 */
const SMALLEST_DRAWING = [256, 256] as const;
const SMALLEST_TYPE = [256, 45] as const;

/**
 * The standard deviation of a channel, of 255, below which a picture is all of one colour. Over 64 × 64 averages an
 * even picture has less than 1, whatever its noise and its JPEG's quality; a word on paper has above 10, a photograph
 * tens.
 */
const EVEN = 3;

/** How far the same cell of one picture may differ after it was encoded anew or scaled, of 255. */
const ENCODED_ANEW = 3;

/**
 * What a picture's bytes are, and what can be seen of it. Rejects as `inspect` does, and where nothing can be seen that
 * a question of this kind could be asked with.
 */
export async function lookAt(
  bytes: Uint8Array,
  kind: ImageKind,
): Promise<Required<Pick<Picture, 'type' | 'look'>>> {
  const image = await inspect(bytes);
  const { type, width, height } = image;
  const [least, lowest] = kind === 'TYPO' ? SMALLEST_TYPE : SMALLEST_DRAWING;
  if (width < least || height < lowest) {
    throw new Error(`it is ${width} × ${height} px, and ${least} × ${lowest} are needed`);
  }
  const seen = seenOf(image);
  if (isOneColour(seen)) throw new Error('it is all of one colour');
  return { type, look: lookOf(seen) };
}

const BEGINNINGS: Readonly<Record<Picture['type'], RegExp>> = {
  'image/jpeg': /^\xff\xd8\xff/,
  'image/png': /^\x89PNG/,
  'image/webp': /^RIFF.{4}WEBP/s,
};

/** Whether the bytes begin as a picture of their type does: of one that was looked at before it was kept, that is enough. */
export const beginsAsItsType = ({ bytes, type }: Pick<Picture, 'bytes' | 'type'>): boolean =>
  BEGINNINGS[type].test(Buffer.from(bytes.subarray(0, 12)).toString('latin1'));

/** The grey of 8 × 8 cells, in hex: it hangs on no metadata, and hardly on the encoding. */
function lookOf({ pixels, width, height }: Canvas<3>): string {
  const sums = new Float64Array(CELLS * CELLS);
  const counts = new Uint32Array(CELLS * CELLS);
  for (let at = 0; at < width * height; at += 1) {
    const row = Math.floor((Math.floor(at / width) * CELLS) / height);
    const cell = row * CELLS + Math.floor(((at % width) * CELLS) / width);
    const grey =
      0.299 * (pixels[3 * at] ?? 0) + 0.587 * (pixels[3 * at + 1] ?? 0) + 0.114 * (pixels[3 * at + 2] ?? 0);
    sums[cell] = (sums[cell] ?? 0) + grey;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return Buffer.from(sums.map((sum, cell) => Math.round(sum / (counts[cell] ?? 1)))).toString('hex');
}

/** Whether two looks, as bytes, are those of one picture. */
export const areAlike = (one: Uint8Array, other: Uint8Array): boolean =>
  one.every((shade, cell) => Math.abs(shade - (other[cell] ?? 0)) <= ENCODED_ANEW);

/** Whether a picture is of one colour, but for noise: as a pipeline draws where its safety checker refuses. */
function isOneColour({ pixels }: Canvas<3>): boolean {
  return [0, 1, 2].every(channel => {
    const values = pixels.filter((_, at) => at % 3 === channel);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return Math.sqrt(variance) < EVEN;
  });
}

/** The upper square of a picture that is higher than wide: SD_TYPO has its type below, whatever is above. */
function seenOf({ thumbnail, width, height }: Image): Canvas<3> {
  const rows = Math.max(CELLS, Math.round(thumbnail.height * Math.min(1, width / height)));
  return { ...thumbnail, height: rows, pixels: thumbnail.pixels.subarray(0, rows * thumbnail.width * 3) };
}
