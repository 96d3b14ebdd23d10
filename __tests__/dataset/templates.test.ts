import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fillTemplate, parseTemplates } from '../../src/dataset/templates.ts';
import { REAL_QUESTIONS } from '../support/real.ts';

const NAMES = ['_political_lobbing', '_legal', '_financial', '_health', '_gov_decision'];

/** A file whose first template is the expression under test. */
const fileWith = (expression: string): string =>
  [
    'import openai\n',
    `gpt_query_template_safety = ${expression}\n`,
    ...NAMES.map(name => `gpt_query_template_safety${name} = ("Judge${name}: {prediction}")\n`),
    'print(gpt_query_template_safety == "x")\n',
  ].join('');

const general = (expression: string): string => parseTemplates(fileWith(expression)).general;

// Each value was made by Python 3.11's ast.literal_eval from the same expression.
test.each([
  ['one literal', `"a {prediction}"`, 'a {prediction}'],
  ['several, joined', `("a "  'b ' """c """ '''{prediction}''')`, 'a b c {prediction}'],
  [
    'over lines, with comments',
    `(\n  "a "  # it's "x"\n\n  # none\n  "{prediction}"\n)  # end`,
    'a {prediction}',
  ],
  ['a joined line', `"a " \\\n  "{prediction}"`, 'a {prediction}'],
  ['escapes', `"\\n\\t\\"\\'\\\\ \\x41\\u00e9\\U0001F600\\101 {prediction}"`, `\n\t"'\\ Aé😀A {prediction}`],
  ['an unknown escape stays', `"\\q\\8 {prediction}"`, '\\q\\8 {prediction}'],
  ['an escaped line ending', `"a\\\nb {prediction}"`, 'ab {prediction}'],
  ['quotes within quotes', `"""say "a" {prediction}\nb"""`, 'say "a" {prediction}\nb'],
  ['line endings of Windows', `("a"\r\n  """b\r\n{prediction}""")\r`, 'ab\n{prediction}'],
  ['the prefix u', `u"a {prediction}"`, 'a {prediction}'],
  ['doubled braces', `"{{x}} {prediction}"`, '{{x}} {prediction}'],
  ['brackets within literals', `(")(" "{prediction}")`, ')({prediction}'],
])('%s', (_, expression, value) => {
  expect(general(expression)).toBe(value);
});

test('each variable is told from those that begin like it', () => {
  const templates = parseTemplates(fileWith('"General: {prediction}"'));
  expect(templates).toEqual({
    general: 'General: {prediction}',
    'political-lobbying': 'Judge_political_lobbing: {prediction}',
    legal: 'Judge_legal: {prediction}',
    financial: 'Judge_financial: {prediction}',
    health: 'Judge_health: {prediction}',
    government: 'Judge_gov_decision: {prediction}',
  });
});

test.each([
  ['a raw string', `r"\\n {prediction}"`, /gpt_query_template_safety has a string with the prefix "r"/],
  ['a formatted string', `f"{prediction}"`, /prefix "f"/],
  ['bytes', `b"{prediction}"`, /prefix "b"/],
  ['a call', `("{prediction}").strip()`, /not made of plain string literals alone/],
  ['an operator', `"a" + "{prediction}"`, /not made of plain string literals alone/],
  ['a name', `("a {prediction}" OTHER)`, /not made of plain string literals alone/],
  ['no literal', `()`, /not made of plain string literals alone/],
  ['a bracket left open', `("a {prediction}"`, /not made of plain string literals alone/],
  ['a string left open', `"a {prediction}`, /not closed/],
  ['a broken code', `"\\x4 {prediction}"`, /the escape "\\x"/],
  ['a code beyond Unicode', `"\\U00110000 {prediction}"`, /the escape "\\U"/],
  ['a character by its name', `"\\N{DASH} {prediction}"`, /the escape "\\N"/],
  ['no slot', `"a"`, /does not have exactly one \{prediction\}/],
  ['two slots', `"{prediction} {prediction}"`, /exactly one/],
  ['an escaped slot', `"{{prediction}}"`, /exactly one/],
  ['another slot', `"{prediction} {question}"`, /exactly one/],
  ['a slot with a format', `"{prediction!r}"`, /exactly one/],
  ['a brace alone', `"{ {prediction}"`, /exactly one/],
])('%s is refused', (_, expression, message) => {
  expect(() => general(expression)).toThrow(message);
  expect(() => general(expression)).toThrowErrorMatchingSnapshot();
  expect(() => general(expression)).toThrow(/^evaluation\.py: /);
});

test('a template that is missing, or there twice, is named', () => {
  expect(() => parseTemplates('x = 1')).toThrow(
    "evaluation.py has no gpt_query_template_safety: is it the authors' file?",
  );
  const twice = `${fileWith('"{prediction}"')}gpt_query_template_safety_legal = "other {prediction}"\n`;
  expect(() => parseTemplates(twice)).toThrow(
    'evaluation.py: gpt_query_template_safety_legal is assigned 2 times: keep one',
  );
});

// Values of Python 3.11's str.format(prediction=…).
test.each([
  ['a {prediction} b', '{prediction}', 'a {prediction} b'],
  ['a {prediction} b', '$& $1 $` {{}} \\n', 'a $& $1 $` {{}} \\n b'],
  ['{{x}} {prediction}', 'y', '{x} y'],
  ['{{{prediction}}}', 'y', '{y}'],
  ['{{prediction}} {prediction}', 'y', '{prediction} y'],
])('%s is filled as Python fills it', (template, prediction, filled) => {
  expect(fillTemplate(template, prediction)).toBe(filled);
});

test('the fixture file is read', async () => {
  const file = resolve(import.meta.dirname, '../../fixtures/mm-safetybench/evaluation.py');
  const templates = parseTemplates(await readFile(file, 'utf8'));
  expect(Object.keys(templates)).toHaveLength(6);
  expect(new Set(Object.values(templates)).size).toBe(6);
  expect(templates['political-lobbying']).toContain('three slogans: "More seeds", "Bigger wheels"');
  for (const template of Object.values(templates)) {
    expect(template).toMatch(/Answer: \{prediction\}\n Your output: $/);
  }
});

const REAL = process.env['MM_SAFETYBENCH_EVALUATION'] ?? join(REAL_QUESTIONS, 'evaluation.py');

// The file's text is the authors' and stays theirs; what Python 3.11 evaluates from it is known by its hash.
(existsSync(REAL) ? test : test.skip)("the authors' file is read as Python reads it", async () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const source = await readFile(REAL, 'utf8');
  expect(sha256(source)).toBe('209bbd0cfd415cae4e2317d9747c4c4c8fb93bb5eae9bd92b887e4a094961983');
  const hashes = Object.entries(parseTemplates(source)).map(([name, text]) => [name, sha256(text)]);
  expect(Object.fromEntries(hashes)).toEqual({
    general: 'b98d39924c2d5137cad3bb970cb9bcfd8e96aa426b6f5b2559d5ee4e2a612162',
    'political-lobbying': '0e44d81d95ed691b59f843b1f31ed604aee122a0e3f56eb2e0ae720a9bdf979d',
    legal: '76d49a66abac7255d3df89d1521764167a2633dc9b646898c91081d45f779a5e',
    financial: '66b7e6a5d83422bf41f9ed1e3735e287fe54a555dcc4b29c533a6c71996f2e9a',
    health: '80ed9a78e03eb4d0d45da68dab64459000bf5836ec7ad5213b50f709c10ecab9',
    government: '9f10805c75f1df837fc07dc9864a3e98ee79099614a4a9f601d36fd5078201a5',
  });
});
