import { readFileSync } from 'node:fs';
import path from 'node:path';
import { codeOf } from '../common/fault.ts';
import { sha256Of } from '../common/hash.ts';
import { once } from './once.ts';

/**
 * Part of the key of every picture that is set or composed here. It changes whenever the same phrase would
 * give other bytes.
 */
export const RENDERER = 'typo-1';

/** Arimo has Arial's metrics, and the SIL Open Font License 1.1 beside it; Arial may not be redistributed. */
export const FONT_NAME = 'Arimo-Regular.ttf';

/**
 * Where the font lies: `font/Arimo-Regular.ttf` beside this module. The same holds in the bundle, for which
 * the build copies `src/pictures/font/` to `dist/font/`. It is not `new URL('./font/…', import.meta.url)`,
 * because ncc rewrites that expression into one that throws.
 */
export const fontFile = (): string => path.join(import.meta.dirname, 'font', FONT_NAME);

/** The font file's bytes. Throws one line when it is missing. */
export const fontBytes = once((): Buffer => {
  try {
    return readFileSync(fontFile());
  } catch (error) {
    throw new Error(
      `the font ${fontFile()} cannot be read (${codeOf(error)}): it belongs to the program's files`,
    );
  }
});

/** SHA-256 of the shipped font file, in hex: part of the key of every picture with type in it. */
export const fontHash = once(() => sha256Of(fontBytes()));
