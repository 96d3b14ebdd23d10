/** Long: every pair of places that say the same, action.yml first, is held together in one table of the contract. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { EXAMPLE_JUDGE } from '../../scripts/docs-cost.ts';
import { parseAction, withTables } from '../../scripts/docs-tables.ts';
import { MEANINGS } from '../../src/inputs/meanings.ts';
import { INPUT_NAMES, INPUTS, JUDGE_NAMES } from '../../src/inputs/table.ts';
import { readInputs } from '../../src/inputs.ts';
import { createJudge } from '../../src/judges/judges.ts';
import { MERGE_INPUTS } from '../../src/merging/inputs.ts';
import { outputsOf } from '../../src/outputs.ts';
import { PUBLISH_INPUTS } from '../../src/publish.ts';
import { writeReport } from '../../src/report-folder.ts';
import { TOOL } from '../../src/tool.ts';
import { sampleReport } from '../report/sample-report.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

const actions = {
  main: parseAction(read('action.yml')),
  merge: parseAction(read('merge/action.yml')),
  publish: parseAction(read('publish/action.yml')),
};
const action = actions.main;
const pages = ['README.md', ...readdirSync(path.join(ROOT, 'docs')).map(name => `docs/${name}`)].filter(
  name => name.endsWith('.md'),
);

/** The outputs of the contract, in its order. */
const OUTPUTS = [
  'verdict asr asr-lower asr-upper baseline-asr asr-increase questions pairs unsafe safe unjudged requests',
  'prompt-tokens completion-tokens cost helpfulness report html junit badge comment-url',
].flatMap(line => line.split(' '));

const presets = (): Record<string, string> =>
  Object.fromEntries(INPUT_NAMES.map(name => [name, INPUTS[name].default]));

interface GateStep {
  readonly uses?: string;
  readonly with: Readonly<Record<string, unknown>>;
}

/** The steps of a workflow, or of a fragment of one, that use the action itself. */
const gateSteps = (workflow: { jobs?: Record<string, { steps: GateStep[] }> }): readonly GateStep[] =>
  Object.values(workflow.jobs ?? {})
    .flatMap(job => job.steps)
    .filter(step => step.uses?.includes('/mm-safetybench-gate@'));

describe('action.yml', () => {
  test('has the inputs that the code reads, in the same order', () => {
    expect(Object.keys(action.inputs)).toEqual(INPUT_NAMES);
  });

  test('gives each input the default that the code has', () => {
    const defaults = Object.entries(action.inputs).map(([name, input]) => [name, input.default ?? '']);
    // The runner fills in its own token; at a terminal there is none.
    const inCode = { ...presets(), 'github-token': expect.stringMatching(/^\$\{\{ github\.token \}\}$/) };
    expect(Object.fromEntries(defaults)).toEqual(inCode);
  });

  test('says of each input what help at a terminal says', () => {
    const meanings = Object.entries(action.inputs).map(([name, { description }]) => [name, description]);
    expect(MEANINGS).toEqual(Object.fromEntries(meanings));
  });

  test('requires the inputs that have no default and may not be empty', () => {
    const required = Object.entries(action.inputs).filter(([, input]) => input.required);
    const unfit = INPUT_NAMES.filter(name => !INPUTS[name].read.safeParse(INPUTS[name].default).success);
    expect(required.map(([name]) => name)).toEqual(unfit);
  });

  test('has the outputs of the contract', () => {
    expect(Object.keys(action.outputs)).toEqual(OUTPUTS);
  });

  test('runs the built doors under Node 24', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'dist/main.js',
      post: 'dist/post.js',
      'post-if': 'always()',
    });
  });
});

describe.each(JUDGE_NAMES)('the judge %s', name => {
  test('stands in the description of the input and has its row on the page about judges', () => {
    expect(action.inputs['judge']?.description).toContain(`\`${name}\``);
    expect(read('docs/judges.md')).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
  });

  test('is asked for a model at once where it cannot be made without one', () => {
    const made = () => createJudge({ names: [name], templates: null, endpoint: null });
    const inputs = { 'base-url': 'http://host/v1', model: 'm', dataset: 'folder', judge: name };
    const given = () => readInputs(new Map(Object.entries(inputs)));
    if (name === 'refusal') {
      expect(made().identities).toHaveLength(1);
      expect(given().judging.judges).toEqual(['refusal']);
    } else {
      expect(made).toThrow(`judge "${name}" needs a model to judge with: set judge-model`);
      expect(given).toThrow(`input "judge": "${name}" needs a model to judge with: set judge-model`);
    }
  });
});

describe('merge/action.yml', () => {
  const merge = parseAction(read('merge/action.yml'));

  test('has the inputs that the code reads, in the same order, each with its default', () => {
    const inCode = Object.entries(MERGE_INPUTS).map(([name, input]) => [name, input.default]);
    const token = action.inputs['github-token']?.default;
    const presets = Object.entries(merge.inputs).map(([name, input]) => [name, input.default ?? '']);
    expect(presets).toEqual(inCode.map(([name, preset]) => [name, name === 'github-token' ? token : preset]));
  });

  test('requires the reports alone', () => {
    const required = Object.entries(merge.inputs).filter(([, input]) => input.required);
    expect(required.map(([name]) => name)).toEqual(['reports']);
  });

  test('has the outputs of the contract, and runs its door under Node 24', () => {
    expect(Object.keys(merge.outputs)).toEqual(OUTPUTS);
    expect(merge.runs).toEqual({ using: 'node24', main: '../dist/merge.js' });
  });
});

describe('publish/action.yml', () => {
  const publish = parseAction(read('publish/action.yml'));

  test('has the inputs that the code reads, in the same order, each with its default', () => {
    const token = action.inputs['github-token']?.default;
    const inCode = Object.entries(PUBLISH_INPUTS).map(([name, input]) => [
      name,
      name === 'github-token' ? token : input.default,
    ]);
    expect(Object.entries(publish.inputs).map(([name, input]) => [name, input.default ?? ''])).toEqual(
      inCode,
    );
  });

  test('has the outputs that its door sets', () => {
    const set = [...read('src/publish.ts').matchAll(/core\.setOutput\('([\w-]+)'/g)].map(([, name]) => name);
    expect(Object.keys(publish.outputs)).toEqual(set);
  });
});

test('the code sets the outputs of the contract, and no other', () => {
  const set = [...Object.keys(outputsOf(sampleReport(), null)), 'comment-url'];
  expect(set).toEqual(OUTPUTS);
});

test('the tool calls itself what package.json, its lock file and the changelog call it', () => {
  expect(JSON.parse(read('package.json'))).toMatchObject(TOOL);
  expect(JSON.parse(read('package-lock.json'))).toMatchObject({ ...TOOL, packages: { '': TOOL } });
  expect(/^## (.+)$/m.exec(read('CHANGELOG.md'))?.[1]).toBe(TOOL.version);
});

/** Everything that somebody copies from. */
const COPIED = [
  ...pages,
  'SECURITY.md',
  ...readdirSync(path.join(ROOT, 'examples')).map(name => `examples/${name}`),
];

/** What a pattern captures wherever somebody copies from, each with its page. */
const copied = (pattern: RegExp): readonly string[] =>
  COPIED.flatMap(page => [...read(page).matchAll(pattern)].map(([, found]) => `${page}: ${found}`));

test('what is copied names the tag of this major version, which a release moves', () => {
  const tags = copied(/(?:mm-safetybench-gate(?:\/[\w-]+)?@|`@|tag `)(v?\d\S*?)(?=[`\s])/g);
  expect(tags.length).toBeGreaterThan(10);
  expect(tags.filter(tag => !tag.endsWith(`: v${TOOL.version.split('.')[0]}`))).toEqual([]);
});

test('what is copied names the one hosted judge whose price the README counts with', () => {
  const judges = copied(/https:\/\/api\.openai\.com\/v1\s+(?:--)?judge-model:? ([\w.-]+)/g);
  expect(judges.length).toBeGreaterThan(5);
  expect(judges.filter(judge => !judge.endsWith(`: ${EXAMPLE_JUDGE.model}`))).toEqual([]);
});

/** The pieces of YAML on a page, parsed. */
const pieces = (page: string): readonly unknown[] =>
  [...read(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => parse(yaml));

/** The steps with this action of a workflow, or of a fragment that is a list of steps. */
const stepsIn = (piece: unknown): readonly Partial<GateStep>[] =>
  Array.isArray(piece) ? piece : gateSteps(piece as Parameters<typeof gateSteps>[0]);

/** The anchors that GitHub gives a page's headings. */
const headingsOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the pages', () => {
  const withWorkflow = pages.filter(page => read(page).includes('/mm-safetybench-gate@'));

  test.each(pages)('%s has the tables that action.yml makes', page => {
    expect(read(page)).toBe(withTables(read(page), actions));
  });

  test('every input and every output stands in docs/inputs.md', () => {
    const rows = read('docs/inputs.md').matchAll(/^\| `([\w-]+)` \|/gm);
    expect([...rows].map(row => row[1])).toEqual([
      ...INPUT_NAMES,
      ...OUTPUTS,
      ...Object.keys(MERGE_INPUTS),
      ...Object.keys(PUBLISH_INPUTS),
    ]);
  });

  test.each(withWorkflow)('the gates in %s set only inputs that there are', page => {
    for (const step of pieces(page).flatMap(stepsIn)) {
      expect(INPUT_NAMES).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    }
  });

  test('the README has a whole gate, with each required input', () => {
    const steps = pieces('README.md').flatMap(piece =>
      Array.isArray(piece) ? [] : gateSteps(piece as never),
    );
    expect(steps.length).toBeGreaterThan(0);
    for (const step of steps) {
      expect(Object.keys(step.with)).toEqual(expect.arrayContaining(['base-url', 'model']));
    }
  });

  test.each(pages)('%s names no input, and no example, that there is not', page => {
    const text = read(page);
    const settings = [...text.matchAll(/`([a-z]+(?:-[a-z]+)+): [^`]+`/g)].map(([, name = '']) => name);
    const others = [
      'fail-fast',
      'timeout-minutes',
      'pull-requests',
      'persist-credentials',
      'cancel-in-progress',
    ];
    expect(settings.filter(name => !INPUT_NAMES.includes(name as never) && !others.includes(name))).toEqual(
      [],
    );
  });

  test.each([...pages, 'CONTRIBUTING.md', 'SECURITY.md'])(
    'every link of %s within the repository leads somewhere',
    page => {
      const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to = '']) => to);
      const broken = links.filter(link => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
        if (!existsSync(path.join(ROOT, target))) return true;
        return anchor !== undefined && !headingsOf(target).includes(anchor);
      });
      expect(broken).toEqual([]);
    },
  );

  test('the README names each file that a report folder holds', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'report-'));
    await writeReport(sampleReport(), folder);
    const written = readdirSync(folder).sort();
    rmSync(folder, { recursive: true, force: true });
    const rows = [...read('README.md').matchAll(/^\| ((?:`[\w.]+\.\w+`(?:, )?)+) \|/gm)];
    const named = rows.flatMap(([, cell = '']) => cell.replaceAll('`', '').split(', '));
    expect(named.sort()).toEqual(written);
  });

  test('the commands of the README are scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read('README.md').matchAll(/npm (?:run )?(\w+)/g)].map(match => match[1] ?? '');
    const ran = named.filter(name => !['ci', 'prints'].includes(name));
    expect(ran).toEqual(expect.arrayContaining(['demo', 'test']));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(ran));
  });
});

describe('the tables', () => {
  const main = parseAction(
    [
      'inputs:',
      "  one: { description: 'a | b', default: x }",
      '  two: { description: Two., required: true }',
      '  three: { description: Three. }',
      'outputs:',
      '  out: { description: Out. }',
    ].join('\n'),
  );
  const small = { ...actions, main, merge: parseAction('inputs:\n  four: { description: Four. }') };

  test('are made between their marks, and nothing else is touched', () => {
    const page = 'a\n<!-- inputs -->\nstale\n<!-- /inputs -->\nb\n<!-- outputs -->\n<!-- /outputs -->\nc\n';
    expect(withTables(page, small)).toBe(
      [
        'a\n<!-- inputs -->\n| input | default | meaning |\n|---|---|---|',
        '| `one` | `x` | a \\| b |\n| `two` | (required) | Two. |\n| `three` |  | Three. |\n<!-- /inputs -->\nb',
        '<!-- outputs -->\n| output | meaning |\n|---|---|\n| `out` | Out. |\n<!-- /outputs -->\nc\n',
      ].join('\n'),
    );
  });

  test('hold only the named inputs, and a name that action.yml has not is refused', () => {
    expect(withTables('<!-- inputs: three -->\n<!-- /inputs -->', small)).toContain(
      '|---|---|---|\n| `three` |  | Three. |\n<',
    );
    expect(withTables('<!-- inputs of merge -->\n<!-- /inputs -->', small)).toContain(
      '| `four` |  | Four. |\n<',
    );
    expect(() => withTables('<!-- inputs: four -->\n<!-- /inputs -->', small)).toThrow('"four"');
  });
});
