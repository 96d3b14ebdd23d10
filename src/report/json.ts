import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { GivenFirst } from '../gate/evidence.ts';
import type { Outcome } from '../gate/verdict.ts';
import { clip, plain } from './escape.ts';
import type { Part, Report, Row } from './report.ts';
import { heardSchema, otherwiseSchema, rowsSchema } from './rows-schema.ts';

/** What a file has beside its rows, so that one that lost some of them, or has others now, is seen to be damaged. */
export interface Integrity {
  readonly rows: number;
  /**
   * SHA-256 in hex over the rows in the order of their pairs, each with its fields in one order, and what shows how far
   * they can be relied on: the controls, the planted answers, and of a shard which one it is, in which order its questions
   * came out how, what all its answers tell together, and what the other shards may show to be otherwise.
   */
  readonly sha256: string;
}

type VouchedPart = Pick<Part, 'heard' | 'outcomes' | 'baselineOutcomes' | 'thoughts' | 'otherwise'>;

/** What it vouches for. */
type Vouched = Pick<Report, 'rows'> &
  Partial<Pick<Report, 'controls' | 'planted'>> & {
    readonly part?: VouchedPart | undefined;
    readonly sample?: Pick<Report['sample'], 'shard'> | undefined;
  };

/**
 * Vouches for nobody: whoever changes rows can work it out anew.
 * @internal
 */
export function integrityOf({ rows, controls = null, planted = null, part, sample }: Vouched): Integrity {
  const benign = controls && [controls.asked, controls.answered, controls.refused, controls.unanswered];
  const judged = planted && [
    ...[planted, ...AGAIN.map(which => planted.again[which])].flatMap(each => [each.planted, each.missed]),
    ...(planted.first ? firstIn(planted.first) : []),
    ...(planted.unjudged === undefined ? [] : [planted.unjudged]),
  ];
  const text = [
    ...linesOf(rows),
    JSON.stringify(benign),
    JSON.stringify(judged),
    ...(part ? [...partIn(part), sample?.shard ?? ''] : []),
  ].join('\n');
  return { rows: rows.length, sha256: createHash('sha256').update(text).digest('hex') };
}

const linesOf = (rows: readonly Row[]): readonly string[] =>
  rows
    .map(({ pair, cluster, repeat, label, note = null, picture = null }) =>
      JSON.stringify([pair, cluster, repeat, label, note, picture]),
    )
    .toSorted();

const partIn = ({
  heard,
  outcomes,
  baselineOutcomes,
  thoughts,
  otherwise,
}: VouchedPart): readonly string[] => [
  JSON.stringify(countsIn(heard)),
  outcomes,
  baselineOutcomes ?? '',
  ...[thoughts.target, thoughts.baseline].map(({ notEnded, controls, ...pairs }) =>
    JSON.stringify([notEnded, ...[pairs, controls].flatMap(each => [each.whole, each.beside, each.ended])]),
  ),
  JSON.stringify(otherwiseIn(otherwise)),
];

const countsIn = ({ answers, refusing, cutOff, safeSoFar, unsafeSoFar, alike }: Part['heard']) => [
  ...[answers, refusing, cutOff, safeSoFar, unsafeSoFar],
  ...alike.map(text => [text.sha256, text.answers]),
];

const otherwiseIn = ({ target, baseline }: Part['otherwise']) => [
  target && [
    ...[linesOf(target.rows), linesOf(target.defenceRows)],
    ...[target.unanswered, ...countsIn(target.heard), target.outcomes],
    target.labelled?.map(({ human, judge }) => [human, judge]),
  ],
  baseline && [linesOf(baseline.rows), baseline.outcomes],
];

const firstIn = ({ safe, unsafe, judged }: GivenFirst): readonly number[] => [
  ...[safe, unsafe].flatMap(({ planted, missed, beside }) => [planted, missed, beside]),
  judged,
];

const AGAIN = ['safe', 'unsafe', 'safeAmid', 'unsafeAmid'] as const;

/** What is wrong with a file's rows by what it says of them. */
export function damage(value: Vouched, said: Integrity): string | null {
  const found = integrityOf(value);
  if (found.rows !== said.rows)
    return `it has ${found.rows} rows and was made with ${said.rows}: make it again`;
  return found.sha256 === said.sha256 ? null : 'its rows are not those that it was made with: make it again';
}

/** `report.json`: the whole value, keys in the order of the type. */
export const reportJson = (report: Report): string =>
  `${JSON.stringify({ ...report, integrity: integrityOf(report) }, undefined, 2)}\n`;

/** What a later run is compared with: one row a pair, no texts. */
export interface Baseline {
  readonly schemaVersion: 1;
  readonly kind: 'baseline';
  readonly finishedAt: string;
  /** The verdict of the run that made it. */
  readonly outcome: Outcome;
  readonly model: Report['model'];
  readonly fingerprint: Report['fingerprint'];
  /** What became of that run's benign controls; null where it asked none. */
  readonly controls: Report['controls'];
  /** What its judge made of the planted answers; null where none were planted. */
  readonly planted: Report['planted'];
  readonly rows: readonly Row[];
}

/** A full run asked ten times is 50,400 rows and some 6 million characters. */
const MAX_CHARACTERS = 64_000_000;

const line = (longest: number) => z.string().max(longest);
export const outcomeSchema = z.enum(['pass', 'inconclusive', 'fail', 'error']);
export const modelSchema = z.strictObject({ name: line(1_000), endpoint: line(4_000) });
/** Field names in small letters: none of them is a name that every object has. */
export const fingerprintSchema = z.record(z.string().regex(/^[a-z]+(?: [a-z]+)*$/), line(20_000));

export const integritySchema = z.strictObject({
  rows: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const count = z.int().min(0);

export const controlsSchema = z.strictObject({
  asked: count,
  answered: count,
  refused: count,
  unanswered: count,
  helpfulness: z.number().min(0).max(1).nullable(),
});

const plantedAnswers = z.strictObject({ planted: count, missed: count });

const firstOf = plantedAnswers.extend({ beside: count });

const thinking = { whole: count, beside: count, ended: count };
const thoughtCounts = z.strictObject({ ...thinking, notEnded: count, controls: z.strictObject(thinking) });
export const thoughtsSchema = z.strictObject({ target: thoughtCounts, baseline: thoughtCounts });

export const plantedSchema = plantedAnswers.extend({
  unjudged: count.exactOptional(),
  again: z.strictObject({
    safe: plantedAnswers,
    unsafe: plantedAnswers,
    safeAmid: plantedAnswers,
    unsafeAmid: plantedAnswers,
  }),
  /** Absent in what was written before it was counted. */
  first: z.strictObject({ safe: firstOf, unsafe: firstOf, judged: count }).exactOptional(),
});

const common = {
  schemaVersion: z.literal(1),
  finishedAt: z.iso.datetime(),
  model: modelSchema,
  fingerprint: fingerprintSchema,
  controls: controlsSchema.nullable().default(null),
  planted: plantedSchema.nullable().default(null),
  integrity: integritySchema,
  rows: rowsSchema,
};
const baselineSchema = z.strictObject({ ...common, kind: z.literal('baseline'), outcome: outcomeSchema });
/** Of a whole report only what a baseline has is looked at. */
const reportAsBaseline = z.object({
  ...common,
  verdict: z.object({ outcome: outcomeSchema }),
  part: z
    .object({
      heard: heardSchema,
      outcomes: z.string(),
      baselineOutcomes: z.string().nullable(),
      thoughts: thoughtsSchema,
      otherwise: otherwiseSchema,
    })
    .optional(),
  sample: z.object({ shard: z.string() }).optional(),
});

const asReport = reportAsBaseline.transform(
  ({
    verdict,
    ...rest
  }): Baseline & Pick<Vouched, 'part' | 'sample'> & { readonly integrity: Integrity } => ({
    ...rest,
    kind: 'baseline',
    outcome: verdict.outcome,
  }),
);

/** `baseline.json`: a row a line, so that a changed baseline can be read in a diff. */
export function baselineJson(report: Report): string {
  const { finishedAt, verdict, model, fingerprint, controls, planted, rows } = report;
  const { outcome } = verdict;
  const head = {
    schemaVersion: 1,
    kind: 'baseline',
    finishedAt,
    outcome,
    model,
    fingerprint,
    controls,
    planted,
    integrity: integrityOf({ rows, controls, planted }),
  } satisfies Omit<Baseline, 'rows'> & { readonly integrity: Integrity };
  const lines = rows.map(row => `    ${JSON.stringify(row)}`).join(',\n');
  return `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "rows": [${lines && `\n${lines}\n  `}]\n}\n`;
}

/**
 * Reads a baseline out of the text of a `baseline.json` or a `report.json`, which anybody may have written. What is
 * not exactly one, or was made by a run that could not be relied on, is a problem: one line without a full stop.
 */
export function readBaseline(text: string): Baseline | { readonly problem: string } {
  const value = parsed(text);
  if (typeof value === 'string') return { problem: value };
  const isBaseline = 'kind' in value;
  const read = (isBaseline ? baselineSchema : asReport).safeParse(value);
  if (!read.success) return { problem: problemOf(read.error, value) };
  const { integrity, part, sample, ...baseline } = { part: undefined, sample: undefined, ...read.data };
  const fault = faultOf(baseline) ?? damage({ ...baseline, part, sample }, integrity);
  return fault === null ? baseline : { problem: fault };
}

/** The object that a text holds, or what is wrong with the text. */
export function parsed(text: string): object | string {
  if (text.length > MAX_CHARACTERS) return `it has more than ${MAX_CHARACTERS / 1e6} million characters`;
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value
      : 'it is no JSON object';
  } catch {
    return 'it is no JSON';
  }
}

/** The first thing that is wrong, in one line; nothing of the value but a shortened key is in it. */
export function problemOf(error: z.ZodError, value: object): string {
  const version = 'schemaVersion' in value ? value.schemaVersion : undefined;
  if (version !== 1) {
    const shown = typeof version === 'number' ? `${version}` : 'none that is known';
    return `its schemaVersion is ${shown}, and 1 is read here: make it again with this version`;
  }
  const [issue] = error.issues;
  const where = issue?.path.map(String).join('.') ?? '';
  return clip(
    plain(`${where ? `its field ${clip(where, 80)} is wrong` : 'it is wrong'} (${issue?.message})`),
    200,
  );
}

function faultOf({ outcome, rows }: Baseline): string | null {
  if (outcome === 'error') return 'the run that made it ended in an error, so its labels mean nothing';
  if (!rows.some(({ label }) => label !== 'unjudged')) return 'it has no judged pair';
  return repeatedRow(rows);
}

/** Says which row stands there twice. */
export function repeatedRow(rows: readonly Row[]): string | null {
  const seen = new Set<string>();
  for (const { pair, repeat } of rows) {
    const key = `${pair} ${repeat}`;
    if (seen.has(key)) return `it has ${pair} (repeat ${repeat}) twice`;
    seen.add(key);
  }
  return null;
}
