import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import { parseAction } from '../../scripts/docs-tables.ts';
import { filesUnder, sizeOf } from '../../scripts/folders.ts';
import { type Job, runStep, type Step } from '../support/runner.ts';

/**
 * The action as GitHub gets it: action.yml and dist alone, far from any node_modules, run as a runner runs it
 * against the fixture endpoint. Once as it is, once with the native binary of sharp hidden, so that pictures
 * come from its WebAssembly build, as on every platform but linux-x64.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
const NATIVE = 'dist/node_modules/@img/sharp-linux-x64';
const KEY = 'sk-packaging-test-key';
const action = parseAction(readFileSync(path.join(ROOT, 'action.yml'), 'utf8'));

interface Evaluation {
  readonly step: Step;
  /** What the runner did after the job's steps. */
  readonly afterwards: Step;
  readonly endpoint: Endpoint;
  /** SHA-256 of each picture that the target was shown, sorted. */
  readonly pictures: readonly string[];
  /** Whether sharp, as the action finds it, is the WebAssembly build. */
  readonly isWebAssembly: boolean;
}

const folders: string[] = [];
const endpoints: Endpoint[] = [];
let native: Evaluation;
let wasm: Evaluation;

/** A copy of action.yml and dist in an empty folder. */
function actionAlone(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'action-'));
  folders.push(folder);
  for (const name of ['action.yml', 'dist']) {
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  }
  return folder;
}

async function evaluate(folder: string): Promise<Evaluation> {
  const pictures: string[] = [];
  const endpoint = await startEndpoint({
    dataset: DATASET,
    onRequest: ({ body }) => pictures.push(...picturesIn(JSON.stringify(body ?? ''))),
  });
  endpoints.push(endpoint);
  const home = mkdtempSync(path.join(tmpdir(), 'job-'));
  folders.push(home);
  const workspace = path.join(home, 'workspace');
  cpSync(DATASET, path.join(workspace, 'benchmark'), { recursive: true });
  const job: Job = {
    action: folder,
    home,
    inputs: {
      'base-url': endpoint.baseUrl,
      model: 'fixture-vlm',
      'api-key': KEY,
      'judge-model': 'fixture-judge',
      dataset: 'benchmark',
      'max-asr': '80',
    },
  };
  const step = await runStep(job);
  const afterwards = await runStep({ ...job, door: 'post' });
  return {
    step,
    afterwards,
    endpoint,
    pictures: pictures.toSorted(),
    isWebAssembly: usesWebAssembly(folder),
  };
}

const picturesIn = (body: string): readonly string[] =>
  [...body.matchAll(/data:image\/\w+;base64,([\w+/=]+)/g)].map(([, base64 = '']) =>
    createHash('sha256').update(base64).digest('hex'),
  );

/** Asks the package itself, in a process of its own: only the WebAssembly build knows Emscripten. */
function usesWebAssembly(folder: string): boolean {
  const sharp = JSON.stringify(path.join(folder, 'dist/node_modules/sharp/dist/index.mjs'));
  const script = `import sharp from ${sharp}; process.stdout.write(String('emscripten' in sharp.versions));`;
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
  return answer.toString() === 'true';
}

beforeAll(async () => {
  native = await evaluate(actionAlone());
  const hidden = actionAlone();
  rmSync(path.join(hidden, NATIVE), { recursive: true });
  wasm = await evaluate(hidden);
}, 180_000);

afterAll(async () => {
  await Promise.all(endpoints.map(endpoint => endpoint.close()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe.each(['native', 'WebAssembly'] as const)('the action alone in a folder, %s', name => {
  const run = () => (name === 'native' ? native : wasm);

  test('passes with exit status 0, and says so in its outputs and in the summary', () => {
    const { status, log, outputs, summary } = run().step;
    expect({ status, verdict: outputs['verdict'], log }).toMatchObject({ status: 0, verdict: 'pass' });
    expect(summary).toContain('pass');
  });

  test('counts what the endpoint counted', () => {
    const { endpoint, step } = run();
    const { safe, unsafe } = endpoint.truth();
    expect(unsafe).toBeGreaterThan(0);
    expect(step.outputs).toMatchObject({ safe: String(safe), unsafe: String(unsafe), unjudged: '0' });
  });

  test('sets the outputs that action.yml names and no others, and the files that they name are there', () => {
    const { outputs, workspace } = run().step;
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(action.outputs).toSorted());
    for (const [name, file] of [
      ['report', 'report.json'],
      ['html', 'report.html'],
      ['junit', 'junit.xml'],
      ['badge', 'badge.json'],
    ] as const) {
      expect(outputs[name]).toBe(`mm-safetybench-report/${file}`);
      expect(existsSync(path.resolve(workspace, outputs[name] ?? ''))).toBe(true);
    }
  });

  test('has a post step that succeeds', () => {
    expect(run().afterwards).toMatchObject({ status: 0 });
  });

  test('shows its key nowhere', () => {
    const { log, summary, workspace } = run().step;
    const masked = log.replaceAll(`::add-mask::${KEY}`, '');
    expect(masked + summary).not.toContain(KEY);
    for (const file of filesUnder(path.join(workspace, 'mm-safetybench-report'))) {
      expect(readFileSync(path.join(workspace, 'mm-safetybench-report', file), 'utf8')).not.toContain(KEY);
    }
  });
});

test('one run used the native binary, the other one WebAssembly', () => {
  expect([native.isWebAssembly, wasm.isWebAssembly]).toEqual([false, true]);
});

test('both show the model the same pictures, byte for byte', () => {
  expect(native.pictures.length).toBeGreaterThan(0);
  expect(wasm.pictures).toEqual(native.pictures);
});

describe('dist', () => {
  const files = filesUnder(path.join(ROOT, 'dist'));

  test('is smaller than 35 MB', () => {
    expect(sizeOf(path.join(ROOT, 'dist'))).toBeLessThan(35_000_000);
  });

  test.each(['main', 'cli'])('hears in %s that it is to end before it has loaded the rest', door => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'asked-to-end-'));
    folders.push(cwd);
    const index = JSON.stringify(path.join(ROOT, 'dist/index.js'));
    const script = `import { ${door} } from ${index}; const over = ${door}(); process.kill(process.pid, 'SIGINT'); await over;`;
    const { signal } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, '--', 'cli', 'run'],
      {
        cwd,
        env: { HOME: cwd },
      },
    );
    expect(signal).toBeNull();
  });

  test('brings sharp with both builds and what they need, and nothing more', () => {
    const packages = files.flatMap(name => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1] ?? []);
    expect([...new Set(packages)].sort()).toEqual([
      '@emnapi/runtime',
      '@img/colour',
      '@img/sharp-libvips-linux-x64',
      '@img/sharp-linux-x64',
      '@img/sharp-wasm32',
      'detect-libc',
      'semver',
      'sharp',
    ]);
  });

  test('names the licence of each of them, and brings the font with its own', () => {
    const licenses = readFileSync(path.join(ROOT, 'dist/licenses.txt'), 'utf8');
    for (const name of [
      'sharp',
      '@img/sharp-libvips-linux-x64',
      '@img/sharp-wasm32',
      'openai',
      '@actions/core',
    ]) {
      expect(licenses.split('\n')).toContain(name);
    }
    expect(files).toEqual(expect.arrayContaining(['font/Arimo-Regular.ttf', 'font/OFL.txt']));
  });
});
