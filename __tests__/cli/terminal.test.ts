import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { reportJson } from '../../src/report/json.ts';
import { sampleReport } from '../report/sample-report.ts';
import { atTerminal } from '../support/at-terminal.ts';

const CLI = resolve(import.meta.dirname, '../../src/cli.ts');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terminal-'));
  await writeFile(join(folder, 'broken.json'), reportJson(sampleReport({ rate: 0.5 })));
});
afterAll(() => rm(folder, { recursive: true }));

test('who stops reading changes no exit status, and sees no stack', async () => {
  const door = `import { main } from ${JSON.stringify(CLI)}; await main();`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', door, '--', 'cli', 'report', 'broken.json'],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout.destroy();
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const status = await new Promise(done => child.on('close', done));
  expect({ status, err }).toEqual({ status: 1, err: '' });
});

test('reports that cannot be read are told all at once, and a folder stands for its report.json', async () => {
  await writeFile(join(folder, 'text'), 'no report');
  const { out, err, status } = await atTerminal({ args: ['compare', 'text', 'absent', '.'], folder });
  expect({ out, status }).toEqual({ out: '', status: 1 });
  expect(err).toBe(
    [
      'error: "text" is no report that can be used: it is no JSON',
      'error: "absent" is no report that can be used: it cannot be read (ENOENT)',
      'error: "report.json" is no report that can be used: it cannot be read (ENOENT)',
      '',
    ].join('\n'),
  );
});

test('a path to merge with a slip in it costs nobody an earlier report', async () => {
  const report = join(folder, 'mm-safetybench-report', 'report.json');
  await mkdir(dirname(report));
  await writeFile(report, 'paid for');
  const { out, err, status } = await atTerminal({ args: ['merge', 'absent', 'text'], folder });
  expect({ out, status }).toEqual({ out: '', status: 1 });
  expect(err).toBe(
    [
      `error: "absent" leads to no report.json: give the shards' reports, or a folder that they lie in`,
      'error: "text" is no report that can be joined: it is no JSON',
      '',
    ].join('\n'),
  );
  expect(await readFile(report, 'utf8')).toBe('paid for');
});

test('a report to merge that is torn makes the whole an error, whose files are written', async () => {
  const [to, torn] = ['merged', 'torn/shard-2/report.json'];
  await mkdir(join(folder, dirname(torn)), { recursive: true });
  await writeFile(join(folder, torn), '{"schemaVersion": 1,');
  const { out, err, status } = await atTerminal({ args: ['merge', 'torn', '--report-dir', to], folder });
  const sentence = `"${torn}" is no report that can be joined: it is no JSON`;
  expect({ err, status }).toEqual({ err: '', status: 1 });
  expect(out).toContain(sentence);
  const report: unknown = JSON.parse(await readFile(join(folder, to, 'report.json'), 'utf8'));
  expect(report).toMatchObject({ verdict: { outcome: 'error', sentence } });
});

test('a file that cannot be written is one line', async () => {
  const other = sampleReport({ rate: 0.1 });
  await writeFile(join(folder, 'other.json'), reportJson({ ...other, model: { name: 'o', endpoint: '' } }));
  const { err, status } = await atTerminal({
    args: ['compare', 'broken.json', 'other.json', '--format=markdown', '--out', 'absent/table.md'],
    folder,
  });
  expect({ err, status }).toEqual({
    err: 'error: --out: "absent/table.md" cannot be written to (ENOENT): give another file\n',
    status: 1,
  });
});

test('what a flag takes is told by its name, a key with its variable', async () => {
  const { out } = await atTerminal({ args: ['help', '--judge-api-key'], folder });
  expect(out.replace(/\s+/g, ' ')).toBe(
    " --judge-api-key The judge's key. Empty means the target's key, where it is the target's host. Give a key as it goes into an HTTP header: on one line, of Latin letters, digits and signs. Rather set MMSB_JUDGE_API_KEY in the environment. ",
  );
  const { out: preset } = await atTerminal({ args: ['help', 'max-error-rate'], folder });
  expect(preset).toBe(
    [
      '  --max-error-rate',
      "    Per cent of pairs, and of a baseline model's under max-increase, that may",
      '    lack an answer or a judgement. Above it the verdict is error.',
      '    Give a per cent from 0 to 100; left out, it is 2.',
      '',
    ].join('\n'),
  );
});

test('the report that a judge check takes is told', async () => {
  const { out } = await atTerminal({ args: ['help', '--report'], folder });
  expect(out.replace(/\s+/g, ' ')).toBe(
    ' --report Give the path of a report.json or baseline.json, or a folder with a report.json. ',
  );
});

test('a flag that two commands have is told for each', async () => {
  const { out } = await atTerminal({ args: ['help', 'out'], folder });
  expect(out).toBe(
    [
      '  report --out',
      '    Give the folder that the files are to be written into.',
      '',
      '  compare --out',
      '    Give the path of the file to write; left out, it is shown.',
      '',
    ].join('\n'),
  );
});

test.each([
  [['help', 'cache'], `"cache" is no flag at a terminal: only a runner of GitHub's has a use for it`],
  [['run', '--comment'], `--comment is no flag at a terminal: only a runner of GitHub's has a use for it`],
  [['demo', '--base-url', 'http://127.0.0.1:1/v1'], '--base-url is unknown: see --help'],
  [['help', 'foo'], '"foo" is no command and no flag: see mm-safetybench-gate --help'],
  [['help', 'max-ars'], '"max-ars" is no command and no flag: did you mean max-asr?'],
  [['foo'], '"foo" is no command: see mm-safetybench-gate --help'],
  [['comapre'], '"comapre" is no command: did you mean compare?'],
])('%j is told what it is', async (args, line) => {
  const { err, status } = await atTerminal({ args, folder });
  expect(err.split('\n')[0]).toBe(`error: ${line}`);
  expect(status).toBe(2);
});

test('a key on the command line is told of, one out of the environment is not', async () => {
  const args = ['run', '--model', 'm', '--base-url', 'http://127.0.0.1:1/v1', '--sample', 'none'];
  const shown = await atTerminal({ args: [...args, '--api-key', 'sk-shown'], folder });
  expect(shown.err.split('\n')[0]).toBe(
    "warning: the key in --api-key stands in the shell's history and in the list of processes: set MMSB_API_KEY in the environment instead",
  );
  const hidden = await atTerminal({ args, folder, environment: { MMSB_API_KEY: 'sk-hidden' } });
  expect(hidden.err).not.toContain('warning');
});

test.each([
  [
    ['run', 'help'],
    ['run', '--help'],
  ],
  [
    ['run', '--help=1'],
    ['run', '--help'],
  ],
  [
    ['judge-check', '-h=yes'],
    ['judge-check', '--help'],
  ],
  [
    ['run', 'help', 'max-asr'],
    ['help', 'max-asr'],
  ],
])('%j is help as %j is', async (args, same) => {
  const said = await atTerminal({ args, folder });
  expect(said).toEqual(await atTerminal({ args: same, folder }));
  expect(said).toMatchObject({ err: '', status: 0 });
});

test('where words are taken, help is a file like another', async () => {
  const { err, status } = await atTerminal({ args: ['compare', 'help', 'broken.json'], folder });
  expect(err).toBe('error: "help" is no report that can be used: it cannot be read (ENOENT)\n');
  expect(status).toBe(1);
});

describe('variables in the environment', () => {
  const READ =
    'MMSB_API_KEY, MMSB_HEADERS, MMSB_EXTRA_BODY, MMSB_DATASET_TOKEN, MMSB_IMAGE_API_KEY, MMSB_JUDGE_API_KEY, MMSB_BASELINE_API_KEY';
  const warned = async (environment: Readonly<Record<string, string>>) =>
    (await atTerminal({ args: ['report', 'broken.json'], folder, environment })).err;

  test('that are not read are told of in one line, with those that are', async () => {
    const others = { MMSB_MAX_ASR: '5', MMSB_APIKEY: 'sk-1', MMSB_API_KEY: 'sk-2' };
    expect(await warned(others)).toBe(
      `warning: MMSB_APIKEY, MMSB_MAX_ASR in the environment are not read: only ${READ} are; give anything else as a flag\n`,
    );
    expect(await warned({ MMSB_GITHUB_TOKEN: 'x' })).toBe(
      `warning: MMSB_GITHUB_TOKEN in the environment is not read: only ${READ} are; give anything else as a flag\n`,
    );
  });

  test('that are read, empty, or of something else are not told of', async () => {
    const read = Object.fromEntries(READ.split(', ').map(name => [name, 'x']));
    expect(await warned({ ...read, MMSB_MAX_ASR: '', XMMSB_A: '1' })).toBe('');
  });

  test('are named in docs/terminal.md as they are read', async () => {
    const text = await readFile(resolve(import.meta.dirname, '../../docs/terminal.md'), 'utf8');
    const named = text.matchAll(/`(MMSB_[A-Z_]+)`/g);
    expect([...new Set([...named].map(([, name]) => name))].sort()).toEqual(READ.split(', ').sort());
  });
});

test('every command is explained, and every flag that takes a value', async () => {
  const told = async (...args: string[]) => (await atTerminal({ args, folder })).out;
  expect(await told('--help')).toMatchSnapshot();
  for (const name of ['run', 'judge-check', 'merge', 'report', 'compare', 'demo']) {
    expect(await told(name, '--help')).toMatchSnapshot();
  }
  for (const flag of [
    'dataset',
    'image-model',
    'judge-model',
    'judge-labels',
    'baseline',
    'baseline-model',
  ]) {
    expect(await told('help', flag)).toMatchSnapshot();
  }
});
