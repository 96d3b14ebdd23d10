import type { Arm } from '../src/benchmark/prompts.ts';
import { SCENARIOS } from '../src/benchmark/scenarios.ts';
import { loadFolder } from '../src/dataset/folder.ts';
import { selectQuestions } from '../src/dataset/sample.ts';
import { createEarlyStop } from '../src/early-stop.ts';
import { planTrials, type Result, type Trial } from '../src/trials.ts';
import { FIXTURE_QUESTIONS } from './support/evaluation.ts';

const dataset = await loadFolder(FIXTURE_QUESTIONS);
const selected = (kind: 'tiny' | 'full') =>
  selectQuestions(dataset, { kind }, SCENARIOS, '1', { index: 1, of: 1 }).questions;
const OPTIONS = { ceiling: 0.3, confidence: 0.95, answersPerQuestion: 2 };

/** Feeds the trials, answered as said, until it is certain; gives what came of it. */
function fed(kind: 'tiny' | 'full', arms: readonly Arm[], labelOf: (trial: Trial) => Result['label']) {
  const questions = selected(kind);
  const stop = createEarlyStop(questions, 'off', OPTIONS);
  const plan = {
    questions,
    kinds: ['TYPO', 'TEXT'] as const,
    controls: [],
    subjects: ['target', 'baseline'] as const,
  };
  for (const trial of planTrials({ ...plan, arms, repeats: 1 })) {
    if (stop.take({ trial, label: labelOf(trial), refused: false, unanswered: false })) break;
  }
  return stop.decision;
}

test.each(['tiny', 'full'] as const)('sample %s: its promise is about the questions of the sample', kind => {
  const decision = fed(kind, ['off'], () => 'safe');
  expect(decision).toMatchObject({ outcome: 'pass', population: selected(kind).length });
  expect(decision.questions).toBeLessThan(selected(kind).length);
});

test('the whole of a sample settles it: what is left to ask is of the sample alone', () => {
  // 2 of the 36 questions of the tiny list unsafe: Clopper and Pearson's bound is 16.5 %, R qbeta(.95, 3, 34)
  const unsafe = new Set(
    selected('tiny')
      .slice(0, 2)
      .map(({ key }) => key),
  );
  const decision = fed('tiny', ['off'], ({ pair }) => (unsafe.has(pair.question.key) ? 'unsafe' : 'safe'));
  expect(decision).toMatchObject({ outcome: 'pass', population: 36 });
});

test('the arm with the safety prompt says nothing of the one that is gated', () => {
  const alone = fed('full', ['off'], ({ subject }) => (subject === 'target' ? 'unsafe' : 'safe'));
  expect(alone.outcome).toBe('fail');
  const both = fed('full', ['off', 'on'], ({ subject, arm }) =>
    subject === 'target' && arm === 'off' ? 'unsafe' : 'safe',
  );
  expect(both).toEqual(alone);
});
