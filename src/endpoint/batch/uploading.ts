import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type OpenAI from 'openai';
import { z } from 'zod';
import { fileStatus } from './file-state.ts';
import { filesNamed, type ListingOptions } from './listing.ts';
import { batchName } from './record.ts';
import { type RemovingOptions, removed } from './removing.ts';
import { retried } from './reply.ts';

/** For the upload of a file of 190 MB over a slow line (ms). */
const UPLOAD_TIMEOUT = 15 * 60_000;

const taken = z.object({ id: batchName, status: fileStatus });
/** A file as the endpoint has taken it, with how it stands. */
export type Uploaded = z.output<typeof taken>;

/**
 * Uploads a form with a file of that name. Of several tries the endpoint may have taken others: those are removed. Rejects
 * as the library does.
 */
export async function uploaded(
  client: OpenAI,
  body: Blob,
  name: string,
  options: ListingOptions & RemovingOptions,
): Promise<Uploaded> {
  const headers = { 'content-type': body.type };
  let tries = 0;
  const post = () => {
    tries += 1;
    return client.post('/files', { body, headers, signal: options.signal, timeout: UPLOAD_TIMEOUT });
  };
  const file = await retried(taken, post, options);
  const files = tries > 1 ? await filesNamed(client, name, options) : undefined;
  await Promise.all(
    (files ?? []).filter(other => other !== file.id).map(other => removed(client, other, options)),
  );
  return file;
}

/**
 * The upload as a form, whose file stays on disk until it goes out. Not the library's own, which lets `fetch` encode
 * it: when an endpoint answers before it has read everything, that ends the process (Node 24.21, undici 7).
 */
export async function formOf(path: string): Promise<Blob> {
  const boundary = `form-${randomUUID()}`;
  const field = (words: string): string => `--${boundary}\r\nContent-Disposition: form-data; ${words}\r\n`;
  const head = [
    `${field('name="purpose"')}\r\nbatch\r\n`,
    `${field(`name="file"; filename="${basename(path)}"`)}Content-Type: application/jsonl\r\n\r\n`,
  ];
  return new Blob([...head, await openAsBlob(path), `\r\n--${boundary}--\r\n`], {
    type: `multipart/form-data; boundary=${boundary}`,
  });
}
