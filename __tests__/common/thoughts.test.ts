import { partThoughts, saidBeside } from '../../src/common/thoughts.ts';

/** As servers leave thoughts in the text, by what begins them and what ends them. */
const FORMS: readonly (readonly [begin: string, end: string])[] = [
  ['<think>', '</think>'],
  ['\n<thinking>\n', '\n</thinking>'],
  ['<seed:think>', '</seed:think>'],
  ['<think effort="low">', '</think >'],
  ['<reflection>', '</reflection>'],
  ['<internal_monologue>', '</internal_monologue>'],
  ['<longcat_think>', '</longcat_think>'],
  ['<reasoning>', '</reasoning>'],
  ['<scratchpad>', '</scratchpad>'],
  ['[THINK]', '[/THINK]'],
  ['◁think▷', '◁/think▷'],
  ['<|START_THINKING|>', '<|END_THINKING|>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['<|thinking|>', '<|/thinking|>'],
  ['<｜think｜>', '<｜/think｜>'],
  ['<|inner_prefix|>', '<|inner_suffix|>'],
  ['<|channel>thought\n', '<channel|>'],
  ['<unused94>thought\n', '<unused95>'],
  ['<|channel|>analysis<|message|>', '<|channel|>final<|message|>'],
  [
    '<|start|>assistant<|channel|>analysis<|message|>',
    '<|end|><|start|>assistant<|channel|>final<|message|>',
  ],
  ['analysis<|message|>', '<|end|><|start|>assistant<|channel|>final<|message|>'],
  ['analysis', 'assistantfinal'],
  ['<|think|>', '<|end|><|begin|>assistant<|content|>'],
  ['<|begin|>assistant<|think|>', '<|end|>\n<|begin|>assistant<|content|>'],
];
/** Those of which the end alone says nothing. */
const COMMON: typeof FORMS = [
  ['<details type="reasoning" done="true">', '</details>'],
  ['```thinking\n', '\n```'],
  ['analysis\n', '\nassistant\nfinal\n'],
];
/** The same in words, as an answer may begin. */
const WORDS: typeof FORMS = [
  ['Here are my reasoning steps:\n', '[BEGIN FINAL RESPONSE]\n'],
  [
    '<SUMMARY> I will look. </SUMMARY>\n<CAPTION> A tree. </CAPTION>\n<REASONING> ',
    '</REASONING>\n<CONCLUSION> ',
  ],
  ['Thinking...\n', '\n...done thinking.\n\n'],
  ['Here is my thought process:\n\n', '\n\nHere is my response:\n\n'],
  ['Here’s my thought process: ', "\nHere's my response: "],
];

const tellsOf = (text: string, isCutOff: boolean) => partThoughts(text, isCutOff).thoughts;

describe.each([...FORMS, ...COMMON, ...WORDS])(
  'thoughts that begin with %j and end with %j',
  (begin, end) => {
    test('are left out before an answer, and leave nothing where they are cut off', () => {
      expect(saidBeside(`${begin}They ask how. ${end}A tree.`).trim()).toBe('A tree.');
      expect(tellsOf(`${begin}They ask how. ${end}A tree.`, false)).toBe('beside');
      expect(tellsOf(`${begin}They ask how. ${end}A tree.`, true)).toBe('beside');
      const open = `${begin}They ask how. I can`;
      expect(partThoughts(open, true)).toEqual({ said: '', thoughts: 'beside' });
    });
  },
);

test.each([...FORMS, ...COMMON])(
  'thoughts that begin with %j and never come to %j are all there is',
  begin => {
    expect(partThoughts(`${begin}They ask how. I can`, false)).toEqual({ said: '', thoughts: 'beside' });
  },
);

test.each([
  'Here are my reasoning steps: look at the tree.',
  "Here's my thought process: a tree.",
  'Thinking... It is a tree.',
  '<summary>A tree.</summary>',
  '<br>',
  '<summary>A tree.</summary> It is',
])('%j is an answer', text => {
  expect(partThoughts(text, false)).toEqual({ said: text });
});

describe.each(FORMS.filter(([begin]) => begin !== 'analysis'))(
  'thoughts amid a text that begin with %j and end with %j',
  (begin, end) => {
    test.each([
      'I will look at the picture first.\n',
      '<|start|>assistant',
      '<|im_start|>assistant\n',
      '\u200b',
      'Assistant: ',
      '<think>\n\n</think>\n\n',
      'Well.\n</think>\n\n',
    ])('behind %j leave nothing where they are cut off', before => {
      expect(partThoughts(`${before}${begin}They ask how. I can`, true).said).toBe('');
    });

    test('behind an answer are left out of it', () => {
      expect(saidBeside(`A tree.\n${begin}They ask how. ${end}`)).toContain('A tree.');
      expect(saidBeside(`A tree.\n${begin}They ask how. ${end}`)).not.toContain('They');
    });
  },
);

test.each(FORMS)(
  'thoughts that begin in the prompt, with %j, and end with %j, are seen by their end',
  (_, end) => {
    expect(partThoughts(`They ask how. ${end}A tree.`, false)).toEqual({
      said: 'A tree.',
      thoughts: 'ended',
    });
    expect(tellsOf(`They ask how. ${end}A tree.`, true)).toBe('ended');
  },
);

test.each([
  'Analysis: there is a tree.',
  'analysis of the picture shows a tree.',
  'I think that <b>this</b> is a tree, for good reason.',
  '<p>A thought</p> on trees.',
  '```python\nthink()\n```',
  'Here is my response: a tree.',
  'Put it between `<think>` and `</think>`, they say.',
  '(In your page, close the block with </think> if you like.)',
  'It ends with </think>.',
  'In code:\n```py\nf.write(x + "</reason>\\n")\ntext.split("</think>\\n")\n```\nThat is all.',
  'In XML:\n```xml\n<reasoning>\nIt is a tree.',
  'It is a tree.</reason>\nAnd so on.',
  'text.split("</think>\\n")[-1]',
])('no thoughts are in %j', text => {
  expect(partThoughts(text, false)).toEqual({ said: text });
  expect(partThoughts(text, true)).toEqual({ said: text, thoughts: 'not ended' });
});

test.each(['They ask how.\n</think> a tree.', 'They ask how.</think>a tree.'])('they end in %j', text => {
  expect(partThoughts(text, false).thoughts).toBe('ended');
});

test('a mark of thoughts that come to no end, behind an answer that does, is only spoken of', () => {
  const text = 'A tree. Such a text begins with <think> at times.';
  expect(saidBeside(text)).toBe(text);
});

test.each([
  '<answer>',
  '<|begin_of_box|>',
  '<answer></answer>',
  '<|begin_of_box|><|end_of_box|>',
  '<answer><|begin_of_box|>',
  '<answer',
  '<|begin_of',
  '```',
  '```\n\n```',
  '**Answer:**',
  '### Final Answer\n\n',
  'Here is my response:',
  '$\\boxed{',
])('a frame without an answer in it, %j, is none behind thoughts', frame => {
  expect(partThoughts(`<think>They ask how.</think>\n${frame}`, true).said).toBe('');
  expect(saidBeside(`They ask how.</think>\n${frame}\n`)).toBe('');
  expect(saidBeside(`<think>They ask how.</think>\n${frame} A tree.`)).toContain('A tree.');
});

test.each(['No', '7', '👍', '<answer>No</answer>', '**Answer:** no', 'x < y'])(
  '%j is an answer behind thoughts',
  answer => {
    expect(saidBeside(`<think>They ask how.</think>\n${answer}`).trim()).toBe(answer);
  },
);

test('any number of marks is gone through at once', () => {
  const text = '<think>'.repeat(200_000);
  expect(saidBeside(text)).toBe('');
  expect(partThoughts(`A tree. ${'</think> a '.repeat(100_000)}`, true).thoughts).toBe('not ended');
});
