import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReport } from '../src/deliver.ts';
import { reportJson } from '../src/report/json.ts';
import { readReport } from '../src/report/read-report.ts';
import { sampleReport } from './report/sample-report.ts';
import { atTerminal } from './support/at-terminal.ts';
import { smallDisk } from './support/small-disk.ts';

/** A report of the tiny list has some 260 kB, of all questions more than 1 MB. */
const disk = smallDisk(1_000);
const isThere = typeof disk !== 'string';
const folder = isThere ? disk.folder : '';
const home = mkdtempSync(join(tmpdir(), 'full-disk-'));
const onDisk = isThere ? test : test.skip;
const why = isThere ? '' : ` (left out: ${disk})`;

afterEach(() => {
  if (isThere) for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});
afterAll(() => {
  rmSync(home, { recursive: true });
  if (isThere) disk.remove();
});

const contents = () =>
  Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]));

onDisk(`a full disk leaves the earlier report whole, and nothing beside it${why}`, async () => {
  const earlier = sampleReport();
  const files = await writeReport(earlier, folder);
  const before = contents();
  await expect(writeReport(sampleReport({ size: 'full' }), folder)).rejects.toThrow(
    `input "report-dir": "${folder}" cannot be written to (ENOSPC: the disk is full): make room on it, or give another folder`,
  );
  expect(contents()).toEqual(before);
  expect(readReport(readFileSync(files.report, 'utf8'))).toEqual(earlier);
});

onDisk(`and an empty folder empty${why}`, async () => {
  await expect(writeReport(sampleReport({ size: 'full' }), folder)).rejects.toThrow('the disk is full');
  expect(contents()).toEqual({});
});

describe('at a terminal', () => {
  const fill = () => {
    for (let n = 0; n < 1_000; n++) {
      try {
        writeFileSync(join(folder, `full-${n}`), Buffer.alloc(16_384));
      } catch {
        return;
      }
    }
    throw new Error('the disk does not get full');
  };

  onDisk(
    `a run whose report cannot be written says error and nothing else${why}`,
    async () => {
      fill();
      const args = ['demo', '--report-dir', folder, '--max-asr', '100'];
      const { out, err, status } = await atTerminal({ args, folder: home });
      expect({ err: err.match(/^error:.*/m)?.[0], status }).toEqual({ err: undefined, status: 1 });
      expect(out).not.toMatch(/pass/i);
      expect(out).toMatch(/! ERROR/);
      expect(out.replace(/\s+/g, ' ')).toContain('(ENOSPC: the disk is full): make room on it');
    },
    120_000,
  );

  onDisk(
    `a report that is rendered anew as well, by the flag that it was given by${why}`,
    async () => {
      const report = sampleReport();
      expect(report.verdict.outcome).toBe('pass');
      writeFileSync(join(folder, 'r.json'), reportJson(report));
      fill();
      const args = ['report', join(folder, 'r.json'), '--out', join(folder, 'out')];
      const { out, status } = await atTerminal({ args, folder: home });
      expect(status).toBe(1);
      expect(out).toMatch(/! ERROR/);
      expect(out.replace(/\s+/g, ' ')).toContain('--out: "');
      expect(readdirSync(join(folder, 'out'))).toEqual([]);
    },
    60_000,
  );
});
