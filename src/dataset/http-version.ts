import type { Reply } from './http.ts';

/** What the answers tell of a file's version; undefined is what they leave out. */
export interface Version {
  /** Of the whole file, in bytes. */
  readonly size?: number | undefined;
  readonly etag?: string | undefined;
  /** `Last-Modified` as it was sent. */
  readonly modified?: string | undefined;
  /** `x-repo-commit`. */
  readonly commit?: string | undefined;
  /** `x-linked-etag`: the ETag of the file that the mirror's redirect leads to. */
  readonly linkedEtag?: string | undefined;
}

/** `Content-Range: bytes first-last/size`, the end exclusive; undefined if it is not that. */
export function contentRange({ headers }: Reply): { start: number; end: number; size: number } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/i.exec(headers.get('content-range') ?? '');
  if (!match) return undefined;
  const [start = 0, last = 0, size = 0] = match.slice(1).map(Number);
  return start <= last && last < size ? { start, end: last + 1, size } : undefined;
}

/** The version that an answer with bytes of the file tells of. */
export function versionOf(reply: Reply): Version {
  const { status, headers, commit, linkedEtag } = reply;
  return {
    size: status === 206 ? contentRange(reply)?.size : lengthOf(headers),
    etag: headers.get('etag') ?? undefined,
    modified: modifiedOf(headers),
    commit,
    linkedEtag,
  };
}

/** The length of a body that was packed on its way is not the file's. */
function lengthOf(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

/** A server that makes each answer anew names the answer's own time, or one just before, which tells nothing of the file. */
function modifiedOf(headers: Headers): string | undefined {
  const modified = headers.get('last-modified') ?? undefined;
  const age = Date.parse(headers.get('date') ?? '') - Date.parse(modified ?? '');
  return Math.abs(age) <= MOMENT ? undefined : modified;
}

/** In ms. */
const MOMENT = 2_000;

/** Both, as far as they are told. */
export const joined = (one: Version, other: Version): Version => ({
  size: one.size ?? other.size,
  etag: one.etag ?? other.etag,
  modified: one.modified ?? other.modified,
  commit: one.commit ?? other.commit,
  linkedEtag: one.linkedEtag ?? other.linkedEtag,
});

/**
 * Whether two answers can be of the same bytes. The size comes first. Then the first that both tell decides, from what
 * is sure to what is less so: the file's own ETag behind a redirect, a strong ETag (RFC 9110, 8.8.1; a commit that leaves
 * the file alone is no change of it), the commit. Each of a mirror's servers may have a weak ETag and a day of its own:
 * of these it takes one that is equal.
 */
export function isSame(one: Version, other: Version): boolean {
  if (differ(one.size, other.size)) return false;
  const sure = [
    [tagIn(one.linkedEtag), tagIn(other.linkedEtag)],
    isStrong(one.etag) && isStrong(other.etag) ? [one.etag, other.etag] : [],
    [one.commit?.toLowerCase(), other.commit?.toLowerCase()],
  ].find(([a, b]) => a !== undefined && b !== undefined);
  if (sure) return sure[0] === sure[1];
  const weak = [
    [tagIn(one.etag), tagIn(other.etag)],
    [one.modified, other.modified],
  ].filter(([a, b]) => a !== undefined && b !== undefined);
  // A strong ETag that the other answer is without vouches for nothing.
  if (weak.length === 0) return !isStrong(one.etag) && !isStrong(other.etag);
  return weak.some(([a, b]) => a === b);
}

/** Whether a change of the bytes that leaves their number as it is would show. */
export const isTold = ({ etag, modified, commit, linkedEtag }: Version): boolean =>
  [etag, modified, commit, linkedEtag].some(told => told !== undefined);

/** By the weak comparison of RFC 9110, 8.8.3.2. */
const tagIn = (etag: string | undefined): string | undefined => etag?.replace(/^W\//, '');

const differ = (one: unknown, other: unknown): boolean =>
  one !== undefined && other !== undefined && one !== other;

/** Whether answers of this version can be put together: only a strong ETag promises the same bytes. */
export const canGoOn = ({ etag }: Version): boolean => isStrong(etag);

const isStrong = (etag: string | undefined): boolean => etag?.startsWith('"') ?? false;
