import opentype from 'opentype.js';
import { once } from './once.ts';
import { FONT_NAME, fontBytes } from './renderer.ts';

/** A glyph's outline as TrueType has it: contours of straight lines and quadratic curves, font units, y up. */
export type Outline = readonly OutlineStep[];
type OutlineStep =
  | { readonly to: 'move' | 'line'; readonly x: number; readonly y: number }
  | {
      readonly to: 'curve';
      readonly x1: number;
      readonly y1: number;
      readonly x: number;
      readonly y: number;
    };

/** What setting type needs of a font. Lengths are in font units, of which an em has `unitsPerEm`. */
export interface Font {
  readonly unitsPerEm: number;
  /** From the baseline up to the ascender line. */
  readonly ascent: number;
  /** The glyph of a code point; undefined when the font has none. */
  glyphOf(codePoint: number): number | undefined;
  advanceOf(glyph: number): number;
  /** What pair kerning adds between two glyphs; mostly 0 or negative. */
  kerningOf(left: number, right: number): number;
  outlineOf(glyph: number): Outline;
}

/** The shipped font, parsed at the first call. Throws one line when its file is missing or no font. */
export const shippedFont = once((): Font => parseFont(fontBytes()));

function parseFont(bytes: Buffer): Font {
  const parsed = opentype.parse(new Uint8Array(bytes).buffer);
  const glyph = (index: number) => parsed.glyphs.get(index);
  return {
    unitsPerEm: parsed.unitsPerEm,
    ascent: parsed.ascender,
    glyphOf: codePoint => parsed.charToGlyphIndex(String.fromCodePoint(codePoint)) || undefined,
    advanceOf: index => glyph(index).advanceWidth ?? 0,
    kerningOf: (left, right) => parsed.getKerningValue(glyph(left), glyph(right)),
    outlineOf: index => glyph(index).path.commands.flatMap(stepOf),
  };
}

function stepOf(command: opentype.PathCommand): OutlineStep[] {
  switch (command.type) {
    case 'M':
      return [{ to: 'move', x: command.x, y: command.y }];
    case 'L':
      return [{ to: 'line', x: command.x, y: command.y }];
    case 'Q':
      return [{ to: 'curve', x1: command.x1, y1: command.y1, x: command.x, y: command.y }];
    case 'Z':
      return [];
    default:
      throw new Error(`the font ${FONT_NAME} has a cubic curve, which a TrueType outline has not`);
  }
}
