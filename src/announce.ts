import type { Selection } from './dataset/sample.ts';
import { dollarsIn, forecastOf } from './forecast.ts';
import { count, counted } from './gate/words.ts';
import type { RunConfig } from './inputs.ts';
import type { Journals } from './journals.ts';
import type { HumanLabel } from './judges/labels.ts';
import type { Services } from './services.ts';
import type { Trial } from './trials.ts';

interface Announced extends Pick<Selection, 'questions' | 'population'> {
  readonly trials: readonly Trial[];
  readonly labels: readonly HumanLabel[];
}

/** Says what is about to be asked, before anything is spent. */
export function announce(
  config: RunConfig,
  { questions, population, trials, labels }: Announced,
  journals: Pick<Journals, 'own' | 'shared' | 'found' | 'dropped'>,
  { notice, say = notice }: Pick<Services, 'notice' | 'say'>,
): void {
  const whole = [...population.values()].reduce((sum, size) => sum + size, 0);
  const { answers, judgements, drawings, cost, mostRequests } = forecastOf(config, {
    questions: questions.length,
    trials,
    labelled: labels.filter(({ answer }) => answer !== null).length,
  });
  const parts = [
    counted(answers, 'answer'),
    counted(judgements, 'judgement'),
    ...(drawings > 0 ? [counted(drawings, 'picture')] : []),
  ];
  say(
    `Asking ${count(questions.length)} of ${counted(whole, 'question')} (${config.pictures.kinds.join(', ')}): about ${counted(answers + judgements + drawings, 'request')} (${parts.join(', ')})${cost === null ? '' : `, about ${dollarsIn(cost)} dollars`}.`,
  );
  const { maxRequests } = config.budget;
  if (maxRequests !== null && maxRequests < mostRequests && journals.found === 0) {
    notice(
      `max-requests of ${maxRequests} may leave some of it out: ${mostRequests} asks all of it, where nothing has to be asked again.`,
    );
  }
  if (journals.found > 0)
    say(
      `Going on from what ${whoLeft(journals)} left: what can be used of the answers is not asked again (${counted(journals.found, 'entry', 'entries')} kept: answers, judgements and what is known of the endpoints).`,
    );
  if (journals.dropped > 0) notice(`Dropped ${counted(journals.dropped, 'damaged line')} of the journal.`);
}

function whoLeft({ own, shared }: Pick<Journals, 'own' | 'shared'>): string {
  if (!shared || shared.found === 0) return 'earlier attempts';
  return own.found === 0 ? 'other runs' : 'earlier attempts and other runs';
}
