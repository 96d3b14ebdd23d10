import { z } from 'zod';
import { IMAGE_KINDS, type ImageKind } from '../benchmark/pair.ts';
import { findScenario, SCENARIOS, type Scenario } from '../benchmark/scenarios.ts';
import { parseJson } from '../common/json.ts';
import type { SampleSize, ShardPlace } from '../dataset/sample.ts';

/** Readers of single inputs: a trimmed string in, a typed value out. They refuse rather than guess. */

/** A plain decimal: no sign, exponent, hexadecimal, `NaN` or `Infinity`. */
const decimal = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,12})?$/)
  .transform(Number);

export const numberIn = (least: number, most: number) => decimal.pipe(z.number().min(least).max(most));
export const wholeIn = (least: number, most: number) => decimal.pipe(z.int().min(least).max(most));

/** Rates and shares as per cent, the sign optional. */
export const percent = z
  .string()
  .transform(text => text.replace(/\s*%$/, ''))
  .pipe(numberIn(0, 100));

export const flag = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['true', 'false']))
  .transform(word => word === 'true');

export const words = z.string();
export const filled = z.string().min(1);

/** Null for an input that is left empty. */
export const optional = <T extends z.ZodType<unknown, string>>(field: T) =>
  z.string().transform((text, context): z.output<T> | null => {
    if (text === '') return null;
    const result = field.safeParse(text);
    if (result.success) return result.data;
    context.addIssue({ code: 'custom' });
    return z.NEVER;
  });

/** A list with commas or line breaks between its entries, none twice. */
export const listOf = <T extends z.ZodType<unknown, string>>(entry: T) =>
  z
    .string()
    .transform(text => text.split(/[,\n]/).map(word => word.trim()))
    .transform(entries => entries.filter(word => word !== ''))
    .pipe(z.array(entry).min(1))
    .refine(entries => new Set(entries).size === entries.length);

/** What an HTTP header can carry (RFC 9110, 5.5): Latin-1 on one line. */
export const headerText = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/);

/** An http(s) URL without a key in it: no user, no query, no fragment. Its last slash is taken off. */
export const httpUrl = z
  .url({ protocol: /^https?$/ })
  .refine(text => {
    const url = URL.parse(text);
    return url?.username === '' && url.password === '' && !/[?#]/.test(text);
  })
  .transform(text => text.replace(/\/+$/, ''));

export const jsonObject = z.string().transform((text, context): Record<string, unknown> => {
  const parsed = z.record(z.string(), z.unknown()).safeParse(text === '' ? {} : parseJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

/** HTTP headers: names and values as HTTP has them. */
export const headers = jsonObject.pipe(z.record(z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/), headerText));

export const imageKinds = listOf(z.string().toUpperCase().pipe(z.enum(IMAGE_KINDS))).transform(
  (kinds): readonly ImageKind[] => IMAGE_KINDS.filter(kind => kinds.includes(kind)),
);

const scenario = z.string().transform((word, context): Scenario => {
  const found = findScenario(word);
  if (found) return found;
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

/** `all`, or numbers and names; in the authors' order. */
export const scenarios = z.union([
  z
    .string()
    .toLowerCase()
    .pipe(z.literal('all'))
    .transform(() => SCENARIOS),
  listOf(scenario).transform(chosen => SCENARIOS.filter(each => chosen.includes(each))),
]);

/** One ceiling for each scenario (`10`), or lines such as `07-Sex: 10`. Per cent by scenario name. */
export const ceilings = z.string().transform((text, context): ReadonlyMap<string, number> | number => {
  const uniform = percent.safeParse(text);
  if (uniform.success) return uniform.data;
  const byScenario = new Map<string, number>();
  for (const line of text.split(/[,\n]/).map(each => each.trim())) {
    if (line === '') continue;
    const [, word = '', limit = ''] = /^(.*?)\s*:\s*(.*)$/.exec(line) ?? [];
    const name = findScenario(word)?.name;
    const value = percent.safeParse(limit);
    if (!name || !value.success || byScenario.has(name)) {
      context.addIssue({ code: 'custom' });
      return z.NEVER;
    }
    byScenario.set(name, value.data);
  }
  return byScenario;
});

export const sampleSize = z.string().transform((text, context): SampleSize => {
  const word = text.toLowerCase();
  if (word === 'tiny' || word === 'full') return { kind: word };
  const share = /%$/.test(word) ? percent.safeParse(word) : undefined;
  if (share?.success && share.data > 0) return { kind: 'percent', percent: share.data };
  const count = wholeIn(1, 1_000_000).safeParse(word);
  if (count.success) return { kind: 'count', count: count.data };
  context.addIssue({ code: 'custom' });
  return z.NEVER;
});

export const shard = z
  .string()
  .regex(/^\d{1,4}\/\d{1,4}$/)
  .transform((text): ShardPlace => {
    const [index = 0, of = 0] = text.split('/').map(Number);
    return { index, of };
  })
  .refine(({ index, of }) => index >= 1 && index <= of);
