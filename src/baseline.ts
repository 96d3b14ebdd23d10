import { readFile } from 'node:fs/promises';
import { codeOf } from './common/fault.ts';
import { differingFields } from './finding/fingerprint.ts';
import { readBaseline } from './report/json.ts';
import type { Fingerprint, Report, Row } from './report/report.ts';

/** A baseline file as a door found it. `note` says for a person where it was read, or why it is not there. */
export type BaselineText =
  | { readonly state: 'found'; readonly text: string; readonly note: string }
  | { readonly state: 'missing'; readonly note: string };

/** Reads the baseline from the working tree: where no pull request could have changed it. */
export async function readLocalBaseline(path: string): Promise<BaselineText> {
  try {
    return { state: 'found', text: await readFile(path, 'utf8'), note: 'in the working tree' };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return { state: 'missing', note: 'there is no such file' };
    throw new Error(`baseline "${path}" cannot be read (${code})`);
  }
}

/** What a run is compared with. */
export type BaselineUse =
  | { readonly kind: 'none' }
  | { readonly kind: 'model'; readonly model: string; readonly baseUrl: string }
  | { readonly kind: 'missing'; readonly path: string; readonly note: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly note: string;
      readonly rows: readonly Row[];
      readonly controls: Report['controls'];
      readonly planted: Report['planted'];
    };

/** A baseline that cannot be compared with: corrupt, or made under other conditions. */
class BaselineError extends Error {
  override readonly name = 'BaselineError';
}

/**
 * Reads a baseline for use against a run of this fingerprint.
 * Throws BaselineError, with the fields that differ, for one that is corrupt or foreign.
 */
export function useBaseline(path: string, found: BaselineText, fingerprint: Fingerprint): BaselineUse {
  if (found.state === 'missing') return { kind: 'missing', path, note: found.note };
  const baseline = readBaseline(found.text);
  if ('problem' in baseline) {
    throw new BaselineError(`baseline "${path}" ${found.note} cannot be used: ${baseline.problem}`);
  }
  const differing = differingFields(fingerprint, baseline.fingerprint);
  if (differing.length > 0) {
    throw new BaselineError(
      `baseline "${path}" ${found.note} was made under other conditions (${differing.join(', ')} ${differing.length === 1 ? 'differs' : 'differ'}): make a new one under these`,
    );
  }
  const { rows, controls, planted } = baseline;
  return { kind: 'file', path, note: found.note, rows, controls, planted };
}
