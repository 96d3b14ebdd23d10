import type { BaselineUse } from '../baseline.ts';
import { type AskedRun, countsOf, type Defence } from '../finding/asked-run.ts';
import { CANCELLED } from '../finding/cancelled.ts';
import { conclude } from '../finding/conclusion.ts';
import { type Finding, shownBaseline } from '../finding/finding.ts';
import { heardTogether } from '../finding/heard.ts';
import { thinkingFirst } from '../finding/no-answers.ts';
import { takenOtherwise } from '../finding/otherwise.ts';
import { inPairOrder } from '../finding/sampled.ts';
import type { FirstOf, PlantedAnswers, PlantedCounts } from '../gate/evidence.ts';
import { noneJudged } from '../gate/run-checks.ts';
import type { RunConfig } from '../inputs.ts';
import { clip, plain } from '../report/escape.ts';
import type { Controls, MirrorPictures, Part, Report, Thoughts } from '../report/report.ts';
import type { Subject } from '../trials.ts';
import { type AskedShard, isAsked, type Shard, verdictIn } from './shards.ts';

export interface ShardsToJoin {
  /** Parts of one run: `misfitShards` has found nothing. At least one of them asked something. */
  readonly shards: readonly Shard[];
  readonly first: AskedShard;
  /** The limits for the whole, in per cent. */
  readonly policy: RunConfig['policy'];
  /** What the whole is compared with, where the shards did not ask a baseline model beside. */
  readonly baseline: BaselineUse;
}

/**
 * Joins the shards of one run and decides on the whole. The finding is that of one run that was never parted, but
 * for times and what was asked once a shard: requests, benign controls, planted answers. A shard that ended in an
 * error makes the whole an error; one that was cut short leaves no `pass`. Pure.
 */
export function joinShards({ shards, first: { report }, policy, baseline }: ShardsToJoin): Finding {
  const parts = takenAlike(shards.filter(isAsked));
  const isCompared = report.part.baselineRows !== null;
  const cutShort = cutShortOf(shards);
  const asked: AskedRun = {
    policy,
    rows: inPairOrder(parts.flatMap(shard => shard.report.rows)),
    population: new Map(Object.entries(report.part.population)),
    repeats: report.part.repeats,
    refusals: sumOf(parts, ({ report }) => report.part.refusals),
    unanswered: sumOf(parts, ({ report }) => report.part.unanswered),
    cut: sumOf(parts, ({ report }) => report.part.cut),
    defence: defenceOf(parts),
    baseline: isCompared ? report.baseline : shownBaseline(baseline),
    before: isCompared ? baselineAnswers(parts) : baseline.kind === 'file' ? baseline.rows : null,
    beforeCut: isCompared ? sumOf(parts, ({ report }) => report.part.baselineCut) : null,
    controls: controlsOf(parts.map(({ report }) => report.controls)),
    baselineControls:
      baseline.kind === 'file'
        ? baseline.controls
        : controlsOf(parts.map(({ report }) => report.baselineControls ?? null)),
    planted: plantedOf(parts.map(shard => shard.report.planted)),
    baselinePlanted: baseline.kind === 'file' ? baseline.planted : null,
    outcomes: inShardOrder(parts, ({ outcomes }) => outcomes),
    baselineOutcomes: isCompared ? inShardOrder(parts, part => part.baselineOutcomes ?? '') : null,
    votes: inPairOrder(parts.flatMap(shard => shard.report.part.votes)),
    labelled: labelledOf(parts),
    thoughts: thoughtsIn(parts),
    early: null,
    cutShort: cutShort === null ? null : { leaves: 'a fragment', why: cutShort, ...cancelledIn(shards) },
    problems: problemsIn(shards),
    unproved: null,
    heard: heardTogether(parts.map(({ report }) => report.part.heard)),
    conditions: [...new Set(parts.flatMap(shard => shard.report.part.conditions))],
    happenings: [
      ...parts.flatMap(({ report: { part, sample } }) =>
        part.happenings.map(notice => `Shard ${sample.shard}: ${notice}`),
      ),
      ...pricesLacking(shards),
    ],
  };
  const { notices, ...concluded } = conclude(asked);
  const times = timesOf(shards);
  return {
    schemaVersion: 1,
    startedAt: new Date(times.startedAt).toISOString(),
    finishedAt: new Date(times.finishedAt).toISOString(),
    model: report.model,
    ...concluded,
    judges: report.judges,
    sample: { ...report.sample, shard: '1/1', ...countsOf(asked), cutShort },
    usage: { ...usageOf(shards), seconds: (times.finishedAt - times.startedAt) / 1000 },
    fingerprint: report.fingerprint,
    ...mirrorOf(parts),
    notices,
  };
}

/**
 * Whether a shard's error is one of the whole. A share of pairs without a judgement is not, be it all of them: it is
 * counted over the whole again, and one without a question lacks nothing. A judge that missed what was planted in one
 * shard, or a model that refused its controls, is.
 */
const isFailed = ({ report: { verdict, part, rows } }: Shard): boolean =>
  verdict.outcome === 'error' &&
  part?.questions !== 0 &&
  !verdict.reasons
    .filter(({ outcome }) => outcome === 'error')
    .every(({ check, sentence }) => check === 'max-error-rate' || sentence === noneJudged(rows.length));

/**
 * The shards, each with its texts that were cut off taken as the whole takes them: whether a model thinks first is told
 * by the texts of all, where those of one may tell nothing of it or another thing.
 */
function takenAlike(parts: readonly AskedShard[]): readonly AskedShard[] {
  const whole = thinkingFirst(thoughtsIn(parts));
  return parts.map(shard => {
    const own = thinkingFirst(shard.report.part.thoughts);
    const differing = SUBJECTS.filter(subject => own[subject] !== whole[subject]);
    return { ...shard, report: differing.reduce(takenOtherwise, shard.report) };
  });
}

const SUBJECTS = ['target', 'baseline'] as const satisfies readonly Subject[];

const thoughtsIn = (parts: readonly AskedShard[]): Part['thoughts'] => ({
  target: thoughtsOf(parts, 'target'),
  baseline: thoughtsOf(parts, 'baseline'),
});

/** Each shard asks the same controls, so that what one text of them ends is counted once: where it ended most. */
function thoughtsOf(parts: readonly AskedShard[], subject: Subject): Thoughts {
  const own = parts.map(({ report }) => report.part.thoughts[subject]);
  const controls = own.map(each => each.controls);
  const sums = (all: readonly Thoughts['controls'][]) => ({
    whole: sumOf(all, ({ whole }) => whole),
    beside: sumOf(all, ({ beside }) => beside),
    ended: sumOf(all, ({ ended }) => ended),
  });
  return {
    ...sums(own),
    notEnded: sumOf(own, ({ notEnded }) => notEnded),
    controls: { ...sums(controls), ended: Math.max(...controls.map(({ ended }) => ended)) },
  };
}

const problemsIn = (shards: readonly Shard[]): readonly string[] =>
  shards
    .filter(isFailed)
    .map(shard => `Shard ${shard.report.sample.shard} ended in an error: ${verdictIn(shard)}`);

/** Which shards were cut short and why; null when none was. */
function cutShortOf(shards: readonly Shard[]): string | null {
  const cut = shards.filter(({ report }) => report.sample.cutShort !== null);
  if (cut.length === 0) return null;
  const [one, ...others] = cut.map(
    ({ report: { sample } }) => `shard ${sample.shard}: ${clip(plain(sample.cutShort ?? ''), 200)}`,
  );
  return others.length > 0 ? `${one}; and ${others.length} more` : `${one}`;
}

const cancelledIn = (shards: readonly Shard[]): { readonly isCancelled?: true } =>
  shards.some(({ report }) => report.sample.cutShort === CANCELLED) ? { isCancelled: true } : {};

const baselineAnswers = (parts: readonly AskedShard[]): AskedRun['before'] =>
  inPairOrder(parts.flatMap(({ report }) => report.part.baselineRows ?? []));

function defenceOf(parts: readonly AskedShard[]): Defence | null {
  const arms = parts.flatMap(({ report }) => report.part.defence ?? []);
  if (arms.length === 0) return null;
  return {
    rows: inPairOrder(arms.flatMap(({ rows }) => rows)),
    refusals: sumOf(arms, ({ refusals }) => refusals),
    controls: controlsOf(parts.map(({ report }) => report.defence?.controls ?? null)),
  };
}

/** What the judge made of each label's answer, in whichever shard that answer was given first. */
function labelledOf(parts: readonly AskedShard[]): AskedRun['labelled'] {
  const [first] = parts;
  const labels = first?.report.part.labelled ?? null;
  if (first === undefined || labels === null) return null;
  const judgedAs = (place: number) =>
    parts.map(({ report }) => report.part.labelled?.[place]?.judge ?? null).find(judge => judge !== null);
  return {
    file: first.report.judgeCheck?.file ?? '',
    answers: labels.map(({ human }, place) => ({ human, judge: judgedAs(place) ?? null })),
  };
}

/** What the shards say of the mirror together. */
function mirrorOf(parts: readonly AskedShard[]): { readonly pictures?: MirrorPictures } {
  const all = parts.flatMap(({ report }) => report.pictures ?? []);
  if (all.length === 0) return {};
  const commits = new Set(all.flatMap(({ revision }) => revision.split('+')));
  return {
    pictures: { revision: [...commits].sort().join('+'), unused: all.flatMap(({ unused }) => unused) },
  };
}

const sumOf = <T>(parts: readonly T[], count: (part: T) => number): number =>
  parts.reduce((sum, part) => sum + count(part), 0);

/** Each shard asks the controls: the whole has asked them as often as there are shards. */
function controlsOf(controls: readonly (Controls | null)[]): Controls | null {
  const known = controls.filter(each => each !== null);
  if (known.length === 0) return null;
  const asked = sumOf(known, each => each.asked);
  const answered = sumOf(known, each => each.answered);
  return {
    asked,
    answered,
    refused: sumOf(known, each => each.refused),
    unanswered: sumOf(known, each => each.unanswered),
    helpfulness: asked > 0 ? answered / asked : null,
  };
}

function plantedOf(planted: readonly (PlantedCounts | null)[]): PlantedCounts | null {
  const known = planted.filter(each => each !== null);
  if (known.length === 0) return null;
  const given = (label: keyof PlantedCounts['again']) => missedOf(known.map(({ again }) => again[label]));
  const unjudged = sumOf(known, each => each.unjudged ?? 0);
  return {
    ...missedOf(known),
    again: {
      ...{ safe: given('safe'), unsafe: given('unsafe') },
      ...{ safeAmid: given('safeAmid'), unsafeAmid: given('unsafeAmid') },
    },
    ...(unjudged > 0 && { unjudged }),
    ...firstOf(known),
  };
}

/** Nothing where any of them does not know. */
function firstOf(planted: readonly PlantedCounts[]): Pick<PlantedCounts, 'first'> {
  const known = planted.flatMap(({ first }) => first ?? []);
  if (known.length < planted.length) return {};
  const of = (label: 'safe' | 'unsafe'): FirstOf => {
    const own = known.map(first => first[label]);
    return { ...missedOf(own), beside: sumOf(own, ({ beside }) => beside) };
  };
  const judged = sumOf(known, first => first.judged);
  return { first: { safe: of('safe'), unsafe: of('unsafe'), judged } };
}

const missedOf = (all: readonly PlantedAnswers[]): PlantedAnswers => ({
  planted: sumOf(all, ({ planted }) => planted),
  missed: sumOf(all, ({ missed }) => missed),
});

/** In the order of the shards, whatever order their files came in. */
const inShardOrder = <T>(parts: readonly AskedShard[], of: (part: Part) => T): readonly T[] =>
  parts.toSorted((one, other) => placeOf(one) - placeOf(other)).map(({ report }) => of(report.part));

const placeOf = ({ report }: AskedShard): number => Number.parseInt(report.sample.shard, 10);

function usageOf(shards: readonly Shard[]): Omit<Report['usage'], 'seconds'> {
  const usages = shards.map(({ report }) => report.usage);
  return {
    requests: sumOf(usages, ({ requests }) => requests),
    promptTokens: sumOf(usages, ({ promptTokens }) => promptTokens),
    completionTokens: sumOf(usages, ({ completionTokens }) => completionTokens),
    cost: costOf(usages),
  };
}

/** Dollars; null where a shard that asked anything had no prices: those of the others beside all tokens would mislead. */
function costOf(usages: readonly Report['usage'][]): number | null {
  const costs = usages.map(({ cost }) => cost).filter(cost => cost !== null);
  if (costs.length === 0 || usages.some(isUnpriced)) return null;
  return sumOf(costs, cost => cost);
}

const isUnpriced = ({ requests, cost }: Report['usage']): boolean => requests > 0 && cost === null;

function pricesLacking(shards: readonly Shard[]): readonly string[] {
  const asking = shards.map(({ report }) => report.usage).filter(({ requests }) => requests > 0);
  const unpriced = asking.filter(isUnpriced).length;
  if (unpriced === 0 || unpriced === asking.length) return [];
  return [
    `${asking.length - unpriced} of ${asking.length} shards with requests have prices: the cost of the whole is not known.`,
  ];
}

/** From the first shard's start to the last one's end; milliseconds since the epoch. */
const timesOf = (shards: readonly Shard[]): { readonly startedAt: number; readonly finishedAt: number } => ({
  startedAt: Math.min(...shards.map(({ report }) => Date.parse(report.startedAt))),
  finishedAt: Math.max(...shards.map(({ report }) => Date.parse(report.finishedAt))),
});
