import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DatasetError } from './dataset.ts';
import type { RemoteFile } from './http-file.ts';

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

/** Snappy is left to hyparquet's own: in WebAssembly a page lies in memory twice more, and stays there for good. */
const { SNAPPY: _, ...decompressors } = compressors;

/**
 * Opens a parquet file and reads its columns `id` and `question`.
 * Throws DatasetError that names the URL for a file that is cut short, damaged or without one of the columns.
 */
export async function openTable(url: string, file: RemoteFile): Promise<MirrorTable> {
  const { metadata, found } = await readable(url, async () => {
    // Its search for maps never ends where a column says that it has fewer than no parts.
    const read = await parquetMetadataAsync(file, { initialFetchSize: 8 * 1024, geoparquet: false });
    return { metadata: read, found: parquetSchema(read).children.map(({ element }) => element.name) };
  });
  const missing = COLUMNS.filter(name => !found.includes(name));
  if (missing.length > 0) {
    throw new DatasetError(`${url} has no column ${missing.join(', ')}: check images-url`);
  }
  // Without `utf8: false` a column of raw bytes would come as text.
  const read = (columns: string[], rowStart: number, rowEnd: number) =>
    readable(url, () =>
      parquetReadObjects({
        file,
        metadata,
        columns,
        rowStart,
        rowEnd,
        compressors: decompressors,
        utf8: false,
      }),
    );

  const named = await read(['id', 'question'], 0, Number(metadata.num_rows));
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
        // All of it: where one row's picture is lost, those after it have each other's.
        const images = await read(['image'], group.start, group.end);
        const held = images.map(({ image }) => bytesOf(image));
        const lost = held.filter(bytes => bytes === null).length;
        if (held.length !== group.end - group.start || lost !== group.without) throw damaged(url);
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

interface RowGroup {
  readonly start: number;
  readonly end: number;
  /** Rows that have no picture, as the file counts them; 0 where it does not. */
  readonly without: number;
}

function* groupsOf({ row_groups }: FileMetaData): Generator<RowGroup> {
  let start = 0;
  for (const { num_rows, columns } of row_groups) {
    const end = start + Number(num_rows);
    yield { start, end, without: Number(statisticsOf(columns)?.null_count ?? 0) };
    start = end;
  }
}

/** Of the pictures' bytes, which are the column itself or a part of it. */
const statisticsOf = (columns: FileMetaData['row_groups'][number]['columns']) =>
  columns.map(({ meta_data }) => meta_data).find(column => IMAGES.has(column?.path_in_schema.join('.') ?? ''))
    ?.statistics;

const IMAGES: ReadonlySet<string> = new Set(['image', 'image.bytes']);

/** A text, a number or bytes (a text column without its annotation) as text. */
function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** A picture lies as bytes, or as a struct `{bytes, path}`. Null where nothing does, undefined for what is none. */
function bytesOf(image: unknown): Uint8Array | null | undefined {
  const bytes =
    typeof image === 'object' && image !== null && 'bytes' in image ? (image.bytes as unknown) : image;
  if (bytes === null || bytes === undefined) return null;
  return bytes instanceof Uint8Array && bytes.length > 0 ? bytes : undefined;
}
