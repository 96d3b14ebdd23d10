import type { Arm } from './benchmark/prompts.ts';
import { sha256Of } from './common/hash.ts';
import type { DataFile } from './dataset/dataset.ts';
import type { RunConfig } from './inputs.ts';
import type { JudgeIdentity } from './judges/judgement.ts';
import type { Fingerprint } from './report/report.ts';

export interface FingerprintParts {
  readonly files: readonly DataFile[];
  /** What the pictures are made by, one readable line. */
  readonly pictures: string;
  readonly judges: readonly JudgeIdentity[];
  readonly arm: Arm;
  readonly asking: RunConfig['asking'];
  readonly extraBody: Readonly<Record<string, unknown>>;
}

/**
 * What two runs must share to be compared, field by field. The sample is no part of it: runs are compared on the
 * pairs that both have.
 */
export function fingerprintOf({
  files,
  pictures,
  judges,
  arm,
  asking,
  extraBody,
}: FingerprintParts): Fingerprint {
  const temperature = asking.temperature ?? "the endpoint's own";
  return {
    'data set': dataSetOf(files),
    pictures,
    judge: judges.map(({ name, model, endpoint }) => `${name} (${model} at ${endpoint})`).join(', '),
    'judge wording': hash(judges.map(({ wording }) => wording)),
    'judge parameters': judges.map(({ parameters }) => parameters).join(', '),
    'safety prompt': arm,
    decoding: `max-tokens ${asking.maxTokens}, temperature ${temperature}`,
    'system prompt': asking.systemPrompt ? hash(asking.systemPrompt) : 'none',
    'extra body': Object.keys(extraBody).length > 0 ? hash(extraBody) : 'none',
  };
}

/** The fields in which two runs differ, by the names that a person knows them by. */
export function differingFields(one: Fingerprint, other: Fingerprint): readonly string[] {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].filter(field => one[field] !== other[field]);
}

function dataSetOf(files: readonly DataFile[]): string {
  if (files.every(({ published }) => published)) return 'published';
  return hash(files.map(({ path, sha256 }) => [path, sha256]));
}

/** Enough of a SHA-256 to tell two values apart and to be read aloud. */
const hash = (value: unknown): string => `sha256:${sha256Of(JSON.stringify(value)).slice(0, 16)}`;
