import type { Coverage } from './coverage.ts';
import { type Typeface, type TypeLine, UNITS_PER_PX } from './typeface.ts';

/** A picture's pixels, row by row from the top, a byte for each channel: grey, or RGB. Sizes in px. */
export interface Canvas<Channels extends 1 | 3 = 1 | 3> {
  readonly width: number;
  readonly height: number;
  readonly channels: Channels;
  readonly pixels: Uint8Array;
}

/** An RGB canvas of one shade, 0 (black) to 255 (white). */
export const canvasOf = (width: number, height: number, shade: number): Canvas<3> => ({
  ...{ width, height, channels: 3 },
  pixels: new Uint8Array(width * height * 3).fill(shade),
});

/** A white canvas for shades alone. */
export const paperOf = (width: number, height: number): Canvas<1> => ({
  ...{ width, height, channels: 1 },
  pixels: new Uint8Array(width * height).fill(255),
});

/** Fills a rectangle with one shade; it must fit. */
export function fill(
  canvas: Canvas,
  x: number,
  y: number,
  width: number,
  height: number,
  shade: number,
): void {
  const { channels, pixels } = canvas;
  for (let row = y; row < y + height; row += 1) {
    const from = (row * canvas.width + x) * channels;
    pixels.fill(shade, from, from + width * channels);
  }
}

/**
 * Sets a line in one shade from the column `left` along `baseline` (both px). What falls outside the canvas is
 * cut off.
 */
export function drawLine(
  canvas: Canvas,
  face: Typeface,
  line: TypeLine,
  left: number,
  baseline: number,
  shade = 0,
): void {
  line.glyphs.forEach((glyph, index) => {
    const origin = line.origins[index] ?? 0;
    // Pillow puts a glyph on the nearest whole px, and so does this: it overlaps Pillow's pictures best.
    const column = Math.round(origin / UNITS_PER_PX);
    const coverage = face.coverageOf(glyph);
    blend(canvas, coverage, left + column + coverage.left, baseline + coverage.top, shade);
  });
}

/** Blends a shade into the canvas where a shape covers it; the shape's first cell is at column x and row y. */
function blend(canvas: Canvas, shape: Coverage, x: number, y: number, shade: number): void {
  const { width, height, channels, pixels } = canvas;
  const [firstRow, endRow] = [Math.max(0, -y), Math.min(shape.height, height - y)];
  const [firstColumn, endColumn] = [Math.max(0, -x), Math.min(shape.width, width - x)];
  for (let row = firstRow; row < endRow; row += 1) {
    let at = ((y + row) * width + x + firstColumn) * channels;
    const end = row * shape.width + endColumn;
    for (let cell = row * shape.width + firstColumn; cell < end; cell += 1) {
      const alpha = shape.alpha[cell] ?? 0;
      if (alpha > 0) {
        for (let channel = 0; channel < channels; channel += 1) {
          const paper = pixels[at + channel] ?? 0;
          // Whole-number rounding, since storing into bytes cuts off the fraction.
          pixels[at + channel] = (paper * (255 - alpha) + shade * alpha + 127) / 255;
        }
      }
      at += channels;
    }
  }
}
