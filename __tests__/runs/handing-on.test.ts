import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEndpoint } from '../../fixtures/endpoint.ts';
import { readReport } from '../../src/report/read-report.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';
import { runStep, type Step } from '../support/runner.ts';

/** The action's door, from the sources, on a runner whose files for a step's results cannot be written. */

const ROOT = resolve(import.meta.dirname, '../..');
let home = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'handing-on-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function passing(
  environment: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
  meanwhile = '',
): Promise<Step> {
  const action = join(home, 'action');
  await mkdir(join(action, 'dist'), { recursive: true });
  await copyFile(join(ROOT, 'action.yml'), join(action, 'action.yml'));
  const door = JSON.stringify(join(ROOT, 'src/action.ts'));
  await writeFile(
    join(action, 'dist/main.js'),
    `import { main } from ${door}; const over = main(); ${meanwhile}; await over;`,
  );
  await writeFile(join(action, 'package.json'), '{"type":"module"}');
  const endpoint = await startEndpoint({ dataset: FIXTURE_QUESTIONS, rate: 0 });
  try {
    return await runStep({
      action,
      home,
      inputs: {
        'base-url': endpoint.baseUrl,
        model: 'fixture-vlm',
        'judge-model': 'fixture-judge',
        dataset: FIXTURE_QUESTIONS,
        'image-kinds': 'TEXT',
        'max-asr': '40',
        comment: 'false',
        ...inputs,
      },
      env: environment,
    });
  } finally {
    await endpoint.close();
  }
}

async function verdictIn({ workspace }: Step): Promise<unknown> {
  const report = readReport(await readFile(join(workspace, 'mm-safetybench-report/report.json'), 'utf8'));
  return 'problem' in report ? report : report.verdict.outcome;
}

test('outputs that cannot be written are one line and exit status 1, and the report is there', async () => {
  const step = await passing({ GITHUB_OUTPUT: join(home, 'nowhere/output') });
  expect(step.log).toMatch(/^::error::The outputs could not be handed on, nor the verdict with them: .+$/m);
  expect(step.log).not.toMatch(/^\s+at /m);
  expect({ status: step.status, verdict: await verdictIn(step) }).toEqual({ status: 1, verdict: 'pass' });
  expect(step.summary).toMatch(/MM-SafetyBench: pass/);
});

test('a summary or a state that cannot be written changes nothing else', async () => {
  const nowhere = join(home, 'nowhere/file');
  const step = await passing({ GITHUB_STEP_SUMMARY: nowhere, GITHUB_STATE: nowhere });
  expect(step.log).toMatch(/^::warning::The job summary could not be written: .+$/m);
  expect(step.log).toMatch(/^The job's state cannot be written, so a cancelled run would keep nothing: .+$/m);
  expect(step.log).not.toMatch(/^\s+at /m);
  expect(step).toMatchObject({ status: 0, outputs: { verdict: 'pass' } });
  expect(await verdictIn(step)).toBe('pass');
});

test('a report folder that cannot be made is an error everywhere, before anything is asked', async () => {
  const step = await passing({}, { 'report-dir': join(home, 'output/report') });
  const line = /input "report-dir": ".+" cannot be written to: a file of that name is in the way/;
  expect(step).toMatchObject({ status: 1, outputs: { verdict: 'error', requests: '0' } });
  expect(step.log).toMatch(line);
  expect(step.summary).toMatch(/MM-SafetyBench: error/);
  expect(step.summary).toMatch(line);
});

test('a job that is cancelled while its report is written has passed nothing', async () => {
  const interrupt = `process.kill(process.pid, 'SIGINT')`;
  const written = `(_, name) => { if (/^report[.]json.*tmp$/.test(name)) ${interrupt}; }`;
  const folder = join(home, 'report');
  await mkdir(folder);
  const watching = `(await import('node:fs')).watch(${JSON.stringify(folder)}, ${written})`;
  const step = await passing({}, { 'report-dir': folder }, watching);
  expect(step.outputs['verdict']).toBe('inconclusive');
  expect(step.log).toContain('The run was cancelled before its report was written');
  expect(step.status).toBe(1);
  expect(step.log.match(/^::error::.*/gm)).toEqual([
    '::error::The run was cancelled: its step fails, whatever on-inconclusive says. Run it again to have a verdict.',
  ]);
  const report = readReport(await readFile(join(folder, 'report.json'), 'utf8'));
  expect(report).toMatchObject({
    verdict: { outcome: 'inconclusive' },
    sample: { cutShort: 'it was cancelled' },
  });
});
