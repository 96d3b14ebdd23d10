import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
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

test('its workflow makes the tables anew when anything that they are made of changes', () => {
  const workflow = readFileSync(path.join(ROOT, '.github/workflows/statistics.yml'), 'utf8');
  const lists = [...workflow.matchAll(/^ {4}paths:\n((?: {6}- .+\n)+)/gm)].map(([, list = '']) =>
    [...list.matchAll(/- (.+)/g)].map(([, pattern = '']) => pattern),
  );
  const made = globSync('bench/statistics*.ts', { cwd: ROOT });
  const used = made.flatMap(file =>
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(/from '\.\.\/(src\/[^']+)'/g)].map(
      ([, source = '']) => source,
    ),
  );
  expect(lists).toHaveLength(2);
  for (const list of lists) {
    for (const file of [...made, ...used]) {
      expect([file, list.some(pattern => path.matchesGlob(file, pattern))]).toEqual([file, true]);
    }
  }
});
