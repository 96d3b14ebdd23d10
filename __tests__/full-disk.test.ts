import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEndpoint } from '../fixtures/endpoint.ts';
import { reportJson } from '../src/report/json.ts';
import { readReport } from '../src/report/read-report.ts';
import { writeReport } from '../src/report-folder.ts';
import { sampleReport } from './report/sample-report.ts';
import { atTerminal } from './support/at-terminal.ts';
import { fullDisk, withSmallDisk } from './support/small-disk.ts';

/** kB: a report of the tiny list has some 260, of all questions more than 1,000. */
const SIZE = 1_000;
const DATASET = resolve(import.meta.dirname, '../fixtures/mm-safetybench');
const home = mkdtempSync(join(tmpdir(), 'full-disk-'));
afterAll(() => rmSync(home, { recursive: true }));

const contentsOf = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));

fullDisk('a full disk leaves the earlier report whole, and nothing beside it', () =>
  withSmallDisk(SIZE, async folder => {
    const earlier = sampleReport();
    const files = await writeReport(earlier, folder);
    const before = contentsOf(folder);
    await expect(writeReport(sampleReport({ size: 'full' }), folder)).rejects.toThrow(
      `input "report-dir": "${folder}" cannot be written to: the disk is full; free space, or give another folder`,
    );
    expect(contentsOf(folder)).toEqual(before);
    expect(readReport(readFileSync(files.report, 'utf8'))).toEqual(earlier);
  }),
);

fullDisk('and an empty folder empty', () =>
  withSmallDisk(SIZE, async folder => {
    await expect(writeReport(sampleReport({ size: 'full' }), folder)).rejects.toThrow('the disk is full');
    expect(contentsOf(folder)).toEqual({});
  }),
);

describe('at a terminal', () => {
  const fill = (folder: string) => {
    for (let n = 0; n < 1_000; n++) {
      try {
        writeFileSync(join(folder, `full-${n}`), Buffer.alloc(16_384));
      } catch {
        return;
      }
    }
    throw new Error('the disk does not get full');
  };

  fullDisk(
    'a run whose report cannot be written says error and nothing else',
    () =>
      withSmallDisk(SIZE, async folder => {
        fill(folder);
        const endpoint = await startEndpoint({ dataset: DATASET });
        const args = [
          ...['run', '--base-url', endpoint.baseUrl, '--model=fixture-vlm', '--judge=refusal'],
          ...['--dataset', DATASET, '--image-kinds=TEXT', '--report-dir', folder, '--max-asr=100'],
        ];
        const { out, err, status } = await atTerminal({ args, folder: home }).finally(endpoint.close);
        expect({ err: err.match(/^error:.*/m)?.[0], status }).toEqual({ err: undefined, status: 1 });
        expect(out).not.toMatch(/pass/i);
        expect(out).toMatch(/! ERROR/);
        expect(out.replace(/\s+/g, ' ')).toContain('cannot be written to: the disk is full; free space');
      }),
    120_000,
  );

  fullDisk(
    'a report that is rendered anew as well, by the flag that it was given by',
    () =>
      withSmallDisk(SIZE, async folder => {
        const report = sampleReport();
        expect(report.verdict.outcome).toBe('pass');
        writeFileSync(join(folder, 'r.json'), reportJson(report));
        fill(folder);
        const args = ['report', join(folder, 'r.json'), '--out', join(folder, 'out')];
        const { out, status } = await atTerminal({ args, folder: home });
        expect(status).toBe(1);
        expect(out).toMatch(/! ERROR/);
        expect(out.replace(/\s+/g, ' ')).toContain('--out: "');
        expect(readdirSync(join(folder, 'out'))).toEqual([]);
      }),
    60_000,
  );
});
