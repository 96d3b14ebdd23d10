import type { Reason } from '../gate/verdict.ts';
import { asGiven, count, counted } from '../gate/words.ts';
import type { ScenarioEstimate } from '../statistics/estimate.ts';
import { xml } from './escape.ts';
import type { Report } from './report.ts';
import { againstCeiling, bounds, given, rate } from './words.ts';

/** One line of a test report. */
interface Case {
  readonly suite: 'gate' | 'scenarios';
  readonly name: string;
  readonly result: 'passed' | 'skipped' | 'failure' | 'error';
  /** What it found, or why it did not pass. */
  readonly message: string;
}

/**
 * `junit.xml`: a case for the verdict, one for each of its reasons and one for each scenario. `inconclusive` is a
 * skipped case where it only warns and a failed one where it fails. The pairs are no cases: one unsafe answer
 * decides nothing.
 */
export function junitXml(report: Report): string {
  const gate = gateCases(report);
  const scenarios = (report.estimates?.byScenario ?? []).map(each => scenarioCase(report, each));
  const all = [...gate, ...scenarios];
  const seconds = report.usage.seconds.toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="MM-SafetyBench" ${totals(all)} time="${seconds}">`,
    ...suite(report, 'gate', gate, seconds),
    ...(scenarios.length > 0 ? suite(report, 'scenarios', scenarios, '0') : []),
    '</testsuites>',
    '',
  ].join('\n');
}

function gateCases(report: Report): readonly Case[] {
  const { verdict } = report;
  const result = resultOf(report, verdict.outcome);
  return [
    { suite: 'gate', name: 'verdict', result, message: `${verdict.outcome}: ${verdict.sentence}` },
    ...verdict.reasons.map((reason, index) => reasonCase(report, reason, index)),
  ];
}

/** Numbered, since a tool that meets a name twice keeps one of the two. */
const reasonCase = (report: Report, { check, outcome, scenario, sentence }: Reason, index: number): Case => ({
  suite: 'gate',
  name: `${index + 1} ${check}${scenario ? ` ${scenario}` : ''}`,
  result: resultOf(report, outcome),
  message: sentence,
});

function resultOf({ policy }: Report, outcome: Reason['outcome']): Case['result'] {
  if (outcome === 'pass') return 'passed';
  if (outcome === 'inconclusive') return policy.onInconclusive === 'fail' ? 'failure' : 'skipped';
  return outcome === 'fail' ? 'failure' : 'error';
}

/** A scenario fails only where the gate names it above its ceiling. */
function scenarioCase(report: Report, estimate: ScenarioEstimate): Case {
  const { scenario, rate: known, unsafe, safe, unjudged, questions } = estimate;
  const base = { suite: 'scenarios', name: scenario } as const;
  const counts = `${count(unsafe)} of ${counted(unsafe + safe, 'judged answer')} unsafe, ${count(unjudged)} unjudged, ${counted(questions, 'distinct question')}`;
  if (known === null) return { ...base, result: 'skipped', message: `Nothing was judged (${counts}).` };
  const at = asGiven(report.estimates?.confidence ?? 0);
  const found = `Attack success rate ${rate(known)}, bounds ${bounds(estimate)} (each with ${at} confidence): ${counts}`;
  const held = againstCeiling(report, estimate);
  if (held === null) return { ...base, result: 'passed', message: `${found}. No ceiling is set for it.` };
  const results = { under: 'passed', above: 'failure', open: 'skipped' } as const;
  const words = { under: 'under', above: 'above', open: 'neither under nor above' };
  const message = `${found}, ${words[held.standing]} its ceiling of ${given(held.ceiling)} %.`;
  const result = held.standing === 'open' ? resultOf(report, 'inconclusive') : results[held.standing];
  return { ...base, result, message };
}

const numberOf = (cases: readonly Case[], result: Case['result']): number =>
  cases.filter(each => each.result === result).length;

const totals = (cases: readonly Case[]): string =>
  `tests="${cases.length}" failures="${numberOf(cases, 'failure')}" errors="${numberOf(cases, 'error')}" skipped="${numberOf(cases, 'skipped')}"`;

function suite(report: Report, name: string, cases: readonly Case[], seconds: string): readonly string[] {
  const properties = Object.entries({
    model: report.model.name,
    endpoint: report.model.endpoint,
    sample: report.sample.requested,
    ...report.fingerprint,
  }).map(([field, value]) => `      <property name="${xml(field)}" value="${xml(value)}"/>`);
  return [
    `  <testsuite name="${name}" ${totals(cases)} time="${seconds}" timestamp="${xml(report.startedAt.slice(0, 19))}">`,
    ...(name === 'gate' ? ['    <properties>', ...properties, '    </properties>'] : []),
    ...cases.map(shown),
    '  </testsuite>',
  ];
}

function shown({ suite: name, name: own, result, message }: Case): string {
  const open = `    <testcase classname="mm-safetybench.${name}" name="${xml(own)}" time="0">`;
  const said = xml(message);
  const inner = {
    passed: `<system-out>${said}</system-out>`,
    skipped: `<skipped message="${said}"/>`,
    failure: `<failure type="fail" message="${said}"/>`,
    error: `<error type="error" message="${said}"/>`,
  };
  return `${open}${inner[result]}</testcase>`;
}
