import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '../../src/cli.ts');

export interface Command {
  readonly args: readonly string[];
  /** The folder that it is called in; it is the home folder too. */
  readonly folder: string;
  /** Added to, or instead of, the environment: a way to find programs, and a home. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Interrupts it, as Ctrl-C does, once it has written this to standard error. */
  readonly interruptAt?: string;
  /** JavaScript that its process follows as soon as it is called. */
  readonly meanwhile?: string;
}

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly status: number | null;
}

/** Calls the terminal's door in a process of its own, from the sources. */
export function atTerminal(command: Command): Promise<Said> {
  const { meanwhile = '' } = command;
  const script = `import { main } from ${JSON.stringify(CLI)}; const over = main(); ${meanwhile}; await over;`;
  return said(['--input-type=module', '-e', script, '--', 'cli'], command);
}

/** Runs a script of Node, and gives what it wrote. */
export async function said(
  script: readonly string[],
  { args, folder, environment = {}, interruptAt }: Command,
): Promise<Said> {
  const child = spawn(process.execPath, [...script, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  let isAwaited = interruptAt !== undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (isAwaited && err.includes(interruptAt ?? '')) isAwaited = !child.kill('SIGINT');
  });
  return new Promise((done, failed) => {
    child.on('error', failed).on('close', status => done({ out, err, status }));
  });
}
