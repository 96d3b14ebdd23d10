/** Long: every way in which questions, templates and pictures go wrong, in one list. */
import { globSync, readFileSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { happens } from '../../../fixtures/endpoint/draw.ts';
import { textsOf } from '../../../fixtures/endpoint/texts.ts';
import { isJudge } from '../between.ts';
import { FIXTURE_QUESTIONS } from '../evaluation.ts';
import { type Asked, completion } from '../scripted-endpoint.ts';
import type { Way } from './way.ts';

/** The fixture's data set with one thing changed. */
const withFile = (path: string, change: (text: string) => string | Uint8Array) => async (folder: string) => {
  await cp(FIXTURE_QUESTIONS, folder, { recursive: true });
  const file = join(folder, path);
  await writeFile(file, change(await readFile(file, 'utf8')));
  return { dataset: folder };
};

const without = (path: string) => async (folder: string) => {
  await cp(FIXTURE_QUESTIONS, folder, { recursive: true });
  await rm(join(folder, path), { recursive: true });
  return { dataset: folder };
};

/** Every SD picture becomes what is made for it. */
const withPicturesEach =
  (make: (place: number, own: Uint8Array) => Promise<string | Uint8Array>) => async (folder: string) => {
    await cp(FIXTURE_QUESTIONS, folder, { recursive: true });
    const files = globSync('data/imgs/*/SD/*.jpg', { cwd: folder }).sort();
    await Promise.all(
      files.map(async (file, place) => {
        const path = join(folder, file);
        await writeFile(path, await make(place, await readFile(path)));
      }),
    );
    return { dataset: folder };
  };

/** Every SD picture becomes these bytes. */
const withPictures = (bytes: string | Uint8Array) => withPicturesEach(async () => bytes);

const FIRST = readFileSync(join(FIXTURE_QUESTIONS, 'data/imgs/01-Illegal_Activitiy/SD/1.jpg'));

const plainPng = (side: number): Promise<Buffer> =>
  sharp({ create: { width: side, height: side, channels: 3, background: 'black' } })
    .png()
    .toBuffer();
const BLACK = await plainPng(512);
/** An answer with a picture, as a pipeline gives it that refused. */
const BLANKED = { status: 200, body: { data: [{ b64_json: BLACK.toString('base64') }] } };
const DRAWN = { 'image-kinds': 'SD', 'image-source': 'generated', 'image-model': 'fixture-image' };
const isDrawing = (path: string): boolean => path.endsWith('/images/generations');

const QUESTIONS = 'data/processed_questions/06-Fraud.json';
const TINY = 'TinyVersion_ID_List.json';

/** Changes the parsed JSON of a file. */
const edited = (edit: (value: never) => unknown) => (text: string) =>
  JSON.stringify(edit(JSON.parse(text) as never));

type Items = Record<string, Record<string, unknown>>;
type Tiny = { Scenario: string; Sampled_ID_List: unknown[] }[];

const firstWithout = (field: string, value: unknown) =>
  edited((items: Items) => {
    const [id = ''] = Object.keys(items);
    return { ...items, [id]: { ...items[id], [field]: value } };
  });

const HTML = '<!DOCTYPE html><html><body>Not found</body></html>';
const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';

const scenarioOf = ({ body }: Asked): string | undefined => {
  const asked = JSON.stringify(body['messages']);
  return [...textsOf(FIXTURE_QUESTIONS)].find(([text]) =>
    asked.includes(JSON.stringify(text).slice(1, -1)),
  )?.[1];
};

/** The questions, the templates and the pictures. */
export const DATASET_WAYS: readonly Way[] = [
  { name: 'is not there', outcome: 'error', says: /is not a folder/, inputs: { dataset: '/nowhere/at/all' } },
  {
    name: 'is a file',
    outcome: 'error',
    says: /is not a folder/,
    prepare: async folder => {
      await writeFile(join(folder, 'file'), '');
      return { dataset: join(folder, 'file') };
    },
  },
  {
    name: 'is an empty folder',
    outcome: 'error',
    says: /01-Illegal_Activitiy\.json is missing/,
    prepare: async folder => ({ dataset: folder }),
  },
  {
    name: 'lacks a scenario',
    outcome: 'error',
    says: /06-Fraud\.json is missing/,
    prepare: without(QUESTIONS),
  },
  {
    name: 'has a scenario without questions',
    outcome: 'error',
    says: /06-Fraud\.json holds no question/,
    prepare: withFile(QUESTIONS, () => '{}'),
  },
  {
    name: 'has an empty file for a scenario',
    outcome: 'error',
    says: /06-Fraud\.json is not valid JSON/,
    prepare: withFile(QUESTIONS, () => ''),
  },
  {
    name: 'has half a file for a scenario',
    outcome: 'error',
    says: /06-Fraud\.json is not valid JSON/,
    prepare: withFile(QUESTIONS, text => text.slice(0, text.length >> 1)),
  },
  {
    name: 'has a page of HTML for a scenario',
    outcome: 'error',
    says: /06-Fraud\.json is not valid JSON/,
    prepare: withFile(QUESTIONS, () => HTML),
  },
  {
    name: 'has a list for a scenario',
    outcome: 'error',
    says: /06-Fraud\.json is not an object/,
    prepare: withFile(QUESTIONS, () => '[]'),
  },
  {
    name: 'is not UTF-8',
    outcome: 'error',
    says: /06-Fraud\.json is not UTF-8/,
    prepare: withFile(QUESTIONS, () => Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  },
  {
    name: 'has a question without a text',
    outcome: 'error',
    says: /06-Fraud\.json: id \d+: field "Changed Question" is not a text or is empty/,
    prepare: withFile(QUESTIONS, firstWithout('Changed Question', ' ')),
  },
  {
    name: 'has a question that lacks a field',
    outcome: 'error',
    says: /field "Rephrased Question" is missing/,
    prepare: withFile(QUESTIONS, firstWithout('Rephrased Question', undefined)),
  },
  {
    name: 'has no tiny list',
    outcome: 'error',
    says: /TinyVersion_ID_List\.json is missing/,
    prepare: without(TINY),
  },
  {
    name: 'has a tiny list that is empty',
    outcome: 'error',
    says: /lists no question of 01-Illegal_Activitiy/,
    prepare: withFile(TINY, () => '[]'),
  },
  {
    name: 'has a tiny list without a scenario',
    outcome: 'error',
    says: /lists no question of 06-Fraud/,
    prepare: withFile(
      TINY,
      edited((tiny: Tiny) => tiny.filter(each => each.Scenario !== '06-Fraud')),
    ),
  },
  {
    name: 'has a tiny list with nothing in a scenario',
    outcome: 'error',
    says: /lists no question of 06-Fraud/,
    prepare: withFile(
      TINY,
      edited((tiny: Tiny) =>
        tiny.map(each => (each.Scenario === '06-Fraud' ? { ...each, Sampled_ID_List: [] } : each)),
      ),
    ),
  },
  {
    name: 'has a tiny list with a question that is not there',
    outcome: 'error',
    says: /06-Fraud lists id 777, which .* does not have/,
    prepare: withFile(
      TINY,
      edited((tiny: Tiny) =>
        tiny.map(each => (each.Scenario === '06-Fraud' ? { ...each, Sampled_ID_List: [777] } : each)),
      ),
    ),
  },
  {
    name: 'has no evaluation.py',
    outcome: 'error',
    says: /evaluation\.py is missing/,
    prepare: without('evaluation.py'),
  },
  {
    name: 'has a page of HTML for evaluation.py',
    outcome: 'error',
    says: /evaluation\.py has no gpt_query_template_safety/,
    prepare: withFile('evaluation.py', () => HTML),
  },
  {
    name: 'lacks a template',
    outcome: 'error',
    says: /evaluation\.py has no gpt_query_template_safety_health/,
    prepare: withFile('evaluation.py', text => text.replaceAll('gpt_query_template_safety_health', 'gone')),
  },
  {
    name: 'has a template with two slots',
    outcome: 'error',
    says: /does not have exactly one \{prediction\}/,
    prepare: withFile('evaluation.py', text => text.replace('{prediction}', '{prediction} {prediction}')),
  },
  {
    name: 'has a template without a slot',
    outcome: 'error',
    says: /does not have exactly one \{prediction\}/,
    prepare: withFile('evaluation.py', text => text.replace('{prediction}', 'the answer')),
  },
  {
    name: 'has no pictures',
    outcome: 'error',
    says: /given up: \d+ pairs? cannot be asked \(no picture: the data set has no SD picture/,
    inputs: { 'image-kinds': 'SD' },
    prepare: without('data/imgs'),
  },
  {
    name: 'lacks the pictures of one scenario',
    outcome: 'error',
    says: /given up: \d+ pairs? cannot be asked \(no picture: the data set has no SD picture/,
    inputs: { 'image-kinds': 'SD' },
    prepare: without('data/imgs/06-Fraud'),
  },
  {
    name: 'has damaged pictures',
    outcome: 'error',
    says: /damaged or cut short|no JPEG, PNG or WebP/,
    inputs: { 'image-kinds': 'SD' },
    prepare: withPictures('\u00ff\u00d8 no more than this'),
  },
  {
    name: 'has empty pictures',
    outcome: 'error',
    says: /it is empty/,
    inputs: { 'image-kinds': 'SD' },
    prepare: withPictures(''),
  },
  {
    name: 'has pages of HTML for pictures',
    outcome: 'error',
    says: /no JPEG, PNG or WebP/,
    inputs: { 'image-kinds': 'SD' },
    prepare: withPictures(HTML),
  },
  {
    name: 'has pointers for pictures, as a checkout without Git LFS leaves them',
    outcome: 'error',
    says: /no JPEG, PNG or WebP/,
    inputs: { 'image-kinds': 'SD' },
    prepare: withPictures(POINTER),
  },
  {
    name: 'has one and the same picture for all questions',
    outcome: 'error',
    says: /One and the same picture was shown for \d+ of \d+ phrases in SD: these are not the questions' own pictures, and a rate over them means nothing\. Empty the cache of pictures, and see what draws or serves them\./,
    inputs: { 'image-kinds': 'SD', 'max-asr': '99' },
    prepare: withPictures(FIRST),
  },
  {
    name: 'has one and the same picture for all questions, each encoded anew',
    outcome: 'error',
    says: /One and the same picture was shown for \d+ of \d+ phrases in SD: these are not/,
    inputs: { 'image-kinds': 'SD', 'max-asr': '99' },
    prepare: withPicturesEach(place =>
      sharp(FIRST)
        .jpeg({ quality: 40 + place })
        .toBuffer(),
    ),
  },
  {
    name: 'has black pictures',
    outcome: 'error',
    says: /given up: \d+ pairs? cannot be asked \(no picture: the data set's picture of \S+ it is all of one colour/,
    inputs: { 'image-kinds': 'SD' },
    prepare: withPictures(BLACK),
  },
  {
    name: 'has pictures of one pixel',
    outcome: 'error',
    says: /given up: \d+ pairs? cannot be asked \(no picture: the data set's picture of \S+ it is 1 × 1 px, and 256 × 256 are needed/,
    inputs: { 'image-kinds': 'SD' },
    prepare: withPictures(await plainPng(1)),
  },
  {
    name: 'is drawn by a model whose safety checker blanks all of them',
    outcome: 'error',
    says: /given up: \d+ pairs? cannot be asked \(no picture: the images endpoint \S+ drew no picture that can be used: it is all of one colour/,
    inputs: DRAWN,
    between: { replying: ({ path }) => (isDrawing(path) ? BLANKED : undefined) },
  },
  {
    name: 'is drawn by a model whose safety checker blanks one in ten',
    outcome: 'error',
    says: /given up: 1 pair cannot be asked \(no picture: the images endpoint \S+ drew no picture that can be used/,
    inputs: DRAWN,
    between: {
      replying: ({ path, body }) =>
        isDrawing(path) && happens(10, String(body['prompt'])) ? BLANKED : undefined,
    },
  },
  {
    name: 'is drawn by a model that draws nothing',
    outcome: 'error',
    says: /refused to draw/,
    endpoint: { undrawn: 100 },
    inputs: DRAWN,
  },
  {
    name: 'is answered but for one scenario, which has a ceiling of its own',
    outcome: 'inconclusive',
    says: /08-Political_Lobbying has a ceiling of 99 % and nothing judged/,
    inputs: { 'max-asr': '', 'max-asr-per-scenario': '99', 'max-error-rate': '10' },
    between: {
      replying: asked =>
        !isJudge(asked) && scenarioOf(asked) === '08-Political_Lobbying'
          ? { body: completion({ content: '' }) }
          : undefined,
    },
  },
  {
    name: 'is answered but for one scenario, and every error is allowed',
    outcome: 'inconclusive',
    says: /hangs on/,
    inputs: { 'max-asr': '10', 'max-error-rate': '100' },
    between: {
      replying: asked =>
        !isJudge(asked) && scenarioOf(asked) === '08-Political_Lobbying'
          ? { body: completion({ content: '' }) }
          : undefined,
    },
  },
];

/** A data set in which one picture stands for twelve questions: no way for a run to go wrong, but one to be told of. */
export const SHARED_PICTURE: Partial<Way> = {
  inputs: { 'image-kinds': 'SD' },
  prepare: withPicturesEach(async (place, own) => (place < 12 ? FIRST : own)),
};
