import type { Canvas } from './canvas.ts';
import { BitWriter, huffmanCodes } from './jpeg-bits.ts';
import { transform } from './jpeg-block.ts';
import {
  CHROMA_AC,
  CHROMA_DC,
  CHROMA_QUANTISERS,
  type HuffmanTable,
  LUMA_AC,
  LUMA_DC,
  LUMA_QUANTISERS,
  ZIGZAG,
} from './jpeg-tables.ts';

/** By their own names: where the tests run, each look at a global object takes longer than what they do. */
const { abs, ceil, clz32, min } = Math;

/**
 * Encodes a grey canvas as Pillow saves the same picture in RGB: a baseline JPEG of quality 75, 4:2:0, the standard
 * Huffman tables; to the byte what libjpeg writes. Type is mostly paper, so that this takes about as long as libvips'
 * native encoder and a quarter of what its WebAssembly build takes.
 */
export function encodeGrey(canvas: Canvas<1>): Uint8Array {
  const { width, height } = canvas;
  const bits = new BitWriter(headOf(width, height));
  const scan = { before: 0, bits, block: new Int32Array(64) };
  for (let top = 0; top < height; top += 16) {
    bits.reserve(LARGEST_UNIT * ceil(width / 16));
    for (let left = 0; left < width; left += 16) putUnit(scan, canvas, left, top);
  }
  return bits.end();
}

/** Four blocks of 8 × 8 px, and none of colour. */
function putUnit(scan: Scan, { width, height, pixels }: Canvas<1>, left: number, top: number): void {
  for (let quarter = 0; quarter < 4; quarter += 1) {
    const x = left + 8 * (quarter & 1);
    const y = top + 8 * (quarter >> 1);
    // Where the picture has ended, libjpeg goes on in the shade of the block before.
    if (x >= width || y >= height) putFlat(scan, scan.before);
    else if (isWhite(pixels, width, height, x, y)) putFlat(scan, WHITE);
    else {
      load(scan.block, pixels, width, height, x, y);
      putBlock(scan);
    }
  }
  scan.bits.put(0, NO_COLOUR_BITS);
}

/** Bytes that 16 × 16 px can take: far below this, for no coefficient has more than 26 bits. */
const LARGEST_UNIT = 2048;

interface Scan {
  /** The last block's mean, quantised: the next one's is told as the difference. */
  before: number;
  readonly bits: BitWriter;
  readonly block: Int32Array;
}

const DC = huffmanCodes(LUMA_DC);
const AC = huffmanCodes(LUMA_AC);
const END_OF_BLOCK = 0x00;
const SIXTEEN_ZEROS = 0xf0;
/** No change of the mean and the end of the block are two 0 bits each in the tables for colour; two blocks of them. */
const NO_COLOUR_BITS = 8;

/** In zigzag order, for coefficients that are 8 times too large: half a step, and steps per unit. */
const HALF_STEP = Int32Array.from(ZIGZAG, place => 4 * (LUMA_QUANTISERS[place] ?? 1));
const STEPS = Float64Array.from(ZIGZAG, place => 1 / (8 * (LUMA_QUANTISERS[place] ?? 1)));
/** What keeps a product from falling short of the whole number that it stands for. */
const TINY = 1e-6;

/** The mean of a white block, quantised: 64 times the shade, in steps of 8 × 8. */
const WHITE = 255 - 128;

/** Whether a block that lies within the picture is paper alone. */
function isWhite(pixels: Uint8Array, width: number, height: number, x: number, y: number): boolean {
  if (x + 8 > width || y + 8 > height) return false;
  for (let from = y * width + x, row = 0; row < 8; row += 1, from += width) {
    let all = 255;
    for (let at = from; at < from + 8; at += 1) all &= pixels[at] ?? 0;
    if (all < 255) return false;
  }
  return true;
}

/** Takes 8 × 8 px around 0, the picture's last column and row over and over past its edges. */
function load(
  block: Int32Array,
  pixels: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
): void {
  const last = width - 1 - x;
  for (let row = 0; row < 8; row += 1) {
    const from = min(y + row, height - 1) * width + x;
    for (let column = 0; column < 8; column += 1) {
      block[8 * row + column] = (pixels[from + min(column, last)] ?? 0) - 128;
    }
  }
}

function putFlat(scan: Scan, mean: number): void {
  putMean(scan, mean);
  scan.bits.put(AC.codes[END_OF_BLOCK] ?? 0, AC.lengths[END_OF_BLOCK] ?? 0);
}

function putMean(scan: Scan, mean: number): void {
  putNumber(scan.bits, DC, 0, mean - scan.before);
  scan.before = mean;
}

/** The 8 × 8 values as T.81 has them (F.1.2): their mean, then runs of zeros and what comes after each. */
function putBlock(scan: Scan): void {
  const { bits, block } = scan;
  transform(block);
  putMean(scan, quantised(block[0] ?? 0, 0));
  let zeros = 0;
  for (let place = 1; place < 64; place += 1) {
    const value = block[ZIGZAG[place] ?? 0] ?? 0;
    const half = HALF_STEP[place] ?? 0;
    if (value < half && value > -half) {
      zeros += 1;
      continue;
    }
    for (; zeros > 15; zeros -= 16) bits.put(AC.codes[SIXTEEN_ZEROS] ?? 0, AC.lengths[SIXTEEN_ZEROS] ?? 0);
    putNumber(bits, AC, zeros, quantised(value, place));
    zeros = 0;
  }
  if (zeros > 0) bits.put(AC.codes[END_OF_BLOCK] ?? 0, AC.lengths[END_OF_BLOCK] ?? 0);
}

/** A coefficient in steps, halves away from zero. */
function quantised(value: number, place: number): number {
  const steps = ((abs(value) + (HALF_STEP[place] ?? 0)) * (STEPS[place] ?? 0) + TINY) | 0;
  return value < 0 ? -steps : steps;
}

/** The code for a run of zeros and the size of what follows, and then that: ones' complement when below zero. */
function putNumber(bits: BitWriter, { codes, lengths }: typeof AC, zeros: number, value: number): void {
  const size = 32 - clz32(abs(value));
  const symbol = 16 * zeros + size;
  const code = codes[symbol] ?? 0;
  const length = lengths[symbol] ?? 0;
  const rest = (value < 0 ? value - 1 : value) & ((1 << size) - 1);
  if (length + size <= 24) bits.put((code << size) | rest, length + size);
  else {
    bits.put(code, length);
    bits.put(rest, size);
  }
}

/** All that comes before the scan (T.81, B.2). */
function headOf(width: number, height: number): Uint8Array {
  const zigzag = (quantisers: Uint8Array) => Uint8Array.from(ZIGZAG, place => quantisers[place] ?? 0);
  const huffman = (place: number, { counts, symbols }: HuffmanTable) =>
    segment(0xc4, [place, ...counts, ...symbols]);
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segment(0xdb, [0, ...zigzag(LUMA_QUANTISERS)]),
    ...segment(0xdb, [1, ...zigzag(CHROMA_QUANTISERS)]),
    // Three components: luma sampled 2 × 2 by the first quantisers, the colours 1 × 1 by the second.
    ...segment(0xc0, [8, ...twoBytes(height), ...twoBytes(width), 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]),
    ...huffman(0x00, LUMA_DC),
    ...huffman(0x10, LUMA_AC),
    ...huffman(0x01, CHROMA_DC),
    ...huffman(0x11, CHROMA_AC),
    ...segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]);
}

const twoBytes = (value: number): number[] => [value >> 8, value & 0xff];
const segment = (marker: number, content: readonly number[]): number[] => [
  ...[0xff, marker],
  ...twoBytes(content.length + 2),
  ...content,
];
