import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { plain } from '../report/escape.ts';
import { TOOL } from '../tool.ts';
import type { Terminal } from './command.ts';

/** What a command writes to, and what says how. */
type Screen = Pick<Terminal, 'environment' | 'out'>;

/** Pictures, downloads and the answers of runs that did not come to their end. */
export const workFolder = (environment: NodeJS.ProcessEnv): string =>
  join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), TOOL.name);

/** Whether escape sequences may be written: to a person's screen, unless they do without (https://no-color.org). */
export const isColoured = ({ out, environment }: Screen): boolean =>
  Boolean(out.isTTY) && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';

/** Lines that say where files lie, by names that can be opened; at a terminal that follows links, a click away. */
export function filesAt(files: Readonly<Record<string, string>>, terminal: Screen): string {
  const widest = Math.max(...Object.keys(files).map(name => name.length));
  const lines = Object.entries(files).map(([name, path]) => {
    const short = shortened(path);
    const link = isColoured(terminal) ? linked(short, path) : short;
    return `  ${name.padEnd(widest)}  ${link}\n`;
  });
  return lines.join('');
}

/** A path from here where it lies below, whole where it does not. */
function shortened(path: string): string {
  const near = relative('.', path);
  return plain(near.startsWith('..') || isAbsolute(near) ? resolve(path) : near);
}

/** A link as terminals know it (OSC 8); one that does not shows its words alone. */
const linked = (words: string, path: string): string =>
  `\u001b]8;;${pathToFileURL(resolve(path)).href}\u001b\\${words}\u001b]8;;\u001b\\`;
