/**
 * Builds `dist/`, which GitHub runs as it lies in the repository, without an install step.
 *
 *     node scripts/build.ts            writes dist/
 *     node scripts/build.ts FOLDER     writes it there
 *     node scripts/build.ts --check    builds into a temporary folder, and fails unless dist/ is the same and git has it
 *
 * tsc takes the types off into build/ (`npm run types` checks them), because TypeScript 7 has no compiler that
 * ncc could call; ncc bundles the JavaScript; sharp, whose import ncc is told to ignore, lies beside it, because ncc
 * would leave its binaries out without a word.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { minify } from '@swc/core';
import { withEagerModules } from './eager-modules.ts';
import { differences, notInGit, sizeOf } from './folders.ts';
import { copyRuntimePackages, runtimeLicenses } from './runtime-packages.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const BUILD = path.join(ROOT, 'build');
const LIMIT_BYTES = 35_000_000;

/**
 * A file of dist that somebody starts: GitHub by action.yml or merge/action.yml, npm by `bin`. It calls one export
 * of one door.
 */
interface Door {
  readonly file: string;
  readonly module: string;
  readonly start: string;
  /** Whether it is given a signal for when the process is asked to end, which is heard before anything else is loaded. */
  readonly isCancelled?: true;
}

const DOORS: readonly Door[] = [
  { file: 'main', module: 'action', start: 'main', isCancelled: true },
  { file: 'post', module: 'action', start: 'post' },
  { file: 'merge', module: 'merge', start: 'main' },
  { file: 'publish', module: 'publish', start: 'main' },
  { file: 'cli', module: 'cli', start: 'main', isCancelled: true },
];

async function main(argument: string | undefined): Promise<void> {
  if (argument !== '--check') {
    const out = path.resolve(ROOT, argument ?? 'dist');
    await build(out);
    say(`${path.relative(ROOT, out)}: ${(sizeOf(out) / 1e6).toFixed(1)} MB`);
    return;
  }
  const scratch = mkdtempSync(path.join(tmpdir(), 'dist-'));
  try {
    await build(scratch);
    const found = differences(scratch, path.join(ROOT, 'dist'));
    for (const line of found.slice(0, 20)) say(`dist/${line}`);
    if (found.length > 0)
      throw new Error(`dist/ is not what the sources build: run \`npm run build\` and commit it`);
    // A chunk with a new name is not in `git commit -a`, and what was pushed would not start.
    const missed = notInGit(ROOT, 'dist');
    for (const name of missed.slice(0, 20)) say(`${name} is not as git has it`);
    if (missed.length > 0)
      throw new Error('dist/ holds other files than git: run `git add -A dist`, and commit it');
    say('dist/ is what the sources build');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function build(out: string): Promise<void> {
  rmSync(BUILD, { recursive: true, force: true });
  rmSync(out, { recursive: true, force: true });
  run('typescript/bin/tsc', '--project', 'tsconfig.build.json');
  const listening = "import { onCancel } from './src/signals.js';\n";
  writeFileSync(path.join(BUILD, 'doors.js'), listening + DOORS.map(bundleExport).join(''));
  run(
    '@vercel/ncc/dist/ncc/cli.js',
    'build',
    'build/doors.js',
    '--out',
    out,
    '--license',
    'licenses.txt',
    '--no-cache',
    '--quiet',
  );
  refuseAssets(out);
  refuseMissing(out);
  await shorten(out);
  for (const door of DOORS) writeFileSync(path.join(out, `${door.file}.js`), stub(door));
  cpSync(path.join(ROOT, 'src/pictures/font'), path.join(out, 'font'), { recursive: true });
  copyRuntimePackages(path.join(ROOT, 'node_modules'), path.join(out, 'node_modules'));
  const licenses = path.join(out, 'licenses.txt');
  writeFileSync(licenses, readFileSync(licenses, 'utf8') + runtimeLicenses(path.join(out, 'node_modules')));
  if (sizeOf(out) > LIMIT_BYTES) throw new Error(`dist/ has ${sizeOf(out)} bytes, more than ${LIMIT_BYTES}`);
}

/** Doors are imported when they are opened, so that no door waits for what only another one needs. */
function bundleExport({ file, module, start, isCancelled }: Door): string {
  const opened = `(await import('./src/${module}.js')).${start}`;
  return isCancelled
    ? `export const ${file} = async (cancel = onCancel()) => ${opened}(cancel);\n`
    : `export const ${file} = async () => ${opened}();\n`;
}

const stub = (door: Door): string =>
  `#!/usr/bin/env node\nimport { ${door.file} } from './index.js';\nawait ${door.file}();\n`;

/**
 * ncc turns some ways of naming a file into an emitted copy of it, and `new URL('./x', import.meta.url)` into
 * one that throws when it is opened. Sources name their files in a way that ncc leaves alone, so an emitted
 * asset is a fault.
 */
function refuseAssets(out: string): void {
  const expected = /^(?:(?:\d+\.)?index\.js|licenses\.txt|package\.json)$/;
  const assets = readdirSync(out).filter(name => !expected.test(name));
  if (assets.length > 0)
    throw new Error(
      `ncc emitted ${assets.join(', ')}: name files by path.join(import.meta.dirname, …) instead`,
    );
}

/** ncc writes a module that it cannot find as a call that throws when it is reached, and says nothing. */
function refuseMissing(out: string): void {
  const bundled = readdirSync(out).filter(name => name.endsWith('.js'));
  const missing = bundled.flatMap(name => [
    ...readFileSync(path.join(out, name), 'utf8').matchAll(/eval\("require"\)\(([^)]*)\)/g),
  ]);
  if (missing.length > 0)
    throw new Error(`ncc did not find ${missing.map(([, module]) => module).join(', ')}`);
}

const NAMED = { keep_classnames: true, keep_fnames: true };

/** What is shorter is compiled sooner. Functions keep their names, for stack traces. ncc minifies only index.js. */
async function shorten(out: string): Promise<void> {
  for (const name of readdirSync(out).filter(file => file.endsWith('.js'))) {
    const file = path.join(out, name);
    const { code } = await minify(readFileSync(file, 'utf8'), {
      module: true,
      ecma: 2020,
      compress: NAMED,
      mangle: NAMED,
      format: { comments: false },
    });
    writeFileSync(file, withEagerModules(code));
  }
}

function run(script: string, ...args: readonly string[]): void {
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
