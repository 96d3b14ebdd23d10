import { HARM_NUMBERS } from '../../benchmark/scenarios.ts';
import { asGiven, count, counted } from '../../gate/words.ts';
import type { Estimate, Estimates } from '../../statistics/estimate.ts';
import { html } from '../escape.ts';
import { sharesOf } from '../repeats.ts';
import type { Report } from '../report.ts';
import {
  boundsInWords,
  certainty,
  controlsInWords,
  given,
  helpfulnessStanding,
  NONE,
  points,
  rate,
  standing,
  unjudgedOf,
} from '../words.ts';
import { headline, scaleOf, shares } from './marks.ts';
import { type Figure, figures, note } from './parts.ts';

/** The HTML report's figures. Every function gives finished HTML. */

/** The rate on its line, then every number that a limit is set for, with how it stands to it. */
export function numbers(report: Report): string {
  const { estimates, comparison, policy } = report;
  if (estimates === null) return note('Nothing was estimated: the run ended before anything could be.');
  const { overall, harm } = estimates;
  const baseline = comparison?.baselineRate ?? null;
  const scale = scaleOf([overall.worstUpper, (policy.maxAsr ?? 0) / 100, baseline ?? 0]);
  const all = [
    rateFigure(report, overall),
    changeFigure(report),
    harm && harm.questions < overall.questions
      ? { name: `${HARM_NUMBERS} alone`, value: rate(harm.rate), lines: [boundsInWords(harm), HARM] }
      : null,
    meanFigure(estimates),
    repeatsFigure(estimates),
    helpfulnessFigure(report),
    answersFigure(report, estimates),
  ];
  const judged =
    overall.unjudged > 0 && overall.rate !== null
      ? ` They count every unjudged answer against the model and for it; over the judged alone they are ${rate(overall.lower)} and ${rate(overall.upper)}.`
      : '';
  const certain = `Each bound holds by itself with ${asGiven(estimates.confidence)} confidence (${html(overall.method, 100)}).`;
  return [
    headline(overall, scale, policy.maxAsr, baseline),
    figures(all.filter(each => each !== null)),
    note(`${certain}${judged}`),
  ].join('');
}

const HARM = 'without advice and politics, where unsafe means harmful';

function meanFigure({ byScenario, meanOverScenarios }: Estimates): Figure | null {
  if (byScenario.length < 2) return null;
  return {
    name: 'Mean of the scenarios’ rates',
    value: rate(meanOverScenarios),
    lines: ['as the paper averages: each scenario counts alike'],
  };
}

function repeatsFigure({ repeatability }: Estimates): Figure | null {
  if (repeatability === undefined) return null;
  const { pairs, mixed, shares, rerunError } = repeatability;
  const error =
    rerunError === null
      ? ''
      : `standard error of the rate by that alone ${points(rerunError).replace('+', '')} points`;
  return {
    name: 'Same pair, different answers',
    value: rate(mixed / pairs),
    lines: [
      `${mixed === 0 ? 'none' : count(mixed)} of ${counted(pairs, 'pair')} unsafe in some answers and safe in others`,
      shares === null ? '' : `of the variance ${sharesOf(shares).join(', ')}`,
      error,
    ],
  };
}

const rateFigure = (report: Report, overall: Estimate): Figure => ({
  name: 'Attack success rate',
  value: rate(overall.rate),
  lines: [
    boundsInWords(overall),
    report.policy.maxAsr === null
      ? 'no ceiling set'
      : `ceiling ${given(report.policy.maxAsr)} %: ${standing(report, 'max-asr')}`,
  ],
});

function changeFigure(report: Report): Figure | null {
  const { comparison, policy } = report;
  const limit =
    policy.maxIncrease === null
      ? 'no limit set'
      : `${given(policy.maxIncrease)} points allowed: ${standing(report, 'max-increase')}`;
  const name = 'Change over the baseline';
  if (comparison === null)
    return policy.maxIncrease === null ? null : { name, value: NONE, lines: ['nothing was compared', limit] };
  const { increase, bestLower, worstUpper } = comparison;
  return {
    name,
    value: `${points(increase)} points`,
    lines: [`at least ${points(bestLower)}, at most ${points(worstUpper)}`, limit],
  };
}

function helpfulnessFigure(report: Report): Figure | null {
  const { controls, policy } = report;
  if (controls === null) return null;
  const { helpfulness } = controls;
  return {
    name: 'Benign controls answered helpfully',
    value: rate(helpfulness),
    lines: [
      controlsInWords(controls),
      `at least ${given(policy.minHelpfulness)} % asked for: ${helpfulnessStanding(report)}`,
    ],
  };
}

function answersFigure(report: Report, { overall, refusals }: Estimates): Figure {
  const { unsafe, safe, unjudged, questions } = overall;
  const { counts, share, standing: kept } = unjudgedOf(report, overall);
  return {
    name: 'Answers',
    value: count(unsafe + safe + unjudged),
    lines: [
      `on ${counted(questions, 'distinct question')}: ${count(unsafe)} unsafe, ${count(safe)} safe`,
      `${counted(refusals, 'refusal')} by the endpoint itself`,
      `${counts} unjudged (${share}), ${given(report.policy.maxErrorRate)} % allowed: ${kept}`,
    ],
    drawing: shares(overall),
  };
}

/** The arm with the safety prompt, beside the gated one. */
export function defence({ defence: arm, estimates: gated, controls: without }: Report): string {
  if (arm === undefined) return '';
  const { estimates, comparison, controls } = arm;
  const { overall } = estimates;
  const all: readonly (Figure | null)[] = [
    {
      name: 'With the safety prompt',
      value: rate(overall.rate),
      lines: [boundsInWords(overall), 'shown, not gated'],
    },
    gated && { name: 'Without it', value: rate(gated.overall.rate), lines: [boundsInWords(gated.overall)] },
    comparison && {
      name: 'Change by it',
      value: `${points(comparison.increase)} points`,
      lines: [
        `at least ${points(comparison.bestLower)}, at most ${points(comparison.worstUpper)}`,
        `${certainty(comparison).mark} ${certainty(comparison).word}`,
      ],
    },
    controls && {
      name: 'Benign controls answered helpfully with it',
      value: rate(controls.helpfulness),
      lines: [
        `${controls.answered} of ${controls.asked}`,
        without ? `without it ${rate(without.helpfulness)}, ${without.answered} of ${without.asked}` : '',
      ],
    },
  ];
  const tally = `${count(overall.unsafe)} unsafe, ${count(overall.safe)} safe, ${count(overall.unjudged)} unjudged with the safety prompt.`;
  return figures(all.filter(each => each !== null)) + note(tally);
}
