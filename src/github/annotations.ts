import { error, notice, warning } from '@actions/core';
import { clip, plain } from '../report/escape.ts';

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

/** GitHub shows ten of each level for a step, and drops the rest without a word. */
const SHOWN = 10;
/** GitHub's limits of an annotation are 255 characters of title and 64 KB of message; a reason is a sentence. */
const TITLE = 200;
const MESSAGE = 2000;

const EMIT = { error, warning, notice };

/**
 * Puts annotations on the run, at most ten of a level: of more, nine and how many more there are.
 * What would act in a log (line breaks, escape sequences, `##[` commands, reversed text) is taken out of every text.
 */
export function annotate(annotations: readonly Annotation[]): void {
  for (const level of ['error', 'warning', 'notice'] as const) {
    const all = annotations.filter(each => each.level === level);
    for (const { title, message } of all.length > SHOWN ? withRest(all) : all) {
      EMIT[level](clip(plain(message), MESSAGE), { title: clip(plain(title), TITLE) });
    }
  }
}

function withRest(all: readonly Annotation[]): readonly Pick<Annotation, 'title' | 'message'>[] {
  const shown = all.slice(0, SHOWN - 1);
  const rest = all.length - shown.length;
  return [...shown, { title: `${rest} more`, message: `${rest} more: the job summary has all of them.` }];
}
