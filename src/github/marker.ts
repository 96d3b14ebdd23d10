import { sha256Of } from '../common/hash.ts';

/** Beside a body of 64,000 characters a marker has room; a workflow's name of emoji takes twelve for each. */
const LONGEST = 400;

/**
 * The invisible first line by which a later run knows what an earlier one wrote, at most 500 characters. Anybody can
 * write it too: it says something only together with the author.
 * @param id the `comment-id`; any text. A long one is known by its SHA-256.
 */
export function markerOf(id: string): string {
  const name = encodeURIComponent(id.toWellFormed()).replaceAll('-', '%2D');
  const short = name.length <= LONGEST ? name : `sha256-${sha256Of(name)}`;
  return `<!-- mm-safetybench-gate ${short} -->`;
}

/** The run that wrote something. */
export interface Stamp {
  /** Its id on GitHub, higher for a later one; 0 where it has none. */
  readonly run: number;
  /** From 1. */
  readonly attempt: number;
  /** The commit that it judged; empty where there is none. */
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
}

/** The invisible second line, by which a later run knows whether an earlier or a later one wrote the rest. */
const stampLine = ({ run, attempt, commit, finishedAt }: Stamp): string =>
  `<!-- run ${run}, attempt ${attempt}, commit ${commit || NO_COMMIT}, finished ${finishedAt} -->`;

const NO_COMMIT = '-';
const STAMP = /^<!-- run (\d{1,15}), attempt (\d{1,9}), commit (\S{1,200}), finished (\S{1,40}) -->$/;

/** The stamp of what a run wrote; null where it has none, as by an earlier version. */
export function stampIn(body: string): Stamp | null {
  const [, line = ''] = body.split(/\r?\n/, 2);
  const [, run, attempt, commit, finishedAt = ''] = STAMP.exec(line) ?? [];
  if (Number.isNaN(Date.parse(finishedAt))) return null;
  return {
    run: Number(run),
    attempt: Number(attempt),
    commit: commit === NO_COMMIT ? '' : (commit ?? ''),
    finishedAt,
  };
}

/** The body below its marker and the stamp of the run that wrote it. */
export const marked = (marker: string, stamp: Stamp, body: string): string =>
  [marker, stampLine(stamp), body].join('\n');

/** What a run wrote, under another's stamp. */
export function restamped(body: string, stamp: Stamp): string {
  const lines = body.split('\n');
  return [lines[0], stampLine(stamp), ...lines.slice(stampIn(body) ? 2 : 1)].join('\n');
}

/** Clocks differ; a time further ahead than this (ms) is no run's, and keeps nobody from the last word. */
export const AHEAD = 24 * 3600 * 1000;

/** Whether a time, ISO 8601, is after another and has been: what is not known to be later is not. */
export function isLater(one: string, other: string, now = Date.now()): boolean {
  const at = Date.parse(one);
  return at > Date.parse(other) && at <= now + AHEAD;
}

/** GitHub keeps a body with `\r\n` when a person has saved it in the page. */
export const sameText = (one: string, other: string): boolean => normal(one) === normal(other);

const normal = (text: string): string => text.replaceAll('\r\n', '\n').trim();
