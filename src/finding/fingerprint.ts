import type { Arm } from '../benchmark/prompts.ts';
import { sha256Of } from '../common/hash.ts';
import type { DataFile, Dataset } from '../dataset/dataset.ts';
import { shownUrl } from '../endpoint/problems.ts';
import { gatedArm } from '../inputs/arms.ts';
import type { RunConfig } from '../inputs.ts';
import type { Judge, JudgeIdentity } from '../judges/judgement.ts';
import { fontHash, RENDERER } from '../pictures/renderer.ts';
import { clip, plain } from '../report/escape.ts';
import type { Fingerprint } from '../report/report.ts';

/** The fingerprint of a run under this configuration; known before anything is asked. */
export const fingerprintFor = (config: RunConfig, dataset: Dataset, judge: Judge): Fingerprint =>
  fingerprintOf({
    files: dataset.files,
    pictures: picturesOf(config),
    judges: judge.identities,
    arm: gatedArm(config),
    asking: config.asking,
    extraBody: config.target.extraBody,
  });

/** The pictures' own hashes stand in the rows: a mirror's new commit may leave all of them as they were. */
function picturesOf({ pictures }: RunConfig): string {
  const { source, access } = pictures;
  const set = `${source}, TYPO as ${RENDERER} in Arimo ${fontHash().slice(0, 8)}`;
  const isDrawn = source === 'generated' && access.model;
  return isDrawn ? `${set}, SD by ${access.model} at ${shownUrl(access.baseUrl)}` : set;
}

interface FingerprintParts {
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
function fingerprintOf({ files, pictures, judges, arm, asking, extraBody }: FingerprintParts): Fingerprint {
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

/** A field that differs, with its value and that of the other one: words from files, each cut to 120 characters. */
export const toldApart = (field: string, own: Value, there: Value): string =>
  plain(`${field} (${shown(own)}, and there ${shown(there)})`);

type Value = string | number | null | undefined;

const shown = (value: Value): string => clip(String(value ?? '') || 'none', 120);

function dataSetOf(files: readonly DataFile[]): string {
  if (files.every(({ published }) => published)) return 'published';
  return hash(files.map(({ path, sha256 }) => [path, sha256]));
}

/** Enough of a SHA-256 to tell two values apart and to be read aloud. */
const hash = (value: unknown): string => `sha256:${sha256Of(JSON.stringify(value)).slice(0, 16)}`;
