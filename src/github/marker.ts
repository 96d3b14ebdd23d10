import { createHash } from 'node:crypto';

/** Beside a body of 64,000 characters a marker has room; a workflow's name of emoji takes twelve for each. */
const LONGEST = 400;

/**
 * The invisible first line by which a later run knows what an earlier one wrote, at most 500 characters. Anybody can
 * write it too: it says something only together with the author.
 * @param id the `comment-id`; any text. A long one is known by its SHA-256.
 */
export function markerOf(id: string): string {
  const name = encodeURIComponent(id.toWellFormed()).replaceAll('-', '%2D');
  const short = name.length <= LONGEST ? name : `sha256-${createHash('sha256').update(name).digest('hex')}`;
  return `<!-- mm-safetybench-gate ${short} -->`;
}

/** The body with its marker on the first line. */
export const marked = (marker: string, body: string): string =>
  body.startsWith(marker) ? body : `${marker}\n${body}`;

/** GitHub keeps a body with `\r\n` when a person has saved it in the page. */
export const sameText = (one: string, other: string): boolean => normal(one) === normal(other);

const normal = (text: string): string => text.replaceAll('\r\n', '\n').trim();
