import { z } from 'zod';
import { IMAGE_KINDS } from '../benchmark/pair.ts';
import { SCENARIOS } from '../benchmark/scenarios.ts';
import { LABELS } from '../statistics/observation.ts';
import {
  controlsSchema,
  fingerprintSchema,
  integritySchema,
  modelSchema,
  outcomeSchema,
  plantedSchema,
  thoughtsSchema,
} from './json.ts';
import { heardSchema, labelledSchema, otherwiseSchema, outcomesSchema, rowsSchema } from './rows-schema.ts';

/** The shape of `report.json`, part by part: every field, nothing besides, every number in its range. */

const line = (longest: number) => z.string().max(longest);
const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const difference = z.number().min(-1).max(1);
const percent = z.number().min(0).max(100);
const scenario = z.enum(SCENARIOS.map(({ name }) => name));
/** As the key of a record; no name that every object has. */
const scenarioName = z.string().regex(new RegExp(`^(?:${SCENARIOS.map(({ name }) => name).join('|')})$`));
const kind = z.enum(IMAGE_KINDS);
const pairKey = z.string().regex(/^[\w-]{1,40}\/\d{1,9}\/[A-Z_]{2,7}$/);
const pairs = z.array(pairKey).max(100_000);

const reasonSchema = z.strictObject({
  check: z.enum([
    'max-asr',
    'max-asr-per-scenario',
    'max-increase',
    'max-error-rate',
    'min-helpfulness',
    'planted-answers',
    'run',
  ]),
  outcome: outcomeSchema,
  sentence: line(20_000),
  scenario: z.exactOptional(scenario),
  value: z.exactOptional(z.number()),
  bound: z.exactOptional(z.number()),
  limit: z.exactOptional(z.number()),
  n: z.exactOptional(count),
});

const verdictSchema = z.strictObject({
  outcome: outcomeSchema,
  sentence: line(20_000),
  reasons: z.array(reasonSchema).min(1).max(1_000),
});

const estimateFields = {
  rate: fraction.nullable(),
  lower: fraction,
  upper: fraction,
  worstUpper: fraction,
  bestLower: fraction,
  unsafe: count,
  safe: count,
  unjudged: count,
  questions: count,
  method: line(200),
};
const estimateSchema = z.strictObject(estimateFields);

const estimatesSchema = z.strictObject({
  confidence: z.number().gt(0.5).lt(1),
  overall: estimateSchema,
  harm: estimateSchema.nullable(),
  byScenario: z
    .array(
      z.strictObject({
        ...estimateFields,
        scenario,
        population: count,
        pAbove: z.exactOptional(fraction),
      }),
    )
    .max(SCENARIOS.length),
  byKind: z.array(z.strictObject({ ...estimateFields, kind })).max(IMAGE_KINDS.length),
  meanOverScenarios: fraction.nullable(),
  refusals: count,
  repeatability: z.exactOptional(
    z.strictObject({
      pairs: count,
      mixed: count,
      shares: z
        .strictObject({ questions: fraction, kinds: fraction.nullable(), answers: fraction })
        .nullable(),
      rerunError: fraction.nullable(),
    }),
  ),
});

const comparisonSchema = z.strictObject({
  baselineRate: fraction,
  rate: fraction,
  increase: difference,
  lower: difference,
  upper: difference,
  worstUpper: difference,
  bestLower: difference,
  confidence: z.number().gt(0.5).lt(1),
  method: line(200),
  pValue: fraction,
  pairs: count,
  questions: count,
  onlyHere: count,
  onlyBaseline: count,
  unjudged: count,
  unseen: fraction,
  newKinds: z.exactOptional(z.array(kind).min(1).max(IMAGE_KINDS.length)),
  table: z.strictObject({
    bothUnsafe: count,
    turnedUnsafe: count,
    turnedSafe: count,
    bothSafe: count,
  }),
  turnedUnsafe: pairs,
  turnedSafe: pairs,
  byScenario: z
    .array(
      z.strictObject({
        scenario,
        increase: difference,
        lower: difference,
        upper: difference,
        questions: count,
      }),
    )
    .max(SCENARIOS.length),
  detectable: z.number().min(0),
});

const judgeSchema = z.strictObject({
  name: line(200),
  model: line(1_000),
  endpoint: line(4_000),
  wording: line(200),
  parameters: line(4_000),
  approximate: z.boolean(),
});

const label = z.enum(LABELS);
const judgeName = z.string().regex(/^[a-z]+(?:-[a-z]+)*$/);

const voteSchema = z.strictObject({
  pair: pairKey,
  repeat: z.int().min(0).max(9_999),
  votes: z.record(judgeName, label),
});

const shareSchema = z.strictObject({
  value: fraction.nullable(),
  lower: fraction,
  upper: fraction,
  of: count,
});
const confusionSchema = z.strictObject({ unsafe: count, safe: count, unjudged: count });

const judgeCheckSchema = z.strictObject({
  file: line(4_000),
  unmatched: count,
  measure: z.strictObject({
    labelled: count,
    confusion: z.strictObject({ unsafe: confusionSchema, safe: confusionSchema }),
    sensitivity: shareSchema,
    specificity: shareSchema,
    kappa: difference.nullable(),
  }),
  corrected: z
    .strictObject({ rate: fraction, lower: fraction, upper: fraction, method: line(200) })
    .nullable(),
});

const agreementSchema = z.strictObject({
  measure: z.enum(["Cohen's kappa", "Krippendorff's alpha"]),
  value: z.number().max(1).nullable(),
  judges: z.array(judgeName).max(100),
  compared: count,
  disagreements: z.array(pairKey).max(400_000),
});

const partSchema = z.strictObject({
  questions: count,
  population: z.record(scenarioName, count),
  repeats: z.int().min(1),
  refusals: count,
  unanswered: count,
  cut: count,
  heard: heardSchema,
  conditions: z.array(line(20_000)).max(1_000),
  happenings: z.array(line(20_000)).max(1_000),
  baselineRows: rowsSchema.nullable(),
  baselineCut: count,
  defence: z.strictObject({ rows: rowsSchema, refusals: count }).nullable(),
  outcomes: outcomesSchema,
  baselineOutcomes: outcomesSchema.nullable(),
  thoughts: thoughtsSchema,
  otherwise: otherwiseSchema,
  votes: z.array(voteSchema).max(400_000),
  labelled: labelledSchema,
});

/** `report.json`. The JSON schema in the repository is made from it. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  tool: z.strictObject({ name: line(200), version: line(200) }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  run: z.strictObject({
    repository: line(1_000),
    sha: line(200),
    ref: line(1_000),
    event: line(200),
    url: line(2_000),
    pullRequest: z.int().min(1).nullable(),
    commentId: line(1_000),
  }),
  model: modelSchema,
  verdict: verdictSchema,
  policy: z.strictObject({
    maxAsr: percent.nullable(),
    maxAsrPerScenario: z.record(scenarioName, percent),
    maxIncrease: percent.nullable(),
    confidence: z.number().gt(50).lt(100),
    maxErrorRate: percent,
    minHelpfulness: percent,
    onInconclusive: z.enum(['warn', 'fail']),
  }),
  estimates: estimatesSchema.nullable(),
  comparison: comparisonSchema.nullable(),
  baseline: z
    .strictObject({
      source: line(4_000),
      state: z.enum(['compared', 'missing', 'refused', 'none']),
      note: line(4_000),
    })
    .nullable(),
  controls: controlsSchema.nullable(),
  baselineControls: z.exactOptional(controlsSchema),
  defence: z.exactOptional(
    z.strictObject({
      estimates: estimatesSchema,
      comparison: comparisonSchema.nullable(),
      controls: controlsSchema.nullable(),
    }),
  ),
  planted: plantedSchema.nullable(),
  judgeCheck: z.exactOptional(judgeCheckSchema),
  agreement: z.exactOptional(agreementSchema),
  judges: z.array(judgeSchema).max(100),
  sample: z.strictObject({
    requested: line(200),
    seed: line(200),
    shard: line(50),
    scenarios: z.array(scenario).max(SCENARIOS.length),
    kinds: z.array(kind).max(IMAGE_KINDS.length),
    questions: count,
    pairs: count,
    population: count,
    cutShort: line(4_000).nullable(),
  }),
  usage: z.strictObject({
    requests: count,
    promptTokens: count,
    completionTokens: count,
    cost: z.number().min(0).nullable(),
    seconds: z.number().min(0),
  }),
  fingerprint: fingerprintSchema,
  pictures: z.exactOptional(
    z.strictObject({
      revision: line(4_000),
      unused: z.array(z.strictObject({ pair: pairKey, reason: line(200) })).max(100_000),
    }),
  ),
  notices: z.array(line(20_000)).max(1_000),
  rows: rowsSchema,
  cut: z.exactOptional(count),
  part: z.exactOptional(partSchema),
  integrity: integritySchema,
});
