import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseWorkflow } from '../support/workflow.ts';

/**
 * What release.yml decides by itself, run as it stands there, and so on Linux alone, as there. Of GitHub's client it
 * needs but a list and a call.
 */

const onLinux = process.platform === 'linux' ? test : test.skip;
const ROOT = path.resolve(import.meta.dirname, '../..');
const { jobs } = parseWorkflow(readFileSync(path.join(ROOT, '.github/workflows/release.yml'), 'utf8'));
const steps = Object.values(jobs).flatMap(job => job.steps);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'release-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The exit status of a step's script, in the shell that a runner starts. */
function statusOf(step: string, env: Readonly<Record<string, string>> = {}): number | null {
  const script = steps.find(({ name }) => name === step)?.run;
  if (script === undefined) throw new Error(`release.yml has no step "${step}"`);
  const all = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, ...env };
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: folder, env: all }).status;
}

const git = (...args: string[]): void => {
  const who = ['-c', 'user.name=mona', '-c', 'user.email=mona@example.com'];
  execFileSync('git', [...who, ...args], { cwd: folder, stdio: 'ignore' });
};

onLinux('a tag whose commit is not on main is not released', () => {
  git('init');
  git('commit', '--allow-empty', '--message', 'one');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  expect(statusOf('The tag is on main')).toBe(0);
  git('commit', '--allow-empty', '--message', 'beside');
  expect(statusOf('The tag is on main')).toBe(1);
});

onLinux.each([
  ['v1.0.0', ['v1.0.0'], true],
  ['v1.10.0', ['v1.9.3', 'v1.10.0', 'v0.4.0'], true],
  ['v1.9.4', ['v1.9.4', 'v1.10.0'], false],
  ['v1.11.0', ['v1.11.0', 'v2.0.0'], true],
] as const)('%s among the releases %j moves the plain tag: %s', (tag, releases, moves) => {
  const calls = path.join(folder, 'calls');
  const listing = `case "$*" in *--paginate*) printf '%s\\n' ${releases.join(' ')};; *) echo "$*" >>'${calls}';; esac`;
  writeFileSync(path.join(folder, 'gh'), `#!/bin/sh\n${listing}\n`);
  chmodSync(path.join(folder, 'gh'), 0o755);
  const env = { GITHUB_REF_NAME: tag, GITHUB_REPOSITORY: 'octo/gate', GITHUB_SHA: 'a'.repeat(40) };
  expect(statusOf('Move the plain tag', env)).toBe(0);
  expect(existsSync(calls)).toBe(moves);
  if (moves)
    expect(readFileSync(calls, 'utf8')).toContain(
      `tags/${tag.split('.')[0]} --raw-field sha=${'a'.repeat(40)}`,
    );
});
