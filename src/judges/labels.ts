import type { Question } from '../benchmark/question.ts';
import { findScenario, type Scenario } from '../benchmark/scenarios.ts';
import { sha256Of } from '../common/hash.ts';
import { parseJson } from '../common/json.ts';
import { readCsv } from './csv.ts';

/** What a person said of one answer. */
export interface HumanLabel {
  readonly label: 'safe' | 'unsafe';
  /** SHA-256 in hex of the answer's text in UTF-8; null where only a pair is named. */
  readonly sha256: string | null;
  /** The answer itself, where the file has it. */
  readonly answer: string | null;
  /** `{scenario}/{id}/{kind}` of an earlier report. */
  readonly pair: string | null;
  readonly scenario: Scenario | null;
  /** What was asked, for the judges that see it. */
  readonly question: string | null;
  /** So many rows of the file name this pair and this answer; 1 without a pair. */
  readonly rows: number;
}

/** A file of labels that cannot be used; the message names file and line, and quotes nothing of the file. */
export class LabelsError extends Error {
  override readonly name = 'LabelsError';
}

/** The fields that are read, by each name they may have. Others are left alone. */
const FIELDS: Readonly<Record<string, keyof Raw>> = {
  answer: 'answer',
  response: 'answer',
  sha256: 'sha256',
  hash: 'sha256',
  label: 'label',
  human: 'label',
  pair: 'pair',
  scenario: 'scenario',
  question: 'question',
};

interface Raw {
  readonly answer?: string;
  readonly sha256?: string;
  readonly label?: string;
  readonly pair?: string;
  readonly scenario?: string;
  readonly question?: string;
}

interface RawRow {
  readonly line: number;
  /** Throws RowFault. */
  readonly read: () => Raw;
}

/** What is wrong with one row; the others may be wrong too. */
class RowFault extends Error {}

function wrong(what: string): never {
  throw new RowFault(what);
}

/** So many wrong lines are named. */
const NAMED = 10;

/**
 * Reads a file of human labels: CSV with a header, or JSON lines. Each row has a `label` (`safe` or `unsafe`) and
 * an `answer`, its `sha256`, or the `pair` of an earlier report; `scenario` and `question` tell how it is to be
 * judged. Each row is an answer, also where the text is that of another one; rows that name the same pair and answer
 * are one. Rows that contradict each other are an error.
 * Throws LabelsError, which names the first ten lines that are wrong.
 */
export function readLabels(text: string, file: string): readonly HumanLabel[] {
  const fail = (line: number, what: string): never => {
    throw new LabelsError(`judge-labels: ${file}, line ${line}: ${what}`);
  };
  const body = text.replace(/^\uFEFF/, '');
  const rows = /^\s*\{/.test(body) ? jsonRows(body) : csvRows(body, fail);
  const taken: Read[] = [];
  const seen = new Map<string, Read>();
  const faults: string[] = [];
  for (const { line, read } of rows) {
    try {
      take({ line, label: labelOf(read()), rows: 1 }, taken, seen);
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      faults.push(`line ${line}: ${error.message}`);
    }
  }
  if (faults.length > 0) {
    const more = faults.length > NAMED ? `; and ${faults.length - NAMED} lines more` : '';
    throw new LabelsError(`judge-labels: ${file}, ${faults.slice(0, NAMED).join('; ')}${more}`);
  }
  if (taken.length === 0) fail(1, 'no labels: give a header and a row for each answer, or JSON lines');
  return taken.map(({ label, rows: same }) => ({ ...label, rows: same }));
}

interface Read {
  readonly line: number;
  readonly label: Omit<HumanLabel, 'rows'>;
  rows: number;
}

function take(read: Read, taken: Read[], seen: Map<string, Read>): void {
  const { label, pair, scenario, question, sha256 } = read.label;
  const key = JSON.stringify([pair, scenario?.name, question, sha256]);
  const before = seen.get(key);
  if (before && before.label.label !== label) {
    wrong(`another label than line ${before.line} for the same answer: keep one, or name the pair of each`);
  }
  // Without a pair it may be another answer in the same words, as refusals are.
  if (before && pair !== null) before.rows += 1;
  else taken.push(read);
  if (!before) seen.set(key, read);
}

type Fail = (line: number, what: string) => never;

function csvRows(text: string, fail: Fail): readonly RawRow[] {
  const records = readCsv(text);
  if ('brokenAt' in records)
    return fail(records.brokenAt, 'a quote out of place: double the quotes in a field');
  const [header, ...others] = records;
  const names = (header?.fields ?? []).map(name => FIELDS[name.trim().toLowerCase()]);
  if (header && !names.includes('label')) fail(header.line, 'no column "label": begin with a header');
  return others.map(({ line, fields }) => ({
    line,
    read: () =>
      fields.length > names.length
        ? wrong(`${fields.length} fields under ${names.length} columns`)
        : rawOf(fields.map((field, place) => [names[place], field])),
  }));
}

function jsonRows(text: string): readonly RawRow[] {
  return text.split(/\r?\n/).flatMap((content, place) => {
    if (content.trim() === '') return [];
    return [{ line: place + 1, read: () => rawJson(content) }];
  });
}

function rawJson(content: string): Raw {
  const json = parseJson(content);
  if (typeof json !== 'object' || json === null) return wrong('not a JSON object');
  const fields = Object.entries(json).map(([name, value]) => [FIELDS[name.toLowerCase()], value] as const);
  if (fields.some(([name, value]) => name && value !== null && typeof value !== 'string')) {
    return wrong('a field that is no text');
  }
  return rawOf(fields);
}

const rawOf = (fields: readonly (readonly [keyof Raw | undefined, unknown])[]): Raw =>
  Object.fromEntries(fields.filter(([name, value]) => name && value));

function labelOf(raw: Raw): Read['label'] {
  const label = raw.label?.trim().toLowerCase();
  if (label !== 'safe' && label !== 'unsafe') return wrong('a label that is neither safe nor unsafe');
  const given = raw.sha256?.trim().toLowerCase() ?? null;
  if (given !== null && !/^[0-9a-f]{64}$/.test(given)) return wrong('a sha256 that is not 64 hex digits');
  const { answer = null, question = null } = raw;
  if (answer !== null && given !== null && sha256Of(answer) !== given) {
    return wrong("the sha256 is not the answer's: leave one of them out");
  }
  const pair = raw.pair?.trim() ?? null;
  const named = raw.scenario ?? pair?.split('/')[0];
  const scenario =
    named === undefined ? null : (findScenario(named) ?? wrong('a scenario that is not known'));
  const sha256 = answer === null ? given : sha256Of(answer);
  if (sha256 === null && pair === null) return wrong('no answer, sha256 or pair: give one of them');
  return { label, sha256, answer, pair, scenario, question };
}

/** The labels with the question of their pair, where the file does not say one and the data set has it. */
export function withQuestions(
  labels: readonly HumanLabel[],
  questions: readonly Question[],
): readonly HumanLabel[] {
  const known = new Map(questions.map(({ key, changed }) => [key, changed]));
  return labels.map(label => {
    const [scenario, id] = label.pair?.split('/') ?? [];
    return { ...label, question: label.question ?? known.get(`${scenario}/${id}`) ?? null };
  });
}
