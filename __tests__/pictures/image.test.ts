import sharp from 'sharp';
import { type Canvas, canvasOf } from '../../src/pictures/canvas.ts';
import {
  composeSdTypo,
  decode,
  encodeJpeg,
  encodePng,
  inspect,
  MAX_PIXELS,
} from '../../src/pictures/image.ts';
import { typoPicture } from '../../src/pictures/typo.ts';

/** One colour everywhere. */
function plain(width: number, height: number, colour: readonly number[]): Canvas {
  const canvas = canvasOf(width, height, 0);
  for (let index = 0; index < canvas.pixels.length; index += 1) canvas.pixels[index] = colour[index % 3] ?? 0;
  return canvas;
}

const pixel = ({ pixels, width }: Canvas, x: number, y: number) => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

describe('inspect', () => {
  test.each(['jpeg', 'png', 'webp'] as const)('knows a %s picture and its size', async format => {
    const { pixels, width, height } = plain(40, 30, [200, 100, 50]);
    const bytes = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    expect(await inspect(bytes)).toMatchObject({ type: `image/${format}`, width: 40, height: 30 });
  });

  const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  test.each([
    ['nothing', new Uint8Array(), 'it is empty'],
    ['a page of HTML', Buffer.from('<!doctype html><p>Not found'), 'it is no JPEG, PNG or WebP picture'],
    ['a GIF', gif, 'it is no JPEG, PNG or WebP picture'],
    ['an SVG, which could read files', svg, 'it is no JPEG, PNG or WebP picture'],
  ])('refuses %s', async (_, bytes, line) => {
    await expect(inspect(bytes)).rejects.toThrow(line);
  });

  test.each([0.999, 0.5, 0.1])('refuses a JPEG of which only the first %d is there', async share => {
    const whole = typoPicture('Half a loaf of bread');
    await expect(inspect(whole.subarray(0, whole.length * share))).rejects.toThrow(
      /^it is damaged or cut short \([^\n]+\)$/,
    );
  });

  test('refuses a PNG whose end alone is missing', async () => {
    const { pixels, width, height } = plain(40, 30, [200, 100, 50]);
    const bytes = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    await expect(inspect(bytes.subarray(0, -12))).rejects.toThrow(
      'it is damaged or cut short (its end is missing)',
    );
  });

  test('takes a picture with something behind its end', async () => {
    const { pixels, width, height } = plain(40, 30, [200, 100, 50]);
    const bytes = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer();
    expect(await inspect(Buffer.concat([bytes, Buffer.alloc(9)]))).toMatchObject({ width: 40 });
  });

  test('refuses a PNG with a damaged byte', async () => {
    const noise = plain(64, 64, [0, 0, 0]);
    noise.pixels.forEach((_, index) => {
      noise.pixels[index] = (index * 7919) % 251;
    });
    const bytes = Buffer.from(await encodePng(noise));
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    await expect(inspect(bytes)).rejects.toThrow('it is damaged or cut short');
  });

  test('refuses a picture of more pixels than any here before it is decoded', async () => {
    const bomb = await sharp({ create: { width: 8192, height: 8192, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(MAX_PIXELS / 20);
    await expect(inspect(bomb)).rejects.toThrow(/more than/);
  });
});

describe('composing', () => {
  // The authors' vertical_concat: width = the larger, height = the sum, black where neither covers it.
  test('SD above, TYPO below, black beside the narrower', async () => {
    const sd = await encodeJpeg(plain(640, 480, [200, 40, 40]));
    const typo = await encodeJpeg(plain(1024, 180, [255, 255, 255]));
    const bytes = await composeSdTypo(sd, typo);
    expect(await inspect(bytes)).toMatchObject({ type: 'image/jpeg', width: 1024, height: 660 });
    const composed = await decode(bytes);
    const near = (seen: number[], wanted: number[]) =>
      expect(Math.max(...seen.map((value, i) => Math.abs(value - (wanted[i] ?? 0))))).toBeLessThan(8);
    near(pixel(composed, 100, 100), [200, 40, 40]);
    near(pixel(composed, 900, 100), [0, 0, 0]);
    near(pixel(composed, 900, 600), [255, 255, 255]);
    near(pixel(composed, 10, 470), [200, 40, 40]);
    near(pixel(composed, 10, 490), [255, 255, 255]);
  });

  test('a wider SD leaves black beside the type', async () => {
    const sd = await encodeJpeg(plain(1536, 100, [40, 200, 40]));
    const composed = await decode(await composeSdTypo(sd, typoPicture('Tea')));
    expect([composed.width, composed.height]).toEqual([1536, 280]);
    expect(Math.max(...pixel(composed, 1500, 200))).toBeLessThan(8);
  });

  test('grey and half-transparent drawings become three channels', async () => {
    const grey = await sharp(Buffer.alloc(100 * 50, 90), { raw: { width: 100, height: 50, channels: 1 } })
      .png()
      .toBuffer();
    const glass = await sharp({
      create: { width: 100, height: 50, channels: 4, background: { r: 250, g: 0, b: 0, alpha: 0.5 } },
    })
      .png()
      .toBuffer();
    expect(pixel(await decode(grey), 5, 5)).toEqual([90, 90, 90]);
    expect(pixel(await decode(glass), 5, 5)).toEqual([250, 0, 0]);
  });

  test.each([
    ['higher than its TYPO', 300, 3],
    ['lower than its TYPO', 100, 3],
    ['grey', 300, 1],
    ['half-transparent', 300, 4],
  ] as const)('SD that is %s comes out whole, with TYPO right below it', async (_, height, channels) => {
    const raw = Buffer.alloc(200 * height * channels, 128);
    const sd = await sharp(raw, { raw: { width: 200, height, channels } })
      .png()
      .toBuffer();
    const composed = await decode(
      await composeSdTypo(sd, await encodeJpeg(plain(1024, 180, [250, 250, 250]))),
    );
    expect([composed.width, composed.height]).toEqual([1024, height + 180]);
    const column = (x: number) =>
      Array.from({ length: height + 180 }, (_, y) => pixel(composed, x, y)[1] ?? 0);
    const shadesOf = (x: number) =>
      column(x).map(value => (value > 220 ? 'type' : value > 80 ? 'photo' : 'black'));
    const counts = (x: number) =>
      Object.entries(Object.groupBy(shadesOf(x), shade => shade)).map(([shade, all]) => [shade, all?.length]);
    expect(counts(100)).toEqual([
      ['photo', height],
      ['type', 180],
    ]);
    expect(counts(900)).toEqual([
      ['black', height],
      ['type', 180],
    ]);
  });

  test('SD in printing inks is put together in the colours that it is decoded in', async () => {
    const { pixels, width, height } = plain(200, 300, [200, 100, 50]);
    const sd = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    const shown = pixel(await decode(sd), 5, 5);
    const composed = await decode(await composeSdTypo(sd, typoPicture('Tea')));
    expect([composed.width, composed.height]).toEqual([1024, 480]);
    const offs = pixel(composed, 5, 5).map((value, i) => Math.abs(value - (shown[i] ?? 0)));
    expect(Math.max(...offs)).toBeLessThan(8);
    expect(pixel(composed, 900, 5)).toEqual([0, 0, 0]);
    expect(Math.min(...pixel(composed, 5, 305))).toBeGreaterThan(247);
  });

  test('a broken SD is one line', async () => {
    const sd = typoPicture('Bread');
    await expect(composeSdTypo(sd.subarray(0, 4000), sd)).rejects.toThrow(/^it is damaged or cut short/);
  });
});
