import type { Outcome } from '../../gate/verdict.ts';
import type { Estimate } from '../../statistics/estimate.ts';
import { html } from '../escape.ts';
import { bounds, certainty, changeSpread, given, NONE, points, rate } from '../words.ts';

/**
 * The drawings of the HTML report: inline SVG, each with its numbers in words for those who do not see it. Places
 * are in per cent and thicknesses in px, so that a drawing is as wide as its room and its marks keep their shape.
 */

const ICONS: Readonly<Record<Outcome, string>> = {
  pass: 'M7 12.5l3.4 3.4L17 9',
  inconclusive: 'M9.2 9.4a2.8 2.8 0 1 1 4.1 2.5c-.9.5-1.3 1-1.3 2M12 17v.1',
  fail: 'M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6',
  error: 'M12 7v6M12 16.8v.1',
};

/** The outcome's mark, drawn, since not every machine has a letter for it. The word stands beside it. */
export const icon = (outcome: Outcome): string =>
  `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10.5"/><path d="${ICONS[outcome]}"/></svg>`;

/** From 0 to `top`, a fraction, with a line at each of `ticks`. */
export interface Scale {
  readonly top: number;
  readonly ticks: readonly number[];
}

/** The scale on which all of these fractions can be told apart: to the next 10 per cent, 20 at least. */
export function scaleOf(fractions: readonly number[]): Scale {
  const highest = Math.max(0, ...fractions.filter(Number.isFinite));
  const top = Math.min(1, Math.max(0.2, Math.ceil(10 * highest - 1e-9) / 10));
  const step = [0.05, 0.1, 0.2, 0.25].find(each => top / each <= 5.01) ?? 0.25;
  const ticks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, n) => n * step);
  return { top, ticks };
}

const at = (fraction: number, top: number): string => `${(100 * Math.min(1, fraction / top)).toFixed(2)}%`;

/** The numbers of a scale, to stand above the drawings. */
export const axis = ({ top, ticks }: Scale): string =>
  `<svg class="axis" aria-hidden="true">${ticks
    .map(tick => `<text x="${at(tick, top)}" y="11">${given(100 * tick)}${tick === 0 ? ' %' : ''}</text>`)
    .join('')}</svg>`;

const grid = ({ top, ticks }: Scale): string =>
  ticks
    .map(tick => `<line class="grid" x1="${at(tick, top)}" x2="${at(tick, top)}" y1="0" y2="100%"/>`)
    .join('');

const between = (from: number, to: number, top: number): string =>
  `x="${at(from, top)}" width="${(100 * Math.max(0.004, (to - from) / top)).toFixed(2)}%"`;

/** A ceiling as a line; `fraction` of the whole. */
const limitLine = (fraction: number | null, top: number): string =>
  fraction === null
    ? ''
    : `<line class="limit" x1="${at(fraction, top)}" x2="${at(fraction, top)}" y1="0" y2="100%"/>`;

/**
 * An interval: a bar between the bounds over what was judged, a thin line to those that count the unjudged both
 * ways, a dot at the rate, and a broken line at the ceiling.
 * @param ceiling per cent; null where there is none
 */
export function interval(estimate: Estimate, scale: Scale, ceiling: number | null, tone = ''): string {
  const { rate: known, lower, upper, bestLower, worstUpper } = estimate;
  if (known === null) return `<span class="none">${NONE} nothing judged</span>`;
  const { top } = scale;
  const words = `${rate(known)}, bounds ${bounds(estimate)}${ceiling === null ? '' : `, ceiling ${given(ceiling)} %`}`;
  return [
    `<svg class="interval ${tone}" role="img" aria-label="${html(words)}">`,
    grid(scale),
    `<rect class="reach" ${between(bestLower, worstUpper, top)} y="11.5" height="1"/>`,
    `<rect class="bar" ${between(lower, upper, top)} y="8" height="8" rx="4"/>`,
    limitLine(ceiling === null ? null : ceiling / 100, top),
    `<circle class="rate" cx="${at(known, top)}" cy="12" r="4.5"/></svg>`,
  ].join('');
}

/** The rate of the whole on one line with its ceiling and its baseline, both named. */
export function headline(
  estimate: Estimate,
  scale: Scale,
  ceiling: number | null,
  baseline: number | null,
): string {
  const { rate: known, lower, upper, bestLower, worstUpper } = estimate;
  if (known === null) return '';
  const { top, ticks } = scale;
  const words = [
    `Attack success rate ${rate(known)}, bounds ${bounds(estimate)}`,
    ceiling === null ? '' : `, ceiling ${given(ceiling)} %`,
    baseline === null ? '' : `, baseline ${rate(baseline)}`,
  ];
  return [
    `<svg class="headline" role="img" aria-label="${html(words.join(''))}">`,
    '<rect class="track" x="0" width="100%" y="40" height="12" rx="6"/>',
    ...ticks.map(tick => label(`${given(100 * tick)} %`, tick / top, 92, 'tick')),
    `<rect class="reach" ${between(bestLower, worstUpper, top)} y="45" height="2"/>`,
    `<rect class="bar" ${between(lower, upper, top)} y="40" height="12" rx="6"/>`,
    baseline === null
      ? ''
      : `<circle class="before" cx="${at(baseline, top)}" cy="46" r="6"/>${label(`baseline ${rate(baseline)}`, baseline / top, 74)}`,
    ceiling === null
      ? ''
      : `<line class="limit" x1="${at(ceiling / 100, top)}" x2="${at(ceiling / 100, top)}" y1="24" y2="60"/>${label(`ceiling ${given(ceiling)} %`, ceiling / 100 / top, 16)}`,
    `<circle class="rate" cx="${at(known, top)}" cy="46" r="8"/></svg>`,
  ].join('');
}

/** Half a letter's width, as a part of the line where that is narrowest: on a page of 360 px. */
const HALF_LETTER = 0.0135;

/** Words at a place of the line, leaning inwards where they would begin or end outside of it. */
function label(words: string, part: number, y: number, name = ''): string {
  const room = HALF_LETTER * words.length;
  const anchor = part < room ? 'start' : part > 1 - room ? 'end' : 'middle';
  return `<text class="${name}" x="${(100 * Math.min(1, part)).toFixed(2)}%" y="${y}" text-anchor="${anchor}">${words}</text>`;
}

/** A change with its bounds, left and right of no change. */
export function changeInterval(
  change: { readonly increase: number; readonly lower: number; readonly upper: number },
  most: number,
): string {
  const { increase, lower, upper } = change;
  // The widest ends within the drawing, so that it does not look cut.
  const place = (value: number) => 50 + 48 * Math.max(-1, Math.min(1, value / most));
  const tone = lower > 0 ? 'rose' : upper < 0 ? 'fell' : '';
  const words = `${certainty(change).word}, ${points(increase)} points, ${changeSpread(change)}`;
  const from = place(lower);
  return [
    `<svg class="interval change ${tone}" role="img" aria-label="${html(words)}">`,
    '<line class="zero" x1="50%" x2="50%" y1="0" y2="100%"/>',
    `<rect class="bar" x="${from.toFixed(2)}%" width="${Math.max(1, place(upper) - from).toFixed(2)}%" y="9" height="6" rx="3"/>`,
    `<circle class="rate" cx="${place(increase).toFixed(2)}%" cy="12" r="3.5"/></svg>`,
  ].join('');
}

/** What was counted as one bar: unsafe, unjudged, safe, told apart by the words beside it as well. */
export function shares({ unsafe, safe, unjudged }: Estimate): string {
  const all = unsafe + safe + unjudged;
  if (all === 0) return '';
  const parts = [
    ['unsafe', unsafe],
    ['unjudged', unjudged],
    ['safe', safe],
  ] as const;
  let from = 0;
  const bars = parts.map(([name, count]) => {
    const part = (100 * count) / all;
    const bar = `<rect class="${name}" x="${from.toFixed(3)}%" width="${part.toFixed(3)}%" height="100%"/>`;
    from += part;
    return bar;
  });
  const words = parts.map(([name, count]) => `${count} ${name}`).join(', ');
  return `<svg class="shares" role="img" aria-label="${words}">${bars.join('')}</svg>`;
}
