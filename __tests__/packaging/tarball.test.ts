import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import { readReport } from '../../src/report/read-report.ts';
import { type Said, said } from '../support/at-terminal.ts';

/**
 * The tool as npm packs it, installed without a network into an empty folder, and every command of it called there:
 * no key, nothing but loopback.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const IS_WINDOWS = process.platform === 'win32';
/** Half of it is the library that encodes pictures, once native and once as WebAssembly. */
const LARGEST = 16_000_000;

let folder = '';
let packed: { readonly filename: string; readonly size: number; readonly files: { readonly path: string }[] };
let endpoint: Endpoint;

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args], {
    cwd,
    shell: IS_WINDOWS,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      npm_config_cache: path.join(folder, 'npm-cache'),
      npm_config_update_notifier: 'false',
    },
  }).toString();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tarball-'));
  [packed] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], ROOT));
  writeFileSync(path.join(folder, 'package.json'), '{}');
  npm(['install', '--offline', '--no-audit', '--no-fund', path.join(folder, packed.filename)], folder);
  cpSync(path.join(ROOT, 'fixtures/mm-safetybench'), path.join(folder, 'questions'), { recursive: true });
  endpoint = await startEndpoint({ dataset: path.join(folder, 'questions'), rate: 'varied' });
}, 180_000);

afterAll(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

const called = (...args: readonly string[]): Promise<Said> => {
  const bin = path.join(folder, 'node_modules/mm-safetybench-gate/dist/cli.js');
  return said([bin], { args, folder });
};

const evaluation = (model: string, reportDir: string, ...more: readonly string[]): Promise<Said> =>
  called(
    ...['run', '--base-url', endpoint.baseUrl, '--model', model, '--judge-model=fixture-judge'],
    ...['--dataset', 'questions', '--image-kinds', 'TYPO,TEXT', '--max-asr=90', '--report-dir', reportDir],
    ...more,
  );

function reportIn(name: string) {
  const report = readReport(readFileSync(path.join(folder, name, 'report.json'), 'utf8'));
  if ('problem' in report) throw new Error(report.problem);
  return report;
}

test('brings dist, the fixture questions and nothing else, and needs nothing else', () => {
  const others = packed.files
    .map(file => file.path)
    .filter(
      name => !/^(?:dist|fixtures\/mm-safetybench)\/|^(?:LICENSE|README\.md|package\.json)$/.test(name),
    );
  expect(others).toEqual([]);
  expect(packed.size).toBeLessThan(LARGEST);
  const installed = JSON.parse(npm(['ls', '--all', '--json'], folder)) as { dependencies: object };
  expect(Object.keys(installed.dependencies)).toEqual(['mm-safetybench-gate']);
});

test('is called by its name', () => {
  const link = path.join(folder, 'node_modules/.bin', `mm-safetybench-gate${IS_WINDOWS ? '.cmd' : ''}`);
  expect(existsSync(link)).toBe(true);
  if (!IS_WINDOWS) expect(realpathSync(link)).toMatch(/mm-safetybench-gate\/dist\/cli\.js$/);
});

test('demo: a verdict, and the name of a page that is there, away from the reports of runs', async () => {
  const { out, status } = await called('demo');
  expect(status).toBe(0);
  expect(out).toMatch(/^ {2}✓ PASS$/m);
  const [, page = ''] = /^ {2}Report +(\S+)$/m.exec(out) ?? [];
  expect(page).toBe(path.join('mm-safetybench-demo', 'report.html'));
  expect(readFileSync(path.join(folder, page), 'utf8')).toMatch(/^<!doctype html>/);
}, 60_000);

// No other file of tests runs the demo, so that its address is free.
test('demo: two of them can be compared', async () => {
  await called('demo', '--model=fixture-vlm-next', '--baseline-model=fixture-vlm', '--report-dir=demo');
  const { out, err, status } = await called('compare', 'mm-safetybench-demo', 'demo');
  expect({ err, status }).toEqual({ err: '', status: 0 });
  expect(out).toMatch(/fixture-vlm-next/);
}, 60_000);

test('run: the exit status is the verdict, and a pipe gets no escape sequence', async () => {
  const one = await evaluation('fixture-vlm', 'one');
  expect(one).toMatchObject({ status: 0, out: expect.stringMatching(/✓ PASS/) });
  expect(one.out + one.err).not.toContain('\u001b');
  const failing = await evaluation('fixture-vlm', 'failing', '--max-asr-per-scenario=0', '--sample', 'full');
  expect(failing).toMatchObject({ status: 1, out: expect.stringMatching(/✗ FAIL/) });
}, 60_000);

test('merge: the shards of a run are the run', async () => {
  await evaluation('fixture-vlm', 'shards/1', '--shard', '1/2');
  await evaluation('fixture-vlm', 'shards/2', '--shard', '2/2');
  const merged = await called('merge', 'shards', '--max-asr', '90', '--report-dir', 'merged');
  expect(merged).toMatchObject({ status: 0, out: expect.stringMatching(/✓ PASS/) });
  expect(reportIn('merged').estimates).toEqual(reportIn('one').estimates);
  const lonely = await called('merge', 'shards/1', '--report-dir', 'lonely');
  expect(lonely).toMatchObject({ status: 1, out: expect.stringMatching(/! ERROR\n +shard 2\/2 is missing/) });
}, 60_000);

test('report: a finished report is shown again, its files are rendered anew, its verdict is the exit status', async () => {
  const shown = await called('report', 'one', '--out', 'again');
  expect(shown).toMatchObject({ status: 0, out: expect.stringMatching(/✓ PASS/) });
  expect(reportIn('again')).toEqual(reportIn('one'));
  for (const name of ['report.html', 'summary.md', 'junit.xml', 'badge.json', 'badge.svg', 'baseline.json']) {
    const [one, again] = ['one', 'again'].map(each => readFileSync(path.join(folder, each, name), 'utf8'));
    expect(again).toBe(one);
  }
  expect(await called('report', path.join('failing', 'report.json'))).toMatchObject({ status: 1 });
  writeFileSync(path.join(folder, 'forged.json'), JSON.stringify({ schemaVersion: 1, tool: '\u001b[2J' }));
  const forged = await called('report', 'forged.json');
  expect(forged).toMatchObject({ out: '', status: 1 });
  expect(forged.err).toMatch(
    /^error: "forged\.json" is no report that can be used: its field \w+ is wrong .+\n$/,
  );
}, 60_000);

test('compare: two models side by side, in three forms; not under two judges', async () => {
  await evaluation('fixture-vlm-next', 'two');
  const text = await called('compare', 'one', 'two');
  expect(text).toMatchObject({ status: 0, err: '' });
  expect(text.out).toMatch(/^ {2}all +\d+\.\d +\d+\.\d–\d+\.\d +\d+ +\d+\.\d +\d+\.\d–\d+\.\d +\d+/m);
  const markdown = await called('compare', 'one', 'two', '--format', 'markdown');
  expect(markdown.out).toMatch(/^## MM-SafetyBench: 2 models side by side$/m);
  const html = await called('compare', 'one', 'two', '--format=html', '--out=table.html');
  expect(html.out).toMatch(/^ {2}Table +table\.html$/m);
  expect(readFileSync(path.join(folder, 'table.html'), 'utf8')).toMatch(/<h1>2 models side by side<\/h1>/);
  const refused = await called('compare', 'one', 'demo');
  expect(refused).toMatchObject({ status: 1, out: '' });
  expect(refused.err).toMatch(
    /^error: ".*" cannot stand beside ".*": they differ in judge \(.*\), kinds \(.*\); ask both/,
  );
}, 60_000);

test('judge-check: the judge against labels, by an earlier report', async () => {
  const { rows } = reportIn('one');
  const lines = rows.slice(0, 40).map(({ pair, label }) => `${label},${pair}`);
  writeFileSync(path.join(folder, 'labels.csv'), `label,pair\n${lines.join('\n')}\n`);
  const checked = await called(
    'judge-check',
    '--judge-labels=labels.csv',
    '--report',
    path.join('one', 'report.json'),
  );
  expect(checked).toMatchObject({ status: 0, err: '' });
  expect(checked.out).toMatch(
    / against 40 human labels\n[\s\S]*sensitivity +100\.0 %[\s\S]*specificity +100\.0 %/,
  );
}, 60_000);

test('what cannot be understood is told in lines, with exit status 2', async () => {
  expect(await called('evaluate')).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^error: "evaluate" is no command/),
  });
  const wrong = await called('run', '--modle', 'x', '--max-asr', '200');
  expect(wrong).toMatchObject({ status: 2, out: '' });
  expect(wrong.err.split('\n').filter(line => line !== '')).toEqual([
    'error: --modle is unknown: did you mean --model?',
    expect.stringMatching(/^error: --base-url is required/),
    expect.stringMatching(/^error: --model is required/),
    expect.stringMatching(/^error: --max-asr: "200" cannot be used/),
    expect.stringMatching(/^error: --accept-dataset-license/),
  ]);
  expect(await called()).toMatchObject({ status: 2 });
});

test('an older Node is refused in a line', async () => {
  const older = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;
  const bin = path.join(folder, 'node_modules/mm-safetybench-gate/dist/cli.js');
  const { err, status } = await said(['--import', older, bin], { args: ['demo'], folder });
  expect({ err, status }).toEqual({
    err: 'error: Node 22 or newer is needed, and this is Node 20.20.2: install a newer one\n',
    status: 2,
  });
});

test.each([[[]], [['run']], [['judge-check']], [['merge']], [['report']], [['compare']], [['demo']]])(
  'the help of %j fits a screen of 80 columns and 24 lines',
  async command => {
    const { out, status } = await called(...command, '--help');
    expect(status).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter(line => line.length > 80)).toEqual([]);
  },
);

test('without its font it says what is missing', async () => {
  const font = path.join(folder, 'node_modules/mm-safetybench-gate/dist/font/Arimo-Regular.ttf');
  renameSync(font, `${font}.away`);
  const { status } = await evaluation('fixture-vlm', 'fontless').finally(() =>
    renameSync(`${font}.away`, font),
  );
  expect(status).toBe(1);
  expect(reportIn('fontless').verdict.sentence).toMatch(
    /the font \S+ cannot be read \(ENOENT\): it belongs to the program's files/,
  );
}, 60_000);
