import { count, counted } from '../gate/words.ts';
import { code, link, text } from './escape.ts';
import type { HistoryEntry } from './history.ts';
import { disagreements, judgeSentences } from './judging.ts';
import { bullets, byScenario, folded, inQuotes, joined, sentences, table } from './markdown.ts';
import { repeats } from './repeats.ts';
import type { Report } from './report.ts';
import {
  controlsInWords,
  dollars,
  duration,
  moment,
  NONE,
  plantedInWords,
  points,
  probability,
  rate,
  SYMBOLS,
  sampleAsked,
} from './words.ts';

/** The folded parts of the comment and the job summary, in Markdown. */

/** Said first of a report that another workflow's run made: before any word of the report's own. */
export const SECOND_HAND =
  '> ⚠️ **Unverified.** Made by the pull request’s own run, whose author could have written anything here, the verdict too: only the form was checked. The run’s log shows what was done.';

/** What a pull request changes of what its own gate stands on; `unknown` where GitHub did not tell. */
export interface PullRequestChanges {
  /** `added` where its base has none. */
  readonly baseline: 'unchanged' | 'changed' | 'added' | 'unknown';
  readonly workflows: 'unchanged' | 'changed' | 'unknown';
}

const BASELINE = {
  unchanged: '',
  changed: '> ⚠️ This pull request changes the baseline. It was held to the one at its base commit.',
  added: '> This pull request adds a baseline; it counts once merged.',
  unknown: '',
};
const WORKFLOWS = {
  unchanged: '',
  changed:
    '> ⚠️ This pull request changes `.github/workflows`, and its run was made by its own version of them: see that the gate and its limits are as they were.',
  unknown: '',
};

/** What a pull request changes of what its own gate stands on. */
export function changes(
  found: PullRequestChanges = { baseline: 'unchanged', workflows: 'unchanged' },
): string {
  const unknown = [
    ...(found.baseline === 'unknown' ? ['the baseline'] : []),
    ...(found.workflows === 'unknown' ? ['a workflow'] : []),
  ].join(' or ');
  return joined(
    BASELINE[found.baseline],
    WORKFLOWS[found.workflows],
    unknown &&
      `> ⚠️ Whether this pull request changes ${unknown} is unknown: GitHub did not list all of its files.`,
  );
}

/** What was compared with, or why nothing was; always said when a baseline was asked for. */
export function baselineNote({ baseline, comparison }: Report): string {
  if (baseline === null || baseline.state === 'none') return '';
  const source = `${code(baseline.source, 200)} (${text(baseline.note, 300)})`;
  const notes = {
    compared: comparison ? '' : `> ⚠️ Nothing was compared: the run and ${source} share no judged pair.`,
    missing: `> ⚠️ Nothing was compared: there is no baseline ${source}. To make one, put the \`baseline.json\` of a run that you trust there and commit it to the base branch.`,
    refused: `> 🛑 The baseline ${source} was refused, so nothing was compared.`,
  };
  return notes[baseline.state];
}

/** The pairs that turned, by id, at most `most` of each direction. */
export function turned({ comparison }: Report, most: number): string {
  if (comparison === null || most === 0) return '';
  const { turnedUnsafe, turnedSafe, table: counts } = comparison;
  if (turnedUnsafe.length + turnedSafe.length === 0) return '';
  const list = (name: string, pairs: readonly string[]) =>
    pairs.length > 0 ? joined(`**${name}**`, byScenario(pairs, most)) : '';
  const body = joined(
    list('Turned unsafe', turnedUnsafe),
    list('Turned safe', turnedSafe),
    `Of ${counted(comparison.pairs, 'shared pair')} ${count(counts.bothUnsafe)} were unsafe both times and ${count(counts.bothSafe)} safe both times. ${count(comparison.onlyHere)} judged only here and ${count(comparison.onlyBaseline)} only in the baseline are left out.`,
  );
  const title = `Pairs that turned: ${count(turnedUnsafe.length)} unsafe, ${count(turnedSafe.length)} safe`;
  return folded(title, body);
}

/** Cost, time, sample and judge. */
export function run(report: Report): string {
  const { model, judges, sample, usage, controls, baselineControls, planted } = report;
  const rows = [
    model.name && ['Model', `${code(model.name)} at ${code(model.endpoint)}`],
    judges.length > 0 && [
      'Judge',
      judges
        .map(
          ({ name, model: by, approximate }) =>
            `${code(by === '-' ? name : `${name}, ${by}`)}${approximate ? ' (approximate)' : ''}`,
        )
        .join(', '),
    ],
    [
      'Sample',
      `${code(sample.requested)}: ${sampleAsked(report)} (${sample.kinds.map(kind => code(kind, 20)).join(', ') || NONE}), seed ${code(sample.seed, 40)}, shard ${code(sample.shard, 20)}`,
    ],
    sample.cutShort && ['Cut short', text(sample.cutShort, 300)],
    controls && ['Benign controls', controlsInWords(controls)],
    baselineControls && ['Those of the baseline', controlsInWords(baselineControls)],
    planted && ['Planted answers', plantedInWords(planted)],
    [
      'Spent',
      `${counted(usage.requests, 'request')}, ${count(usage.promptTokens)} prompt and ${count(usage.completionTokens)} completion tokens, ${duration(usage.seconds)}, ${dollars(usage.cost)}`,
    ],
    ['Finished', text(moment(report.finishedAt), 60)],
  ];
  return table(
    [['Run'], ['']],
    rows.filter(row => Array.isArray(row)),
  );
}

/** What two runs must share to be compared. */
export function fingerprint({ fingerprint: fields }: Report): string {
  const rows = Object.entries(fields).map(([field, value]) => [text(field, 60), code(value)]);
  return table([['Fingerprint'], ['']], rows);
}

/** The limits as they were given. */
export function limits({ policy }: Report): string {
  const scenarios = Object.entries(policy.maxAsrPerScenario);
  const rows = [
    policy.maxAsr !== null && ['max-asr', `${policy.maxAsr} %`],
    policy.maxIncrease !== null && ['max-increase', `${policy.maxIncrease} points`],
    scenarios.length > 0 && [
      'max-asr-per-scenario',
      scenarios.map(([name, limit]) => `${text(name, 60)}: ${limit} %`).join(', '),
    ],
    ['confidence', `${policy.confidence} %`],
    ['max-error-rate', `${policy.maxErrorRate} %`],
    ['min-helpfulness', `${policy.minHelpfulness} %`],
    ['on-inconclusive', policy.onInconclusive],
  ];
  return table(
    [['Limit'], ['']],
    rows.filter(row => Array.isArray(row)),
  );
}

/** The last runs, the newest first. */
export function history(entries: readonly HistoryEntry[], most: number): string {
  const rows = entries
    .slice(-most)
    .toReversed()
    .map(({ finishedAt, url, sha, outcome, rate: own, lower, upper, model }) => [
      link(moment(finishedAt), url),
      `${SYMBOLS[outcome]} ${outcome}`,
      rate(own),
      own === null || lower === null || upper === null ? NONE : `${rate(lower)} – ${rate(upper)}`,
      code(model, 60),
      sha ? code(sha.slice(0, 7)) : NONE,
    ]);
  const columns = [
    ['Run'],
    ['Verdict'],
    ['ASR', 'right'],
    ['at least – at most', 'right'],
    ['Model'],
    ['Commit'],
  ] as const;
  return most === 0 ? '' : table(columns, rows);
}

/** @param secondHand whether they are somebody else's words */
export const notices = ({ notices: all }: Report, most: number, secondHand: boolean): string =>
  secondHand ? sentences(all, most, inQuotes) : sentences(all, most);

/** Where to read on. */
export function links({ run: { url } }: Report, artifactUrl: string): string {
  const all = [url && link('Run', url), artifactUrl && link('Artifacts', artifactUrl)];
  return all.filter(each => each !== '').join(' · ');
}

/** How the change was bounded and tested, for who asks. */
export function method({ estimates, comparison }: Report): string {
  return bullets([
    ...(estimates
      ? [
          `Overall bounds: ${text(estimates.overall.method)}. Per scenario: ${[...new Set(estimates.byScenario.map(each => each.method))].map(each => text(each)).join(', ')}.`,
          `Answers that the endpoint itself marked as refusals: ${count(estimates.refusals)}.`,
          ...repeats(estimates),
          ...(estimates.repeatability
            ? [
                'With repeats the overall bounds hold for these questions as they are (finite population correction).',
              ]
            : []),
        ]
      : []),
    ...(comparison
      ? [
          `Change: ${text(comparison.method)}, ${text(probability(comparison.pValue))} for a rise, ${counted(comparison.questions, 'distinct question')}; the smallest rise it could have seen is ${points(comparison.detectable).replace('+', '')} points.`,
        ]
      : []),
  ]);
}

/** How the judge does, and the pairs on which a panel's judges differ. */
export const judge = (report: Report, most: number): string =>
  joined(
    sentences(judgeSentences(report), 10),
    folded('Pairs on which the judges differ', most === 0 ? '' : byScenario(disagreements(report), most)),
  );
