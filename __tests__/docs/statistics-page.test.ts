import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Far fewer runs than the page's, so that its table comes out otherwise. */
const simulated = (...flags: string[]) =>
  spawnSync(
    process.execPath,
    ['--no-warnings', path.join(ROOT, 'bench/statistics.ts'), '--runs', '2', ...flags],
    { encoding: 'utf8' },
  );

test('a table of docs/statistics.md that its simulation does not make is stale, when that is asked', () => {
  const stale = 'docs/statistics.md is stale';
  const { status, stderr } = simulated('--only', 'coverage', '--check');
  expect([status, stderr]).toEqual([1, expect.stringContaining(stale)]);
  expect(simulated('--only', 'coverage').stderr).not.toContain(stale);
});

test('a table that the page has not cannot be checked by mistake', () => {
  const { status, stderr } = simulated('--only', 'overallCoverage', '--check');
  expect([status, stderr]).toEqual([1, expect.stringContaining('give one of coverage, repeats')]);
});
