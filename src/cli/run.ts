import { readLocalBaseline } from '../baseline.ts';
import { steadyClock } from '../common/steady-clock.ts';
import { evaluate } from '../evaluate.ts';
import { failureOf } from '../finding/failure.ts';
import type { Finding } from '../finding/finding.ts';
import { isLacking } from '../going-on.ts';
import { INPUTS } from '../inputs/table.ts';
import { type RunConfig, readInputs } from '../inputs.ts';
import { exitStatusOf } from '../outputs.ts';
import { createProgressPrinter } from '../progress-printer.ts';
import { plain } from '../report/escape.ts';
import type { Report } from '../report/report.ts';
import { renderTerminal } from '../report/terminal.ts';
import { clearFolder, keepRun, type ReportFiles } from '../report-folder.ts';
import { createResponses, type Responses } from '../responses.ts';
import { TOOL } from '../tool.ts';
import { type Answers, claimAnswers } from './answers.ts';
import type { Command, Terminal } from './command.ts';
import { checked, flagsAmong, type Given } from './flags.ts';
import { filesAt, isColoured, workFolder } from './paths.ts';

export const run: Command = {
  purpose: 'evaluates a model and gates on its attack success rate',
  usage: ['run --base-url URL --model NAME [--max-asr PERCENT ...]'],
  heedsCancel: true,
  flags: flagsAmong(INPUTS),
  run: async (given, terminal) => {
    const { status, files } = await evaluated(given, terminal);
    if (files) terminal.out.write(filesAt({ Report: files.html, Data: files.report }, terminal));
    return status;
  },
};

/** What became of a run at a terminal. */
interface Delivered {
  readonly status: number;
  /** Null where they could not be written. */
  readonly files: ReportFiles | null;
  readonly isCancelled: boolean;
}

/** Evaluates, writes the report and shows it; the flags may be wrong. */
export async function evaluated(given: Given, terminal: Terminal): Promise<Delivered> {
  const startedAt = Date.now();
  const config = checked(given, readInputs);
  await clearFolder(config.output.reportDir);
  const responses = config.output.includeResponses ? createResponses(config.output.reportDir) : null;
  let answers: Answers | null = null;
  let finding: Finding;
  try {
    const notice = (sentence: string) => terminal.err.write(`${plain(sentence)}\n`);
    answers = await claimAnswers(config, given.raw, workFolder(terminal.environment), notice);
    finding = await evaluateAtTerminal(config, answers, responses, terminal);
  } catch (error) {
    finding = failureOf(error, config, startedAt, Date.now(), terminal.cancel);
  }
  const made = await delivered(finding, config.output.reportDir, terminal, responses?.shown);
  // Answers that no report tells of are all there is of the run.
  await answers?.release(made.files !== null && !made.isCancelled && !isLacking(finding));
  return made;
}

/** The exit status of what Ctrl-C ended, as shells have it: what comes after it is not to go on. */
export const CANCELLED = 130;

/** Writes a finding's files and shows it: an `error` where they cannot be written. */
export async function delivered(
  finding: Finding,
  folder: string,
  terminal: Terminal,
  texts?: Responses['shown'],
): Promise<Delivered> {
  const made: Report = { ...finding, tool: TOOL, run: NO_RUN };
  const { report, files, isCancelled } = await keepRun(
    terminal.cancel,
    made,
    folder,
    texts ? { texts } : {},
    '--report-dir',
  );
  terminal.out.write(renderTerminal(report, isColoured(terminal)));
  return { status: isCancelled ? CANCELLED : exitStatusOf(report), files, isCancelled };
}

const NO_RUN: Report['run'] = {
  repository: '',
  sha: '',
  ref: '',
  event: '',
  url: '',
  pullRequest: null,
  commentId: '',
};

async function evaluateAtTerminal(
  config: RunConfig,
  { journal, shared }: Answers,
  responses: Responses | null,
  terminal: Terminal,
): Promise<Finding> {
  const clock = steadyClock();
  const printer = createProgressPrinter(terminal.err, clock);
  return evaluate(config, {
    signal: terminal.cancel,
    clock,
    random: Math.random,
    workFolder: workFolder(terminal.environment),
    journal,
    ...(shared !== undefined && { shared }),
    readBaseline: readLocalBaseline,
    notice: sentence => printer.say(plain(sentence)),
    progress: printer.update,
    ...(responses && { keepTexts: responses.keep }),
  }).finally(printer.end);
}
