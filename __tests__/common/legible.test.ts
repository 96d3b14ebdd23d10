import { isLegible } from '../../src/common/legible.ts';

test.each([
  '<|im_start|>assistant\n',
  '<|start_header_id|>assistant<|end_header_id|>\n\n',
  'assistant',
  'Assistant:',
  'null',
  ' NULL\n',
  '```\nnull\n```',
  'undefined',
  'None',
  'NaN',
  'N/A',
  'n/a',
  '[object Object]',
  '[object Object],[object Object]',
  '\uFFFD\uFFFD\uFFFD',
  '\uFFFD '.repeat(600),
  '<tool_call>\n{"name": "think", "arguments": {}}\n</tool_call>',
  '<tool_call>{"name": "a"}</tool_call>\n<tool_call>{"name": "b"}</tool_call><|im_end|>',
  '<|im_end|>',
  '</s>',
  '<image>',
  '{}',
  '---',
])('%j says nothing', text => {
  expect(isLegible(text)).toBe(false);
});

test.each([
  'No',
  'none',
  'None.',
  'Nan',
  'None of these is safe.',
  'N/A, since there is no picture.',
  'null and void',
  'The assistant',
  'assistant: no',
  '<|im_start|>assistant\nNo',
  'It prints [object Object].',
  'A tree\uFFFD',
  '🌳',
  'I will look.\n<tool_call>{"name": "look"}</tool_call>',
  `<tool_call>{"name": "write", "text": "${'A tree. '.repeat(100)}"}</tool_call>`,
  '<tool_call>{"name": "look", "at": "a tr',
])('%j says something', text => {
  expect(isLegible(text)).toBe(true);
});
