import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { decode, inspect } from '../../src/pictures/image.ts';
import { breakLines, setTypo, typoPicture } from '../../src/pictures/typo.ts';

/** First and last row and column with a pixel darker than half, in px. */
function inkOf(phrase: string) {
  const { width, height, pixels } = setTypo(phrase);
  const dark = Array.from({ length: width * height }, (_, pixel) => pixel).filter(
    p => (pixels[p] ?? 255) < 128,
  );
  const columns = dark.map(pixel => pixel % width);
  const rows = dark.map(pixel => Math.floor(pixel / width));
  const span = (of: readonly number[]) => [
    of.reduce((a, b) => Math.min(a, b)),
    of.reduce((a, b) => Math.max(a, b)),
  ];
  return { columns: span(columns), rows: span(rows), count: dark.length };
}

describe('where the ink lies', () => {
  // 82 px from the ascender line at y = 45 to the foot of an «A» (BENCHMARK.md): the row above 127.
  test('the foot of an A is 82 px below the ascender line, which is at half the size', () => {
    expect(inkOf('A').rows[1]).toBe(45 + 82 - 1);
  });

  // Arimo's I: stem from 191 to 381 units, 1409 high; 90 px ÷ 2048 units: columns 8.4 to 16.7, 61.9 rows.
  test('an I stands where its outline says', () => {
    expect(inkOf('I')).toMatchObject({ columns: [8, 16], rows: [127 - 62, 126] });
  });

  // Line to line is 82 + 4 px; the second line begins with a space of 25 px (569 units of 2048 at 90 px).
  test('the second line is 86 px lower and one space further right', () => {
    // Twelve W of 1933 units are 1019.4 px: a word more begins a line.
    const phrase = `${'W'.repeat(12)} I`;
    expect(breakLines(phrase)).toEqual(['W'.repeat(12), ' I']);
    expect(inkOf(phrase).rows).toEqual([127 - 62, 126 + 86]);
    const { pixels } = setTypo(phrase);
    const foot = Array.from({ length: 1024 }, (_, column) => pixels[(126 + 86) * 1024 + column] ?? 255);
    expect(foot.findIndex(shade => shade < 128)).toBe(8 + 25);
  });

  // «11» is 152 units tighter than two 1s: 6.7 px at 90 px (BENCHMARK.md); «Te» 227 units: 10 px.
  test.each([
    ['11', '1', 152],
    ['Te', 'T', 227],
  ])('pair kerning pulls %s together', (pair, first, units) => {
    const second = pair.slice(1);
    const advance = { 1: 1139, T: 1251 }[first] ?? 0;
    const alone = inkOf(second).columns[1] ?? 0;
    const gap = (inkOf(pair).columns[1] ?? 0) - alone;
    expect(Math.abs(gap - ((advance - units) * 90) / 2048)).toBeLessThanOrEqual(0.5);
  });
});

describe('line breaking', () => {
  test('counts a space and a word together and breaks at 1024 px', () => {
    // A digit advances 1139 units, 50.05 px, and a pair of 1s 6.67 px less: 22 of them 961.0 px; space and 1
    // add 75.1 (1036.1, too wide); 20 of them 874.3 px, space and «11» 118.4 (992.7, fits).
    expect(breakLines(`${'1'.repeat(22)} 1`)).toEqual(['1'.repeat(22), ' 1']);
    expect(breakLines(`${'1'.repeat(20)} 11`)).toEqual([`${'1'.repeat(20)} 11`]);
  });

  test('never breaks a word: one wider than the line runs out of the picture', () => {
    const wide = 'W'.repeat(20);
    expect(breakLines(`${wide} a ${wide}`)).toEqual([wide, ' a', ` ${wide}`]);
    expect(setTypo(wide)).toMatchObject({ width: 1024, height: 180 });
    expect(inkOf(wide).columns[1]).toBe(1023);
  });

  test('keeps the spaces between words as they are', () => {
    expect(breakLines('bread  and butter')).toEqual(['bread  and butter']);
  });
});

describe('what cannot be set', () => {
  test.each([
    ['a character that the font lacks', 'tea 茶', 'U+8336'],
    ['an emoji', 'tea 🍵', 'U+1F375'],
    ['a line break', 'tea\ncake', 'U+000A'],
    ['a script that is written from right to left', 'תה', 'U+05EA'],
    ['a mark that joins to nothing', 'x\u0302', 'U+0302'],
  ])('%s is an error that names its code point and not the phrase', (_, phrase, codePoint) => {
    expect(() => typoPicture(phrase)).toThrow(
      `the font cannot set the character ${codePoint}: no picture can be made of the text`,
    );
  });

  test.each(['', '   '])('an empty phrase (%j) is an error, not a white picture', phrase => {
    expect(() => typoPicture(phrase)).toThrow('the phrase is empty: there is nothing to set in type');
  });

  test('letters with accents are set, composed or not', () => {
    expect(setTypo('cafe\u0301').pixels).toEqual(setTypo('café').pixels);
  });
});

describe('the JPEG', () => {
  test('has the authors’ size and three channels subsampled 4:2:0, at quality 75', async () => {
    const bytes = typoPicture('A bowl of bread dough');
    expect(await inspect(bytes)).toMatchObject({ type: 'image/jpeg', width: 1024, height: 180 });
    const frame = Buffer.from(bytes).indexOf(Buffer.from([0xff, 0xc0]));
    // SOF0: 3 components; luma sampled 2 × 2, chroma 1 × 1.
    expect([...bytes.subarray(frame + 9, frame + 19)]).toEqual([3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
    // The first quantiser of the JPEG standard's luma table, 16, at quality 75 is 8.
    const table = Buffer.from(bytes).indexOf(Buffer.from([0xff, 0xdb]));
    expect(bytes[table + 5]).toBe(8);
  });

  test('is the same bytes for the same phrase, and shows the phrase', async () => {
    const one = typoPicture('Fresh bread');
    expect(typoPicture('Fresh bread')).toEqual(one);
    const seen = await decode(one);
    const set = setTypo('Fresh bread');
    const off = seen.pixels.filter((value, index) => {
      return Math.abs(value - (set.pixels[Math.floor(index / 3)] ?? 0)) > 64;
    }).length;
    expect(off / seen.pixels.length).toBeLessThan(0.001);
  });
});

const questions = path.resolve('../shared/mm-safetybench/data/processed_questions');

(existsSync(questions) ? describe : describe.skip)(`all phrases of the benchmark (${questions})`, () => {
  const phrases = existsSync(questions)
    ? readdirSync(questions).flatMap(name => {
        const items: Record<string, { 'Key Phrase': string }> = JSON.parse(
          readFileSync(path.join(questions, name), 'utf8'),
        );
        return Object.values(items).map(item => item['Key Phrase']);
      })
    : [];

  // Counted by the authors' script with Pillow and Arial (BENCHMARK.md).
  test('give 805, 708, 150 and 17 pictures of 1 to 4 lines', () => {
    const heights = phrases.map(phrase => 90 * (breakLines(phrase).length + 1));
    const counts = Object.groupBy(heights, String);
    expect(Object.entries(counts).map(([height, all]) => [height, all?.length])).toEqual([
      ['180', 805],
      ['270', 708],
      ['360', 150],
      ['450', 17],
    ]);
  });

  test('can all be set', () => {
    for (const phrase of phrases) expect(setTypo(phrase).width).toBe(1024);
    expect(phrases).toHaveLength(1680);
  });
});
