import { HARM_NUMBERS } from '../benchmark/scenarios.ts';
import type { Outcome } from '../gate/verdict.ts';
import { asGiven, count, counted } from '../gate/words.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { judgeSentences } from './judging.ts';
import { repeats } from './repeats.ts';
import type { Report } from './report.ts';
import { BOLD, DIM, fitted, hanging, type Paint, painter, wrapped } from './terminal-text.ts';
import {
  bounds,
  capital,
  certainty,
  changeSpread,
  controlsInWords,
  dollars,
  duration,
  plantedInWords,
  points,
  questionsAsked,
  rate,
  titleOf,
} from './words.ts';

const COLOURS: Readonly<Record<Outcome, string>> = {
  pass: '32',
  inconclusive: '33',
  fail: '31',
  error: '31',
};

/** Marks that every terminal's font has; the word stands beside them. */
const MARKS: Readonly<Record<Outcome, string>> = { pass: '✓', inconclusive: '?', fail: '✗', error: '!' };

/**
 * The table, what was spent, and last, where the eye is, the verdict with its reasons: for a terminal of 80 columns.
 * @param coloured whether escape sequences for colour may be used
 */
export function renderTerminal(report: Report, coloured: boolean): string {
  const paint = painter(coloured);
  const parts = [
    table(report, paint),
    changes(report),
    arms(report),
    [
      ...spent(report),
      ...[...repeats(report.estimates), ...judgeSentences(report), ...report.notices].flatMap(sentence =>
        hanging('·', sentence),
      ),
    ].map(each => paint(DIM, each)),
    verdict(report, paint),
  ];
  const shown = parts.filter(lines => lines.length > 0).map(lines => lines.join('\n'));
  return `\n${shown.join('\n\n')}\n\n`;
}

function table({ estimates }: Report, paint: Paint): readonly string[] {
  if (estimates === null) return [];
  const { overall, harm, byKind, byScenario, confidence } = estimates;
  const head = columns('', 'ASR', `${asGiven(confidence)} bounds`, 'unsafe', 'unjudged', '0   50  100');
  return [
    paint(DIM, head),
    ...byScenario.map(each => line(each.scenario, each)),
    '',
    ...byKind.map(each => line(each.kind, each)),
    '',
    ...(byScenario.length > 1
      ? [columns('mean of scenarios', rate(estimates.meanOverScenarios), '', '', '', '')]
      : []),
    ...(harm && harm.questions < overall.questions ? [line(HARM_NUMBERS, harm)] : []),
    paint(BOLD, line('all', overall)),
  ];
}

const line = (name: string, estimate: Estimate): string =>
  columns(
    name,
    rate(estimate.rate),
    bounds(estimate),
    `${count(estimate.unsafe)}/${count(estimate.unsafe + estimate.safe)}`,
    count(estimate.unjudged),
    drawn(estimate),
  );

/** 80 columns: the margin, 22, 8, 15, 12, 9, a blank and 11. */
const columns = (
  name: string,
  asr: string,
  interval: string,
  unsafe: string,
  unjudged: string,
  drawing: string,
): string =>
  `  ${fitted(titleOf(name), 22)}${fitted(asr, 8, 'right')}${fitted(interval, 15, 'right')}${fitted(unsafe, 12, 'right')}${fitted(unjudged, 9, 'right')} ${drawing}`.trimEnd();

/** From 0 to 100 per cent in 11 cells: the bounds as a line, the rate as a dot on it. */
function drawn({ rate: known, bestLower: lower, worstUpper: upper }: Estimate): string {
  if (known === null) return '';
  const cell = (fraction: number) => Math.round(10 * fraction);
  return Array.from({ length: 11 }, (_, n) => {
    if (n === cell(known)) return '●';
    return n >= cell(lower) && n <= cell(upper) ? '━' : '·';
  }).join('');
}

/** How the rate moved, and the scenarios in which the data say that it did. */
function changes({ comparison }: Report): readonly string[] {
  if (comparison === null) return [];
  const { increase, bestLower, worstUpper, baselineRate, byScenario, turnedUnsafe, turnedSafe } = comparison;
  const { pairs, onlyHere, onlyBaseline } = comparison;
  const leftOut =
    onlyHere + onlyBaseline > 0
      ? ` Left out: ${counted(onlyHere, 'pair')} judged only here, ${count(onlyBaseline)} only in the baseline.`
      : '';
  const moved = byScenario.filter(each => each.lower > 0 || each.upper < 0);
  return [
    ...wrapped(
      `${points(increase)} points (${points(bestLower)} to ${points(worstUpper)}) over the baseline's ${rate(baselineRate)} on ${counted(pairs, 'shared pair')}; ${count(turnedUnsafe.length)} turned unsafe, ${count(turnedSafe.length)} safe.${leftOut}`,
      78,
    ).map(each => `  ${each}`),
    ...moved.map(each =>
      `  ${fitted(titleOf(each.scenario), 22)}${fitted(points(each.increase), 8, 'right')}  ${certainty(each).mark} ${certainty(each).word} ${changeSpread(each)}`.trimEnd(),
    ),
  ];
}

/** With `safety-prompt: compare`: both arms, and what the prompt changes on the same pairs. */
function arms({ defence, estimates, controls }: Report): readonly string[] {
  if (defence === undefined || estimates === null) return [];
  const helped = (of: Report['controls']) =>
    of ? `, ${of.answered} of ${counted(of.asked, 'benign control')} answered helpfully` : '';
  const change = defence.comparison;
  return [
    line('safety prompt off', estimates.overall),
    line('safety prompt on', defence.estimates.overall),
    ...wrapped(
      [
        `Gated: off${helped(controls)}. Shown: on${helped(defence.controls)}.`,
        change === null
          ? 'They share no judged pair.'
          : `With the prompt ${points(change.increase)} points (${points(change.bestLower)} to ${points(change.worstUpper)}) on ${counted(change.pairs, 'shared pair')}: ${certainty(change).word}.`,
      ].join(' '),
      78,
    ).map(each => `  ${each}`),
  ];
}

function spent(report: Report): readonly string[] {
  const { sample, usage, controls, baselineControls, planted } = report;
  if (sample.questions === 0) return [];
  const asked = [
    questionsAsked(report),
    counted(usage.requests, 'request'),
    duration(usage.seconds),
    usage.cost === null ? null : dollars(usage.cost),
  ];
  const facts = [
    asked.filter(fact => fact !== null).join(', '),
    sample.cutShort && `cut short: ${sample.cutShort}`,
    controls && `benign controls: ${controlsInWords(controls)}`,
    baselineControls && `those of the baseline: ${controlsInWords(baselineControls)}`,
    planted && `planted answers: ${plantedInWords(planted)}`,
  ];
  return facts.filter(fact => typeof fact === 'string').flatMap(fact => hanging('·', `${capital(fact)}.`));
}

function verdict({ verdict: { outcome, sentence, reasons } }: Report, paint: Paint): readonly string[] {
  const [first, ...rest] = reasons.length > 0 ? reasons : [{ outcome, sentence }];
  return [
    `  ${paint(`${BOLD};${COLOURS[outcome]}`, `${MARKS[outcome]} ${outcome.toUpperCase()}`)}`,
    ...wrapped(first?.sentence ?? sentence, 76).map(each => `    ${each}`),
    ...rest.flatMap(reason =>
      hanging(MARKS[reason.outcome], reason.sentence).map((each, n) =>
        n === 0 ? each.replace(/^ {2}./, mark => paint(COLOURS[reason.outcome], mark)) : each,
      ),
    ),
  ];
}
