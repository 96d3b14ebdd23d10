/** Long: every input has a row of what is refused of it, and every contradiction one. */
import { secretsAmong } from '../src/inputs/reading.ts';
import { INPUT_NAMES, INPUTS, type InputName } from '../src/inputs/table.ts';
import { InputError, inputsFromEnvironment, readInputs } from '../src/inputs.ts';

const needed = { 'base-url': 'https://host/v1', model: 'some-vlm', dataset: 'data' };

const read = (given: Partial<Record<string, string>>) =>
  readInputs(new Map(Object.entries({ ...needed, ...given }) as [string, string][]));

function faultsOf(given: Partial<Record<string, string>>): readonly string[] {
  try {
    read(given);
  } catch (error) {
    if (error instanceof InputError) return error.faults;
    throw error;
  }
  return [];
}

describe('what is read', () => {
  test('the defaults are those of the contract', () => {
    const config = read({});
    expect(config).toMatchObject({
      asking: { safetyPrompt: 'off', maxTokens: 512, temperature: 0, repeats: 1, systemPrompt: '' },
      pacing: { concurrency: 16, judgeConcurrency: 16, timeoutSeconds: 120, maxRetries: 5 },
      selection: {
        sample: { kind: 'tiny' },
        requested: 'tiny',
        seed: '1',
        shard: { index: 1, of: 1 },
        isShard: false,
      },
      judging: { judges: ['refusal'], baseUrl: 'https://host/v1' },
      policy: { maxAsr: null, maxIncrease: null, confidence: 95, maxErrorRate: 2, minHelpfulness: 50 },
      output: { reportDir: 'mm-safetybench-report', includeResponses: false },
      baseline: { kind: 'none' },
    });
    expect(config.selection.scenarios).toHaveLength(13);
    expect(config.pictures.kinds).toEqual(['SD', 'SD_TYPO', 'TYPO']);
    expect(config.policy.maxAsrPerScenario.size).toBe(0);
  });

  test.each([
    ['sample', 'full', { selection: { sample: { kind: 'full' } } }],
    ['sample', '300', { selection: { sample: { kind: 'count', count: 300 } } }],
    ['sample', '12.5%', { selection: { sample: { kind: 'percent', percent: 12.5 } } }],
    ['shard', '2/8', { selection: { shard: { index: 2, of: 8 }, isShard: true } }],
    ['shard', '1/1', { selection: { shard: { index: 1, of: 1 }, isShard: true } }],
    ['temperature', 'default', { asking: { temperature: null } }],
    ['temperature', '0.7', { asking: { temperature: 0.7 } }],
    ['max-asr', '12.5', { policy: { maxAsr: 12.5 } }],
    ['max-asr', '12.5 %', { policy: { maxAsr: 12.5 } }],
    ['headers', '{"X-Team":"safety"}', { target: { headers: { 'X-Team': 'safety' } } }],
    ['extra-body', '{"top_k":1}', { target: { extraBody: { top_k: 1 } } }],
    ['base-url', 'http://127.0.0.1:8000/v1/', { target: { baseUrl: 'http://127.0.0.1:8000/v1' } }],
    ['include-responses', 'TRUE', { output: { includeResponses: true } }],
    ['image-kinds', 'typo, TEXT', { pictures: { kinds: ['TYPO', 'TEXT'] } }],
    ['baseline', 'gate/baseline.json', { baseline: { kind: 'file', path: 'gate/baseline.json' } }],
  ])('%s: %s', (name, text, expected) => {
    expect(read({ [name]: text })).toMatchObject(expected);
  });

  test('scenarios by number, by name and by name without the number, in the authors’ order', () => {
    const { scenarios } = read({ scenarios: '13, sex\n01-Illegal_Activitiy' }).selection;
    expect(scenarios.map(({ name }) => name)).toEqual(['01-Illegal_Activitiy', '07-Sex', '13-Gov_Decision']);
  });

  test('ceilings: one for each chosen scenario, or by line', () => {
    expect([...read({ 'max-asr-per-scenario': '10', scenarios: '1,7' }).policy.maxAsrPerScenario]).toEqual([
      ['01-Illegal_Activitiy', 10],
      ['07-Sex', 10],
    ]);
    expect([...read({ 'max-asr-per-scenario': '07-Sex: 10\n 9: 5%' }).policy.maxAsrPerScenario]).toEqual([
      ['07-Sex', 10],
      ['09-Privacy_Violence', 5],
    ]);
  });

  test('the judge is official once a judge model is set', () => {
    expect(read({ 'judge-model': 'gpt-4' }).judging.judges).toEqual(['official']);
  });

  test('the target’s key goes to the target’s own host alone', () => {
    const keys = { 'api-key': 'sk-target', 'judge-model': 'judge' };
    expect(read(keys).judging.apiKey).toBe('sk-target');
    expect(read({ ...keys, 'judge-base-url': 'https://host/other' }).judging.apiKey).toBe('sk-target');
    expect(read({ ...keys, 'judge-base-url': 'https://elsewhere/v1' }).judging.apiKey).toBe('');
    expect(
      read({ ...keys, 'judge-base-url': 'https://elsewhere/v1', 'judge-api-key': 'sk-judge' }).judging.apiKey,
    ).toBe('sk-judge');
  });

  test('inputs come from the environment as a runner sets them', () => {
    const raw = inputsFromEnvironment({ 'INPUT_MAX-ASR': '5', INPUT_MODEL: 'm', PATH: '/bin', HOME: '/' });
    expect([...raw]).toEqual([
      ['max-asr', '5'],
      ['model', 'm'],
    ]);
  });

  test('every secret is known before anything is read', () => {
    const raw = new Map([
      ['api-key', ' sk-one-secret '],
      ['headers', '{"Authorization":"Bearer two"}'],
      ['model', 'public'],
    ]);
    expect(secretsAmong(INPUTS, raw)).toEqual(['sk-one-secret', '{"Authorization":"Bearer two"}']);
    expect(read({ headers: '{"Authorization":"Bearer two"}' }).secrets).toContain('Bearer two');
  });
});

/** What no HTTP header can carry. */
const NO_KEYS = ['sk-one\nsk-two', 'sk–dash', 'sk-\u0000', 'sk-\u007f'];

/** For each input a value that cannot be used. A new input without one fails the test below. */
const WRONG: Record<InputName, readonly string[]> = {
  'base-url': ['host/v1', 'ftp://host', 'https://user:pass@host/v1'],
  model: [''],
  'api-key': NO_KEYS,
  headers: ['{', '["a"]', '{"a":1}', '{"a b":"c"}', '{"a":"b\\nc"}', '{"a":"–"}'],
  'extra-body': ['nonsense', '[]', '3'],
  'system-prompt': [],
  'safety-prompt': ['yes'],
  'max-tokens': ['0', '-1', '1.5', 'many', '1e3', 'NaN'],
  temperature: ['3', '-0.1', 'hot', 'Infinity'],
  concurrency: ['0', '1025', 'two'],
  'judge-concurrency': ['0', '1025', 'two'],
  'request-timeout': ['0', '3601', 'NaN'],
  'max-retries': ['-1', '21', '2.5'],
  dataset: [],
  'accept-dataset-license': ['yes', '1'],
  'dataset-token': NO_KEYS,
  'questions-url': ['not a url'],
  'images-url': ['file:///etc'],
  'image-kinds': ['SD,FOO', ',', 'SD,SD'],
  'image-source': ['drawn'],
  'image-base-url': ['x'],
  'image-model': [],
  'image-api-key': NO_KEYS,
  scenarios: ['14', '0', 'some', '1,1', '07-Sex,sex'],
  sample: ['0', '-5', 'half', '0%', '101%', '1.5', 'NaN'],
  seed: ['x'.repeat(65)],
  shard: ['0/2', '3/2', '1', '1/0', 'a/b'],
  repeats: ['0', '101'],
  judge: ['gpt', 'official,official', ','],
  'judge-base-url': ['x'],
  'judge-model': [],
  'judge-api-key': NO_KEYS,
  'judge-labels': [],
  baseline: [],
  'baseline-model': [],
  'baseline-base-url': ['x'],
  'baseline-api-key': NO_KEYS,
  'max-asr': ['-1', '101', 'NaN', 'ten', '1e1', '0x10'],
  'max-asr-per-scenario': ['-1', '07-Sex', '07-Sex: x', '99: 5', '7: 5\n07-Sex: 6'],
  'max-increase': ['-2', '101', 'NaN'],
  confidence: ['49', '100', 'high'],
  'on-inconclusive': ['ignore'],
  'max-error-rate': ['-1', '101'],
  'min-helpfulness': ['-1', '101'],
  'max-requests': ['0', '-1', '1.5'],
  'max-cost': ['-1', 'free'],
  'price-prompt': ['-1', 'x'],
  'price-completion': ['-1', 'x'],
  'time-budget': ['0', 'x'],
  'stop-early': ['yes'],
  batch: ['on'],
  'github-token': NO_KEYS,
  comment: ['maybe'],
  'comment-id': ['<!-- -->', 'a\nb'],
  'report-dir': [],
  'include-responses': ['1'],
  'publish-branch': ['-x', 'a b', '../x'],
  'open-issue': ['si'],
  cache: ['no'],
  'reuse-responses': ['no'],
};

const wrongCases = INPUT_NAMES.flatMap(name => WRONG[name].map(text => [name, text] as const));

describe('what is refused', () => {
  test.each(wrongCases)('%s: %j', (name, text) => {
    const faults = faultsOf({ [name]: text }).filter(line => line.startsWith(`input "${name}"`));
    expect(faults).toHaveLength(1);
    const [line = ''] = faults;
    expect(line).not.toContain('\n');
    expect(line).toMatchSnapshot();
    if (text !== '' && text.length < 60 && !INPUTS[name].secret) {
      expect(line).toContain(JSON.stringify(text.trim().replace('user:pass@', '***@')));
    }
  });

  test('every input has a value that is refused, or takes any text', () => {
    expect(Object.keys(WRONG)).toEqual(INPUT_NAMES);
  });

  test('a wrong secret is not shown', () => {
    const [line = ''] = faultsOf({ headers: '{"Authorization": "Bearer very-secret"' });
    expect(line).toContain('headers');
    expect(line).not.toContain('very-secret');
  });

  test('a key or a password that stands where another value belongs is not shown, however long it is', () => {
    const key = `sk-${'0123456789'.repeat(12)}`;
    const faults = faultsOf({
      'api-key': key,
      'max-asr': key,
      sample: `x ${key}`,
      judge: 'refusal',
      'judge-model': key,
      'base-url': `https://user:${key}@host/v1`,
      'image-base-url': 'https://user:URLSECRET@host/v1',
    });
    expect(faults.map(line => /^input "([\w-]+)"/.exec(line)?.[1])).toEqual(
      expect.arrayContaining(['base-url', 'image-base-url', 'sample', 'max-asr', 'judge-model']),
    );
    expect(faults.join('\n')).not.toMatch(/sk-0|0123456789|URLSECRET/);
    expect(faults).toContainEqual(expect.stringContaining('"https://***@host/v1"'));
  });

  test.each([
    'base-url',
    'questions-url',
    'images-url',
    'image-base-url',
    'judge-base-url',
    'baseline-base-url',
  ])('%s with a query or a fragment is refused, and neither is shown', name => {
    for (const end of ['?token=secret', '?secret', '#secret', '/v1?a=b#secret', '?']) {
      for (const start of ['https://host', 'host/path']) {
        const [line = '', ...more] = faultsOf({ [name]: start + end }).filter(each =>
          each.startsWith(`input "${name}"`),
        );
        expect(more).toEqual([]);
        expect(line).toMatch(/cannot be used: give .* without a key or a query in it$/);
        expect(line).toContain(start);
        expect(line).not.toContain('secret');
      }
    }
  });

  test('images-url may stand beside generated pictures where it says that the questions take its key', () => {
    const given = {
      ...{ dataset: 'published', 'accept-dataset-license': 'true', 'image-kinds': 'TYPO' },
      ...{ 'image-source': 'generated', 'images-url': 'https://mirror/pictures' },
    };
    const told = ['input "images-url": "https://mirror/pictures" would not be asked'];
    const key = { 'dataset-token': 'hf_key' };
    expect(faultsOf(given)).toEqual(told.map(line => expect.stringContaining(line)));
    expect(faultsOf({ ...given, ...key })).toEqual(told.map(line => expect.stringContaining(line)));
    expect(faultsOf({ ...given, ...key, 'questions-url': 'https://mirror/files' })).toEqual([]);
    expect(faultsOf({ ...given, 'image-source': 'published' })).toEqual([]);
  });

  test('judge-concurrency is refused where the judge shares the limit of the model, or there is none', () => {
    const given = { 'judge-concurrency': '48', 'judge-model': 'judge', 'api-key': 'key' };
    const shared = [
      `input "judge-concurrency": "48" would not be used, because the judge has the model's endpoint and key and shares its limit: set concurrency, or give the judge a key of its own`,
    ];
    expect(faultsOf({ 'judge-concurrency': '48', judge: 'refusal' })).toEqual([
      'input "judge-concurrency": "48" would not be used without a model that judges: set judge-model, or leave judge-concurrency out',
    ]);
    expect(faultsOf(given)).toEqual(shared);
    expect(faultsOf({ ...given, 'judge-base-url': 'https://host/judge' })).toEqual(shared);
    expect(faultsOf({ ...given, 'judge-api-key': 'key' })).toEqual(shared);
    expect(faultsOf({ ...given, 'judge-api-key': 'its own' })).toEqual([]);
    expect(faultsOf({ ...given, 'judge-base-url': 'https://other/v1' })).toEqual([]);
  });

  test('a name that is no input is refused, with the name it is near to', () => {
    expect(faultsOf({ max_asr: '5' })).toEqual(['input "max_asr" is unknown: did you mean "max-asr"?']);
    expect(faultsOf({ 'max-ars': '5' })).toEqual(['input "max-ars" is unknown: did you mean "max-asr"?']);
    expect(faultsOf({ colour: 'red' })).toEqual(['input "colour" is unknown: see action.yml for the names']);
  });

  test('all faults are told at once, contradictions among them', () => {
    const faults = faultsOf({ model: '', sample: 'half', 'max-asr': '-1', judge: 'official' });
    expect(faults.map(line => /^input "([\w-]+)"/.exec(line)?.[1])).toEqual([
      'model',
      'sample',
      'max-asr',
      'judge',
    ]);
  });

  test.each([
    [{ judge: 'official' }, 'judge', 'set judge-model'],
    [{ judge: 'refusal,rubric' }, 'judge', 'set judge-model'],
    [{ judge: 'refusal', 'judge-model': 'gpt-4' }, 'judge-model', 'judge is "refusal"'],
    [{ 'judge-base-url': 'https://judge/v1' }, 'judge-base-url', 'set judge-model'],
    [{ batch: 'true', 'time-budget': '9' }, 'batch', 'leave one of the two out'],
    [{ 'image-source': 'generated' }, 'image-source', 'set image-model'],
    [{ 'image-model': 'sdxl' }, 'image-model', 'image-source is "published"'],
    [{ dataset: 'published' }, 'accept-dataset-license', 'CC BY-NC 4.0'],
    [{ 'questions-url': 'https://mirror' }, 'dataset', 'is a folder'],
    [{ baseline: 'b.json', 'baseline-model': 'old' }, 'baseline', 'keep one'],
    [{ 'baseline-base-url': 'https://old/v1' }, 'baseline-base-url', 'set baseline-model'],
    [{ scenarios: '1', 'max-asr-per-scenario': '7: 5' }, 'max-asr-per-scenario', 'not among the scenarios'],
    [{ 'max-cost': '5' }, 'max-cost', 'set price-prompt'],
    [{ 'price-prompt': '5' }, 'price-prompt', 'set both or neither'],
    [{ 'stop-early': 'true' }, 'stop-early', 'set max-asr'],
    [
      {
        ...{ dataset: 'published', 'accept-dataset-license': 'true', 'image-source': 'generated' },
        ...{ 'image-model': 'painter', 'images-url': 'https://mirror.example.com/pictures' },
      },
      'images-url',
      'set image-source to published',
    ],
    [
      { 'stop-early': 'true', 'max-asr': '9', 'max-increase': '1' },
      'stop-early',
      'max-increase would be left',
    ],
    [{ 'stop-early': 'true', 'max-asr': '9', shard: '1/2' }, 'stop-early', 'leave shard out'],
    [{ 'stop-early': 'true', 'max-asr': '9', shard: '1/1' }, 'stop-early', 'leave shard out'],
    [{ 'publish-branch': 'badges' }, 'publish-branch', 'set github-token'],
    [{ 'open-issue': 'true' }, 'open-issue', 'set github-token'],
    [{ cache: 'false', 'reuse-responses': 'true' }, 'reuse-responses', 'set cache to true'],
    [{ 'extra-body': '{"temperature":1}' }, 'extra-body', 'use the input temperature'],
    [{ 'extra-body': '{"stream":true}' }, 'extra-body', 'leave it out'],
    [{ 'baseline-api-key': 'key' }, 'baseline-api-key', 'set baseline-model'],
    [{ 'judge-api-key': 'key' }, 'judge-api-key', 'set judge-model'],
    [{ 'image-api-key': 'key' }, 'image-api-key', 'set image-model'],
    [{ 'image-base-url': 'https://painter/v1' }, 'image-base-url', 'set image-model'],
  ])('%j contradicts itself', (given, name, advice) => {
    const line = faultsOf(given).find(each => each.startsWith(`input "${name}"`));
    expect(line).toContain(advice);
    expect(line).toMatchSnapshot();
    expect(line).not.toContain('\n');
  });

  test.each([
    [{ 'max-cost': '1', 'price-prompt': 'x', 'price-completion': '2' }, 'price-prompt'],
    [{ 'price-prompt': 'x', 'price-completion': '2' }, 'price-prompt'],
    [{ 'stop-early': 'true', 'max-asr': 'low' }, 'max-asr'],
    [{ dataset: 'published', 'accept-dataset-license': 'yes' }, 'accept-dataset-license'],
    [{ 'image-model': 'painter', 'image-source': 'drawn' }, 'image-source'],
    [{ 'publish-branch': 'badges', 'github-token': 'two\nlines' }, 'github-token'],
    [{ 'judge-concurrency': '4', 'judge-model': 'm', 'judge-base-url': 'host' }, 'judge-base-url'],
    [
      { 'judge-concurrency': '4', 'judge-model': 'm', 'judge-base-url': 'http://h/v1', 'base-url': '' },
      'base-url',
    ],
  ])('%j: what is given and wrong is told of once, and nothing is made of it', (given, name) => {
    expect(faultsOf(given)).toEqual([
      expect.stringMatching(new RegExp(`^input "${name}"(?::| is required)`)),
    ]);
  });

  test('an empty key is none: workflows name secrets that may not be set', () => {
    expect(faultsOf({ 'baseline-api-key': '', 'judge-api-key': ' ', 'image-api-key': '' })).toEqual([]);
  });

  test('a field of a body may have a name that every object has', () => {
    expect(faultsOf({ 'extra-body': '{"constructor":1,"toString":2}' })).toEqual([]);
  });

  test('generated pictures without SD need no model that draws', () => {
    expect(faultsOf({ 'image-source': 'generated', 'image-kinds': 'TYPO,TEXT' })).toEqual([]);
  });
});
