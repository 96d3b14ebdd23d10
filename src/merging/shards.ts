import { isDeepStrictEqual } from 'node:util';
import { toldApart } from '../finding/fingerprint.ts';
import { clip, plain } from '../report/escape.ts';
import type { Part, Report, Row } from '../report/report.ts';
import { contradictsItself } from './contradictions.ts';

/** The report that one job of a matrix left, and where it was found. */
export interface Shard {
  readonly path: string;
  readonly report: Report;
}

/** A shard that came as far as asking: its report says what for. */
export interface AskedShard extends Shard {
  readonly report: Report & { readonly part: Part };
}

export const isAsked = (shard: Shard): shard is AskedShard => shard.report.part !== undefined;

/**
 * Why these reports are not the parts of one run, a line each; empty when they are. A shard that ended in an error
 * before it asked is a part like the others: what it means is the verdict's to say.
 */
export function misfitShards(shards: readonly Shard[]): readonly string[] {
  const unplaced = shards.flatMap(unplacedLine);
  if (unplaced.length > 0) return unplaced;
  const asked = shards.filter(isAsked);
  return [
    ...placeFaults(shards),
    ...foreignLines(asked),
    ...asked.flatMap(countFaults),
    ...emptyFaults(asked),
    ...twiceLines(asked),
  ];
}

/** A shard as a line names it. */
const named = ({ path, report }: Shard): string => `"${path}" (shard ${report.sample.shard})`;

/** The sentence that a shard's report gives for its verdict: words from a file, so cut to a line. */
export const verdictIn = ({ report }: Shard): string => clip(plain(report.verdict.sentence), 400);

function unplacedLine(shard: Shard): readonly string[] {
  const { path, report } = shard;
  if (report.sample.shard === '') {
    return [`"${path}" is of a run that ended before its shard was known: ${verdictIn(shard)}`];
  }
  if (!isPlace(report.sample.shard)) return [`"${path}" names no shard: set shard to i/n in each job`];
  if (report.part) return [];
  if (report.sample.shard === '1/1') return [wholeLine(shard)];
  return report.verdict.outcome === 'error' || report.sample.cutShort !== null
    ? []
    : [`"${path}" lacks what joining needs: make it again with this version`];
}

/** Where nothing was asked, the report does not tell whether shard was set to 1/1 or not at all. */
function wholeLine(shard: Shard): string {
  const advice = 'set shard to i/n in each job of the matrix';
  return shard.report.sample.questions === 0
    ? `"${shard.path}" is of shard 1/1 or of a whole run, and ended before it asked (${verdictIn(shard)}): where it is a whole run, ${advice}`
    : `"${shard.path}" is of a whole run: ${advice}`;
}

/** Whether it is `i/n` as the input takes it. */
function isPlace(shard: string): boolean {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(shard) ?? [];
  return Number(index) >= 1 && Number(index) <= Number(of);
}

/** Whether each place is taken, and once. */
function placeFaults(shards: readonly Shard[]): readonly string[] {
  const [first] = shards;
  if (first === undefined) return ['there is no report to join'];
  const of = countOf(first);
  const other = shards.find(shard => countOf(shard) !== of);
  if (other)
    return [`${named(other)} and ${named(first)} are parts of different wholes: give those of one run`];
  const byPlace = Map.groupBy(shards, ({ report }) => report.sample.shard);
  const twice = [...byPlace].flatMap(([place, [one, another]]) =>
    one && another ? [`shard ${place} is there twice: "${one.path}" and "${another.path}"`] : [],
  );
  const places = Array.from({ length: of }, (_, place) => `${place + 1}/${of}`);
  const missing = places.filter(place => !byPlace.has(place));
  return missing.length === 0 ? twice : [...twice, missingLine(missing)];
}

const countOf = ({ report }: Shard): number => Number(report.sample.shard.split('/')[1]);

function missingLine(missing: readonly string[]): string {
  const shown = missing.slice(0, 5).join(', ');
  const rest = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  const what = missing.length === 1 ? `shard ${shown} is` : `shards ${shown}${rest} are`;
  return `${what} missing: upload the report.json of every job, of one that fails too`;
}

/** A line for each shard that was asked under other conditions than the first. */
function foreignLines([first, ...others]: readonly AskedShard[]): readonly string[] {
  if (first === undefined) return [];
  const wanted = sharedFieldsOf(first);
  return others.flatMap(shard => {
    const own = sharedFieldsOf(shard);
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(own)])];
    const differing = names.filter(name => !isDeepStrictEqual(own[name], wanted[name]));
    if (differing.length === 0) return [];
    const told = differing.map(name => apart(name, own[name], wanted[name])).join(', ');
    return [`${named(shard)} does not belong with ${named(first)}: they differ in ${told}`];
  });
}

/** With both values where they have room in a line. */
const apart = (name: string, own: unknown, there: unknown): string =>
  isShort(own) && isShort(there) ? toldApart(name, own, there) : plain(name);

const isShort = (value: unknown): value is string | number | null | undefined =>
  value === null || ['string', 'number', 'undefined'].includes(typeof value);

/** Everything that the parts of one run share, under the name that a person knows it by. */
const sharedFieldsOf = ({ report }: AskedShard): Readonly<Record<string, unknown>> => ({
  ...report.fingerprint,
  'tool version': `${report.tool.name} ${report.tool.version}`,
  repository: report.run.repository,
  'workflow run': workflowRunOf(report),
  commit: report.run.sha,
  model: report.model.name,
  'base-url': report.model.endpoint,
  judges: report.judges,
  sample: report.sample.requested,
  seed: report.sample.seed,
  scenarios: report.sample.scenarios.join(', '),
  'image kinds': report.sample.kinds.join(', '),
  repeats: report.part.repeats,
  'questions of the data set': Object.entries(report.part.population),
  'arms of the safety prompt': report.part.defence !== null,
  'human labels': report.part.labelled?.map(({ human }) => human),
  'min-helpfulness': report.policy.minHelpfulness,
  'baseline model': report.part.baselineRows && report.baseline?.source,
});

/** The address of its run on GitHub, whose failed jobs are run again in other attempts: all are of one run. */
const workflowRunOf = ({ run }: Report): string => run.url.replace(/\/attempts\/\d+$/, '');

/** A line when the shards are another commit's than the one to decide on; an empty commit is any. */
export function strangersTo(commit: string, first: AskedShard): readonly string[] {
  const { sha } = first.report.run;
  if (commit === '' || sha === '' || sha === commit) return [];
  return [
    `${named(first)} is of commit ${sha.slice(0, 7)} and this run of ${commit.slice(0, 7)}: join a run's own shards`,
  ];
}

/** Whether a report says of itself what its rows show. */
function countFaults(shard: AskedShard): readonly string[] {
  const { rows, sample, part } = shard.report;
  const planned = part.questions * sample.kinds.length * part.repeats;
  const faults: string[] = [];
  if (contradictsItself(shard.report)) {
    faults.push(`${named(shard)} has counts that its rows contradict`);
  }
  if (rows.length > planned || (sample.cutShort === null && rows.length < planned)) {
    faults.push(`${named(shard)} has ${rows.length} rows where ${planned} were to be asked`);
  }
  const stray = rows.find(row => !isOfSample(row, shard));
  if (stray) faults.push(`${named(shard)} has ${stray.pair}, which is no part of its sample`);
  return faults;
}

/** Questions are dealt out in turn: where a shard has none, no other has two. */
function emptyFaults(shards: readonly AskedShard[]): readonly string[] {
  const full = shards.find(({ report }) => report.part.questions > 1);
  if (full === undefined) return [];
  return shards
    .filter(({ report }) => report.part.questions === 0)
    .map(
      shard =>
        `${named(shard)} had no question where ${named(full)} had ${full.report.part.questions}: run it again`,
    );
}

function isOfSample({ pair, cluster, repeat }: Row, { report }: AskedShard): boolean {
  const [scenario = '', , kind = ''] = pair.split('/');
  const { scenarios, kinds } = report.sample;
  const isChosen = scenarios.includes(scenario) && kinds.includes(kind) && cluster.startsWith(`${scenario}/`);
  return isChosen && repeat < report.part.repeats;
}

/** A line for each two shards that have the same pair, in any of their lists. */
function twiceLines(shards: readonly AskedShard[]): readonly string[] {
  const lists = [
    ({ rows }: Report) => rows,
    ({ part }: Report) => part?.baselineRows ?? [],
    ({ part }: Report) => part?.defence?.rows ?? [],
  ];
  return [...new Set(lists.flatMap(list => twiceIn(shards, list)))];
}

function twiceIn(shards: readonly AskedShard[], list: (report: Report) => readonly Row[]): readonly string[] {
  const owners = new Map<string, AskedShard>();
  const lines = new Map<AskedShard, string>();
  for (const shard of shards) {
    for (const { pair, repeat } of list(shard.report)) {
      const key = `${pair} ${repeat}`;
      const owner = owners.get(key);
      if (owner) lines.set(shard, `${named(shard)} has ${pair}, which ${named(owner)} has already`);
      owners.set(key, owner ?? shard);
    }
  }
  return [...lines.values()];
}
