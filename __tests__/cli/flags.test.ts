import { checked, readFlags } from '../../src/cli/flags.ts';
import { INPUTS } from '../../src/inputs/table.ts';
import { InputError, readInputs } from '../../src/inputs.ts';

const read = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  readFlags(args, { flags: INPUTS }, environment);

test('a flag takes the next word, or what follows its equals sign', () => {
  const { raw, faults } = read([
    '--model',
    'a',
    '--base-url=http://h/v1?a=b',
    '--system-prompt',
    '- be nice',
  ]);
  expect(faults).toEqual([]);
  expect(Object.fromEntries(raw)).toEqual({
    model: 'a',
    'base-url': 'http://h/v1?a=b',
    'system-prompt': '- be nice',
  });
});

test('what is true or false is true where nothing is said', () => {
  const { raw, faults } = read(['--batch', '--comment', 'false', '--cache=FALSE', '--stop-early']);
  expect(faults).toEqual([]);
  expect(Object.fromEntries(raw)).toEqual({
    batch: 'true',
    comment: 'false',
    cache: 'FALSE',
    'stop-early': 'true',
  });
});

test('keys come out of the environment, a flag before them, and nothing but keys does', () => {
  const environment = { MMSB_API_KEY: 'one', MMSB_JUDGE_API_KEY: 'two', MMSB_MODEL: 'no', API_KEY: 'no' };
  const { raw } = read(['--judge-api-key', 'three'], environment);
  expect(Object.fromEntries(raw)).toEqual({ 'api-key': 'one', 'judge-api-key': 'three' });
});

test('a key out of the environment is for a model that is named', () => {
  const environment = { MMSB_JUDGE_API_KEY: 'two', MMSB_BASELINE_API_KEY: 'three' };
  const { raw } = read(['--judge-model', 'judge'], environment);
  expect(Object.fromEntries(raw)).toEqual({ 'judge-model': 'judge', 'judge-api-key': 'two' });
});

test('every fault is told at once, a line each, with what may have been meant', () => {
  const given = read([
    ...['--max-ars', '20', '--judge-modl=x', '--sample', 'zero', '--zzzzzzzzz', '--model', '--seed', '1'],
    ...['--seed', '2', 'word', '-x', '--constructor', 'y', '--base-url'],
  ]);
  const faults = () => {
    try {
      checked(given, readInputs);
    } catch (error) {
      if (error instanceof InputError) return error.faults;
      throw error;
    }
    return [];
  };
  expect(faults()).toEqual([
    '--max-ars is unknown: did you mean --max-asr?',
    '--judge-modl is unknown: did you mean --judge-model?',
    '--zzzzzzzzz is unknown: see --help',
    "--model has no value: give the model's name at the endpoint",
    '--seed is given twice: keep one',
    '"word" stands alone: name the flag that it is the value of',
    '-x is unknown: see --help',
    '--constructor is unknown: see --help',
    "--base-url has no value: give the endpoint's base, such as https://host/v1, without a key or a query in it",
    '--sample: "zero" cannot be used: give tiny, full, a number of questions such as 300, or a percentage such as 25%',
    expect.stringMatching(/^--accept-dataset-license: "false" with dataset "published"/),
  ]);
});

test('words are taken where a command takes them', () => {
  const { words, faults } = readFlags(
    ['a.json', '--seed', '1', './b'],
    { flags: INPUTS, takesWords: true },
    {},
  );
  expect({ words, faults }).toEqual({ words: ['a.json', './b'], faults: [] });
});
