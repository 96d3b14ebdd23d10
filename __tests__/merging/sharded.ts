import { startEndpoint } from '../../fixtures/endpoint.ts';
import type { Finding } from '../../src/finding/finding.ts';
import type { Report } from '../../src/report/report.ts';
import { TOOL } from '../../src/tool.ts';
import { type EvaluationOptions, evaluated, FIXTURE_QUESTIONS } from '../support/evaluation.ts';

const RUN: Report['run'] = {
  repository: 'octo-org/octo-repo',
  sha: 'ffac537e6cbbf934b08745a378932722df287a53',
  ref: 'refs/heads/main',
  event: 'push',
  url: '',
  pullRequest: null,
  commentId: '',
};

/** A finding as the action's door reports it. */
export const reportOf = (finding: Finding): Report => ({ ...finding, tool: TOOL, run: RUN });

/** The reports of a run over the fixture questions in so many shards, and of the same run unparted. */
export async function sharded(
  count: number,
  { endpoint: behaviour = {}, inputs = {} }: Pick<EvaluationOptions, 'endpoint' | 'inputs'> = {},
): Promise<{ readonly whole: Finding; readonly shards: readonly Report[] }> {
  // One endpoint for all, since its address is part of what makes runs comparable.
  const endpoint = await startEndpoint({ dataset: FIXTURE_QUESTIONS, ...behaviour });
  const run = async (part: { readonly shard?: string }) => {
    const common = { sample: '40', 'base-url': endpoint.baseUrl, ...inputs };
    const { finding } = await evaluated({ inputs: { ...common, ...part } });
    return finding;
  };
  try {
    const whole = await run({});
    const shards: Report[] = [];
    for (let index = 1; index <= count; index += 1) {
      shards.push(reportOf(await run({ shard: `${index}/${count}` })));
    }
    return { whole, shards };
  } finally {
    await endpoint.close();
  }
}

/** Everything but times and what each shard asks once: requests with their tokens, controls, planted answers. */
export function comparable(finding: Finding): unknown {
  const {
    startedAt: _,
    finishedAt: __,
    usage: ___,
    controls,
    baselineControls,
    planted,
    defence,
    ...rest
  } = JSON.parse(JSON.stringify(finding)) as Finding;
  return {
    ...rest,
    helpfulness: controls?.helpfulness ?? null,
    baselineHelpfulness: baselineControls?.helpfulness ?? null,
    missed: planted && planted.missed / planted.planted,
    defence: defence && { ...defence, controls: defence.controls?.helpfulness },
  };
}
