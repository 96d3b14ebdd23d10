import type { Policy } from '../gate/evidence.ts';
import type { RunConfig } from '../inputs.ts';
import type { Report } from '../report/report.ts';

/** The limits as the gate takes them: fractions. */
export function policyInFractions(policy: RunConfig['policy']): Policy {
  const fraction = (percent: number | null) => (percent === null ? null : percent / 100);
  return {
    maxAsr: fraction(policy.maxAsr),
    maxAsrPerScenario: new Map([...policy.maxAsrPerScenario].map(([name, limit]) => [name, limit / 100])),
    maxIncrease: fraction(policy.maxIncrease),
    confidence: policy.confidence / 100,
    maxErrorRate: policy.maxErrorRate / 100,
    minHelpfulness: policy.minHelpfulness / 100,
  };
}

/** The limits as they were given: per cent. */
export const shownPolicy = (policy: RunConfig['policy']): Report['policy'] => ({
  ...policy,
  maxAsrPerScenario: Object.fromEntries(policy.maxAsrPerScenario),
});
