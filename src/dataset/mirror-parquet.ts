import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { collected } from '../pictures/library.ts';
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
        collected();
        // All of it: where one row's picture is lost, those after it have each other's.
        const images = await read(['image'], group.start, group.end);
        const held = images.map(({ image }) => bytesOf(image));
        const sound = soundOf(held, group);
        if (sound === null) throw damaged(url);
        for (const row of inside) yield [row, sound[row.row - group.start] ?? undefined];
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
  /** What its pictures take, unpacked (bytes). */
  readonly size: number;
}

function* groupsOf({ row_groups }: FileMetaData): Generator<RowGroup> {
  let start = 0;
  for (const { num_rows, columns } of row_groups) {
    const end = start + Number(num_rows);
    const column = picturesIn(columns);
    const without = Number(column?.statistics?.null_count ?? 0);
    yield { start, end, without, size: Number(column?.total_uncompressed_size ?? 0) };
    start = end;
  }
}

/** The column of the pictures' bytes, which is `image` itself or a part of it. */
const picturesIn = (columns: FileMetaData['row_groups'][number]['columns']) =>
  columns
    .map(({ meta_data }) => meta_data)
    .find(column => IMAGES.has(column?.path_in_schema.join('.') ?? ''));

const IMAGES: ReadonlySet<string> = new Set(['image', 'image.bytes']);

type Held = readonly (Uint8Array | null)[];

/**
 * The pictures that are surely those of their rows; null where more or fewer rows have one than the file counts.
 * They lie one behind the other, each behind its own length: where something is no picture and bytes are left over, a
 * length is wrong, and what comes after it is other rows'.
 */
function soundOf(held: Held, { start, end, without, size }: RowGroup): Held | null {
  const lost = held.filter(bytes => bytes === null).length;
  if (held.length !== end - start || lost !== without) return null;
  const read = held.reduce((sum, bytes) => sum + (bytes === null ? 0 : LENGTH + bytes.length), 0);
  const astray = held.findIndex(bytes => bytes !== null && !looksLikePicture(bytes));
  const isWhole = read <= size && size - read <= held.length + LARGEST_HEADERS;
  return astray < 0 || isWhole ? held : held.slice(0, astray);
}

/** What stands before each picture (bytes), and what all else takes at most of a row group's column. */
const LENGTH = 4;
const LARGEST_HEADERS = 512;

/** Whether bytes begin as a JPEG, PNG or WebP does. */
const looksLikePicture = (bytes: Uint8Array): boolean =>
  /^(?:\xff\xd8\xff|\x89PNG|RIFF.{4}WEBP)/s.test(String.fromCharCode(...bytes.subarray(0, 12)));

/** A text, a number or bytes (a text column without its annotation) as text. */
function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}

/** A picture lies as bytes, or as a struct `{bytes, path}`; null where nothing does. */
function bytesOf(image: unknown): Uint8Array | null {
  const bytes =
    typeof image === 'object' && image !== null && 'bytes' in image ? (image.bytes as unknown) : image;
  return bytes instanceof Uint8Array ? bytes : null;
}
