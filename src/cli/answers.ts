import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of } from '../common/hash.ts';
import { makeFolder } from '../common/make-folder.ts';
import { madeOf, SHARED_JOURNAL } from '../going-on.ts';
import type { RawInputs, RunConfig } from '../inputs.ts';
import { unusable } from '../journal/journal.ts';
import { lock, type Unlock } from '../journal/lock.ts';

/** The journal that a run at a terminal keeps its answers in, as long as it is under way. */
export interface Answers {
  readonly journal: string;
  /** The one that all runs share which reuse answers. */
  readonly shared?: string;
  /** Lets go of the journal, which is removed where nothing is left to go on with. Never rejects. */
  release(isOver: boolean): Promise<void>;
}

/** Runs that ask the same and may be under way at once in one folder. */
const AT_ONCE = 16;

/**
 * Claims the journal of a run in the folder it is called in: one that a run which asked the same has left, if no other
 * goes on with it, or a new one. Rejects with one line where there can be none.
 */
export async function claimAnswers(
  { cache }: RunConfig,
  raw: RawInputs,
  workFolder: string,
  notice: (sentence: string) => void,
): Promise<Answers> {
  const folder = join(workFolder, 'answers');
  try {
    await makeFolder(folder);
    await forgetOld(folder);
    const claimed = await firstFree(await journalsIn(folder, raw), notice);
    if (claimed) return { ...claimed, ...(cache.reuseResponses && { shared: join(folder, SHARED_JOURNAL) }) };
  } catch (error) {
    throw unusable(folder, error);
  }
  throw new Error(`${AT_ONCE} runs that ask the same are under way in this folder: wait for one to end`);
}

/** Those with answers in them come first. */
async function journalsIn(folder: string, raw: RawInputs): Promise<readonly string[]> {
  const key = sha256Of(JSON.stringify([process.cwd(), madeOf(raw)])).slice(0, 32);
  const names = Array.from({ length: AT_ONCE }, (_, n) => `${key}${n === 0 ? '' : `-${n + 1}`}.jsonl`);
  const there = new Set(await readdir(folder));
  return names
    .toSorted((a, b) => Number(there.has(b)) - Number(there.has(a)))
    .map(name => join(folder, name));
}

async function firstFree(
  journals: readonly string[],
  notice: (sentence: string) => void,
): Promise<Answers | undefined> {
  let isFirst = true;
  for (const journal of journals) {
    const unlock = await lock(`${journal}.lock`);
    if (unlock) {
      if (!isFirst) notice(BESIDE);
      return { journal, release: isOver => release(journal, unlock, isOver) };
    }
    isFirst = false;
  }
  return undefined;
}

const BESIDE = 'Another run that asks the same is under way in this folder: each asks for itself alone.';

async function release(journal: string, unlock: Unlock, isOver: boolean): Promise<void> {
  // A journal that cannot be removed is gone on with, and a notice says so.
  if (isOver) await rm(journal, { force: true }).catch(() => undefined);
  await unlock();
}

/** What stands behind a name may be another model a day later (ms). */
const LONGEST_KEPT = 24 * 3600 * 1000;

/** Removes the journals that nothing goes on with any more, and no run is under way with. */
async function forgetOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const journal = join(folder, name);
    if (!name.endsWith('.jsonl') || name === SHARED_JOURNAL || !(await isOld(journal))) continue;
    const unlock = await lock(`${journal}.lock`);
    if (unlock) await rm(journal, { force: true }).finally(unlock);
  }
}

const isOld = (journal: string): Promise<boolean> =>
  stat(journal).then(
    ({ mtimeMs }) => Date.now() - mtimeMs > LONGEST_KEPT,
    () => false,
  );
