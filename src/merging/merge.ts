import { type BaselineText, type BaselineUse, useBaseline } from '../baseline.ts';
import type { Finding } from '../finding/finding.ts';
import { limitFaults } from '../inputs/contradictions.ts';
import { InputError, policyInPercent } from '../inputs.ts';
import type { MergeConfig } from './inputs.ts';
import { joinShards } from './join.ts';
import { findReports, readShards } from './shard-files.ts';
import { type AskedShard, isAsked, misfitShards, type Shard, strangersTo, verdictIn } from './shards.ts';

/** What a merging needs of the world around it. */
export interface Surroundings {
  /** The commit that the shards must be of; empty where any will do. */
  readonly commit: string;
  /** The text of the baseline file; called when one is set. */
  readonly readBaseline: (path: string) => Promise<BaselineText>;
}

/**
 * Where the shards' reports lie. Rejects with InputError when a place leads to none: a line for each of those, and for
 * each file beside them that is no report.
 */
export async function pathsOf({ reports }: MergeConfig): Promise<readonly string[]> {
  const { paths, faults } = await findReports(reports);
  if (faults.length > 0) refuse([...faults, ...(await readShards(paths)).faults]);
  return paths;
}

/**
 * A whole merging, in its order. Rejects with InputError, a line for each reason, when the files are no reports, or
 * not of the parts of one run, and with an error of one line when the baseline cannot be compared with.
 */
export async function mergeShards(
  paths: readonly string[],
  config: MergeConfig,
  around: Surroundings,
): Promise<Finding> {
  const { shards, faults } = await readShards(paths);
  refuse(faults);
  refuse(misfitShards(shards));
  const first = firstAsked(shards);
  refuse(strangersTo(around.commit, first));
  const { scenarios } = first.report.sample;
  throwFaults([
    ...limitFaults(config.limits['max-asr-per-scenario'], scenarios),
    ...comparedTwice(config, first),
  ]);
  const policy = policyInPercent(config.limits, scenarios);
  const baseline = await baselineOf(config, around, first);
  return joinShards({ shards, first, policy, baseline });
}

function throwFaults(lines: readonly string[]): void {
  if (lines.length > 0) throw new InputError(lines);
}

const refuse = (lines: readonly string[]): void => throwFaults(lines.map(line => `input "reports": ${line}`));

/** A shard that says what the run was. When none asked anything there is nothing to join. */
function firstAsked(shards: readonly Shard[]): AskedShard {
  const first = shards.find(isAsked);
  if (first) return first;
  throw new InputError(
    shards.map(shard => `Shard ${shard.report.sample.shard} ended in an error: ${verdictIn(shard)}`),
  );
}

function comparedTwice({ baseline }: MergeConfig, { report }: AskedShard): readonly string[] {
  if (baseline === '' || report.part.baselineRows === null) return [];
  return [
    `input "baseline": "${baseline}" is set, and the shards have asked a baseline-model already: leave baseline out`,
  ];
}

async function baselineOf(
  { baseline }: MergeConfig,
  { readBaseline }: Surroundings,
  { report }: AskedShard,
): Promise<BaselineUse> {
  if (baseline === '') return { kind: 'none' };
  return useBaseline(baseline, await readBaseline(baseline), report.fingerprint);
}
