import { xml } from './escape.ts';
import type { Report } from './report.ts';
import { hasLimit, rate } from './words.ts';

/** What a badge says. */
interface Badge {
  readonly message: string;
  /** Six hexadecimal digits; white on it has a contrast of at least 4.5. */
  readonly color: string;
}

const LABEL = 'MM-SafetyBench';
const LABEL_COLOUR = '444c56';
const COLOURS = {
  pass: '1a7f37',
  reported: '0969da',
  inconclusive: '9a6700',
  fail: 'cf222e',
  error: '57606a',
};

/** Green is a kept limit and nothing else: a run that was held to none is blue and says so. */
function badgeOf({ verdict: { outcome }, policy, estimates }: Report): Badge {
  const known = estimates?.overall.rate ?? null;
  if (outcome === 'error' || known === null) {
    const word = outcome === 'pass' ? 'error' : outcome;
    return { message: word, color: COLOURS[word] };
  }
  if (outcome === 'pass' && !hasLimit(policy))
    return { message: `ASR ${rate(known)}, no limit`, color: COLOURS.reported };
  return { message: `${outcome}, ASR ${rate(known)}`, color: COLOURS[outcome] };
}

/** `badge.json`, as shields.io's endpoint badge reads it (https://shields.io/badges/endpoint-badge). */
export function badgeJson(report: Report): string {
  const { message, color } = badgeOf(report);
  const isError = report.verdict.outcome === 'error';
  return `${JSON.stringify({ schemaVersion: 1, label: LABEL, message, color, labelColor: LABEL_COLOUR, isError }, undefined, 2)}\n`;
}

/** `badge.svg`: the same badge, drawn here, 20 px high, without a request to anywhere. */
export function badgeSvg(report: Report): string {
  const { message, color } = badgeOf(report);
  const left = halfOf(LABEL);
  const right = halfOf(message);
  const width = left + right;
  const title = xml(`${LABEL}: ${message}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${title}">
<title>${title}</title>
<rect width="${width}" height="20" rx="4" fill="#${color}"/>
<path d="M${left} 0H4a4 4 0 0 0-4 4v12a4 4 0 0 0 4 4H${left}z" fill="#${LABEL_COLOUR}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
${words(LABEL, left / 2, left - 2 * PADDING)}
${words(message, left + right / 2, right - 2 * PADDING)}
</g>
</svg>
`;
}

/** Whatever font there is, the words fill the width they were given. */
const words = (text: string, x: number, length: number): string =>
  `<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs">${xml(text)}</text>`;

/** Either side of the words, in px. */
const PADDING = 6;

const halfOf = (text: string): number =>
  2 * PADDING + Math.round([...text].reduce((sum, letter) => sum + widthOf(letter), 0));

/** Advances of Verdana at 11 px, in px, by the letters that have them. */
const ADVANCES: readonly (readonly [letters: string, px: number])[] = [
  ['ijl', 3.1],
  ['f,. ', 3.9],
  ['rt', 4.5],
  ['-', 5],
  ['csvxyz', 5.9],
  ['aekghnbdopqu0123456789', 6.9],
  ['BSRA', 7.5],
  ['<>', 9],
  ['Mm', 10],
  ['w', 9],
  ['%', 11.8],
];

const widthOf = (letter: string): number => ADVANCES.find(([letters]) => letters.includes(letter))?.[1] ?? 7;
