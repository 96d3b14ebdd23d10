import { JUDGE_CHECK_INPUTS, readJudgeCheck } from '../judge-check/inputs.ts';
import type { Command } from './command.ts';
import { checked } from './flags.ts';
import { workFolder } from './paths.ts';
import { CANCELLED } from './run.ts';

export const judgeCheck: Command = {
  purpose: 'measures a judge against human labels',
  usage: [
    'judge-check --judge-labels FILE --judge-model NAME',
    'judge-check --judge-labels FILE --report FILE|FOLDER',
  ],
  heedsCancel: true,
  flags: JUDGE_CHECK_INPUTS,
  run: async (given, terminal) => {
    const config = checked(given, readJudgeCheck);
    // Its door to earlier reports would keep every other command waiting.
    const { measuredJudge } = await import('../judge-check/measured.ts');
    const { lines, isStopped } = await measuredJudge(
      config,
      workFolder(terminal.environment),
      terminal.cancel,
    );
    (isStopped ? terminal.err : terminal.out).write(`${lines.join('\n')}\n`);
    return isStopped ? CANCELLED : 0;
  },
};
