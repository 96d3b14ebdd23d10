import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { getPhysicalColumns, getTreePath } from 'hyparquet/src/schema.js';
import { collected } from '../pictures/library.ts';
import { DatasetError } from './dataset.ts';
import type { RemoteFile } from './http-file.ts';
import { byteArraysOf, decompressors } from './parquet-pages.ts';

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

const COLUMNS = ['id', 'question', 'image'];

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
  const named = await readable(url, () =>
    parquetReadObjects({
      file: heard(file),
      metadata,
      columns: ['id', 'question'],
      compressors: decompressors,
      // Without this, a column of raw bytes would come as text.
      utf8: false,
    }),
  );
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
        for (const row of inside) yield [row, held[row.row - group.start] ?? undefined];
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

/**
 * Each row group has the columns of the schema, in its order (parquet.thrift, RowGroup). Where one is another or is
 * there twice, the reader listens no more to some of what it has begun to fetch, and its failure ends the process.
 */
function checkLayout({ row_groups }: FileMetaData, schema: SchemaTree): void {
  const leaves = [...new Set(getPhysicalColumns(schema))].join();
  for (const { columns } of row_groups) {
    const paths = columns.map(({ meta_data }) => meta_data?.path_in_schema.join('.'));
    if (paths.join() !== leaves) throw new RangeError(paths.join());
  }
}

/** The reader fetches ahead, and never looks at a piece that a damaged footer makes it ask for otherwise. */
const heard = (file: RemoteFile): AsyncBuffer => ({
  byteLength: file.byteLength,
  slice(start, end) {
    const piece = file.slice(start, end);
    piece.catch(() => undefined);
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
    .find(meta => IMAGES.has(meta?.path_in_schema.join('.') ?? ''));
  if (!column) throw new RangeError('no pictures');
  const from = Number(column.dictionary_page_offset || column.data_page_offset);
  const chunk = await file.slice(from, from + Number(column.total_compressed_size));
  return byteArraysOf(chunk, end - start, column, getTreePath(schema, column.path_in_schema));
}

/** Pictures lie in the column `image` itself, or in a part of it. */
const IMAGES: ReadonlySet<string> = new Set(['image', 'image.bytes']);

/** A text, a number or bytes (a text column without its annotation) as text. */
function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}
