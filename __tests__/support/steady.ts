import { tmpdir } from 'node:os';

/** A message without what differs from run to run: folders, ports and, as 0, every number. */
export const steady = (text: string): string =>
  text
    .replaceAll(new RegExp(`${tmpdir()}/[\\w-]+`, 'g'), 'FOLDER')
    .replace(/\d\d-[A-Za-z_]+\/\d+/g, 'QUESTION')
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://HOST')
    .replace(/[\d,]*\d(?:\.\d+)?/g, '0');
