import sharp from 'sharp';
import { type Canvas, paperOf } from '../../src/pictures/canvas.ts';
import { encodeGrey } from '../../src/pictures/jpeg.ts';
import { setTypo } from '../../src/pictures/typo.ts';

/** The same picture in RGB, as libjpeg encodes it under the settings of Pillow's defaults. */
const byLibjpeg = ({ width, height, pixels }: Canvas<1>): Promise<Buffer> =>
  sharp(Buffer.from(Array.from(pixels).flatMap(shade => [shade, shade, shade])), {
    raw: { width, height, channels: 3 },
  })
    .jpeg({ quality: 75, chromaSubsampling: '4:2:0', optimiseCoding: false })
    .toBuffer();

function drawn(width: number, height: number, shadeAt: (x: number, y: number) => number): Canvas<1> {
  const canvas = paperOf(width, height);
  canvas.pixels.forEach((_, at) => {
    canvas.pixels[at] = shadeAt(at % width, Math.floor(at / width));
  });
  return canvas;
}

/** Shades without any order, the same at each run. */
const noise = (x: number, y: number): number =>
  ((Math.imul(x * 1031 + y, 0x9e3779b1) >>> 8) ^ (x * y)) & 0xff;

describe('a grey canvas becomes the bytes that libjpeg writes for the same pixels in RGB', () => {
  test.each([
    'Fresh bread in the oven and a pot of tea on the kitchen table by the window',
    'Tea',
    'Àé“½”—Ω$%&@',
  ])('%s', async phrase => {
    expect(Buffer.from(encodeGrey(setTypo(phrase)))).toEqual(await byLibjpeg(setTypo(phrase)));
  });

  // Sizes that end within a block, within a pair of blocks, and on their edges.
  const sizes = [
    [1, 1],
    [8, 24],
    [24, 8],
    [16, 16],
    [37, 19],
    [100, 100],
    [333, 177],
  ] as const;
  test.each(sizes)('noise of %i × %i px, which has every coefficient', async (width, height) => {
    const canvas = drawn(width, height, noise);
    expect(Buffer.from(encodeGrey(canvas))).toEqual(await byLibjpeg(canvas));
  });

  test('edges and slopes of every shade, which have long runs of zeros', async () => {
    const canvas = drawn(256, 256, (x, y) => (x + y < 200 ? x : (x >> 3) % 2 === 0 ? 255 - y : y));
    expect(Buffer.from(encodeGrey(canvas))).toEqual(await byLibjpeg(canvas));
  });

  test.each([0, 1, 127, 128, 129, 254, 255])('one shade: %i', async shade => {
    const canvas = drawn(40, 40, () => shade);
    expect(Buffer.from(encodeGrey(canvas))).toEqual(await byLibjpeg(canvas));
  });

  test('black against white in single pixels, which has the largest coefficients', async () => {
    const canvas = drawn(64, 64, (x, y) => ((x + y) % 2) * 255);
    expect(Buffer.from(encodeGrey(canvas))).toEqual(await byLibjpeg(canvas));
  });
});
