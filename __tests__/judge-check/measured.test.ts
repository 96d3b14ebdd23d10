import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Endpoint, startEndpoint } from '../../fixtures/endpoint.ts';
import { readJudgeCheck } from '../../src/judge-check/inputs.ts';
import { measuredJudge } from '../../src/judge-check/measured.ts';
import { reportJson } from '../../src/report/json.ts';
import { sampleReport } from '../report/sample-report.ts';
import { endpointBehind } from '../support/between.ts';
import { FIXTURE_QUESTIONS } from '../support/evaluation.ts';

const REFUSED = "I'm sorry, but I can't help with that.";
const DONE = 'Sure. Step one: fetch 7 buttons. Step two: put them in a row.';

let folder: string;
let endpoint: Endpoint;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'judge-check-'));
  endpoint = await startEndpoint({ dataset: FIXTURE_QUESTIONS });
});
afterAll(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

async function checked(labels: string, inputs: Readonly<Record<string, string>> = {}): Promise<string> {
  const file = join(folder, 'labels.csv');
  await writeFile(file, labels);
  const config = readJudgeCheck(new Map(Object.entries({ 'judge-labels': file, ...inputs })));
  return (await measuredJudge(config, folder, new AbortController().signal)).lines.join('\n');
}

const asked = () => ({
  'judge-base-url': endpoint.baseUrl,
  'judge-model': 'fixture-judge',
  dataset: FIXTURE_QUESTIONS,
});

test('a judge is asked about the labelled answers, and measured', async () => {
  const rows = [`"${REFUSED}",safe`, `"${DONE}",unsafe`, `"${DONE} Then rest.",safe`];
  const shown = await checked(['answer,label', ...rows].join('\n'), asked());
  expect(shown).toMatch(/^official \(fixture-judge\) against 3 human labels\n/);
  expect(shown).toMatch(/people say +unsafe +safe +unjudged\n +unsafe +1 +0 +0\n +safe +1 +1 +0\n/);
  // R: qbeta(.05, 1, 1) = 0.05; binom.test(1, 2)'s one-sided bounds qbeta(.05, 1, 2) = 0.0253, qbeta(.95, 2, 1) = 0.9747
  expect(shown).toContain('sensitivity  100.0 %, at least 5.0 %, at most 100.0 % (95 % each), 1 answer\n');
  expect(shown).toContain('specificity  50.0 %, at least 2.5 %, at most 97.5 % (95 % each), 2 answers');
  // one of three in agreement beyond chance: (2/3 − 4/9) / (1 − 4/9)
  expect(shown).toContain('kappa        0.40');
  expect(shown).not.toContain('ASR');
});

test('pairs without an answer give a judge nothing to be asked about', async () => {
  await expect(checked('pair,label\n07-Sex/1/SD,safe\n', asked())).rejects.toThrow(
    /1 label in .*, and none of them has an answer to ask the judge about: give "answer"$/,
  );
});

test.each([
  [1, '1 more has no answer to ask the judge about'],
  [2, '2 more have no answer to ask the judge about'],
])('%d pairs without an answer beside one that has one are told of', async (count, told) => {
  const pairs = Array.from({ length: count }, (_, n) => `07-Sex/${n}/SD,,safe`);
  const labels = ['pair,answer,label', `,"${DONE}",unsafe`, ...pairs].join('\n');
  expect(await checked(labels, asked())).toMatch(
    new RegExp(`^official \\(fixture-judge\\) against 1 human label \\(${told}\\)\\n`),
  );
});

test('without a model the judge by phrases is measured, and asks for no data set', async () => {
  const shown = await checked(`answer,label\n"${REFUSED}",safe\n"${DONE}",unsafe\n`);
  expect(shown).toMatch(/^refusal against 2 human labels/);
});

describe('a judge that is shown the question', () => {
  const file = join(FIXTURE_QUESTIONS, 'data/processed_questions/07-Sex.json');
  const labels = [
    'label,pair,scenario,question,answer',
    `unsafe,07-Sex/1/SD,,,"${DONE}"`,
    `safe,07-Sex/2/TYPO,,Which one?,"${REFUSED}"`,
    `safe,,7,,"${REFUSED}"`,
    'safe,07-Sex/3/SD,,,',
  ].join('\n');

  /** The questions that the judge was shown, and the lines printed. */
  async function shown(inputs: Readonly<Record<string, string>>) {
    const between = await endpointBehind({}, { dataset: FIXTURE_QUESTIONS });
    const given = { ...asked(), 'judge-base-url': between.baseUrl, ...inputs };
    const lines = await checked(labels, given).finally(between.close);
    const texts = between.asked.map(({ body }) => {
      const messages = body['messages'] as readonly { readonly role: string; readonly content: string }[];
      return messages.find(({ role }) => role === 'user')?.content ?? '';
    });
    return { lines, texts };
  }

  test('is shown that of the pair as in a run, if the data set is named', async () => {
    const { lines, texts } = await shown({ judge: 'rubric' });
    const known = JSON.parse(await readFile(file, 'utf8'))['1']['Changed Question'];
    expect(texts.map(text => JSON.parse(text).question).sort()).toEqual(
      [known, 'Which one?', 'The question is not known.'].sort(),
    );
    expect(lines).toContain(
      'The question was not shown to rubric with 1 of 3 answers, and is in a run: add a column "question", or "pair" and set dataset or accept-dataset-license.',
    );
    expect(
      (await shown({ judge: 'harmbench', 'judge-model': 'fixture-harmbench' })).texts.join('\n'),
    ).toContain(known);
  });

  test('is told to be without it where no data set is named', async () => {
    const { lines, texts } = await shown({ judge: 'rubric', dataset: '' });
    expect(texts.filter(text => text.includes('The question is not known.'))).toHaveLength(2);
    expect(lines).toContain('The question was not shown to rubric with 2 of 3 answers');
  });

  test('needs the published questions once their licence is accepted, and no licence otherwise', () => {
    const read = (inputs: Readonly<Record<string, string>>) =>
      readJudgeCheck(
        new Map(
          Object.entries({
            ...{ 'judge-labels': 'l.csv', judge: 'rubric', 'judge-model': 'm' },
            ...{ 'judge-base-url': 'http://host/v1', ...inputs },
          }),
        ),
      ).from;
    expect(read({ 'accept-dataset-license': 'true' })).toMatchObject({
      hasDataset: true,
      config: { dataset: { kind: 'published' } },
    });
    expect(read({})).toMatchObject({ hasDataset: false });
  });

  test('one that is not says nothing of it', async () => {
    expect((await shown({ judge: 'official' })).lines).not.toContain('The question was not shown');
  });
});

test('each row is an answer, and rows of the same pair and answer are one and told of', async () => {
  const same = Array(200).fill(`"${REFUSED}",,safe`);
  const pair = Array(3).fill(`"${DONE}",07-Sex/1/SD,unsafe`);
  const shown = await checked(['answer,pair,label', ...same, ...pair].join('\n'), asked());
  expect(shown).toMatch(/against 201 human labels\n/);
  // R: binom.test(200, 200)'s one-sided bound qbeta(.05, 200, 1) = 0.98513
  expect(shown).toContain('specificity  100.0 %, at least 98.5 %, at most 100.0 % (95 % each), 200 answers');
  expect(shown).toContain(
    'Rows that name the pair and answer of an earlier row, and are not counted again: 2.',
  );
});

describe('over an earlier report', () => {
  const report = sampleReport({ rate: 0.3 });
  const rows = report.rows.slice(0, 60);
  const other = (label: string) => (label === 'safe' ? 'unsafe' : 'safe');
  const inputs = async () => {
    await writeFile(join(folder, 'report.json'), reportJson(report));
    return { report: join(folder, 'report.json') };
  };

  test('what it said is measured, and the rate is shown with and without its error', async () => {
    const labels = rows.map(({ pair, label }, n) => `${pair},${n % 10 === 0 ? other(label) : label}`);
    const shown = await checked(['pair,label', ...labels].join('\n'), await inputs());
    expect(shown).toMatch(/^official \(gpt-judge-2026-06 at .*\) against 60 human labels\n/);
    const raw = `${(100 * (report.estimates?.overall.rate ?? 0)).toFixed(1)} %`;
    expect(shown).toMatch(new RegExp(`ASR as judged +${raw}, at least `));
    expect(shown).toMatch(/ASR without its error +\d+\.\d %, at least \d/);
  });

  test('labels of one kind cannot tell the rate without its error, and that is said', async () => {
    const labels = rows.filter(({ label }) => label === 'safe').map(({ pair }) => `${pair},safe`);
    labels.push('07-Sex/99999/SD,safe');
    const shown = await checked(['pair,label', ...labels].join('\n'), await inputs());
    expect(shown).toMatch(/^ {2}sensitivity {2}not known: none of these labels is of an unsafe answer$/m);
    expect(shown).toMatch(/ human labels \(1 more names no pair of the report\)\n/);
    labels.push('07-Sex/99998/SD,safe');
    expect(await checked(['pair,label', ...labels].join('\n'), await inputs())).toMatch(
      / human labels \(2 more name no pair of the report\)\n/,
    );
    expect(shown).toMatch(/kappa {8}not defined: it takes labels of both kinds$/m);
    expect(shown).toMatch(
      'ASR without its error  not known: more labels of both kinds are needed, or the judge is no better than chance',
    );
  });

  test('of what it could not judge no share is said to be known', async () => {
    const partly = sampleReport({ unjudged: 0.3 });
    await writeFile(join(folder, 'report.json'), reportJson(partly));
    const open = partly.rows.filter(({ label }) => label === 'unjudged').slice(0, 7);
    const judged = partly.rows.filter(({ label }) => label === 'unsafe').slice(0, 9);
    const labels = [...open.map(({ pair }) => `${pair},safe`), ...judged.map(({ pair }) => `${pair},unsafe`)];
    const shown = await checked(['pair,label', ...labels].join('\n'), {
      report: join(folder, 'report.json'),
    });
    expect(shown).toMatch(/^ {2}specificity {2}not known: the judge could judge none of 7 safe answers$/m);
    expect(shown).toMatch(/^ {2}sensitivity {2}100\.0 %, /m);
  });

  test('labels that name no pair, and pairs that it has no row of, are told so', async () => {
    await expect(checked(`answer,label\n"${DONE}",unsafe\n`, await inputs())).rejects.toThrow(
      /^judge-labels: 1 label in .*, and none of them names a pair, by which a report is looked through: give "pair"$/,
    );
    const pairs = 'pair,label\n07-Sex/99998/SD,safe\n07-Sex/99999/SD,unsafe\n';
    await expect(checked(pairs, await inputs())).rejects.toThrow(
      /^judge-labels: 2 labels in .*, and none of the pairs that they name was judged in report ".*report\.json": name pairs that its rows have$/,
    );
  });

  test('where its judge could judge none of them, no endpoint is blamed', async () => {
    const partly = sampleReport({ unjudged: 0.3 });
    await writeFile(join(folder, 'report.json'), reportJson(partly));
    const open = partly.rows.filter(({ label }) => label === 'unjudged').slice(0, 2);
    const labels = ['pair,label', ...open.map(({ pair }) => `${pair},safe`)].join('\n');
    await expect(checked(labels, { report: join(folder, 'report.json') })).rejects.toThrow(
      /the judge could judge none of 2: give another report$/,
    );
  });

  test('a folder stands for the report in it', async () => {
    await inputs();
    const labels = `pair,label\n${rows[0]?.pair},${rows[0]?.label}\n`;
    expect(await checked(labels, { report: folder })).toMatch(/ against 1 human label\n/);
  });

  test('a judge that is named besides is refused: the report has what was said', () => {
    const given = { 'judge-labels': 'l.csv', report: 'r.json', judge: 'rubric', 'judge-model': 'm' };
    const read = () => readJudgeCheck(new Map(Object.entries(given)));
    expect(read).toThrow(
      'input "judge" would not be used, because input "report" has the judgements: keep one of the two',
    );
    expect(read).toThrow(/^input "judge-model" would not be used/m);
  });

  test('a report that is not there', async () => {
    const absent = { report: join(folder, 'absent.json') };
    await expect(checked(`pair,label\n${rows[0]?.pair},safe\n`, absent)).rejects.toThrow(
      /^report ".*absent\.json" cannot be used: it cannot be read \(ENOENT\); give the path of a report\.json or baseline\.json$/,
    );
  });

  test.each([
    ['{"a":1}', /^report ".*" cannot be used: its schemaVersion is none that is known/],
    ['not JSON', /cannot be used: it is no JSON/],
  ])('%j is refused', async (text, why) => {
    await writeFile(join(folder, 'broken.json'), text);
    await expect(checked('pair,label\n', { report: join(folder, 'broken.json') })).rejects.toThrow(
      /line 1: no labels/,
    );
    await expect(
      checked('pair,label\n01-Illegal_Activitiy/1/TYPO,safe\n', { report: join(folder, 'broken.json') }),
    ).rejects.toThrow(why);
  });
});

test('a judge that can judge none is an error', async () => {
  const labels = `answer,label\n"${DONE}",unsafe\n`;
  const silent = await startEndpoint({ dataset: FIXTURE_QUESTIONS, judge: 'nonsense' });
  await expect(checked(labels, { ...asked(), 'judge-base-url': silent.baseUrl })).rejects.toThrow(
    /the judge could judge none of 1: check judge-base-url/,
  );
  await silent.close();
});
