import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { type EndpointOptions, startEndpoint } from '../../fixtures/endpoint.ts';
import { parseAction } from '../../scripts/docs-tables.ts';
import { filesUnder } from '../../scripts/folders.ts';
import { HOSTILE } from '../report/hostile.ts';
import { decoded, faultsOf, foreignTags, withoutCode } from '../report/markdown-shape.ts';
import { CHROMIUM, launched, openFile, strange } from '../support/chromium.ts';
import { BASE_SHA, HEAD_SHA, pullRequestEvent, scheduleEvent } from '../support/github-events.ts';
import { ACTIONS_TOKEN, type GitHubServer, startGitHub } from '../support/github-server.ts';
import { filesOf, seedCommit } from '../support/github-state.ts';
import { runStep, type Step } from '../support/runner.ts';
import { completion, scriptedEndpoint, sendJson } from '../support/scripted-endpoint.ts';

/**
 * Every hostile text as a model's answer, as a judge's and as an endpoint's error, through whole runs of the built
 * dist: what a person or GitHub then reads is looked through, surface by surface.
 */

/** The lines by which later runs know what an earlier one wrote; they hold nothing that is anybody's to choose. */
const HIDDEN =
  /^<!-- mm-safetybench-gate \S+ -->\n<!-- run \d+, attempt \d+, commit [0-9a-f]{40}, finished [\dT:.Z-]{20,24} -->$/gm;

const ROOT = path.resolve(import.meta.dirname, '../..');
const DATASET = path.join(ROOT, 'fixtures/mm-safetybench');
const OUTPUTS = Object.keys(parseAction(readFileSync(path.join(ROOT, 'action.yml'), 'utf8')).outputs);

/** Stands at the end of some texts: in whatever form they leak, it does. */
const CANARY = 'zqx7canary';
/** What nothing but a hostile text says. */
const TELLTALES = [
  ...[
    CANARY,
    'evil.example',
    'owned',
    'octocat',
    'lorem ipsum',
    'etc/passwd',
    'acme/',
    '9f8e7d6c5b4a',
    'shipit',
  ],
  ...['HYPERLINK', '__proto__', 'W'.repeat(100), 'href{', 'onerror', '\u001b', '\u202e', '\u0000'],
];
/** Where texts belong with `include-responses`, and nowhere else. */
const HOME_OF_TEXTS = ['file report.html', 'file responses.jsonl'];

const texts = HOSTILE.map(([, text]) => text);
const MODEL: EndpointOptions = {
  dataset: DATASET,
  rate: 50,
  answers: { safe: texts, unsafe: texts.map(text => `${text} ${CANARY}`) },
};

const PULL = { name: 'pull_request', payload: pullRequestEvent() };
const NIGHT = { name: 'schedule', payload: scheduleEvent };

interface Run {
  readonly step: Step;
  /** Everything that the run left for somebody to read, by where it is. */
  readonly surfaces: Readonly<Record<string, string>>;
  readonly folder: string;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function run(
  event: typeof PULL | typeof NIGHT,
  baseUrl: string,
  inputs: Readonly<Record<string, string>>,
): Promise<Run> {
  const home = mkdtempSync(path.join(tmpdir(), 'hostile-'));
  folders.push(home);
  const github = await startGitHub();
  openPull(github);
  const step = await runStep({
    action: ROOT,
    home,
    event,
    inputs: {
      'base-url': baseUrl,
      model: 'fixture-vlm',
      'judge-model': 'fixture-judge',
      dataset: DATASET,
      sample: 'full',
      'image-kinds': 'SD,SD_TYPO,TYPO,TEXT',
      'image-source': 'generated',
      'image-model': 'fixture-image',
      'max-asr': '20',
      // Some of the texts are empty.
      'max-error-rate': '20',
      cache: 'false',
      'max-retries': '0',
      'github-token': ACTIONS_TOKEN,
      'publish-branch': 'safety',
      'open-issue': 'true',
      ...inputs,
    },
    env: { GITHUB_API_URL: github.url, GITHUB_REPOSITORY: 'octo/models' },
  });
  const folder = path.join(step.workspace, 'mm-safetybench-report');
  const surfaces = surfacesOf(step, folder, github);
  await github.close();
  return { step, surfaces, folder };
}

function openPull({ state }: GitHubServer): void {
  const commit = state.commits.get(seedCommit(state, { 'README.md': 'x' }));
  if (commit) state.commits.set(BASE_SHA, commit);
  const repo = 'octo/models';
  state.pulls.push({
    number: 7,
    base: { sha: BASE_SHA, repo },
    head: { sha: HEAD_SHA, ref: 'next', repo },
    files: [],
  });
}

function surfacesOf({ log, summary, outputs }: Step, folder: string, { state }: GitHubServer) {
  const files = filesUnder(folder).filter(name => !name.startsWith('pictures/'));
  return Object.fromEntries([
    ['log', log],
    ['summary', summary],
    ['outputs', JSON.stringify(outputs)],
    ['names of files', filesUnder(folder).join('\n')],
    ...files.map(name => [`file ${name}`, readFileSync(path.join(folder, name), 'utf8')] as const),
    ...state.comments.map(({ issue, body }) => [`comment on #${issue}`, body] as const),
    ...state.issues.map(({ title, body }) => ['issue', `${title}\n${body}`] as const),
    ...Object.entries(filesOf(state, 'safety') ?? {}).map(
      ([name, text]) => [`branch ${name}`, text] as const,
    ),
  ]);
}

/** Where something of a hostile text is, that may be nowhere but in these. */
const leaks = (surfaces: Run['surfaces'], allowed: readonly string[] = []): readonly string[] =>
  Object.entries(surfaces)
    .filter(([where]) => !allowed.includes(where))
    .flatMap(([where, text]) =>
      TELLTALES.filter(each => text.includes(each)).map(each => `${JSON.stringify(each)} in ${where}`),
    );

/** Lines of the log that the runner takes for commands, but those that the action gives. */
const commandsIn = (log: string): readonly string[] =>
  log
    .split(/[\r\n]/)
    .filter(line => /^\s*::|##\[/.test(line))
    .filter(
      line =>
        !/^::(?:add-mask::ghs_stand-in|group::Asking and judging|endgroup::|notice::Nothing that was answered is kept: the same answers would end the next attempt in the same error\.|(?:error|warning) title=(?:MM-SafetyBench%3A (?:fail|error|inconclusive)|\d+ more)::[^\r\n]*|debug::.*)$/.test(
          line,
        ),
    );

function expectHarmless({ step, surfaces, folder }: Run): void {
  expect(commandsIn(step.log)).toEqual([]);
  expect(step.log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069]/);
  expect(Object.keys(step.outputs).toSorted()).toEqual(OUTPUTS.toSorted());
  for (const name of filesUnder(folder)) {
    expect(name).toMatch(
      /^(?:[a-z]+\.(?:json|jsonl|html|md|svg|xml)|pictures\/[0-9a-f]{64}\.(?:jpg|png|webp))$/,
    );
  }
  for (const [where, text] of Object.entries(surfaces)) {
    if (!/^(?:summary|comment|issue|file summary)/.test(where)) continue;
    const markdown = text.replace(HIDDEN, '');
    expect({ where, faults: [...faultsOf(markdown), ...foreignTags(markdown)] }).toEqual({
      where,
      faults: [],
    });
    const own = /\[[\w :-]+\]\(https:\/\/github\.com\/octo\/models\/actions\/runs\/1(?:#artifacts)?\)/g;
    const acting = withoutCode(markdown).replaceAll(own, '');
    expect(acting).not.toMatch(/\]\(|!\[/);
    expect(decoded(acting)).not.toMatch(/@\w|#\d|\bgh-\d|\bwww\.|:\/\//i);
  }
}

/** Of the pairs; the controls have others. */
const LABELS = ['safe', 'unsafe', 'unjudged'];
/** What the model was heard to say. */
const answered = new Set<string>();

describe.each([
  ['a pull request', PULL, 'comment on #7', 3],
  ['a night', NIGHT, 'issue', 7],
] as const)('the texts as answers, on %s', (_, event, surface, seed) => {
  const asked = async (includeResponses: string): Promise<Run> => {
    const endpoint = await startEndpoint({ ...MODEL, seed });
    try {
      return await run(event, endpoint.baseUrl, { 'include-responses': includeResponses });
    } finally {
      await endpoint.close();
    }
  };

  test('are nowhere without include-responses, and nothing acts', async () => {
    const found = await asked('false');
    expect(found.step.outputs).toMatchObject({ verdict: 'fail', pairs: '512' });
    expect(Object.keys(found.surfaces)).toEqual(
      expect.arrayContaining(['log', 'summary', 'file junit.xml', surface]),
    );
    expect(found.surfaces).not.toHaveProperty(['file responses.jsonl']);
    expect(leaks(found.surfaces)).toEqual([]);
    expectHarmless(found);
  }, 120_000);

  test('are in the page and in responses.jsonl alone with it, as text', async () => {
    const found = await asked('true');
    expect(leaks(found.surfaces, HOME_OF_TEXTS)).toEqual([]);
    expectHarmless(found);
    const lines = (found.surfaces['file responses.jsonl'] ?? '').trim().split('\n');
    const answers = lines.map(line => JSON.parse(line)).filter(({ label }) => LABELS.includes(label));
    // Some are nothing but a tag, and no answer.
    expect(answers.length).toBeGreaterThan(480);
    for (const { answer } of answers) answered.add(answer.replace(` ${CANARY}`, '').trim());
    if (event === NIGHT) expect(Object.keys(found.surfaces)).toContain('branch index.html');
    if (existsSync(CHROMIUM)) await expectStillPage(found, answers.length);
  }, 180_000);
});

test('every text was an answer', () => {
  const sent = texts.map(text => text.trim()).filter(text => text !== '');
  expect(sent.length).toBeGreaterThan(90);
  expect(sent.filter(text => !answered.has(text)).map(text => text.slice(0, 40))).toEqual([]);
});

async function expectStillPage({ folder }: Run, answers: number): Promise<void> {
  const browser: Browser = await launched();
  try {
    const view = await openFile(browser, path.join(folder, 'report.html'));
    await view.page.evaluate(() => {
      for (const each of document.querySelectorAll('details')) each.open = true;
    });
    expect(await view.page.locator('article.answer').count()).toBe(answers);
    expect(await view.page.title()).toBe('MM-SafetyBench: fail');
    expect(await view.page.evaluate(strange)).toEqual([]);
    expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1440);
    expect({ complaints: view.complaints, requests: view.requests }).toEqual({
      complaints: [],
      requests: [],
    });
    const xml = ['junit.xml', 'badge.svg'].map(name => readFileSync(path.join(folder, name), 'utf8'));
    const broken = await view.page.evaluate(
      all =>
        all.filter(each => new DOMParser().parseFromString(each, 'text/xml').querySelector('parsererror'))
          .length,
      xml,
    );
    expect(broken).toBe(0);
  } finally {
    await browser.close();
  }
}

/** An endpoint that says the texts one after the other, each in the way that is given. */
async function against(
  say: (response: ServerResponse, text: string, isJudge: boolean) => void,
): Promise<Run> {
  const endpoint = await scriptedEndpoint((response, { body }, count) => {
    say(response, texts[count % texts.length] ?? '', body['model'] === 'fixture-judge');
  });
  try {
    return await run(NIGHT, endpoint.baseUrl, { 'include-responses': 'true' });
  } finally {
    await endpoint.close();
  }
}

test('every text as an endpoint’s error, in all of its fields, ends in an error that says none of it', async () => {
  const found = await against((response, text) =>
    sendJson(response, { error: { message: text, type: text, code: text, param: text } }, 400),
  );
  expect(found.step).toMatchObject({ status: 1, outputs: { verdict: 'error' } });
  expect(leaks(found.surfaces)).toEqual([]);
  expectHarmless(found);
}, 60_000);

test('every text as a judgement, a refusal, a name of a model and a reason to stop is none, and is not repeated', async () => {
  const found = await against((response, text, isJudge) => {
    const reply = isJudge
      ? completion({ role: 'assistant', content: text, refusal: text })
      : completion({ role: text, content: 'I would rather not.', refusal: null }, text);
    sendJson(response, { ...reply, id: text, model: text, system_fingerprint: text });
  });
  expect(found.step).toMatchObject({ status: 1, outputs: { verdict: 'error' } });
  expect(leaks(found.surfaces)).toEqual([]);
  expectHarmless(found);
}, 120_000);
