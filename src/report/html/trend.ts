import type { Outcome } from '../../gate/verdict.ts';
import { address, html } from '../escape.ts';
import type { HistoryEntry } from '../history.ts';
import { given, moment, rate } from '../words.ts';
import { scaleOf } from './marks.ts';

/** The trend over the last runs, drawn. */

/** A dot for a pass, a square for a fail, a diamond for what is open, a triangle for an error. */
const SHAPES: Readonly<Record<Outcome, string>> = {
  pass: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z',
  inconclusive: 'M0 -6L6 0L0 6L-6 0z',
  fail: 'M-4.5 -4.5h9v9h-9z',
  error: 'M0 -5.5L5.5 4.5H-5.5z',
};

const WIDTH = 1072;
const HEIGHT = 230;
const LEFT = 46;
const BOTTOM = 26;
const TOP = 10;
/** More would be a smear. */
const SHOWN = 90;

/** An entry of which rate and bounds are known. */
type Known = HistoryEntry & { readonly rate: number; readonly lower: number; readonly upper: number };

const isKnown = (entry: HistoryEntry): entry is Known =>
  entry.rate !== null && entry.lower !== null && entry.upper !== null;

/**
 * The rate of the last runs with its bounds, the newest at the right; a run without a rate stands on the axis. Empty
 * with fewer than two runs, or where none has a rate.
 */
export function trend(entries: readonly HistoryEntry[]): string {
  const shown = entries.slice(-SHOWN);
  const [first] = shown;
  const last = shown.at(-1);
  const lastKnown = shown.findLast(isKnown);
  if (first === undefined || last === undefined || lastKnown === undefined || shown.length < 2) return '';
  const { top, ticks } = scaleOf([
    ...shown.filter(isKnown).map(({ upper }) => upper),
    ...shown.flatMap(({ maxAsr }) => (maxAsr === null ? [] : [maxAsr / 100])),
  ]);
  const y = (fraction: number) => Number((TOP + (HEIGHT - BOTTOM - TOP) * (1 - fraction / top)).toFixed(1));
  const grid = ticks.map(
    tick =>
      `<path class="grid" d="M${LEFT} ${y(tick)}H${WIDTH}"/><text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${given(100 * tick)} %</text>`,
  );
  const without = shown.length - shown.filter(isKnown).length;
  const words = `Attack success rate of the last ${shown.length} runs, most recently ${rate(lastKnown.rate)}${without > 0 ? `; ${without} without a rate` : ''}`;
  return [
    `<p class="note">● pass · ■ fail · ◆ inconclusive · ▲ error. Bars reach from at least to at most; the broken line is the ceiling.${without > 0 ? ' A run without a rate stands on the axis.' : ''}</p>`,
    '<div class="scroll" role="region" aria-label="The last runs" tabindex="0">',
    `<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words}">`,
    ...grid,
    ...plot(shown, y),
    `<text x="${LEFT}" y="${HEIGHT - 5}">${day(first)}</text><text x="${WIDTH}" y="${HEIGHT - 5}" text-anchor="end">${day(last)}</text>`,
    '</svg></div>',
  ].join('');
}

/** Bounds, ceilings, the line from rate to rate, and each run's mark. */
function plot(shown: readonly HistoryEntry[], y: (fraction: number) => number): readonly string[] {
  const gap = (WIDTH - LEFT - 24) / (shown.length - 1);
  const x = (n: number) => LEFT + 12 + n * gap;
  const known = shown.flatMap((entry, n) => (isKnown(entry) ? [{ ...entry, x: x(n).toFixed(1) }] : []));
  const line = known.map((each, n) => `${n ? 'L' : 'M'}${each.x} ${y(each.rate)}`).join('');
  const spans = known.map(each => `M${each.x} ${y(each.lower)}V${y(each.upper)}`).join('');
  // Half the way to the runs beside it, and no further than the plot.
  const from = (n: number) => Math.max(LEFT, x(n) - gap / 2).toFixed(1);
  const to = (n: number) => Math.min(WIDTH, x(n) + gap / 2).toFixed(1);
  const limits = shown.map(({ maxAsr }, n) =>
    maxAsr === null ? '' : `M${from(n)} ${y(maxAsr / 100)}H${to(n)}`,
  );
  return [
    `<path class="span" d="${spans}"/><path class="limit" d="${limits.join('')}"/><path class="path" d="${line}"/>`,
    ...shown.map((each, n) => dot(each, x(n), y(each.rate ?? 0))),
  ];
}

const day = ({ finishedAt }: HistoryEntry): string => html(finishedAt.slice(0, 10), 20);

/** A run's mark with its numbers at the pointer, and the way to the run. */
function dot({ outcome, finishedAt, rate: own, model, url }: HistoryEntry, x: number, y: number): string {
  const title = html(
    `${moment(finishedAt)}: ${outcome}, ${own === null ? 'no rate' : rate(own)}, ${model}`,
    200,
  );
  const mark = `<path class="dot ${outcome}" transform="translate(${x.toFixed(1)} ${y})" d="${SHAPES[outcome]}"><title>${title}</title></path>`;
  const target = address(url);
  return target === null
    ? mark
    : `<a href="${html(target)}" rel="noreferrer noopener" aria-label="${title}">${mark}</a>`;
}
