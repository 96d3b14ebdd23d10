import { getState, saveState } from '@actions/core';
import { z } from 'zod';
import { messageOf } from '../common/fault.ts';
import { parseJson } from '../common/json.ts';
import { type CachedFolder, openCache } from './cache.ts';

/** A folder that is kept between runs, in what a job's state can hold. */
export interface KeptFolder {
  readonly name: string;
  readonly folder: string;
  readonly parts: readonly string[];
  /** The one file of it that is kept; all if left out. */
  readonly only?: string;
  /** What is restored: what lies nearest to the parts, or the first of others, whole; nothing where it is left out. */
  readonly restore?: 'nearest' | NonNullable<CachedFolder['oneOf']>;
}

const STATE = 'kept';
const state = z.array(
  z.strictObject({
    name: z.string(),
    folder: z.string(),
    parts: z.array(z.string()),
    only: z.string().optional(),
    restored: z.strictObject({ key: z.string().optional(), isRefused: z.literal(true).optional() }),
  }),
);

type Kept = Pick<z.output<typeof state>[number], 'name' | 'folder' | 'only'> & Pick<KeptFolder, 'parts'>;

/** Keeps folders between runs: filled before the run, saved after it, or by `post` when the run was cancelled. */
export interface Keeper {
  save(): Promise<void>;
}

/** Fills the folders with what earlier runs kept; `silenceMs` is as `openCache` has it. Never rejects. */
export async function restoreKept(
  folders: readonly KeptFolder[],
  notice: (line: string) => void,
  silenceMs?: number,
): Promise<Keeper> {
  const cache = await openCache(notice, silenceMs);
  const restored: z.output<typeof state> = [];
  for (const each of folders) {
    const { restore, ...kept } = each;
    const from = { ...cachedFolder(kept), ...(Array.isArray(restore) && { oneOf: restore }) };
    const found = restore ? await cache.restore(from) : {};
    restored.push({ ...kept, parts: [...kept.parts], restored: found });
  }
  // Should the job be cancelled from here on, `post` knows what to save.
  remember(cache.isDown() ? [] : restored, notice);
  return {
    async save() {
      for (const each of restored) await cache.save(cachedFolder(each), each.restored);
      remember([], notice);
    },
  };
}

/** What `post` is to save. Without it a cancelled run keeps nothing, and that ends no run. */
function remember(kept: z.output<typeof state>, notice: (line: string) => void): void {
  try {
    saveState(STATE, kept);
  } catch (error) {
    notice(`The job's state cannot be written, so a cancelled run would keep nothing: ${messageOf(error)}`);
  }
}

/** Saves what a cancelled run left in its folders. Never rejects. */
export async function saveLeftKept(notice: (line: string) => void, silenceMs?: number): Promise<void> {
  const left = state.safeParse(parseJson(getState(STATE))).data ?? [];
  if (left.length === 0) return;
  const cache = await openCache(notice, silenceMs);
  for (const each of left) await cache.save(cachedFolder(each), each.restored);
}

const cachedFolder = ({ name, folder, parts, only }: Kept): CachedFolder => ({
  name,
  folder,
  parts,
  ...(only !== undefined && { includes: path => path === only }),
});
