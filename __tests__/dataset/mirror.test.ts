/** Long: one mirror with its files is set up for all of it, and every way in which a mirror fails is a test. */
import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { type ImageKind, type Pair, textOf } from '../../src/benchmark/pair.ts';
import { sha256Of } from '../../src/common/hash.ts';
import type { HttpOptions } from '../../src/dataset/http.ts';
import { mirrorPictures } from '../../src/dataset/mirror.ts';
import { paperOf } from '../../src/pictures/canvas.ts';
import { encodeGrey } from '../../src/pictures/jpeg.ts';
import { createPictures } from '../../src/pictures/pictures.ts';
import { openStore } from '../../src/pictures/store.ts';
import {
  hashOf,
  type MirrorFileShape,
  pairAt,
  parquetOf,
  patternOf,
  pictureOf,
  rowsOfKind,
} from '../support/mirror-files.ts';
import { breakOff, type FileServer, rangeOf, serveFiles } from '../support/range-server.ts';
import { fullDisk, withSmallDisk } from '../support/small-disk.ts';

const run = promisify(execFile);
const SD = '/data/Illegal_Activitiy/SD.parquet';
let server: FileServer;
let folder: string;
let waits: number[];

beforeEach(async () => {
  server = await serveFiles();
  folder = await mkdtemp(join(tmpdir(), 'mirror-test-'));
  await mkdir(join(folder, 'temp'));
  waits = [];
});
afterEach(async () => {
  await server.close();
  expect(await readdir(join(folder, 'temp'))).toEqual([]);
  await rm(folder, { recursive: true, force: true });
});

const open = (http: Partial<HttpOptions> = {}, token?: string, imagesUrl = server.url) =>
  mirrorPictures({
    imagesUrl,
    token,
    store: openStore(join(folder, 'cache'), neverWarned),
    http: {
      tempFolder: join(folder, 'temp'),
      timeout: 5,
      retries: 2,
      sleep: async ms => {
        waits.push(ms);
      },
      ...http,
    },
  });

const neverWarned = (line: string) => {
  throw new Error(line);
};

const filesIn = async (path: string): Promise<string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter(entry => entry.isFile())
    .map(({ name }) => name);

const linux = process.platform === 'linux' ? test : test.skip;

/** A JPEG whose head is whole and whose pixels end half-way. */
const CUT_SHORT = (() => {
  const noise = paperOf(128, 128);
  for (const at of noise.pixels.keys()) noise.pixels[at] = (at * 97) % 256;
  const whole = encodeGrey(noise);
  return whole.subarray(0, whole.length / 2);
})();

/** The sizes of the files below a folder that this process holds open, with a name or without. */
function openSizes(below: string): number[] {
  return readdirSync('/proc/self/fd').flatMap(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(below)
        ? [statSync(`/proc/self/fd/${fd}`).size]
        : [];
    } catch {
      return [];
    }
  });
}

const bytesSent = () => server.seen.reduce((sum, { bytes }) => sum + bytes, 0);

async function expectPictures(pairs: readonly Pair[], mirror = open()): Promise<void> {
  await mirror.prepare(pairs);
  for (const pair of pairs) expect(hashOf(await mirror.read(pair))).toBe(sha256Of(pictureOf(pair.key)));
  expect(mirror.unused()).toEqual([]);
}

describe('what the parquet files may be', () => {
  const shapes: MirrorFileShape[] = [
    { compression: 'snappy', image: 'struct', id: 'varchar' },
    { compression: 'zstd', image: 'struct', id: 'bigint' },
    { compression: 'uncompressed', image: 'blob', id: 'integer' },
    { compression: 'zstd', image: 'blob', id: 'varchar' },
    { compression: 'snappy', image: 'blob', id: 'bigint' },
    { compression: 'uncompressed', image: 'struct', id: 'varchar' },
  ];
  test.each(shapes)('%j', async shape => {
    server.files = { [SD]: await parquetOf(rowsOfKind(12), shape) };
    await expectPictures([0, 4, 5, 11].map(id => pairAt(id)));
  });

  const dotted = `'no picture'::blob as "image.bytes"`;
  test.each([`${dotted}, id, question, image`, `id, question, image, ${dotted}`])(
    'a column whose name has a dot is no part of another (%s)',
    async columns => {
      for (const image of ['struct', 'blob'] as const) {
        server.files = { [SD]: await parquetOf(rowsOfKind(6), { image, columns }) };
        await expectPictures([pairAt(0)]);
        await rm(join(folder, 'cache'), { recursive: true });
      }
    },
  );

  test('each kind and scenario has its own file, and TEXT needs none', async () => {
    const kinds: ImageKind[] = ['SD', 'SD_TYPO', 'TYPO'];
    const files: Record<string, Uint8Array> = {};
    for (const kind of kinds) {
      files[`/data/Gov_Decision/${kind}.parquet`] = await parquetOf(rowsOfKind(3, kind, 12));
    }
    server.files = files;
    const pairs = kinds.map(kind => pairAt(2, kind, 12));
    const mirror = open();
    await expectPictures(pairs, mirror);
    const asked = server.seen.length;
    await mirror.prepare([pairAt(2, 'TEXT', 12)]);
    expect(await mirror.read(pairAt(2, 'TEXT', 12))).toHaveProperty('missing');
    expect(server.seen).toHaveLength(asked);
  });
});

describe('what is fetched', () => {
  test('a sample fetches the row groups that hold its ids and no other', async () => {
    const path = join(folder, 'file.parquet');
    const bytes = await parquetOf(rowsOfKind(40), { rowsPerGroup: 5 });
    await writeFile(path, bytes);
    server.files = { [SD]: bytes };
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual(Array(8).fill(5));
    const imageSpans = metadata.row_groups.map(({ columns }) => {
      const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === 'image.bytes');
      const start = Number(chunk?.meta_data?.dictionary_page_offset ?? chunk?.meta_data?.data_page_offset);
      return { start, end: start + Number(chunk?.meta_data?.total_compressed_size) };
    });

    await expectPictures([pairAt(6), pairAt(8), pairAt(22)]);

    // The 16 kB at the end of the file hold its footer and are always fetched.
    const fetched = server.seen
      .map(({ range }) => rangeOf(range, bytes.length) ?? { start: 0, end: bytes.length })
      .filter(({ start }) => start < bytes.length - 16 * 1024);
    const touched = imageSpans.map(
      span => fetched.filter(({ start, end }) => start < span.end && end > span.start).length,
    );
    expect(touched).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
    // Two groups of five pictures of 20 kB, the footer, and little more of the file's 800 kB.
    expect(bytes.length).toBeGreaterThan(800_000);
    expect(bytesSent()).toBeGreaterThan(200_000);
    expect(bytesSent()).toBeLessThan(230_000);
    expect(server.seen).toHaveLength(1 + 8 + 2);
  });

  test('a row group of 60 MB takes less than 3.3 times as much memory', async () => {
    const pattern = patternOf('one for all');
    const rows = Array.from({ length: 1000 }, (_, id) => ({
      ...{ id, question: pairAt(id).question.rephrasedSd },
      image: pictureOf(String(id), 60_000, pattern),
    }));
    const peak = async (files: FileServer['files']): Promise<number> => {
      server.files = files;
      const reader = resolve('__tests__/support/mirror-reader.ts');
      const args = [
        '--no-warnings',
        reader,
        server.url,
        join(folder, String(Object.values(files)[0]?.length)),
      ];
      return Number((await run(process.execPath, args)).stdout);
    };
    const small = await peak({ [SD]: await parquetOf(rowsOfKind(10)) });
    const large = await peak({ [SD]: await parquetOf(rows, { rowsPerGroup: 2000 }) });
    // Once as it came, once unpacked; what is left of it is room for the collector of garbage.
    expect((large - small) / 60).toBeLessThan(3.3);
  });

  test('a second run fetches nothing, and still knows the revision', async () => {
    server.files = { [SD]: await parquetOf(rowsOfKind(12)) };
    server.headers = { 'x-repo-commit': 'c0ffee' };
    const pairs = [pairAt(1), pairAt(7)];
    const first = open();
    await expectPictures(pairs, first);
    expect(first.revision()).toBe('c0ffee');
    server.seen.length = 0;
    const second = open();
    await expectPictures(pairs, second);
    expect(server.seen).toEqual([]);
    expect(second.revision()).toBe('c0ffee');
  });

  test('a larger sample fetches only what it adds', async () => {
    server.files = { [SD]: await parquetOf(rowsOfKind(20)) };
    await expectPictures([pairAt(1)]);
    const before = bytesSent();
    await expectPictures([pairAt(1), pairAt(6)]);
    expect(bytesSent() - before).toBeLessThan(150_000);
  });

  describe('pictures that prove damaged on disk', () => {
    const pairs = Array.from({ length: 10 }, (_, id) => pairAt(id));
    /** The kept files in the order of their pictures' ids. */
    const keptFiles = async (): Promise<string[]> => {
      const cache = join(folder, 'cache');
      const files = new Map<string, string>();
      for (const name of await readdir(cache, { recursive: true })) {
        if (!name.endsWith('.picture')) continue;
        const content = await readFile(join(cache, name));
        const pair = pairs.find(({ key }) => content.includes(Buffer.from(pictureOf(key))));
        files.set(pair?.key ?? '', join(cache, name));
      }
      return pairs.map(({ key }) => files.get(key) ?? '');
    };

    beforeEach(async () => {
      server.files = { [SD]: await parquetOf(rowsOfKind(10)) };
      await expectPictures(pairs);
      server.seen.length = 0;
    });

    test('are fetched again, those of one row group at once', async () => {
      const files = await keptFiles();
      for (const file of files.slice(0, 5)) await writeFile(file, (await readFile(file)).subarray(0, 9_000));
      await expectPictures(pairs);
      // The file's end, its two columns in two groups, and the pictures of the one group: not five times.
      expect(server.seen).toHaveLength(1 + 2 + 1);
      const { length } = server.seen;
      await expectPictures(pairs);
      expect(server.seen).toHaveLength(length);
    });

    test('are found out when they lie under the name of another', async () => {
      const files = await keptFiles();
      await writeFile(files[2] ?? '', await readFile(files[7] ?? ''));
      await expectPictures(pairs);
      expect(server.seen.length).toBeGreaterThan(2);
    });

    test('are fetched again where the file is whole, and what it holds is no picture', async () => {
      const pair = at(pairs, 2);
      const bytes = Buffer.from('no picture');
      const recipe = { origin: 'dataset', root: server.url, pair: pair.key, text: textOf(pair) };
      const look = '7f'.repeat(64);
      const forged = { bytes, sha256: sha256Of(bytes), type: 'image/jpeg', look } as const;
      const store = openStore(join(folder, 'cache'), neverWarned);
      await store.write(recipe, forged);
      expect(await store.read(recipe)).toEqual(forged);
      await expectPictures(pairs);
      expect(server.seen).toHaveLength(1 + 2 + 1);
    });

    test('are asked for once where the mirror has gone, not once each', async () => {
      for (const file of await keptFiles()) await writeFile(file, (await readFile(file)).fill(0, 400));
      server.intercept = (_, response) => {
        response.writeHead(503).end();
        return true;
      };
      const mirror = open();
      await mirror.prepare(pairs);
      for (const pair of pairs) await expect(mirror.read(pair)).rejects.toThrow('answers 503, after 3 tries');
      expect(server.seen).toHaveLength(3);
    });
  });

  test('two calls at once fetch a picture once', async () => {
    server.files = { [SD]: await parquetOf(rowsOfKind(3)) };
    const mirror = open();
    await Promise.all([mirror.prepare([pairAt(0)]), mirror.prepare([pairAt(0)]), mirror.read(pairAt(0))]);
    expect(server.seen).toHaveLength(3);
  });

  test('a mirror that is not needed has no revision, one that names no commit an unknown one; one that changes has both', async () => {
    server.files = { [SD]: await parquetOf(rowsOfKind(12)) };
    const mirror = open();
    await mirror.prepare([pairAt(0, 'TEXT')]);
    expect(mirror.revision()).toBe('');
    await mirror.prepare([pairAt(0)]);
    expect(mirror.revision()).toBe('unknown');
    server.headers = { 'x-repo-commit': 'bbb' };
    await mirror.prepare([pairAt(6)]);
    server.headers = { 'x-repo-commit': 'aaa' };
    await mirror.prepare([pairAt(11)]);
    expect(mirror.revision()).toBe('aaa+bbb');
    const later = open();
    await later.prepare([pairAt(6)]);
    expect(later.revision()).toBe('bbb');
  });
});

describe('rows that are not used', () => {
  const cases = [
    [
      'another question',
      (rows: ReturnType<typeof rowsOfKind>) => rows.with(1, { ...at(rows, 1), question: 'x' }),
      "has another question than the authors' file",
    ],
    [
      'the wording of another kind',
      (rows: ReturnType<typeof rowsOfKind>) =>
        rows.with(1, { ...at(rows, 1), question: pairAt(1).question.rephrased }),
      "has another question than the authors' file",
    ],
    ['no row', (rows: ReturnType<typeof rowsOfKind>) => rows.toSpliced(1, 1), 'is not there'],
    ['two rows', (rows: ReturnType<typeof rowsOfKind>) => [...rows, at(rows, 1)], 'is there several times'],
    [
      'no picture at all',
      (rows: ReturnType<typeof rowsOfKind>) => rows.with(1, { ...at(rows, 1), image: null }),
      'holds no picture that can be used: it is empty',
    ],
    [
      'a picture that is none',
      (rows: ReturnType<typeof rowsOfKind>) => rows.with(1, { ...at(rows, 1), image: Buffer.from('<html>') }),
      'holds no picture that can be used: it is no JPEG, PNG or WebP picture',
    ],
    [
      'a single pixel',
      (rows: ReturnType<typeof rowsOfKind>) =>
        rows.with(1, { ...at(rows, 1), image: encodeGrey(paperOf(1, 1)) }),
      'holds no picture that can be used: it is 1 × 1 px, and 256 × 256 are needed',
    ],
    [
      'a white placeholder',
      (rows: ReturnType<typeof rowsOfKind>) =>
        rows.with(1, { ...at(rows, 1), image: encodeGrey(paperOf(300, 300)) }),
      'holds no picture that can be used: it is all of one colour',
    ],
    [
      'a picture cut short',
      (rows: ReturnType<typeof rowsOfKind>) => rows.with(1, { ...at(rows, 1), image: CUT_SHORT }),
      'holds no picture that can be used: it is damaged or cut short (VipsJpeg: premature end of JPEG image)',
    ],
  ] as const;
  test.each(cases)('%s: listed by its pair, without any text of the question', async (_, change, line) => {
    server.files = { [SD]: await parquetOf(change(rowsOfKind(4))) };
    const mirror = open();
    await mirror.prepare([pairAt(1), pairAt(3)]);
    expect(mirror.unused()).toEqual([{ pair: pairAt(1).key, reason: line }]);
    expect(await mirror.read(pairAt(1))).toEqual({
      missing: `${server.url}${SD} has no picture for ${pairAt(1).key}: its row ${line}; give a mirror that has it in images-url, or set image-source to generated`,
    });
    expect(hashOf(await mirror.read(pairAt(3)))).toBe(sha256Of(pictureOf(pairAt(3).key)));
  });

  test.each(cases.filter(([what]) => what !== 'the wording of another kind'))(
    '%s: where it is TYPO, it is set here',
    async (_, change) => {
      const typo = pairAt(1, 'TYPO');
      const rows = change(rowsOfKind(4, 'TYPO').map(row => ({ ...row })));
      server.files = { '/data/Illegal_Activitiy/TYPO.parquet': await parquetOf(rows) };
      const source = open();
      const store = openStore(join(folder, 'cache'), neverWarned);
      const pictures = createPictures({ source, imageSource: 'published', store });
      await pictures.prepare([typo]);
      expect(await pictures.of(typo)).toMatchObject({ origin: 'typeset' });
      expect(source.unused()).toHaveLength(1);
    },
  );

  test('a damaged picture is not kept: the next run takes the one of the mended mirror', async () => {
    const rows = rowsOfKind(4);
    const damaged = rows.with(1, { ...at(rows, 1), image: CUT_SHORT });
    server.files = { [SD]: await parquetOf(damaged) };
    await open().prepare([pairAt(1)]);
    expect(await filesIn(join(folder, 'cache'))).toEqual([]);
    server.files = { [SD]: await parquetOf(rows) };
    await expectPictures([pairAt(1)]);
  });

  test('a row of another question beside the right one is listed, and costs no picture', async () => {
    const rows = rowsOfKind(4);
    server.files = {
      [SD]: await parquetOf([...rows, { ...at(rows, 1), question: 'x', image: pictureOf('x') }]),
    };
    const mirror = open();
    await mirror.prepare([pairAt(1), pairAt(2)]);
    expect(mirror.unused()).toEqual([
      { pair: pairAt(1).key, reason: "has another question than the authors' file" },
    ]);
    expect(hashOf(await mirror.read(pairAt(1)))).toBe(sha256Of(pictureOf(pairAt(1).key)));
  });

  test('white space around the question is no difference', async () => {
    const rows = rowsOfKind(2);
    server.files = {
      [SD]: await parquetOf(rows.with(1, { ...at(rows, 1), question: ` ${at(rows, 1).question}\n` })),
    };
    await expectPictures([pairAt(1)]);
  });
});

describe('servers in trouble', () => {
  let file: Uint8Array;
  beforeEach(async () => {
    file = await parquetOf(rowsOfKind(10));
    server.files = { [SD]: file };
  });

  test('a piece that breaks off goes on where it stopped', async () => {
    let broken = 0;
    server.intercept = (request, response) => {
      const range = rangeOf(request.headers.range, file.length);
      if (broken > 0 || !range || range.end - range.start < 50_000) return false;
      broken = range.start;
      return breakOff(request, response, file);
    };
    await expectPictures([pairAt(0)]);
    const resumed = server.seen.at(-1);
    expect(rangeOf(resumed?.range, file.length)?.start).toBeGreaterThan(broken);
    expect(waits).toEqual([500]);
  });

  test('a server that knows no ranges is read as a whole, once', async () => {
    server.ranges = false;
    await expectPictures([pairAt(0), pairAt(9)]);
    // The answer to the first request is given up: it was asked for the end alone.
    expect(server.seen.map(({ status }) => status)).toEqual([200, 200]);
  });

  test.each([405, 416, 501])('a server that answers %i to a range is read as a whole, once', async status => {
    server.intercept = (request, response) => {
      if (request.headers.range === undefined) return false;
      response.writeHead(status).end();
      return true;
    };
    await expectPictures([pairAt(0), pairAt(9)]);
    expect(server.seen.map(({ status }) => status)).toEqual([status, 200]);
  });

  test('a server that answers 501 to every request is no mirror', async () => {
    server.intercept = (_, response) => {
      response.writeHead(501).end();
      return true;
    };
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} answers 501: check images-url`,
    );
    expect(server.seen).toHaveLength(2);
  });

  linux('a file that comes as a whole has no name on disk while it lies there', async () => {
    server.ranges = false;
    let names: string[] | undefined;
    let sizes: number[] = [];
    server.intercept = (request, response) => {
      if (request.headers.range !== undefined) return false;
      response.writeHead(200, { 'content-length': file.length }).write(file.subarray(0, 100_000));
      setTimeout(async () => {
        names = await readdir(join(folder, 'temp'));
        sizes = openSizes(join(folder, 'temp'));
        response.end(file.subarray(100_000));
      }, 200);
      return true;
    };
    await expectPictures([pairAt(0)]);
    expect([names, sizes]).toEqual([[], [100_000]]);
    expect(openSizes(join(folder, 'temp'))).toEqual([]);
  });

  fullDisk('a file that comes as a whole and finds the disk full', async () => {
    server.ranges = false;
    await withSmallDisk(64, async tempFolder => {
      await expect(open({ tempFolder }).prepare([pairAt(0)])).rejects.toThrow(
        `${server.url}${SD} comes only as a whole, which cannot be laid down in ${tempFolder}: the disk is full; free space, or name another folder by TMPDIR`,
      );
    });
  });

  test('a file that comes as a whole and finds no folder for it', async () => {
    server.ranges = false;
    const tempFolder = join(folder, 'none');
    await expect(open({ tempFolder }).prepare([pairAt(0)])).rejects.toThrow(
      `cannot be laid down in ${tempFolder}: it is not there; make it, or name another folder by TMPDIR`,
    );
  });

  test('a server that gives up ranges half-way is read as a whole from there', async () => {
    server.intercept = (_, __, nth) => {
      server.ranges = nth < 2;
      return false;
    };
    await expectPictures([pairAt(0), pairAt(9)]);
    expect(server.seen.filter(({ range }) => range === undefined)).toHaveLength(1);
    expect(server.seen.filter(({ range }) => range === undefined)).toHaveLength(1);
  });

  test.each([
    ['begins later', 1, 0],
    ['ends later', 0, 1],
    ['is shifted', 1, 1],
  ])('a range that %s than the one asked for is refused', async (_, early, late) => {
    server.intercept = (request, response, nth) => {
      if (nth === 1) return false;
      const { start, end } = rangeOf(request.headers.range, file.length) ?? { start: 0, end: 0 };
      response
        .writeHead(206, {
          etag: `"${file.length}"`,
          'content-range': `bytes ${start + early}-${end - 1 + late}/${file.length}`,
        })
        .end(file.subarray(start + early, end + late));
      return true;
    };
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} answers with another range than asked for, after 3 tries: check images-url and the network`,
    );
    expect(await filesIn(folder)).toEqual([]);
  });

  test.each([1, -1])('a body of %i byte more than its range is refused', async more => {
    server.intercept = (request, response, nth) => {
      if (nth === 1) return false;
      const { start, end } = rangeOf(request.headers.range, file.length) ?? { start: 0, end: 0 };
      response.writeHead(206, {
        etag: `"${file.length}"`,
        'content-range': `bytes ${start}-${end - 1}/${file.length}`,
      });
      response.end(file.subarray(start, end + more));
      return true;
    };
    // Shorter bodies are asked on for; the server cuts every last byte off until there is nothing to send.
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      more > 0 ? 'sends more bytes than asked for' : 'breaks off before its end',
    );
  });

  test('a file that changes while it is read is an error', async () => {
    server.intercept = (_, __, nth) => {
      if (nth === 2) server.headers = { etag: '"another"' };
      return false;
    };
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} was changed while it was read: run again`,
    );
  });

  test('passing trouble is waited out, as long as the server asks', async () => {
    server.intercept = (_, response, nth) => {
      if (nth > 2) return false;
      response.writeHead(nth === 1 ? 429 : 503, nth === 1 ? { 'retry-after': '7' } : {}).end();
      return true;
    };
    await expectPictures([pairAt(0)]);
    expect(waits).toEqual([7000, 1000]);
  });

  test('a server that falls silent is given up after the time-out', async () => {
    server.intercept = () => true;
    await expect(open({ timeout: 0.05, retries: 1 }).prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} sent nothing for 0.05 s, after 2 tries: check images-url and the network`,
    );
  });

  test('a server that drips is given up as one that falls silent', async () => {
    server.intercept = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes ${2 ** 20 - 16384}-${2 ** 20 - 1}/${2 ** 20}` });
      const drops = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drops));
      return true;
    };
    await expect(open({ timeout: 0.3, retries: 0 }).prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} sent fewer than 1024 bytes per second for 0.3 s, after 1 try: check images-url and the network`,
    );
  });

  test('an ended run ends the download without another try', async () => {
    const end = new AbortController();
    server.intercept = () => {
      end.abort();
      return true;
    };
    await expect(open({ signal: end.signal }).prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} was given up because the run ended`,
    );
    expect(server.seen).toHaveLength(1);
  });

  test('a port that nothing is fetched from is named at once', async () => {
    const url = 'http://127.0.0.1:6000';
    await expect(open({}, undefined, url).prepare([pairAt(0)])).rejects.toThrow(
      `${url}${SD} has a port that is kept from HTTP: check images-url`,
    );
    expect(waits).toEqual([]);
  });

  test('nobody at the address', async () => {
    await server.close();
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} cannot be reached (ECONNREFUSED), after 3 tries: check images-url and the network`,
    );
    server = await serveFiles();
  });

  test.each([
    [
      401,
      undefined,
      /answers 401: give a key in dataset-token if it needs one, and accept the data set's licence on its page if it asks for that/,
    ],
    [403, undefined, /answers 403: give a key in dataset-token/],
    [401, 'hf_secret', /answers 401: check that dataset-token is valid for it$/],
    [404, undefined, /answers 404: check images-url$/],
    [400, undefined, /answers 400: check images-url$/],
    [500, undefined, /answers 500, after 3 tries: check images-url and the network$/],
    [
      429,
      undefined,
      /answers 429, after 3 tries: it is asked too often, so run later, or set images-url to a copy of your own$/,
    ],
  ])('%i with key %s', async (status, token, line) => {
    server.intercept = (_, response) => {
      response.writeHead(status).end('a page');
      return true;
    };
    const failure = await open({}, token)
      .prepare([pairAt(0)])
      .catch((error: Error) => error.message);
    expect(failure).toMatch(line);
    expect(failure).toContain(`${server.url}${SD}`);
    expect(failure).not.toContain('hf_secret');
    expect(server.seen).toHaveLength(status === 500 || status === 429 ? 3 : 1);
  });

  test('files that are no parquet file', async () => {
    const line = `${server.url}${SD} is cut short, damaged or no parquet file: check images-url, or wait until the mirror is whole`;
    const lengths = [0, 3, file.length / 2, file.length - 1];
    for (const damaged of [
      ...lengths.map(length => file.subarray(0, length)),
      Buffer.from('<html>log in</html>'),
    ]) {
      server.files = { [SD]: damaged };
      await expect(open().prepare([pairAt(0)])).rejects.toThrow(line);
    }
    const scrambled = Buffer.from(file);
    scrambled.fill(0xee, 1_000, 90_000);
    server.files = { [SD]: scrambled };
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(line);
    expect(await filesIn(folder)).toEqual([]);
  });

  test('a column that is missing is named', async () => {
    server.files = { [SD]: await parquetOf(rowsOfKind(2), { columns: 'id, image' }) };
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} has no column question: check images-url`,
    );
  });

  test.each([
    ['[image]', 'lists'],
    ["[{'bytes': image}]", 'lists'],
    ["map {'bytes': image}", 'maps'],
    ["{'path': id}", 'structs without bytes'],
    ['id', 'values of the type INT64'],
  ])('a column image of %s is called what it is', async (picture, kind) => {
    server.files = { [SD]: await parquetOf(rowsOfKind(2), { picture }) };
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} has ${kind} in its column image, not pictures as bytes or as structs with bytes: check images-url`,
    );
  });

  test('a folder that cannot be written is named, and no half file stays', async () => {
    await writeFile(join(folder, 'cache'), 'a file where a folder should be');
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `nothing can be kept in ${join(folder, 'cache')}: a file of that name is in the way`,
    );
    expect(await filesIn(folder)).toEqual(['cache']);
  });
});

describe('redirects and keys', () => {
  let store: FileServer;
  beforeEach(async () => {
    const file = await parquetOf(rowsOfKind(10));
    store = await serveFiles({ '/blob?signature=s1': file, '/blob?signature=s2': file });
    server.files = {};
  });
  afterEach(() => store.close());

  const redirect = (signature: () => string) => {
    server.intercept = (_, response) => {
      response
        .writeHead(302, {
          location: `${store.url}/blob?signature=${signature()}`,
          'x-repo-commit': 'feedface',
        })
        .end();
      return true;
    };
  };

  test('the key stays with the mirror, the pieces come from where it leads, its commit is reported', async () => {
    redirect(() => 's1');
    const mirror = open({}, 'hf_secret');
    await expectPictures([pairAt(0), pairAt(9)], mirror);
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(['Bearer hf_secret']);
    expect(store.seen.length).toBeGreaterThan(3);
    expect(store.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(mirror.revision()).toBe('feedface');
  });

  test('a redirect within the mirror keeps the key', async () => {
    const file = await parquetOf(rowsOfKind(2));
    server.files = { '/moved.parquet': file };
    server.intercept = (request, response) => {
      if (request.url !== SD) return false;
      response.writeHead(307, { location: '/moved.parquet' }).end();
      return true;
    };
    await expectPictures([pairAt(0)], open({}, 'hf_secret'));
    expect(new Set(server.seen.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer hf_secret']),
    );
  });

  test('an address that has run out is asked for anew', async () => {
    let signature = 's1';
    redirect(() => signature);
    store.intercept = (request, response, nth) => {
      if (nth === 3) signature = 's2';
      if (nth < 3 || request.url === '/blob?signature=s2') return false;
      response.writeHead(403).end();
      return true;
    };
    await expectPictures([pairAt(0)], open({ retries: 1 }));
    expect(server.seen).toHaveLength(2);
    expect(store.seen.at(-1)?.path).toBe('/blob?signature=s2');
  });

  test('an error names the URL as given, never the signed one', async () => {
    redirect(() => 'secret');
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(
      `${server.url}${SD} answers 404: check images-url`,
    );
  });

  test.each([
    ['/loop', /redirects more than 5 times: check images-url$/],
    ['file:///etc/passwd', /redirects to something that is no http\(s\) URL: check images-url$/],
  ])('a redirect to %s is not followed for ever', async (location, line) => {
    server.intercept = (_, response) => {
      response.writeHead(302, { location }).end();
      return true;
    };
    await expect(open().prepare([pairAt(0)])).rejects.toThrow(line);
  });
});

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
}
