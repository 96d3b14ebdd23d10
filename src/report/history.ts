import { z } from 'zod';
import { outcomeSchema } from './json.ts';
import type { Report } from './report.ts';

const fraction = z.number().min(0).max(1);
const historyEntry = z.strictObject({
  schemaVersion: z.literal(1),
  finishedAt: z.iso.datetime(),
  /** Of the run on GitHub; unique with its attempt. */
  url: z.string().max(2000),
  attempt: z.int().min(1).max(1_000_000),
  sha: z.string().max(200),
  ref: z.string().max(1000),
  /** Which of several gates on one branch it is of; not in the lines of early versions. */
  commentId: z.exactOptional(z.string().max(1000)),
  model: z.string().max(1000),
  outcome: outcomeSchema,
  /** Fractions; null where nothing was estimated. */
  rate: fraction.nullable(),
  lower: fraction.nullable(),
  upper: fraction.nullable(),
  questions: z.int().min(0),
  unjudged: z.int().min(0),
  /** Per cent. */
  maxAsr: z.number().min(0).max(100).nullable(),
});

/** What the history keeps of one run: no texts, one JSON line. */
export type HistoryEntry = Readonly<z.infer<typeof historyEntry>>;

/** @param attempt the run's attempt on GitHub, from 1 */
export function historyEntryOf(report: Report, attempt: number): HistoryEntry {
  const { run, verdict, estimates, policy, sample, model } = report;
  const overall = estimates?.overall;
  const known = overall !== undefined && overall.rate !== null;
  return {
    schemaVersion: 1,
    finishedAt: report.finishedAt,
    url: run.url,
    attempt,
    sha: run.sha,
    ref: run.ref,
    commentId: run.commentId,
    model: model.name,
    outcome: verdict.outcome,
    rate: overall?.rate ?? null,
    lower: known ? overall.lower : null,
    upper: known ? overall.upper : null,
    questions: sample.questions,
    unjudged: overall?.unjudged ?? 0,
    maxAsr: policy.maxAsr,
  };
}

/** The entries among a history's lines, the oldest first. A line that is none is left out: the branch is anybody's. */
export const readHistory = (lines: readonly string[]): readonly HistoryEntry[] =>
  lines.flatMap(line => {
    try {
      const read = historyEntry.safeParse(JSON.parse(line));
      return read.success ? [read.data] : [];
    } catch {
      return [];
    }
  });
