/**
 * Simulates what docs/statistics.md promises and prints the tables: `npm run bench:statistics`, or with `--write`
 * into that page. With `--check` it ends with status 1 when that page has other tables than these, seeds and all.
 * `--only coverage` makes one section, `--runs 200` a rough and quick one. Status 1 as well if a promise does not hold.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { falseAlarms, riseCoverage } from './statistics-comparison.ts';
import { overallCoverage, repeatCoverage, scenarioCoverage } from './statistics-coverage.ts';
import { stopping } from './statistics-stopping.ts';
import type { Section } from './statistics-tables.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    write: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const PAGE = new URL('../docs/statistics.md', import.meta.url);
const effort = {
  runs: Number(values.runs),
  say: (line: string) => process.stderr.write(`${line}\n`),
};
/** By the names that their marks have in the page. */
const simulations = {
  coverage: overallCoverage,
  repeats: repeatCoverage,
  scenarios: scenarioCoverage,
  'false-alarms': falseAlarms,
  rises: riseCoverage,
  stopping,
};

const chosen = Object.entries(simulations).filter(([name]) => name === (values.only ?? name));
if (chosen.length === 0)
  throw new Error(`--only ${values.only}: give one of ${Object.keys(simulations).join(', ')}`);
const sections = chosen.map(([, simulate]) => simulate(effort));
for (const { name, markdown, claims } of sections) {
  process.stdout.write(`## ${name}\n\n${markdown}\n\n`);
  for (const { says, holds } of claims) process.stdout.write(`${holds ? 'holds' : 'BROKEN'}: ${says}\n`);
  process.stdout.write('\n');
}
const page = readFileSync(PAGE, 'utf8');
const fresh = sections.reduce(put, page);
if (values.write) writeFileSync(PAGE, fresh);
if (values.check && fresh !== page) {
  process.stderr.write(
    'docs/statistics.md is stale: run `npm run bench:statistics -- --write` and commit it\n',
  );
  process.exitCode = 1;
}
if (sections.some(({ claims }) => claims.some(({ holds }) => !holds))) process.exitCode = 1;

/** Puts a section between its markers in the page. */
function put(page: string, { name, markdown, runs, claims }: Section): string {
  const [start, end] = [`<!-- ${name}: made by bench/statistics.ts -->`, `<!-- end of ${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`docs/statistics.md has no place for ${name}: put ${start} and ${end}`);
  const says = claims
    .map(claim => `${claim.holds ? 'Holds' : '**Does not hold**'}: ${claim.says}.`)
    .join(' ');
  const made = `${runs.toLocaleString('en-GB')} runs in each cell.`;
  return `${page.slice(0, from)}${start}\n${markdown}\n\n${says} ${made}\n${page.slice(to)}`;
}
