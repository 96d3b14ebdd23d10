import { type Canvas, canvasOf, drawLine, fill } from './canvas.ts';
import { shippedFont } from './font.ts';
import { decode, encodePng, inspect, paste } from './image.ts';
import { inTurn } from './library.ts';
import { typefaceOf, UNITS_PER_PX } from './typeface.ts';

/** One picture of a sheet. The captions are shown as they are, so they must hold no benchmark text. */
interface SheetPicture {
  readonly bytes: Uint8Array;
  /** Such as the image kind. */
  readonly caption: string;
}

/** Pictures that belong together, such as a question's. */
export interface SheetRow {
  /** Such as the scenario's name. */
  readonly title: string;
  readonly pictures: readonly SheetPicture[];
}

/** Lengths in px, shades from 0 (black) to 255 (white). A tile is tinted, for TYPO to stand out from the paper. */
const MARGIN = 48;
const TILE_WIDTH = 340;
const PADDING = 14;
const GAP = 28;
const PAPER = 255;
const TILE_SHADE = 232;
const INK = 32;
const FAINT = 118;

interface Thumbnail {
  readonly caption: string;
  /** The picture's own size, such as `1024 × 180`. */
  readonly size: string;
  readonly pixels: Canvas<3>;
}

/**
 * A PNG that shows pictures row by row, each on a tile with its caption and its size in px under it. Rejects
 * with one line when one of them is no picture, or a caption has a character that the font lacks.
 */
export async function contactSheet(heading: string, rows: readonly SheetRow[]): Promise<Uint8Array> {
  const shown = [];
  for (const { title, pictures } of rows) shown.push({ title, thumbnails: await thumbnailsOf(pictures) });
  const columns = Math.max(1, ...shown.map(({ thumbnails }) => thumbnails.length));
  const tops = [MARGIN + 62];
  for (const { thumbnails } of shown) tops.push((tops.at(-1) ?? 0) + rowHeight(thumbnails));
  const canvas = canvasOf(
    2 * MARGIN + columns * TILE_WIDTH + (columns - 1) * GAP,
    (tops.at(-1) ?? 0) - GAP + MARGIN,
    PAPER,
  );
  write(canvas, heading, MARGIN, MARGIN + 26, 30, INK);
  shown.forEach(({ title, thumbnails }, index) => {
    drawRow(canvas, title, thumbnails, tops[index] ?? 0);
  });
  return inTurn(() => encodePng(canvas));
}

async function thumbnailsOf(pictures: readonly SheetPicture[]): Promise<Thumbnail[]> {
  const side = TILE_WIDTH - 2 * PADDING;
  const thumbnails = [];
  for (const { bytes, caption } of pictures) {
    const { width, height } = await inspect(bytes);
    const pixels = await inTurn(() => decode(bytes, { width: side, height: 2 * side }));
    thumbnails.push({ caption, size: `${width} × ${height}`, pixels });
  }
  return thumbnails;
}

const tileHeight = (thumbnails: readonly Thumbnail[]): number =>
  Math.max(0, ...thumbnails.map(({ pixels }) => pixels.height)) + 2 * PADDING;

/** The row's title, its tiles, a line of captions, and the gap to the next. */
const rowHeight = (thumbnails: readonly Thumbnail[]): number => 34 + tileHeight(thumbnails) + 30 + GAP;

function drawRow(canvas: Canvas<3>, title: string, thumbnails: readonly Thumbnail[], top: number): void {
  write(canvas, title, MARGIN, top + 18, 19, INK);
  const tileTop = top + 34;
  const height = tileHeight(thumbnails);
  thumbnails.forEach(({ caption, size, pixels }, index) => {
    const left = MARGIN + index * (TILE_WIDTH + GAP);
    fill(canvas, left, tileTop, TILE_WIDTH, height, TILE_SHADE);
    const [spareX, spareY] = [TILE_WIDTH - pixels.width, height - pixels.height];
    paste(canvas, pixels, left + Math.floor(spareX / 2), tileTop + Math.floor(spareY / 2));
    const baseline = tileTop + height + 22;
    write(canvas, caption, left, baseline, 16, INK);
    write(canvas, size, left + TILE_WIDTH - widthOf(size, 16), baseline, 16, FAINT);
  });
}

function write(canvas: Canvas, text: string, x: number, baseline: number, size: number, shade: number): void {
  const face = typefaceOf(shippedFont(), size);
  drawLine(canvas, face, face.layOut(text), x, baseline, shade);
}

const widthOf = (text: string, size: number): number =>
  Math.ceil(typefaceOf(shippedFont(), size).layOut(text).advance / UNITS_PER_PX);
