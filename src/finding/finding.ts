import type { BaselineUse } from '../baseline.ts';
import type { Arm } from '../benchmark/prompts.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Selection } from '../dataset/sample.ts';
import type { Meter } from '../endpoint/meter.ts';
import { shownUrl } from '../endpoint/problems.ts';
import type { Evidence, PlantedCounts } from '../gate/evidence.ts';
import { gatedArm } from '../inputs/arms.ts';
import type { RunConfig } from '../inputs.ts';
import { type Checked, judgedAs } from '../judges/check.ts';
import type { PlantedFindings } from '../judges/judge-planted.ts';
import type { HumanLabel } from '../judges/labels.ts';
import type { Fingerprint, Labelled, MirrorPictures, Part, Report, Vote } from '../report/report.ts';
import type { Result } from '../trials.ts';
import { type AskedRun, countsOf, type Defence } from './asked-run.ts';
import { conclude } from './conclusion.ts';
import { type AskedUnder, conditionsOf, happeningsOf } from './conditions.ts';
import { configuredIn } from './configured.ts';
import { heardIn } from './heard.ts';
import { thinkingFirst, thoughtsIn, withoutNoAnswers } from './no-answers.ts';
import { outcomesOf } from './one-sided.ts';
import { otherwiseOf } from './otherwise.ts';
import { controlsAmong, countsOfControls, rowsOf, type Sampled, sampleOf } from './sampled.ts';
import { meaningless, type Told, toldBy } from './told.ts';

/** What a run found; the door adds where it ran. */
export type Finding = Omit<Report, 'run' | 'tool'>;

export interface FindingParts extends AskedUnder {
  readonly selection: Selection;
  readonly planted: PlantedFindings & PlantedCounts;
  /** Why the run was given up; null when it was not. */
  readonly gaveUp: string | null;
  readonly cutShort: Evidence['cutShort'];
  readonly baseline: BaselineUse;
  readonly fingerprint: Fingerprint;
  readonly labels: readonly HumanLabel[];
  /** The labelled texts as the judge judged them in this run. */
  readonly labelled: Checked;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Estimates, decides, and says all of it in one value. Pure. */
export function findingOf(parts: FindingParts): Finding {
  const { config, selection, judge, meter, cutShort } = parts;
  const results = withoutNoAnswers(parts.results);
  const asked = askedOf(parts, results);
  const { model, chosen } = configuredIn(config);
  const { notices, rows, verdict, ...concluded } = conclude(asked);
  return {
    schemaVersion: 1,
    startedAt: new Date(parts.startedAt).toISOString(),
    finishedAt: new Date(parts.finishedAt).toISOString(),
    model,
    verdict: explained(verdict, parts.givenUp),
    ...concluded,
    judges: judge.identities,
    sample: {
      ...chosen,
      ...countsOf(asked),
      cutShort:
        cutShort?.why ??
        (parts.early?.outcome === 'pass' || parts.early?.outcome === 'fail'
          ? 'stopped early: stop-early was certain'
          : null),
    },
    usage: { ...spentBy(meter), seconds: Math.max(0, parts.finishedAt - parts.startedAt) / 1000 },
    fingerprint: parts.fingerprint,
    ...mirrorOf(parts.dataset),
    notices,
    rows,
    ...(config.selection.isShard && {
      part: partOf(asked, selection.questions.length, otherwiseOf(asked, askedOtherwise(parts, asked))),
    }),
  };
}

/** What the endpoints were asked; tokens as they counted them, cost in dollars. */
export type Spent = Omit<Finding['usage'], 'seconds'>;

export const spentBy = ({ requests, promptTokens, completionTokens, cost }: Meter): Spent => ({
  requests,
  promptTokens,
  completionTokens,
  cost,
});

/** What an error is said to be comes of an endpoint that was given up, wherever one was. */
function explained(verdict: Report['verdict'], givenUp: readonly string[]): Report['verdict'] {
  const [first, ...others] = verdict.reasons;
  if (verdict.outcome !== 'error' || first === undefined || givenUp.length === 0) return verdict;
  const sentence = [...givenUp, first.sentence].join(' ');
  return { ...verdict, sentence, reasons: [{ ...first, sentence }, ...others] };
}

/** What the verdict is reached from. */
function askedOf(parts: FindingParts, results: FindingParts['results']): AskedRun {
  const { config, selection, planted, cutShort } = parts;
  const arm = gatedArm(config);
  const told = toldBy(results, arm);
  const { sampled, shown, controls } = told;
  const open = sampled.filter(({ label }) => label === 'unjudged');
  return {
    policy: config.policy,
    rows: rowsOf(sampled),
    population: selection.population,
    repeats: config.asking.repeats,
    refusals: refusalsIn(sampled),
    unanswered: open.filter(({ unanswered, isCut }) => unanswered && !isCut).length,
    cut: open.filter(({ isCut }) => isCut).length,
    defence: config.asking.safetyPrompt === 'compare' ? defenceOf(results) : null,
    baseline: shownBaseline(parts.baseline),
    ...beforeOf(parts.baseline, results, arm),
    controls: countsOfControls(controls),
    planted: plantedOf(planted),
    outcomes: [outcomesOf(results, 'target', arm)],
    thoughts: thoughtsIn(results),
    votes: votesIn(sampled),
    labelled:
      parts.labels.length > 0 ? { file: config.judging.labels, answers: labelledOf(parts, sampled) } : null,
    early: parts.early,
    cutShort,
    problems: problemsOf(parts, told),
    unproved: planted.unproved ?? null,
    heard: heardIn(
      sampled,
      parts.judge.identities.every(({ approximate }) => approximate),
    ),
    conditions: conditionsOf(parts),
    happenings: happeningsOf(parts, shown),
  };
}

/** The same, had it been told of each model that it thinks first where it does not seem to, and the other way round. */
function askedOtherwise(parts: FindingParts, { thoughts }: AskedRun): AskedRun {
  const { target, baseline } = thinkingFirst(thoughts);
  return askedOf(parts, withoutNoAnswers(parts.results, { target: !target, baseline: !baseline }));
}

const plantedOf = ({ planted, missed, unjudged, again, first }: PlantedCounts): PlantedCounts => ({
  ...{ planted, missed, again },
  ...(unjudged !== undefined && { unjudged }),
  ...(first && { first }),
});

function beforeOf(
  baseline: BaselineUse,
  results: FindingParts['results'],
  arm: Arm,
): Pick<AskedRun, 'before' | 'beforeCut' | 'baselineControls' | 'baselinePlanted' | 'baselineOutcomes'> {
  if (baseline.kind !== 'model') {
    const { rows, controls, planted } = baseline.kind === 'file' ? baseline : NO_BASELINE;
    return {
      before: rows,
      beforeCut: null,
      baselineControls: controls,
      baselinePlanted: planted,
      baselineOutcomes: null,
    };
  }
  const sampled = sampleOf(results, 'baseline', arm);
  return {
    before: rowsOf(sampled),
    beforeCut: sampled.filter(({ isCut }) => isCut).length,
    baselineControls: countsOfControls(controlsAmong(results, 'baseline', arm)),
    baselinePlanted: null,
    baselineOutcomes: [outcomesOf(results, 'baseline', arm)],
  };
}

const NO_BASELINE = { rows: null, controls: null, planted: null };

/** Labels with a text were judged anew; those with a hash alone are found among this run's answers. */
function labelledOf({ labels, labelled }: FindingParts, sampled: Sampled): readonly Labelled[] {
  const answers = sampled.flatMap(({ trial, answer, label }) =>
    answer === undefined ? [] : [{ scenario: trial.pair.question.scenario.name, sha256: answer, label }],
  );
  const anew = labelled.outcomes.values();
  const found = judgedAs(labels, answers);
  return labels.map(({ label, answer }, place) => {
    const judge = answer === null ? found[place] : anew.next().value?.judge;
    return { human: label, judge: judge ?? null };
  });
}

const votesIn = (sampled: Sampled): readonly Vote[] =>
  sampled.flatMap(({ trial: { pair, repeat }, votes }) => (votes ? [{ pair: pair.key, repeat, votes }] : []));

/** What makes the numbers mean nothing, whatever they are. */
const problemsOf = ({ config, selection, planted, gaveUp }: FindingParts, told: Told): readonly string[] => [
  ...(selection.questions.length === 0 ? [emptyShard(config)] : []),
  ...(gaveUp === null ? [] : [`The run was given up: ${gaveUp}.`]),
  ...planted.faults,
  ...meaningless(told, config.policy.minHelpfulness),
];

const emptyShard = ({ selection: { shard } }: RunConfig): string =>
  `Shard ${shard.index}/${shard.of} has no question: the sample has fewer than there are shards. The whole lacks nothing without it.`;

const refusalsIn = (sampled: Sampled): number => sampled.filter(({ refused }) => refused).length;

function defenceOf(results: readonly Result[]): Defence {
  const sampled = sampleOf(results, 'target', 'on');
  return {
    rows: rowsOf(sampled),
    refusals: refusalsIn(sampled),
    controls: countsOfControls(controlsAmong(results, 'target', 'on')),
  };
}

/** What the joining of the shards needs and a report has no place for. */
const partOf = (asked: AskedRun, questions: number, otherwise: Part['otherwise']): Part => ({
  questions,
  population: Object.fromEntries(asked.population),
  repeats: asked.repeats,
  refusals: asked.refusals,
  unanswered: asked.unanswered,
  cut: asked.cut,
  heard: asked.heard,
  conditions: asked.conditions,
  happenings: asked.happenings,
  baselineRows: asked.beforeCut === null ? null : asked.before,
  baselineCut: asked.beforeCut ?? 0,
  defence: asked.defence && { rows: asked.defence.rows, refusals: asked.defence.refusals },
  outcomes: asked.outcomes.join(''),
  baselineOutcomes: asked.baselineOutcomes?.join('') ?? null,
  thoughts: asked.thoughts,
  otherwise,
  votes: asked.votes,
  labelled: asked.labelled?.answers ?? null,
});

export function shownBaseline(baseline: BaselineUse): Report['baseline'] {
  switch (baseline.kind) {
    case 'none':
      return null;
    case 'model':
      return {
        source: `${baseline.model} at ${shownUrl(baseline.baseUrl)}`,
        state: 'compared',
        note: 'asked the same pairs in the same run',
      };
    case 'missing':
      return { source: baseline.path, state: 'missing', note: baseline.note };
    case 'file':
      return { source: baseline.path, state: 'compared', note: baseline.note };
  }
}

function mirrorOf({ pictures }: Dataset): { readonly pictures?: MirrorPictures } {
  const revision = pictures.revision();
  return revision === '' ? {} : { pictures: { revision, unused: pictures.unused() } };
}
