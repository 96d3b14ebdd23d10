import type { Pair } from '../benchmark/pair.ts';

export interface Picture {
  readonly bytes: Uint8Array;
  readonly type: 'image/jpeg' | 'image/png' | 'image/webp';
  /** SHA-256 of the bytes, in hex. */
  readonly sha256: string;
  /** What can be seen of it, coarsely; left out for what is set here. */
  readonly look?: string;
  readonly origin: 'dataset' | 'typeset' | 'drawn' | 'composed';
}

/** Why a pair has no picture: one line that names the file or URL, none of the benchmark's text. */
export interface NoPicture {
  readonly missing: string;
}

/** One of the authors' pictures, with what was found of it when it was kept, if it was. */
export type SourcePicture = Pick<Picture, 'bytes'> & Partial<Pick<Picture, 'type' | 'sha256' | 'look'>>;

/** The authors' own pictures, wherever they lie: a folder or the mirror. */
export interface DatasetPictures {
  /** Makes ready what these pairs will need (the mirror fetches here); a folder has nothing to do. */
  prepare(pairs: readonly Pair[]): Promise<void>;
  /** The authors' picture, or why the data set has none for this pair and what to do. */
  read(pair: Pair): Promise<SourcePicture | NoPicture>;
  /** The commits of the mirror that the prepared ones are from, `+` between them; empty where no mirror was needed. */
  revision(): string;
  /** The pictures that are not used, and why, as far as it is known yet. */
  unused(): readonly UnusedPicture[];
}

/** A picture of the mirror that is not used. */
interface UnusedPicture {
  /** Key of the pair that it would be for. */
  readonly pair: string;
  /** What is wrong with its row, after «the row»; none of the benchmark's text. */
  readonly reason: string;
}

/** Gives each pair that needs a picture its own. Not called for TEXT. */
export interface Pictures {
  prepare(pairs: readonly Pair[]): Promise<void>;
  of(pair: Pair): Promise<Picture | NoPicture>;
}
