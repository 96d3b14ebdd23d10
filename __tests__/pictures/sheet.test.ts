import { canvasOf } from '../../src/pictures/canvas.ts';
import { decode, encodeJpeg, inspect } from '../../src/pictures/image.ts';
import { contactSheet } from '../../src/pictures/sheet.ts';

const shade = (value: number, width: number, height: number) => encodeJpeg(canvasOf(width, height, value));

test('shows each picture on its own tile, scaled to fit', async () => {
  const bytes = await contactSheet('Pictures', [
    {
      title: '01',
      pictures: [
        { bytes: await shade(60, 1024, 1024), caption: 'SD' },
        { bytes: await shade(120, 1024, 180), caption: 'TYPO' },
      ],
    },
    { title: '02', pictures: [{ bytes: await shade(180, 256, 256), caption: 'SD' }] },
  ]);
  // Two tiles of 340 px, 28 px between them, 48 px on either side.
  const { width, type } = await inspect(bytes);
  expect({ width, type }).toEqual({ width: 2 * 340 + 28 + 2 * 48, type: 'image/png' });
  const sheet = await decode(bytes);
  const area = (value: number) =>
    sheet.pixels.filter((each, index) => index % 3 === 0 && Math.abs(each - value) < 2).length;
  // 312 px wide on a tile of 340 with 14 px on either side; 180 of 1024 scaled alike is 55 px.
  expect(Math.abs(area(60) - 312 * 312)).toBeLessThan(300);
  expect(Math.abs(area(120) - 312 * 55)).toBeLessThan(300);
  expect(Math.abs(area(180) - 312 * 312)).toBeLessThan(300);
});

test('rejects in one line what is no picture', async () => {
  const rows = [{ title: '01', pictures: [{ bytes: Buffer.from('no'), caption: 'SD' }] }];
  await expect(contactSheet('Pictures', rows)).rejects.toThrow('it is no JPEG, PNG or WebP picture');
});
