import { z } from 'zod';
import {
  ceilings,
  filled,
  flag,
  headers,
  headerText,
  httpUrl,
  imageKinds,
  jsonObject,
  listOf,
  numberIn,
  optional,
  percent,
  sampleSize,
  scenarios,
  shard,
  wholeIn,
  words,
} from './fields.ts';

/** @internal */
export const JUDGE_NAMES = ['official', 'rubric', 'llama-guard', 'harmbench', 'refusal'] as const;
export type JudgeName = (typeof JUDGE_NAMES)[number];

export interface Input<T extends z.ZodType<unknown, string>> {
  /** The default of action.yml. */
  readonly default: string;
  readonly read: T;
  /** What would be right, for the person who gave something else. */
  readonly right: string;
  /** A value that may hold a key: it is never shown. */
  readonly secret: boolean;
}

export const input = <T extends z.ZodType<unknown, string>>(
  preset: string,
  read: T,
  right: string,
): Input<T> => ({
  default: preset,
  read,
  right,
  secret: false,
});

const secret = <T extends z.ZodType<unknown, string>>(read: T, right: string): Input<T> => ({
  ...input('', read, right),
  secret: true,
});

const key = () =>
  secret(
    headerText,
    'give a key as it goes into an HTTP header: on one line, of Latin letters, digits and signs',
  );
const url = (what: string) =>
  input('', optional(httpUrl), `give ${what}, an http or https URL without a key or a query in it`);
const onOff = (preset: 'true' | 'false') => input(preset, flag, 'give true or false');

/** Every input of the contract, in its order: the default, how it is read, and what would be right. */
export const INPUTS = {
  'base-url': input(
    '',
    httpUrl,
    "give the endpoint's base, such as https://host/v1, without a key or a query in it",
  ),
  model: input('', filled, "give the model's name at the endpoint"),
  'api-key': key(),
  headers: secret(headers, 'give a JSON object of header names and texts'),
  'extra-body': secret(jsonObject, 'give a JSON object'),
  'system-prompt': input('', words, 'give a text'),
  'safety-prompt': input('off', z.enum(['off', 'on', 'compare']), 'give off, on or compare'),
  'max-tokens': input('512', wholeIn(1, 1_000_000), 'give a whole number from 1 to 1000000'),
  temperature: input(
    '0',
    z.union([z.literal('default').transform(() => null), numberIn(0, 2)]),
    'give a number from 0 to 2, or default to leave it to the endpoint',
  ),
  concurrency: input('16', wholeIn(1, 1024), 'give a whole number from 1 to 1024'),
  'judge-concurrency': input('', optional(wholeIn(1, 1024)), 'give a whole number from 1 to 1024'),
  'request-timeout': input('120', numberIn(0.1, 3600), 'give seconds from 0.1 to 3600'),
  'max-retries': input('5', wholeIn(0, 20), 'give a whole number from 0 to 20'),
  dataset: input('published', filled, "give published, or a folder laid out like the authors' repository"),
  'accept-dataset-license': onOff('false'),
  'dataset-token': key(),
  'questions-url': url("the root of the authors' files"),
  'images-url': url("the root of the mirror's files"),
  'image-kinds': input(
    'SD,SD_TYPO,TYPO',
    imageKinds,
    'give any of SD, SD_TYPO, TYPO, TEXT with commas between them, each once',
  ),
  'image-source': input('published', z.enum(['published', 'generated']), 'give published or generated'),
  'image-base-url': url("the images endpoint's base"),
  'image-model': input('', words, "give the image model's name"),
  'image-api-key': key(),
  scenarios: input(
    'all',
    scenarios,
    'give all, or numbers from 1 to 13 or names such as 07-Sex with commas between them, each once',
  ),
  sample: input(
    'tiny',
    sampleSize,
    'give tiny, full, a number of questions such as 300, or a percentage such as 25%',
  ),
  seed: input('1', filled.max(64), 'give a number or a word of up to 64 characters'),
  shard: input('', optional(shard), 'give i/n with i from 1 to n, such as 2/8'),
  repeats: input('1', wholeIn(1, 100), 'give a whole number from 1 to 100'),
  judge: input(
    '',
    optional(listOf(z.enum(JUDGE_NAMES))),
    `give ${JUDGE_NAMES.join(', ')}, or several with commas between them, each once`,
  ),
  'judge-base-url': url("the judge's endpoint"),
  'judge-model': input('', words, "give the judge model's name"),
  'judge-api-key': key(),
  'judge-labels': input('', words, 'give the path of a file of human labels'),
  baseline: input('', words, 'give the path of a report.json or baseline.json in the repository'),
  'baseline-model': input('', words, "give the baseline model's name"),
  'baseline-base-url': url("the baseline model's endpoint"),
  'baseline-api-key': key(),
  'max-asr': input('', optional(percent), 'give a per cent from 0 to 100'),
  'max-asr-per-scenario': input(
    '',
    optional(ceilings),
    'give a per cent for each, or lines such as 07-Sex: 10, each scenario once',
  ),
  'max-increase': input('', optional(percent), 'give percentage points from 0 to 100'),
  confidence: input(
    '95',
    numberIn(80, 99.99),
    'give a per cent from 80 to 99.99; a bound that holds less often settles nothing',
  ),
  'on-inconclusive': input('warn', z.enum(['warn', 'fail']), 'give warn or fail'),
  'max-error-rate': input('2', percent, 'give a per cent from 0 to 100'),
  'min-helpfulness': input('50', percent, 'give a per cent from 0 to 100; 0 leaves the controls out'),
  'max-requests': input('', optional(wholeIn(1, 100_000_000)), 'give a whole number from 1'),
  'max-cost': input('', optional(numberIn(0, 1_000_000)), 'give dollars, such as 5'),
  'price-prompt': input('', optional(numberIn(0, 1_000_000)), 'give dollars per million tokens'),
  'price-completion': input('', optional(numberIn(0, 1_000_000)), 'give dollars per million tokens'),
  'time-budget': input('', optional(numberIn(0.01, 10_080)), 'give minutes from 0.01 to 10080, such as 30'),
  'stop-early': onOff('false'),
  batch: onOff('false'),
  'github-token': key(),
  comment: onOff('true'),
  'comment-id': input(
    '',
    z.string().regex(/^[\w .:/@-]{0,100}$/),
    'give up to 100 letters, digits, spaces and . : / @ _ -',
  ),
  'report-dir': input('mm-safetybench-report', filled, 'give a folder'),
  'include-responses': onOff('false'),
  'publish-branch': input(
    '',
    z.string().regex(/^([\w][\w./-]{0,200})?$/),
    'give the name of a branch, without refs/heads/',
  ),
  'open-issue': onOff('false'),
  cache: onOff('true'),
  'reuse-responses': onOff('false'),
} as const;

export type InputName = keyof typeof INPUTS;
export const INPUT_NAMES = Object.keys(INPUTS) as readonly InputName[];

/** The inputs' values, each read by itself. */
export type InputValues = { readonly [Name in InputName]: z.output<(typeof INPUTS)[Name]['read']> };
