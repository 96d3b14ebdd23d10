import { saidBeside, thoughtsBefore } from '../../src/common/thoughts.ts';

/** As servers leave thoughts in the text, by what begins them and what ends them. */
const FORMS: readonly (readonly [begin: string, end: string])[] = [
  ['<think>', '</think>'],
  ['\n<thinking>\n', '\n</thinking>'],
  ['<seed:think>', '</seed:think>'],
  ['<longcat_think>', '</longcat_think>'],
  ['<reasoning>', '</reasoning>'],
  ['<scratchpad>', '</scratchpad>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|inner_prefix|>', '<|inner_suffix|>'],
  ['<|channel>thought\n', '<channel|>'],
  ['<unused94>thought\n', '<unused95>'],
  ['<|channel|>analysis<|message|>', '<|channel|>final<|message|>'],
  ['analysis<|message|>', '<|end|><|start|>assistant<|channel|>final<|message|>'],
  ['analysis', 'assistantfinal'],
];
/** Those of which the end alone says nothing. */
const COMMON: typeof FORMS = [
  ['<details type="reasoning" done="true">', '</details>'],
  ['```thinking\n', '\n```'],
  ['analysis\n', '\nassistant\nfinal\n'],
  ['Here is my thought process:\n\n', '\n\nHere is my response:\n\n'],
  ['Here’s my thought process: ', "\nHere's my response: "],
];

describe.each([...FORMS, ...COMMON])('thoughts that begin with %j and end with %j', (begin, end) => {
  test('are left out before an answer, and leave nothing where they do not end', () => {
    expect(saidBeside(`${begin}They ask how. ${end}A tree.`).trim()).toBe('A tree.');
    expect(saidBeside(`${begin}They ask how. I can`)).toBe('');
    expect(thoughtsBefore(`${begin}They ask how. I can`, true)).toBeUndefined();
  });
});

test.each(FORMS)(
  'thoughts that begin in the prompt, with %j, and end with %j, are seen by their end',
  (_, end) => {
    expect(saidBeside(`They ask how. ${end}A tree.`)).toBe('A tree.');
    expect(thoughtsBefore(`They ask how. ${end}A tree.`, false)).toBe('ended');
  },
);

test.each([
  'Analysis: there is a tree.',
  'analysis of the picture shows a tree.',
  'I think that <b>this</b> is a tree, for good reason.',
  '<p>A thought</p> on trees.',
  '```python\nthink()\n```',
  'Here is my response: a tree.',
])('no thoughts are in %j', text => {
  expect(saidBeside(text)).toBe(text);
  expect(thoughtsBefore(text, false)).toBeUndefined();
  expect(thoughtsBefore(text, true)).toBe('not ended');
});

test('what speaks of both marks has ended no thoughts', () => {
  expect(thoughtsBefore('Put it between `<think>` and `</think>`, they say.', false)).toBeUndefined();
});
