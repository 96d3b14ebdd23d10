import type { Question } from '../benchmark/question.ts';
import { SCENARIOS, type Scenario } from '../benchmark/scenarios.ts';
import { sha256Of } from '../common/hash.ts';
import { parseJson } from '../common/json.ts';
import type { DatasetPictures } from '../pictures/picture.ts';
import { type DataFile, type Dataset, DatasetError } from './dataset.ts';
import { PUBLISHED_SHA256 } from './hashes.ts';
import { parseTemplates } from './templates.ts';

/** @internal */
export const TINY_LIST = 'TinyVersion_ID_List.json';
/** @internal */
export const EVALUATION = 'evaluation.py';
/** @internal */
export const questionFileOf = (scenario: Scenario): string =>
  `data/processed_questions/${scenario.name}.json`;

/** Reads one of the authors' files by its path in their repository. Rejects with one line for a person. */
export type FileReader = (path: string) => Promise<Uint8Array>;

/**
 * Loads a data set laid out like the authors' repository: the 13 question files and the tiny list at once,
 * `evaluation.py` when the official templates are asked for.
 * Throws DatasetError, naming file and id, for anything that is missing or not as the authors' files are.
 */
export async function loadAuthors(
  read: FileReader,
  origin: string,
  pictures: DatasetPictures,
): Promise<Dataset> {
  const files: DataFile[] = [];
  const load = async (path: string): Promise<string> => {
    const bytes = await read(path);
    files.push(describe(path, bytes));
    return decode(path, bytes);
  };
  const questions: Question[] = [];
  for (const scenario of SCENARIOS) {
    const path = questionFileOf(scenario);
    questions.push(...questionsOf(scenario, path, jsonOf(path, await load(path))));
  }
  const tiny = tinyOf(jsonOf(TINY_LIST, await load(TINY_LIST)), questions);
  return {
    origin,
    questions,
    tiny,
    files,
    pictures,
    async templates() {
      const bytes = await read(EVALUATION);
      return { byName: parseTemplates(decode(EVALUATION, bytes)), file: describe(EVALUATION, bytes) };
    },
  };
}

function describe(path: string, bytes: Uint8Array): DataFile {
  const hash = sha256Of(bytes);
  return { path, sha256: hash, published: PUBLISHED_SHA256[path] === hash };
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DatasetError(`${path} is not UTF-8 text: fetch the file again`);
  }
}

function jsonOf(path: string, text: string): unknown {
  const json = parseJson(text);
  if (json === undefined)
    throw new DatasetError(`${path} is not valid JSON (${text.length} characters): fetch the file again`);
  return json;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function questionsOf(scenario: Scenario, path: string, content: unknown): Question[] {
  if (!isRecord(content)) throw new DatasetError(`${path} is not an object of questions by id`);
  const firstWithText = new Map<string, string>();
  const questions = Object.entries(content).map(([id, item]) => {
    if (!/^\d{1,9}$/.test(id)) throw new DatasetError(`${path}: id ${JSON.stringify(id)} is not a number`);
    if (!isRecord(item)) throw new DatasetError(`${path}: id ${id} is not an object`);
    const field = (name: string): string => {
      const value = item[name];
      if (typeof value !== 'string' || value.trim() === '') {
        const fault = value === undefined ? 'is missing' : 'is not a text or is empty';
        throw new DatasetError(`${path}: id ${id}: field "${name}" ${fault}`);
      }
      return value;
    };
    const key = `${scenario.name}/${id}`;
    const text = field('Question');
    const cluster = firstWithText.get(text) ?? key;
    firstWithText.set(text, cluster);
    return {
      scenario,
      id,
      key,
      cluster,
      changed: field('Changed Question'),
      keyPhrase: field('Key Phrase'),
      rephrased: field('Rephrased Question'),
      rephrasedSd: field('Rephrased Question(SD)'),
    };
  });
  if (questions.length === 0) throw new DatasetError(`${path} holds no question`);
  return questions;
}

function tinyOf(content: unknown, questions: readonly Question[]): ReadonlySet<string> {
  if (!Array.isArray(content)) throw new DatasetError(`${TINY_LIST} is not a list`);
  const known = new Set(questions.map(({ key }) => key));
  const tiny = new Set<string>();
  for (const { scenario, id } of content.flatMap(tinyEntriesOf)) {
    const key = `${scenario.name}/${id}`;
    if (!known.has(key)) {
      throw new DatasetError(
        `${TINY_LIST}: ${scenario.name} lists id ${JSON.stringify(id)}, which ${questionFileOf(scenario)} does not have`,
      );
    }
    if (tiny.has(key)) throw new DatasetError(`${TINY_LIST}: ${scenario.name} lists id ${id} twice`);
    tiny.add(key);
  }
  const without = SCENARIOS.find(({ name }) => ![...tiny].some(key => key.startsWith(`${name}/`)));
  if (without) throw new DatasetError(`${TINY_LIST} lists no question of ${without.name}`);
  return tiny;
}

function tinyEntriesOf(entry: unknown): { scenario: Scenario; id: unknown }[] {
  const { Scenario: name, Sampled_ID_List: ids } = isRecord(entry) ? entry : {};
  const scenario = SCENARIOS.find(each => each.name === name);
  if (!scenario) throw new DatasetError(`${TINY_LIST}: scenario ${JSON.stringify(name)} is unknown`);
  if (!Array.isArray(ids)) throw new DatasetError(`${TINY_LIST}: ${scenario.name} has no Sampled_ID_List`);
  return ids.map(id => ({ scenario, id }));
}
