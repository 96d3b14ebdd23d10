import sharp, { type Sharp } from 'sharp';
import { areAlike, lookAt } from '../../src/pictures/look.ts';
import { typoPicture } from '../../src/pictures/typo.ts';

const SIDE = 512;
const filled = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
const RED = await filled(512, 512, '#c00');
const LAMP = await filled(24, 24, '#ffd');
/** Beside black it has nearly its grey. */
const HALF_BLUE = await filled(256, 512, '#00f');

/** A slope of light with a disc before it, whose place (px) and colour hang on `at`. */
function scene(at: number): Sharp {
  const pixels = Buffer.alloc(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const isDisc = Math.hypot(x - at, y - 300) < 90;
      pixels.set(isDisc ? [at, 40, 90] : [x / 3, y / 3, 120], (y * SIDE + x) * 3);
    }
  }
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } });
}

/** One shade with noise over it, of a standard deviation in 0 to 255. */
const wall = (shade: number, sigma: number): Sharp =>
  sharp({
    create: {
      ...{ width: SIDE, height: SIDE, channels: 3, background: 'black' },
      noise: { type: 'gaussian', mean: shade, sigma },
    },
  });

const lookOf = async (picture: Sharp | Uint8Array, kind: 'SD' | 'TYPO' = 'SD'): Promise<Buffer> => {
  const bytes = picture instanceof Uint8Array ? picture : await picture.png().toBuffer();
  return Buffer.from((await lookAt(bytes, kind)).look, 'hex');
};

const original = await lookOf(scene(150));

describe('one picture', () => {
  test.each<[string, Promise<Uint8Array>]>([
    ['as a JPEG', scene(150).jpeg({ quality: 90 }).toBuffer()],
    ['as a JPEG of low quality', scene(150).jpeg({ quality: 30 }).toBuffer()],
    ['as WebP', scene(150).webp({ quality: 60 }).toBuffer()],
    [
      'with other metadata',
      scene(150)
        .withExif({ IFD0: { Copyright: 'seed 7' } })
        .png()
        .toBuffer(),
    ],
    ['at another size', scene(150).resize(1024, 1024).png().toBuffer()],
    ['with an alpha channel', scene(150).ensureAlpha().png().toBuffer()],
  ])('%s looks the same', async (_, bytes) => {
    expect(areAlike(original, await lookOf(await bytes))).toBe(true);
  });
});

test('another picture looks other, and so does another phrase in type', async () => {
  expect(areAlike(await lookOf(scene(150)), await lookOf(scene(170)))).toBe(false);
  const [bread, tread] = await Promise.all(
    ['A loaf of bread', 'A loaf of tread'].map(phrase => lookOf(typoPicture(phrase), 'TYPO')),
  );
  expect(bread && tread && areAlike(bread, tread)).toBe(false);
});

describe('one colour', () => {
  test.each<[string, Promise<Uint8Array>]>([
    ['black', wall(0, 0).png().toBuffer()],
    ['white', wall(255, 0).png().toBuffer()],
    ['grey as a JPEG of low quality', wall(90, 0).jpeg({ quality: 30 }).toBuffer()],
    ['with noise', wall(90, 8).png().toBuffer()],
    ['with noise, as a JPEG', wall(90, 8).jpeg().toBuffer()],
    [
      'red',
      wall(0, 0)
        .composite([{ input: RED }])
        .png()
        .toBuffer(),
    ],
  ])('%s', async (_, bytes) => {
    await expect(lookAt(await bytes, 'SD')).rejects.toThrow('it is all of one colour');
  });

  test.each<[string, Sharp]>([
    ['a faint slope of light, as fog has', scene(150).linear(0.1, 180)],
    ['two colours of like brightness', wall(0, 0).composite([{ input: HALF_BLUE }])],
    ['a small bright thing in the night', wall(4, 1).composite([{ input: LAMP, left: 200, top: 90 }])],
  ])('not %s', async (_, picture) => {
    expect(await lookOf(picture)).toHaveLength(64);
  });
});
