import { addAbortListener } from 'node:events';
import { messageOf } from '../common/fault.ts';
import { beFrugal } from '../frugal.ts';
import { nearest } from '../inputs/reading.ts';
import { FaultsError, InputError } from '../inputs.ts';
import { plain } from '../report/escape.ts';
import { TOOL } from '../tool.ts';
import type { Command, Terminal } from './command.ts';
import { compare } from './compare.ts';
import { demo } from './demo.ts';
import { asFlags, githubAlone, readFlags, variableOf } from './flags.ts';
import { helpOf, helpOfFlag, overview, variablesOf } from './help.ts';
import { judgeCheck } from './judge-check.ts';
import { merge } from './merge.ts';
import { report } from './report.ts';
import { CANCELLED, run } from './run.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  run,
  'judge-check': judgeCheck,
  merge,
  report,
  compare,
  demo,
};

/** The exit status of a command that cannot be understood; a verdict is 0 or 1. */
const MISUSED = 2;

/** An older one lacks parts of the language's own library. */
const OLDEST_NODE = 22;

/** Reads a command from the process' arguments, follows it, and ends the process with its status. */
export async function main(cancel: AbortSignal): Promise<void> {
  beFrugal();
  const terminal: Terminal = {
    environment: process.env,
    out: process.stdout,
    err: process.stderr,
    cancel,
  };
  // Whoever reads may have seen enough, as `head` has after some lines: the verdict is reached all the same.
  for (const stream of [terminal.out, terminal.err]) stream.on('error', () => undefined);
  try {
    refuseOldNode();
    process.exitCode = await called(process.argv.slice(2), terminal);
  } catch (error) {
    for (const line of linesOf(error)) terminal.err.write(`error: ${plain(asFlags(line))}\n`);
    process.exitCode = error instanceof InputError ? MISUSED : 1;
  }
  await flushed(terminal.out);
  process.exit();
}

/** A pipe takes a long table in its own time. */
const flushed = (out: NodeJS.WriteStream): Promise<void> =>
  new Promise(done => {
    out.write('', () => done());
  });

function refuseOldNode(): void {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) >= OLDEST_NODE) return;
  throw new InputError([
    `Node ${OLDEST_NODE} or newer is needed, and this is Node ${node}: install a newer one`,
  ]);
}

const linesOf = (error: unknown): readonly string[] =>
  error instanceof FaultsError ? error.faults : [messageOf(error)];

async function called([name, ...args]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined) {
    terminal.err.write(overview(COMMANDS));
    return MISUSED;
  }
  if (['help', '--help', '-h'].includes(name)) return helped(args[0], terminal);
  if (['version', '--version'].includes(name)) {
    terminal.out.write(`${TOOL.version}\n`);
    return 0;
  }
  const command = commandOf(name);
  if (!command.heedsCancel) addAbortListener(terminal.cancel, () => process.exit(CANCELLED));
  if (args.some(arg => /^(?:--help|-h)(?:=|$)/.test(arg))) return helped(name, terminal);
  // Where words are taken, it may be the name of a file.
  if (args[0] === 'help' && !command.takesWords) return helped(args[1] ?? name, terminal);
  for (const line of unreadIn(terminal.environment)) terminal.err.write(`${plain(line)}\n`);
  const given = readFlags(args, command, terminal.environment);
  for (const flag of given.exposed) terminal.err.write(exposure(flag));
  return command.run(given, terminal);
}

/** Who sets a variable that is not read takes it for a limit, or a key, that is set. */
function unreadIn(environment: NodeJS.ProcessEnv): readonly string[] {
  const read = variablesOf(COMMANDS);
  const unread = Object.keys(environment).filter(
    name => name.startsWith('MMSB_') && environment[name] !== '' && !read.includes(name),
  );
  if (unread.length === 0) return [];
  return [
    `warning: ${unread.sort().join(', ')} in the environment ${unread.length > 1 ? 'are' : 'is'} not read: only ${read.join(', ')} are; give anything else as a flag`,
  ];
}

const exposure = (flag: string): string =>
  `warning: the key in --${flag} stands in the shell's history and in the list of processes: set ${variableOf(flag)} in the environment instead\n`;

function commandOf(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  throw new InputError([`"${name}" is no command: ${adviceOn(name, Object.keys(COMMANDS))}`]);
}

function adviceOn(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? `see ${TOOL.name} --help` : `did you mean ${near}?`;
}

function helped(name: string | undefined, { out }: Terminal): number {
  out.write(name === undefined ? overview(COMMANDS) : helpOn(name));
  return 0;
}

function helpOn(name: string): string {
  if (Object.hasOwn(COMMANDS, name)) return helpOf(commandOf(name));
  const flag = name.replace(/^--/, '');
  const help = helpOfFlag(flag, COMMANDS);
  if (help !== null) return help;
  const alone = githubAlone(flag, `"${name}"`);
  if (alone !== null) throw new InputError([alone]);
  const flags = Object.values(COMMANDS).flatMap(command => Object.keys(command.flags));
  throw new InputError([
    `"${name}" is no command and no flag: ${adviceOn(flag, [...Object.keys(COMMANDS), ...flags])}`,
  ]);
}
