import { type Canvas, drawLine, paperOf } from './canvas.ts';
import { shippedFont } from './font.ts';
import { encodeGrey } from './jpeg.ts';
import { once } from './once.ts';
import { type Typeface, typefaceOf, UNITS_PER_PX } from './typeface.ts';

/** The authors' picture, in px (`creation/2_img_process.py` at the pinned commit). */
const WIDTH = 1024;
const SIZE = 90;
/** The first line's ascender line: half the size. */
const TOP = SIZE / 2;
/** What Pillow puts between the foot of an «A» and the next ascender line. */
const SPACING = 4;

/** The authors' type: Arimo at 90 px. */
const authorsTypeface = once(() => typefaceOf(shippedFont(), SIZE));

/**
 * Breaks a phrase as the authors' `typo_format_text` does: words are split at single spaces; a word stays on
 * the line while the running width, kerned within a word and its space but not between them, is under 1024
 * px; else it begins a new line, behind one space. A word wider than the line is not broken: it runs out of
 * the picture, as theirs does.
 * @internal
 */
export function breakLines(phrase: string, face: Typeface = authorsTypeface()): string[] {
  const [first = '', ...rest] = phrase.split(' ');
  const lines = [];
  let line = first;
  let width = face.layOut(first).advance;
  for (const word of rest) {
    const spaced = ` ${word}`;
    const advance = face.layOut(spaced).advance;
    width += advance;
    if (width < WIDTH * UNITS_PER_PX) {
      line += spaced;
    } else {
      lines.push(line);
      line = spaced;
      width = advance;
    }
  }
  return [...lines, line];
}

/**
 * Sets a phrase as the authors' `typo_draw_img` does: black on white, 1024 px wide, 90 px a line and 90 more. The
 * canvas is grey. Throws one line, without the phrase, when the phrase is empty or has a character that the font lacks.
 * @internal
 */
export function setTypo(phrase: string): Canvas<1> {
  if (phrase.trim() === '') throw new Error('the phrase is empty: there is nothing to set in type');
  const lines = breakLines(phrase);
  const canvas = paperOf(WIDTH, SIZE * (lines.length + 1));
  const face = authorsTypeface();
  lines.forEach((text, index) => {
    const baseline = TOP + face.ascent + index * (face.ascent + SPACING);
    drawLine(canvas, face, face.layOut(text), 0, baseline);
  });
  return canvas;
}

/** The TYPO picture of a phrase, as the bytes of a JPEG; throws as `setTypo` does. */
export const typoPicture = (phrase: string): Uint8Array => encodeGrey(setTypo(phrase));
