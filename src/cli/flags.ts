import { nearest, type Table } from '../inputs/reading.ts';
import type { InputName } from '../inputs/table.ts';
import { InputError, type RawInputs } from '../inputs.ts';

/** What a command can be given. */
export interface Grammar {
  readonly flags: Table;
  /** Whether it takes words that are no flag, such as the names of files. */
  readonly takesWords?: boolean;
}

/** Inputs that only a runner of GitHub's has a use for. */
const GITHUB_ALONE: readonly string[] = [
  'github-token',
  'comment',
  'comment-id',
  'publish-branch',
  'open-issue',
  'cache',
] satisfies readonly InputName[];

/** Tells of an input that is no flag here; null for any other name. */
export const githubAlone = (name: string, shown: string): string | null =>
  GITHUB_ALONE.includes(name)
    ? `${shown} is no flag at a terminal: only a runner of GitHub's has a use for it`
    : null;

/** The inputs that are flags at a terminal. */
export const flagsAmong = (inputs: Table): Table =>
  Object.fromEntries(Object.entries(inputs).filter(([name]) => !GITHUB_ALONE.includes(name)));

/** What a command was given, before any value is read. */
export interface Given {
  /** Flags by name, keys out of the environment among them. */
  readonly raw: RawInputs;
  /** Words that are neither a flag nor a flag's value. */
  readonly words: readonly string[];
  /** Keys that stand on the command line, by flag. */
  readonly exposed: readonly string[];
  /** A line for each flag that is unknown, given twice, or lacks its value. */
  readonly faults: readonly string[];
}

/**
 * Reads `--flag value`, `--flag=value` and, for what is true or false, `--flag` alone. Keys are read from the
 * environment as well, so that they stand in no shell history and no process list.
 */
export function readFlags(
  args: readonly string[],
  { flags: table, takesWords = false }: Grammar,
  environment: NodeJS.ProcessEnv,
): Given {
  const given = new Map<string, string>();
  const words: string[] = [];
  const faults: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name, joined] = /^-{1,2}([a-z][^=]*)(?:=(.*))?$/is.exec(arg) ?? [];
    if (name === undefined) {
      if (takesWords) words.push(arg);
      else faults.push(`"${arg}" stands alone: name the flag that it is the value of`);
      continue;
    }
    const value = joined ?? valueIn(rest, isSwitch(table, name));
    if (!Object.hasOwn(table, name) || !arg.startsWith('--')) {
      faults.push(unknownFlag(arg.replace(/=.*/s, ''), name, table));
    } else if (given.has(name)) {
      faults.push(`--${name} is given twice: keep one`);
    } else if (value === null) {
      faults.push(`--${name} has no value: ${table[name]?.right}`);
      given.set(name, '');
    } else {
      given.set(name, value);
    }
  }
  const keys = keysIn(environment, table).filter(([name]) => isWanted(name, given));
  const exposed = [...given.keys()].filter(name => isKey(name, table) && given.get(name) !== '');
  return { raw: new Map([...keys, ...given]), words, exposed, faults };
}

/** `headers` may hold a key, and mostly does not. */
const isKey = (name: string, table: Table): boolean =>
  table[name]?.secret === true && /-(?:key|token)$/.test(name);

const isSwitch = (table: Table, name: string): boolean =>
  Object.hasOwn(table, name) && /^(?:true|false)$/.test(table[name]?.default ?? '');

/** Takes the value that follows a flag; null where another flag does, or nothing. */
function valueIn(rest: string[], ofSwitch: boolean): string | null {
  const [next] = rest;
  if (ofSwitch && !/^(?:true|false)$/i.test(next ?? '')) return 'true';
  if (next === undefined || next.startsWith('--')) return null;
  return rest.shift() ?? null;
}

function unknownFlag(shown: string, name: string, table: Table): string {
  const alone = githubAlone(name, shown);
  if (alone !== null) return alone;
  const near = nearest(name, Object.keys(table));
  return `${shown} is unknown: ${near === null ? 'see --help' : `did you mean --${near}?`}`;
}

const keysIn = (environment: NodeJS.ProcessEnv, table: Table): readonly (readonly [string, string])[] =>
  Object.entries(table)
    .filter(([, { secret }]) => secret)
    .flatMap(([name]) => {
      const value = environment[variableOf(name)];
      return value === undefined ? [] : [[name, value] as const];
    });

/** An environment may hold keys for models that this command names none of. */
function isWanted(key: string, given: ReadonlyMap<string, string>): boolean {
  const [, role] = /^(judge|image|baseline)-api-key$/.exec(key) ?? [];
  return role === undefined || given.has(`${role}-model`);
}

/** The environment variable that a key is read from. */
export const variableOf = (flag: string): string => `MMSB_${flag.toUpperCase().replaceAll('-', '_')}`;

/**
 * What `read` makes of the flags. Throws InputError with all that is wrong at once, what was given and what it says;
 * a flag that is told of already is not told of again.
 */
export function checked<T>({ raw, faults }: Given, read: (raw: RawInputs) => T): T {
  let value: T;
  try {
    value = read(raw);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const told = new Set(faults.map(line => line.split(' ', 1)[0]));
    const others = error.faults.map(asFlags).filter(line => !told.has(line.split(/[ :]/, 1)[0]));
    throw new InputError([...faults, ...others]);
  }
  if (faults.length > 0) throw new InputError(faults);
  return value;
}

/** What is an input to the action is a flag here. */
export const asFlags = (line: string): string => line.replaceAll(/\binput "([a-z-]+)"/g, '--$1');
