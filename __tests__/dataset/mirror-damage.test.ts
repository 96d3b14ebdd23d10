import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { sha256Of } from '../../src/common/hash.ts';
import { mirrorPictures } from '../../src/dataset/mirror.ts';
import { openStore } from '../../src/pictures/store.ts';
import {
  hashOf,
  type MirrorFileRow,
  type MirrorFileShape,
  pairAt,
  parquetOf,
  pictureOf,
  rowsOfKind,
} from '../support/mirror-files.ts';
import { type FileServer, serveFiles } from '../support/range-server.ts';

const SD = '/data/Illegal_Activitiy/SD.parquet';
const PLAIN: MirrorFileShape = { compression: 'uncompressed', image: 'blob' };
let server: FileServer;
let folder: string;
let line: string;

beforeEach(async () => {
  server = await serveFiles();
  folder = await mkdtemp(join(tmpdir(), 'mirror-test-'));
  line = `${server.url}${SD} is cut short, damaged or no parquet file: check images-url, or wait until the mirror is whole`;
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A mirror of the file that has kept nothing yet. */
async function mirrorOf(file: Uint8Array) {
  server.files = { [SD]: file };
  const store = openStore(await mkdtemp(join(folder, 'cache-')), warning => {
    throw new Error(warning);
  });
  return mirrorPictures({ imagesUrl: server.url, store, http: { timeout: 5, retries: 0 } });
}

async function expectPictures(rows: readonly MirrorFileRow[], file: Uint8Array, ids: readonly number[]) {
  const mirror = await mirrorOf(file);
  const pairs = ids.map(id => pairAt(id));
  await mirror.prepare(pairs);
  expect(mirror.unused()).toEqual([]);
  const read = await Promise.all(pairs.map(pair => mirror.read(pair)));
  expect(read.map(hashOf)).toEqual(ids.map(id => sha256Of(rows[id]?.image ?? '')));
}

const footerOf = (file: Uint8Array): number =>
  file.length - 8 - Buffer.from(file).readUInt32LE(file.length - 8);

const encodingsOf = (file: Uint8Array): unknown[] =>
  parquetMetadata(new Uint8Array(file).buffer)
    .row_groups.flatMap(({ columns }) => columns)
    .filter(({ meta_data }) => /^image(.bytes)?$/.test(meta_data?.path_in_schema.join('.') ?? ''))
    .flatMap(({ meta_data }) => meta_data?.encodings ?? []);

describe('a footer in which any one byte is another', () => {
  const unheard: unknown[] = [];
  const note = (reason: unknown) => unheard.push(reason);
  beforeEach(() => {
    unheard.length = 0;
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
  });

  const linesOf = async (file: Uint8Array, count: number): Promise<Set<string>> => {
    const lines = new Set<string>();
    for (let place = footerOf(file); place < footerOf(file) + count; place += 1) {
      const changed = Buffer.from(file);
      changed.writeUInt8((changed[place] ?? 0) ^ 1, place);
      const told = await (await mirrorOf(changed)).prepare([pairAt(0)]).then(
        () => '',
        (error: Error) => error.message,
      );
      lines.add(told);
    }
    await turn();
    expect(unheard).toEqual([]);
    return lines;
  };

  test('ends in a line, or in nothing', async () => {
    const lines = await linesOf(await parquetOf(rowsOfKind(10)), 120);
    expect(lines).toContain(line);
    for (const told of lines) expect(told === '' || told.startsWith(`${server.url}${SD} `)).toBe(true);
  });

  test('leaves no read behind that nobody listens to, where they fail later', async () => {
    server.intercept = (request, response) => {
      if (request.headers.range?.startsWith('bytes=-')) return false;
      response.writeHead(404).end();
      return true;
    };
    // By one byte, `ie` becomes a second `id`.
    const columns = 'id, id as ie, question, image';
    const lines = await linesOf(await parquetOf(rowsOfKind(10), { columns }), 300);
    expect(lines).toContain(line);
    expect(lines).toContain(`${server.url}${SD} answers 404: check images-url`);
  });
});

describe('a row that is not needed and holds no picture', () => {
  const GIF = Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64');
  const nothings = [
    ['a GIF', GIF],
    ['text', Buffer.from('hello')],
    ['no byte', Buffer.from([])],
  ] as const;
  const shapes: [string, MirrorFileShape][] = [
    ['PLAIN', PLAIN],
    ['PLAIN', { compression: 'zstd' }],
    ['DELTA_LENGTH_BYTE_ARRAY', { ...PLAIN, version: 'v2' }],
    ['DELTA_LENGTH_BYTE_ARRAY', { compression: 'snappy', version: 'v2' }],
    ['PLAIN_DICTIONARY', PLAIN],
    ['RLE_DICTIONARY', { compression: 'snappy', version: 'v2' }],
  ];
  const cases = shapes.flatMap(([encoding, shape]) =>
    nothings.map(([what, image]) => [what, encoding, shape, image] as const),
  );
  test.each(cases)(
    '%s in a column that is %s: costs no other row (%j)',
    async (_, encoding, shape, image) => {
      const isShared = encoding.endsWith('DICTIONARY');
      const rows = rowsOfKind(12).map((row, id) => ({
        ...row,
        image: id === 0 ? image : isShared ? pictureOf('one for all') : row.image,
      }));
      const file = await parquetOf(rows, { ...shape, rowsPerGroup: 12 });
      expect(encodingsOf(file)).toEqual([encoding]);
      await expectPictures(rows, file, [1, 6, 11]);
    },
  );
});

describe('a file that does not count the rows without a picture', () => {
  const rows = rowsOfKind(5).map((row, id) => (id === 2 ? { ...row, image: null } : row));
  /** Makes of the count another field of the column's statistics, which nothing reads. */
  const uncounted = (file: Uint8Array): Buffer => {
    const changed = Buffer.from(file);
    const count = changed.indexOf(Buffer.from([0x16, 2, 0x28]), footerOf(file));
    changed.writeUInt8(0x26, count);
    const counts = parquetMetadata(new Uint8Array(changed).buffer).row_groups.flatMap(({ columns }) =>
      columns.map(({ meta_data }) => meta_data?.statistics?.null_count),
    );
    expect(counts).toContain(undefined);
    return changed;
  };

  test.each<MirrorFileShape>([
    PLAIN,
    { compression: 'snappy', image: 'struct' },
    { compression: 'zstd', image: 'blob', version: 'v2' },
  ])('loses nothing by one that is not needed (%j)', async shape => {
    await expectPictures(rows, uncounted(await parquetOf(rows, shape)), [0, 1, 3, 4]);
  });

  test('calls a row that is needed empty', async () => {
    const mirror = await mirrorOf(uncounted(await parquetOf(rows, PLAIN)));
    await mirror.prepare([pairAt(2), pairAt(3)]);
    expect(mirror.unused()).toEqual([
      { pair: pairAt(2).key, reason: 'holds no picture that can be used: it is empty' },
    ]);
  });

  test('is damaged where fewer rows have one than its page holds', async () => {
    const changed = uncounted(await parquetOf(rows, PLAIN));
    // A bit for each row, the first one last: 11011, and row 3 loses its own.
    const levels = changed.lastIndexOf(0b11011, changed.indexOf(rows[0]?.image ?? '') - 4);
    changed.writeUInt8(0b10011, levels);
    await expect((await mirrorOf(changed)).prepare([pairAt(4)])).rejects.toThrow(line);
  });
});

describe('pictures of which one has a wrong length', () => {
  const rows = rowsOfKind(5);
  const lengthOf = (file: Buffer, row: number) => file.indexOf(rows[row]?.image ?? '') - 4;
  const ways: [string, (file: Buffer) => void][] = [
    [
      'come one row too late',
      file => {
        const at = lengthOf(file, 0);
        const length = file.readUInt32LE(at);
        // The last 8 bytes become a picture of 4.
        file.writeUInt32LE(length - 8, at);
        file.writeUInt32LE(4, at + length - 4);
      },
    ],
    [
      'come one row too early',
      file => {
        const [first, next] = [lengthOf(file, 0), lengthOf(file, 1)];
        file.writeUInt32LE(file.readUInt32LE(first) + 4 + file.readUInt32LE(next), first);
      },
    ],
    ['lose bytes at their end', file => file.writeUInt32LE(19_000, lengthOf(file, 4))],
    ['end behind their page', file => file.writeUInt32LE(20_010, lengthOf(file, 4))],
  ];
  test.each(ways)('%s: none is taken', async (_, change) => {
    for (const image of ['blob', 'struct'] as const) {
      const changed = Buffer.from(await parquetOf(rows, { ...PLAIN, image }));
      change(changed);
      for (const id of [0, 1, 2, 3, 4]) {
        const mirror = await mirrorOf(changed);
        await expect(mirror.prepare([pairAt(id)])).rejects.toThrow(line);
      }
    }
  });

  test('lie in a dictionary: none is taken', async () => {
    const one = pictureOf('one for all');
    const shared = rowsOfKind(12).map((row, id) => ({ ...row, image: id === 0 ? row.image : one }));
    const changed = Buffer.from(await parquetOf(shared, { ...PLAIN, rowsPerGroup: 12 }));
    expect(encodingsOf(changed)).toEqual(['PLAIN_DICTIONARY']);
    const at = lengthOf(changed, 0);
    const length = changed.readUInt32LE(at);
    changed.writeUInt32LE(length - 8, at);
    changed.writeUInt32LE(4, at + length - 4);
    await expect((await mirrorOf(changed)).prepare([pairAt(1)])).rejects.toThrow(line);
  });
});

/** Gives the page of the last column its checksum, by the format: of the bytes as they lie, as a field of its header. */
function withChecksum(file: Uint8Array): Buffer {
  const [group] = parquetMetadata(new Uint8Array(file).buffer).row_groups;
  const column = group?.columns.at(-1)?.meta_data;
  const start = Number(column?.data_page_offset);
  const length = Number(column?.total_compressed_size);
  const reader = { view: new DataView(new Uint8Array(file).buffer, start, length), offset: 0 };
  const { crc, uncompressed_page_size: unpacked, compressed_page_size: packed } = parquetHeader(reader);
  expect([crc, reader.offset + packed]).toEqual([undefined, length]);
  const page = file.subarray(start + reader.offset, start + length);
  // Behind the type and both sizes; what follows counts its number from the field before: two on, and now one.
  const place = start + 2 + 1 + varint(unpacked).length + 1 + varint(packed).length;
  expect(file[place]).toBe(0x2c);
  const header = [0x15, ...varint(crc32(page) | 0), 0x1c];
  const footer = Buffer.from(file.subarray(start + length)).toString('latin1');
  const latin1 = (value: number) => Buffer.from(varint(value)).toString('latin1');
  return Buffer.concat([
    file.subarray(0, place),
    Buffer.from(header),
    file.subarray(place + 1, start + length),
    Buffer.from(footer.replaceAll(latin1(length), latin1(length + header.length - 1)), 'latin1'),
  ]);
}

/** As thrift's compact protocol has numbers: the sign last, 7 bits in a byte. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

describe('a page with a checksum', () => {
  const rows = rowsOfKind(5);

  test.each<[string, string, MirrorFileShape]>([
    ['pictures', 'id, question, image', PLAIN],
    ['pictures', 'id, question, image', { ...PLAIN, compression: 'snappy', version: 'v2' }],
    ['ids', 'image, question, id', PLAIN],
    ['questions', 'image, id, question', PLAIN],
  ])('of %s (%s, %j) is taken as it was written, and not with one bit changed', async (_, columns, shape) => {
    const whole = withChecksum(await parquetOf(rows, { ...shape, columns }));
    await expectPictures(rows, whole, [0, 4]);
    const changed = Buffer.from(whole);
    const last = footerOf(changed) - 1;
    changed.writeUInt8((changed[last] ?? 0) ^ 1, last);
    await expect((await mirrorOf(changed)).prepare([pairAt(0)])).rejects.toThrow(line);
  });
});

test('fewer pictures than the file counts are nobody’s', async () => {
  const rows = rowsOfKind(5);
  const changed = Buffer.from(await parquetOf(rows, PLAIN));
  const begins = changed.indexOf(rows[0]?.image ?? '');
  // Before the first length: how long the levels are, a run of all five, and that each has a picture.
  const level = changed.lastIndexOf(Buffer.from([10, 1]), begins - 4);
  changed.writeUInt8(0, level + 1);
  await expect((await mirrorOf(changed)).prepare([pairAt(1)])).rejects.toThrow(line);
});
