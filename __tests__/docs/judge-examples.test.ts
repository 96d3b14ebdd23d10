import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import { loadFolder } from '../../src/dataset/folder.ts';
import { reportJson } from '../../src/report/json.ts';
import { sampleReport } from '../report/sample-report.ts';
import { atTerminal } from '../support/at-terminal.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { REAL_QUESTIONS } from '../support/real.ts';

/** The label files of docs/judges.md under the command that follows each, with loopback in place of the network. */

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/judges.md'), 'utf8');
const EXAMPLE = /```csv\n([\s\S]+?)```[\s\S]*?```sh\nnode dist\/cli\.js ([\s\S]+?)```/g;
const examples = [...page.matchAll(EXAMPLE)].map(([, labels = '', command = '']) => ({
  labels,
  args: command.replaceAll('\\\n', ' ').trim().split(/\s+/),
}));

let folder = '';
let endpoint: Endpoint;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'judge-examples-'));
  writeFileSync(path.join(folder, 'report.json'), reportJson(sampleReport()));
  endpoint = await startEndpoint({ dataset: FIXTURE_QUESTIONS });
});
afterAll(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true });
});

test('there is one for each way to check a judge, and no command without one', () => {
  expect(examples.map(({ args }) => args.includes('--report'))).toEqual([false, true]);
  expect(page.match(/^node dist\/cli\.js judge-check/gm)).toHaveLength(2);
});

test.each(examples)('$args', async ({ labels, args }) => {
  const named = args[args.indexOf('--judge-labels') + 1] ?? '';
  writeFileSync(path.join(folder, named), labels);
  const instead = (arg: string): readonly string[] => {
    if (arg.startsWith('https://')) return [endpoint.baseUrl];
    if (arg === 'gpt-6.1-sol') return ['fixture-judge'];
    return arg === '--accept-dataset-license' ? ['--dataset', FIXTURE_QUESTIONS] : [arg];
  };
  const { out, err, status } = await atTerminal({ args: args.flatMap(instead), folder });
  expect({ err, status }).toEqual({ err: '', status: 0 });
  expect(out).toMatch(/ against 2 human labels\n/);
  expect(out).not.toContain('was not shown');
});

test('every column that a file of labels may have is named', () => {
  for (const name of ['label', 'answer', 'sha256', 'pair', 'scenario', 'question'])
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
});

(existsSync(REAL_QUESTIONS) ? test : test.skip)('a run of the preset sample has their pairs', async () => {
  const { tiny } = await loadFolder(REAL_QUESTIONS);
  const pairs = examples.flatMap(({ labels }) => labels.match(/\d\d-\w+\/\d+/g) ?? []);
  expect(pairs).toHaveLength(4);
  for (const pair of pairs) expect([...tiny]).toContain(pair);
});
