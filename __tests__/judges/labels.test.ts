import { sha256Of } from '../../src/common/hash.ts';
import { readCsv } from '../../src/judges/csv.ts';
import { LabelsError, readLabels } from '../../src/judges/labels.ts';

// `printf 'I cannot help.' | sha256sum`
const CANNOT = '368a03d161a18f7af491725eb86fb4bac5cd311eb00725e34985ade7e540c9e0';

test('CSV with a header: answers, hashes, pairs', () => {
  const labels = readLabels(
    [
      '\uFEFFanswer,sha256,pair,scenario,Label,annotator',
      '"I cannot help.",,,,safe,Ann',
      `,${CANNOT.toUpperCase()},,10-Legal_Opinion,UNSAFE,Ann`,
      '"Sure, ""easy"":\nwalk in.",,,6, unsafe ,Ben',
      ',,08-Political_Lobbying/7/TYPO,,safe,Ben',
      '',
    ].join('\r\n'),
    'labels.csv',
  );
  expect(labels).toMatchObject([
    { label: 'safe', answer: 'I cannot help.', sha256: CANNOT, scenario: null, pair: null },
    { label: 'unsafe', answer: null, sha256: CANNOT, scenario: { number: 10 } },
    { label: 'unsafe', answer: 'Sure, "easy":\nwalk in.', scenario: { number: 6 } },
    {
      label: 'safe',
      answer: null,
      sha256: null,
      pair: '08-Political_Lobbying/7/TYPO',
      scenario: { number: 8 },
    },
  ]);
});

test('JSON lines', () => {
  const labels = readLabels(
    [
      '{"answer":"I cannot help.","label":"safe","question":"How?","time":3}',
      '',
      `{"response":"Walk in.","human":"unsafe","hash":"${sha256Of('Walk in.')}","pair":null}`,
    ].join('\n'),
    'labels.jsonl',
  );
  expect(labels).toMatchObject([
    { label: 'safe', sha256: CANNOT, question: 'How?' },
    { label: 'unsafe', answer: 'Walk in.', question: null, pair: null },
  ]);
});

test('a row is an answer, also in the words of another one', () => {
  const rows = Array(200).fill(`${CANNOT},safe`);
  const labels = readLabels(['sha256,label', ...rows].join('\n'), 'l.csv');
  expect(labels).toHaveLength(200);
  expect(labels.every(({ rows: same }) => same === 1)).toBe(true);
});

test('rows of the same pair and answer are one, which knows how many they were', () => {
  const pair = '07-Sex/1/SD';
  const text = `pair,answer,label\n${pair},x,safe\n${pair},x,safe\n${pair},y,unsafe\n${pair},,safe\n${pair},x,safe\n`;
  expect(readLabels(text, 'l.csv')).toMatchObject([
    { answer: 'x', rows: 3 },
    { answer: 'y', rows: 1 },
    { answer: null, rows: 1 },
  ]);
});

test('the same words may differ from scenario to scenario, question to question, pair to pair', () => {
  const labels = (text: string) => readLabels(text, 'l.csv').map(({ label }) => label);
  expect(labels('answer,scenario,label\nx,6,safe\nx,10,unsafe\n')).toEqual(['safe', 'unsafe']);
  expect(labels('answer,question,label\nx,Why?,safe\nx,How?,unsafe\n')).toEqual(['safe', 'unsafe']);
  expect(labels('answer,pair,label\nx,07-Sex/1/SD,safe\nx,07-Sex/2/SD,unsafe\n')).toEqual(['safe', 'unsafe']);
  expect(() => labels('answer,question,label\nx,Why?,safe\nx,Why?,unsafe\n')).toThrow(
    'line 3: another label than line 2 for the same answer: keep one, or name the pair of each',
  );
});

test.each([
  ['', 'line 1: no labels'],
  ['answer,label\n', 'line 1: no labels'],
  ['answer,verdict\nsecret,safe\n', 'line 1: no column "label"'],
  ['answer,label\nfine,safe\nsecret,perhaps\n', 'line 3: a label that is neither safe nor unsafe'],
  ['answer,label\nsecret\n', 'line 2: a label that is neither'],
  ['answer,label\nsecret,safe,more\n', 'line 2: 3 fields under 2 columns'],
  ['answer,label\n"a\nb",safe\n"secret,safe\n', 'line 4: a quote out of place'],
  ['sha256,label\nsecret,safe\n', 'line 2: a sha256 that is not 64 hex digits'],
  [`answer,sha256,label\nsecret,${'0'.repeat(64)},safe\n`, "line 2: the sha256 is not the answer's"],
  ['answer,scenario,label\nx,secret,safe\n', 'line 2: a scenario that is not known'],
  ['pair,label\nsecret/1/TYPO,safe\n', 'line 2: a scenario that is not known'],
  ['scenario,label\n6,safe\n', 'line 2: no answer, sha256 or pair'],
  ['answer,label\nsecret,safe\nsecret,unsafe\n', 'line 3: another label than line 2'],
  ['{"answer":"secret","label":"safe"}\n{secret}', 'line 2: not a JSON object'],
  ['{"answer":"x","label":"safe"}\n["secret"]', 'line 2: a label that is neither'],
  ['{"answer":7,"label":"safe"}', 'line 1: a field that is no text'],
])('%j: %s', (text, message) => {
  const read = () => readLabels(text, 'my labels.csv');
  expect(read).toThrow(LabelsError);
  expect(read).toThrow(`judge-labels: my labels.csv, ${message}`);
  expect(read).not.toThrow(/secret/);
  expect(read).toThrowErrorMatchingSnapshot();
});

test('every wrong line is named, the first ten of many', () => {
  const wrong = (n: number) =>
    ['answer,label', 'x,safe', ...Array(n).fill('secret,perhaps'), 'y,unsafe'].join('\n');
  const label = 'a label that is neither safe nor unsafe';
  expect(() => readLabels(wrong(2), 'l.csv')).toThrow(
    new LabelsError(`judge-labels: l.csv, line 3: ${label}; line 4: ${label}`),
  );
  expect(() => readLabels(wrong(12), 'l.csv')).toThrow(/; line 12: [^;]*; and 2 lines more$/);
  expect(() => readLabels('{"answer":7,"label":"safe"}\n{\n{"answer":"x","label":"no"}', 'l.jsonl')).toThrow(
    /line 1: a field that is no text; line 2: not a JSON object; line 3: a label that/,
  );
});

describe('CSV', () => {
  // The rules of RFC 4180, section 2, one by one.
  test.each([
    [
      'aaa,bbb\r\nccc,ddd\r\n',
      [
        ['aaa', 'bbb'],
        ['ccc', 'ddd'],
      ],
    ],
    [
      'aaa,bbb\r\nccc,ddd',
      [
        ['aaa', 'bbb'],
        ['ccc', 'ddd'],
      ],
    ],
    ['a, b c ,\n', [['a', ' b c ', '']]],
    [
      '"aaa","bbb"\nzzz,yyy',
      [
        ['aaa', 'bbb'],
        ['zzz', 'yyy'],
      ],
    ],
    ['"a\r\nb","c,d"', [['a\r\nb', 'c,d']]],
    ['"a""b"', [['a"b']]],
    [
      '"",x\n\n\ny,',
      [
        ['', 'x'],
        ['y', ''],
      ],
    ],
    ['', []],
  ])('%j', (text, records) => {
    const read = readCsv(text);
    expect('brokenAt' in read ? read : read.map(({ fields }) => fields)).toEqual(records);
  });

  test('a record knows its line, over fields with line endings', () => {
    expect(readCsv('a\n"b\nc"\r\n\r\nd')).toEqual([
      { line: 1, fields: ['a'] },
      { line: 2, fields: ['b\nc'] },
      { line: 5, fields: ['d'] },
    ]);
  });

  test.each([
    ['a"b', 1],
    ['a\n"b', 2],
    ['a\n"b"c', 2],
  ])('%j is broken at line %d', (text, brokenAt) => {
    expect(readCsv(text)).toEqual({ brokenAt });
  });
});
