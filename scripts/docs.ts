/**
 * Makes the generated parts of the pages anew: the tables of inputs and outputs from action.yml, the costs from the
 * tool's own plan, what a sample can tell from src/statistics, the verdicts from real runs of the fixture endpoint,
 * and the picture of the house from its import lines. What a flag means is made from action.yml as well.
 *
 *     node scripts/docs.ts            writes them
 *     node scripts/docs.ts --check    fails when a page is stale
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { costTable } from './docs-cost.ts';
import { detectableTable } from './docs-detectable.ts';
import { houseDiagram } from './docs-house.ts';
import { MEANINGS_FILE, meaningsModule } from './docs-meanings.ts';
import { parseAction, withBlock, withTables } from './docs-tables.ts';
import { verdictExamples } from './docs-verdicts.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const isCheck = process.argv[2] === '--check';
const actionAt = (file: string) => parseAction(readFileSync(path.join(ROOT, file), 'utf8'));
const actions = {
  main: actionAt('action.yml'),
  merge: actionAt('merge/action.yml'),
  publish: actionAt('publish/action.yml'),
};
// The runs whose verdicts are shown need it.
renew(MEANINGS_FILE, () => meaningsModule(actions.main));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];
const blocks = {
  cost: costTable(),
  house: houseDiagram(),
  detectable: detectableTable(),
  verdicts: await verdictExamples(),
};

const pageFrom = (text: string): string =>
  Object.entries(blocks).reduce(
    (made, [name, content]) => withBlock(made, name, content),
    withTables(text, actions),
  );

for (const page of pages) renew(page, pageFrom);

function renew(page: string, made: (text: string) => string): void {
  const file = path.join(ROOT, page);
  const text = readFileSync(file, 'utf8');
  const fresh = made(text);
  if (fresh === text) return;
  if (isCheck) {
    process.stderr.write(`${page} is stale: run \`npm run docs\` and commit it\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, fresh);
    process.stdout.write(`${page} written\n`);
  }
}
