import { tmpdir } from 'node:os';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A message without what differs from run to run: folders, ports and, as 0, every number, with its noun as of many. */
export const steady = (text: string): string =>
  text
    .replaceAll(ROOT, 'ROOT')
    .replaceAll(new RegExp(`${tmpdir()}/[\\w-]+`, 'g'), 'FOLDER')
    .replace(/\d\d-[A-Za-z_]+\/\d+/g, 'QUESTION')
    .replace(/imgs\/\d\d-[A-Za-z_]+/g, 'imgs/SCENARIO')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://HOST')
    .replace(/[\d,]*\d(?:\.\d+)?/g, '0')
    .replace(/\b0 pair\b/g, '0 pairs');
