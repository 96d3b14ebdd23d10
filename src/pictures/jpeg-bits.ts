import type { HuffmanTable } from './jpeg-tables.ts';

/** The code of each symbol, and how many bits it has; 0 bits where the table has none. */
export interface HuffmanCodes {
  readonly codes: Uint16Array;
  readonly lengths: Uint8Array;
}

/** Gives each symbol its code (T.81, C.2). */
export function huffmanCodes({ counts, symbols }: HuffmanTable): HuffmanCodes {
  const codes = new Uint16Array(256);
  const lengths = new Uint8Array(256);
  let [code, place] = [0, 0];
  counts.forEach((count, index) => {
    for (const symbol of symbols.subarray(place, place + count)) {
      codes[symbol] = code;
      lengths[symbol] = index + 1;
      code += 1;
    }
    place += count;
    code <<= 1;
  });
  return { codes, lengths };
}

/** Collects the bits of a scan as bytes; after each byte of ones comes one of zeros, as T.81 asks (F.1.2.3). */
export class BitWriter {
  private bytes: Uint8Array;
  private length: number;
  /** Bits that make no byte yet, the last one lowest. */
  private open = 0;
  private count = 0;

  /** @param head what comes before the scan */
  constructor(head: Uint8Array) {
    this.bytes = new Uint8Array(2 * head.length + 30_000);
    this.bytes.set(head);
    this.length = head.length;
  }

  /** Adds the lowest `count` bits of `bits`, 24 at most; the others must be 0. */
  put(bits: number, count: number): void {
    this.open = (this.open << count) | bits;
    this.count += count;
    while (this.count >= 8) {
      this.count -= 8;
      const byte = (this.open >> this.count) & 0xff;
      this.bytes[this.length++] = byte;
      if (byte === 0xff) this.bytes[this.length++] = 0;
    }
    this.open &= (1 << this.count) - 1;
  }

  /** Makes room for some kB more. */
  reserve(bytes: number): void {
    if (this.bytes.length - this.length >= bytes) return;
    const more = new Uint8Array(2 * this.bytes.length + bytes);
    more.set(this.bytes.subarray(0, this.length));
    this.bytes = more;
  }

  /** Fills the last byte up with ones, ends the picture, and gives all of it. */
  end(): Uint8Array {
    if (this.count > 0) this.put((1 << (8 - this.count)) - 1, 8 - this.count);
    this.bytes[this.length++] = 0xff;
    this.bytes[this.length++] = 0xd9;
    return this.bytes.slice(0, this.length);
  }
}
