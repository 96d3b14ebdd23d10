import { hash } from 'node:crypto';

/** SHA-256 in hex; a text's is that of its UTF-8. */
export const sha256Of = (data: Uint8Array | string): string => hash('sha256', data);
