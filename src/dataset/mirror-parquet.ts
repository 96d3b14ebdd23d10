import {
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { getTreePath, isListLike, isMapLike } from 'hyparquet/src/schema.js';
import { collected } from '../pictures/library.ts';
import { DatasetError } from './dataset.ts';
import type { RemoteFile } from './http-file.ts';
import { byteArraysOf, checkPages, decompressors } from './parquet-pages.ts';

/** A row of the mirror without its picture. */
export interface MirrorRow {
  /** As text, whatever type the column has. */
  readonly id: string;
  readonly question: string | undefined;
  /** Place in the file, from 0. */
  readonly row: number;
}

/** One of the mirror's parquet files, its pictures still unread. */
export interface MirrorTable {
  readonly rows: readonly MirrorRow[];
  /**
   * Reads the pictures of these rows, one row group at a time, and only the groups that hold one of them.
   * Bytes are undefined where the row has none.
   */
  pictures(rows: readonly MirrorRow[]): AsyncGenerator<readonly [MirrorRow, Uint8Array | undefined]>;
}

const NAMES = ['id', 'question'];
const COLUMNS = [...NAMES, 'image'];

/**
 * Opens a parquet file and reads its columns `id` and `question`.
 * Throws DatasetError that names the URL for a file that is cut short, damaged or without one of the columns.
 */
export async function openTable(url: string, file: RemoteFile): Promise<MirrorTable> {
  const { metadata, schema, found } = await readable(url, async () => {
    // Its search for maps never ends where a column says that it has fewer than no parts.
    const read = await parquetMetadataAsync(file, { initialFetchSize: 8 * 1024, geoparquet: false });
    const tree = parquetSchema(read);
    checkLayout(read, tree);
    return { metadata: read, schema: tree, found: tree.children.map(({ element }) => element.name) };
  });
  const missing = COLUMNS.filter(name => !found.includes(name));
  if (missing.length > 0) {
    throw new DatasetError(`${url} has no column ${missing.join(', ')}: check images-url`);
  }
  await readable(url, async () => checkImages(url, schema));
  const named = await readable(url, () => readNames(file, metadata));
  const rows = named.map(({ id, question }, row) => ({
    id: textOf(id) ?? '',
    question: textOf(question),
    row,
  }));

  return {
    rows,
    async *pictures(wanted) {
      for (const group of groupsOf(metadata)) {
        const inside = wanted.filter(({ row }) => row >= group.start && row < group.end);
        if (inside.length === 0) continue;
        collected();
        const held = await readable(url, () => picturesOf(file, schema, group));
        // Each in memory of its own: the WebAssembly build copies all of what a view looks into.
        for (const row of inside) yield [row, held[row.row - group.start]?.slice()];
      }
    },
  };
}

/** Turns whatever the parquet reader stumbles over into one line; what HTTP reported passes as it is. */
async function readable<T>(url: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    throw damaged(url);
  }
}

const damaged = (url: string): DatasetError =>
  new DatasetError(
    `${url} is cut short, damaged or no parquet file: check images-url, or wait until the mirror is whole`,
  );

/** The rows' `id` and `question`, off pages that are what their checksums say: the reader passes over those. */
async function readNames(file: RemoteFile, metadata: FileMetaData): Promise<Record<string, unknown>[]> {
  const pieces = new Map<number, Promise<ArrayBuffer>>();
  const named = await parquetReadObjects({
    file: heard(file, pieces),
    metadata,
    columns: NAMES,
    compressors: decompressors,
    // Without this, a column of raw bytes would come as text.
    utf8: false,
  });
  const columns = metadata.row_groups.flatMap(group => group.columns).flatMap(each => each.meta_data ?? []);
  for (const [start, piece] of pieces) {
    const bytes = await piece;
    for (const column of columns.filter(({ path_in_schema: path }) => NAMES.includes(path[0] ?? ''))) {
      const { from, to } = spanOf(column);
      if (from < start || to > start + bytes.byteLength) continue;
      checkPages(bytes.slice(from - start, to - start), Number(column.num_values));
    }
  }
  return named;
}

/** Where a column lies in the file: bytes from and to (exclusive). */
function spanOf(column: ColumnMetaData): { readonly from: number; readonly to: number } {
  const from = Number(column.dictionary_page_offset || column.data_page_offset);
  return { from, to: from + Number(column.total_compressed_size) };
}

/**
 * Each row group has the columns of the schema, in its order (parquet.thrift, RowGroup). Where one is another or is
 * there twice, the reader listens no more to some of what it has begun to fetch, and its failure ends the process.
 */
function checkLayout({ row_groups }: FileMetaData, schema: SchemaTree): void {
  // A name may hold a dot.
  const leaves = [...new Set(leavesOf(schema).map(({ path }) => JSON.stringify(path)))].join();
  for (const { columns } of row_groups) {
    const paths = columns.map(({ meta_data }) => JSON.stringify(meta_data?.path_in_schema)).join();
    if (paths !== leaves) throw new RangeError(paths);
  }
}

const leavesOf = (tree: SchemaTree): SchemaTree[] =>
  tree.children.length > 0 ? tree.children.flatMap(leavesOf) : [tree];

/** Throws DatasetError where the column `image` is something that no picture's bytes can be in. */
function checkImages(url: string, schema: SchemaTree): void {
  const isBytes = ({ path, element }: SchemaTree) => holdsImages(path) && BYTES.has(element.type);
  const image = schema.children.find(({ element }) => element.name === 'image');
  if (!image || leavesOf(schema).some(isBytes)) return;
  throw new DatasetError(
    `${url} has ${kindOf(image)} in its column image, not pictures as bytes or as structs with bytes: check images-url`,
  );
}

const BYTES: ReadonlySet<string | undefined> = new Set(['BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY']);

function kindOf(column: SchemaTree): string {
  if (isListLike(column)) return 'lists';
  if (isMapLike(column)) return 'maps';
  return column.children.length > 0 ? 'structs without bytes' : `values of the type ${column.element.type}`;
}

/** The reader fetches ahead, and never looks at a piece that a damaged footer makes it ask for otherwise. */
const heard = (file: RemoteFile, pieces: Map<number, Promise<ArrayBuffer>>): AsyncBuffer => ({
  byteLength: file.byteLength,
  slice(start, end) {
    const piece = file.slice(start, end);
    piece.catch(() => undefined);
    pieces.set(start, piece);
    return piece;
  },
});

interface RowGroup {
  readonly start: number;
  readonly end: number;
  readonly columns: FileMetaData['row_groups'][number]['columns'];
}

function* groupsOf({ row_groups }: FileMetaData): Generator<RowGroup> {
  let start = 0;
  for (const { num_rows, columns } of row_groups) {
    const end = start + Number(num_rows);
    yield { start, end, columns };
    start = end;
  }
}

/** The pictures of a row group: of all its rows, for only a whole page shows that each is its row's. */
async function picturesOf(
  file: RemoteFile,
  schema: SchemaTree,
  { start, end, columns }: RowGroup,
): Promise<(Uint8Array | null)[]> {
  const column = columns
    .map(({ meta_data }) => meta_data)
    .find(meta => holdsImages(meta?.path_in_schema ?? []));
  if (!column) throw new RangeError('no pictures');
  const { from, to } = spanOf(column);
  const chunk = await file.slice(from, to);
  await file.confirm();
  return byteArraysOf(chunk, end - start, column, getTreePath(schema, column.path_in_schema));
}

/** Pictures lie in the column `image` itself, or in a part of it. */
const holdsImages = ([column, part, ...others]: readonly string[]): boolean =>
  column === 'image' && (part === undefined || part === 'bytes') && others.length === 0;

/** A text, a number or bytes (a text column without its annotation) as text. */
function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}
