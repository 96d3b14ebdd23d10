import type { Dataset } from '../dataset/dataset.ts';
import type { Meter } from '../endpoint/meter.ts';
import { count, counted } from '../gate/words.ts';
import type { RunConfig } from '../inputs.ts';
import type { Judge } from '../judges/judgement.ts';
import { beyondTheirRules } from '../judges/judges.ts';
import { plain } from '../report/escape.ts';
import type { EarlyDecision } from '../statistics/stopper.ts';
import type { Result } from '../trials.ts';
import { type Shown, sharedPictures } from './suspicions.ts';

/** What was asked, under what, and how that went. */
export interface AskedUnder {
  readonly config: RunConfig;
  readonly dataset: Dataset;
  readonly judge: Judge;
  readonly results: readonly Result[];
  readonly meter: Meter;
  readonly early: EarlyDecision | null;
  /** The names that the endpoint gave for the model, other than the one asked for. */
  readonly otherNames: readonly string[];
  /** A sentence for each model that had to be asked in other words. */
  readonly rewordings: readonly string[];
  /** A sentence for each endpoint that was given up. */
  readonly givenUp: readonly string[];
  /** A sentence for each endpoint that slowed the run down. */
  readonly slowed: readonly string[];
}

/** What a person should know of the conditions before believing the numbers; true of each shard is true of the whole. */
export function conditionsOf({
  config,
  dataset,
  judge,
  otherNames,
  rewordings,
}: AskedUnder): readonly string[] {
  const foreign = dataset.files.filter(({ published }) => !published).length;
  const notices = [
    foreign > 0 &&
      `${foreign} of ${dataset.files.length} data set files are not the published ones: compare with no figures of the benchmark.`,
    approximateJudge(judge.identities),
    otherNames.length > 0 &&
      `The endpoint says that ${otherNames.map(name => `"${plain(name)}"`).join(', ')} answered, where "${config.target.model}" was asked for: see that it is the model you mean.`,
    isItself(config) &&
      'The baseline-model is the model itself, at the same address: a change is its own randomness.',
    ...rewordings,
    ...beyondTheirRules(judge.identities, config.selection.scenarios),
  ];
  return notices.filter(notice => typeof notice === 'string');
}

/** What a person should know of how the asking went, by this machine alone. */
export function happeningsOf(parts: AskedUnder, shown: readonly Shown[]): readonly string[] {
  const { dataset, early, givenUp, slowed, meter } = parts;
  const unused = dataset.pictures.unused();
  const notices = [
    meter.cost !== null &&
      meter.uncounted > 0 &&
      `${count(meter.uncounted)} responses do not say how many tokens they took: the cost takes each for one of usual length.`,
    keptAmong(parts),
    ...givenUp,
    ...slowed,
    ...sharedPictures(shown),
    early !== null &&
      early.outcome !== 'undecided' &&
      `The run stopped as soon as stop-early was certain: it speaks of all ${count(early.population)} questions of the sample, the bounds only describe what was asked.`,
    unused.length > 0 &&
      `${unused.length} of the mirror's pictures are not used, such as that of ${unused[0]?.pair}, whose row ${unused[0]?.reason}; report.json and report.html list all of them.`,
  ];
  return notices.filter(notice => typeof notice === 'string');
}

function keptAmong({ config, results }: AskedUnder): string | false {
  const kept = results.filter(({ isKept }) => isKept).length;
  if (kept === 0) return false;
  if (config.cache.reuseResponses) {
    const all = results.filter(({ unanswered }) => !unanswered).length;
    return `${count(kept)} of ${counted(all, 'answer')} came from earlier runs (reuse-responses): a model that has changed behind its name since is not seen. Requests, tokens, dollars and time are this run's alone.`;
  }
  return `${counted(kept, 'answer')} of those asked for came from an earlier attempt: requests, tokens, dollars and time are the last attempt's alone.`;
}

/** A panel has a judge-model already. */
function approximateJudge(identities: Judge['identities']): string | false {
  const approximate = identities.filter(identity => identity.approximate);
  if (approximate.length === 0) return false;
  return approximate.length === identities.length
    ? 'The refusal judge looks for phrases and only approximates the benchmark: set judge-model for its own judge.'
    : 'The refusal judge looks for phrases and only approximates the benchmark, beside the other judges.';
}

/** Whether a model is compared with itself. Headers go to the model alone, and may lead to another one. */
const isItself = ({ baseline, target }: RunConfig): boolean =>
  baseline.kind === 'model' &&
  baseline.access.model === target.model &&
  baseline.access.baseUrl === target.baseUrl &&
  Object.keys(target.headers).length === 0;
