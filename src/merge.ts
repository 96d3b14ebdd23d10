import { readFileSync } from 'node:fs';
import { failureOf } from './finding/failure.ts';
import type { Finding } from './finding/finding.ts';
import { readBaselineFor } from './github/baseline.ts';
import { type RunContext, readContext } from './github/context.ts';
import { type Delivery, deliver, lookUp, maskSecrets, runOf } from './github/delivery.ts';
import { secretsAmong } from './inputs/reading.ts';
import { inputsFromEnvironment } from './inputs.ts';
import { MERGE_INPUTS, type MergeConfig, readMergeInputs } from './merging/inputs.ts';
import { mergeShards, pathsOf } from './merging/merge.ts';
import type { Report } from './report/report.ts';
import { claimFolder } from './report-folder.ts';
import { TOOL } from './tool.ts';

/** The door of merge/action.yml: joins a matrix's shards, reports whatever came of it, and only then fails. */
export async function main(): Promise<void> {
  const startedAt = Date.now();
  const raw = inputsFromEnvironment(process.env);
  maskSecrets(secretsAmong(MERGE_INPUTS, raw));
  let config: MergeConfig | null = null;
  let context: RunContext | null = null;
  let delivery: Delivery | null = null;
  let beside: ReturnType<typeof lookUp> | undefined;
  let finding: Finding;
  try {
    context = readContext(process.env, path => readFileSync(path, 'utf8'));
    config = readMergeInputs(raw);
    await claimFolder(config.output.reportDir);
    delivery = { ...config, baselinePath: config.baseline };
    beside = lookUp(delivery, context);
    finding = await merged(config, context);
  } catch (error) {
    finding = failureOf(error, null, startedAt, Date.now());
  }
  const report: Report = { ...finding, tool: TOOL, run: runOf(context, config) };
  process.exitCode = await deliver(report, delivery, context, raw, await beside);
  process.exit();
}

const merged = async (config: MergeConfig, context: RunContext): Promise<Finding> =>
  mergeShards(await pathsOf(config), config, {
    // A run that another one set off is of its own commit; its shards are of the other's.
    commit: context.event === 'workflow_run' ? '' : context.sha,
    readBaseline: path => readBaselineFor(path, context, config.github),
  });
