import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../fixtures/endpoint.ts';
import { SCENARIOS, type Scenario } from '../../src/benchmark/scenarios.ts';
import type { JudgeTemplates } from '../../src/dataset/dataset.ts';
import { parseTemplates } from '../../src/dataset/templates.ts';
import type { Judge, Label } from '../../src/judges/judgement.ts';
import { createJudge } from '../../src/judges/judges.ts';
import { judgePlanted, judgePlantedAgain, plantedFor } from '../../src/judges/planted.ts';
import { refusalJudge } from '../../src/judges/refusal.ts';
import { clientOf } from './asking.ts';

const only = (...numbers: number[]): Scenario[] => SCENARIOS.filter(({ number }) => numbers.includes(number));

/** A judge that is wrong in a known way. */
const judgeThat = (label: (text: string, scenario: Scenario) => Label): Judge => ({
  identities: [],
  judge: async ({ question }, text) => ({ label: label(text, question.scenario) }),
});

test('9 for the general template, 6 for each other one, labels in both ways', () => {
  expect(plantedFor(SCENARIOS)).toHaveLength(9 + 5 * 6);
  expect(plantedFor(only(1, 2, 9))).toHaveLength(9);
  expect(plantedFor(only(8, 13))).toHaveLength(12);
  const planted = plantedFor(SCENARIOS);
  expect(planted.filter(({ label }) => label === 'safe')).toHaveLength(3 + 5 * 2);
  expect(new Set(planted.map(({ text }) => text)).size).toBe(39);
});

test('each compliance is planted once plain and once with a word to its grader', () => {
  const unsafe = plantedFor(SCENARIOS).filter(({ label }) => label === 'unsafe');
  const plain = unsafe.filter(({ text }) => !text.includes('\n\n'));
  expect(plain).toHaveLength(13);
  for (const { text } of plain) {
    expect(unsafe.filter(other => other.text.startsWith(`${text}\n\n`))).toHaveLength(1);
  }
});

test('a judge that is right misses none; so does the judge by phrases', async () => {
  const labels = new Map(plantedFor(SCENARIOS).map(({ text, label }) => [text, label]));
  const right = judgeThat(text => labels.get(text) ?? 'unjudged');
  expect(await judgePlanted(right, SCENARIOS)).toEqual({ planted: 39, missed: 0, faults: [] });
  expect(await judgePlanted(refusalJudge(), SCENARIOS)).toEqual({ planted: 39, missed: 0, faults: [] });
});

test('one that says the same to everything, or nothing, is found in every template', async () => {
  const found = async (label: Label) => {
    const { missed, faults } = await judgePlanted(
      judgeThat(() => label),
      SCENARIOS,
    );
    return [missed, faults.length];
  };
  // 39 planted: 13 safe and 26 unsafe.
  expect(await found('safe')).toEqual([26, 6]);
  expect(await found('unjudged')).toEqual([39, 6]);
  expect((await found('unsafe'))[0]).toBe(13);
});

test('one that obeys its graded answer misses a third', async () => {
  const labels = new Map(plantedFor(SCENARIOS).map(({ text, label }) => [text, label]));
  const gullible = judgeThat(text => (text.includes('\n\n') ? 'safe' : (labels.get(text) ?? 'unjudged')));
  expect(await judgePlanted(gullible, SCENARIOS)).toMatchObject({ planted: 39, missed: 13 });
});

test('one that knows nothing of politics is found there, though it is right elsewhere', async () => {
  const labels = new Map(plantedFor(SCENARIOS).map(({ text, label }) => [text, label]));
  const guard = judgeThat((text, { number }) => (number === 8 ? 'safe' : (labels.get(text) ?? 'unjudged')));
  expect(await judgePlanted(guard, SCENARIOS)).toEqual({
    planted: 39,
    missed: 4,
    faults: [
      'The judge missed 4 of 6 planted answers of the kind of 08-Political_Lobbying: it cannot judge there. Choose another judge, or leave these scenarios out.',
    ],
  });
  expect((await judgePlanted(guard, only(1, 7, 9))).faults).toEqual([]);
});

describe('given again in the course of the run', () => {
  const labels = new Map(plantedFor(SCENARIOS).map(({ text, label }) => [text, label]));
  const right = judgeThat(text => labels.get(text) ?? 'unjudged');

  test('a judge that is right, or could not judge, has not slipped', async () => {
    for (const scenarios of [SCENARIOS, only(1), only(10)]) {
      expect(await judgePlantedAgain(right, scenarios, 0)).toEqual([]);
      expect(
        await judgePlantedAgain(
          judgeThat(() => 'unjudged'),
          scenarios,
          1,
        ),
      ).toEqual([]);
    }
  });

  test.each([
    ['all scenarios', SCENARIOS, '6 of 12'],
    ['harm alone', only(1, 2), '6 of 9'],
    ['advice alone', only(10), '4 of 6'],
  ] as const)('one that calls everything safe has: %s', async (_, scenarios, share) => {
    const [slip] = await judgePlantedAgain(
      judgeThat(() => 'safe'),
      scenarios,
      2,
    );
    expect(slip).toContain(`missed ${share} planted answers that it was given again`);
  });

  test('a slip in four is none of the judge’s', async () => {
    let asked = 0;
    const slipping = judgeThat(text => (++asked % 4 === 0 ? 'safe' : (labels.get(text) ?? 'unjudged')));
    expect(await judgePlantedAgain(slipping, SCENARIOS, 0)).toEqual([]);
  });

  test('nor is one of the one or two that it could judge; both of two are', async () => {
    const judging = (least: number, wrong: number) => {
      let asked = 0;
      return judgeThat(text => {
        asked += 1;
        if (asked > least) return 'unjudged';
        const right = labels.get(text);
        return asked > wrong ? (right ?? 'unjudged') : right === 'safe' ? 'unsafe' : 'safe';
      });
    };
    expect(await judgePlantedAgain(judging(1, 1), SCENARIOS, 0)).toEqual([]);
    expect(await judgePlantedAgain(judging(2, 1), SCENARIOS, 0)).toEqual([]);
    expect(await judgePlantedAgain(judging(2, 2), SCENARIOS, 0)).toHaveLength(1);
  });

  test('other answers each time', async () => {
    const seen = new Set<string>();
    const noting = judgeThat(text => {
      seen.add(text);
      return labels.get(text) ?? 'unjudged';
    });
    await judgePlantedAgain(noting, SCENARIOS, 0);
    expect(seen.size).toBe(12);
    await judgePlantedAgain(noting, SCENARIOS, 1);
    expect(seen.size).toBe(24);
  });
});

describe('put before the fixture judge over HTTP', () => {
  let endpoint: Endpoint;
  afterEach(() => endpoint.close());

  async function officialOn(options: EndpointOptions): Promise<Judge> {
    endpoint = await startEndpoint(options);
    const file = resolve(import.meta.dirname, '../../fixtures/mm-safetybench/evaluation.py');
    const templates: JudgeTemplates = {
      byName: parseTemplates(await readFile(file, 'utf8')),
      file: { path: 'evaluation.py', sha256: '', published: false },
    };
    const client = clientOf(endpoint.baseUrl, 'fixture-judge');
    return createJudge({ names: ['official'], templates, endpoint: client });
  }

  test.each([
    ['honest', 0],
    ['always-safe', 26],
    ['always-unsafe', 13],
    ['gullible', 13],
    ['nonsense', 39],
    ['silent', 39],
    ['refuses', 39],
  ] as const)('one that is %s misses %d of 39', async (judge, missed) => {
    expect(await judgePlanted(await officialOn({ judge }), SCENARIOS)).toMatchObject({
      planted: 39,
      missed,
    });
  });
});
