import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import type { Input } from './table.ts';

export type Table = Readonly<Record<string, Input<z.ZodType<unknown, string>>>>;

/** The values of a table's inputs, each read by itself. */
export type ValuesOf<T extends Table> = { readonly [Name in keyof T]: z.output<T[Name]['read']> };

/**
 * Reads every input of a table; what is absent or empty takes its default. The faults are a line for each input that
 * is wrong or not in the table; a wrong one's default stands in, so that contradictions of the others are told in the
 * same run.
 */
export function readTable<T extends Table>(
  table: T,
  raw: ReadonlyMap<string, string>,
): {
  readonly values: ValuesOf<T>;
  readonly faults: readonly string[];
  /** Names of the table's inputs that are wrong. */
  readonly wrong: ReadonlySet<string>;
} {
  const names = Object.keys(table);
  const secrets = secretsAmong(table, raw);
  const faults = [...raw.keys()].filter(name => !names.includes(name)).map(name => unknown(name, names));
  const wrong = new Set<string>();
  const values = Object.entries(table).map(([name, input]) => {
    const text = raw.get(name)?.trim() || input.default;
    const result = input.read.safeParse(text);
    if (!result.success) {
      wrong.add(name);
      faults.push(wrongLine(name, input, withoutKeys(text, secrets)));
    }
    return [name, result.success ? result.data : input.read.safeParse(input.default).data];
  });
  return { values: Object.fromEntries(values), faults, wrong };
}

/** A text without what must not be shown: a key where another value belongs, a password in a URL. */
export const withoutKeys = (text: string, secrets: readonly string[]): string =>
  secrets
    .reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
    .replace(/(\w:\/\/)\S*@/g, '$1***@');

function wrongLine(name: string, { right, secret }: Table[string], text: string): string {
  if (text === '') return `input "${name}" is required: ${right}`;
  // A query may hold a key.
  const open = text.replace(/(?<=\S)[?#].+$/s, '?***');
  const shown = open.length > 60 ? `${open.slice(0, 60)}…` : open;
  return `input "${name}": ${secret ? 'its value (not shown)' : JSON.stringify(shown)} cannot be used: ${right}`;
}

function unknown(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  const advice = near === null ? 'see action.yml for the names' : `did you mean "${near}"?`;
  return `input "${name}" is unknown: ${advice}`;
}

/** What somebody may have meant; null where nothing is like it: three letters may differ, and a third of them. */
export function nearest(name: string, names: readonly string[]): string | null {
  const near = closest(name, names);
  return distance(name, near) <= Math.min(3, Math.ceil(name.length / 3)) ? near : null;
}

/** The keys among raw inputs, to be masked before anything is read or said of them. */
export function secretsAmong(table: Table, raw: ReadonlyMap<string, string>): readonly string[] {
  return Object.entries(table)
    .filter(([, { secret }]) => secret)
    .map(([name]) => raw.get(name)?.trim() ?? '')
    .filter(value => value.length >= 4);
}
