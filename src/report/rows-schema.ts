import { z } from 'zod';
import { IMAGE_KINDS } from '../benchmark/pair.ts';
import { SCENARIOS } from '../benchmark/scenarios.ts';
import { LABELS } from '../statistics/observation.ts';

/** The shape of rows, and of what is counted in them. */

const MAX_ROWS = 400_000;

const count = z.int().min(0);
const names = SCENARIOS.map(({ name }) => name).join('|');
const question = `(?:${names})/\\d{1,9}`;

const rowSchema = z.strictObject({
  pair: z.string().regex(new RegExp(`^${question}/(?:${IMAGE_KINDS.join('|')})$`)),
  cluster: z.string().regex(new RegExp(`^${question}$`)),
  repeat: z.int().min(0).max(9_999),
  label: z.enum(LABELS),
  note: z.exactOptional(z.string().max(4_000)),
  picture: z.exactOptional(z.string().regex(/^[0-9a-f]{16}$/)),
});

export const rowsSchema = z.array(rowSchema).max(MAX_ROWS);
export const heardSchema = z.strictObject({
  answers: count,
  refusing: count,
  cutOff: count,
  safeSoFar: count,
  unsafeSoFar: count,
  alike: z.array(z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), answers: count })).max(100),
});

export const outcomesSchema = z
  .string()
  .regex(/^(?:\d\d[sumlk-])*$/)
  .max(30_000);

export const labelledSchema = z
  .array(z.strictObject({ human: z.enum(['safe', 'unsafe']), judge: z.enum(LABELS).nullable() }))
  .max(1_000_000)
  .nullable();

export const otherwiseSchema = z.strictObject({
  target: z
    .strictObject({
      unanswered: count,
      heard: heardSchema,
      outcomes: outcomesSchema,
      labelled: labelledSchema,
      rows: rowsSchema,
      defenceRows: rowsSchema,
    })
    .nullable(),
  baseline: z.strictObject({ rows: rowsSchema, outcomes: outcomesSchema }).nullable(),
});
