import { crc32 } from 'node:zlib';
import type {
  ColumnMetaData,
  Compressors,
  DataReader,
  DecodedArray,
  PageHeader,
  SchemaTree,
} from 'hyparquet';
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { compressors } from 'hyparquet-compressors';

/** Snappy is left to hyparquet's own: in WebAssembly a page lies in memory twice more, and stays there for good. */
const { SNAPPY: _, ...others } = compressors;

/** Each page comes in memory of its own, which ends where the page ends. */
export const decompressors: Compressors = Object.fromEntries(
  Object.entries(others).map(([codec, decompress]) => [
    codec,
    (packed: Uint8Array, length: number) => {
      const page = decompress(packed, length);
      return page.length === page.buffer.byteLength ? page : page.slice();
    },
  ]),
);

/**
 * The byte arrays of one column in a row group of `rows` rows; null where a row has none.
 * In a page they lie one behind the other: where one length is wrong, what comes after it is other rows'. A page whose
 * last one does not end where the page ends throws therefore, as do more or fewer rows without one than are counted,
 * and a page that is not what its checksum says. `chunk` is what the column takes in the file, `path` leads to it from the schema's root.
 */
export function byteArraysOf(
  chunk: ArrayBuffer,
  rows: number,
  column: ColumnMetaData,
  path: SchemaTree[],
): (Uint8Array | null)[] {
  const decoder = decoderOf(column, path);
  const reader = { view: new DataView(chunk), offset: 0 };
  const held: (Uint8Array | null)[] = [];
  let dictionary: DecodedArray | undefined;
  while (held.length < rows) {
    const header = headerOf(reader);
    const { data = [] } = readPage(reader, header, decoder, dictionary, undefined, 0);
    const values = Array.from(data, byteArrayOf);
    const { encoding, without } = countsOf(header);
    // A place in a dictionary has no length of its own.
    if (!encoding?.endsWith('_DICTIONARY')) checkEnd(values, chunk, reader.offset);
    checkCount(values, without);
    if (header.type === 'DICTIONARY_PAGE') dictionary = data;
    else for (const value of values) held.push(value);
  }
  if (held.length > rows) throw new RangeError(`${held.length} of ${rows}`);
  checkCount(held, column.statistics?.null_count);
  return held;
}

/** Throws if a page of a column of `values` values, which takes `chunk` in the file, is not what its checksum says. */
export function checkPages(chunk: ArrayBuffer, values: number): void {
  const reader = { view: new DataView(chunk), offset: 0 };
  for (let left = values; left > 0; ) {
    const header = headerOf(reader);
    const { compressed_page_size: size, data_page_header: first, data_page_header_v2: second } = header;
    reader.offset += size;
    left -= (first ?? second)?.num_values ?? 0;
  }
}

/** The header of the next page, whose bytes are as they were written if it has a checksum (parquet.thrift, PageHeader). */
function headerOf(reader: DataReader): PageHeader {
  const header = parquetHeader(reader);
  const { crc, compressed_page_size: size } = header;
  const { buffer, byteOffset } = reader.view;
  // As a signed number, which is what it is stored as.
  if (crc !== undefined && crc !== (crc32(new Uint8Array(buffer, byteOffset + reader.offset, size)) | 0)) {
    throw new RangeError('wrong checksum');
  }
  return header;
}

function decoderOf(column: ColumnMetaData, schemaPath: SchemaTree[]) {
  const { type, codec, path_in_schema: pathInSchema } = column;
  const element = schemaPath.at(-1)?.element;
  if (!element) throw new RangeError('no schema');
  const how = { parsers: DEFAULT_PARSERS, compressors: decompressors, utf8: false };
  return { pathInSchema, type, element, schemaPath, codec, ...how };
}

/** Values in optional structs come in lists, which are empty where there is no struct. */
function byteArrayOf(value: unknown): Uint8Array | null {
  const inner: unknown[] = [value].flat(Number.POSITIVE_INFINITY);
  const [bytes] = inner.length === 0 ? [null] : inner;
  if (inner.length > 1 || !(bytes === null || bytes instanceof Uint8Array)) {
    throw new RangeError('no bytes');
  }
  return bytes;
}

/** How a page holds its values, and how many rows without one it counts; undefined where it does not. */
function countsOf({ data_page_header: first, data_page_header_v2: second }: PageHeader) {
  return {
    encoding: first?.encoding ?? second?.encoding,
    without: second?.num_nulls ?? first?.statistics?.null_count,
  };
}

function checkEnd(values: readonly (Uint8Array | null)[], chunk: ArrayBuffer, pageEnd: number): void {
  const last = values.findLast(value => value !== null);
  if (!last) return;
  const end = last.byteOffset + last.length;
  // A page that is not packed is read where it lies.
  if (end !== (last.buffer === chunk ? pageEnd : last.buffer.byteLength)) {
    throw new RangeError('unfilled page');
  }
}

function checkCount(values: readonly (Uint8Array | null)[], without: number | bigint | undefined): void {
  const lost = values.filter(value => value === null).length;
  if (without !== undefined && lost !== Number(without)) {
    throw new RangeError(`${lost} of ${without}`);
  }
}
