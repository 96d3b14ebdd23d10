import { type Coverage, rasterise } from './coverage.ts';
import type { Font } from './font.ts';

/** Text is measured in 64ths of a px, as FreeType and HarfBuzz do: whole numbers, the same everywhere. */
export const UNITS_PER_PX = 64;

/** A font at one size. Lengths are in 64ths of a px unless they say px. */
export interface Typeface {
  /** The font's size in px. */
  readonly size: number;
  /** From the baseline up to the ascender line, in whole px, rounded up as FreeType does. */
  readonly ascent: number;
  /** Each glyph of the text with what lies left of it. Throws one line when the font lacks a character. */
  layOut(text: string): TypeLine;
  /** The glyph as it falls on the px grid with its origin on a px's edge. */
  coverageOf(glyph: number): Coverage;
}

export interface TypeLine {
  readonly glyphs: readonly number[];
  /** Origin of each glyph. */
  readonly origins: readonly number[];
  /** What the line advances in all. */
  readonly advance: number;
}

/** The font at `size` px: glyphs, kerning pairs and rasters are worked out once each. */
export function typefaceOf(font: Font, size: number): Typeface {
  const scaled = (units: number) => Math.round((units * size * UNITS_PER_PX) / font.unitsPerEm);
  const glyphOf = memo((codePoint: number) => font.glyphOf(codePoint) ?? lacking(codePoint));
  const advanceOf = memo((glyph: number) => scaled(font.advanceOf(glyph)));
  const kerningOf = memo((left: number) => memo((right: number) => scaled(font.kerningOf(left, right))));
  return {
    size,
    ascent: Math.ceil(scaled(font.ascent) / UNITS_PER_PX),
    layOut: text => layOut(codePointsOf(text).map(glyphOf), advanceOf, kerningOf),
    coverageOf: memo(glyph => rasterise(font.outlineOf(glyph), size / font.unitsPerEm)),
  };
}

function layOut(
  glyphs: readonly number[],
  advanceOf: (glyph: number) => number,
  kerningOf: (left: number) => (right: number) => number,
): TypeLine {
  const origins: number[] = [];
  let advance = 0;
  let previous: number | undefined;
  for (const glyph of glyphs) {
    if (previous !== undefined) advance += kerningOf(previous)(glyph);
    origins.push(advance);
    advance += advanceOf(glyph);
    previous = glyph;
  }
  return { glyphs, origins, advance };
}

/** Characters that stand alone, from left to right: what needs shaping or joining is not set at all. */
const NEEDS_SHAPING = /[\p{M}\p{C}\p{Script=Hebrew}\p{Script=Arabic}\p{Zl}\p{Zp}]/u;

function codePointsOf(text: string): number[] {
  return [...text.normalize('NFC')].map(character => {
    const codePoint = character.codePointAt(0) ?? 0;
    return NEEDS_SHAPING.test(character) ? lacking(codePoint) : codePoint;
  });
}

function lacking(codePoint: number): never {
  const name = codePoint.toString(16).toUpperCase().padStart(4, '0');
  throw new Error(`the font cannot set the character U+${name}: no picture can be made of the text`);
}

function memo<T>(make: (key: number) => T): (key: number) => T {
  const made = new Map<number, T>();
  return key => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}
