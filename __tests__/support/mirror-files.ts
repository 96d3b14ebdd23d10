import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blobValue, DuckDBInstance } from '@duckdb/node-api';
import { type ImageKind, type Pair, pairOf } from '../../src/benchmark/pair.ts';
import type { Question } from '../../src/benchmark/question.ts';
import { SCENARIOS } from '../../src/benchmark/scenarios.ts';
import { sha256Of } from '../../src/common/hash.ts';
import { fill, paperOf } from '../../src/pictures/canvas.ts';
import { encodeGrey } from '../../src/pictures/jpeg.ts';
import type { NoPicture, SourcePicture } from '../../src/pictures/picture.ts';

/** A question of the tests' own: its texts tell its scenario and id. */
function questionAt(scenarioIndex: number, id: number): Question {
  const scenario = SCENARIOS[scenarioIndex] ?? (SCENARIOS[0] as (typeof SCENARIOS)[number]);
  const key = `${scenario.name}/${id}`;
  return {
    scenario,
    id: String(id),
    key,
    cluster: key,
    changed: `changed ${key}`,
    keyPhrase: `phrase ${key}`,
    rephrased: `rephrased ${key}`,
    rephrasedSd: `sd wording ${key}`,
  };
}

export const pairAt = (id: number, kind: ImageKind = 'SD', scenarioIndex = 0): Pair =>
  pairOf(questionAt(scenarioIndex, id), kind);

/** 256 × 256 px in 64 shades that hang on the name. */
export function patternOf(name: string): Uint8Array {
  const shades = createHash('sha512').update(name).digest();
  const canvas = paperOf(256, 256);
  for (let cell = 0; cell < 64; cell += 1) {
    fill(canvas, (cell % 8) * 32, (cell >> 3) * 32, 32, 32, shades[cell] ?? 0);
  }
  return encodeGrey(canvas);
}

/** A JPEG whose comment does not compress; the same for the same name. `pattern` is what can be seen. */
export function pictureOf(name: string, size = 20_000, pattern = patternOf(name)): Uint8Array {
  const key = createHash('sha256').update(name).digest();
  const noise = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(
    Buffer.alloc(size - pattern.length - 4),
  );
  const comment = Buffer.from([0xff, 0xfe, 0, 0]);
  comment.writeUInt16BE(noise.length + 2, 2);
  return Buffer.concat([pattern.subarray(0, 2), comment, noise, pattern.subarray(2)]);
}

/** The hash of what was read, or why there is nothing: Jest takes a tenth of a second to compare a picture's bytes. */
export const hashOf = (read: SourcePicture | NoPicture): string =>
  'missing' in read ? read.missing : sha256Of(read.bytes);

export interface MirrorFileRow {
  readonly id: number;
  readonly question: string;
  readonly image: Uint8Array | null;
}

/** The rows of a mirror file as they should be: ids from 0, the text of the kind, a picture each. */
export const rowsOfKind = (count: number, kind: ImageKind = 'SD', scenarioIndex = 0): MirrorFileRow[] =>
  Array.from({ length: count }, (_, id) => {
    const { question, key } = pairAt(id, kind, scenarioIndex);
    return {
      id,
      question: kind === 'SD' ? question.rephrasedSd : question.rephrased,
      image: pictureOf(key),
    };
  });

export interface MirrorFileShape {
  readonly compression?: 'snappy' | 'zstd' | 'uncompressed';
  readonly image?: 'struct' | 'blob';
  readonly id?: 'varchar' | 'bigint' | 'integer';
  readonly rowsPerGroup?: number;
  readonly columns?: string;
  /** SQL of the column `image`, in place of the pictures as `image` has them. */
  readonly picture?: string;
  /** Of the format. Version 2 has pages that hold first all lengths, then all values. */
  readonly version?: 'v1' | 'v2';
}

/** Writes the rows as a parquet file with DuckDB and gives its bytes. */
export async function parquetOf(
  rows: readonly MirrorFileRow[],
  shape: MirrorFileShape = {},
): Promise<Uint8Array> {
  const {
    compression = 'snappy',
    image = 'struct',
    id = 'varchar',
    rowsPerGroup = 5,
    columns = '*',
    version = 'v1',
    picture = image === 'struct' ? `{'bytes': image, 'path': id || '.jpg'}` : 'image',
  } = shape;
  const folder = await mkdtemp(join(tmpdir(), 'mirror-files-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const db = await instance.connect();
  try {
    await db.run('create table raw (place integer, id bigint, question varchar, image blob)');
    for (const [place, row] of rows.entries()) {
      await db.run('insert into raw values ($1, $2, $3, $4)', [
        place,
        BigInt(row.id),
        row.question,
        row.image ? blobValue(row.image) : null,
      ]);
    }
    const table = `select id::${id} as id, question, ${picture} as image from raw`;
    // DuckDB closes a row group only between chunks, and each part of a union is a chunk of its own.
    const parts = [];
    for (let start = 0; start < rows.length; start += rowsPerGroup) {
      const group = `${table} where place >= ${start} and place < ${start + rowsPerGroup} order by place`;
      parts.push(`(select ${columns} from (${group}))`);
    }
    const path = join(folder, 'rows.parquet');
    await db.run(
      `copy (${parts.join(' union all ')}) to '${path}' (format parquet, compression ${compression}, row_group_size ${rowsPerGroup}, parquet_version ${version})`,
    );
    return await readFile(path);
  } finally {
    db.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}
